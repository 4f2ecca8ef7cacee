"""Percentages of small counts, and "all" where a single one missing is a miss."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from edu_metrics.catalog import Bound, EachYear, Indicator, Target, TotalChange, YearlyChange
from edu_metrics.formulas import smallest_count_after_growth, smallest_count_for
from edu_metrics.plan_audit.context import PlanContext
from edu_metrics.plan_audit.findings import Finding, Kind, Severity
from edu_metrics.plan_audit.rules._demands import said_rows
from edu_metrics.plan_audit.rules._saying import short, tidy

__all__ = ["all_of_persons", "all_of_units", "growth_of_small_count", "share_of_small_count"]

#: Sizes that illustrate: no plan states its own.
COUNTS = (1, 2, 3, 4)
UNITS = (7, 12, 23)
WHOLES = (20, 50, 100)
CHANCES = ((0.9999, 10_000), (0.9999, 5_000), (0.999, 5_000))


def growth_asked(base: int, growth_pct: float) -> float:
    """
    Give the growth that a promised percentage really asks of a whole number.

    Parameters
    ----------
    base : int
        Count at the start.
    growth_pct : float
        The growth promised. [percent of ``base``]

    Returns
    -------
    float
        The growth to the next whole number. [percent of ``base``]

    Examples
    --------
    20 percent more of one, two, three or four workshops:

    >>> [round(growth_asked(n, 20)) for n in (1, 2, 3, 4)]
    [100, 50, 33, 25]
    """
    return 100 * (smallest_count_after_growth(base, growth_pct) / base - 1)


def exact_from(growth_pct: float) -> int:
    """
    Give the number that a base must be a multiple of for a growth to be exact.

    Examples
    --------
    >>> exact_from(20), exact_from(5), exact_from(10)
    (5, 20, 10)
    """
    return (Fraction(str(growth_pct)) / 100).denominator


def one_missing(whole: int) -> float:
    """
    Give the rate when one of a whole is missing.

    Examples
    --------
    >>> one_missing(20), one_missing(50), one_missing(100)
    (95.0, 98.0, 99.0)
    """
    return 100 * (whole - 1) / whole


def chance_of_all(each: float, number: int) -> float:
    """
    Give the probability that none of many fails, each on its own.

    Parameters
    ----------
    each : float
        Probability that one of them succeeds. [0-1]
    number : int
        How many there are. [persons]

    Returns
    -------
    float
        Probability that all do. [0-1]

    Examples
    --------
    >>> round(chance_of_all(0.9999, 10_000), 2), round(chance_of_all(0.9999, 5_000), 2)
    (0.37, 0.61)
    >>> round(chance_of_all(0.999, 5_000), 3)
    0.007
    """
    return float(each**number)


def _counted(context: PlanContext, indicator: Indicator) -> set[str]:
    """Give the units of what an indicator counts."""
    return {context.catalog.quantities[i.quantity].unit for i in indicator.inputs.values()}


def growth_of_small_count(context: PlanContext) -> Iterator[Finding]:
    """Find growth in percent of a number of persons or institutions."""
    for target in context.plan.targets:
        reading = target.default_reading
        indicator = context.indicator(target, reading)
        if reading is None or indicator is None or indicator.formula != "count":
            continue
        growth = [
            condition.change[0]
            for condition in reading.conditions
            if isinstance(condition, TotalChange | YearlyChange) and condition.unit == "percent"
        ]
        if indicator.unit == "yuan" or not growth or not growth[0].rising or growth[0].value <= 0:
            continue
        percent = growth[0].value
        stated = context.base(target)
        bases = [int(stated[1])] if stated and stated[1] >= 1 else [*COUNTS]
        real = [growth_asked(base, percent) for base in bases]
        if stated and tidy(real[0] - percent) == 0:
            continue
        one = 100 / percent
        yield Finding(
            kind=Kind.WHOLE_NUMBERS,
            severity=Severity.LOW,
            rule="growth_of_small_count",
            targets=(target.id,),
            text=f"audit_whole_numbers.{'growth_stated' if stated else 'growth'}",
            values={
                "title": context.title(target),
                "percent": short(percent),
                "rows": said_rows(
                    "audit_whole_numbers.growth_row",
                    (
                        {"base": base, "real": short(value, 0)}
                        for base, value in zip(bases, real, strict=True)
                    ),
                ),
                "multiple": exact_from(percent),
                "below": short(one),
            },
            numbers={
                "growth_pct": percent,
                "bases": [*bases],
                "base_stated": stated is not None,
                "needed": [smallest_count_after_growth(base, percent) for base in bases],
                "growth_asked_pct": [tidy(value) for value in real],
                "exact_for_multiples_of": exact_from(percent),
                "less_than_one_below_base": tidy(one),
            },
        )


def _final_level(context: PlanContext, target: Target) -> Bound | None:
    reading = target.default_reading
    if reading is None:
        return None
    levels = context.levels(reading)
    each = [c.bound for c in reading.conditions if isinstance(c, EachYear)]
    return levels[max(levels)] if levels else each[0] if each else None


def share_of_small_count(context: PlanContext) -> Iterator[Finding]:
    """Find shares of a number of institutions, and the whole numbers that they come to."""
    for target in context.plan.targets:
        indicator = context.indicator(target, target.default_reading)
        bound = _final_level(context, target)
        if indicator is None or bound is None or indicator.formula not in ("coverage", "share"):
            continue
        if "persons" in _counted(context, indicator) or not bound.rising:
            continue
        if not 0 < bound.value < 100:
            continue
        needed = [smallest_count_for(bound.value, k, strict=bound.strict) for k in UNITS]
        yield Finding(
            kind=Kind.WHOLE_NUMBERS,
            severity=Severity.LOW,
            rule="share_of_small_count",
            targets=(target.id,),
            text="audit_whole_numbers.share",
            values={
                "title": context.title(target),
                "level": short(bound.value),
                "factor": short(bound.value / 100, 4),
                "rows": said_rows(
                    "audit_whole_numbers.share_row",
                    (
                        {"whole": k, "needed": n, "real": short(100 * n / k, 1)}
                        for k, n in zip(UNITS, needed, strict=True)
                    ),
                ),
            },
            numbers={
                "level_pct": bound.value,
                "wholes": [*UNITS],
                "needed": [*needed],
                "reached_pct": [tidy(100 * n / k) for n, k in zip(needed, UNITS, strict=True)],
            },
        )


def _all_wanted(context: PlanContext, target: Target) -> Indicator | None:
    """Give the indicator of a target that asks for the whole of something, if it does."""
    indicator = context.indicator(target, target.default_reading)
    bound = _final_level(context, target)
    if indicator is None or bound is None or indicator.bounds[1] != 100 or bound.value != 100:
        return None
    return indicator if indicator.unit == "percent" and bound.op in (">=", "==") else None


def all_of_units(context: PlanContext) -> Iterator[Finding]:
    """Gather the promises of full coverage: one failure is a miss."""
    found = [
        target
        for target in context.plan.targets
        if (indicator := _all_wanted(context, target)) and indicator.formula == "coverage"
    ]
    if not found:
        return
    yield Finding(
        kind=Kind.WHOLE_NUMBERS,
        severity=Severity.OPEN,
        rule="all_of_units",
        targets=tuple(target.id for target in found),
        text="audit_whole_numbers.all_units",
        values={
            "count": len(found),
            "titles": context.titles(found),
            "rows": said_rows(
                "audit_whole_numbers.missing_row",
                ({"whole": whole, "rate": short(one_missing(whole))} for whole in WHOLES),
            ),
        },
        numbers={
            "count": len(found),
            "wholes": [*WHOLES],
            "rate_with_one_missing_pct": [one_missing(whole) for whole in WHOLES],
        },
    )


def all_of_persons(context: PlanContext) -> Iterator[Finding]:
    """Gather the promises that every single person does something: the chance that all do."""
    found = [
        target
        for target in context.plan.targets
        if (indicator := _all_wanted(context, target))
        and _counted(context, indicator) == {"persons"}
    ]
    if not found:
        return
    yield Finding(
        kind=Kind.WHOLE_NUMBERS,
        severity=Severity.MEDIUM,
        rule="all_of_persons",
        targets=tuple(target.id for target in found),
        text="audit_whole_numbers.all_persons",
        values={
            "count": len(found),
            "titles": context.titles(found),
            "rows": said_rows(
                "audit_whole_numbers.chance_row",
                (
                    {
                        "each": short(100 * each, 2),
                        "number": f"{number:,}",
                        "chance": _chance(chance_of_all(each, number)),
                    }
                    for each, number in CHANCES
                ),
            ),
        },
        numbers={
            "count": len(found),
            "each": [each for each, _ in CHANCES],
            "persons": [number for _, number in CHANCES],
            "chance_of_all": [tidy(chance_of_all(each, number)) for each, number in CHANCES],
        },
    )


def _chance(value: float) -> str:
    """Print a chance in percent, with a decimal where it is small."""
    return short(100 * value, 0 if value >= 0.1 else 1)
