"""
What words leave open: names for two things, parts ranked or left out; no base, date, data.

Nobody could measure a target without a base, a date or a definition, or without data.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
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
from edu_metrics.plan_audit.context import PlanContext
from edu_metrics.plan_audit.findings import Flaw, Kind, Severity, Value, rule, rule_of_target
from edu_metrics.plan_audit.sentences import (
    Said,
    alternatives,
    in_unit,
    said_date,
    side_by_side,
    tidy,
)
from edu_metrics.words import say


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


@rule_of_target(Kind.DEFINITION)
def readings_on_other_indicators(context: PlanContext, target: Target) -> Iterator[Flaw]:
    """Find targets whose words can mean different indicators."""
    if target.indicator is None:
        return
    for other in sorted(_others(target)):
        yield _either(context, target, other)


def _either(context: PlanContext, target: Target, other: str) -> Flaw:
    own = target.indicator or ""
    text, severity = "other_indicator", Severity.MEDIUM
    values: dict[str, Any] = {
        "first": context.indicator_name(own),
        "second": context.indicator_name(other),
    }
    numbers: dict[str, Value] = {"indicators": [own, other]}
    if (product := _product_of(context, own, other)) is not None:
        rate, share, factor = product
        values |= {
            "rate": context.indicator_name(rate),
            "share": context.indicator_name(share),
            "factor": context.indicator_name(factor),
        }
        numbers |= {"rate": rate, "share": share, "factor": factor}
        levels = context.usual_levels(target)
        seen = context.nearest_observed(factor, target)
        if not levels or not seen:
            text, severity = "factor_unknown", Severity.OPEN
        else:
            text, known, level = "factor_known", seen[-1], levels[max(levels)].value
            rate_pct = rate_from_share(level, known.value)
            share_pct = share_from_rate(level, known.value)
            values |= {
                "area": context.area_name(known.area),
                "year": known.year,
                **in_unit("percent", known=known.value, level=level),
                **in_unit("percent", as_rate=rate_pct, as_share=share_pct),
            }
            numbers |= {
                "level_pct": level,
                "factor_pct": tidy(known.value),
                "factor_area": known.area,
                "factor_year": known.year,
                "rate_at_share_pct": tidy(rate_pct),
                "share_at_rate_pct": tidy(share_pct),
                "agree_at_factor_pct": 100,
            }
    return Flaw(
        severity=severity,
        text=f"audit_definitions.{text}",
        values=values,
        numbers=numbers,
        part=other,
    )


def _product_of(context: PlanContext, one: str, other: str) -> tuple[str, str, str] | None:
    """Give rate, share and factor where one of two indicators is the other times a factor."""
    for rate, share in ((one, other), (other, one)):
        parts = context.related(rate, "product_of")
        if share in parts and len(parts) == 2:
            return rate, share, next(part for part in parts if part != share)
    return None


def _indicator_names(context: PlanContext, indicators: Iterable[str]) -> Said:
    return side_by_side(map(context.indicator_name, indicators))


@rule(Kind.DEFINITION)
def one_thing_two_names(context: PlanContext) -> Iterator[Flaw]:
    """
    Find linked targets that are one indicator only if one of them is read so.

    Two promises on one indicator are no flaw. They are where the words of either could mean
    another indicator: then the plan does not say whether it speaks of one thing twice.
    """
    for first, second in context.linked_pairs:
        if first.indicator is None or first.indicator != second.indicator:
            continue
        open_ones = [target for target in (first, second) if _others(target)]
        if not open_ones or first.title == second.title:
            continue
        if not set(first.areas) & set(second.areas):
            continue
        others = sorted({name for target in open_ones for name in _others(target)})
        yield Flaw(
            severity=Severity.MEDIUM,
            targets=(first.id, second.id),
            text="audit_definitions.two_names",
            values={
                "indicator": context.indicator_name(first.indicator),
                "open": context.titles(open_ones),
                "others": _indicator_names(context, others),
            },
            numbers={"indicator": first.indicator, "other_indicators": [*others]},
        )


def _others(target: Target) -> set[str]:
    return set(target.indicators) - {target.indicator}


@rule(Kind.DEFINITION)
def one_name_two_indicators(context: PlanContext) -> Iterator[Flaw]:
    """Find targets of one name that are held to different indicators."""
    by_name: dict[str, list[Target]] = {}
    for target in context.plan.targets:
        if target.indicator is not None:
            by_name.setdefault(target.title.in_("zh"), []).append(target)
    for group in by_name.values():
        indicators = list(dict.fromkeys(t.indicator for t in group if t.indicator))
        if len(indicators) > 1:
            yield Flaw(
                severity=Severity.MEDIUM,
                targets=tuple(target.id for target in group),
                text="audit_definitions.one_name",
                values={
                    "count": len(indicators),
                    "indicators": _indicator_names(context, indicators),
                },
                numbers={"indicators": [*indicators]},
            )


#: Among so few areas every front rank but the first is one that many of them always have.
_FEW = 4


def _area_names(context: PlanContext, areas: Sequence[str]) -> Said:
    return side_by_side(map(context.area_name, areas), by="report.list_comma")


@rule_of_target(Kind.WHOLE_NUMBERS)
def rank_among_few(context: PlanContext, target: Target) -> Iterator[Flaw]:
    """Find ranks that half of the areas always have, and front ranks whose place is open."""
    members = context.catalog.expand(context.plan.areas)
    ranks = [condition for reading in target.readings for condition in reading.of(Rank)]
    if ranks:
        for condition in ranks:
            among = len(set(context.catalog.expand(condition.among)))
            place = int(condition.bound.value) - int(condition.bound.strict)
            if 2 * place >= among:
                yield _rank(context, target, "rank_weak", among, [place])
    elif target.kind == "rank":
        parent = context.catalog.areas[context.catalog.expand(target.areas)[0]].parent
        among = len(context.catalog.children(parent, members)) if parent else 0
        if 2 <= among <= _FEW:
            yield _rank(context, target, "rank_open", among, [*range(1, among)])


def _rank(context: PlanContext, target: Target, key: str, among: int, places: list[int]) -> Flaw:
    return Flaw(
        severity=Severity.MEDIUM,
        text=f"audit_districts.{key}",
        values={"place": places[-1], "places": listed_places(places)},
        numbers={"among": among, "ranks": [*places], "always_met_by": [*places]},
        part=str(places[-1]),
    )


def listed_places(places: Sequence[int]) -> Said:
    """
    Say which ranks can be meant.

    Examples
    --------
    >>> from edu_metrics.plan_audit.sentences import in_lang
    >>> in_lang(listed_places([1, 2]), "en")
    '1 or 1 to 2'
    """

    def ranks(lang: str) -> str:
        to = say("audit_time_base.to", lang)
        return alternatives(("1" if p == 1 else f"1{to}{p}" for p in places), lang)

    return ranks


@rule(Kind.DEFINITION)
def areas_left_out(context: PlanContext) -> Iterator[Flaw]:
    """Find plans that make promises for some parts of a whole by name, and none for others."""
    members = context.catalog.expand(context.plan.areas)
    for group in _groups(context, members):
        named: dict[str, list[Target]] = {}
        for target in context.plan.targets:
            bound = set(context.catalog.expand(target.areas)) & set(group)
            if bound and bound != set(group):
                for area in bound:
                    named.setdefault(area, []).append(target)
        without = [area for area in group if area not in named]
        if not named or not without:
            continue
        concerned = {target.id for targets in named.values() for target in targets}
        yield Flaw(
            severity=Severity.MEDIUM,
            targets=context.in_order(concerned),
            text="audit_districts.left_out",
            values={
                "named": _area_names(context, [area for area in group if area in named]),
                "without": _area_names(context, without),
                "number": len(without),
                "all": len(group),
            },
            numbers={
                "named": [area for area in group if area in named],
                "without": [*without],
                "areas": len(group),
            },
            part=without[0],
        )


def _groups(context: PlanContext, members: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Give the sets of a plan's areas that lie below another of its areas."""
    inside = set(members)
    below: dict[str, list[str]] = {}
    for area in members:
        parent = context.catalog.areas[area].parent
        if parent in inside and parent is not None:
            below.setdefault(parent, []).append(area)
    for group in below.values():
        if len(group) > 1:
            yield tuple(group)


@rule(Kind.DEFINITION)
def whole_without_parts(context: PlanContext) -> Iterator[Flaw]:
    """
    Find numbers for a whole whose parts are in the plan and have none.

    What the last part must reach for the whole then hangs on sizes that the plan does not print.
    """
    members = context.catalog.expand(context.plan.areas)
    for group in _groups(context, members):
        parent = context.catalog.areas[group[0]].parent
        numeric = [target for target in context.plan.targets if target.numeric]
        own = [t for t in numeric if set(context.catalog.expand(t.areas)) & set(group)]
        whole = [
            target for target in numeric if parent in target.areas and _pooled(context, target)
        ]
        if own or not whole or parent is None:
            continue
        yield Flaw(
            severity=Severity.OPEN,
            targets=tuple(target.id for target in whole),
            text="audit_districts.no_parts",
            values={
                "whole": _area_names(context, [parent]),
                "parts": _area_names(context, group),
                "number": len(whole),
            },
            numbers={"targets": len(whole), "targets_of_parts": len(own), "parts": [*group]},
            part=parent,
        )


def _pooled(context: PlanContext, target: Target) -> bool:
    """Tell whether a target's rate for the whole follows from the counts of its parts."""
    indicator = context.indicator(target)
    return indicator is not None and indicator.calculation.pooling == "counts"


_CHANGES = (YearlyChange, AverageChange, TotalChange)


def _grouped(
    key: str,
    severity: Severity,
    targets: Iterable[Target],
    part: str = "",
    values: Mapping[str, Any] = MappingProxyType({}),
    **numbers: Value,
) -> Flaw:
    """Say one thing of all targets concerned."""
    ids = tuple(target.id for target in targets)
    said = {"targets": len(ids), **numbers}
    return Flaw(severity, f"audit_unmeasurable.{key}", ids, dict(values), said, part)


def indicators_of(context: PlanContext, target: Target) -> list[Indicator]:
    """Give the indicators that a target names, of all its readings, each once."""
    return [context.catalog.indicators[name] for name in target.indicators]


def _starts_known(context: PlanContext, target: Target) -> bool:
    """Tell whether the plan states a base for a target's indicator, or its area has values."""
    name = target.indicator
    if name is None or any(map(context.base, context.by_indicator[name])):
        return True
    issued = context.plan.issued.year
    return any(
        year <= issued
        for area in context.catalog.expand(target.areas)
        for year in context.series.get((name, area), {})
    )


@rule(Kind.UNMEASURABLE)
def no_baseline(context: PlanContext) -> Iterator[Flaw]:
    """Find promises of change from a start that the plan does not give, and levels without one."""
    changes, levels = [], []
    for target in context.plan.targets:
        reading = target.default_reading
        if reading is None or _starts_known(context, target):
            continue
        sizes = [
            bound.value
            for condition in reading.conditions
            if isinstance(condition, _CHANGES)
            for bound in condition.change
        ]
        if any(sizes):
            changes.append(target)
        elif not sizes and context.usual_levels(target) and target.better in ("higher", "lower"):
            levels.append(target)
    yield _grouped("change_without_base", Severity.HIGH, changes, part="change")
    yield _grouped("level_without_base", Severity.LOW, levels, part="level")


@rule(Kind.UNMEASURABLE)
def no_date(context: PlanContext) -> Iterator[Flaw]:
    """Find promises without a date; what is to happen at intervals needs none."""
    undated = [t for t in context.plan.targets if t.deadline is None and t.frequency is None]
    numeric = [target for target in undated if target.numeric]
    others = [target for target in undated if not target.numeric]
    last = context.plan.last_year
    yield _grouped("no_date", Severity.MEDIUM, numeric, part="numeric", assumed_year=last)
    yield _grouped("no_date", Severity.LOW, others, part="other", assumed_year=last)


@rule(Kind.UNMEASURABLE)
def no_measure(context: PlanContext) -> Iterator[Flaw]:
    """Find promises that no number judges: neither an indicator nor a frequency."""
    bare = [
        target
        for target in context.plan.targets
        if target.indicator is None and target.frequency is None and not target.readings
    ]
    yield _grouped("no_measure", Severity.LOW, bare)


@rule(Kind.UNMEASURABLE)
def undecided_readings(context: PlanContext) -> Iterator[Flaw]:
    """Find readings that no defined indicator can judge."""
    default, other = [], []
    for target in context.plan.targets:
        undecided = [reading for reading in target.readings if reading.undecided]
        if any(reading.default for reading in undecided):
            default.append(target)
        elif undecided:
            other.append(target)
    yield _grouped("undecided_default", Severity.HIGH, default, part="default")
    yield _grouped("undecided_other", Severity.LOW, other, part="other")


@rule(Kind.UNMEASURABLE)
def unverified_parameters(context: PlanContext) -> Iterator[Flaw]:
    """Find cut-offs, age bands and populations inside a definition that no source confirms."""
    using: dict[tuple[str, str], list[Target]] = {}
    for target in context.plan.targets:
        for indicator in indicators_of(context, target):
            for name, parameter in indicator.parameters.items():
                if parameter.unverified:
                    using.setdefault((indicator.id, name), []).append(target)
    for (indicator_id, name), targets in using.items():
        indicator = context.catalog.indicators[indicator_id]
        value, label = indicator.parameters[name].value, indicator.parameters[name].label
        bare = f"{name} = {value:g}" if isinstance(value, float) else f"{name} = {value}"
        yield _grouped(
            "parameter",
            Severity.MEDIUM,
            targets,
            values={"indicator": indicator.name, "choice": label if label else bare},
            indicator=indicator_id,
            parameter=name,
            value=value,
            part=f"{indicator_id}.{name}",
        )


@rule(Kind.UNMEASURABLE)
def undefined_standards(context: PlanContext) -> Iterator[Flaw]:
    """Find what had to be assumed on weak ground, or from memory, to judge a target at all."""
    using: dict[str, list[Target]] = {}
    for target in context.plan.targets:
        names = [*target.assumptions]
        for indicator in indicators_of(context, target):
            names += indicator.assumptions
        for name in dict.fromkeys(names):
            assumption = context.catalog.assumptions[name]
            if assumption.quality == "red" or assumption.unverified:
                using.setdefault(name, []).append(target)
    for name, targets in using.items():
        assumption = context.catalog.assumptions[name]
        turning = assumption.quality == "red" and assumption.impact == "red"
        yield _grouped(
            "unverified" if assumption.unverified else "weak",
            Severity.HIGH if turning else Severity.MEDIUM,
            targets,
            values={"assumption": assumption.title},
            assumption=name,
            quality=assumption.quality,
            impact=assumption.impact,
            unverified=assumption.unverified,
            part=name,
        )


@rule(Kind.UNMEASURABLE)
def sources_that_end(context: PlanContext) -> Iterator[Flaw]:
    """Find targets whose data can't be had any more before they fall due."""
    for entry in context.entries(SourceEnd):
        concerned = [
            target
            for name in entry.indicators
            for target in context.by_indicator.get(name, ())
            if entry.from_date <= dt.date(context.deadline(target), 12, 31)
        ]
        months = 12 * (entry.from_date.year - context.plan.issued.year)
        months += entry.from_date.month - context.plan.issued.month
        yield _grouped(
            "source_ends",
            Severity.HIGH,
            [context.targets[n] for n in context.in_order(one.id for one in concerned)],
            values={"date": said_date(entry.from_date), "why": entry.why},
            from_date=entry.from_date.isoformat(),
            months_after_issue=months,
            part=entry.id,
        )


@rule(Kind.UNMEASURABLE)
def breaks_inside(context: PlanContext) -> Iterator[Flaw]:
    """Find series that break between a plan's start and the day on which a target falls due."""
    by_indicator: dict[str, list[Break]] = {}
    for entry in context.catalog.breaks.values():
        by_indicator.setdefault(entry.indicator, []).append(entry)
    by_event: dict[tuple[int, str], tuple[set[str], Break, dict[str, Target]]] = {}
    for target in context.plan.targets:
        areas = set(context.catalog.expand(target.areas))
        for indicator in indicators_of(context, target):
            for entry in by_indicator.get(indicator.id, ()):
                bound = set(context.catalog.expand(entry.areas))
                inside = context.plan.first_year < entry.year <= context.deadline(target)
                if inside and (not bound or bound & areas):
                    # One event can break several series.
                    held = by_event.setdefault(
                        (entry.year, entry.why.in_("en")), (set(), entry, {})
                    )
                    held[0].add(entry.id)
                    held[2][target.id] = target
    for (year, _), (names, entry, targets) in by_event.items():
        yield _grouped(
            "break_inside",
            Severity.MEDIUM,
            targets.values(),
            values={"why": entry.why},
            year=year,
            breaks=sorted(names),
            part=min(names),
        )
