"""Pairs of linked targets that speak of one thing, or of a part and its whole."""

from __future__ import annotations

from collections.abc import Iterator

from edu_metrics.catalog import Bound, Reading, Target
from edu_metrics.plan_audit.context import PlanContext

__all__ = ["part_and_whole", "same_indicator", "stated_by_year", "usual"]


def usual(target: Target) -> Reading | None:
    """Give the default reading of a target, if it decides anything."""
    reading = target.default_reading
    return reading if reading and reading.conditions else None


def _indicator(target: Target) -> str | None:
    reading = usual(target)
    return (reading.indicator if reading else None) or target.indicator


def _overlap(first: Target, second: Target) -> bool:
    return bool(set(first.areas) & set(second.areas))


def same_indicator(context: PlanContext) -> Iterator[tuple[Target, Target]]:
    """Give the linked pairs on one indicator and in one area."""
    for first, second in context.linked_pairs:
        name = _indicator(first)
        if name is not None and name == _indicator(second) and _overlap(first, second):
            yield first, second


def part_and_whole(context: PlanContext, kind: str = "part_of") -> Iterator[tuple[Target, Target]]:
    """Give the linked pairs in one area where the first is a part, or a subset, of the second."""
    for pair in context.linked_pairs:
        for inner, outer in (pair, pair[::-1]):
            part, whole = _indicator(inner), _indicator(outer)
            if part is None or whole is None or not _overlap(inner, outer):
                continue
            if whole in context.related(part, kind):
                yield inner, outer


def stated_by_year(context: PlanContext, target: Target) -> dict[int, Bound]:
    """Give what a target says of single years: its levels, and its base as an exact value."""
    reading = usual(target)
    stated = dict(context.levels(reading)) if reading else {}
    if base := context.base(target):
        stated[base[0]] = Bound(op="==", value=base[1])
    return stated
