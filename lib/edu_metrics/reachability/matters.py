"""What matters most: the assumptions that an answer hangs on, and which would change it first."""

from __future__ import annotations

from dataclasses import replace

from edu_metrics.catalog import Plan, Target
from edu_metrics.reachability.assessing import assess_target
from edu_metrics.reachability.evidence import Evidence
from edu_metrics.reachability.influences import Matters, Turned
from edu_metrics.reachability.mechanism_matters import matters_of_mechanism
from edu_metrics.reachability.mechanizing import (
    Lacking,
    Quantities,
    mechanism_from_counts,
    mechanism_from_statement,
)
from edu_metrics.reachability.open_promise import OpenPromise
from edu_metrics.reachability.trend_matters import matters_of_trend
from edu_metrics.reachability.verdicts import Assessment, Verdict

__all__ = ["what_matters"]


def what_matters(
    evidence: Evidence,
    plan: Plan,
    target: Target,
    area: str,
    *,
    assessment: Assessment | None = None,
    quantities: Quantities | None = None,
) -> Matters:
    """
    Say which assumptions the answer on a target hangs on, and which would change it first.

    Where the indicator has a mechanism that can start here, the answer is the mechanism's, with
    everything at its middle; else it is the verdict of the trend.

    Parameters
    ----------
    evidence : Evidence
        The study's series as of its date.
    plan : Plan
        The plan of the target.
    target : Target
        The promise.
    area : str
        Area of the study.
    assessment : Assessment, optional
        The target's assessment in the area, where it is at hand.
    quantities : Quantities, optional
        Published values, kept from call to call where given.

    Returns
    -------
    Matters
        Influences, the one that would change the answer first in front; or why there are none.
    """
    found = assessment or assess_target(evidence, plan, target, area)
    turned = tuple(
        Turned(str(other.reading), other.steps, other.verdict)
        for other in found.others
        if other.verdict != found.verdict
    )
    blank = Matters(
        area, target.id, found.reading, found.steps, found.indicator, level=found.level,
        probability=found.probability, turned=turned,
    )  # fmt: skip
    if found.indicator is None or found.reason == "reading_undecided":
        return replace(blank, reason="reading_undecided")
    if found.verdict in (Verdict.MET, Verdict.MISSED):
        return replace(blank, reason="decided")
    if found.last_year is None or found.last_value is None:
        return replace(blank, reason="no_start")
    indicator = evidence.catalog.indicator(found.indicator)
    case = OpenPromise.of(evidence, plan, target, found)
    if isinstance(case, str):
        return replace(blank, reason=case)
    lacking = None
    if indicator.mechanism is not None:
        if found.start == "plan_statement":
            built = mechanism_from_statement(indicator, found.last_year, found.last_value)
        else:
            known = quantities or Quantities(evidence)
            built = mechanism_from_counts(known, indicator, found.area, found.last_year)
        if not isinstance(built, Lacking):
            return matters_of_mechanism(blank, case, built)
        lacking = "contradiction" if built.contradiction else "lacks_numbers"
    if found.probability is None:
        return replace(blank, reason=lacking or "no_forecast")
    return matters_of_trend(blank, evidence, plan, target, found)
