"""What targets ask for in single years, and what was observed in the areas above them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from edu_metrics.catalog import EachYear, Target
from edu_metrics.plan_audit.context import PlanContext
from edu_metrics.plan_audit.rules._saying import Said, in_both, listed, measured
from edu_metrics.reachability.arithmetic import PromisedPace
from edu_metrics.words import in_year, say

__all__ = [
    "beside",
    "in_plan_order",
    "level_by_year",
    "levels_on",
    "observed_above",
    "paced_target",
    "said_rows",
    "sizes",
]

#: An area, the years shown and their values.
Seen = tuple[str, dict[int, float]]


def level_by_year(context: PlanContext, target: Target) -> dict[int, float]:
    """Give the levels of a target's default reading by year; an each-year bound falls due last."""
    reading = target.default_reading
    if reading is None or reading.indicator not in (None, target.indicator):
        return {}
    found = {year: bound.value for year, bound in context.levels(reading).items()}
    for condition in reading.conditions:
        if isinstance(condition, EachYear):
            found.setdefault(context.deadline(target), condition.bound.value)
    return found


def levels_on(context: PlanContext, indicator: str) -> dict[int, dict[str, float]]:
    """Give the levels that targets set for an indicator: by year, and by target."""
    found: dict[int, dict[str, float]] = {}
    for target in context.by_indicator.get(indicator, ()):
        for year, value in level_by_year(context, target).items():
            found.setdefault(year, {})[target.id] = value
    return found


def paced_target(context: PlanContext, indicator: str) -> tuple[Target, PromisedPace] | None:
    """Give the first target that promises a yearly change of an indicator, in points."""
    for target in sorted(context.by_indicator.get(indicator, ()), key=lambda one: one.id):
        pace = context.pace(target)
        if pace is not None and not pace.relative and pace.slowest and target.steps:
            return target, pace
    return None


def in_plan_order(context: PlanContext, targets: Iterable[str]) -> tuple[str, ...]:
    """Put ids of targets into the order of the plan."""
    chosen = set(targets)
    return tuple(name for name in context.targets if name in chosen)


def observed_above(context: PlanContext, indicator: str, target: Target) -> tuple[Seen, ...]:
    """
    Give what was observed in a target's area and in those above it, nearest first.

    The values of the plan's own years, to see beside what came about; where an area has none of
    them, its last one before.
    """
    first, last = context.plan.first_year, context.plan.last_year
    found: list[Seen] = []
    for area in _upwards(context, target):
        known = context.series.get((indicator, area), {})
        years = [year for year in sorted(known) if first <= year <= last]
        years = years or [year for year in sorted(known) if year < first][-1:]
        if years:
            found.append((area, {year: known[year] for year in years}))
    return tuple(found)


def _upwards(context: PlanContext, target: Target) -> Iterator[str]:
    area: str | None = target.areas[0]
    while area is not None:
        yield area
        area = context.catalog.areas[area].parent


def beside(context: PlanContext, seen: Iterable[Seen]) -> Said:
    """Say observed values for comparison; nothing where there are none."""
    rows = list(seen)
    if not rows:
        return {"zh": "", "en": ""}

    def said(lang: str) -> str:
        shown = [
            say(
                "audit_joint.seen_row",
                lang,
                area=context.catalog.areas[area].name.in_(lang),
                values=say("audit_joint.comma", lang).join(
                    in_year(measured(value, "percent", lang), year, lang)
                    for year, value in values.items()
                ),
            )
            for area, values in rows
        ]
        return say("audit_joint.seen", lang, rows=listed(shown, lang))

    return in_both(said)


def sizes(steps: Iterable[int], shown: Iterable[str]) -> Said:
    """Say what comes out for each number of steps."""
    pairs = list(zip(steps, shown, strict=True))
    return in_both(
        lambda lang: listed(
            (say("audit_impossible.in_steps", lang, steps=n, shown=text) for n, text in pairs),
            lang,
        )
    )


def said_rows(key: str, rows: Iterable[Mapping[str, object]]) -> Said:
    """Say one text for each row of values, side by side."""
    held = [dict(row) for row in rows]
    return in_both(lambda lang: listed((say(key, lang, **row) for row in held), lang))
