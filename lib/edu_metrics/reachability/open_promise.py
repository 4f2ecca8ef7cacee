"""A target that is not decided yet: which years are open, and which draws of them keep it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog import Indicator, Plan, Target
from edu_metrics.reachability.checks import Check, checks_of
from edu_metrics.reachability.evidence import Evidence
from edu_metrics.reachability.verdicts import Assessment

__all__ = ["OpenPromise"]


@dataclass(frozen=True)
class OpenPromise:
    """
    What of a target is still open in one area: its checks, and the values that are known.

    The far end of a promised range is left out: too much effort is no failure of effort.
    """

    evidence: Evidence
    indicator: Indicator
    assessment: Assessment
    checks: tuple[Check, ...]
    years: tuple[int, ...]
    known: dict[int, float]

    @classmethod
    def of(
        cls,
        evidence: Evidence,
        plan: Plan,
        target: Target,
        indicator: Indicator,
        found: Assessment,
    ) -> OpenPromise | str:
        """Make one, or say why it can't be made."""
        reading = target.reading(str(found.reading))
        checks = checks_of(
            reading,
            steps=found.steps,
            deadline=plan.deadline_of(target),
            limits=indicator.bounds,
            falling=indicator.better == "lower",
        )
        # What a published bound has decided needs no value of its year.
        checks = found.undecided(checks)
        if any(check.measure == "rank" for check in checks):
            return "rank"
        start, due = int(found.last_year or 0), max(check.due for check in checks)
        years = tuple(range(start + 1, due + 1))
        if not years:
            return "decided"
        exact: dict[int, float] = {}
        if found.start == "observed":
            exact = dict(evidence.record(indicator.id, found.area).exact)
        known = {year: value for year, value in exact.items() if year <= start}
        known[start] = float(found.last_value or 0.0)
        needed = {year for check in checks for year in check.years}
        if not needed <= {*known, *years}:
            return "earlier_year_unknown"
        rising = indicator.better != "lower"
        towards = tuple(_towards(check, rising) for check in checks)
        return cls(evidence, indicator, found, towards, years, known)

    def kept(self, draws: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell of each draw (one column a year) whether every check holds."""
        low, high = self.indicator.bounds
        drawn = np.clip(draws, low, high)
        values: dict[int, Any] = dict(self.known)
        values |= {year: drawn[:, place] for place, year in enumerate(self.years)}
        kept = np.ones(len(drawn), dtype=bool)
        for check in self.checks:
            kept &= np.asarray(check.holds(values), dtype=bool)
        return kept


def _towards(check: Check, rising: bool) -> Check:
    """Leave out the far end of a promised range: too much effort is no failure of effort."""
    asked = tuple(bound for bound in check.bounds if bound.op == "==" or bound.rising == rising)
    return replace(check, bounds=asked or check.bounds)
