"""How often comparable series kept the pace of an answer."""

from __future__ import annotations

from html import escape

from edu_metrics.explorer.answers import Answer
from edu_metrics.explorer.workbench import Workbench
from edu_metrics.reachability.precedent import NoPrecedent, Precedent
from edu_metrics.words import amount, number, say
from edu_metrics.words.precedents import counted, kept_pace, share_kept

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
    return counted(first.kept, lang), note


def precedent_details(bench: Workbench, answer: Answer, lang: str) -> str:
    """Fold out what each reference class says; empty where none says anything."""
    found = answer.precedents
    if isinstance(found, NoPrecedent):
        return ""
    lines = "".join(f"<li>{escape(_line(one, lang))}</li>" for one in found)
    summary = escape(say("explore.precedent_details", lang))
    return f"<details><summary>{summary}</summary><ul>{lines}</ul></details>"


def _line(found: Precedent, lang: str) -> str:
    return say(
        "explore.precedent_class",
        lang,
        name=found.reference.name.in_(lang),
        counted=counted(found.kept, lang),
        what=kept_pace(found.kept, falling=found.falling, lang=lang),
        share=share_kept(found.kept, lang),
    )
