"""How often comparable series kept the pace of an answer."""

from __future__ import annotations

from html import escape

from edu_metrics.explorer.answers import Answer
from edu_metrics.explorer.workbench import Workbench
from edu_metrics.reachability.precedent import Count, NoPrecedent, Precedent
from edu_metrics.words import amount, number, say

__all__ = ["precedent_details", "precedent_told"]

_WHY = {
    NoPrecedent.NOT_A_RATE: "precedent_not_a_rate",
    NoPrecedent.SPAN: "precedent_span",
    NoPrecedent.NOTHING_ASKED: "precedent_nothing_asked",
    NoPrecedent.NO_START: "precedent_none",
    NoPrecedent.NOTHING_COMPARABLE: "precedent_none",
}


def precedent_told(bench: Workbench, answer: Answer, lang: str) -> tuple[str, str]:
    """
    Count the precedents of ordinary series in a few words.

    Parameters
    ----------
    bench : Workbench
        What was asked about.
    answer : Answer
        What it comes to.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    tuple of str
        The count, or a dash; and the pace counted, or why nothing is.
    """
    found = answer.precedents
    if isinstance(found, NoPrecedent):
        return "—", say(f"explore.{_WHY[found]}", lang)
    first = next((one for one in found if one.reference.kind == "ordinary"), found[0])
    pace = say("report.in_points", lang, value=number(first.pace, 1))
    start = amount(bench.start_value, bench.indicator.unit, lang)
    note = say("explore.precedent_pace", lang, start=start, pace=pace, years=first.years)
    return _counted(first.kept, lang), note


def precedent_details(bench: Workbench, answer: Answer, lang: str) -> str:
    """Fold out what each reference class says; empty where none says anything."""
    found = answer.precedents
    if isinstance(found, NoPrecedent):
        return ""
    lines = "".join(f"<li>{escape(_line(one, lang))}</li>" for one in found)
    summary = escape(say("explore.precedent_details", lang))
    return f"<details><summary>{summary}</summary><ul>{lines}</ul></details>"


def _line(found: Precedent, lang: str) -> str:
    way = "falling" if found.falling else "rising"
    what = say(f"precedent.kept_zero_{way}", lang)
    if found.kept.step:
        step = number(found.kept.step, 1 if found.kept.step % 1 else 0)
        what = say(f"precedent.kept_{way}", lang, step=step)
    return say(
        "explore.precedent_class",
        lang,
        name=found.reference.name.in_(lang),
        counted=_counted(found.kept, lang),
        what=what,
        share=_share(found.kept, lang),
    )


def _counted(count: Count, lang: str) -> str:
    windows, kept = number(count.windows, 0), number(count.count, 0)
    return say("precedent.counted", lang, windows=windows, count=kept)


def _share(count: Count, lang: str) -> str:
    if count.count == 0:
        high, series = number(count.high, 2), number(count.series, 0)
        return say("precedent.share_none", lang, high=high, series=series)
    return say(
        "precedent.share",
        lang,
        share=number(count.share, 2),
        low=number(count.low, 2),
        high=number(count.high, 2),
        ever=number(count.series_with, 0),
        series=number(count.series, 0),
    )
