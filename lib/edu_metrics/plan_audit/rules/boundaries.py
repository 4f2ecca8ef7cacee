"""What a printed value leaves open: strict or not, rounded or not, a floor or a point."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from edu_metrics.catalog import Bound, EachYear, Level, Reading, Target
from edu_metrics.plan_audit.context import PlanContext
from edu_metrics.plan_audit.findings import Finding, Kind, Severity
from edu_metrics.plan_audit.rules._saying import in_both, said_bound, short, tidy
from edu_metrics.words import number, say

__all__ = ["printed_as", "undecided_by_print", "unstated_boundaries"]

#: Official statistics print rates with one decimal.
_DECIMALS = 1

#: The assumptions by which a plan's words became bounds.
_BARE = "bare_number_is_floor"
_INCLUSIVE = "words_include_the_number"


class _Wording(StrEnum):
    """How a bound is printed."""

    STRICT = "strict"
    BARE = "bare"
    INCLUSIVE = "inclusive"


_SEVERITIES = {
    _Wording.STRICT: Severity.MEDIUM,
    _Wording.BARE: Severity.MEDIUM,
    _Wording.INCLUSIVE: Severity.LOW,
}


def undecided_by_print(
    level: float,
    decimals: int = _DECIMALS,
    limits: tuple[float | None, float | None] = (None, None),
) -> tuple[float, float]:
    """
    Give the values that are printed as the level itself.

    Between the two ends the printed number does not say on which side of the level the value
    lies: the lower end is part of them, the upper one is not.

    Parameters
    ----------
    level : float
        The level promised. [unit of the indicator]
    decimals : int, optional
        Decimals printed.
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
    half = 0.5 * 10.0**-decimals
    low, high = tidy(level - half), tidy(level + half)
    return (
        low if limits[0] is None else max(low, float(limits[0])),
        high if limits[1] is None else min(high, float(limits[1])),
    )


def printed_as(value: float, decimals: int = _DECIMALS) -> float:
    """
    Round half up, as official statistics are printed.

    Parameters
    ----------
    value : float
        Value as computed. [unit of the indicator]
    decimals : int, optional
        Decimals printed.

    Returns
    -------
    float
        Value as printed. [unit of the indicator]

    Examples
    --------
    94.96 prints as 95.0 and so does 95.04, of which only one is above 95:

    >>> printed_as(94.96), printed_as(95.04), printed_as(94.94)
    (95.0, 95.0, 94.9)
    """
    step = Decimal(1).scaleb(-decimals)
    return float(Decimal(str(value)).quantize(step, ROUND_HALF_UP))


def unstated_boundaries(context: PlanContext) -> Iterator[Finding]:
    """Find bounds that a printed value does not decide, once a plan for each kind of wording."""
    found: dict[_Wording, dict[str, tuple[Target, list[Bound]]]] = {}
    for target in context.plan.targets:
        for bound, wording in _bounds(context, target):
            group = found.setdefault(wording, {})
            group.setdefault(target.id, (target, []))[1].append(bound)
    for wording in _Wording:
        if wording in found:
            yield _finding(context, wording, list(found[wording].values()))


def _bounds(context: PlanContext, target: Target) -> Iterator[tuple[Bound, _Wording]]:
    """Give a target's bounds on a rate whose decimals the plan leaves open."""
    reading = target.default_reading
    indicator = context.indicator(target, reading)
    if reading is None or indicator is None or indicator.unit != "percent":
        return
    for bound in dict.fromkeys(_levels(reading)):
        if bound.strict:
            yield bound, _Wording.STRICT
        elif _BARE in target.assumptions or _points(target):
            yield bound, _Wording.BARE
        elif _INCLUSIVE in target.assumptions:
            yield bound, _Wording.INCLUSIVE


def _levels(reading: Reading) -> Iterator[Bound]:
    for condition in reading.conditions:
        if isinstance(condition, Level) and condition.round_to is None:
            yield from condition.at.values()
        elif isinstance(condition, EachYear):
            yield condition.bound


def _points(target: Target) -> bool:
    """Tell whether a reading takes a printed level as exact, so that overshoot is a miss."""
    return any(
        bound.op == "==" for reading in target.readings for bound in _levels(reading)
    ) and not any(bound.op == "==" for r in target.readings if r.default for bound in _levels(r))


def _finding(
    context: PlanContext, wording: _Wording, group: list[tuple[Target, list[Bound]]]
) -> Finding:
    targets = [target for target, _ in group]
    limits = {
        bound.value: indicator.bounds
        for target, bounds in group
        if (indicator := context.indicator(target, target.default_reading))
        for bound in bounds
    }
    example = _example([bound for _, bounds in group for bound in bounds], limits)
    short_of, past = _beside(example)
    points = [t for t in targets if wording is _Wording.BARE and _points(t)]
    return Finding(
        kind=Kind.BOUNDARY,
        severity=_SEVERITIES[wording],
        rule="unstated_boundaries",
        targets=tuple(target.id for target in targets),
        text=f"audit_boundaries.{wording}",
        values={
            "count": len(targets),
            "titles": context.titles(targets),
            "bound": said_bound(example, "percent"),
            "short_of": short(short_of),
            "past": short(past),
            "printed": number(printed_as(example.value), _DECIMALS),
            "points": in_both(lambda lang: _overshoot(context, points, lang)),
        },
        numbers={
            "decimals": _DECIMALS,
            "bounds": {target.id: [str(bound) for bound in bounds] for target, bounds in group},
            "undecided_pct": {
                short(level): [*undecided_by_print(level, limits=ends)]
                for level, ends in sorted(limits.items())
            },
            "overshoot_is_a_miss": [target.id for target in points],
        },
        part=str(wording),
    )


def _example(
    bounds: list[Bound], limits: Mapping[float, tuple[float | None, float | None]]
) -> Bound:
    """Give the bound printed most often, and one at the indicator's own limit only if all are."""
    counts = Counter(bounds)
    return max(counts, key=lambda b: (b.value not in limits[b.value], counts[b], b.value, b.op))


def _beside(bound: Bound) -> tuple[float, float]:
    """Give a value short of a bound and one past it, both printed as the bound itself."""
    close = 0.4 * 10.0**-_DECIMALS * (1 if bound.rising else -1)
    return tidy(bound.value - close), tidy(bound.value + close)


def _overshoot(context: PlanContext, points: list[Target], lang: str) -> str:
    if not points:
        return ""
    return say("audit_boundaries.points", lang, titles=context.titles(points)[lang])
