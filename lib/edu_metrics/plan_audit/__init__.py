"""
The plan held against itself: what contradicts, asks for nothing, can't be, or can be read twice.

Rules are pure functions over a plan's definitions, and over observed series where there are any;
none names a target, a place or a plan. Each is marked as one, and is known once its module is
loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from edu_metrics.catalog import Catalog, PartsOfWhole, Plan
from edu_metrics.plan_audit import (
    contradictions,
    definitions,
    impossible,
    joint,
    readings,
    record,
    whole_numbers,
)  # their rules are known once they are loaded
from edu_metrics.plan_audit.context import RULES, Finding, Kind, PlanContext, Series, Severity
from edu_metrics.words import languages

if TYPE_CHECKING:
    import pandas as pd


def audit(catalog: Catalog, plan: Plan, *, series: Series | None = None) -> tuple[Finding, ...]:
    """
    Hold a plan's numbers against each other.

    Parameters
    ----------
    catalog : Catalog
        All definitions: indicators and how they hang together, and what is known besides plans.
    plan : Plan
        The plan.
    series : mapping, optional
        Observed values by (indicator, area) and year, from :func:`observed_series`; without them
        the rules that compare with a record say that they can't decide.

    Returns
    -------
    tuple of Finding
        By severity, kind and target; independent of the order of the plan's targets but for
        the order in which a finding names them.

    Examples
    --------
    >>> from edu_metrics.catalog import find_root, load_catalog
    >>> catalog = load_catalog(find_root())
    >>> found = audit(catalog, catalog.plan("wuhai_2020_2022"))
    >>> any(finding.kind == "impossible" for finding in found)
    True
    """
    context = PlanContext(catalog, plan, series or {})
    findings = [finding for rule in RULES for finding in rule(context)]
    severities, kinds = list(Severity), [*Kind, None]
    return tuple(
        sorted(findings, key=lambda f: (severities.index(f.severity), kinds.index(f.kind), f.id))
    )


def as_rows(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """
    Give findings as plain data.

    Parameters
    ----------
    findings : iterable of Finding
        From :func:`audit`.

    Returns
    -------
    list of dict
        id, kind, severity, rule, targets, message_zh, message_en and numbers.
    """
    return [
        {
            "id": finding.id,
            "kind": str(finding.kind),
            "severity": str(finding.severity),
            "rule": finding.rule,
            "targets": list(finding.targets),
            **{f"message_{lang}": finding.message(lang) for lang in languages()},
            "numbers": finding.numbers,
        }
        for finding in findings
    ]


def observed_series(
    catalog: Catalog, plan: Plan, table: pd.DataFrame, areas: Iterable[str]
) -> Mapping[tuple[str, str], Mapping[int, float]]:
    """
    Compute the series that the rules compare a plan with.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    plan : Plan
        Whose indicators are computed, with those related to them.
    table : DataFrame
        Observations, from :func:`~edu_metrics.observations.read_processed`.
    areas : iterable of str
        The plan's areas, and those to compare with.

    Returns
    -------
    mapping
        Exact values by (indicator, area) and year.
    """
    from edu_metrics.observations import compute, pooled_cells

    chosen = list(areas)
    cells = pooled_cells(catalog, table, chosen)
    return series_by_year(
        catalog, plan, lambda indicator: compute(catalog, indicator, table, chosen, cells=cells)
    )


def series_by_year(
    catalog: Catalog, plan: Plan, computed: Callable[[str], pd.DataFrame]
) -> Mapping[tuple[str, str], Mapping[int, float]]:
    """
    Collect the series that the rules compare a plan with.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    plan : Plan
        Whose indicators are collected, with those related to them.
    computed : callable
        Gives an indicator's series, as :func:`~edu_metrics.observations.compute` does.

    Returns
    -------
    mapping
        Exact values by (indicator, area) and year.
    """
    wanted = {name for target in plan.targets for name in target.indicators}
    for name in list(wanted):
        for relation in catalog.indicators[name].relations:
            wanted |= set(relation.indicators)
    for entry in catalog.knowledge.values():
        if isinstance(entry, PartsOfWhole):
            wanted |= {*entry.parts, entry.whole or entry.parts[0]}
    values: dict[tuple[str, str], dict[int, float]] = {}
    for name in sorted(wanted):
        series = computed(name)
        for row in series[series["bound"] == "exact"].to_dict("records"):
            values.setdefault((name, str(row["area"])), {})[int(row["year"])] = float(row["value"])
    return values
