"""What is measured in an area, and which numbers are missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from edu_metrics.report.context import AreaReport, StudyReport
from edu_metrics.report.html import Cell, Html, details, join, note, table, tag
from edu_metrics.words import amount, number, percent, say

__all__ = ["show_apart", "show_measured", "show_missing"]


def show_measured(report: AreaReport) -> Html:
    """
    Show what is measured in this area: the indicators known, the facts at hand, and what conflicts.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.

    Returns
    -------
    Html
        Two tables, or a sentence where there is nothing.
    """
    lang, area = report.lang, report.area.id
    indicators = dict.fromkeys(target.indicator for target in report.numeric if target.indicator)
    rows: list[list[Cell]] = []
    for indicator in indicators:
        series = report.evidence.series_of(indicator, area)
        if series.empty:
            continue
        last = series.iloc[-1]
        unit = report.catalog.indicators[indicator].unit
        years = f"{int(series['year'].iloc[0])}—{int(last['year'])}" if len(series) > 1 else "—"
        rows.append(
            [
                report.indicator_name(indicator),
                str(len(series)),
                years,
                str(int(last["year"])),
                _observed(float(last["value"]), str(last["bound"]), unit, lang),
                say(f"report.how_{last['how']}", lang),
                say(f"report.status_{last['status']}", lang),
            ]
        )
    wholes = [area, *report.evidence.above(area)]
    facts = show_apart(report, wholes) + _facts(report)
    if not rows:
        text = say("report.nothing_measured", lang, area=report.area_name(area))
        return join([note(text, "gap"), facts])
    keys = ("indicator", "years_known", "years", "last_year", "value", "how", "status")
    head = [say(f"report.{key}", lang) for key in keys]
    caption = say("report.measured_caption", lang, number=len(rows), of=len(indicators))
    return join([table(head, rows, caption=caption, numeric=(1, 3, 4)), facts])


def _observed(value: float, bound: str, unit: str, lang: str, decimals: int = 1) -> str:
    sign = {"above": "> ", "at_least": "≥ ", "below": "< ", "at_most": "≤ ", "about": "≈ "}
    shown = amount(value, unit, lang)
    if unit == "percent":
        shown = percent(number(value, decimals), lang)
    return sign.get(bound, "") + shown


def _facts(report: AreaReport) -> Html:
    """Show what was published about the area that no target of the plan needs."""
    lang = report.lang
    used = {
        given.quantity
        for target in report.plan.targets
        if target.indicator
        for given in report.catalog.indicators[target.indicator].inputs.values()
    }
    own = report.evidence.table
    own = own[(own["area"] == report.area.id) & ~own["quantity"].isin(used)]
    if own.empty:
        return Html("")
    latest = own.sort_values("year", kind="stable").groupby("quantity", sort=False).tail(1)
    rows: list[list[Cell]] = [
        [
            report.quantity_name(row["quantity"]),
            str(row["year"]),
            _observed(
                row["value"],
                row["bound"],
                report.catalog.quantities[row["quantity"]].unit,
                lang,
                decimals=2,
            ),
            report.catalog.sources[row["source"]].title.in_(lang),
        ]
        for row in latest.to_dict("records")
    ]
    head = [say(f"report.{key}", lang) for key in ("quantity", "last_year", "value", "source")]
    inner = table(head, rows, caption=say("report.facts_caption", lang), numeric=(1, 2))
    return details(say("report.facts_summary", lang, number=len(rows)), inner)


def show_missing(report: AreaReport) -> Html:
    """
    List the numbers to ask the bureau for, and which targets they would let be judged.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.

    Returns
    -------
    Html
        A table by quantity, or a sentence where nothing is missing.
    """
    lang = report.lang
    years: dict[str, set[int]] = defaultdict(set)
    targets: dict[str, dict[str, None]] = defaultdict(dict)
    for target in report.numeric:
        for item in report.assessments[target.id].missing:
            years[item.quantity].add(item.year)
            targets[item.quantity][target.title.in_(lang)] = None
    if not years:
        return tag("p", say("report.nothing_missing", lang))
    rows: list[list[Cell]] = [
        [
            report.quantity_name(quantity),
            say("report.list_comma", lang).join(str(year) for year in sorted(years[quantity])),
            join(tag("div", title) for title in targets[quantity]),
        ]
        for quantity in years
    ]
    head = [say(f"report.{key}", lang) for key in ("quantity", "years", "would_judge")]
    caption = say("report.missing_caption", lang, number=len(rows))
    return table(head, rows, caption=caption)


def show_apart(report: StudyReport, areas: Iterable[str]) -> Html:
    """
    List the numbers of areas that are not what their parts add up to.

    Parameters
    ----------
    report : StudyReport
        Any report of a study.
    areas : iterable of str
        The areas that are wholes.

    Returns
    -------
    Html
        A note and a table with both numbers, or nothing.
    """
    lang = report.lang
    apart = report.evidence.sums_apart
    apart = apart[apart["area"].isin(set(areas))]
    if apart.empty:
        return Html("")
    rows: list[list[Cell]] = [
        [
            report.area_name(row["area"]),
            report.quantity_name(row["quantity"]),
            str(row["year"]),
            *_both(row["own"], row["sum_of_children"]),
        ]
        for row in apart.to_dict("records")
    ]
    keys = ("area", "quantity", "year", "apart_own", "apart_sum")
    head = [say(f"report.{key}", lang) for key in keys]
    caption = say("report.apart_caption", lang)
    return join(
        [
            note(say("report.apart_note", lang, number=len(rows)), "gap"),
            table(head, rows, caption=caption, numeric=(2, 3, 4)),
        ]
    )


def _both(own: float, total: float) -> list[Cell]:
    """Print two numbers that differ so that they look different."""
    decimals = next((d for d in (0, 2, 4) if number(own, d) != number(total, d)), 9)
    return [number(own, decimals), number(total, decimals)]
