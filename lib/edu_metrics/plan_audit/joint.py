"""Targets that bind one another: what one leaves of the other's room, and parts of their whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from edu_metrics.catalog import PartsOfWhole, Reading, Selection, SumOverYears, Target, YearlyChange
from edu_metrics.formulas import pooled_share
from edu_metrics.formulas.flows.pupils import rate_after_selection
from edu_metrics.plan_audit.context import PlanContext
from edu_metrics.plan_audit.contradictions import rest_of_whole
from edu_metrics.plan_audit.findings import Flaw, Kind, Severity, Value, rule, rule_of_target
from edu_metrics.plan_audit.impossible import base_before_limit
from edu_metrics.plan_audit.sentences import (
    Said,
    growth_pct,
    joined,
    said,
    said_rows,
    said_series,
    said_value,
    side_by_side,
    sizes,
    tidy,
)
from edu_metrics.words import short, unit_of


def _pairs(context: PlanContext, kind: str) -> Iterator[tuple[str, str]]:
    """Give the pairs of indicators with targets that one relation joins."""
    for name in context.by_indicator:
        for other in context.related(name, kind):
            if other in context.by_indicator:
                yield name, other


@rule(Kind.JOINT)
def share_of_rest(context: PlanContext) -> Iterator[Flaw]:
    """Find a subset and its wider group with levels in one year, and what the rest must do."""
    for inner, outer in _pairs(context, "subset_of"):
        small, large = context.levels_on(inner), context.levels_on(outer)
        years = sorted(small.keys() & large.keys())
        if not years:
            continue
        year = years[-1]
        subset, wider = max(small[year].values()), max(large[year].values())
        if not 0 <= subset < wider < 100:
            continue
        subsets = [s for s in (subset, subset + 5, subset + 10) if s < wider]
        rests = [rest_of_whole(wider, 100, s / 100) for s in subsets]
        concerned = context.in_order([*small[year], *large[year]])
        target = context.targets[min(concerned)]
        seen = context.observed_above(outer, target)
        yield Flaw(
            severity=Severity.LOW,
            targets=concerned,
            text="audit_joint.rest",
            values={
                "inner": context.indicator_name(inner),
                "outer": context.indicator_name(outer),
                "wider": said_value(wider, "percent"),
                "rows": said_rows(
                    "audit_joint.rest_row",
                    share=map(short, subsets),
                    rest=(short(rest, 1) for rest in rests),
                ),
                "seen": context.beside(seen),
            },
            numbers={
                "year": year,
                "outer_pct": wider,
                "inner_pct": [*subsets],
                "share_of_rest_pct": [tidy(rest) for rest in rests],
                "observed_outer_pct": _by_area_and_year(seen),
            },
        )


@rule(Kind.JOINT)
def paces_of_one_whole(context: PlanContext) -> Iterator[Flaw]:
    """Find paces of rates that share one whole, and the bases that they leave each other."""
    for kind, key in (("disjoint_from", "disjoint"), ("subset_of", "subset")):
        for first, second in _pairs(context, kind):
            one, other = context.paced_target(first), context.paced_target(second)
            if one is None or other is None or other[1].slowest < 0:
                continue
            if (one[1].slowest < 0) != (key == "disjoint"):
                continue
            steps = sorted(set(one[0].steps) & set(other[0].steps))
            if not steps:
                continue
            own = [base_before_limit(100, other[1].slowest, n) for n in steps]
            if key == "disjoint":
                fall = [base_before_limit(0, one[1].slowest, n) for n in steps]
                top = [min(end, 100 - low) for end, low in zip(own, fall, strict=True)]
                most = other[1].slowest if other[1].fastest is None else other[1].fastest
                sums = [tidy(100 - n * max(most + one[1].slowest, 0)) for n in steps]
            else:
                rise = [base_before_limit(100, one[1].slowest, n) for n in steps]
                top = [min(end, mine) for end, mine in zip(own, rise, strict=True)]
                sums = []
            yield Flaw(
                severity=Severity.LOW,
                targets=context.in_order((one[0].id, other[0].id)),
                text=f"audit_joint.{key}",
                values={
                    "first": one[0].title,
                    "second": other[0].title,
                    "bases": sizes(steps, map(short, top)),
                    "sums": sizes(steps, map(short, sums)) if sums else "",
                },
                numbers={"steps": [*steps], "highest_base_pct": [*top], "highest_sum_pct": [*sums]},
            )


@rule(Kind.JOINT)
def selection_moves_rate(context: PlanContext) -> Iterator[Flaw]:
    """Find rates among a selected part whose selection another target moves."""
    for entry in context.entries(Selection):
        movers = [target for target in context.plan.targets if entry.by in target.indicators]
        for target in context.by_indicator.get(entry.indicator, ()) if movers else ():
            stated, levels = context.base(target), context.level_by_year(target)
            if stated is None and not levels:
                continue
            rate = stated[1] if stated else levels[min(levels)]
            now = entry.shares_pct[0]
            rates = [float(rate_after_selection(rate, now, share)) for share in entry.shares_pct]
            yield Flaw(
                severity=Severity.MEDIUM,
                targets=context.in_order((target.id, *(one.id for one in movers))),
                text="audit_joint.selection",
                values={
                    "title": target.title,
                    "movers": context.titles(movers),
                    "cohort": short(rate * now / 100),
                    "shares": " → ".join(short(share) for share in entry.shares_pct),
                    "rates": " → ".join(short(one, 1) for one in rates),
                },
                numbers={
                    "passing_of_cohort_pct": tidy(rate * now / 100),
                    "shares_pct": [*entry.shares_pct],
                    "shares_illustrative": entry.unverified,
                    "rates_pct": [tidy(one) for one in rates],
                },
                part=entry.id,
            )


def _grows(target: Target) -> bool:
    reading = target.default_reading
    return reading is not None and any(c.change[0].rising for c in reading.of(YearlyChange))


@rule(Kind.JOINT)
def total_and_per_head(context: PlanContext) -> Iterator[Flaw]:
    """Find a total and its value per head that are both only to grow."""
    totals = {
        indicator.inputs["value"].quantity: name
        for name in context.by_indicator
        if (indicator := context.catalog.indicators[name]).formula == "count"
    }
    for name in context.by_indicator:
        indicator = context.catalog.indicators[name]
        if indicator.formula != "per_head" or indicator.inputs["amount"].quantity not in totals:
            continue
        total = totals[indicator.inputs["amount"].quantity]
        for first in filter(_grows, context.by_indicator[total]):
            for second in filter(_grows, context.by_indicator[name]):
                yield _linked_rules(context, first, second, total)


def _linked_rules(context: PlanContext, first: Target, second: Target, total: str) -> Flaw:
    known = context.series.get((total, first.areas[0]), {})
    observed = {
        year: growth_pct(known[year - 1], known[year])
        for year in sorted(known)
        if year - 1 in known and known[year - 1]
    }

    return Flaw(
        severity=Severity.LOW,
        targets=context.in_order((first.id, second.id)),
        text="audit_joint.per_head",
        values={
            "total": first.title,
            "per_head": second.title,
            "seen": said("audit_joint.growth", rows=said_series(observed, "percent", 1))
            if observed
            else said("audit_joint.growth_unknown"),
        },
        numbers={
            "heads_growth_pct": [0, 1, 2, 5],
            "total_must_grow_more_than_pct": [0, 1, 2, 5],
            "per_head_when_total_grows_1_pct": [
                tidy(growth_pct(100 + heads, 101)) for heads in (0, 1, 2, 5)
            ],
            "observed_total_growth_pct": {str(y): tidy(value) for y, value in observed.items()},
        },
    )


@rule_of_target(Kind.JOINT)
def funds_over_years(context: PlanContext, target: Target) -> Iterator[Flaw]:
    """Turn a sum of money over several years into a yearly one, beside the observed spending."""
    sums = [(reading, c) for reading in target.readings for c in reading.of(SumOverYears)]
    indicator = context.indicator(target)
    if not sums or indicator is None or not unit_of(indicator.unit).money:
        return
    whole = _spending(context, target, indicator.unit)
    rows = [(reading, [bound.value for bound in c.bounds], len(c.years)) for reading, c in sums]
    yield Flaw(
        severity=Severity.LOW if whole else Severity.OPEN,
        text="audit_joint.funds",
        values={"rows": _funds(rows, whole, indicator.unit)},
        numbers={
            "total": {reading.id: ends for reading, ends, _ in rows},
            "per_year": {r.id: [tidy(end / n) for end in ends] for r, ends, n in rows},
            "spending_year": whole[0] if whole else None,
            "spending": whole[1] if whole else None,
            "of_spending_pct": {
                r.id: [tidy(100 * end / n / whole[1]) for end in ends] for r, ends, n in rows
            }
            if whole
            else None,
        },
    )


def _spending(context: PlanContext, target: Target, unit: str) -> tuple[int, float] | None:
    """Give the largest series of money in the target's area, in the year after the issue."""
    year = context.plan.issued.year + 1
    amounts = [
        values[year]
        for (name, area), values in context.series.items()
        if area == target.areas[0]
        and name not in (target.indicator, None)
        and context.catalog.indicators[name].unit == unit
        and year in values
    ]
    return (year, max(amounts)) if amounts else None


def _funds(
    rows: list[tuple[Reading, list[float], int]], whole: tuple[int, float] | None, unit: str
) -> Said:
    def row(reading: Reading, ends: list[float], years: int) -> Said:
        yearly = [end / years for end in ends]
        printed = [said_value(end, unit) for end in yearly]
        values = {"label": reading.label, "yearly": joined(" – ", printed)}
        if whole is None:
            return said("audit_joint.fund_unknown", **values)
        return said(
            "audit_joint.fund",
            **values,
            share=" – ".join(short(100 * end / whole[1], 0) for end in yearly),
            year=whole[0],
            spending=said_value(whole[1], unit),
        )

    return side_by_side(row(*one) for one in rows)


@rule(Kind.JOINT)
def whole_from_parts(context: PlanContext) -> Iterator[Flaw]:
    """Work out what levels of parts imply for the whole, for each set of sizes."""
    for entry in context.entries(PartsOfWhole):
        by_part = [context.levels_on(part) for part in entry.parts]
        years = set.intersection(*(set(levels) for levels in by_part))
        if not years:
            continue
        year = max(years)
        levels = [max(own[year].values()) for own in by_part]
        implied = [pooled_share(levels, weights) for weights in entry.weights]
        concerned = {name for own in by_part for name in own[year]}
        paced = context.paced_target(entry.whole) if entry.whole else None
        target = context.targets[min(concerned)]
        seen = context.observed_above(entry.whole, target) if entry.whole else {}
        if paced:
            concerned.add(paced[0].id)
        bands: dict[int, list[tuple[float, float]]] = {}
        if paced:
            bases = [paced[1].bases(level, sorted(paced[0].steps)) for level in implied]
            bands = {n: [one[n] for one in bases] for n in bases[0]}
        yield Flaw(
            kind=Kind.IMPOSSIBLE if bands else None,
            severity=Severity.MEDIUM if bands else Severity.LOW,
            targets=context.in_order(concerned),
            text=f"audit_wholes.{'with_pace' if bands else 'implied'}",
            values={
                "parts": side_by_side(
                    joined(" ", [context.indicator_name(part), said_value(level, "percent")])
                    for part, level in zip(entry.parts, levels, strict=True)
                ),
                "implied": said_rows(
                    f"audit_wholes.{'assumed' if entry.unverified else 'at'}",
                    weights=(" : ".join(map(short, weights)) for weights in entry.weights),
                    value=map(short, implied),
                ),
                "pace": paced[0].title if paced else "",
                "bands": sizes(bands, map(_ranges, bands.values())) if bands else "",
                "seen": context.beside(seen),
            },
            numbers={
                "year": year,
                "parts": [*entry.parts],
                "levels_pct": [*levels],
                "weights": [[*weights] for weights in entry.weights],
                "weights_assumed": entry.unverified,
                "implied_pct": [tidy(value) for value in implied],
                "steps": [*bands],
                "base_of_whole_pct": [
                    [[tidy(low), tidy(high)] for low, high in own] for own in bands.values()
                ],
                "observed_pct": _by_area_and_year(seen),
            },
            part=entry.id,
        )


def _ranges(ends: list[tuple[float, float]]) -> str:
    return " / ".join(f"{short(low, 1)}–{short(high, 1)}" for low, high in ends)


def _by_area_and_year(seen: Mapping[str, Mapping[int, float]]) -> Value:
    return {
        area: {str(year): tidy(value) for year, value in values.items()}
        for area, values in seen.items()
    }
