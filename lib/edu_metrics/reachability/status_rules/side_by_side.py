"""The published status rules applied to an assessment: the same series and the same level."""

from __future__ import annotations

from collections.abc import Mapping

from edu_metrics.catalog import Indicator, Level, Reading, Target
from edu_metrics.reachability.series import SeriesStore
from edu_metrics.reachability.status_rules.answers import (
    Case,
    Clause,
    Direction,
    Unable,
    complement_of,
)
from edu_metrics.reachability.status_rules.pace_of_progress import (
    PaceModel,
    fit_pace,
    pace_percentile,
    pace_speed,
)
from edu_metrics.reachability.status_rules.table import StatusTable, status_table
from edu_metrics.reachability.verdicts import Assessment

#: Longest and shortest spell for which the paces of others are compared. [years]
LONGEST_SPELL, SHORTEST_SPELL = 5, 3


class SideBySide:
    """
    What published rules say of assessments; the paces of others are fitted once for a series.

    Parameters
    ----------
    store : SeriesStore
        The study's series as of its date.
    """

    def __init__(self, store: SeriesStore) -> None:
        self.store = store
        self._paces: dict[tuple[str, str, int], tuple[PaceModel | Unable, PaceModel | Unable]] = {}

    def table(self, target: Target, assessment: Assessment) -> StatusTable | None:
        """
        Judge the series behind an assessment by every rule.

        Parameters
        ----------
        target : Target
            The promise.
        assessment : Assessment
            Its assessment in an area.

        Returns
        -------
        StatusTable or None
            None where there is no level to be reached from one side, or fewer than two years are
            observed since the last break and until the target is due. A level that a promised
            change comes to is that of the slowest promised pace.
        """
        level = assessment.level
        if assessment.indicator is None or assessment.reading is None or level is None:
            return None
        if level.op == "==" or assessment.start != "observed" or not assessment.checks:
            return None
        due = max(check.years[-1] for check in assessment.checks)
        seen = self._seen(assessment.indicator, assessment.area, due)
        if len(seen) < 2:
            return None
        indicator = self.store.catalog.indicator(assessment.indicator)
        reading = target.reading(assessment.reading)
        percent = _is_percentage(indicator)
        pace: PaceModel | Unable = Unable.NOT_A_PERCENTAGE
        mirrored: PaceModel | Unable = Unable.NOT_A_PERCENTAGE
        if percent:
            pace, mirrored = self._pace(indicator, assessment.area, seen)
        case = Case(
            tuple(seen),
            tuple(seen.values()),
            level.value,
            due,
            "higher" if level.rising else "lower",
            percent=percent,
            clause=_clause(reading),
            earlier=_earlier(reading, due),
            pace=pace,
            complement_pace=mirrored,
        )
        return status_table(
            case,
            strict=level.strict,
            verdict=assessment.verdict,
            probability=assessment.probability,
        )

    def paces(self, indicator: str, area: str, due: int) -> list[tuple[str, str, str]]:
        """
        Tell how an area's pace is held against those of others, as a report prints it.

        Parameters
        ----------
        indicator : str
            Indicator id.
        area : str
            Area of the study.
        due : int
            Last year that counts.

        Returns
        -------
        list of (str, str, str)
            Band, speed to one decimal and reason for none, for either direction of better and
            for the complements; none where nothing is compared.
        """
        entry, seen = self.store.catalog.indicator(indicator), self._seen(indicator, area, due)
        if len(seen) < 2 or not _is_percentage(entry):
            return []
        model, mirrored = self._pace(entry, area, seen)
        directions: tuple[Direction, ...] = ("higher", "lower")
        rows = []
        for paces, series in ((model, seen), (mirrored, _complement(seen))):
            for better in directions:
                # The level that is asked for does not enter a pace.
                case = Case(tuple(series), tuple(series.values()), 0.0, due, better, pace=paces)
                band, speed = pace_percentile(case), pace_speed(case)
                times = "" if speed.score is None else f"{speed.score:.1f}"
                rows.append((str(band.status), times, f"{band.unable} {speed.unable}"))
        return rows

    def _seen(self, indicator: str, area: str, due: int) -> dict[int, float]:
        """Give the exact values since the last break and until a year."""
        record = self.store.record(indicator, area)
        # Nine decimals, as the level has them: dust between the two would ask for a pace of dust.
        return {
            year: round(value, 9)
            for year, value in sorted(record.exact.items())
            if year <= due and (record.since is None or year >= record.since)
        }

    def _pace(
        self, indicator: Indicator, area: str, seen: Mapping[int, float]
    ) -> tuple[PaceModel | Unable, PaceModel | Unable]:
        """Fit the paces of all areas on an area's level, and of their complements."""
        length = min(LONGEST_SPELL, max(SHORTEST_SPELL, max(seen) - min(seen)))
        areas = self.store.catalog.areas
        level = areas[area].level
        key = (indicator.id, level, length)
        if key not in self._paces:
            history = self.store.history(indicator.id)
            all_series = {
                str(name): dict(zip(rows["year"].tolist(), rows["value"].tolist(), strict=True))
                for name, rows in history.groupby("area", sort=True)
                if areas[str(name)].level == level
            }
            self._paces[key] = (
                _fitted(all_series, length),
                _fitted({name: _complement(own) for name, own in all_series.items()}, length),
            )
        return self._paces[key]


def _fitted(series: Mapping[str, Mapping[int, float]], length: int) -> PaceModel | Unable:
    return fit_pace({n: (tuple(s), tuple(s.values())) for n, s in series.items()}, length=length)


def _complement(series: Mapping[int, float]) -> dict[int, float]:
    return {year: complement_of(value) for year, value in series.items()}


def _is_percentage(indicator: Indicator) -> bool:
    return indicator.unit == "percent" and indicator.bounds == (0, 100)


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
