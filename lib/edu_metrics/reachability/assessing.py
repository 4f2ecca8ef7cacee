"""Hold a target's readings against a series and its draws, as of a date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from edu_metrics.catalog import Catalog, Indicator, Plan, Reading, Study, Target, nearest
from edu_metrics.errors import DefinitionError, ProjectionError
from edu_metrics.reachability.arithmetic import is_possible
from edu_metrics.reachability.checks import Check, checks_of
from edu_metrics.reachability.evidence import Evidence, Record
from edu_metrics.reachability.precedent import with_pace_percentile
from edu_metrics.reachability.ranges import decided_by
from edu_metrics.reachability.standing import pace_falls_short, with_standing
from edu_metrics.reachability.verdicts import (
    Applies,
    Assessment,
    CheckResult,
    Missing,
    Verdict,
    verdict_of,
)
from edu_metrics.trajectories import Trajectory

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["assess", "assess_target"]


def assess(
    catalog: Catalog,
    study: Study,
    table: pd.DataFrame,
    *,
    areas: tuple[str, ...] | None = None,
    targets: tuple[str, ...] | None = None,
) -> list[Assessment]:
    """
    Assess every target of a study's plan in every area, as of the study's date.

    Parameters
    ----------
    catalog : Catalog
        From :func:`~edu_metrics.catalog.load_catalog`.
    study : Study
        What is assessed, and as of when.
    table : DataFrame
        Observations, from :func:`~edu_metrics.observations.read_processed`.
    areas : tuple of str, optional
        Areas of the study, by id, name or alias; all when left out.
    targets : tuple of str, optional
        Targets of the plan; all when left out.

    Returns
    -------
    list of Assessment
        By area and then by target, areas in the order given or else that of the study, targets
        in the order of the plan; each the default reading, with the other readings and numbers
        of steps in ``others``.

    Raises
    ------
    DefinitionError
        If the study has no such area, or its plan no such target.
    """
    plan = catalog.plan(study.plan)
    known = [target.id for target in plan.targets]
    unknown = [target for target in targets or () if target not in known]
    if unknown:
        raise DefinitionError(
            f"expected targets of plan {plan.id!r}",
            [f"no target {name!r}{nearest(name, known)}" for name in unknown],
        )
    chosen = [catalog.study_area(study, area).id for area in areas or ()]
    evidence = Evidence(catalog, study, table)
    return [
        assess_target(evidence, plan, target, area)
        for area in chosen or evidence.areas
        for target in plan.targets
        if targets is None or target.id in targets
    ]


def assess_target(evidence: Evidence, plan: Plan, target: Target, area: str) -> Assessment:
    """
    Assess one target in one area under all its readings.

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

    Returns
    -------
    Assessment
        That of the default reading and steps, with all others in ``others``.
    """
    blank = Assessment(
        study=evidence.study.id,
        area=area,
        target=target.id,
        applies=_applies(evidence, target, area),
        verdict=Verdict.TRACKED,
        indicator=target.indicator,
    )
    if not target.readings:
        return blank
    results = [
        _assess_reading(evidence, plan, target, reading, steps, blank)
        for reading, steps in plan.combinations(target)
    ]
    results = [with_pace_percentile(one, evidence.catalog, evidence.study) for one in results]
    return replace(results[0], others=tuple(results[1:]))


def _applies(evidence: Evidence, target: Target, area: str) -> Applies:
    bound = evidence.catalog.bound_areas(evidence.study, target)
    if area in bound:
        return Applies.BINDS
    if any(above in bound for above in evidence.above(area)):
        return Applies.AS_IF
    if any(area in evidence.above(other) for other in bound):
        return Applies.PARTS
    return Applies.ELSEWHERE


@dataclass(frozen=True, slots=True)
class _Case:
    """One reading in one area: what its judgement rests on."""

    evidence: Evidence
    indicator: Indicator
    record: Record
    checks: tuple[Check, ...]

    @property
    def due(self) -> int:
        """The year in which the last check falls due."""
        return max(check.due for check in self.checks)

    def over(self, year: int) -> bool:
        """Tell whether a year had ended by the study's date."""
        return self.evidence.study.as_of.year > year

    def rivals(self, check: Check) -> dict[str, Mapping[int, float]]:
        """Give the observed values of the areas that a rank is taken among."""
        return self.evidence.rivals(check, self.indicator.id)

    def broken(self, check: Check) -> bool:
        """Tell whether a check compares years on both sides of a break."""
        return self.evidence.break_within(check, self.indicator.id, self.record.area)

    def missing(self, years: Sequence[int], area: str | None = None) -> tuple[Missing, ...]:
        """Name what would make the indicator known in some years."""
        return self.evidence.missing(self.indicator.id, area or self.record.area, years)

    def trajectory(self, area: str) -> Trajectory:
        """Draw what a series may do until the last check falls due."""
        return self.evidence.trajectory(self.indicator.id, area, self.due)


def _assess_reading(
    evidence: Evidence,
    plan: Plan,
    target: Target,
    reading: Reading,
    steps: int | None,
    blank: Assessment,
) -> Assessment:
    indicator_id = reading.indicator or target.indicator
    blank = replace(blank, reading=reading.id, steps=steps, indicator=indicator_id)
    if reading.undecided or indicator_id is None:
        return replace(blank, verdict=Verdict.CANNOT_TELL, reason="reading_undecided")
    indicator = evidence.catalog.indicator(indicator_id)
    checks = checks_of(
        reading,
        steps=steps,
        deadline=plan.deadline_of(target),
        limits=indicator.bounds,
        falling=indicator.better == "lower",
    )
    record = evidence.record(indicator_id, blank.area)
    case = _Case(evidence, indicator, record, checks)
    results = tuple(_result(case, check) for check in checks)
    blank = with_standing(blank, plan, target, indicator, record, checks)
    blank = replace(blank, checks=results, sources=record.sources)

    if any(result.holds is False for result in results):
        return replace(blank, verdict=Verdict.MISSED)
    if any(case.broken(check) for check in checks):
        return replace(blank, verdict=Verdict.CANNOT_TELL, reason="break")
    if all(result.holds for result in results):
        return replace(blank, verdict=Verdict.MET, year_reached=case.due)
    # What arithmetic rules out needs no data.
    last_year = record.last_year or 0
    if not is_possible(checks, record.exact, limits=indicator.bounds, last_year=last_year):
        return replace(blank, verdict=Verdict.IMPOSSIBLE, reason="bounds")
    undecided = [check for check, result in zip(checks, results, strict=True) if not result.holds]
    lacking, missing = _lacking(case, undecided)
    if lacking:
        return replace(blank, verdict=Verdict.NO_DATA, missing=missing)
    if pace_falls_short(plan, target, record, blank.level, case.due):
        return replace(blank, verdict=Verdict.IMPOSSIBLE, reason="promised_pace")
    return _forecast(case, undecided, blank)


def _result(case: _Case, check: Check) -> CheckResult:
    record, rivals = case.record, case.rivals(check)
    blank = CheckResult(check.measure, check.years, check.bounds, None, None, None)
    if case.broken(check):
        return blank
    complete = all(year in record.exact for year in check.years)
    if complete and all(check.due in values for values in rivals.values()):
        measured = float(check.measured(record.exact, rivals))
        holds = check.holds(record.exact, rivals)
        if np.isnan(measured):
            return replace(blank, holds=holds)
        margin = round(-max(bound.gap(measured) for bound in check.bounds), 9)
        return replace(blank, measured=measured, holds=holds, margin=margin)
    if check.measure == "value" and check.due in record.bounds:
        return replace(blank, holds=decided_by(*record.bounds[check.due], check))
    return blank


def _lacking(case: _Case, undecided: Sequence[Check]) -> tuple[bool, tuple[Missing, ...]]:
    """Tell whether what should be known by now is not, and what to ask for."""
    record = case.record
    needed = sorted({year for check in undecided for year in check.years})
    behind = [
        year
        for year in needed
        if year not in record.exact and (year <= (record.last_year or 0) or case.over(year))
    ]
    lacking = bool(behind) or record.last_year is None
    missing = case.missing(behind or needed) if lacking else ()
    for check in undecided:
        for area, values in case.rivals(check).items():
            if check.due not in values and (not values or case.over(check.due)):
                lacking, missing = True, missing + case.missing([check.due], area)
    return lacking, tuple(dict.fromkeys(missing))


def _forecast(case: _Case, undecided: Sequence[Check], blank: Assessment) -> Assessment:
    record = case.record
    last_year = max(record.exact)
    breaks = case.evidence.breaks(case.indicator.id, record.area)
    if any(last_year < entry.year <= case.due for entry in breaks):
        return replace(blank, verdict=Verdict.CANNOT_TELL, reason="break")
    try:
        trajectory = case.trajectory(record.area)
        kept: Any = True
        values = _values(trajectory, record.exact)
        for check in undecided:
            rivals = {
                area: _values(case.trajectory(area), known)
                for area, known in case.rivals(check).items()
            }
            kept = np.logical_and(kept, check.holds(values, rivals))
    except ProjectionError as error:
        wanted = [last_year - back for back in range(1, 4)]
        missing = case.missing([year for year in wanted if year not in record.exact])
        return replace(
            blank, verdict=Verdict.CANNOT_TELL, reason=f"too_little:{error}", missing=missing
        )
    if _hangs_on_unknown_whole(case, undecided, blank):
        missing = case.missing([last_year])
        return replace(blank, verdict=Verdict.CANNOT_TELL, reason="whole_unknown", missing=missing)
    probability = float(np.mean(kept))
    low, median, high = (float(value) for value in np.quantile(values[case.due], [0.1, 0.5, 0.9]))
    return replace(
        blank,
        verdict=verdict_of(probability),
        probability=probability,
        interval=(low, high),
        median=median,
        year_reached=_year_reached(blank, trajectory, case.due),
        model=trajectory.model,
    )


def _hangs_on_unknown_whole(case: _Case, checks: Sequence[Check], blank: Assessment) -> bool:
    """
    Tell whether a check sits at 0 or 100 % of a number that nobody knows.

    One pupil among fifty and one among fifty thousand make 100 % two different promises.
    """
    limits = case.indicator.bounds
    if limits != (0, 100) or case.record.last_year in case.record.counts:
        return False
    bounds = [bound for check in checks if check.measure == "value" for bound in check.bounds]
    if blank.level is not None:
        bounds.append(blank.level)
    return any(bound.value in limits and not bound.strict for bound in bounds)


def _values(trajectory: Trajectory, known: Mapping[int, float]) -> dict[int, Any]:
    drawn = {year: trajectory.at(year) for year in trajectory.years}
    return {**known, **drawn}


def _year_reached(blank: Assessment, trajectory: Trajectory, due: int) -> int | None:
    """
    Give the first year, until the target is due, by which half of the draws have had the level.

    The last year observed, where the level is already there.
    """
    if blank.level is None:
        return None
    if blank.level.met_by(trajectory.last_value):
        return trajectory.last_year
    reached = np.maximum.accumulate(blank.level.met_by(trajectory.draws), axis=1).mean(axis=0)
    years = zip(trajectory.years, reached, strict=True)
    return next((year for year, share in years if share >= 0.5 and year <= due), None)
