"""By when each level is reached: having been there once, and still being there."""

from __future__ import annotations

from edu_metrics.reachability import Assessment, Reached, chance
from edu_metrics.reachability.probability import BEYOND
from edu_metrics.reporting.area_report import AreaReport
from edu_metrics.reporting.html import Cell, Html, details, join, table, tag
from edu_metrics.reporting.reasons import level_text
from edu_metrics.words import say

__all__ = ["show_years_reached"]

#: A table of more rows is folded away.
SHORT = 15


def show_years_reached(report: AreaReport) -> Html:
    """
    Show year by year how likely a level has been reached, and is still kept.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.reporting.open_report`.

    Returns
    -------
    Html
        A compact table, or a sentence where no target has a forecast of a level.
    """
    lang = report.lang
    found = [
        (target, item, item.reached)
        for target in report.numeric
        if (item := report.assessments[target.id]).reached is not None
    ]
    told = [(target, item, years) for target, item, years in found if years is not None]
    if not told:
        return tag("p", say("noise.reached_none", lang))
    span = sorted({year for *_, years in told for year in years.years})
    rows: list[list[Cell]] = [
        [
            tag("strong", target.title.in_(lang) + ("" if years.all_asked else " ‡")),
            level_text(item, report.unit_of(item), lang),
            *(_in_year(item, years, year, lang) for year in span),
            _median(years, lang),
            _kept(item, years, lang),
            chance(item.probability, lang),
        ]
        for target, item, years in told
    ]
    head = [
        say("report.promise", lang),
        say("report.level", lang),
        *(str(year) for year in span),
        say("noise.median", lang),
        say("noise.stays", lang),
        say("noise.whole_target", lang),
    ]
    caption = say("noise.reached_caption", lang)
    shown = table(head, rows, caption=caption, numeric=tuple(range(1, len(head))))
    summary = say("noise.reached_summary", lang, number=len(rows))
    words = tag("p", say("noise.reached_note", lang, years=BEYOND), "small")
    return details(summary, join([shown, words]), open_=len(rows) <= SHORT)


def _due(found: Assessment) -> int:
    return max(check.years[-1] for check in found.checks)


def _in_year(found: Assessment, years: Reached, year: int, lang: str) -> Cell:
    if year not in years.years:
        return "—"
    position = years.years.index(year)
    mark = "◆ " if year == _due(found) else ""
    first, there = years.first_hit[position], years.still_there[position]
    return tag("div", mark + _chance(first, lang)) + tag("small", _chance(there, lang))


def _chance(value: float, lang: str) -> str:
    """Print a probability; what was observed is a fact, and no probability is that high."""
    return say("noise.fact", lang) if value == 1 else chance(value, lang)


def _median(years: Reached, lang: str) -> str:
    if years.since is not None:
        return say("noise.since", lang, year=years.since)
    if years.median_year is None:
        return say("noise.not_within", lang, years=len(years.years))
    return str(years.median_year)


def _kept(found: Assessment, years: Reached, lang: str) -> str:
    due = _due(found)
    return chance(years.stays[years.years.index(due)] if due in years.years else None, lang)
