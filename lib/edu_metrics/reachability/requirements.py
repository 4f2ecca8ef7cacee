"""What a target would take, in units that somebody controls: people, posts, places, marks."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog import Bound, Indicator
from edu_metrics.errors import ProjectionError
from edu_metrics.formulas.flows import FLOWS
from edu_metrics.observations import MissingInput
from edu_metrics.reachability.arithmetic import Part, adds_up, gap_by_parts
from edu_metrics.reachability.question import (
    JudgedQuestion,
    MechanismStart,
    MissingInputs,
)
from edu_metrics.reachability.series import SeriesStore, UnforeseenError
from edu_metrics.reachability.verdicts import Assessment, TargetAnswer
from edu_metrics.trajectories import stated
from edu_metrics.trajectories.mechanisms import Lever, Mechanism, Setting, smallest_setting

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
class Requirements(TargetAnswer):
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
    missing : tuple of MissingInput
        The numbers that would give one.
    """

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
    missing: tuple[MissingInput, ...] = ()

    @property
    def deciding(self) -> str | None:
        """The district whose shortfall is the largest part of the whole's, if any falls short."""
        return self.parts[0].area if self.parts and self.parts[0].people > 0 else None


#: What runs of a mechanism came to, by indicator, lever, setting and years.
_Runs = dict[tuple[str, str, float, tuple[int, ...]], NDArray[np.float64]]
#: A gain of less than this part of the value is dust.
_DUST = 1e-9


def requirements_of(store: SeriesStore, assessment: Assessment) -> tuple[Requirements, ...]:
    """
    Say what each reading of a target and each number of steps would take in an area.

    Parameters
    ----------
    store : SeriesStore
        The study's series as of its date.
    assessment : Assessment
        Of the target in an area.

    Returns
    -------
    tuple of Requirements
        The default first; the others with an even chance only, and only those that are open.
    """
    runs: _Runs = {}  # readings of one target look at the same runs
    first, *others = (
        _required(store, one, runs, sure=one is assessment)
        for one in (assessment, *assessment.others)
    )
    return first, *(other for other in others if other.kind != "none")


def _required(
    store: SeriesStore, assessment: Assessment, runs: _Runs, *, sure: bool
) -> Requirements:
    blank = Requirements.of(assessment)
    if assessment.closed:
        return replace(blank, reason=assessment.closed, missing=assessment.missing)
    indicator = store.catalog.indicator(str(assessment.indicator))
    blank = replace(
        blank,
        start_year=assessment.last_year,
        start_value=assessment.last_value,
        parts=_parts(store, indicator, assessment),
        usual=assessment.probability,
        practice_percentile=assessment.pace_percentile,
    )
    question = JudgedQuestion.of(store, assessment).of_parts
    if question.closed:
        return replace(blank, reason=question.closed)
    blank = replace(blank, past=question.over(question.open.years[-1]))
    if indicator.mechanism is None:
        return _by_count(blank, question, sure=sure)
    start = question.mechanism
    if isinstance(start, MissingInputs):
        return replace(blank, reason=start.reason, missing=start.missing)
    return _by_mechanism(blank, question, start, runs, sure=sure)


def _need(lever: Lever, chance: Callable[[float], float], *, sure: bool) -> LeverNeed:
    """Look for the smallest settings of a lever."""
    even = smallest_setting(lever, chance, EVEN)
    likely = smallest_setting(lever, chance, SURE) if sure else None
    return LeverNeed(lever.name, lever.unit, lever.usual, lever.high, even, likely)


def _by_mechanism(
    blank: Requirements, question: JudgedQuestion, start: MechanismStart, runs: _Runs, *, sure: bool
) -> Requirements:
    indicator, model, left = question.indicator, start.mechanism, question.open

    def run(lever: str, value: float) -> NDArray[np.float64]:
        key = (indicator.id, lever, value, left.years)
        if key not in runs:
            settings = {lever: value} if lever else {}
            # The ends of a search are held against the domains of the flow; what lies between
            # them stays within.
            end = not lever or value in ends[lever]
            runs[key] = model.project(start.outcome, left.years, settings, held=end)
        return runs[key]

    def chance(value: float, lever: str) -> float:
        return float(np.mean(left.kept(run(lever, value))))

    ends = {lever.name: (lever.usual, lever.high) for lever in model.levers}
    usual, stands = run("", 0.0), abs(question.start_value)
    better = -1 if indicator.better == "lower" else 1
    # A lever that does not move this outcome the better way is none here.
    levers = [
        lever
        for lever in model.levers
        if better * float(np.mean(run(lever.name, lever.high) - usual)) > _DUST * max(1.0, stands)
    ]
    return replace(
        blank,
        kind="mechanism",
        flow=model.flow,
        relative=start.relative,
        under_model=float(np.mean(left.kept(usual))),
        needs=tuple(_need(one, partial(chance, lever=one.name), sure=sure) for one in levers),
        fastest=_fastest(model),
    )


def _fastest(model: Mechanism) -> float | None:
    """Give the floor under a fall: what does not heal falls only as old grades leave."""
    fall = FLOWS[model.flow].fastest_fall
    return None if fall is None else -float(np.mean(fall(model.start)))


def _parts(store: SeriesStore, indicator: Indicator, assessment: Assessment) -> tuple[Part, ...]:
    """Split the whole's gap over its districts, where the counts of every one are known."""
    level: Bound | None = assessment.level
    children: Sequence[str] = store.catalog.children(assessment.area, store.areas)
    if level is None or len(children) < 2 or indicator.bounds != (0, 100):
        return ()
    if not 0 <= level.value <= 100 or (level.strict and level.value in (0, 100)):
        return ()
    records = {area: store.record(indicator.id, area) for area in children}
    shared = set.intersection(*(set(record.counts) for record in records.values()))
    if assessment.last_year not in shared or assessment.start != "observed":
        return ()
    counts = {area: record.counts[assessment.last_year] for area, record in records.items()}
    own = store.record(indicator.id, assessment.area).counts.get(assessment.last_year)
    return gap_by_parts(counts, level) if adds_up(own, counts) else ()


def _by_count(blank: Requirements, question: JudgedQuestion, *, sure: bool) -> Requirements:
    """
    Count who must be added each year to what comes of itself.

    The numbers are looked for among the draws as they are; a probability that is told is kept
    within what the track record supports.
    """
    assessment, indicator, left = question.assessment, question.indicator, question.open
    falling, level, value = indicator.better == "lower", assessment.level, question.start_value
    if indicator.bounds == (0, 100) and question.counts is not None:
        numerator, whole = question.counts
        most = math.floor(numerator if falling else whole - numerator)
        each = 100 / whole
    elif assessment.start == "observed" and question.whole and level is not None:
        each, most = 1.0, 10 + 3 * math.ceil(abs(level.gap(value)))
    else:
        return replace(blank, reason="no_count", missing=assessment.missing)
    try:
        trend = question.store.trajectory(indicator.id, question.area, left.years[-1])
        base = np.stack([trend.at(year) for year in left.years], axis=1)
        standing_still = False
    except UnforeseenError:
        return replace(blank, reason="bound_unforeseen")
    except ProjectionError:
        base, standing_still = np.full((1, len(left.years)), value), True
    growing = np.arange(1, len(left.years) + 1) * each * (-1 if falling else 1)

    def part(more: float) -> float:
        moved: NDArray[np.float64] = np.asarray(base + more * growing, dtype=np.float64)
        # A count comes to whole persons; dust must not ask for one more.
        return float(np.mean(left.kept(np.round(moved, 9))))

    def chance(more: float) -> float:
        # With nobody added this is the target's own, and there is one of those.
        own = assessment.probability_raw
        return part(more) if more or own is None else own

    if standing_still:
        every = left.kept(np.round(base + np.arange(most + 1)[:, None] * growing, 9))
        even = _first(np.flatnonzero(every))
        need = LeverNeed(MORE_A_YEAR, "persons", 0.0, float(most), even, even if sure else None)
    else:
        lever = Lever(MORE_A_YEAR, "persons", 0.0, 0.0, float(most), whole=True)
        need = _need(lever, chance, sure=sure)
        likely = None if need.sure is None else _stated(need.sure)
        need = replace(need, even=_stated(need.even), sure=likely)
    return replace(blank, kind="count", needs=(need,), standing_still=standing_still)


def _first(enough: NDArray[np.int64]) -> Setting:
    """Give the smallest number of those that are enough, where nothing is left to chance."""
    if not enough.size:
        return Setting(None, 0.0, "beyond_bounds")
    more = float(enough[0])
    return Setting(more, 1.0, "found" if more else "usual_is_enough")


def _stated(setting: Setting) -> Setting:
    return replace(setting, probability=float(stated(setting.probability)))
