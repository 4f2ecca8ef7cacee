"""What chance alone does at the numbers of persons known, beside what each target asks for."""

from __future__ import annotations

from typing import Any

import pandas as pd

from edu_metrics.reachability import Assessment, Verdict
from edu_metrics.reachability.noise import MOVE
from edu_metrics.report.columns import Column, draw, fields_of, frame_of, picked, strong_title
from edu_metrics.report.context import AreaReport
from edu_metrics.report.html import Cell, Html, join, note, tag
from edu_metrics.report.labels import verdict_chip
from edu_metrics.words import date, number, say, signed

#: The formula looks so many years ahead for the first one that shows a gain.
AHEAD = 50


def show_noise(report: AreaReport) -> Html:
    """
    Show for tests and screenings what change can be seen, and what the targets ask for.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.

    Returns
    -------
    Html
        A table of the targets whose number of persons is known, and how many are not.
    """
    lang = report.lang
    known = report.tables["noise"]
    unknown = [one for one in report.assessments.values() if _unknown(report, one)]
    if known.empty:
        return note(say("noise.none", lang), "gap") if unknown else Html("")
    of = report.assessments
    columns = [
        Column("report.promise", strong_title),
        Column("noise.persons", lambda row: number(row.persons, 0), numeric=True),
        Column("noise.visible", lambda row: _visible(row, lang), numeric=True),
        Column(
            join([say("noise.chance", lang, points=number(MOVE, 0))]),
            # What chance does is known, and is no forecast.
            lambda row: f"{100 * row.chance:.0f}",
            numeric=True,
        ),
        Column("noise.asked", lambda row: _asked(of[row.target], row, lang), numeric=True),
        Column("noise.verifiable", lambda row: _verifiable(row, lang), numeric=True),
        Column("noise.reads", lambda row: _reading(of[row.target], row, lang)),
    ]
    when = date(report.study.as_of, lang)
    caption = say("noise.caption", lang, number=len(known), date=when)
    pieces: list[Cell] = [draw(known, columns, lang, caption=caption), say("noise.note", lang)]
    if unknown:
        pieces.append(say("noise.unknown_n", lang, number=len(unknown)))
    return join(one if isinstance(one, Html) else tag("p", one, "small") for one in pieces)


def noise_table(report: AreaReport) -> pd.DataFrame:
    """Give what chance does to each target whose number of persons is known, one row a target."""
    rows = (
        {
            **report.about(target, found),
            **fields_of(found.noise),
            **picked(found.noise, "persons=n visible_pp=visible asked_pp=asked"),
        }
        for target in report.numeric
        if (found := report.assessments[target.id]).noise
    )
    return frame_of(
        rows,
        "target title indicator verdict persons base_year visible_pp chance asked_pp hidden "
        "verifiable_from near",
    )


def _unknown(report: AreaReport, found: Assessment) -> bool:
    """Tell whether chance plays a part in an indicator, and nobody knows among how many."""
    indicator = report.catalog.indicators.get(found.indicator or "")
    return found.noise is None and indicator is not None and indicator.noise is not None


def _visible(row: Any, lang: str) -> str:
    if row.visible_pp is None:
        return say("noise.no_change_visible", lang)
    return say("noise.points", lang, value=number(row.visible_pp, 1))


def _asked(found: Assessment, row: Any, lang: str) -> str:
    if row.asked_pp is None or found.level is None:
        return "—"
    if row.asked_pp < 0:
        return say("noise.nothing_asked", lang)
    due = max(check.years[-1] for check in found.checks)
    points = signed(row.asked_pp if found.level.rising else -row.asked_pp, 1)
    return say("noise.asked_by", lang, points=points, base=row.base_year, due=due)


def _verifiable(row: Any, lang: str) -> str:
    if row.asked_pp is None or row.asked_pp <= 0:
        return "—"
    if row.verifiable_from is None:
        return say("noise.never", lang, years=AHEAD)
    return str(row.verifiable_from)


def _reading(found: Assessment, row: Any, lang: str) -> Html:
    """Show the verdict, and say in one sentence what the row means."""
    if found.verdict in (Verdict.MET, Verdict.MISSED):
        key = "noise.reads_near" if row.near else "noise.reads_clear"
    elif row.hidden:
        beyond = found.verdict in (Verdict.OUT_OF_REACH, Verdict.IMPOSSIBLE)
        key = "noise.reads_beyond" if beyond else "noise.reads_hidden"
    elif row.asked_pp is None:
        key = ""
    else:
        key = "noise.reads_nothing" if row.asked_pp <= 0 else "noise.reads_seen"
    return verdict_chip(found.verdict, lang) + tag("small", say(key, lang) if key else "")
