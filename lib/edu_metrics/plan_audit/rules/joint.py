"""Targets that bind one another: what one leaves of the other's room."""

from __future__ import annotations

from collections.abc import Iterator

from edu_metrics.catalog import Reading, Selection, SumOverYears, Target, YearlyChange
from edu_metrics.plan_audit.context import PlanContext
from edu_metrics.plan_audit.findings import Finding, Kind, Severity
from edu_metrics.plan_audit.rules._bands import base_before_limit
from edu_metrics.plan_audit.rules._demands import (
    beside,
    in_plan_order,
    level_by_year,
    levels_on,
    observed_above,
    paced_target,
    sizes,
)
from edu_metrics.plan_audit.rules._saying import (
    Said,
    in_both,
    listed,
    measured,
    said_value,
    short,
    tidy,
)
from edu_metrics.words import in_year, say

__all__ = [
    "funds_over_years",
    "paces_of_one_whole",
    "selection_moves_rate",
    "share_of_rest",
    "total_and_per_head",
]


def rest_inside(inner_pct: float, outer_pct: float) -> float:
    """
    Give the share of those outside a subset that the wider group still has to take in.

    Parameters
    ----------
    inner_pct : float
        Share of the whole in the subset. [percent]
    outer_pct : float
        Share of the whole in the wider group. [percent]

    Returns
    -------
    float
        Share of the rest. [percent]

    Examples
    --------
    Half of all children are in public kindergartens and 95 % are to be in inclusive ones:

    >>> rest_inside(50, 95), round(rest_inside(55, 95), 1), rest_inside(60, 95)
    (90.0, 88.9, 87.5)
    """
    return 100 * (outer_pct - inner_pct) / (100 - inner_pct)


def rate_after_selection(rate_pct: float, share_now_pct: float, share_pct: float) -> float:
    """
    Give the rate among fewer selected when as many of the cohort as before succeed.

    Parameters
    ----------
    rate_pct : float
        Rate among those selected now. [percent]
    share_now_pct, share_pct : float
        Share of the cohort selected now, and then. [percent]

    Returns
    -------
    float
        The rate then, at most 100. [percent]

    Examples
    --------
    80 % of the half of a cohort that sits an exam pass, that is 40 % of the cohort:

    >>> [round(rate_after_selection(80, 50, share), 1) for share in (50, 48, 45)]
    [80.0, 83.3, 88.9]
    """
    return min(rate_pct * share_now_pct / share_pct, 100.0)


def per_head_growth(total_pct: float, heads_pct: float) -> float:
    """
    Give the growth per head from the growth of the total and of the heads.

    Examples
    --------
    >>> per_head_growth(5, 0), round(per_head_growth(2, 5), 2)
    (5.0, -2.86)
    """
    return tidy(100 * ((100 + total_pct) / (100 + heads_pct) - 1))


def _pairs(context: PlanContext, kind: str) -> Iterator[tuple[str, str]]:
    """Give the pairs of indicators with targets that one relation joins."""
    for name in context.by_indicator:
        for other in context.related(name, kind):
            if other in context.by_indicator:
                yield name, other


def share_of_rest(context: PlanContext) -> Iterator[Finding]:
    """Find a subset and its wider group with levels in one year, and what the rest must do."""
    for inner, outer in _pairs(context, "subset_of"):
        small, large = levels_on(context, inner), levels_on(context, outer)
        years = sorted(small.keys() & large.keys())
        if not years:
            continue
        year = years[-1]
        subset, wider = max(small[year].values()), max(large[year].values())
        if not 0 <= subset < wider < 100:
            continue
        shown = [s for s in (subset, subset + 5, subset + 10) if s < wider]
        rests = [rest_inside(s, wider) for s in shown]
        concerned = in_plan_order(context, [*small[year], *large[year]])
        target = context.targets[min(concerned)]
        seen = observed_above(context, outer, target)
        names = context.catalog.indicators
        yield Finding(
            kind=Kind.JOINT,
            severity=Severity.LOW,
            rule="share_of_rest",
            targets=concerned,
            text="audit_joint.rest",
            values={
                "inner": {"zh": names[inner].name.zh, "en": names[inner].name.en},
                "outer": {"zh": names[outer].name.zh, "en": names[outer].name.en},
                "year": year,
                "wider": said_value(wider, "percent"),
                "rows": _rests(shown, rests),
                "seen": beside(context, seen),
            },
            numbers={
                "year": year,
                "outer_pct": wider,
                "inner_pct": [*shown],
                "share_of_rest_pct": [tidy(rest) for rest in rests],
                "observed_outer_pct": {
                    area: {str(when): tidy(value) for when, value in values.items()}
                    for area, values in seen
                },
            },
        )


def _rests(shown: list[float], rests: list[float]) -> Said:
    return in_both(
        lambda lang: listed(
            (
                say("audit_joint.rest_row", lang, share=short(s), rest=short(rest, 1))
                for s, rest in zip(shown, rests, strict=True)
            ),
            lang,
        )
    )


def paces_of_one_whole(context: PlanContext) -> Iterator[Finding]:
    """Find paces of rates that share one whole, and the bases that they leave each other."""
    for kind, key in (("disjoint_from", "disjoint"), ("subset_of", "subset")):
        for first, second in _pairs(context, kind):
            one, other = paced_target(context, first), paced_target(context, second)
            if one is None or other is None or other[1].slowest < 0:
                continue
            if (one[1].slowest < 0) != (key == "disjoint"):
                continue
            steps = sorted(set(one[0].steps) & set(other[0].steps))
            if not steps:
                continue
            own = [base_before_limit(100, other[1].slowest, n) for n in steps]
            if key == "disjoint":
                fall = [base_before_limit(0, one[1].slowest, n) for n in steps]
                top = [min(end, 100 - low) for end, low in zip(own, fall, strict=True)]
                most = other[1].slowest if other[1].fastest is None else other[1].fastest
                sums = [tidy(100 - n * max(most + one[1].slowest, 0)) for n in steps]
            else:
                rise = [base_before_limit(100, one[1].slowest, n) for n in steps]
                top = [min(end, mine) for end, mine in zip(own, rise, strict=True)]
                sums = []
            yield Finding(
                kind=Kind.JOINT,
                severity=Severity.LOW,
                rule="paces_of_one_whole",
                targets=in_plan_order(context, (one[0].id, other[0].id)),
                text=f"audit_joint.{key}",
                values={
                    "first": context.title(one[0]),
                    "second": context.title(other[0]),
                    "bases": sizes(steps, map(short, top)),
                    "sums": sizes(steps, map(short, sums)) if sums else "",
                },
                numbers={"steps": [*steps], "highest_base_pct": [*top], "highest_sum_pct": [*sums]},
            )


def selection_moves_rate(context: PlanContext) -> Iterator[Finding]:
    """Find rates among a selected part whose selection another target moves."""
    for entry in context.knowledge:
        if not isinstance(entry, Selection):
            continue
        movers = [
            target
            for target in context.plan.targets
            if entry.by in {target.indicator, *(reading.indicator for reading in target.readings)}
        ]
        for target in context.by_indicator.get(entry.indicator, ()) if movers else ():
            stated, levels = context.base(target), level_by_year(context, target)
            if stated is None and not levels:
                continue
            rate = stated[1] if stated else levels[min(levels)]
            now = entry.shares_pct[0]
            rates = [rate_after_selection(rate, now, share) for share in entry.shares_pct]
            yield Finding(
                kind=Kind.JOINT,
                severity=Severity.MEDIUM,
                rule="selection_moves_rate",
                targets=in_plan_order(context, (target.id, *(one.id for one in movers))),
                text="audit_joint.selection",
                values={
                    "title": context.title(target),
                    "movers": context.titles(movers),
                    "cohort": short(rate * now / 100),
                    "shares": " → ".join(short(share) for share in entry.shares_pct),
                    "rates": " → ".join(short(one, 1) for one in rates),
                },
                numbers={
                    "passing_of_cohort_pct": tidy(rate * now / 100),
                    "shares_pct": [*entry.shares_pct],
                    "shares_illustrative": entry.unverified,
                    "rates_pct": [tidy(one) for one in rates],
                },
                part=entry.id,
            )


def _grows(target: Target) -> bool:
    reading = target.default_reading
    return reading is not None and any(
        isinstance(condition, YearlyChange) and condition.change[0].rising
        for condition in reading.conditions
    )


def total_and_per_head(context: PlanContext) -> Iterator[Finding]:
    """Find a total and its value per head that are both only to grow."""
    totals = {
        indicator.inputs["value"].quantity: name
        for name in context.by_indicator
        if (indicator := context.catalog.indicators[name]).formula == "count"
    }
    for name in context.by_indicator:
        indicator = context.catalog.indicators[name]
        if indicator.formula != "per_head" or indicator.inputs["amount"].quantity not in totals:
            continue
        total = totals[indicator.inputs["amount"].quantity]
        for first in filter(_grows, context.by_indicator[total]):
            for second in filter(_grows, context.by_indicator[name]):
                yield _linked_rules(context, first, second, total)


def _linked_rules(context: PlanContext, first: Target, second: Target, total: str) -> Finding:
    known = context.series.get((total, first.areas[0]), {})
    observed = {
        year: 100 * (known[year] / known[year - 1] - 1)
        for year in sorted(known)
        if year - 1 in known and known[year - 1]
    }

    def seen(lang: str) -> str:
        if not observed:
            return say("audit_joint.growth_unknown", lang)
        rows = (
            in_year(measured(value, "percent", lang, 1), year, lang)
            for year, value in observed.items()
        )
        return say("audit_joint.growth", lang, rows=say("audit_joint.comma", lang).join(rows))

    return Finding(
        kind=Kind.JOINT,
        severity=Severity.LOW,
        rule="total_and_per_head",
        targets=in_plan_order(context, (first.id, second.id)),
        text="audit_joint.per_head",
        values={
            "total": context.title(first),
            "per_head": context.title(second),
            "seen": in_both(seen),
        },
        numbers={
            "heads_growth_pct": [0, 1, 2, 5],
            "total_must_grow_more_than_pct": [0, 1, 2, 5],
            "per_head_when_total_grows_1_pct": [per_head_growth(1, g) for g in (0, 1, 2, 5)],
            "observed_total_growth_pct": {str(y): tidy(value) for y, value in observed.items()},
        },
    )


def funds_over_years(context: PlanContext) -> Iterator[Finding]:
    """Turn a sum of money over several years into a yearly one, beside the observed spending."""
    for target in context.plan.targets:
        sums = [
            (reading, condition)
            for reading in target.readings
            for condition in reading.conditions
            if isinstance(condition, SumOverYears)
        ]
        indicator = context.indicator(target)
        if not sums or indicator is None or indicator.unit != "yuan":
            continue
        whole = _spending(context, target)
        rows = [(reading, [bound.value for bound in c.bounds], len(c.years)) for reading, c in sums]
        yield Finding(
            kind=Kind.JOINT,
            severity=Severity.LOW if whole else Severity.OPEN,
            rule="funds_over_years",
            targets=(target.id,),
            text="audit_joint.funds",
            values={"title": context.title(target), "rows": _funds(rows, whole)},
            numbers={
                "total": {reading.id: ends for reading, ends, _ in rows},
                "per_year": {r.id: [tidy(end / n) for end in ends] for r, ends, n in rows},
                "spending_year": whole[0] if whole else None,
                "spending": whole[1] if whole else None,
                "of_spending_pct": {
                    r.id: [tidy(100 * end / n / whole[1]) for end in ends] for r, ends, n in rows
                }
                if whole
                else None,
            },
        )


def _spending(context: PlanContext, target: Target) -> tuple[int, float] | None:
    """Give the largest series of money in the target's area, in the year after the issue."""
    year = context.plan.issued.year + 1
    found = [
        values[year]
        for (name, area), values in context.series.items()
        if area == target.areas[0]
        and name not in (target.indicator, None)
        and context.catalog.indicators[name].unit == "yuan"
        and year in values
    ]
    return (year, max(found)) if found else None


def _funds(rows: list[tuple[Reading, list[float], int]], whole: tuple[int, float] | None) -> Said:
    def row(reading: Reading, ends: list[float], years: int, lang: str) -> str:
        yearly = [end / years for end in ends]
        shown = " – ".join(measured(end, "yuan", lang) for end in yearly)
        if whole is None:
            return say(
                "audit_joint.fund_unknown", lang, label=reading.label.in_(lang), yearly=shown
            )
        return say(
            "audit_joint.fund",
            lang,
            label=reading.label.in_(lang),
            yearly=shown,
            share=" – ".join(short(100 * end / whole[1], 0) for end in yearly),
            year=whole[0],
            spending=measured(whole[1], "yuan", lang),
        )

    return in_both(lambda lang: listed((row(*one, lang) for one in rows), lang))
