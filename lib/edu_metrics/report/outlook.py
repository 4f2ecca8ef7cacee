"""The figures of a district's report: verdicts at a glance, and what each series may do."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd

from edu_metrics.catalog import Bound, Target
from edu_metrics.errors import ProjectionError
from edu_metrics.figures._marks import Fan, Promise
from edu_metrics.figures.describing import AVAILABILITY, OUTLOOK, VERDICTS
from edu_metrics.figures.outlook import outlook_legend
from edu_metrics.figures.output import table_height
from edu_metrics.reachability import Assessment, chance
from edu_metrics.reachability.probability import BEYOND
from edu_metrics.report.columns import Column, draw, frame_of, picked
from edu_metrics.report.context import AreaReport
from edu_metrics.report.html import Cell, Html, details, note, tag
from edu_metrics.report.labels import pages, picture
from edu_metrics.report.reasons import level_text
from edu_metrics.words import say, unit_of

PANELS_A_PAGE = 12


def show_verdict_bar(report: AreaReport) -> Html:
    """
    Draw how many numeric targets got which verdict.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.

    Returns
    -------
    Html
        One figure with its text alternative.
    """
    counts = {str(v): n for v, n in report.counts(report.bound_here or report.numeric).items()}
    caption = say("report.verdict_bar_caption", report.lang)
    panels = [{"counts": counts}]
    return picture(report, VERDICTS, panels, caption=caption, height=1.5)


def show_availability(report: AreaReport) -> Html:
    """
    Draw which indicators are known in which year.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.

    Returns
    -------
    Html
        One figure with its text alternative.
    """
    lang, area = report.lang, report.area.id
    needed = dict.fromkeys(t.indicator for t in report.numeric if t.indicator)
    series = {name: report.evidence.series_of(name, area) for name in needed}
    indicators = [name for name in needed if not series[name].empty]
    if not indicators:
        return Html("")
    first = report.plan.first_year - 1
    years = sorted(
        {int(year) for name in indicators for year in series[name]["year"]}
        | set(range(first, report.plan.last_year + 1))
    )
    over = report.study.as_of.year
    cells = [_states(series[name], years, over) for name in indicators]
    rows = [report.indicator_name(name) for name in indicators]
    return picture(
        report,
        AVAILABILITY,
        [{"rows": rows, "years": years, "cells": cells}],
        caption=say("report.measured_caption", lang, number=len(indicators), of=len(needed)),
        height=table_height(len(rows)),
    )


def _states(series: pd.DataFrame, years: list[int], over: int) -> list[str]:
    """Say of each year how a series is known in it; years before ``over`` are due."""
    columns = (series[name].tolist() for name in ("year", "bound", "how"))
    known = {
        int(year): str(how) if bound == "exact" else "bound"
        for year, bound, how in zip(*columns, strict=True)
    }
    return [known.get(year, "missing" if year < over else "not_due") for year in years]


def show_outlook(report: AreaReport) -> Html:
    """
    Draw each indicator: observed, compared, what may come, and what the plan asks.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.

    Returns
    -------
    Html
        Pages of small figures, each with its text alternative; a sentence where nothing is known.
    """
    lang = report.lang
    targets = dict(_panels(report))
    if not targets:
        return note(say("report.outlook_none", lang), "gap")
    pages_needed = math.ceil(len(targets) / PANELS_A_PAGE)
    return pages(
        report,
        OUTLOOK,
        [_panel(report, name, found) for name, found in targets.items()],
        size=math.ceil(len(targets) / pages_needed),
        page="report.outlook_page",
        caption=say("report.outlook_caption", lang),
        columns=3,
        height=1.85,
        legend=outlook_legend,
    )


def _panels(report: AreaReport) -> Iterator[tuple[str, list[Target]]]:
    """Group the numeric targets by indicator, where there is any series to draw."""
    grouped: dict[str, list[Target]] = {}
    for target in report.numeric:
        if target.indicator:
            grouped.setdefault(target.indicator, []).append(target)
    for name, targets in grouped.items():
        series = report.evidence.series(name)
        if series["area"].isin([report.area.id, *_others(report)]).any():
            yield name, targets


def _others(report: AreaReport) -> tuple[str, ...]:
    """Give the areas to compare with: those of the study's choice, and the area above."""
    parent = report.area.parent
    above = (parent,) if parent in report.areas else ()
    return tuple(dict.fromkeys([*above, *report.study.compare_with]))


def _panel(report: AreaReport, name: str, targets: list[Target]) -> dict[str, Any]:
    indicator = report.catalog.indicators[name]
    record = report.evidence.record(name, report.area.id)
    found = [report.assessments[target.id] for target in targets]
    stated = next(
        (
            (target.baseline.year or report.plan.first_year, target.baseline.value)
            for target in targets
            if target.baseline and target.baseline.exact
        ),
        None,
    )
    unit = unit_of(indicator.unit)
    scale = unit.divisor(report.lang)
    compared = []
    for other in _others(report):
        exact = report.evidence.record(name, other).exact
        if exact:
            points = [(year, value / scale) for year, value in sorted(exact.items())]
            compared.append((report.area_name(other), points))
    return {
        "title": indicator.name.in_(report.lang),
        "unit_label": unit.label(report.lang),
        "observed": [(year, value / scale) for year, value in sorted(record.exact.items())],
        "bounds": [
            (year, value / scale, kind) for year, (kind, value) in sorted(record.bounds.items())
        ],
        "compared": compared,
        "fan": _fan(report, name, found, scale),
        "promised": list(_promised(report, targets, scale)),
        "stated": (stated[0], stated[1] / scale) if stated else None,
    }


def _fan(report: AreaReport, indicator: str, found: list[Assessment], scale: float) -> Fan | None:
    if all(assessment.probability is None for assessment in found):
        return None
    until = max(report.plan.deadline_of(report.plan.target(item.target)) for item in found)
    try:
        trajectory = report.evidence.trajectory(indicator, report.area.id, until)
    except ProjectionError:
        return None
    # The years beyond the deadline, drawn to tell when a level is reached, are not shown.
    shown = len([year for year in trajectory.years if year <= until])
    levels = trajectory.quantiles([0.1, 0.25, 0.5, 0.75, 0.9])[:, :shown] / scale
    return Fan(trajectory.years[:shown], *(tuple(float(value) for value in row) for row in levels))


def _promised(report: AreaReport, targets: list[Target], scale: float) -> Iterator[Promise]:
    """Give the levels that the default readings ask for, and those that a pace comes to."""
    seen: set[tuple[int, str]] = set()
    for target in targets:
        reading = target.default_reading
        if reading is None:
            continue
        levels = [
            (year, bound)
            for condition in reading.conditions
            if condition.type == "level"
            for year, bound in sorted(condition.at.items())
        ]
        level = report.assessments[target.id].level
        if not levels and level is not None:
            levels = [(report.plan.deadline_of(target), level)]
        for year, bound in levels:
            if (year, str(bound)) not in seen:
                seen.add((year, str(bound)))
                yield _promise(year, bound, scale)


def _promise(year: int, bound: Bound, scale: float) -> Promise:
    shown = Bound(op=bound.op, value=round(bound.value / scale, 2))
    return Promise(year, shown.value, str(shown), bound.op)


#: A table of more rows is folded away.
SHORT = 15


def show_years_reached(report: AreaReport) -> Html:
    """
    Show year by year how likely a level has been reached, and is still kept.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.

    Returns
    -------
    Html
        A compact table, or a sentence where no target has a forecast of a level.
    """
    lang, of = report.lang, report.assessments
    found = report.tables["years_reached"]
    if found.empty:
        return tag("p", say("noise.reached_none", lang))
    columns = [
        Column("report.promise", lambda row: tag("strong", row.title + _whole(of[row.target]))),
        Column("report.level", lambda row: level_text(of[row.target], row.unit, lang)),
        *(
            Column(Html(str(year)), partial(_in_year, of, year, lang))
            for year in sorted(set(found["year"]))
        ),
        Column("noise.median", lambda row: _median(row, lang)),
        Column("noise.stays", lambda row: _kept(of[row.target], lang)),
        Column("noise.whole_target", lambda row: chance(row.probability, lang)),
    ]
    columns = [columns[0], *(replace(column, numeric=True) for column in columns[1:])]
    targets = found.drop_duplicates("target")
    shown = draw(targets, columns, lang, caption=say("noise.reached_caption", lang))
    summary = say("noise.reached_summary", lang, number=len(targets))
    words = tag("p", say("noise.reached_note", lang, years=BEYOND), "small")
    return details(summary, shown + words, open_=len(targets) <= SHORT)


def years_reached_table(report: AreaReport) -> pd.DataFrame:
    """Give how likely a level has been reached and is kept, one row a target and year."""
    rows = (
        {
            **report.about(target, found),
            **picked(reached, "median_year since horizon"),
            "year": year,
            "reached_by_then": first,
            "kept_in_it": there,
            "kept_from_then": stays,
        }
        for target in report.numeric
        if (found := report.assessments[target.id]).reached is not None
        for reached in [found.reached]
        for year, first, there, stays in zip(
            reached.years, reached.first_hit, reached.still_there, reached.stays, strict=True
        )
    )
    return frame_of(
        rows,
        "target title indicator unit level year reached_by_then kept_in_it kept_from_then "
        "median_year since horizon probability",
    )


def _whole(found: Assessment) -> str:
    """Mark a target that asks for more than to be at its level."""
    return "" if found.reached and found.reached.all_asked else " ‡"


def _due(found: Assessment) -> int:
    return max(check.years[-1] for check in found.checks)


def _in_year(of: Mapping[str, Assessment], year: int, lang: str, row: Any) -> Cell:
    found = of[row.target]
    years = found.reached
    if years is None or year not in years.years:
        return "—"
    position = years.years.index(year)
    mark = "◆ " if year == _due(found) else ""
    first, there = years.first_hit[position], years.still_there[position]
    return tag("div", mark + _chance(first, lang)) + tag("small", _chance(there, lang))


def _chance(value: float, lang: str) -> str:
    """Print a probability; what was observed is a fact, and no probability is that high."""
    return say("noise.fact", lang) if value == 1 else chance(value, lang)


def _median(row: Any, lang: str) -> str:
    if row.since is not None:
        return say("noise.since", lang, year=row.since)
    if row.median_year is None:
        return say("noise.not_within", lang, years=row.horizon - row.year + 1)
    return str(row.median_year)


def _kept(found: Assessment, lang: str) -> str:
    due, years = _due(found), found.reached
    kept = dict(zip(years.years, years.stays, strict=True)) if years else {}
    return chance(kept.get(due), lang)
