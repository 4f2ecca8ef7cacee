"""Hold a target's readings against a series and its draws, as of a date."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from edu_metrics.catalog import Bound, Catalog, Indicator, Rank, Study, Target
from edu_metrics.errors import DataError, ProjectionError
from edu_metrics.observations import ENDED_YEARS, MissingInput
from edu_metrics.reachability.arithmetic import (
    final_bound,
    is_possible,
    is_vacuous,
    level_due,
    pace_falls_short,
    people_behind,
    required_pace,
    upwards,
    whole_level,
    years_needed,
)
from edu_metrics.reachability.checks import (
    BEYOND,
    Check,
    CheckResult,
    Reached,
    accepted,
    decided,
    decided_by,
    level_asked,
    reached,
    still_open,
)
from edu_metrics.reachability.precedent import with_pace_percentile
from edu_metrics.reachability.question import NoJointForecastError, Question
from edu_metrics.reachability.series import SeriesStore, UnforeseenError, counts_whole
from edu_metrics.reachability.verdicts import (
    Applies,
    Assessment,
    Fields,
    Noise,
    Total,
    Verdict,
    chance_decides,
    noise_of,
    verdict_of,
)
from edu_metrics.trajectories import TOO_FAR_YEARS, TRIED_YEARS, Calibration, Trajectory, stated

if TYPE_CHECKING:
    import pandas as pd


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
    return list(assessed(SeriesStore(catalog, study, table), areas=areas, targets=targets))


def assessed(
    store: SeriesStore,
    *,
    areas: Iterable[str] | None = None,
    targets: Iterable[str] | None = None,
    numeric: bool = False,
) -> Iterator[Assessment]:
    """
    Assess the targets of a study's plan, one after the other, from series that are at hand.

    Parameters
    ----------
    store : SeriesStore
        The study's series as of its date.
    areas, targets
        As for :func:`assess`.
    numeric : bool, optional
        Only targets that a number of the plan's own judges.

    Returns
    -------
    iterator of Assessment
        By area and then by target.

    Raises
    ------
    DefinitionError
        If the study has no such area, its plan no such target, or the plan is a draft.
    """
    plan = store.catalog.plan_judged(store.study)
    wanted = [one for one in plan.chosen(targets) if one.numeric or not numeric]
    chosen = [store.catalog.study_area(store.study, area).id for area in areas or ()]
    return (
        assess_target(store, target, area) for area in chosen or store.areas for target in wanted
    )


def assess_target(store: SeriesStore, target: Target, area: str) -> Assessment:
    """
    Assess one target in one area under all its readings.

    Parameters
    ----------
    store : SeriesStore
        The study's series as of its date.
    target : Target
        The promise.
    area : str
        Area of the study.

    Returns
    -------
    Assessment
        That of the default reading and steps, with all others in ``others``.
    """
    applies = _applies(store, target, area)
    if not target.readings:
        found = {"verdict": Verdict.TRACKED, "indicator": target.indicator}
        return _assessment(store, target, area, applies, **found)
    first, *others = (
        with_pace_percentile(
            _held_to_rounding(Question(store, target, reading, steps, area), applies),
            store.catalog,
            store.study,
        )
        for reading, steps in store.plan.combinations(target)
    )
    return replace(first, others=tuple(others))


def _assessment(
    store: SeriesStore, target: Target, area: str, applies: Applies, **found: Any
) -> Assessment:
    """Say what was found of a target in an area."""
    study = store.study
    return Assessment(study.id, area, target.id, applies, as_of=study.as_of, **found)


def _applies(store: SeriesStore, target: Target, area: str) -> Applies:
    bound, above_bound = store.bound_by(tuple(target.areas))
    if area in bound:
        return Applies.BINDS
    if any(above in bound for above in store.catalog.above(area)):
        return Applies.AS_IF
    if area in above_bound:
        return Applies.PARTS
    return Applies.ELSEWHERE


def _held_to_rounding(question: Question, applies: Applies) -> Assessment:
    """Assess one reading; where figures were rounded, only what holds at both their ends."""
    found = _assess_reading(question, applies)
    if found.indicator is None or question.reading.undecided or not question.record.rounded:
        return found
    ends = [
        _assess_reading(replace(question, store=question.store.at_end(end)), applies).verdict
        for end in ("lower", "upper")
    ]
    if all(verdict is found.verdict for verdict in ends):
        return found
    return replace(
        found,
        verdict=Verdict.CANNOT_TELL,
        reason="rounded",
        probability=None,
        probability_raw=None,
        year_reached=None,
    )


def _assess_reading(question: Question, applies: Applies) -> Assessment:
    store, target, reading = question.store, question.target, question.reading
    indicator_id = reading.indicator or target.indicator
    about = {"reading": reading.id, "steps": question.steps, "indicator": indicator_id}
    found = partial(_assessment, store, target, question.area, applies, **about)
    if reading.undecided or indicator_id is None:
        return found(verdict=Verdict.CANNOT_TELL, reason="reading_undecided")
    record, checks = question.record, question.checks
    if applies is Applies.PARTS and reading.of(Rank):
        return found(verdict=Verdict.CANNOT_TELL, reason="rank_of_parts")
    results = tuple(question.result(check) for check in checks)
    stands = standing(question, applies)
    noise = noise_of(question.indicator, record, results, stands["level"])
    answer = _answer(question.of_parts, results, stands["level"], noise)
    if (
        applies is Applies.AS_IF
        and answer["verdict"] is not Verdict.NO_DATA
        and _is_total(question)
    ):
        # What a whole is to come to in all says nothing of what a part of it has to bring.
        known = {name: stands[name] for name in ("last_year", "last_value", "start")}
        return found(sources=record.sources, **known, **_cannot_tell("total_of_whole"))
    if question.of_parts is not question:
        answer |= {"interval": None, "median": None}
    return found(checks=results, sources=record.sources, noise=noise, **stands, **answer)


def _is_total(question: Question) -> bool:
    """Tell whether so many in all are asked for: the level, gain or sum of what areas add up."""
    if question.indicator.formula != "count":
        return False
    return any(
        check.measure in ("value", "points", "sum") and any(bound.value for bound in check.bounds)
        for check in question.checks
    )


def _answer(
    question: Question, results: Sequence[CheckResult], level: Bound | None, noise: Noise | None
) -> Fields:
    """Give the verdict, and what it rests on: first what is known, then what chance may bring."""
    record, checks = question.record, question.checks
    kept = decided(results)
    if kept is not None:
        if chance_decides(noise, results, record):
            return _cannot_tell("noise")
        if not kept:
            return {"verdict": Verdict.MISSED}
        return {"verdict": Verdict.MET, "year_reached": question.due}
    undecided = still_open(results)
    if any(question.from_zero(check) for check in undecided):
        return _cannot_tell("change_from_zero")
    broken = any(question.broken(check) for check in undecided)
    # What arithmetic rules out needs no data.
    last_year, indicator = record.last_year or 0, question.indicator
    if not broken and not is_possible(
        checks, record.exact, limits=indicator.bounds, last_year=last_year, open_ends=indicator.open
    ):
        return {"verdict": Verdict.IMPOSSIBLE, "reason": "bounds"}
    lacking, missing = _lacking(question, undecided)
    if lacking:
        withheld = question.store.withheld(missing)
        return {
            "verdict": Verdict.NO_DATA,
            "missing": missing,
            "reason": "suppressed" if withheld else None,
        }
    if broken:
        return _cannot_tell("break")
    plan = question.store.plan
    slow = pace_falls_short(plan, question.target, record.exact, level, question.due)
    findings = ("promised_pace",) if slow else ()
    return {"findings": findings, **_forecast(question, undecided, level, noise)}


def _cannot_tell(reason: str, missing: tuple[MissingInput, ...] = ()) -> Fields:
    return {"verdict": Verdict.CANNOT_TELL, "reason": reason, "missing": missing}


def _lacking(
    question: Question, undecided: Sequence[Check]
) -> tuple[bool, tuple[MissingInput, ...]]:
    """Tell whether what should be known by now is not, and what to ask for."""
    record = question.record
    needed = sorted({year for check in undecided for year in check.own_years})
    behind = [
        year
        for year in needed
        if year not in record.exact and (year <= (record.last_year or 0) or question.over(year))
    ]
    lacking = bool(behind) or record.last_year is None
    missing = question.missing(behind or needed) if lacking else ()
    for check in undecided:
        others = check.others(question.indicator.id)
        for name, values in question.rivals(check).items():
            unknown = [year for year in check.others_years(name) if year not in values]
            behind = [year for year in unknown if not values or question.over(year)]
            if behind:
                lacking, missing = (
                    True,
                    missing + question.store.missing(*others[name], tuple(behind)),
                )
    return lacking, tuple(dict.fromkeys(missing))


def _forecast(
    question: Question, undecided: Sequence[Check], level: Bound | None, noise: Noise | None
) -> Fields:
    record = question.record
    last_year = max(record.exact)
    breaks = question.store.breaks(question.indicator.id, record.area)
    if any(last_year < entry.year <= question.due for entry in breaks):
        return _cannot_tell("break")
    try:
        trajectory = question.trajectory(record.area)
        raw = question.probability(undecided)
    except NoJointForecastError as error:
        return _cannot_tell(f"no_joint_forecast:{error}")
    except UnforeseenError as error:
        wanted = sorted(year for year in record.bounds if year > last_year)
        return _cannot_tell(f"bound_unforeseen:{error}", question.missing(wanted))
    except ProjectionError as error:
        wanted = [last_year - back for back in range(1, 4)]
        missing = question.missing([year for year in wanted if year not in record.exact])
        return _cannot_tell(f"too_little:{error}", missing)
    if _hangs_on_unknown_whole(question, undecided, level):
        return _cannot_tell("whole_unknown", question.missing([last_year]))
    low, median, high = _ends(question, trajectory)
    rests_on = {
        "interval": (low, high),
        "median": median,
        "model": trajectory.model,
        "calibration": Calibration.of(
            trajectory.peers + 1, "amounts" if question.indicator.bounds[1] is None else "rates"
        ),
        "unusual": trajectory.unusual,
        "cautions": _cautions(question, last_year),
    }
    if question.due - last_year > TOO_FAR_YEARS:
        # So far ahead an interval is all that is shown.
        return {**rests_on, **_cannot_tell("too_far")}
    probability = float(stated(raw))
    years = None if level is None else _reached(question, undecided, level, trajectory)
    chances = {
        "probability": probability,
        "probability_raw": raw,
        "reached": years,
        "year_reached": years.median_year if years else None,
    }
    verdict = verdict_of(probability)
    # Very unlikely is so with chance too; any other word would speak of chance alone.
    if noise is not None and noise.hidden and verdict is not Verdict.OUT_OF_REACH:
        return {**rests_on, **chances, **_cannot_tell("noise")}
    return {**rests_on, **chances, "verdict": verdict}


def _ends(question: Question, trajectory: Trajectory) -> tuple[float, float, float]:
    """Give the 80 % interval of what is asked about, and its middle."""
    if question.sum_asked is None and question.due in trajectory.years:
        column = trajectory.years.index(question.due)
        ends = trajectory.quantiles([0.1, 0.5, 0.9])[:, column]
    else:
        ends = np.quantile(question.asked_about(question.drawn()), [0.1, 0.5, 0.9])
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


def _hangs_on_unknown_whole(
    question: Question, checks: Sequence[Check], level: Bound | None
) -> bool:
    """
    Tell whether a check sits at 0 or 100 % of a number that nobody knows.

    One pupil among fifty and one among fifty thousand make 100 % two different promises.
    """
    limits = question.indicator.bounds
    if limits != (0, 100) or question.record.last_year in question.record.counts:
        return False
    bounds = [bound for check in checks if check.measure == "value" for bound in check.bounds]
    if level is not None:
        bounds.append(level)
    # Every rate keeps "0 % or more".
    return any(
        bound.value in (limits if bound.op == "==" else limits[1:] if bound.rising else limits[:1])
        and not bound.strict
        for bound in bounds
    )


def _reached(
    question: Question, undecided: Sequence[Check], level: Bound, trajectory: Trajectory
) -> Reached:
    """
    Tell when the level is reached, up to some years beyond the due one.

    Where the level of one year is all that is still asked, it is the one that the verdict is about,
    and the year in which it is due has the verdict's probability.
    """
    # Other targets may have asked for a longer trajectory.
    years = [year for year in trajectory.years if year <= question.due + BEYOND]
    asked = level_asked(undecided, question.record.exact)
    values = asked[1] if asked else accepted(Check("value", (question.due,), (level,)))
    drawn = reached(
        np.round(trajectory.draws[:, : len(years)], 9),
        years,
        values,
        last_year=trajectory.last_year,
        last_value=round(trajectory.last_value, 9),
    )
    # What was observed, if only as a bound, is a fact; all else is stated as far as is supported.
    there = {
        year
        for year, bound in question.record.bounds.items()
        if decided_by(*bound, Check("value", (year,), (level,)))
    }
    first = min(there, default=years[-1] + 1) if drawn.since is None else years[0]
    still = trajectory.probabilities(values.bounds)[: len(years)]
    hit = np.maximum.accumulate(np.maximum(drawn.first_hit, still))
    told = stated([hit, still, drawn.stays])
    told[0, [year >= first for year in years]] = 1.0
    told[1, [year in there for year in years]] = 1.0
    first_hit, still_there, stays = map(tuple, told.tolist())
    return replace(
        drawn,
        first_hit=first_hit,
        still_there=still_there,
        stays=stays,
        all_asked=asked is not None,
    )


def standing(question: Question, applies: Applies) -> Fields:
    """
    Say where a series stands before a target: what of an assessment needs no chance.

    Parameters
    ----------
    question : Question
        The reading's series and checks.
    applies : Applies
        How the target stands to the area.

    Returns
    -------
    dict
        Fields of an assessment: ``level`` always; start, gap, paces and people as far as they can
        be said.
    """
    indicator, record, checks = question.indicator, question.record, question.checks
    known, start = dict(record.exact), "observed"
    last_year = max((year for year in known if year <= question.due), default=None)
    if last_year is None and (said := _stated_start(question, applies)):
        known, start = said, "plan_statement"
        last_year = next(iter(said))
    level = final_bound(checks, known)
    level = None if level is None else _asked(level, indicator)
    if last_year is None:
        return {"level": level}
    value = known[last_year]
    found: Fields = {
        "level": level,
        "last_year": last_year,
        "last_value": value,
        "start": start,
        "vacuous": is_vacuous(checks, known, last_year),
    }
    if level is None:
        return found | (_towards_total(question, last_year) if start == "observed" else {})
    gap = round(level.gap(value), 9)
    found["gap"] = gap
    found["required_pace"], found["required_by"] = _hardest_pace(
        checks, known, indicator, last_year
    )
    if start == "plan_statement":
        return found
    if record.past_pace is not None:
        towards = record.past_pace if upwards(level, value) else -record.past_pace
        found["past_pace"] = record.past_pace
        found["years_needed"] = years_needed(gap, towards, strict=level.strict)
    if indicator.unit == "percent" and last_year in record.counts:
        found["people"] = _people(level, *record.counts[last_year])
    elif counts_whole(indicator):
        found["people"] = max(math.ceil(gap), 0)
    return found


def _stated_start(question: Question, applies: Applies) -> dict[int, float]:
    """
    Give the start that the plan itself states, by year; nothing where it may not stand for one.

    It is an assumption, and marked as one. It speaks of the places that the plan binds and of no
    other; without a year, of the day of issue. Before that day nobody knew what it would say.
    """
    plan, stated = question.store.plan, question.target.baseline
    issued = plan.issued <= question.store.study.as_of
    if stated is None or not stated.exact or not issued or applies is not Applies.BINDS:
        return {}
    first = min(year for check in question.checks for year in check.years)
    return {stated.year or min(plan.issued.year, first): stated.value}


def _asked(level: Bound, indicator: Indicator) -> Bound:
    """Give a level as it can be met: of persons and institutions the next whole one."""
    return whole_level(level) if counts_whole(indicator) else level


def _hardest_pace(
    checks: Sequence[Check], known: Mapping[int, float], indicator: Indicator, last_year: int
) -> tuple[float | None, int | None]:
    """
    Give the change a year that the hardest of the years still to come asks for, and that year.

    A level that is due next year asks for a faster pace than the same level a year later. One that
    is met already asks for none. Years are counted from that of the last value, as gap, past pace
    and forecast are: what happened since is not published, which does not mean that nothing did.
    """
    value = known[last_year]
    paces: list[tuple[float, int]] = []
    for due in sorted({check.due for check in checks if check.due > last_year}):
        level = level_due(checks, due, known)
        if level is not None:
            level = _asked(level, indicator)
            there = level.met_by(round(value, 9))
            pace = 0.0 if there else required_pace(value, level.value, due - last_year)
            paces.append((pace, due))
    # Of equally hard years the first one counts.
    return max(paces, key=lambda one: abs(one[0]), default=(None, None))


def _towards_total(question: Question, last_year: int) -> Fields:
    """Say of a sum over years what is done, what is left, and what each year left has to bring."""
    exact, asked = question.record.exact, question.sum_asked
    if asked is None:
        return {}
    bound = _asked(asked.bounds[0], question.indicator)
    over = [year for year in asked.years if year <= last_year]
    if not all(year in exact for year in over):
        return {"total": Total(bound, asked.years, None)}
    so_far = round(sum(exact[year] for year in over), 9)
    gap = round(bound.gap(so_far), 9)
    # What a year brought so far: in the years of the sum, or before them where none is over.
    brought = [exact[year] for year in over] or list(exact.values())
    past = round(sum(brought) / len(brought), 9)
    found: Fields = {
        "total": Total(bound, asked.years, so_far),
        "gap": gap,
        "past_pace": past,
        "years_needed": years_needed(gap, past, strict=bound.strict),
    }
    left = [year for year in asked.years if year > last_year]
    if left:
        found["required_pace"] = max(required_pace(so_far, bound.value, len(left)), 0.0)
        found["required_by"] = asked.due
    return found


def _people(level: Bound, numerator: float, denominator: float) -> int | None:
    try:
        return max(people_behind(level, numerator, denominator), 0)
    except DataError:  # above 100 % of a whole: no number of persons does it
        return None
