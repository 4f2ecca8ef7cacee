"""What printed numbers leave open: whole persons, one failure of many, strict or rounded bounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache

from edu_metrics.catalog import (
    Bound,
    ChangeSince,
    EachYear,
    Indicator,
    Level,
    Reading,
    Target,
    TotalChange,
    YearlyChange,
)
from edu_metrics.formulas import smallest_count_after_growth, smallest_count_for
from edu_metrics.formulas.probability import if_independent
from edu_metrics.plan_audit.context import (
    NO_LIMITS,
    Finding,
    Kind,
    Limits,
    PlanContext,
    Severity,
    rule,
)
from edu_metrics.plan_audit.sentences import growth_pct, said, said_rows, tidy
from edu_metrics.reachability.checks import round_half_up
from edu_metrics.words import number, short, unit_of

#: Sizes that illustrate: no plan states its own.
COUNTS = (1, 2, 3, 4)
UNITS = (7, 12, 23)
WHOLES = (20, 50, 100)
CHANCES = ((0.9999, 10_000), (0.9999, 5_000), (0.999, 5_000))


def exact_from(growth_pct: float) -> int:
    """
    Give the number that a base must be a multiple of for a growth to be exact.

    Examples
    --------
    >>> exact_from(20), exact_from(5), exact_from(10)
    (5, 20, 10)
    """
    return (Fraction(str(growth_pct)) / 100).denominator


def _counted(context: PlanContext, indicator: Indicator) -> set[str]:
    """Give the units of what an indicator counts."""
    return {context.catalog.quantities[i.quantity].unit for i in indicator.inputs.values()}


@rule(Kind.WHOLE_NUMBERS)
def growth_of_small_count(context: PlanContext, target: Target) -> Iterator[Finding]:
    """Find growth in percent of a number of persons or institutions."""
    reading, indicator = target.default_reading, context.usual_indicator(target)
    if reading is None or indicator is None or indicator.formula != "count":
        return
    growth = [
        condition.change[0]
        for condition in reading.conditions
        if isinstance(condition, ChangeSince | TotalChange | YearlyChange)
        and condition.unit == "percent"
    ]
    divisible = not unit_of(indicator.unit).whole
    if divisible or not growth or not growth[0].rising or growth[0].value <= 0:
        return
    percent, stated = growth[0].value, context.base(target)
    bases = [int(stated[1])] if stated and stated[1] >= 1 else [*COUNTS]
    needed = [smallest_count_after_growth(base, percent) for base in bases]
    real = [growth_pct(base, count) for base, count in zip(bases, needed, strict=True)]
    if stated and tidy(real[0] - percent) == 0:
        return
    yield Finding(
        Severity.LOW,
        f"audit_whole_numbers.{'growth_stated' if stated else 'growth'}",
        values={
            "percent": percent,
            "rows": said_rows("audit_whole_numbers.growth_row", base=bases, real=real),
            "multiple": exact_from(percent),
            "below": 100 / percent,
        },
        numbers={
            "growth_pct": percent,
            "bases": [*bases],
            "base_stated": stated is not None,
            "needed": [*needed],
            "growth_asked_pct": [tidy(value) for value in real],
            "exact_for_multiples_of": exact_from(percent),
            "less_than_one_below_base": tidy(100 / percent),
        },
    )


def _final_level(context: PlanContext, target: Target) -> tuple[Indicator, Bound] | None:
    """Give the level that the default reading ends at, and the indicator that it is of."""
    reading, indicator = target.default_reading, context.usual_indicator(target)
    if reading is None or indicator is None:
        return None
    levels = [bound for _, bound in sorted(context.usual_levels(target).items(), reverse=True)]
    levels += [floor.bound for floor in reading.of(EachYear)]
    return (indicator, levels[0]) if levels else None


@rule(Kind.WHOLE_NUMBERS)
def share_of_small_count(context: PlanContext, target: Target) -> Iterator[Finding]:
    """Find shares of a number of institutions, and the whole numbers that they come to."""
    indicator, bound = _final_level(context, target) or (None, None)
    if indicator is None or bound is None or indicator.formula not in ("coverage", "share"):
        return
    inside = bound.rising and 0 < bound.value < 100
    if not inside or "persons" in _counted(context, indicator):
        return
    needed = [smallest_count_for(bound.value, k, strict=bound.strict) for k in UNITS]
    shares = [100 * n / k for n, k in zip(needed, UNITS, strict=True)]
    yield Finding(
        Severity.LOW,
        "audit_whole_numbers.share",
        values={
            "level": bound.value,
            "factor": bound.value / 100,
            "rows": said_rows(
                "audit_whole_numbers.share_row", whole=UNITS, needed=needed, real=shares
            ),
        },
        numbers={
            "level_pct": bound.value,
            "wholes": [*UNITS],
            "needed": [*needed],
            "reached_pct": [tidy(share) for share in shares],
        },
    )


def _all_wanted(context: PlanContext, target: Target) -> Indicator | None:
    """Give the indicator of a target that asks for the whole of something, if it does."""
    indicator, bound = _final_level(context, target) or (None, None)
    if indicator is None or bound is None or indicator.unit != "percent":
        return None
    whole = indicator.bounds[1] == bound.value == 100 and bound.op in (">=", "==")
    return indicator if whole else None


@rule(Kind.WHOLE_NUMBERS, gathered="count")
def all_of_units(context: PlanContext, target: Target) -> Iterator[Finding]:
    """Gather the promises of full coverage: one failure is a miss."""
    indicator = _all_wanted(context, target)
    if indicator and indicator.formula == "coverage":
        rates = [100 * (whole - 1) / whole for whole in WHOLES]
        rows = said_rows("audit_whole_numbers.missing_row", whole=WHOLES, rate=rates)
        yield Finding(
            Severity.OPEN,
            "audit_whole_numbers.all_units",
            values={"rows": rows},
            numbers={"wholes": [*WHOLES], "rate_with_one_missing_pct": [*rates]},
        )


@cache
def _chances() -> list[float]:
    return [if_independent([each] * persons) for each, persons in CHANCES]


@rule(Kind.WHOLE_NUMBERS, gathered="count")
def all_of_persons(context: PlanContext, target: Target) -> Iterator[Finding]:
    """Gather the promises that every single person does something: the chance that all do."""
    indicator = _all_wanted(context, target)
    if indicator and _counted(context, indicator) == {"persons"}:
        chances = _chances()
        rows = said_rows(
            "audit_whole_numbers.chance_row",
            each=(100 * each for each, _ in CHANCES),
            number=(f"{persons:,}" for _, persons in CHANCES),
            # In percent, with a decimal where it is small.
            chance=(short(100 * chance, 0 if chance >= 0.1 else 1) for chance in chances),
        )
        yield Finding(
            Severity.MEDIUM,
            "audit_whole_numbers.all_persons",
            values={"rows": rows},
            numbers={
                "each": [each for each, _ in CHANCES],
                "persons": [persons for _, persons in CHANCES],
                "chance_of_all": [tidy(chance) for chance in chances],
            },
        )


#: Official statistics print rates with one decimal.
_DECIMALS = 1
#: The assumptions by which a plan's words became bounds.
_BARE = "bare_number_is_floor"
_INCLUSIVE = "words_include_the_number"
#: How a bound may be printed, and how much that matters.
_WORDINGS = {"strict": Severity.MEDIUM, "bare": Severity.MEDIUM, "inclusive": Severity.LOW}


def undecided_by_print(level: float, limits: Limits = NO_LIMITS) -> tuple[float, float]:
    """
    Give the values that are printed as the level itself.

    Between the two ends the printed number does not say on which side of the level the value
    lies: the lower end is part of them, the upper one is not.

    Parameters
    ----------
    level : float
        The level promised. [unit of the indicator]
    limits : tuple of (float or None), optional
        Lowest and highest value of the indicator.

    Returns
    -------
    tuple of float
        From, and up to. [unit of the indicator]

    Examples
    --------
    >>> undecided_by_print(95)
    (94.95, 95.05)
    >>> undecided_by_print(100, limits=(0, 100))
    (99.95, 100.0)
    """
    half = 0.5 * 10.0**-_DECIMALS
    low, high = tidy(level - half), tidy(level + half)
    return (
        low if limits[0] is None else max(low, float(limits[0])),
        high if limits[1] is None else min(high, float(limits[1])),
    )


@rule(Kind.BOUNDARY)
def unstated_boundaries(context: PlanContext) -> Iterator[Finding]:
    """Find bounds that a printed value does not decide, once a plan for each kind of wording."""
    by_wording: dict[str, dict[str, list[Bound]]] = {wording: {} for wording in _WORDINGS}
    for target in context.plan.targets:
        for bound, wording in _bounds(context, target):
            by_wording[wording].setdefault(target.id, []).append(bound)
    for wording, group in by_wording.items():
        if group:
            yield _boundary(context, wording, group)


def _bounds(context: PlanContext, target: Target) -> Iterator[tuple[Bound, str]]:
    """Give a target's bounds on a rate whose decimals the plan leaves open."""
    reading, indicator = target.default_reading, context.usual_indicator(target)
    if reading is None or indicator is None or indicator.unit != "percent":
        return
    for bound in dict.fromkeys(_levels(reading)):
        if bound.strict:
            yield bound, "strict"
        elif _BARE in target.assumptions or _points(target):
            yield bound, "bare"
        elif _INCLUSIVE in target.assumptions:
            yield bound, "inclusive"


def _levels(reading: Reading) -> Iterator[Bound]:
    for condition in reading.conditions:
        if isinstance(condition, Level) and condition.round_to is None:
            yield from condition.at.values()
        elif isinstance(condition, EachYear):
            yield condition.bound


def _points(target: Target) -> bool:
    """Tell whether a reading takes a printed level as exact, so that overshoot is a miss."""
    exact = [r.default for r in target.readings if any(b.op == "==" for b in _levels(r))]
    return bool(exact) and not any(exact)


def _boundary(context: PlanContext, wording: str, group: Mapping[str, list[Bound]]) -> Finding:
    targets = {name: context.targets[name] for name in group}
    limits = {
        bound.value: indicator.bounds
        for name, target in targets.items()
        if (indicator := context.usual_indicator(target))
        for bound in group[name]
    }
    example = _example([bound for bounds in group.values() for bound in bounds], limits)
    points = [one for one in targets.values() if wording == "bare" and _points(one)]
    # A value short of the bound and one past it, both printed as the bound itself.
    close = 0.4 * 10.0**-_DECIMALS * (1 if example.rising else -1)
    return Finding(
        _WORDINGS[wording],
        f"audit_boundaries.{wording}",
        tuple(targets),
        values={
            "bound": example,
            "short_of": tidy(example.value - close),
            "past": tidy(example.value + close),
            "printed": number(round_half_up(example.value, 10.0**-_DECIMALS), _DECIMALS),
            "points": said("audit_boundaries.points", titles=context.titles(points))
            if points
            else "",
        },
        numbers={
            "decimals": _DECIMALS,
            "bounds": {name: [*map(str, bounds)] for name, bounds in group.items()},
            "undecided_pct": {
                short(level): [*undecided_by_print(level, limits=ends)]
                for level, ends in sorted(limits.items())
            },
            "overshoot_is_a_miss": [target.id for target in points],
        },
        part=wording,
    )


def _example(bounds: list[Bound], limits: Mapping[float, Limits]) -> Bound:
    """Give the bound printed most often, and one at the indicator's own limit only if all are."""
    counts = Counter(bounds)
    return max(counts, key=lambda b: (b.value not in limits[b.value], counts[b], b.value, b.op))
