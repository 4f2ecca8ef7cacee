"""Hold a target's readings against a series and its draws, as of a date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from edu_metrics.catalog import Catalog, Plan, Reading, Study, Target, nearest
from edu_metrics.errors import DefinitionError, ProjectionError
from edu_metrics.reachability.arithmetic import is_possible
from edu_metrics.reachability.checks import Check, accepted, decided_by
from edu_metrics.reachability.gap import pace_falls_short, with_gap
from edu_metrics.reachability.noise import chance_decides, noise_of
from edu_metrics.reachability.precedent import with_pace_percentile
from edu_metrics.reachability.probability import BEYOND, Reached, at_level, level_asked, reached
from edu_metrics.reachability.question import Question
from edu_metrics.reachability.series import Missing, SeriesStore, UnforeseenError
from edu_metrics.reachability.verdicts import Applies, Assessment, Verdict, verdict_of
from edu_metrics.trajectories import TOO_FAR_YEARS, TRIED_YEARS, Calibration, Trajectory, stated

if TYPE_CHECKING:
    import pandas as pd

#: A series whose last value is older than this by the study's date is said to have ended. [years]
ENDED_YEARS = 3


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
    return list(iter_assessments(catalog, study, table, areas=areas, targets=targets))


def iter_assessments(
    catalog: Catalog,
    study: Study,
    table: pd.DataFrame,
    *,
    areas: tuple[str, ...] | None = None,
    targets: tuple[str, ...] | None = None,
) -> Iterator[Assessment]:
    """Assess like :func:`assess`, one after the other, for who needs not hold thousands."""
    plan = catalog.plan(study.plan)
    known = [target.id for target in plan.targets]
    unknown = [target for target in targets or () if target not in known]
    if unknown:
        raise DefinitionError(
            f"expected targets of plan {plan.id!r}",
            [f"no target {name!r}{nearest(name, known)}" for name in unknown],
        )
    chosen = [catalog.study_area(study, area).id for area in areas or ()]
    store = SeriesStore(catalog, study, table)
    return (
        assess_target(store, plan, target, area)
        for area in chosen or store.areas
        for target in plan.targets
        if targets is None or target.id in targets
    )


def assess_target(store: SeriesStore, plan: Plan, target: Target, area: str) -> Assessment:
    """
    Assess one target in one area under all its readings.

    Parameters
    ----------
    store : SeriesStore
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
        study=store.study.id,
        area=area,
        target=target.id,
        applies=_applies(store, target, area),
        verdict=Verdict.TRACKED,
        as_of=store.study.as_of,
        indicator=target.indicator,
    )
    if not target.readings:
        return blank
    results = [
        _assess_reading(store, plan, target, reading, steps, blank)
        for reading, steps in plan.combinations(target)
    ]
    results = [with_pace_percentile(one, store.catalog, store.study) for one in results]
    return replace(results[0], others=tuple(results[1:]))


def _applies(store: SeriesStore, target: Target, area: str) -> Applies:
    bound, above_bound = store.bound_by(tuple(target.areas))
    if area in bound:
        return Applies.BINDS
    if any(above in bound for above in store.above(area)):
        return Applies.AS_IF
    if area in above_bound:
        return Applies.PARTS
    return Applies.ELSEWHERE


def _assess_reading(
    store: SeriesStore,
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
    question = Question(store, plan, target, reading, steps, blank.area)
    indicator, record, checks = question.indicator, question.record, question.checks
    results = tuple(question.result(check) for check in checks)
    blank = with_gap(blank, question)
    noise = noise_of(indicator, record, checks, results, blank.level)
    blank = replace(blank, checks=results, sources=record.sources, noise=noise)

    missed = any(result.holds is False for result in results)
    if missed or all(result.holds for result in results):
        if chance_decides(noise, checks, results, record):
            return replace(blank, verdict=Verdict.CANNOT_TELL, reason="noise")
        if missed:
            return replace(blank, verdict=Verdict.MISSED)
        return replace(blank, verdict=Verdict.MET, year_reached=question.due)
    undecided = blank.undecided(checks)
    if any(question.from_zero(check) for check in undecided):
        return replace(blank, verdict=Verdict.CANNOT_TELL, reason="change_from_zero")
    broken = any(question.broken(check) for check in undecided)
    # What arithmetic rules out needs no data.
    last_year = record.last_year or 0
    if not broken and not is_possible(
        checks,
        record.exact,
        limits=indicator.bounds,
        last_year=last_year,
        open_ends=indicator.open,
    ):
        return replace(blank, verdict=Verdict.IMPOSSIBLE, reason="bounds")
    lacking, missing = _lacking(question, undecided)
    if lacking:
        return replace(blank, verdict=Verdict.NO_DATA, missing=missing)
    if broken:
        return replace(blank, verdict=Verdict.CANNOT_TELL, reason="break")
    if pace_falls_short(plan, target, record, blank.level, question.due):
        blank = replace(blank, findings=("promised_pace",))
    return _forecast(question, undecided, blank)


def _lacking(question: Question, undecided: Sequence[Check]) -> tuple[bool, tuple[Missing, ...]]:
    """Tell whether what should be known by now is not, and what to ask for."""
    record = question.record
    needed = sorted({year for check in undecided for year in check.years})
    behind = [
        year
        for year in needed
        if year not in record.exact and (year <= (record.last_year or 0) or question.over(year))
    ]
    lacking = bool(behind) or record.last_year is None
    missing = question.missing(behind or needed) if lacking else ()
    for check in undecided:
        for area, values in question.rivals(check).items():
            if check.due not in values and (not values or question.over(check.due)):
                lacking, missing = True, missing + question.missing([check.due], area)
    return lacking, tuple(dict.fromkeys(missing))


def _forecast(question: Question, undecided: Sequence[Check], blank: Assessment) -> Assessment:
    record = question.record
    last_year = max(record.exact)
    breaks = question.store.breaks(question.indicator.id, record.area)
    if any(last_year < entry.year <= question.due for entry in breaks):
        return replace(blank, verdict=Verdict.CANNOT_TELL, reason="break")
    try:
        trajectory = question.trajectory(record.area)
        raw = question.probability(undecided)
    except UnforeseenError as error:
        missing = question.missing(sorted(year for year in record.bounds if year > last_year))
        return replace(
            blank, verdict=Verdict.CANNOT_TELL, reason=f"bound_unforeseen:{error}", missing=missing
        )
    except ProjectionError as error:
        wanted = [last_year - back for back in range(1, 4)]
        missing = question.missing([year for year in wanted if year not in record.exact])
        return replace(
            blank, verdict=Verdict.CANNOT_TELL, reason=f"too_little:{error}", missing=missing
        )
    if _hangs_on_unknown_whole(question, undecided, blank):
        missing = question.missing([last_year])
        return replace(blank, verdict=Verdict.CANNOT_TELL, reason="whole_unknown", missing=missing)
    probability = float(stated(raw))
    low, median, high = _ends(question, trajectory)
    years = _reached(question, undecided, blank, trajectory)
    blank = replace(
        blank,
        probability=probability,
        probability_raw=raw,
        interval=(low, high),
        median=median,
        reached=years,
        year_reached=years.median_year if years else None,
        model=trajectory.model,
        calibration=Calibration.of(
            trajectory.peers + 1, "amounts" if question.indicator.bounds[1] is None else "rates"
        ),
        unusual=trajectory.unusual,
        cautions=_cautions(question, last_year),
    )
    if question.due - last_year > TOO_FAR_YEARS:
        # So far ahead an interval is all that is shown.
        blank = replace(blank, probability=None, probability_raw=None, reached=None)
        return replace(blank, verdict=Verdict.CANNOT_TELL, reason="too_far", year_reached=None)
    verdict = verdict_of(probability)
    # Out of reach is out of reach of chance too; any other word would speak of chance alone.
    if blank.noise is not None and blank.noise.hidden and verdict is not Verdict.OUT_OF_REACH:
        return replace(blank, verdict=Verdict.CANNOT_TELL, reason="noise")
    return replace(blank, verdict=verdict)


def _ends(question: Question, trajectory: Trajectory) -> tuple[float, float, float]:
    """Give the 80 % interval of what is asked about, and its middle."""
    if question.sum_asked is None and question.due in trajectory.years:
        column = trajectory.years.index(question.due)
        ends = trajectory.quantiles([0.1, 0.5, 0.9])[:, column]
    else:
        ends = np.quantile(question.asked_about(question.drawn(question.area)), [0.1, 0.5, 0.9])
    low, median, high = (float(value) for value in ends)
    return low, median, high


def _cautions(question: Question, last_year: int) -> tuple[str, ...]:
    """Say what of a forecast nobody has tried, and that its series ended long ago."""
    cautions = []
    if question.due - last_year > TRIED_YEARS:
        cautions.append("untried")
    if question.store.study.as_of.year - last_year > ENDED_YEARS:
        cautions.append("ended")
    return tuple(cautions)


def _hangs_on_unknown_whole(question: Question, checks: Sequence[Check], blank: Assessment) -> bool:
    """
    Tell whether a check sits at 0 or 100 % of a number that nobody knows.

    One pupil among fifty and one among fifty thousand make 100 % two different promises.
    """
    limits = question.indicator.bounds
    if limits != (0, 100) or question.record.last_year in question.record.counts:
        return False
    bounds = [bound for check in checks if check.measure == "value" for bound in check.bounds]
    if blank.level is not None:
        bounds.append(blank.level)
    return any(bound.value in limits and not bound.strict for bound in bounds)


def _reached(
    question: Question, undecided: Sequence[Check], blank: Assessment, trajectory: Trajectory
) -> Reached | None:
    """
    Tell when the level is reached, up to some years beyond the due one.

    Where the level of one year is all that is still asked, it is the one that the verdict is about,
    and the year in which it is due has the verdict's probability.
    """
    if blank.level is None:
        return None
    # Other targets may have asked for a longer trajectory.
    years = [year for year in trajectory.years if year <= question.due + BEYOND]
    asked = level_asked(undecided, question.record.exact)
    level = asked[1] if asked else accepted(Check("value", (question.due,), (blank.level,)))
    drawn = reached(
        np.round(trajectory.draws[:, : len(years)], 9),
        years,
        level,
        last_year=trajectory.last_year,
        last_value=round(trajectory.last_value, 9),
    )
    # What was observed, if only as a bound, is a fact; all else is stated as far as is supported.
    there = {
        year
        for year, bound in question.record.bounds.items()
        if decided_by(*bound, Check("value", (year,), (blank.level,)))
    }
    first = min(there, default=years[-1] + 1) if drawn.since is None else years[0]
    still = [at_level(trajectory, year, level) for year in years]
    hit = np.maximum.accumulate(np.maximum(drawn.first_hit, still)).tolist()
    return replace(
        drawn,
        first_hit=_stated(hit, [year >= first for year in years]),
        still_there=_stated(still, [year in there for year in years]),
        stays=_stated(drawn.stays, [False] * len(years)),
        all_asked=asked is not None,
    )


def _stated(shares: Sequence[float], facts: Sequence[bool]) -> tuple[float, ...]:
    said = stated(shares).tolist()
    return tuple(1.0 if fact else share for share, fact in zip(said, facts, strict=True))
