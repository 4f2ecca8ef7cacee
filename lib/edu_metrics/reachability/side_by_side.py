"""The published status rules applied to an assessment: the same series and the same level."""

from __future__ import annotations

from edu_metrics.catalog import Indicator, Level, Reading, Target
from edu_metrics.reachability.evidence import Evidence
from edu_metrics.reachability.status_rules import (
    Clause,
    PaceModel,
    StatusTable,
    Unable,
    fit_pace,
    status_table,
)
from edu_metrics.reachability.verdicts import Assessment

__all__ = ["SideBySide"]

#: Longest and shortest spell for which the paces of others are compared. [years]
LONGEST_SPELL, SHORTEST_SPELL = 5, 3


class SideBySide:
    """
    What published rules say of assessments; the paces of others are fitted once for a series.

    Parameters
    ----------
    evidence : Evidence
        The study's series as of its date.
    """

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self._paces: dict[tuple[str, str, int], tuple[PaceModel | Unable, PaceModel | Unable]] = {}

    def table(self, target: Target, found: Assessment) -> StatusTable | None:
        """
        Judge the series behind an assessment by every rule.

        Parameters
        ----------
        target : Target
            The promise.
        found : Assessment
            Its assessment in an area.

        Returns
        -------
        StatusTable or None
            None where there is no level to be reached from one side, or fewer than two years are
            observed since the last break and until the target is due. A level that a promised
            change comes to is that of the slowest promised pace.
        """
        level = found.level
        if found.indicator is None or found.reading is None or level is None:
            return None
        if level.op == "==" or found.start != "observed" or not found.checks:
            return None
        due = max(check.years[-1] for check in found.checks)
        record = self.evidence.record(found.indicator, found.area)
        # Nine decimals, as the level has them: dust between the two would ask for a pace of dust.
        seen = {
            year: round(value, 9)
            for year, value in sorted(record.exact.items())
            if year <= due and (record.since is None or year >= record.since)
        }
        if len(seen) < 2:
            return None
        indicator = self.evidence.catalog.indicator(found.indicator)
        reading = target.reading(found.reading)
        percent = indicator.unit == "percent" and indicator.bounds == (0, 100)
        span = max(seen) - min(seen)
        pace, mirrored = (
            self._pace(indicator, found.area, min(LONGEST_SPELL, max(SHORTEST_SPELL, span)))
            if percent
            else (Unable.NOT_A_PERCENTAGE, Unable.NOT_A_PERCENTAGE)
        )
        return status_table(
            tuple(seen),
            tuple(seen.values()),
            target=level.value,
            target_year=due,
            better="higher" if level.rising else "lower",
            strict=level.strict,
            percent=percent,
            clause=_clause(reading),
            earlier=_earlier(reading, due),
            pace=pace,
            complement_pace=mirrored,
            verdict=found.verdict,
            probability=found.probability,
        )

    def _pace(
        self, indicator: Indicator, area: str, length: int
    ) -> tuple[PaceModel | Unable, PaceModel | Unable]:
        """Fit the paces of the areas on the same level, and of their complements."""
        key = (indicator.id, area, length)
        if key not in self._paces:
            areas = self.evidence.catalog.areas
            level = areas[area].level
            history = self.evidence.history(indicator.id)
            peers = {
                str(name): (rows["year"].tolist(), rows["value"].tolist())
                for name, rows in history[history["area"] != area].groupby("area", sort=True)
                if areas[str(name)].level == level
            }
            mirrored = {
                name: (years, [round(100 - value, 9) for value in values])
                for name, (years, values) in peers.items()
            }
            self._paces[key] = (fit_pace(peers, length=length), fit_pace(mirrored, length=length))
        return self._paces[key]


def _clause(reading: Reading) -> Clause:
    kinds = {condition.type for condition in reading.conditions}
    if kinds == {"level"}:
        return Clause.LEVEL
    return Clause.EACH_YEAR if kinds == {"each_year"} else Clause.CHANGE


def _earlier(reading: Reading, due: int) -> dict[int, float]:
    """Give the levels that a reading names for years before the last one."""
    return {
        year: bound.value
        for condition in reading.conditions
        if isinstance(condition, Level)
        for year, bound in condition.at.items()
        if year < due
    }
