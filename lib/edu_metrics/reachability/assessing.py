"""Hold a target's readings against a series and its draws, as of a date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from edu_metrics.catalog import Catalog, Plan, Reading, Study, Target, nearest
from edu_metrics.errors import DefinitionError, ProjectionError
from edu_metrics.reachability.agreeing import UnforeseenError
from edu_metrics.reachability.arithmetic import is_possible
from edu_metrics.reachability.cases import Case, case_of
from edu_metrics.reachability.checks import Check
from edu_metrics.reachability.evidence import Evidence
from edu_metrics.reachability.noise import chance_decides, noise_of
from edu_metrics.reachability.precedent import with_pace_percentile
from edu_metrics.reachability.ranges import decided_by
from edu_metrics.reachability.reaching import BEYOND, Reached, reached
from edu_metrics.reachability.standing import pace_falls_short, with_standing
from edu_metrics.reachability.verdicts import (
    Applies,
    Assessment,
    Missing,
    Verdict,
    verdict_of,
)
from edu_metrics.trajectories import Trajectory, stated

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
        as_of=evidence.study.as_of,
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
    case = case_of(evidence, plan, target, reading, steps, blank.area)
    indicator, record, checks = case.indicator, case.record, case.checks
    results = tuple(case.result(check) for check in checks)
    blank = with_standing(blank, plan, target, indicator, record, checks)
    noise = noise_of(indicator, record, checks, results, blank.level)
    blank = replace(blank, checks=results, sources=record.sources, noise=noise)

    by_chance = chance_decides(noise, checks, results, record)
    if any(result.holds is False for result in results):
        if by_chance:
            return replace(blank, verdict=Verdict.CANNOT_TELL, reason="noise")
        return replace(blank, verdict=Verdict.MISSED)
    if any(case.broken(check) for check in checks):
        return replace(blank, verdict=Verdict.CANNOT_TELL, reason="break")
    if all(result.holds for result in results):
        if by_chance:
            return replace(blank, verdict=Verdict.CANNOT_TELL, reason="noise")
        return replace(blank, verdict=Verdict.MET, year_reached=case.due)
    # What arithmetic rules out needs no data.
    last_year = record.last_year or 0
    if not is_possible(checks, record.exact, limits=indicator.bounds, last_year=last_year):
        return replace(blank, verdict=Verdict.IMPOSSIBLE, reason="bounds")
    undecided = blank.undecided(checks)
    lacking, missing = _lacking(case, undecided)
    if lacking:
        return replace(blank, verdict=Verdict.NO_DATA, missing=missing)
    if pace_falls_short(plan, target, record, blank.level, case.due):
        return replace(blank, verdict=Verdict.IMPOSSIBLE, reason="promised_pace")
    return _forecast(case, undecided, blank)


def _lacking(case: Case, undecided: Sequence[Check]) -> tuple[bool, tuple[Missing, ...]]:
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


def _forecast(case: Case, undecided: Sequence[Check], blank: Assessment) -> Assessment:
    record = case.record
    last_year = max(record.exact)
    breaks = case.evidence.breaks(case.indicator.id, record.area)
    if any(last_year < entry.year <= case.due for entry in breaks):
        return replace(blank, verdict=Verdict.CANNOT_TELL, reason="break")
    try:
        trajectory = case.trajectory(record.area)
        kept = case.kept(undecided)
    except UnforeseenError as error:
        missing = case.missing(sorted(year for year in record.bounds if year > last_year))
        return replace(
            blank, verdict=Verdict.CANNOT_TELL, reason=f"bound_unforeseen:{error}", missing=missing
        )
    except ProjectionError as error:
        wanted = [last_year - back for back in range(1, 4)]
        missing = case.missing([year for year in wanted if year not in record.exact])
        return replace(
            blank, verdict=Verdict.CANNOT_TELL, reason=f"too_little:{error}", missing=missing
        )
    if _hangs_on_unknown_whole(case, undecided, blank):
        missing = case.missing([last_year])
        return replace(blank, verdict=Verdict.CANNOT_TELL, reason="whole_unknown", missing=missing)
    probability = float(stated(np.mean(kept)))
    ends = case.asked_about(case.drawn(record.area))
    low, median, high = (float(value) for value in np.quantile(ends, [0.1, 0.5, 0.9]))
    years = _reached(blank, trajectory, case.due, record.bounds)
    blank = replace(
        blank,
        probability=probability,
        interval=(low, high),
        median=median,
        reached=years,
        year_reached=years.median_year if years else None,
        model=trajectory.model,
        calibration=trajectory.calibration,
    )
    verdict = verdict_of(probability)
    # Out of reach is out of reach of chance too; any other word would speak of chance alone.
    if blank.noise is not None and blank.noise.hidden and verdict is not Verdict.OUT_OF_REACH:
        return replace(blank, verdict=Verdict.CANNOT_TELL, reason="noise")
    return replace(blank, verdict=verdict)


def _hangs_on_unknown_whole(case: Case, checks: Sequence[Check], blank: Assessment) -> bool:
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


def _reached(
    blank: Assessment, trajectory: Trajectory, due: int, bounds: Mapping[int, tuple[str, float]]
) -> Reached | None:
    """Tell when the level is reached, up to some years beyond the due one."""
    if blank.level is None:
        return None
    # Other targets may have asked for a longer trajectory.
    years = [year for year in trajectory.years if year <= due + BEYOND]
    found = reached(
        trajectory.draws[:, : len(years)],
        years,
        blank.level,
        last_year=trajectory.last_year,
        last_value=trajectory.last_value,
    )
    # What was observed, if only as a bound, is a fact; all else is stated as far as is supported.
    there = {
        year
        for year, bound in bounds.items()
        if decided_by(*bound, Check("value", (year,), (blank.level,)))
    }
    first = min(there, default=years[-1] + 1) if found.since is None else years[0]
    return replace(
        found,
        first_hit=_stated(found.first_hit, [year >= first for year in years]),
        still_there=_stated(found.still_there, [year in there for year in years]),
        stays=_stated(found.stays, [False] * len(years)),
    )


def _stated(shares: Sequence[float], facts: Sequence[bool]) -> tuple[float, ...]:
    return tuple(
        share if fact else float(stated(share)) for share, fact in zip(shares, facts, strict=True)
    )
