"""What each target asks for: gap, pace, people, and the baselines that a pace presupposes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd

from edu_metrics.reachability import Assessment, Verdict
from edu_metrics.reachability.arithmetic import bases_of_pace
from edu_metrics.report.columns import Column, draw, frame_of, picked, strong_title
from edu_metrics.report.context import AreaReport
from edu_metrics.report.html import Html, join, note, tag
from edu_metrics.report.reasons import STATED, level_text
from edu_metrics.words import amount, in_year, number, percent, say, signed, unit_of

#: Beyond so many years a count of years says no more than "not in our time".
LONG = 50


def show_required_pace(report: AreaReport) -> Html:
    """
    Show what each target asks for: gap, pace, and people behind it.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.

    Returns
    -------
    Html
        A table of targets whose start is known, and the baselines that a pace presupposes.
    """
    lang, of = report.lang, report.assessments
    asked = report.tables["required_pace"]

    def of_found(show: Callable[[Assessment, str, str], str]) -> Callable[[Any], str]:
        return lambda row: show(of[row.target], row.unit, lang)

    if asked.empty:
        return note(say("report.no_start", lang), "gap") + _baselines(report)
    columns = [
        Column("report.promise", strong_title),
        Column("report.start", of_found(_start), numeric=True),
        Column("report.level", of_found(level_text), numeric=True),
        Column("report.gap", of_found(_gap), numeric=True),
        Column("report.needed_pace", of_found(_needed), numeric=True),
        Column("report.past_pace", of_found(_past), numeric=True),
        Column("report.years_at_past", lambda row: _years(of[row.target], lang), numeric=True),
        Column("report.people", lambda row: number(row.people, 0), numeric=True),
        Column("report.remark", lambda row: _remark(of[row.target], lang)),
    ]
    notes = ["pace_note", *(["stated_note"] if (asked["start"] == STATED).any() else [])]
    return join(
        [
            draw(asked, columns, lang, caption=say("report.pace_caption", lang)),
            *(tag("p", say(f"report.{key}", lang), "small") for key in notes),
            _baselines(report),
        ]
    )


def required_pace_table(report: AreaReport) -> pd.DataFrame:
    """Give gap, pace and people of each target that is open and starts from a known value."""
    found = report.tables["verdicts"]
    judged = found["verdict"].isin([Verdict.MET, Verdict.MISSED])
    names = (
        "target title indicator unit start last_year last_value level gap required_pace past_pace "
        "years_needed people"
    )
    return found[~judged].dropna(subset=["last_value", "gap"])[names.split()]


def _start(found: Assessment, unit: str, lang: str) -> str:
    if found.total is not None and found.total.so_far is not None:
        done = amount(found.total.so_far, unit, lang)
        return say("report.sum_so_far", lang, done=done, year=found.last_year) + _assumed(found)
    start = amount(found.last_value, unit, lang)
    shown = start if found.last_year is None else in_year(start, found.last_year, lang)
    return shown + _assumed(found)


def _assumed(found: Assessment) -> str:
    return " †" if found.start == STATED else ""


def _gap(found: Assessment, unit: str, lang: str) -> str:
    asked = found.level or (found.total.bound if found.total else None)
    if found.gap is None or asked is None:
        return "—"
    # A strict bound is not kept by standing at it: the gap is more than nothing.
    more = "> " if asked.strict and found.gap >= 0 else ""
    if unit == "percent":
        return more + say("report.in_points", lang, value=number(found.gap, 2))
    return more + amount(found.gap, unit, lang)


def _needed(found: Assessment, unit: str, lang: str) -> str:
    if found.required_pace == 0 and not _at(found):
        return say("report.already_there", lang)
    return _flow(found, found.required_pace, unit, lang)


def _at(found: Assessment) -> bool:
    """Tell whether a series stands exactly where it has to pass."""
    return found.gap == 0 and found.level is not None and found.level.strict


def _past(found: Assessment, unit: str, lang: str) -> str:
    return _flow(found, found.past_pace, unit, lang)


def _flow(found: Assessment, pace: float | None, unit: str, lang: str) -> str:
    """Print a change a year; of a sum over years what a year brings."""
    if found.total is None or pace is None:
        return _pace(pace, unit, lang)
    return say("report.a_year", lang, amount=amount(pace, unit, lang))


def _pace(pace: float | None, unit: str, lang: str) -> str:
    if pace is None:
        return "—"
    if unit_of(unit).money:
        return amount(pace, unit, lang)
    return signed(pace, 2)


def _years(found: Assessment, lang: str) -> str:
    if found.vacuous and found.total is None:
        return "0"
    if found.years_needed is None:
        return say("report.never", lang) if found.past_pace is not None else "—"
    if found.years_needed > LONG:
        return say("report.longer_than", lang, years=LONG)
    return str(found.years_needed)


def _remark(found: Assessment, lang: str) -> str:
    if found.verdict is Verdict.IMPOSSIBLE:
        return say(f"report.remark_impossible_{found.reason}", lang)
    if found.findings:
        return say(f"report.remark_{found.findings[0]}", lang)
    if found.vacuous:
        return say("report.remark_vacuous_sum" if found.total else "report.remark_vacuous", lang)
    return ""


def _baselines(report: AreaReport) -> Html:
    """Show from which baselines a level can be reached at the pace promised beside it."""
    lang, found = report.lang, report.tables["baselines"]
    if found.empty:
        return Html("")
    columns = [
        Column("report.promise", "title"),
        Column("report.level", "asked", numeric=True),
        Column("report.promised_pace", lambda row: _promised(row, lang), numeric=True),
    ]
    for steps in (name.rpartition("_")[2] for name in map(str, found) if "base_low" in name):
        heading = join([say("report.base_in_steps", lang, steps=steps)])
        columns.append(Column(heading, partial(_base, steps), numeric=True))
    return draw(found, columns, lang, caption=say("report.bands_caption", lang))


def baselines_table(report: AreaReport) -> pd.DataFrame:
    """Give the bases from which a level is reached at the pace promised, by number of steps."""
    found = [(target, bases_of_pace(report.plan, target)) for target in report.numeric]
    counts = sorted({steps for _, one in found if one for steps in one.bases})
    rows = (
        {
            **report.about(target, report.assessments[target.id]),
            **picked(one.pace, "pace_slow=slow.value pace_fast=fast.value relative"),
            "asked": str(one.level),
            **{f"base_low_{steps}": low for steps, (low, _) in one.bases.items()},
            **{f"base_high_{steps}": high for steps, (_, high) in one.bases.items()},
        }
        for target, one in found
        if one is not None
    )
    by_steps = [f"base_low_{steps} base_high_{steps}" for steps in counts]
    names = "target title indicator unit asked pace_slow pace_fast relative"
    return frame_of(rows, " ".join([names, *by_steps]))


def _promised(row: Any, lang: str) -> str:
    """Print the ends of a promised pace, one number where there is one."""
    ends = dict.fromkeys([row.pace_slow, row.pace_fast])
    shown = [signed(end, 0 if end.is_integer() else 2) for end in ends]
    return " … ".join(percent(one, lang) if row.relative else one for one in shown)


def _base(steps: str, row: Any) -> str:
    ends = [getattr(row, f"base_{end}_{steps}") for end in ("low", "high")]
    if None in ends:
        return "—"
    return " — ".join(number(base, 0 if base.is_integer() else 2) for base in ends)
