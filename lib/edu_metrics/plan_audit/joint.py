"""Targets that bind one another: what one leaves of the other's room, and parts of their whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from edu_metrics.catalog import PartsOfWhole, Selection, SumOverYears, Target, YearlyChange
from edu_metrics.formulas import pooled_share
from edu_metrics.formulas.flows.pupils import rate_after_selection
from edu_metrics.plan_audit.context import Finding, Kind, PlanContext, Severity, Value, rule
from edu_metrics.plan_audit.contradictions import rest_of_whole
from edu_metrics.plan_audit.impossible import base_before_limit
from edu_metrics.plan_audit.sentences import (
    growth_pct,
    joined,
    said,
    said_rows,
    said_series,
    said_value,
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
def share_of_rest(context: PlanContext) -> Iterator[Finding]:
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
        seen = _seen(context, outer, concerned)
        yield Finding(
            Severity.LOW,
            "audit_joint.rest",
            concerned,
            values={
                "inner": context.indicator_name(inner),
                "outer": context.indicator_name(outer),
                "rows": said_rows("audit_joint.rest_row", share=subsets, rest=rests),
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
def paces_of_one_whole(context: PlanContext) -> Iterator[Finding]:
    """Find paces of rates that share one whole, and the bases that they leave each other."""
    for kind, key in (("disjoint_from", "disjoint"), ("subset_of", "subset")):
        for first, second in _pairs(context, kind):
            one, other = context.paced_target(first), context.paced_target(second)
            if one is None or other is None or other[1].slowest < 0:
                continue
            pace, rise, falls = one[1].slowest, other[1].slowest, key == "disjoint"
            steps = sorted(set(one[0].steps) & set(other[0].steps))
            if (pace < 0) != falls or not steps:
                continue
            most = rise if other[1].fastest is None else other[1].fastest
            top, sums = [], []
            for number in steps:
                room = base_before_limit(0 if falls else 100, pace, number)
                room = 100 - room if falls else room
                top.append(min(base_before_limit(100, rise, number), room))
                if falls:
                    sums.append(tidy(100 - number * max(most + pace, 0)))
            yield Finding(
                Severity.LOW,
                f"audit_joint.{key}",
                context.in_order((one[0].id, other[0].id)),
                values={
                    "first": one[0].title,
                    "second": other[0].title,
                    "bases": sizes(steps, top),
                    "sums": sizes(steps, sums) if sums else "",
                },
                numbers={"steps": [*steps], "highest_base_pct": [*top], "highest_sum_pct": [*sums]},
            )


@rule(Kind.JOINT)
def selection_moves_rate(context: PlanContext) -> Iterator[Finding]:
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
            yield Finding(
                Severity.MEDIUM,
                "audit_joint.selection",
                context.in_order((target.id, *(one.id for one in movers))),
                values={
                    "title": target.title,
                    "movers": context.titles(movers),
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


#: Growth of the number of heads that illustrates. [percent]
_HEADS = (0, 1, 2, 5)


@rule(Kind.JOINT)
def total_and_per_head(context: PlanContext) -> Iterator[Finding]:
    """Find a total and its value per head that are both only to grow."""
    growing = [(target, indicator) for target in filter(_grows, context.plan.targets)
               if (indicator := context.indicator(target))]  # fmt: skip
    for first, total in growing:
        for second, per_head in growing:
            if (total.formula, per_head.formula) == ("count", "per_head") and per_head.inputs[
                "amount"
            ].quantity == total.inputs["value"].quantity:
                yield _linked_rules(context, first, second, total.id)


def _linked_rules(context: PlanContext, first: Target, second: Target, total: str) -> Finding:
    known = context.series.get((total, first.areas[0]), {})
    observed = {
        year: growth_pct(known[year - 1], known[year])
        for year in sorted(known)
        if known.get(year - 1)
    }
    seen = said("audit_joint.growth_unknown")
    if observed:
        seen = said("audit_joint.growth", rows=said_series(observed, "percent", 1))
    return Finding(
        Severity.LOW,
        "audit_joint.per_head",
        context.in_order((first.id, second.id)),
        values={"total": first.title, "per_head": second.title, "seen": seen},
        numbers={
            "heads_growth_pct": [*_HEADS],
            "total_must_grow_more_than_pct": [*_HEADS],
            "per_head_when_total_grows_1_pct": [
                tidy(growth_pct(100 + heads, 101)) for heads in _HEADS
            ],
            "observed_total_growth_pct": {str(y): tidy(value) for y, value in observed.items()},
        },
    )


@rule(Kind.JOINT)
def funds_over_years(context: PlanContext, target: Target) -> Iterator[Finding]:
    """Turn a sum of money over several years into a yearly one, beside the observed spending."""
    indicator = context.indicator(target)
    sums = {reading.id: one for reading in target.readings for one in reading.of(SumOverYears)}
    if not sums or indicator is None or not unit_of(indicator.unit).money:
        return
    year, spending = context.plan.issued.year + 1, _spending(context, target, indicator.unit)
    totals = {name: [bound.value for bound in one.bounds] for name, one in sums.items()}
    yearly = {name: [end / len(sums[name].years) for end in ends] for name, ends in totals.items()}
    shares = {
        name: [100 * end / spending for end in ends] if spending else None
        for name, ends in yearly.items()
    }
    yield Finding(
        Severity.LOW if spending else Severity.OPEN,
        "audit_joint.funds",
        values={
            "rows": said_rows(
                f"audit_joint.{'fund' if spending else 'fund_unknown'}",
                label=(target.reading(name).label for name in sums),
                yearly=(
                    joined((said_value(end, indicator.unit) for end in ends), between=" – ")
                    for ends in yearly.values()
                ),
                share=(" – ".join(short(one, 0) for one in row or ()) for row in shares.values()),
                year=[year] * len(sums),
                spending=[spending] * len(sums),
                unit=[indicator.unit] * len(sums),
            )
        },
        numbers={
            "total": {**totals},
            "per_year": {name: [*map(tidy, ends)] for name, ends in yearly.items()},
            "spending_year": year if spending else None,
            "spending": spending,
            "of_spending_pct": {name: [*map(tidy, row or ())] for name, row in shares.items()}
            if spending
            else None,
        },
    )


def _spending(context: PlanContext, target: Target, unit: str) -> float | None:
    """Give the largest series of money in the target's area, in the year after the issue."""
    year = context.plan.issued.year + 1
    amounts = (
        values[year]
        for (name, area), values in context.series.items()
        if area == target.areas[0]
        and name != target.indicator
        and context.catalog.indicators[name].unit == unit
        and year in values
    )
    return max(amounts, default=None)


@rule(Kind.JOINT)
def whole_from_parts(context: PlanContext) -> Iterator[Finding]:
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
        seen = _seen(context, entry.whole, concerned) if entry.whole else {}
        paced, pace = (context.paced_target(entry.whole) if entry.whole else None) or (None, None)
        bands: dict[int, list[tuple[float, float]]] = {}
        if paced and pace:
            concerned.add(paced.id)
            bases = [pace.bases(level, sorted(paced.steps)) for level in implied]
            bands = {steps: [one[steps] for one in bases] for steps in bases[0]}
        yield Finding(
            Severity.MEDIUM if bands else Severity.LOW,
            f"audit_wholes.{'with_pace' if bands else 'implied'}",
            context.in_order(concerned),
            kind=Kind.IMPOSSIBLE if bands else None,
            values={
                "parts": [
                    joined(
                        [context.indicator_name(part), said_value(level, "percent")], between=" "
                    )
                    for part, level in zip(entry.parts, levels, strict=True)
                ],
                "implied": said_rows(
                    f"audit_wholes.{'assumed' if entry.unverified else 'at'}",
                    weights=(" : ".join(map(short, weights)) for weights in entry.weights),
                    value=implied,
                ),
                "pace": paced.title if paced else "",
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


def _seen(
    context: PlanContext, indicator: str, concerned: Iterable[str]
) -> dict[str, dict[int, float]]:
    """Give what was observed of an indicator in the areas of a target and those above it."""
    return context.observed_above(indicator, context.targets[min(concerned)])


def _by_area_and_year(seen: Mapping[str, Mapping[int, float]]) -> Value:
    return {
        area: {str(year): tidy(value) for year, value in values.items()}
        for area, values in seen.items()
    }
