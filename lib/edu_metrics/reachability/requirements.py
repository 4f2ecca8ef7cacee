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
from edu_metrics.reachability.assessment import assess_target
from edu_metrics.reachability.gap import Part, adds_up, gap_by_parts
from edu_metrics.reachability.mechanisms import (
    MechanismStart,
    MissingInputs,
    Quantities,
    mechanism_from_counts,
    mechanism_from_statement,
)
from edu_metrics.reachability.question import OpenQuestion
from edu_metrics.reachability.series import SeriesStore, UnforeseenError, counts_whole
from edu_metrics.reachability.verdicts import Assessment, Missing, Verdict
from edu_metrics.trajectories import stated
from edu_metrics.trajectories.mechanisms import Lever, Setting, smallest_setting

#: How surely a target is to be reached: with even odds, and rather surely. [0-1]
EVEN, SURE = 0.5, 0.8
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
class Requirements:
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
        Probability as things are: the target's own, as its verdict states it; None where none is
        stated. [0-1]
    under_model : float or None
        Of a mechanism: in which part of what it assumes of its rates the target is kept when
        nothing new is done. Settings are held against this, and it is no second probability of the
        target. [0-1]
    needs : tuple of LeverNeed
        Lever by lever.
    standing_still : bool
        Whether the series is taken to stand still, because nothing says how far it moves.
    past : bool
        Whether the year in which it falls due was over by the study's date: then this is what it
        would have taken.
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
    under_model: float | None = None
    needs: tuple[LeverNeed, ...] = ()
    standing_still: bool = False
    past: bool = False
    parts: tuple[Part, ...] = ()
    practice_percentile: float | None = None
    fastest: float | None = None
    reason: str | None = None
    missing: tuple[Missing, ...] = ()

    @property
    def deciding(self) -> str | None:
        """The district whose shortfall is the largest part of the whole's, if any falls short."""
        return self.parts[0].area if self.parts and self.parts[0].people > 0 else None


#: Gives the percent of a reference class that did not pass a pace, in the better direction; None
#: where the study has no such class.
PercentileOfPace = Callable[[str, float], float | None]
#: What runs of a mechanism came to, by indicator, lever, setting and years.
_Runs = dict[tuple[str, str, float, tuple[int, ...]], NDArray[np.float64]]
#: A gain of less than this part of the value is dust.
_NOTHING = 1e-9


def what_it_takes(
    evidence: SeriesStore,
    plan: Plan,
    target: Target,
    area: str,
    *,
    assessment: Assessment | None = None,
    quantities: Quantities | None = None,
    percentile_of_pace: PercentileOfPace | None = None,
) -> Requirements:
    """
    Say what the default reading of a target would take in an area.

    Parameters
    ----------
    evidence : SeriesStore
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
    Requirements
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


def requirements_of(
    evidence: SeriesStore,
    plan: Plan,
    target: Target,
    area: str,
    *,
    assessment: Assessment | None = None,
    quantities: Quantities | None = None,
) -> tuple[Requirements, ...]:
    """
    Say what each reading of a target and each number of steps would take in an area.

    Parameters
    ----------
    evidence : SeriesStore
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
    tuple of Requirements
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
    evidence: SeriesStore,
    plan: Plan,
    target: Target,
    found: Assessment,
    quantities: Quantities,
    runs: _Runs,
    *,
    sure: bool,
) -> Requirements:
    blank = Requirements(found.area, target.id, found.reading, found.steps, found.indicator)
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
    case = OpenQuestion.of(evidence, plan, target, found)
    if isinstance(case, str):
        return replace(blank, reason=case)
    blank = replace(blank, past=evidence.study.as_of.year > case.years[-1])
    if indicator.mechanism is not None:
        return _by_mechanism(blank, case, quantities, runs, sure=sure)
    return by_count(blank, case, sure=sure)


def _by_mechanism(
    blank: Requirements, case: OpenQuestion, quantities: Quantities, runs: _Runs, *, sure: bool
) -> Requirements:
    found, indicator = case.assessment, case.indicator
    start = int(found.last_year or 0)
    relative = found.start == "plan_statement"
    built: MechanismStart | MissingInputs
    if relative:
        built = mechanism_from_statement(indicator, start, float(found.last_value or 0.0))
    else:
        built = mechanism_from_counts(quantities, indicator, found.area, start)
    if isinstance(built, MissingInputs):
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


def _fastest(built: MechanismStart) -> float | None:
    """Give the floor under a fall: what does not heal falls only as old grades leave."""
    if built.mechanism.flow != "myopia":
        return None
    return -float(np.mean(fastest_fall(built.mechanism.start["by_grade"])))


def _parts(evidence: SeriesStore, indicator: Indicator, found: Assessment) -> tuple[Part, ...]:
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


def by_count(blank: Requirements, case: OpenQuestion, *, sure: bool) -> Requirements:
    """
    Count who must be added each year to what comes of itself.

    Parameters
    ----------
    blank : Requirements
        What is known so far.
    case : OpenQuestion
        What is still open.
    sure : bool
        Whether the setting for 0.8 is looked for as well.

    Returns
    -------
    Requirements
        With the smallest numbers, or why there are none. They are looked for among the draws as
        they are; a probability that is told is kept within what the track record supports.
    """
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

    def part(more: float) -> float:
        moved: NDArray[np.float64] = np.asarray(base + more * growing, dtype=np.float64)
        # A count comes to whole persons; dust must not ask for one more.
        return float(np.mean(case.kept(np.round(moved, 9))))

    def chance(more: float) -> float:
        # With nobody added this is the target's own, and there is one of those.
        own = found.probability_raw
        return part(more) if more or own is None else own

    if standing_still:
        every = case.kept(np.round(base + np.arange(most + 1)[:, None] * growing, 9))
        setting = _first(np.flatnonzero(every))
        need = LeverNeed(
            MORE_A_YEAR, "persons", 0.0, float(most), setting, setting if sure else None
        )
        return replace(blank, kind="count", needs=(need,), standing_still=True)

    lever = Lever(MORE_A_YEAR, "persons", 0.0, 0.0, float(most), whole=True)
    even = smallest_setting(lever, chance, EVEN)
    likely = smallest_setting(lever, chance, SURE) if sure else None
    even, likely = _stated(even), None if likely is None else _stated(likely)
    need = LeverNeed(MORE_A_YEAR, "persons", 0.0, float(most), even, likely)
    return replace(blank, kind="count", needs=(need,))


def _first(enough: NDArray[np.int64]) -> Setting:
    """Give the smallest number of those that are enough, where nothing is left to chance."""
    if not enough.size:
        return Setting(MORE_A_YEAR, None, 0.0, "beyond_bounds")
    more = float(enough[0])
    return Setting(MORE_A_YEAR, more, 1.0, "found" if more else "usual_is_enough")


def _stated(setting: Setting) -> Setting:
    return replace(setting, probability=float(stated(setting.probability)))
