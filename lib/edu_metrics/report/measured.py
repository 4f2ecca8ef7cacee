"""What is measured in an area, and which numbers are missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from typing import Any

from edu_metrics.observations import MissingInput
from edu_metrics.observations.inspection import name_of, what_is_odd
from edu_metrics.report.columns import Column, Table, draw, rows_of, table_of
from edu_metrics.report.context import AreaReport, StudyReport
from edu_metrics.report.html import Html, details, join, note, tag
from edu_metrics.report.kinds import judged_by
from edu_metrics.words import amount, number, percent, say


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
    measured = report.tables.rows("measured")
    others = show_apart(report) + _odd(report) + _corrected(report) + _other_figures(report)
    if not measured:
        text = say("report.nothing_measured", lang, area=report.area_name(area))
        return note(text, "gap") + others
    columns = [
        Column("report.indicator", "title"),
        Column("report.years_known", "years_known", numeric=True),
        Column("report.years", lambda row: _span(row, lang)),
        Column("report.last_year", "last_year", numeric=True),
        Column("report.value", lambda row: _observed(row, lang), numeric=True),
        Column("report.how", lambda row: say(f"report.how_{row.how}", lang)),
        Column("report.status", lambda row: say(f"report.status_{row.status}", lang)),
    ]
    of = len(judged_by(report.catalog, report.study))
    caption = say("report.measured_caption", lang, number=len(measured), of=of)
    return draw(measured, columns, lang, caption=caption, csv="measured") + others


def measured_table(report: AreaReport) -> Table:
    """Give what is known of each indicator of the plan in the area, one row an indicator."""
    entries = judged_by(report.catalog, report.study)
    known = {name: report.evidence.series_of(name, report.area.id) for name in entries}
    rows = (
        {
            **dict(series.iloc[-1]),
            "indicator": name,
            "title": report.indicator_name(name),
            "unit": entries[name].unit,
            "years_known": len(series),
            "first_year": series["year"].iloc[0],
            "last_year": series["year"].iloc[-1],
        }
        for name, series in known.items()
        if not series.empty
    )
    names = "indicator title unit years_known first_year last_year value bound how status"
    return table_of(rows, names)


def _span(row: Any, lang: str) -> str:
    if row.years_known < 2:
        return "—"
    return say("record.years_span", lang, first=row.first_year, last=row.last_year)


def _observed(row: Any, lang: str, decimals: int = 1) -> str:
    sign = {"above": "> ", "at_least": "≥ ", "below": "< ", "at_most": "≤ ", "about": "≈ "}
    shown = amount(row.value, row.unit, lang)
    if row.unit == "percent":
        shown = percent(number(row.value, decimals), lang)
    return sign.get(row.bound, "") + shown


def _other_figures(report: AreaReport) -> Html:
    """Show what was published about the area that no target of the plan needs."""
    lang, figures = report.lang, report.tables.rows("other_figures")
    if not figures:
        return Html("")
    columns = [
        Column("report.quantity", "title"),
        Column("report.last_year", "year", numeric=True),
        Column("report.value", lambda row: _observed(row, lang, decimals=2), numeric=True),
        Column("report.source", lambda row: report.catalog.sources[row.source].title.in_(lang)),
    ]
    inner = draw(
        figures, columns, lang, caption=say("report.facts_caption", lang), csv="other_figures"
    )
    return details(say("report.facts_summary", lang, number=len(figures)), inner)


def other_figures_table(report: AreaReport) -> Table:
    """Give the newest of each quantity of the area that no target needs, one row a quantity."""
    used = {
        given.quantity
        for target in report.plan.targets
        if target.indicator
        for given in report.catalog.indicators[target.indicator].inputs.values()
    }
    own = report.evidence.table
    own = own[(own["area"] == report.area.id) & ~own["quantity"].isin(used)]
    latest = own.sort_values("year", kind="stable").groupby("quantity", sort=False).tail(1)
    rows = (
        {
            **row._asdict(),
            "title": report.quantity_name(row.quantity),
            "unit": report.catalog.quantities[row.quantity].unit,
        }
        for row in rows_of(latest)
    )
    return table_of(rows, "quantity year value bound source title unit")


def show_missing(report: AreaReport) -> Html:
    """
    List the numbers to ask their publishers for, and which targets they would let be judged.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.

    Returns
    -------
    Html
        A table by quantity and the command that makes a form of it, or a sentence where nothing
        is missing.
    """
    lang, missing = report.lang, report.tables.rows("missing")
    withheld = _withheld(report)
    if report.stands_with_whole:
        return withheld
    if not missing:
        return withheld if withheld.text else tag("p", say("report.nothing_missing", lang))
    columns = [
        Column("report.quantity", "title"),
        Column("report.years", lambda row: report.listed(row.missing_in)),
        Column("report.would_judge", partial(_would_judge, report)),
    ]
    caption = say("report.missing_caption", lang, number=len(missing))
    file = f"{report.study.id}_{report.area.id}.xlsx"
    command = f"edu-metrics template {report.study.id} --area {report.area.id} --out {file}"
    told = tag("p", say("report.missing_template", lang)) + tag("pre", tag("code", command))
    return withheld + draw(missing, columns, lang, caption=caption, csv="missing") + told


def _withheld(report: AreaReport) -> Html:
    """Say which numbers are there, and are not for release: nobody need be asked for them."""
    found = [
        item
        for target in report.numeric
        for item in report.assessments[target.id].missing
        if report.evidence.withheld([item])
    ]
    if not found:
        return Html("")
    names = dict.fromkeys(report.quantity_name(item.quantity) for item in found)
    years = sorted({item.year for item in found})
    said = {"quantities": report.listed(names), "years": report.listed(years)}
    return note(say("report.because_suppressed", report.lang, **said), "gap")


def missing_table(report: AreaReport) -> Table:
    """Give the numbers to ask for and the targets they would let be judged, a row a quantity."""
    asked: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for target in report.numeric:
        for item in report.assessments[target.id].missing:
            if not report.evidence.withheld([item]):
                asked[item.quantity].append((item.year, target.id))
    rows = (
        {
            "quantity": quantity,
            "title": report.quantity_name(quantity),
            "missing_in": sorted({year for year, _ in found}),
            "would_judge": list(dict.fromkeys(target for _, target in found)),
        }
        for quantity, found in asked.items()
    )
    return table_of(rows, "quantity title missing_in would_judge")


def _would_judge(report: AreaReport, row: Any) -> Html:
    return join(tag("div", title) for title in dict.fromkeys(map(report.title, row.would_judge)))


def _odd(report: AreaReport) -> Html:
    """Show what is odd in the numbers of the area: all of them are used as printed."""
    lang, odd = report.lang, report.tables.rows("odd")
    if not odd:
        return Html("")
    columns = [
        Column("report.quantity", "title"),
        Column("report.years", lambda row: report.listed(row.odd_in)),
        Column("inspect.what", "what"),
    ]
    told = note(say("inspect.note", lang, number=len(odd)), "gap")
    return told + draw(odd, columns, lang, caption=say("inspect.caption", lang), csv="odd")


def odd_table(report: AreaReport) -> Table:
    """Give what is odd in the numbers of the area, or of all areas, one row a finding."""
    catalog, lang = report.catalog, report.lang
    quantities = set(report.evidence.table.query("area == @report.area.id")["quantity"])
    rows = (
        {
            "rule": one.rule,
            "quantity": one.quantity,
            "title": name_of(catalog, one.quantity, lang) or say("inspect.all_quantities", lang),
            "year": one.years[-1],
            "odd_in": list(one.years),
            "what": what_is_odd(one, lang),
        }
        for one in report.odd
        # What does not add up has a table of its own.
        if one.rule != "sums"
        and (one.area == report.area.id or (not one.area and one.quantity in quantities))
    )
    return table_of(rows, "rule quantity title year odd_in what")


def _corrected(report: AreaReport) -> Html:
    """Show which printed numbers of the area are not the ones used."""
    lang, rows = report.lang, report.tables.rows("corrected")
    if not rows:
        return Html("")

    def shown(value: float | None, unit: str) -> str:
        return say("inspect.unknown", lang) if value is None else amount(value, unit, lang)

    columns = [
        Column("report.quantity", "title"),
        Column("report.year", "year", numeric=True),
        Column("inspect.printed", lambda row: shown(row.printed, row.unit), numeric=True),
        Column("inspect.used", lambda row: shown(row.value, row.unit), numeric=True),
        Column("inspect.why", "why"),
    ]
    return draw(
        rows, columns, lang, caption=say("inspect.corrected_caption", lang), csv="corrected"
    )


def corrected_table(report: AreaReport) -> Table:
    """Give the corrections of the area's numbers, one row a number."""
    evidence = report.evidence
    rows = (
        {
            **dict(entry),
            "title": report.quantity_name(entry.quantity),
            "unit": report.catalog.quantities[entry.quantity].unit,
            "why": entry.why.in_(report.lang),
        }
        for entry in report.catalog.corrections.values()
        if entry.area == report.area.id
        and not entry.confirms
        and not evidence.withheld(
            [MissingInput(entry.year, entry.quantity, entry.group, entry.area)]
        )
    )
    return table_of(rows, "title quantity year printed value unit why")


def show_apart(report: StudyReport) -> Html:
    """
    List the numbers of areas that are not what their parts add up to.

    Parameters
    ----------
    report : StudyReport
        Any report of a study.

    Returns
    -------
    Html
        A note and a table with both numbers, or nothing.
    """
    lang, apart = report.lang, report.tables.rows("sums_apart")
    if not apart:
        return Html("")
    columns = [
        Column("report.area", lambda row: report.area_name(row.area)),
        Column("report.quantity", lambda row: report.quantity_name(row.quantity)),
        Column("report.year", "year", numeric=True),
        Column("report.apart_own", lambda row: _both(row)[0], numeric=True),
        Column("report.apart_sum", lambda row: _both(row)[1], numeric=True),
    ]
    told = note(say("report.apart_note", lang, number=len(apart)), "gap")
    return told + draw(
        apart, columns, lang, caption=say("report.apart_caption", lang), csv="sums_apart"
    )


def sums_apart_table(report: StudyReport) -> Table:
    """Give the numbers of wholes that are not what their parts add up to, one row a number."""
    areas: Iterable[str] = report.areas
    if isinstance(report, AreaReport):
        areas = [report.area.id, *report.catalog.above(report.area.id)]
    apart = report.evidence.sums_apart
    names = ["area", "year", "quantity", "group", "own", "sum_of_children"]
    return rows_of(apart.loc[apart["area"].isin(set(areas)), names])


def _both(row: Any) -> list[str]:
    """Print two numbers that differ so that they look different."""
    both = (row.own, row.sum_of_children)
    shown = ([number(one, decimals) for one in both] for decimals in (0, 2, 4, 9))
    return next((pair for pair in shown if pair[0] != pair[1]), [number(one, 9) for one in both])
