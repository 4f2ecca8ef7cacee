"""What a plan says of its parts: ranks among few, parts left out, wholes without their parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from edu_metrics.catalog import Rank, Target
from edu_metrics.formulas import FORMULAS
from edu_metrics.plan_audit.context import PlanContext
from edu_metrics.plan_audit.findings import Finding, Kind, Severity, Value
from edu_metrics.plan_audit.rules._saying import alternatives, in_both
from edu_metrics.words import say

__all__ = [
    "areas_left_out",
    "needed_in_rest",
    "rank_among_few",
    "whole_without_parts",
]

#: Among so few areas every front rank but the first is one that many of them always have.
_FEW = 4


def needed_in_rest(level: float, weights: Sequence[float], values: Sequence[float]) -> float:
    """
    Say what the last part must reach so that the whole comes to a level.

    Parameters
    ----------
    level : float
        What the whole is to reach. [percent]
    weights : sequence of float
        Sizes of all parts, the open one last, in any unit.
    values : sequence of float
        What the other parts have. [percent]

    Returns
    -------
    float
        The value that the last part needs. [percent]

    Examples
    --------
    Three districts with 61.10, 21.93 and 16.97 % of the residents; two stand at 96 and 94:

    >>> round(needed_in_rest(95, [61.10, 21.93, 16.97], [96, 94]), 2)
    92.69
    """
    *known, open_one = weights
    held = sum(weight * value for weight, value in zip(known, values, strict=True))
    return (level * sum(weights) - held) / open_one


def _siblings(context: PlanContext, area: str, members: Sequence[str]) -> tuple[str, ...]:
    """Give the areas of a plan that have the same area above them."""
    parent = context.catalog.areas[area].parent
    return context.catalog.children(parent, members) if parent else ()


def _names(context: PlanContext, areas: Sequence[str]) -> dict[str, str]:
    return in_both(
        lambda lang: say("report.list_comma", lang).join(
            context.catalog.areas[area].name.in_(lang) for area in areas
        )
    )


def rank_among_few(context: PlanContext) -> Iterator[Finding]:
    """Find ranks that half of the areas always have, and front ranks whose place is open."""
    members = context.catalog.expand(context.plan.areas)
    for target in context.plan.targets:
        ranks = [
            condition
            for reading in target.readings
            for condition in reading.conditions
            if isinstance(condition, Rank)
        ]
        if ranks:
            for condition in ranks:
                among = len(set(context.catalog.expand(condition.among)))
                place = int(condition.bound.value) - int(condition.bound.strict)
                if 2 * place >= among:
                    yield _rank(context, target, "rank_weak", among, [place])
        elif target.kind == "rank":
            areas = context.catalog.expand(target.areas)
            among = len(_siblings(context, areas[0], members))
            if 2 <= among <= _FEW:
                yield _rank(context, target, "rank_open", among, [*range(1, among)])


def _rank(context: PlanContext, target: Target, key: str, among: int, places: list[int]) -> Finding:
    return Finding(
        kind=Kind.WHOLE_NUMBERS,
        severity=Severity.MEDIUM,
        rule="rank_among_few",
        targets=(target.id,),
        text=f"audit_districts.{key}",
        values={
            "title": context.title(target),
            "among": among,
            "place": places[-1],
            "places": listed_places(places),
        },
        numbers={"among": among, "ranks": [*places], "always_met_by": [*places]},
        part=str(places[-1]),
    )


def listed_places(places: Sequence[int]) -> dict[str, str]:
    """
    Say which ranks can be meant.

    Examples
    --------
    >>> listed_places([1, 2])["en"]
    '1 or 1 to 2'
    """

    def said(lang: str) -> str:
        to = say("audit_time_base.to", lang)
        return alternatives(("1" if p == 1 else f"1{to}{p}" for p in places), lang)

    return in_both(said)


def areas_left_out(context: PlanContext) -> Iterator[Finding]:
    """Find plans that make promises for some parts of a whole by name, and none for others."""
    members = context.catalog.expand(context.plan.areas)
    for group in _groups(context, members):
        named: dict[str, list[Target]] = {}
        for target in context.plan.targets:
            bound = set(context.catalog.expand(target.areas)) & set(group)
            if bound and bound != set(group):
                for area in bound:
                    named.setdefault(area, []).append(target)
        without = [area for area in group if area not in named]
        if not named or not without:
            continue
        concerned = {target.id for targets in named.values() for target in targets}
        yield Finding(
            kind=Kind.DEFINITION,
            severity=Severity.MEDIUM,
            rule="areas_left_out",
            targets=tuple(name for name in context.targets if name in concerned),
            text="audit_districts.left_out",
            values={
                "named": _names(context, [area for area in group if area in named]),
                "without": _names(context, without),
                "number": len(without),
                "all": len(group),
            },
            numbers={
                "named": [area for area in group if area in named],
                "without": [*without],
                "areas": len(group),
            },
            part=without[0],
        )


def _groups(context: PlanContext, members: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Give the sets of a plan's areas that lie below another of its areas."""
    inside = set(members)
    below: dict[str, list[str]] = {}
    for area in members:
        parent = context.catalog.areas[area].parent
        if parent in inside and parent is not None:
            below.setdefault(parent, []).append(area)
    for group in below.values():
        if len(group) > 1:
            yield tuple(group)


def whole_without_parts(context: PlanContext) -> Iterator[Finding]:
    """
    Find numbers for a whole whose parts are in the plan and have none.

    What the last part must reach for the whole then hangs on sizes that the plan does not print.
    """
    members = context.catalog.expand(context.plan.areas)
    for group in _groups(context, members):
        parent = context.catalog.areas[group[0]].parent
        numeric = [target for target in context.plan.targets if target.numeric]
        own = [t for t in numeric if set(context.catalog.expand(t.areas)) & set(group)]
        whole = [
            target for target in numeric if parent in target.areas and _pooled(context, target)
        ]
        if own or not whole or parent is None:
            continue
        numbers: dict[str, Value] = {
            "targets": len(whole),
            "targets_of_parts": len(own),
            "parts": [*group],
        }
        yield Finding(
            kind=Kind.DEFINITION,
            severity=Severity.OPEN,
            rule="whole_without_parts",
            targets=tuple(target.id for target in whole),
            text="audit_districts.no_parts",
            values={
                "whole": _names(context, [parent]),
                "parts": _names(context, group),
                "number": len(whole),
            },
            numbers=numbers,
            part=parent,
        )


def _pooled(context: PlanContext, target: Target) -> bool:
    """Tell whether a target's rate for the whole follows from the counts of its parts."""
    indicator = context.indicator(target)
    return indicator is not None and FORMULAS[indicator.formula].pooling == "counts"
