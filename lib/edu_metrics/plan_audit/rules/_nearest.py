"""Where a plan states no base: the nearest area above whose series was known by then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from edu_metrics.catalog import Target
from edu_metrics.plan_audit.context import PlanContext

__all__ = ["Observed", "nearest_observed"]


@dataclass(frozen=True, slots=True)
class Observed:
    """An observed value, with where and when."""

    area: str
    year: int
    value: float


def nearest_observed(context: PlanContext, indicator: str, target: Target) -> tuple[Observed, ...]:
    """
    Give the values of the nearest area that has any, up to the year of issue.

    Later values would judge a plan with what nobody knew when it was written.

    Parameters
    ----------
    context : PlanContext
        Plan and observed series.
    indicator : str
        Which series.
    target : Target
        For whose area; with several areas the search begins above them.

    Returns
    -------
    tuple of Observed
        In order of year; empty where nothing was observed.
    """
    for area in _upwards(context, target):
        values = context.series.get((indicator, area), {})
        known = [year for year in sorted(values) if year <= context.plan.issued.year]
        if known:
            return tuple(Observed(area, year, values[year]) for year in known)
    return ()


def _upwards(context: PlanContext, target: Target) -> Iterator[str]:
    areas = context.catalog.expand(target.areas)
    area: str | None = areas[0]
    if len(areas) > 1:
        area = context.catalog.areas[areas[0]].parent
    while area is not None:
        yield area
        area = context.catalog.areas[area].parent
