"""What targets for parts imply for their whole, and which bases its own pace then leaves."""

from __future__ import annotations

from collections.abc import Iterator

from edu_metrics.catalog import PartsOfWhole
from edu_metrics.plan_audit.context import PlanContext
from edu_metrics.plan_audit.findings import Finding, Kind, Severity
from edu_metrics.plan_audit.rules._bands import weighted_mean
from edu_metrics.plan_audit.rules._demands import (
    beside,
    in_plan_order,
    levels_on,
    observed_above,
    paced_target,
    sizes,
)
from edu_metrics.plan_audit.rules._saying import Said, in_both, listed, measured, short, tidy
from edu_metrics.reachability.arithmetic import PromisedPace
from edu_metrics.trajectories import baselines_that_reach
from edu_metrics.words import say

__all__ = ["whole_from_parts"]


def whole_from_parts(context: PlanContext) -> Iterator[Finding]:
    """Work out what levels of parts imply for the whole, for each set of sizes."""
    for entry in context.knowledge:
        if not isinstance(entry, PartsOfWhole):
            continue
        by_part = [levels_on(context, part) for part in entry.parts]
        years = set.intersection(*(set(levels) for levels in by_part))
        if not years:
            continue
        year = max(years)
        levels = [max(found[year].values()) for found in by_part]
        implied = [weighted_mean(levels, weights) for weights in entry.weights]
        concerned = {name for found in by_part for name in found[year]}
        paced = paced_target(context, entry.whole) if entry.whole else None
        target = context.targets[min(concerned)]
        seen = observed_above(context, entry.whole, target) if entry.whole else ()
        if paced:
            concerned.add(paced[0].id)
        bands = _bands(implied, paced[1], sorted(paced[0].steps)) if paced else {}
        yield Finding(
            kind=Kind.IMPOSSIBLE if bands else Kind.JOINT,
            severity=Severity.MEDIUM if bands else Severity.LOW,
            rule="whole_from_parts",
            targets=in_plan_order(context, concerned),
            text=f"audit_wholes.{'with_pace' if bands else 'implied'}",
            values={
                "parts": _levels(context, entry, levels),
                "year": year,
                "implied": _implied(entry, implied),
                "pace": context.title(paced[0]) if paced else "",
                "bands": _said(bands) if bands else "",
                "seen": beside(context, seen),
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
                    [[tidy(low), tidy(high)] for low, high in found] for found in bands.values()
                ],
                "observed_pct": {
                    area: {str(when): tidy(value) for when, value in values.items()}
                    for area, values in seen
                },
            },
            part=entry.id,
        )


def _bands(
    implied: list[float], pace: PromisedPace, steps: list[int]
) -> dict[int, list[tuple[float, float]]]:
    """Give the bases of the whole from which its own pace arrives, by steps and set of sizes."""
    fastest = pace.slowest if pace.fastest is None else pace.fastest
    if pace.slowest * fastest <= 0 or abs(pace.slowest) > abs(fastest):
        return {}
    return {
        n: [baselines_that_reach(level, pace.slowest, fastest, n) for level in implied]
        for n in steps
    }


def _levels(context: PlanContext, entry: PartsOfWhole, levels: list[float]) -> Said:
    names = [context.catalog.indicators[part].name for part in entry.parts]
    return in_both(
        lambda lang: listed(
            (
                f"{name.in_(lang)} {measured(level, 'percent', lang)}"
                for name, level in zip(names, levels, strict=True)
            ),
            lang,
        )
    )


def _weights(weights: tuple[float, ...]) -> str:
    return " : ".join(short(weight) for weight in weights)


def _implied(entry: PartsOfWhole, implied: list[float]) -> Said:
    key = "assumed" if entry.unverified else "at"
    return in_both(
        lambda lang: listed(
            (
                say(f"audit_wholes.{key}", lang, weights=_weights(weights), value=short(value))
                for weights, value in zip(entry.weights, implied, strict=True)
            ),
            lang,
        )
    )


def _said(bands: dict[int, list[tuple[float, float]]]) -> Said:
    shown = (
        " / ".join(f"{short(low, 1)}–{short(high, 1)}" for low, high in found)
        for found in bands.values()
    )
    return sizes(bands, shown)
