"""
What words leave open: names for two things, parts ranked or left out; no base, date, data.

Nobody could measure a target without a base, a date or a definition, or without data.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from edu_metrics.catalog import (
    AverageChange,
    Break,
    Indicator,
    Rank,
    SourceEnd,
    Target,
    TotalChange,
    YearlyChange,
)
from edu_metrics.plan_audit.context import Finding, Kind, PlanContext, Severity, Value, rule
from edu_metrics.plan_audit.sentences import Said, alternatives, joined, tidy


def rate_from_share(share_pct: float, factor_pct: float) -> float:
    """
    Turn a share of those enrolled into a rate of the population, or the like.

    Parameters
    ----------
    share_pct : float
        The share. [percent]
    factor_pct : float
        The second factor, such as gross enrolment. [percent]

    Returns
    -------
    float
        Their product; the share itself only where the factor is 100. [percent]

    Examples
    --------
    Half of the children enrolled, where gross enrolment was 95.51 % (Inner Mongolia, 2019):

    >>> round(rate_from_share(50, 95.51), 2)
    47.76
    >>> rate_from_share(50, 100)
    50.0
    """
    return share_pct * factor_pct / 100


def share_from_rate(rate_pct: float, factor_pct: float) -> float:
    """
    Turn a rate of the population back into the share of those enrolled that it takes.

    Parameters
    ----------
    rate_pct : float
        The rate. [percent]
    factor_pct : float
        The second factor, such as gross enrolment. [percent]

    Returns
    -------
    float
        The share. [percent]

    Examples
    --------
    >>> round(share_from_rate(50, 95.51), 2)
    52.35
    """
    return 100 * rate_pct / factor_pct


@rule(Kind.DEFINITION)
def readings_on_other_indicators(context: PlanContext, target: Target) -> Iterator[Finding]:
    """Find targets whose words can mean different indicators."""
    for other in sorted(_others(target)) if target.indicator else ():
        yield _either(context, target, target.indicator or "", other)


def _others(target: Target) -> set[str]:
    return set(target.indicators) - {target.indicator}


def _either(context: PlanContext, target: Target, own: str, other: str) -> Finding:
    text, severity = "other_indicator", Severity.MEDIUM
    values: dict[str, Any] = {
        "first": context.indicator_name(own),
        "second": context.indicator_name(other),
    }
    numbers: dict[str, Value] = {"indicators": [own, other]}
    if product := _product_of(context, own, other):
        values |= {part: context.indicator_name(name) for part, name in product.items()}
        numbers |= product
        levels = context.usual_levels(target)
        seen = context.nearest_observed(product["factor"], target)
        if not levels or not seen:
            text, severity = "factor_unknown", Severity.OPEN
        else:
            text, known, level = "factor_known", seen[-1], levels[max(levels)].value
            values["area"] = context.area_name(known.area)
            numbers |= {
                "level_pct": level,
                "factor_pct": tidy(known.value),
                "factor_area": known.area,
                "factor_year": known.year,
                "rate_at_share_pct": tidy(rate_from_share(level, known.value)),
                "share_at_rate_pct": tidy(share_from_rate(level, known.value)),
                "agree_at_factor_pct": 100,
            }
    return Finding(
        severity, f"audit_definitions.{text}", values=values, numbers=numbers, part=other
    )


def _product_of(context: PlanContext, one: str, other: str) -> dict[str, str]:
    """Give rate, share and factor where one of two indicators is the other times a factor."""
    for rate, share in ((one, other), (other, one)):
        parts = context.related(rate, "product_of")
        if share in parts and len(parts) == 2:
            factor = next(part for part in parts if part != share)
            return {"rate": rate, "share": share, "factor": factor}
    return {}


def _indicator_names(context: PlanContext, indicators: Iterable[str]) -> list[Said]:
    return [context.indicator_name(name) for name in indicators]


@rule(Kind.DEFINITION)
def one_thing_two_names(context: PlanContext) -> Iterator[Finding]:
    """
    Find linked targets that are one indicator only if one of them is read so.

    Two promises on one indicator are no flaw. They are where the words of either could mean
    another indicator: then the plan does not say whether it speaks of one thing twice.
    """
    for first, second in context.linked_pairs:
        if first.indicator is None or first.indicator != second.indicator:
            continue
        open_ones = [target for target in (first, second) if _others(target)]
        if first.title == second.title or not set(first.areas) & set(second.areas):
            continue
        others = sorted({name for target in open_ones for name in _others(target)})
        if others:
            yield Finding(
                Severity.MEDIUM,
                "audit_definitions.two_names",
                (first.id, second.id),
                values={
                    "indicator": context.indicator_name(first.indicator),
                    "open": context.titles(open_ones),
                    "others": _indicator_names(context, others),
                },
                numbers={"indicator": first.indicator, "other_indicators": [*others]},
            )


@rule(Kind.DEFINITION)
def one_name_two_indicators(context: PlanContext) -> Iterator[Finding]:
    """Find targets of one name that are held to different indicators."""
    by_name: dict[str, dict[str, str]] = {}
    for target in context.plan.targets:
        if target.indicator is not None:
            by_name.setdefault(target.title.in_("zh"), {})[target.id] = target.indicator
    for group in by_name.values():
        indicators = [*dict.fromkeys(group.values())]
        if len(indicators) > 1:
            yield Finding(
                Severity.MEDIUM,
                "audit_definitions.one_name",
                tuple(group),
                values={
                    "count": len(indicators),
                    "indicators": _indicator_names(context, indicators),
                },
                numbers={"indicators": [*indicators]},
            )


#: Among so few areas every front rank but the first is one that many of them always have.
_FEW = 4


@rule(Kind.WHOLE_NUMBERS)
def rank_among_few(context: PlanContext, target: Target) -> Iterator[Finding]:
    """Find ranks that half of the areas always have, and front ranks whose place is open."""
    catalog, ranks = (
        context.catalog,
        [one for reading in target.readings for one in reading.of(Rank)],
    )
    for condition in ranks:
        among = len(set(catalog.expand(condition.among)))
        bound = condition.bound
        if condition.unit == "percent":
            # The last place within the share; strictly where it must be.
            share = Fraction(str(bound.value)) * among / 100
            place = math.ceil(share) - 1 if bound.strict else math.floor(share)
        else:
            place = int(bound.value) - int(bound.strict)
        if 2 * place >= among:
            yield _rank("rank_weak", among, [place])
    if not ranks and target.kind == "rank":
        parent = catalog.areas[catalog.expand(target.areas)[0]].parent
        members = catalog.expand(context.plan.areas)
        among = len(catalog.children(parent, members)) if parent else 0
        if 2 <= among <= _FEW:
            yield _rank("rank_open", among, [*range(1, among)])


def _rank(key: str, among: int, places: list[int]) -> Finding:
    return Finding(
        Severity.MEDIUM,
        f"audit_districts.{key}",
        values={"place": places[-1], "places": listed_places(places)},
        numbers={"among": among, "ranks": [*places], "always_met_by": [*places]},
        part=str(places[-1]),
    )


def listed_places(places: Iterable[int]) -> Said:
    """
    Say which ranks can be meant.

    Examples
    --------
    >>> listed_places([1, 2])("en")
    '1 or 1 to 2'
    """
    return alternatives(
        joined(dict.fromkeys(("1", str(place))), by="audit_time_base.to") for place in places
    )


def _parts_of_plan(context: PlanContext) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give each of a plan's areas that has several others of them below it, and these."""
    members = context.catalog.expand(context.plan.areas)
    below: dict[str | None, list[str]] = {}
    for area in members:
        below.setdefault(context.catalog.areas[area].parent, []).append(area)
    for parent, parts in below.items():
        if parent is not None and parent in members and len(parts) > 1:
            yield parent, tuple(parts)


def _area_names(context: PlanContext, areas: Iterable[str]) -> Said:
    return joined(map(context.area_name, areas), by="report.list_comma")


@rule(Kind.DEFINITION)
def areas_left_out(context: PlanContext) -> Iterator[Finding]:
    """Find plans that make promises for some parts of a whole by name, and none for others."""
    for _, parts in _parts_of_plan(context):
        bound = {
            target.id: own
            for target in context.plan.targets
            if (own := set(context.catalog.expand(target.areas)) & {*parts}) and own != {*parts}
        }
        named = [area for area in parts if any(area in own for own in bound.values())]
        without = [area for area in parts if area not in named]
        if named and without:
            yield Finding(
                Severity.MEDIUM,
                "audit_districts.left_out",
                tuple(bound),
                values={
                    "named": _area_names(context, named),
                    "without": _area_names(context, without),
                    "number": len(without),
                    "all": len(parts),
                },
                numbers={"named": named, "without": without, "areas": len(parts)},
                part=without[0],
            )


@rule(Kind.DEFINITION)
def whole_without_parts(context: PlanContext) -> Iterator[Finding]:
    """
    Find numbers for a whole whose parts are in the plan and have none.

    What the last part must reach for the whole then hangs on sizes that the plan does not print.
    """
    numeric = [target for target in context.plan.targets if target.numeric]
    for parent, parts in _parts_of_plan(context):
        whole = [one.id for one in numeric if parent in one.areas and _pooled(context, one)]
        if whole and not any({*context.catalog.expand(one.areas)} & {*parts} for one in numeric):
            yield Finding(
                Severity.OPEN,
                "audit_districts.no_parts",
                tuple(whole),
                values={
                    "whole": _area_names(context, [parent]),
                    "parts": _area_names(context, parts),
                    "number": len(whole),
                },
                numbers={"targets": len(whole), "targets_of_parts": 0, "parts": [*parts]},
                part=parent,
            )


def _pooled(context: PlanContext, target: Target) -> bool:
    """Tell whether a target's rate for the whole follows from the counts of its parts."""
    indicator = context.indicator(target)
    return indicator is not None and indicator.calculation.pooling == "counts"


def _named(context: PlanContext, target: Target) -> list[Indicator]:
    """Give the indicators that a target names, of all its readings, each once."""
    return [context.catalog.indicators[name] for name in target.indicators]


def _starts_known(context: PlanContext, target: Target) -> bool:
    """Tell whether the plan states a base for a target's indicator, or its area has values."""
    name = target.indicator
    if name is None or any(map(context.base, context.by_indicator[name])):
        return True
    areas = context.catalog.expand(target.areas)
    years = (year for area in areas for year in context.series.get((name, area), {}))
    return any(year <= context.plan.issued.year for year in years)


@rule(Kind.UNMEASURABLE, gathered="targets")
def no_baseline(context: PlanContext, target: Target) -> Iterator[Finding]:
    """Find promises of change from a start that the plan does not give, and levels without one."""
    reading, changes = target.default_reading, (YearlyChange, AverageChange, TotalChange)
    if reading is None or _starts_known(context, target):
        return
    sized = [one for one in reading.conditions if isinstance(one, changes)]
    if any(bound.value for condition in sized for bound in condition.change):
        yield Finding(Severity.HIGH, "audit_unmeasurable.change_without_base", part="change")
    elif not sized and context.usual_levels(target) and target.better in ("higher", "lower"):
        yield Finding(Severity.LOW, "audit_unmeasurable.level_without_base", part="level")


@rule(Kind.UNMEASURABLE, gathered="targets")
def no_date(context: PlanContext, target: Target) -> Iterator[Finding]:
    """Find promises without a date; what is to happen at intervals needs none."""
    if target.deadline is None and target.frequency is None:
        yield Finding(
            Severity.MEDIUM if target.numeric else Severity.LOW,
            "audit_unmeasurable.no_date",
            numbers={"assumed_year": context.plan.last_year},
            part="numeric" if target.numeric else "other",
        )


@rule(Kind.UNMEASURABLE, gathered="targets")
def no_measure(_: PlanContext, target: Target) -> Iterator[Finding]:
    """Find promises that no number judges: neither an indicator nor a frequency."""
    if not (target.indicator or target.frequency or target.readings):
        yield Finding(Severity.LOW, "audit_unmeasurable.no_measure")


@rule(Kind.UNMEASURABLE, gathered="targets")
def undecided_readings(_: PlanContext, target: Target) -> Iterator[Finding]:
    """Find readings that no defined indicator can judge."""
    undecided = [reading for reading in target.readings if reading.undecided]
    if any(reading.default for reading in undecided):
        yield Finding(Severity.HIGH, "audit_unmeasurable.undecided_default", part="default")
    elif undecided:
        yield Finding(Severity.LOW, "audit_unmeasurable.undecided_other", part="other")


@rule(Kind.UNMEASURABLE, gathered="targets")
def unverified_parameters(context: PlanContext, target: Target) -> Iterator[Finding]:
    """Find cut-offs, age bands and populations inside a definition that no source confirms."""
    for indicator in _named(context, target):
        for name, parameter in indicator.parameters.items():
            if not parameter.unverified:
                continue
            value = parameter.value
            bare = f"{name} = {value:g}" if isinstance(value, float) else f"{name} = {value}"
            yield Finding(
                Severity.MEDIUM,
                "audit_unmeasurable.parameter",
                values={"indicator": indicator.name, "choice": parameter.label or bare},
                numbers={"indicator": indicator.id, "parameter": name, "value": value},
                part=f"{indicator.id}.{name}",
            )


@rule(Kind.UNMEASURABLE, gathered="targets")
def undefined_standards(context: PlanContext, target: Target) -> Iterator[Finding]:
    """Find what had to be assumed on weak ground, or from memory, to judge a target at all."""
    of_indicators = (name for one in _named(context, target) for name in one.assumptions)
    for name in dict.fromkeys((*target.assumptions, *of_indicators)):
        assumed = context.catalog.assumptions[name]
        turning = assumed.quality == "red" and assumed.impact == "red"
        if assumed.quality == "red" or assumed.unverified:
            yield Finding(
                Severity.HIGH if turning else Severity.MEDIUM,
                f"audit_unmeasurable.{'unverified' if assumed.unverified else 'weak'}",
                values={"assumption": assumed.title},
                numbers={
                    "assumption": name,
                    "quality": assumed.quality,
                    "impact": assumed.impact,
                    "unverified": assumed.unverified,
                },
                part=name,
            )


@rule(Kind.UNMEASURABLE, gathered="targets")
def sources_that_end(context: PlanContext, target: Target) -> Iterator[Finding]:
    """Find targets whose data can't be had any more before they fall due."""
    issued, due = context.plan.issued, dt.date(context.plan.deadline_of(target), 12, 31)
    for entry in context.entries(SourceEnd):
        end = entry.from_date
        if target.indicator in entry.indicators and end <= due:
            months = 12 * (end.year - issued.year) + end.month - issued.month
            yield Finding(
                Severity.HIGH,
                "audit_unmeasurable.source_ends",
                values={"date": end, "why": entry.why},
                numbers={"from_date": end.isoformat(), "months_after_issue": months},
                part=entry.id,
            )


@rule(Kind.UNMEASURABLE)
def breaks_inside(context: PlanContext) -> Iterator[Finding]:
    """Find series that break between a plan's start and the day on which a target falls due."""
    plan, expand = context.plan, context.catalog.expand
    events: dict[tuple[int, str], tuple[dict[str, Break], set[str]]] = {}
    for entry in context.catalog.breaks.values():
        bound = {*expand(entry.areas)}
        concerned = {
            target.id
            for target in plan.targets
            if entry.indicator in target.indicators
            and plan.first_year < entry.year <= plan.deadline_of(target)
            and (not bound or bound & {*expand(target.areas)})
        }
        if concerned:
            # One event can break several series.
            breaks, targets = events.setdefault((entry.year, entry.why.in_("en")), ({}, set()))
            breaks[entry.id] = entry
            targets |= concerned
    for (year, _), (breaks, targets) in events.items():
        yield Finding(
            Severity.MEDIUM,
            "audit_unmeasurable.break_inside",
            context.in_order(targets),
            values={"why": next(iter(breaks.values())).why},
            numbers={"targets": len(targets), "year": year, "breaks": sorted(breaks)},
            part=min(breaks),
        )
