"""What a target would take, in units that somebody controls: people, posts, places, marks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog import Bound, Indicator, Plan, Target
from edu_metrics.formulas.flows import fastest_fall
from edu_metrics.reachability.assessing import assess_target
from edu_metrics.reachability.counting import by_count
from edu_metrics.reachability.evidence import Evidence
from edu_metrics.reachability.mechanizing import (
    Built,
    Lacking,
    Quantities,
    mechanism_from_counts,
    mechanism_from_statement,
)
from edu_metrics.reachability.needs import EVEN, SURE, LeverNeed, Taking
from edu_metrics.reachability.open_promise import OpenPromise
from edu_metrics.reachability.parts import Part, adds_up, gap_by_parts
from edu_metrics.reachability.verdicts import Assessment, Verdict
from edu_metrics.trajectories.mechanisms import smallest_setting

__all__ = [
    "EVEN",
    "SURE",
    "LeverNeed",
    "PercentileOfPace",
    "Taking",
    "what_each_reading_takes",
    "what_it_takes",
]

#: Gives the percent of a reference class that did not pass a pace, in the better direction; None
#: where the study has no such class.
PercentileOfPace = Callable[[str, float], float | None]

#: What runs of a mechanism came to, by indicator, lever, setting and years.
_Runs = dict[tuple[str, str, float, tuple[int, ...]], NDArray[np.float64]]

#: A gain of less than this part of the value is dust.
_NOTHING = 1e-9


def what_it_takes(
    evidence: Evidence,
    plan: Plan,
    target: Target,
    area: str,
    *,
    assessment: Assessment | None = None,
    quantities: Quantities | None = None,
    percentile_of_pace: PercentileOfPace | None = None,
) -> Taking:
    """
    Say what the default reading of a target would take in an area.

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
    percentile_of_pace : callable, optional
        Says how usual a pace was; the study's reference class does when left out.

    Returns
    -------
    Taking
        The smallest settings, or why there are none.
    """
    found = assessment or assess_target(evidence, plan, target, area)
    known = quantities or Quantities(evidence)
    taken = _taken(evidence, plan, target, found, known, {}, sure=True)
    if percentile_of_pace is not None and taken.indicator and found.required_pace is not None:
        falling = evidence.catalog.indicator(taken.indicator).better == "lower"
        pace = found.required_pace * (-1 if falling else 1)
        taken = replace(taken, practice_percentile=percentile_of_pace(taken.indicator, pace))
    return taken


def what_each_reading_takes(
    evidence: Evidence,
    plan: Plan,
    target: Target,
    area: str,
    *,
    assessment: Assessment | None = None,
    quantities: Quantities | None = None,
) -> tuple[Taking, ...]:
    """
    Say what each reading of a target and each number of steps would take in an area.

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
    tuple of Taking
        The default first; the others with an even chance only, and only those that are open.
    """
    found = assessment or assess_target(evidence, plan, target, area)
    known = quantities or Quantities(evidence)
    runs: _Runs = {}  # readings of one target look at the same runs
    first = _taken(evidence, plan, target, found, known, runs, sure=True)
    others = (
        _taken(evidence, plan, target, other, known, runs, sure=False) for other in found.others
    )
    return first, *(other for other in others if other.kind != "none")


def _taken(
    evidence: Evidence,
    plan: Plan,
    target: Target,
    found: Assessment,
    quantities: Quantities,
    runs: _Runs,
    *,
    sure: bool,
) -> Taking:
    blank = Taking(found.area, target.id, found.reading, found.steps, found.indicator)
    if found.indicator is None or found.reason == "reading_undecided":
        return replace(blank, reason="reading_undecided")
    if found.verdict in (Verdict.MET, Verdict.MISSED):
        return replace(blank, reason="decided")
    if found.last_year is None or found.last_value is None:
        return replace(blank, reason="no_start", missing=found.missing)
    indicator = evidence.catalog.indicator(found.indicator)
    blank = replace(
        blank,
        start_year=found.last_year,
        start_value=found.last_value,
        parts=_parts(evidence, indicator, found),
        usual=found.probability,
        # The class of the study was asked when the target was assessed.
        practice_percentile=found.pace_percentile,
    )
    case = OpenPromise.of(evidence, plan, target, found)
    if isinstance(case, str):
        return replace(blank, reason=case)
    blank = replace(blank, past=evidence.study.as_of.year > case.years[-1])
    if indicator.mechanism is not None:
        return _by_mechanism(blank, case, quantities, runs, sure=sure)
    return by_count(blank, case, sure=sure)


def _by_mechanism(
    blank: Taking, case: OpenPromise, quantities: Quantities, runs: _Runs, *, sure: bool
) -> Taking:
    found, indicator = case.assessment, case.indicator
    start = int(found.last_year or 0)
    relative = found.start == "plan_statement"
    built: Built | Lacking
    if relative:
        built = mechanism_from_statement(indicator, start, float(found.last_value or 0.0))
    else:
        built = mechanism_from_counts(quantities, indicator, found.area, start)
    if isinstance(built, Lacking):
        reason = "contradiction" if built.contradiction else "lacks_numbers"
        return replace(blank, reason=reason, missing=built.missing)
    model, outcome = built.mechanism, built.outcome

    def run(lever: str, value: float) -> NDArray[np.float64]:
        key = (indicator.id, lever, value, case.years)
        if key not in runs:
            levers = model.levers.set(**{lever: value}) if lever else None
            runs[key] = model.project(case.years, levers).draws(outcome)
        return runs[key]

    usual, found_value = run("", 0.0), abs(float(found.last_value or 0.0))
    needs = []
    for lever in model.levers.levers:
        gain = float(np.mean(run(lever.name, lever.high) - usual))
        # A lever that does not move this outcome the better way is none here.
        if gain * (-1 if indicator.better == "lower" else 1) <= _NOTHING * max(1.0, found_value):
            continue

        def chance(value: float, name: str = lever.name) -> float:
            return float(np.mean(case.kept(run(name, value))))

        even = smallest_setting(lever, chance, EVEN)
        likely = smallest_setting(lever, chance, SURE) if sure else None
        needs.append(LeverNeed(lever.name, lever.unit, lever.usual, lever.high, even, likely))
    return replace(
        blank,
        kind="mechanism",
        flow=model.flow,
        relative=relative,
        under_model=float(np.mean(case.kept(usual))),
        needs=tuple(needs),
        fastest=_fastest(built),
    )


def _fastest(built: Built) -> float | None:
    """Give the floor under a fall: what does not heal falls only as old grades leave."""
    if built.mechanism.flow != "myopia":
        return None
    return -float(np.mean(fastest_fall(built.mechanism.start["by_grade"])))


def _parts(evidence: Evidence, indicator: Indicator, found: Assessment) -> tuple[Part, ...]:
    """Split the whole's gap over its districts, where the counts of every one are known."""
    level: Bound | None = found.level
    children: Sequence[str] = evidence.catalog.children(found.area, evidence.areas)
    if level is None or len(children) < 2 or indicator.bounds != (0, 100):
        return ()
    if not 0 <= level.value <= 100 or (level.strict and level.value in (0, 100)):
        return ()
    records = {area: evidence.record(indicator.id, area) for area in children}
    shared = set.intersection(*(set(record.counts) for record in records.values()))
    if found.last_year not in shared or found.start != "observed":
        return ()
    counts = {area: record.counts[found.last_year] for area, record in records.items()}
    own = evidence.record(indicator.id, found.area).counts.get(found.last_year)
    return gap_by_parts(counts, level) if adds_up(own, counts) else ()
