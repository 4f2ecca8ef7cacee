"""The drawings and tables of a comparison: every scenario of a target in one drawing."""

from __future__ import annotations

from functools import partial
from typing import Any

from edu_metrics.catalog import Target
from edu_metrics.figures.svg import Line, course
from edu_metrics.reachability import ScenarioOutcome, chance
from edu_metrics.report.columns import Column, Table, draw, fields_of, table_of
from edu_metrics.report.comparison import Comparison
from edu_metrics.report.html import Html, details, join, tag
from edu_metrics.report.reasons import STATED, level_text
from edu_metrics.words import amount, number, say, signed

_PAST = 7  # years before the start that are drawn
#: Size of a drawing. [px]
WIDTH, HEIGHT = 330, 170


def show_courses(comparison: Comparison) -> Html:
    """
    Draw every target with all its courses, of which a reader chooses those that are shown.

    Parameters
    ----------
    comparison : Comparison
        From :func:`~edu_metrics.report.open_comparison`.

    Returns
    -------
    Html
        A drawing for each target and indicator, with its text alternative; nothing where there is
        no course.
    """
    drawn = [
        _panel(comparison, target, name, found)
        for target in comparison.compared
        for name, found in _by_indicator(comparison, target).items()
    ]
    if not drawn:
        return Html("")
    told = tag("p", say("comparing.figure_caption", comparison.lang), "small")
    return told + tag("div", join(drawn), "charts")


def _by_indicator(comparison: Comparison, target: Target) -> dict[str, list[ScenarioOutcome]]:
    """Give the courses of a target by what they are about: in one panel units never mix."""
    about: dict[str, list[ScenarioOutcome]] = {}
    for outcome in comparison.drawn(target):
        indicator = str(comparison.assessment_of(outcome).indicator)
        about.setdefault(indicator, []).append(outcome)
    return about


def _panel(
    comparison: Comparison, target: Target, name: str, outcomes: list[ScenarioOutcome]
) -> Html:
    """Draw a target's courses on one indicator."""
    report, lang, first = comparison.report, comparison.lang, outcomes[0]
    indicator, found = report.catalog.indicator(name), comparison.assessment_of(first)
    unit = report.unit_of(found)
    exact = report.evidence.record(name, comparison.area.id).exact
    since = int(found.last_year or 0) - _PAST
    history = {year: exact[year] for year in sorted(exact) if year >= since}
    title = target.title.in_(lang)
    if name != comparison.assessments[target.id].indicator:
        named = indicator.name.in_(lang)
        told = say("comparing.named", lang, name=title, label=named)
        title = named if named.startswith(title) else told
    if first.start == STATED:
        history = {int(first.start_year or 0): float(first.start_value or 0.0)}
        title += "†"
    due = max(one.years[-1] for one in outcomes)
    level = level_text(report, found)
    ends = {year: amount(history[year], unit, lang) for year in (min(history), max(history))}
    alt = say(
        "comparing.chart_alt",
        lang,
        first=min(history),
        start=ends[min(history)],
        last=max(history),
        value=ends[max(history)],
        year=due,
        level=level,
    )
    drawing = course(
        history,
        [] if found.level is None else [(due, float(found.level.value), level)],
        labels=ends,
        alt=f"{title}. {alt}",
        lines=[_course(comparison, one) for one in outcomes],
        way=False,
        width=WIDTH,
        height=HEIGHT,
    )
    return tag("figure", tag("figcaption", title) + Html(drawing))


def _course(comparison: Comparison, outcome: ScenarioOutcome) -> Line:
    """Give the course of an outcome; its class is the place of its scenario."""
    low, middle, high = (
        {year: round(float(value), 6) for year, value in zip(outcome.years, row, strict=True)}
        for row in outcome.quantiles()
    )
    css = f"sc sc{1 + list(comparison.scenarios).index(outcome.scenario)}"
    by_chance = outcome.draws is not None and outcome.draws.shape[0] > 1
    return Line(css, middle, low=low, high=high) if by_chance else Line(css, middle)


def show_compared(comparison: Comparison) -> Html:
    """
    Show what comes of every scenario, target by target.

    Parameters
    ----------
    comparison : Comparison
        From :func:`~edu_metrics.report.open_comparison`.

    Returns
    -------
    Html
        A table for each target: where the course ends, how surely the target is kept, when it is
        reached, who is short, and what is assumed.
    """
    lang = comparison.lang
    pieces = [_table(comparison, target) for target in comparison.compared]
    if not pieces:
        return Html("")
    pieces += [_without_pace(comparison), tag("p", say("comparing.capped", lang), "small")]
    if any(comparison.assessments[t.id].start == STATED for t in comparison.compared):
        pieces.append(tag("p", say("comparing.stated", lang), "small"))
    return join(pieces)


def _table(comparison: Comparison, target: Target) -> Html:
    lang, report = comparison.lang, comparison.report
    found = comparison.assessments[target.id]
    unit = report.unit_of(found)
    found_rows = comparison.tables.rows("outcomes").where(lambda row: row.target == target.id)
    columns = [
        Column("comparing.scenario", lambda row: tag("strong", row.name)),
        Column("comparing.end", partial(_end, lang)),
        Column("comparing.chance", partial(_chance, lang)),
        Column("comparing.reached", partial(_year, lang)),
        Column("comparing.short", partial(_short, lang)),
        Column("comparing.assumes", "assumes"),
    ]
    due = max((one.years[-1] for one in comparison.outcomes[target.id] if one.years), default=0)
    mark = " †" if found.start == STATED else ""
    caption = say(
        "comparing.table_caption" if found.level else "comparing.table_caption_sums",
        lang,
        target=target.title.in_(lang),
        start=amount(found.last_value, unit, lang) + mark,
        year=found.last_year,
        level=level_text(report, found),
        due=due,
    )
    shown = draw(found_rows, columns, lang, caption=caption)
    return details(caption, shown)


def _without_pace(comparison: Comparison) -> Html:
    """Say once where a plan names a direction and no size, so that it has no pace of its own."""
    lang = comparison.lang
    comma, by_names = say("report.list_comma", lang), dict[str, list[str]]()
    for target in comparison.compared:
        found = comparison.outcomes[target.id]
        without = [comparison.name(one) for one in found if one.reason == "no_promised_pace"]
        if without:
            by_names.setdefault(comma.join(without), []).append(target.title.in_(lang))
    separator = say("bulletin.comma", lang)
    return join(
        tag("p", say("comparing.no_promised_pace", lang, names=names, number=len(titles),
                     targets=separator.join(titles)), "small")
        for names, titles in by_names.items()
    )  # fmt: skip


def outcomes_table(comparison: Comparison) -> Table:
    """
    Give what comes of each scenario, one row a target, scenario and reading.

    Of a scenario that goes through a grid one row counts its combinations, and which keep the
    target.
    """
    rows = []
    for target in comparison.compared:
        rows += [_outcome(comparison, outcome) for outcome in comparison.drawn(target)]
        for scenario in comparison.scenarios.values():
            judged = [
                one.met
                for one in comparison.outcomes[target.id]
                if one.scenario == scenario.id and one.case and one.met is not None
            ]
            about = {"target": target.id, "scenario": scenario.id}
            about["name"] = scenario.title.in_(comparison.lang)
            about["assumes"] = scenario.assumes.in_(comparison.lang)
            if judged:
                rows.append({**about, "grid_cells": len(judged), "grid_cells_kept": sum(judged)})
    return table_of(
        rows,
        "target scenario name assumes reading steps unit start start_year last_year end_low "
        "end_median end_high by_chance probability under_model model_base met ending_kept fails "
        "year_reached short_people grid_cells grid_cells_kept",
    )


def _outcome(comparison: Comparison, outcome: ScenarioOutcome) -> dict[str, Any]:
    low, middle, high = (float(row[-1]) for row in outcome.quantiles())
    ending = fields_of(outcome.ending)
    return {
        **fields_of(outcome),
        "name": comparison.name(outcome),
        "assumes": comparison.scenarios[outcome.scenario].assumes.in_(comparison.lang),
        "unit": comparison.report.unit_of(comparison.assessment_of(outcome)),
        "last_year": outcome.years[-1],
        "end_low": low,
        "end_median": middle,
        "end_high": high,
        "by_chance": outcome.draws is not None and outcome.draws.shape[0] > 1,
        "ending_kept": ending.get("kept"),
        "fails": ending.get("fails"),
        "year_reached": ending.get("year"),
        "short_people": ending.get("short"),
    }


def _end(lang: str, row: Any) -> str:
    if row.grid_cells:
        return ""
    ends = (row.end_low, row.end_median, row.end_high)
    low, middle, high = (amount(end, row.unit, lang) for end in ends)
    if not row.by_chance:
        return middle
    return say("comparing.interval", lang, middle=middle, low=low, high=high)


def _chance(lang: str, row: Any) -> str:
    if row.grid_cells:
        cells, kept = int(row.grid_cells), int(row.grid_cells_kept)
        return say("comparing.grid_cells", lang, cells=cells, kept=kept)
    if row.probability is not None:
        return chance(row.probability, lang)
    if row.under_model is not None:
        change = 100 * (row.under_model - (row.model_base or 0.0))
        return say("comparing.under_model", lang, change=signed(change, 0))
    if row.met is None:
        return "—"
    return say("comparing.kept" if row.met else "comparing.not_kept", lang)


def _year(lang: str, row: Any) -> str:
    if row.grid_cells:
        return ""
    if row.ending_kept is None:
        return "—"
    if row.year_reached is not None:
        at_start = row.year_reached == row.start_year
        return say("comparing.at_start", lang) if at_start else str(row.year_reached)
    if row.ending_kept:
        return "—"
    if row.fails == "other":
        return say("comparing.otherwise", lang)
    return say("comparing.not_by", lang, year=row.last_year)


def _short(lang: str, row: Any) -> str:
    if row.grid_cells:
        return ""
    if row.short_people is None:
        return "—"
    return number(row.short_people, 0) if row.short_people else say("comparing.enough", lang)
