"""One name for two things, and one thing under two names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from edu_metrics.catalog import Target
from edu_metrics.plan_audit.context import PlanContext
from edu_metrics.plan_audit.findings import Finding, Kind, Severity, Value
from edu_metrics.plan_audit.rules._nearest import Observed, nearest_observed
from edu_metrics.plan_audit.rules._saying import in_both, listed, said_value, tidy

__all__ = [
    "one_name_two_indicators",
    "one_thing_two_names",
    "rate_from_share",
    "readings_on_other_indicators",
    "share_from_rate",
]


def rate_from_share(share_pct: float, factor_pct: float) -> float:
    """
    Turn a share of those enrolled into a rate of the population, or the like.

    Parameters
    ----------
    share_pct : float
        The share. [percent]
    factor_pct : float
        The second factor, such as gross enrolment. [percent]

    Returns
    -------
    float
        Their product; the share itself only where the factor is 100. [percent]

    Examples
    --------
    Half of the children enrolled, where gross enrolment was 95.51 % (Inner Mongolia, 2019):

    >>> round(rate_from_share(50, 95.51), 2)
    47.76
    >>> rate_from_share(50, 100)
    50.0
    """
    return share_pct * factor_pct / 100


def share_from_rate(rate_pct: float, factor_pct: float) -> float:
    """
    Turn a rate of the population back into the share of those enrolled that it takes.

    Parameters
    ----------
    rate_pct : float
        The rate. [percent]
    factor_pct : float
        The second factor, such as gross enrolment. [percent]

    Returns
    -------
    float
        The share. [percent]

    Examples
    --------
    >>> round(share_from_rate(50, 95.51), 2)
    52.35
    """
    return 100 * rate_pct / factor_pct


def readings_on_other_indicators(context: PlanContext) -> Iterator[Finding]:
    """Find targets whose words can mean different indicators."""
    for target in context.plan.targets:
        if target.indicator is None:
            continue
        names = {r.indicator for r in target.readings if r.indicator}
        for other in sorted(names - {target.indicator}):
            yield _either(context, target, other)


def _either(context: PlanContext, target: Target, other: str) -> Finding:
    own = target.indicator or ""
    text, severity = "other_indicator", Severity.MEDIUM
    values: dict[str, Any] = {
        "title": context.title(target),
        "first": _name(context, own),
        "second": _name(context, other),
    }
    numbers: dict[str, Value] = {"indicators": [own, other]}
    if (product := _product_of(context, own, other)) is not None:
        rate, share, factor = product
        values |= {
            "rate": _name(context, rate),
            "share": _name(context, share),
            "factor": _name(context, factor),
        }
        numbers |= {"rate": rate, "share": share, "factor": factor}
        level = _last_level(target)
        seen = nearest_observed(context, factor, target)
        if level is None or not seen:
            text, severity = "factor_unknown", Severity.OPEN
        else:
            text = "factor_known"
            values |= _as_both(context, level, seen[-1])
            numbers |= {
                "level_pct": level,
                "factor_pct": tidy(seen[-1].value),
                "factor_area": seen[-1].area,
                "factor_year": seen[-1].year,
                "rate_at_share_pct": tidy(rate_from_share(level, seen[-1].value)),
                "share_at_rate_pct": tidy(share_from_rate(level, seen[-1].value)),
                "agree_at_factor_pct": 100,
            }
    return Finding(
        kind=Kind.DEFINITION,
        severity=severity,
        rule="readings_on_other_indicators",
        targets=(target.id,),
        text=f"audit_definitions.{text}",
        values=values,
        numbers=numbers,
        part=other,
    )


def _as_both(context: PlanContext, level: float, factor: Observed) -> dict[str, Any]:
    """Say a level as a rate and as a share."""
    rate = rate_from_share(level, factor.value)
    share = share_from_rate(level, factor.value)
    area = context.catalog.areas[factor.area].name
    return {
        "area": {"zh": area.zh, "en": area.en},
        "year": factor.year,
        "known": said_value(factor.value, "percent"),
        "level": said_value(level, "percent"),
        "as_rate": said_value(rate, "percent"),
        "as_share": said_value(share, "percent"),
    }


def _product_of(context: PlanContext, one: str, other: str) -> tuple[str, str, str] | None:
    """Give rate, share and factor where one of two indicators is the other times a factor."""
    for rate, share in ((one, other), (other, one)):
        parts = context.related(rate, "product_of")
        if share in parts and len(parts) == 2:
            return rate, share, next(part for part in parts if part != share)
    return None


def _last_level(target: Target) -> float | None:
    default = target.default_reading
    levels = PlanContext.levels(default) if default else {}
    return levels[max(levels)].value if levels else None


def _name(context: PlanContext, indicator: str) -> dict[str, str]:
    name = context.catalog.indicators[indicator].name
    return {"zh": name.zh, "en": name.en}


def _names(context: PlanContext, indicators: list[str]) -> dict[str, str]:
    return in_both(lambda lang: listed((_name(context, name)[lang] for name in indicators), lang))


def one_thing_two_names(context: PlanContext) -> Iterator[Finding]:
    """
    Find linked targets that are one indicator only if one of them is read so.

    Two promises on one indicator are no flaw. They are where the words of either could mean
    another indicator: then the plan does not say whether it speaks of one thing twice.
    """
    for first, second in context.linked_pairs:
        if first.indicator is None or first.indicator != second.indicator:
            continue
        open_ones = [target for target in (first, second) if _others(target)]
        if not open_ones or first.title == second.title:
            continue
        if not set(first.areas) & set(second.areas):
            continue
        others = sorted({name for target in open_ones for name in _others(target)})
        yield Finding(
            kind=Kind.DEFINITION,
            severity=Severity.MEDIUM,
            rule="one_thing_two_names",
            targets=(first.id, second.id),
            text="audit_definitions.two_names",
            values={
                "first": context.title(first),
                "second": context.title(second),
                "indicator": _name(context, first.indicator),
                "open": context.titles(open_ones),
                "others": _names(context, others),
            },
            numbers={"indicator": first.indicator, "other_indicators": [*others]},
        )


def _others(target: Target) -> set[str]:
    return {
        reading.indicator
        for reading in target.readings
        if reading.indicator and reading.indicator != target.indicator
    }


def one_name_two_indicators(context: PlanContext) -> Iterator[Finding]:
    """Find targets of one name that are held to different indicators."""
    by_name: dict[str, list[Target]] = {}
    for target in context.plan.targets:
        if target.indicator is not None:
            by_name.setdefault(target.title.zh, []).append(target)
    for group in by_name.values():
        indicators = list(dict.fromkeys(t.indicator for t in group if t.indicator))
        if len(indicators) > 1:
            yield Finding(
                kind=Kind.DEFINITION,
                severity=Severity.MEDIUM,
                rule="one_name_two_indicators",
                targets=tuple(target.id for target in group),
                text="audit_definitions.one_name",
                values={
                    "title": context.title(group[0]),
                    "count": len(indicators),
                    "indicators": _names(context, indicators),
                },
                numbers={"indicators": [*indicators]},
            )
