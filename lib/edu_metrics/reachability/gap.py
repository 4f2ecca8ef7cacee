"""Where a series stands before a target: gap, pace, the people behind, whose gap it is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from edu_metrics.catalog import Bound, Indicator, Plan, Target
from edu_metrics.errors import DataError
from edu_metrics.formulas import kitagawa
from edu_metrics.reachability.arithmetic import (
    final_bound,
    is_vacuous,
    level_due,
    pace_of_target,
    people_behind,
    required_pace,
    years_needed,
)
from edu_metrics.reachability.checks import Check
from edu_metrics.reachability.question import Question
from edu_metrics.reachability.series import Record, counts_whole
from edu_metrics.reachability.verdicts import Applies, Fields, Total


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
    level = final_bound(checks, known, indicator.bounds)
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
        towards = record.past_pace if _upwards(level, value) else -record.past_pace
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


def whole_level(level: Bound) -> Bound:
    """
    Take a level of persons or institutions to the next whole one that meets it.

    Parameters
    ----------
    level : Bound
        The level. [persons or institutions]

    Returns
    -------
    Bound
        Not strict any more; an exact level stays as it is.

    Examples
    --------
    >>> str(whole_level(Bound(op=">=", value=26.4))), str(whole_level(Bound(op=">", value=27)))
    ('≥ 27', '≥ 28')
    """
    value = round(level.value, 9)  # the dust of binary fractions must not ask for one more
    if level.op == "==":
        return Bound(op="==", value=value)
    if level.rising:
        return Bound(op=">=", value=math.floor(value) + 1 if level.strict else math.ceil(value))
    return Bound(op="<=", value=math.ceil(value) - 1 if level.strict else math.floor(value))


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
        level = level_due(checks, due, known, indicator.bounds)
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


def _upwards(level: Bound, value: float) -> bool:
    """Tell in which direction a level lies; one that is exact may lie in either."""
    return level.value > value if level.op == "==" else level.rising


def _people(level: Bound, numerator: float, denominator: float) -> int | None:
    try:
        return max(people_behind(level, numerator, denominator), 0)
    except DataError:  # above 100 % of a whole: no number of persons does it
        return None


def pace_falls_short(
    plan: Plan, target: Target, record: Record, level: Bound | None, due: int
) -> bool:
    """
    Tell whether even the fastest pace that the plan promises ends short of a level.

    Parameters
    ----------
    plan : Plan
        The plan of the target.
    target : Target
        The promise of the level; may name another target of the plan as its ``pace``.
    record : Record
        The series.
    level : Bound or None
        The level promised. [unit of the indicator]
    due : int
        Year in which it falls due.

    Returns
    -------
    bool
        False where no fastest pace is promised, or where years are left that the promise of a
        pace does not speak of.
    """
    if target.pace is None or level is None or record.last_year is None:
        return False
    steps, years = plan.default_steps(plan.target(target.pace)), due - record.last_year
    pace = pace_of_target(plan, target)
    if pace is None or not (pace.limited and pace.sized) or steps is None or years > steps:
        return False
    value = record.exact[record.last_year]
    end = pace.after(value, years, "high")
    if level.op == "==":
        return (end < level.value) if _upwards(level, value) else (end > level.value)
    return not level.met_by(end)


Counts = Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Part:
    """
    One part's rate, its share of the whole, and what it adds to the whole's distance.

    ``points`` is positive where the part lifts the whole above the level and negative where it
    pulls it below; ``people`` are the persons that the part itself is short of.
    """

    area: str
    rate: float
    share: float
    points: float
    people: int


def adds_up(whole: tuple[float, float] | None, parts: Counts) -> bool:
    """
    Tell whether parts make up their whole; what they do not make up can't be split over them.

    Parameters
    ----------
    whole : (float, float) or None
        Numerator and denominator of the whole, if they are known. [persons or institutions]
    parts : mapping of str to (float, float)
        Those of each part. [persons or institutions]

    Returns
    -------
    bool
        Whether both are the sums of the parts'.

    Examples
    --------
    >>> adds_up((150, 200), {"a": (90, 100), "b": (60, 100)})
    True
    >>> adds_up((700, 828), {"a": (400, 500), "b": (195, 244)})
    False
    """
    if whole is None:
        return False
    sums = (sum(column) for column in zip(*parts.values(), strict=True))
    return all(math.isclose(own, total) for own, total in zip(whole, sums, strict=True))


def gap_by_parts(counts: Counts, bound: Bound) -> tuple[Part, ...]:
    r"""
    Split a whole's distance from a level over its parts.

    Parameters
    ----------
    counts : mapping of str to (float, float)
        Numerator and denominator of each part. [persons or institutions]
    bound : Bound
        The level asked of the whole. [percent]

    Returns
    -------
    tuple of Part
        Those that pull the whole down most come first; where less is better, those that push it
        up most.

    Raises
    ------
    DataError
        If a denominator is not positive.

    Notes
    -----
    .. math:: R - L = \sum_d w_d (r_d - L)

    with weights by the denominators: the rate component of a Kitagawa decomposition between the
    parts as they are and parts that all stand at the level, the composition being the same.

    References
    ----------
    Kitagawa, E. M. (1955). Components of a difference between two rates. *Journal of the American
    Statistical Association* 50(272), 1168-1194.

    Examples
    --------
    >>> found = gap_by_parts({"a": (90, 100), "b": (60, 100)}, Bound.model_validate(">=80"))
    >>> [(part.area, part.points, part.people) for part in found]
    [('b', -10.0, 20), ('a', 5.0, -10)]
    """
    areas = list(counts)
    rates, shares = _rates_and_shares(counts)
    at_level = [bound.value] * len(areas)
    split = kitagawa(shares, at_level, shares, rates)
    parts = [
        Part(
            area,
            rates[n],
            shares[n],
            round(float(split.rate_parts[n]), 9),
            people_behind(bound, *counts[area]),
        )
        for n, area in enumerate(areas)
    ]
    return tuple(sorted(parts, key=lambda part: part.points if bound.rising else -part.points))


def change_by_parts(first: Counts, last: Counts) -> tuple[float, float, float]:
    """
    Split a whole's change into what its parts' rates did and what their sizes did.

    Parameters
    ----------
    first, last : mapping of str to (float, float)
        Numerator and denominator of each part, in two years. [persons or institutions]

    Returns
    -------
    tuple of float
        Total, rate and composition component. [percentage points]

    Raises
    ------
    DataError
        If the two years do not have the same parts.

    Examples
    --------
    >>> change_by_parts({"a": (8, 10), "b": (2, 10)}, {"a": (16, 20), "b": (2, 10)})
    (10.0, 0.0, 10.0)
    """
    if set(first) != set(last):
        raise DataError(
            f"expected the same parts in both years, found {sorted(first)} and {sorted(last)}"
        )
    ordered = {area: last[area] for area in first}
    rates_first, shares_first = _rates_and_shares(first)
    rates_last, shares_last = _rates_and_shares(ordered)
    split = kitagawa(shares_first, rates_first, shares_last, rates_last)
    return (
        round(float(split.total), 9),
        round(float(split.rate), 9),
        round(float(split.composition), 9),
    )


def _rates_and_shares(counts: Counts) -> tuple[list[float], list[float]]:
    whole = sum(denominator for _, denominator in counts.values())
    if any(denominator <= 0 for _, denominator in counts.values()):
        raise DataError("expected a positive number of persons behind every part's rate")
    rates = [100 * numerator / denominator for numerator, denominator in counts.values()]
    shares = [100 * denominator / whole for _, denominator in counts.values()]
    return rates, shares
