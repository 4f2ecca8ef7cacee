"""A target that is not decided yet: which years are open, and which courses keep it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog import Indicator, Plan, Target
from edu_metrics.reachability.cases import case_of
from edu_metrics.reachability.chances import kept_in
from edu_metrics.reachability.checks import Check
from edu_metrics.reachability.evidence import Evidence
from edu_metrics.reachability.verdicts import Assessment

__all__ = ["OpenPromise"]


@dataclass(frozen=True)
class OpenPromise:
    """What of a target is still open in one area: its checks, and the values that are known."""

    evidence: Evidence
    indicator: Indicator
    assessment: Assessment
    checks: tuple[Check, ...]
    years: tuple[int, ...]
    known: dict[int, float]

    @classmethod
    def of(
        cls, evidence: Evidence, plan: Plan, target: Target, found: Assessment
    ) -> OpenPromise | str:
        """Make one, or say why it can't be made."""
        reading = target.reading(str(found.reading))
        case = case_of(evidence, plan, target, reading, found.steps, found.area)
        # What a published bound has decided needs no value of its year.
        checks = found.undecided(case.checks)
        if any(check.measure == "rank" for check in checks):
            return "rank"
        start, due = int(found.last_year or 0), max(check.due for check in checks)
        years = tuple(range(start + 1, due + 1))
        if not years:
            return "decided"
        exact = case.record.exact if found.start == "observed" else {}
        known = {year: value for year, value in exact.items() if year <= start}
        known[start] = float(found.last_value or 0.0)
        needed = {year for check in checks for year in check.years}
        if not needed <= {*known, *years}:
            return "earlier_year_unknown"
        return cls(evidence, case.indicator, found, checks, years, known)

    def kept(self, draws: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell of each draw (one column a year) whether every check holds."""
        drawn = np.clip(draws, *self.indicator.bounds)
        values: dict[int, Any] = dict(self.known)
        values |= {year: drawn[:, place] for place, year in enumerate(self.years)}
        return kept_in(self.checks, values)
