"""Areas above a target's own, and the levels that its usual reading sets."""

from __future__ import annotations

from edu_metrics.catalog import Bound, Target
from edu_metrics.plan_audit.context import PlanContext

__all__ = ["area_name", "areas_above", "last_levels"]


def areas_above(context: PlanContext, target: Target) -> tuple[str, ...]:
    """Give the areas above a target's areas, the nearest first."""
    found: list[str] = []
    area = context.catalog.areas[context.catalog.expand(target.areas)[0]].parent
    while area is not None:
        found.append(area)
        area = context.catalog.areas[area].parent
    return tuple(found)


def area_name(context: PlanContext, area: str) -> dict[str, str]:
    """Give an area's name in both languages, for a sentence."""
    name = context.catalog.areas[area].name
    return {"zh": name.zh, "en": name.en}


def last_levels(target: Target) -> dict[int, Bound]:
    """Give the levels by year that a target's default reading sets."""
    reading = target.default_reading
    return PlanContext.levels(reading) if reading else {}
