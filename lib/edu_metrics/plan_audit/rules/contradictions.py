"""Linked targets that print different numbers for one thing, or forbid what the other allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from edu_metrics.catalog import Bound, Target, YearlyChange
from edu_metrics.plan_audit.context import PlanContext
from edu_metrics.plan_audit.findings import Finding, Kind, Severity
from edu_metrics.plan_audit.rules._pairs import (
    part_and_whole,
    same_indicator,
    stated_by_year,
    usual,
)
from edu_metrics.plan_audit.rules._rest import (
    SHARES,
    largest_share,
    rest_of_whole,
    rests_in_words,
)
from edu_metrics.plan_audit.rules._saying import (
    in_both,
    measured,
    said_bound,
    said_value,
    short,
    tidy,
)
from edu_metrics.reachability import Check, is_possible
from edu_metrics.reachability.checks import Range
from edu_metrics.words import in_year

__all__ = [
    "SHARES",
    "largest_share",
    "one_allows_what_the_other_forbids",
    "part_against_whole",
    "path_that_parts",
    "rest_of_whole",
    "subset_above_whole",
    "two_bases",
]

Limits = tuple[float | None, float | None]


def part_against_whole(context: PlanContext) -> Iterator[Finding]:
    """Find a part and its whole with different numbers for one year, and what that leaves."""
    for part, whole in part_and_whole(context):
        inner, outer = stated_by_year(context, part), stated_by_year(context, whole)
        indicator = context.indicator(whole)
        limits = indicator.bounds if indicator else (None, None)
        for year in sorted(inner.keys() & outer.keys()):
            p, q = inner[year], outer[year]
            if p.value == q.value:
                continue
            most = largest_share(q.value, p.value, limits)
            rest = {share: tidy(rest_of_whole(q.value, p.value, share)) for share in SHARES}
            yield Finding(
                kind=Kind.CONTRADICTION,
                severity=_severity_of_part(p, q, most),
                rule="part_against_whole",
                targets=_in_order(context, part, whole),
                text=f"audit_contradictions.{'part_and_whole' if most > 0 else 'no_part'}",
                values={
                    "part": context.title(part),
                    "whole": context.title(whole),
                    "year": year,
                    "p": said_bound(p, "percent"),
                    "q": said_bound(q, "percent"),
                    "rests": rests_in_words(rest, most),
                    "most": short(most, 3),
                },
                numbers={
                    "year": year,
                    "part_pct": p.value,
                    "whole_pct": q.value,
                    "shares": [*SHARES],
                    "rest_pct": [*rest.values()],
                    "possible": [share <= most for share in SHARES],
                    "largest_share": tidy(most),
                },
                part=str(year),
            )


def _severity_of_part(part: Bound, whole: Bound, most: float) -> Severity:
    if "==" not in (part.op, whole.op) and part.rising == whole.rising:
        # Two floors can both be passed, whatever the size of the part.
        return Severity.LOW
    return Severity.MEDIUM if most > 0 else Severity.HIGH


def subset_above_whole(context: PlanContext) -> Iterator[Finding]:
    """Find a subset that has to be larger than what contains it may be."""
    for subset, whole in part_and_whole(context, "subset_of"):
        inner, outer = stated_by_year(context, subset), stated_by_year(context, whole)
        for year in sorted(inner.keys() & outer.keys()):
            least, most = inner[year], outer[year]
            if least.op in ("<", "<=") or most.rising:
                continue
            room = Range.of(">" if least.strict else ">=", least.value).meet(
                Range.of("<" if most.strict else "<=", most.value)
            )
            if room.empty:
                yield Finding(
                    kind=Kind.CONTRADICTION,
                    severity=Severity.HIGH,
                    rule="subset_above_whole",
                    targets=_in_order(context, subset, whole),
                    text="audit_contradictions.subset_above",
                    values={
                        "subset": context.title(subset),
                        "whole": context.title(whole),
                        "year": year,
                        "least": said_bound(least, "percent"),
                        "most": said_bound(most, "percent"),
                    },
                    numbers={"year": year, "subset": least.value, "whole": most.value},
                    part=str(year),
                )


def two_bases(context: PlanContext) -> Iterator[Finding]:
    """Find linked targets that state different bases of one indicator for one year."""
    for first, second in same_indicator(context):
        one, other = context.base(first), context.base(second)
        if one is None or other is None or one[0] != other[0] or one[1] == other[1]:
            continue
        unit = _unit(context, first)
        yield Finding(
            kind=Kind.CONTRADICTION,
            severity=Severity.HIGH,
            rule="two_bases",
            targets=(first.id, second.id),
            text="audit_contradictions.two_bases",
            values={
                "first": context.title(first),
                "second": context.title(second),
                "year": one[0],
                "one": said_value(one[1], unit),
                "other": said_value(other[1], unit),
            },
            numbers={"year": one[0], "bases": [one[1], other[1]]},
        )


def path_that_parts(
    keeps: Sequence[Check],
    breaks: Sequence[Check],
    known: Mapping[int, float],
    limits: Limits,
) -> dict[int, float] | None:
    """
    Find a path that keeps all of some checks and breaks one of others.

    Straight paths near the printed numbers are tried, falling ones before rising and level
    ones; each is held against the checks themselves.

    Parameters
    ----------
    keeps, breaks : sequence of Check
        What the path has to keep, and what it has to break.
    known : mapping of int to float
        Values stated, by year. [unit of the indicator]
    limits : tuple of (float or None)
        Lowest and highest value of the indicator.

    Returns
    -------
    dict of int to float or None
        Values by year, those stated included; None where none was found.

    Examples
    --------
    Above 50 in both years, against a rise in the second:

    >>> row = [Check("value", (y,), (Bound.model_validate(">50"),)) for y in (2021, 2022)]
    >>> rise = [Check("points", (2021, 2022), (Bound.model_validate(">0"),))]
    >>> path_that_parts(row, rise, {}, (0, 100))
    {2021: 52.0, 2022: 51.0}
    """
    checks = [*keeps, *breaks]
    free = sorted({year for check in checks for year in check.years} - known.keys())
    printed = {b.value for c in checks if c.measure == "value" for b in c.bounds}
    low, high = limits
    if low is not None and high is not None:
        unit = (high - low) / 100
    else:
        unit = max(map(abs, printed), default=0) / 100 or 1.0
    ends = sorted({value + sign * unit for value in printed for sign in (-1, 0, 1)})
    for slope in (-unit, unit, 0.0):
        for end in ends:
            path = {year: tidy(end - slope * (free[-1] - year)) for year in free}
            if not all(_within(value, limits) for value in path.values()):
                continue
            whole = {**known, **path}
            if all(c.holds(whole) for c in keeps) and not all(c.holds(whole) for c in breaks):
                return dict(sorted(whole.items()))
    return None


def _within(value: float, limits: Limits) -> bool:
    low, high = limits
    return (low is None or value >= low) and (high is None or value <= high)


def one_allows_what_the_other_forbids(context: PlanContext) -> Iterator[Finding]:
    """Find linked targets on one indicator of which one can be kept while the other is broken."""
    for first, second in same_indicator(context):
        checks = {target.id: _checks(context, target) for target in (first, second)}
        known = {base[0]: base[1] for t in (second, first) if (base := context.base(t))}
        if not _say_the_same_thing(context, first, second):
            continue
        indicator = context.indicator(first, usual(first))
        limits = indicator.bounds if indicator else (None, None)
        both = [check for found in checks.values() for check in found]
        start = max(known, default=min(year for check in both for year in check.years) - 1)
        if not is_possible(both, known, limits=limits, last_year=start):
            yield _exclude_each_other(context, first, second)
            continue
        for keeps, breaks in ((first, second), (second, first)):
            # A rule without levels allows any level at all: that is no contradiction.
            if not _row(context, keeps):
                continue
            path = path_that_parts(checks[keeps.id], checks[breaks.id], known, limits)
            if path is not None:
                yield _parted(context, keeps, breaks, path)


def _checks(context: PlanContext, target: Target) -> tuple[Check, ...]:
    reading = usual(target)
    return context.checks(target, reading, context.steps(target)[0]) if reading else ()


def _row(context: PlanContext, target: Target) -> set[int]:
    """Give the years for which a target prints a level."""
    reading = usual(target)
    return set(context.levels(reading)) if reading else set()


def _say_the_same_thing(context: PlanContext, first: Target, second: Target) -> bool:
    """
    Tell whether two targets promise the same years.

    Either both print levels for one year, or one prints a row of levels and the other forbids
    any step back. A floor beside a pace, or a level beside a floor, are two promises.
    """
    one, other = usual(first), usual(second)
    if one is None or other is None:
        return False
    measures = {c.measure for t in (first, second) for c in _checks(context, t)}
    if measures & {"sum", "rank"}:
        return False
    levels = [_row(context, target) for target in (first, second)]
    if levels[0] & levels[1]:
        return True
    return any(
        len(row) > 1
        and any(isinstance(c, YearlyChange) and not c.change[0].value for c in conditions)
        for row, conditions in zip(levels, (other.conditions, one.conditions), strict=True)
    )


def _exclude_each_other(context: PlanContext, first: Target, second: Target) -> Finding:
    stated = [stated_by_year(context, target) for target in (first, second)]
    return Finding(
        kind=Kind.CONTRADICTION,
        severity=Severity.HIGH,
        rule="one_allows_what_the_other_forbids",
        targets=(first.id, second.id),
        text="audit_contradictions.exclude",
        values={"first": context.title(first), "second": context.title(second)},
        numbers={
            "stated": [{str(year): str(b) for year, b in sorted(one.items())} for one in stated]
        },
    )


def _parted(
    context: PlanContext, keeps: Target, breaks: Target, path: Mapping[int, float]
) -> Finding:
    unit = _unit(context, keeps)
    return Finding(
        kind=Kind.CONTRADICTION,
        severity=Severity.MEDIUM,
        rule="one_allows_what_the_other_forbids",
        targets=_in_order(context, keeps, breaks),
        text="audit_contradictions.allows",
        values={
            "keeps": context.title(keeps),
            "breaks": context.title(breaks),
            "path": in_both(
                lambda lang: " → ".join(
                    in_year(measured(value, unit, lang), year, lang) for year, value in path.items()
                )
            ),
        },
        numbers={
            "path": {str(year): value for year, value in path.items()},
            "keeps": keeps.id,
            "breaks": breaks.id,
        },
        part=breaks.id,
    )


def _unit(context: PlanContext, target: Target) -> str:
    indicator = context.indicator(target, usual(target))
    return indicator.unit if indicator else target.unit


def _in_order(context: PlanContext, first: Target, second: Target) -> tuple[str, ...]:
    return tuple(name for name in context.targets if name in (first.id, second.id))
