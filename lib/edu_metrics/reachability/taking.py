"""What a target would take, in units that somebody controls: people, posts, places, marks."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog import Bound, Indicator, Plan, Target
from edu_metrics.errors import ProjectionError
from edu_metrics.formulas.flows import fastest_fall
from edu_metrics.reachability.agreeing import UnforeseenError
from edu_metrics.reachability.assessing import assess_target
from edu_metrics.reachability.evidence import Evidence, counts_whole
from edu_metrics.reachability.mechanizing import (
    Built,
    Lacking,
    Quantities,
    mechanism_from_counts,
    mechanism_from_statement,
)
from edu_metrics.reachability.open_promise import OpenPromise
from edu_metrics.reachability.parts import Part, gap_by_parts
from edu_metrics.reachability.verdicts import Assessment, Missing, Verdict
from edu_metrics.trajectories.mechanisms import Setting, smallest_setting

__all__ = [
    "EVEN",
    "SURE",
    "LeverNeed",
    "PercentileOfPace",
    "Taking",
    "what_each_reading_takes",
    "what_it_takes",
]

#: How surely a target is to be reached: with even odds, and rather surely. [0-1]
EVEN, SURE = 0.5, 0.8

#: Gives the percent of a reference class that did not pass a pace, in the better direction; None
#: where the study has no such class.
PercentileOfPace = Callable[[str, float], float | None]

#: What runs of a mechanism came to, by indicator, lever, setting and years.
_Runs = dict[tuple[str, str, float, tuple[int, ...]], NDArray[np.float64]]

#: A gain of less than this part of the value is dust.
_NOTHING = 1e-9

#: The lever of a count: so many more a year (fewer, where less is better) than come of themselves.
MORE_A_YEAR = "more_a_year"


@dataclass(frozen=True, slots=True)
class LeverNeed:
    """
    One lever, the others staying as usual.

    Attributes
    ----------
    lever, unit : str
        Which, and what it is counted in.
    usual, high : float
        Where it stands when nothing new is done, and the most that is taken to be possible.
        [unit of the lever a year]
    even, sure : Setting
        The smallest setting that reaches the target with a probability of 0.5 and of 0.8; of
        another reading than the default only the first is looked for.
    """

    lever: str
    unit: str
    usual: float
    high: float
    even: Setting
    sure: Setting | None


@dataclass(frozen=True)
class Taking:
    """
    What one target would take in one area.

    Attributes
    ----------
    area, target, reading, steps, indicator
        What is spoken of.
    kind : {"mechanism", "count", "none"}
        What the answer comes from: a flow model, the people behind a rate, or nothing.
    flow : str or None
        The flow of a mechanism.
    relative : bool
        Whether it starts from the plan's own statement, so that persons are for each 100.
    start_year, start_value : int and float, or None
        Where it starts. [unit of the indicator]
    usual : float or None
        Probability when nothing new is done. [0-1]
    needs : tuple of LeverNeed
        Lever by lever.
    standing_still : bool
        Whether the series is taken to stand still, because nothing says how far it moves.
    parts : tuple of Part
        Districts, the one that pulls the whole back most first; empty where not known.
    practice_percentile : float or None
        Percent of the reference class that did not pass the pace needed. [0-100]
    fastest : float or None
        The fastest change a year that arithmetic allows, where it is known: of myopia the fall if
        nobody became myopic any more. [unit of the indicator a year]
    reason : str or None
        Why there is no answer: decided, no_start, no_count, lacks_numbers, contradiction, rank,
        reading_undecided, earlier_year_unknown, bound_unforeseen.
    missing : tuple of Missing
        The numbers that would give one.
    """

    area: str
    target: str
    reading: str | None = None
    steps: int | None = None
    indicator: str | None = None
    kind: Literal["mechanism", "count", "none"] = "none"
    flow: str | None = None
    relative: bool = False
    start_year: int | None = None
    start_value: float | None = None
    usual: float | None = None
    needs: tuple[LeverNeed, ...] = ()
    standing_still: bool = False
    parts: tuple[Part, ...] = ()
    practice_percentile: float | None = None
    fastest: float | None = None
    reason: str | None = None
    missing: tuple[Missing, ...] = ()

    @property
    def deciding(self) -> str | None:
        """The district whose shortfall is the largest part of the whole's, if any falls short."""
        return self.parts[0].area if self.parts and self.parts[0].people > 0 else None


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
        # The class of the study was asked when the target was assessed.
        practice_percentile=found.pace_percentile,
    )
    case = OpenPromise.of(evidence, plan, target, indicator, found)
    if isinstance(case, str):
        return replace(blank, reason=case)
    if indicator.mechanism is not None:
        return _by_mechanism(blank, case, quantities, runs, sure=sure)
    return _by_count(blank, case, sure=sure)


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
        usual=float(np.mean(case.kept(usual))),
        needs=tuple(needs),
        fastest=_fastest(built),
    )


def _fastest(built: Built) -> float | None:
    """Give the floor under a fall: what does not heal falls only as old grades leave."""
    if built.mechanism.flow != "myopia":
        return None
    return -float(np.mean(fastest_fall(built.mechanism.start["by_grade"])))


def _by_count(blank: Taking, case: OpenPromise, *, sure: bool) -> Taking:
    """Count who must be added each year to what comes of itself."""
    found, indicator = case.assessment, case.indicator
    record = case.evidence.record(indicator.id, found.area)
    start, value = int(found.last_year or 0), float(found.last_value or 0.0)
    falling = indicator.better == "lower"
    if found.start == "observed" and indicator.bounds == (0, 100) and start in record.counts:
        numerator, whole = record.counts[start]
        most = math.floor(numerator if falling else whole - numerator)
        each = 100 / whole
    elif found.start == "observed" and counts_whole(indicator) and found.level is not None:
        each, most = 1.0, 10 + 3 * math.ceil(abs(found.level.gap(value)))
    else:
        return replace(blank, reason="no_count", missing=found.missing)
    try:
        trend = case.evidence.trajectory(indicator.id, found.area, case.years[-1])
        base = np.stack([trend.at(year) for year in case.years], axis=1)
        standing_still = False
    except UnforeseenError:
        return replace(blank, reason="bound_unforeseen")
    except ProjectionError:
        base, standing_still = np.full((1, len(case.years)), value), True
    growing = np.arange(1, len(case.years) + 1) * each * (-1 if falling else 1)

    def probability(more: int) -> float:
        moved: NDArray[np.float64] = np.asarray(base + more * growing, dtype=np.float64)
        # A count comes to whole persons; dust must not ask for one more.
        return float(np.mean(case.kept(np.round(moved, 9))))

    even = _smallest(probability, most, EVEN)
    likely = _smallest(probability, most, SURE) if sure else None
    need = LeverNeed(MORE_A_YEAR, "persons", 0.0, float(most), even, likely)
    return replace(
        blank,
        kind="count",
        usual=probability(0),
        needs=(need,),
        standing_still=standing_still,
    )


def _smallest(probability: Callable[[int], float], most: int, asked: float) -> Setting:
    found = probability(0)
    if found >= asked:
        return Setting(MORE_A_YEAR, 0.0, found, "usual_is_enough")
    low, high, best = 0, 1, found
    while (reached := probability(min(high, most))) < asked:
        best = max(best, reached)
        if high >= most:
            return Setting(MORE_A_YEAR, None, best, "beyond_bounds")
        low, high = high, 2 * high
    high = min(high, most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if probability(middle) >= asked else (middle, high)
    return Setting(MORE_A_YEAR, float(high), probability(high), "found")


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
    return gap_by_parts({area: r.counts[found.last_year] for area, r in records.items()}, level)
