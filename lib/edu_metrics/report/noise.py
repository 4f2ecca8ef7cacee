"""What chance alone does at the numbers of persons known, beside what each target asks for."""

from __future__ import annotations

from edu_metrics.catalog import Target
from edu_metrics.reachability import Assessment, Noise, Verdict
from edu_metrics.reachability.noise import MOVE
from edu_metrics.report.context import AreaReport
from edu_metrics.report.html import Cell, Html, join, note, table, tag
from edu_metrics.report.labels import verdict_chip
from edu_metrics.words import date, number, say, signed

__all__ = ["show_noise"]

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
    found = [(target, report.assessments[target.id]) for target in report.numeric]
    known = [(target, item, item.noise) for target, item in found if item.noise]
    unknown = [item for _, item in found if item.noise is None and _drawn(report, item)]
    if not known:
        return note(say("noise.none", lang), "gap") if unknown else Html("")
    rows = [_row(report, target, item, noise) for target, item, noise in known]
    head = [
        say("report.promise", lang),
        say("noise.persons", lang),
        say("noise.visible", lang),
        say("noise.chance", lang, points=number(MOVE, 0)),
        say("noise.asked", lang),
        say("noise.verifiable", lang),
        say("noise.reads", lang),
    ]
    when = date(report.study.as_of, lang)
    caption = say("noise.caption", lang, number=len(rows), date=when)
    pieces: list[Cell] = [
        table(head, rows, caption=caption, numeric=(1, 2, 3, 4, 5)),
        tag("p", say("noise.note", lang), "small"),
    ]
    if unknown:
        pieces.append(tag("p", say("noise.unknown_n", lang, number=len(unknown)), "small"))
    return join(pieces)


def _drawn(report: AreaReport, found: Assessment) -> bool:
    indicator = report.catalog.indicators.get(found.indicator or "")
    return indicator is not None and indicator.noise is not None


def _row(report: AreaReport, target: Target, found: Assessment, noise: Noise) -> list[Cell]:
    lang = report.lang
    visible = say("noise.no_change_visible", lang)
    if noise.visible is not None:
        visible = say("noise.points", lang, value=number(noise.visible, 1))
    return [
        tag("strong", target.title.in_(lang)),
        number(noise.n, 0),
        visible,
        _of_100(noise.chance),
        _asked(report, target, found, noise),
        _verifiable(noise, lang),
        join([verdict_chip(found.verdict, lang), tag("small", _reading(found, noise, lang))]),
    ]


def _of_100(share: float) -> str:
    """Print a share of cohorts: what chance does is known, and is no forecast."""
    return f"{100 * share:.0f}"


def _asked(report: AreaReport, target: Target, found: Assessment, noise: Noise) -> str:
    if noise.asked is None or found.level is None:
        return "—"
    if noise.asked < 0:
        return say("noise.nothing_asked", report.lang)
    due = max(check.years[-1] for check in found.checks)
    falls = not found.level.rising
    points = signed(-noise.asked if falls else noise.asked, 1)
    return say("noise.asked_by", report.lang, points=points, base=noise.base_year, due=due)


def _verifiable(noise: Noise, lang: str) -> str:
    if noise.asked is None or noise.asked <= 0:
        return "—"
    if noise.verifiable_from is None:
        return say("noise.never", lang, years=AHEAD)
    return str(noise.verifiable_from)


def _reading(found: Assessment, noise: Noise, lang: str) -> str:
    """Say in one sentence what the row means."""
    if found.verdict in (Verdict.MET, Verdict.MISSED):
        return say("noise.reads_near" if noise.near else "noise.reads_clear", lang)
    if noise.hidden:
        beyond = found.verdict in (Verdict.OUT_OF_REACH, Verdict.IMPOSSIBLE)
        return say("noise.reads_beyond" if beyond else "noise.reads_hidden", lang)
    if noise.asked is None:
        return ""
    return say("noise.reads_nothing" if noise.asked <= 0 else "noise.reads_seen", lang)
