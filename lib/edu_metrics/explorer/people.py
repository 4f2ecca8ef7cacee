"""An answer in persons and institutions."""

from __future__ import annotations

from edu_metrics.explorer.answers import Answer
from edu_metrics.explorer.workbench import Workbench
from edu_metrics.reachability.series import counts_whole
from edu_metrics.words import amount, number, say


def people_told(bench: Workbench, answer: Answer, lang: str) -> tuple[str, str]:
    """
    Say what a pace comes to in persons or institutions, and how many are short when it is due.

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
        The answer, and what it is reckoned from.
    """
    own = counts_whole(bench.indicator)
    each = answer.pace if own else answer.pace_people
    if each is None:
        return "—", say("explore.people_unknown", lang)
    parts = [_each_year(bench, each, own, lang)]
    if answer.short is not None:
        shown = _number(bench, answer.short, own, lang)
        key = "explore.people_short" if answer.short else "explore.people_enough"
        parts.append(say(key, lang, number=shown))
    told = say("report.semicolon", lang).join(parts)
    if bench.counts is None or own:
        return told, ""
    whole = number(bench.counts[1], 0)
    return told, say("explore.people_of", lang, year=bench.start_year, whole=whole)


def _each_year(bench: Workbench, each: float, own: bool, lang: str) -> str:
    whole = round(abs(each)) if abs(each) >= 10 else round(abs(each), 1)
    if whole == 0:
        return say("explore.people_same", lang)
    more = (each > 0) == (bench.situation.sign > 0)
    shown = _number(bench, whole, own, lang)
    return say("explore.people_more" if more else "explore.people_fewer", lang, number=shown)


def _number(bench: Workbench, value: float, own: bool, lang: str) -> str:
    if own:
        return amount(value, bench.indicator.unit, lang)
    return number(value, 0 if float(value).is_integer() else 1)
