"""
What follows from bounds and promised paces alone, without any chance.

The set of values that a series can still take is carried forward from year to year as intervals
whose ends may be open; where none is left, the reading is impossible.

A clause such as "5 to 8 points a year" may be read as a least gain, as a range for every year or as
a mean; the 8 then stands in another reading than the 5. Whatever is said of the plan's pace, its
slow end, its middle and its fast end, takes it from here: verdicts, scenarios, reports and the
audit.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from edu_metrics.catalog import (
    AverageChange,
    Bound,
    Level,
    Plan,
    Reading,
    Target,
    YearlyChange,
)
from edu_metrics.errors import DataError, ProjectionError
from edu_metrics.formulas import kitagawa, largest_count_for, smallest_count_for
from edu_metrics.reachability.checks import Check, Limits, Range, accepted, carried, without_dust
from edu_metrics.trajectories import baselines_that_reach


def is_possible(
    checks: Sequence[Check],
    known: Mapping[int, float],
    *,
    limits: Limits,
    last_year: int,
    open_ends: Collection[str] = (),
) -> bool:
    """
    Tell whether any values at all could still satisfy every check.

    Parameters
    ----------
    checks : sequence of Check
        From :func:`~edu_metrics.reachability.checks.checks_of`.
    known : mapping of int to float
        Values observed, by year. [unit of the indicator]
    limits : tuple of (float or None)
        Lowest and highest value of the indicator.
    last_year : int
        Last year observed; later ones are free within the limits.
    open_ends : collection of {"low", "high"}, optional
        Limits that no value can have itself.

    Returns
    -------
    bool
        False only where arithmetic alone rules the reading out. Exact for levels together with
        one condition on yearly change; several conditions on the change of the same years are
        each held by themselves. A rank never rules anything out, nor does a sum still open.

    Examples
    --------
    From 97, two gains of 5 to 8 points end above 100:

    >>> from edu_metrics.catalog import Bound
    >>> gain = (Bound.model_validate(">=5"), Bound.model_validate("<=8"))
    >>> steps = [Check("points", (2020, 2021), gain), Check("points", (2021, 2022), gain)]
    >>> is_possible(steps, {2020: 97.0}, limits=(0, 100), last_year=2020)
    False
    >>> is_possible(steps, {2020: 90.0}, limits=(0, 100), last_year=2020)
    True
    """
    checks = [check for check in checks if not check.hangs_on_others]
    seen = {year: value for year, value in known.items() if year <= last_year}
    open_checks = [check for check in checks if not seen.keys() >= set(check.years)]
    if not all(check.holds(seen) for check in checks if check not in open_checks):
        return False
    years = [year for check in open_checks for year in check.years]
    anything = Range.between(limits, open_ends)
    state: dict[int, list[Range]] = {}
    for year in range(min(years, default=0), max(years, default=-1) + 1):
        left = [Range(seen[year], seen[year]) if year in seen else anything]
        for check in open_checks:
            if check.due == year:
                allowed = _allowed(check, state)
                left = [one.meet(other) for one in left for other in allowed]
                left = [part for part in left if not part.empty]
        if not left:
            return False
        state[year] = left
    return True


def _allowed(check: Check, state: Mapping[int, list[Range]]) -> list[Range]:
    """Give the values of the due year that one check leaves open."""
    if check.measure == "sum":
        return [Range()]
    if check.measure == "value":
        return [accepted(check)]
    allowed = [carried(start, check) for start in state[check.years[0]]]
    return allowed if check.cap is None else [*allowed, Range(check.cap, check.cap)]


def is_vacuous(checks: Sequence[Check], known: Mapping[int, float], last_year: int) -> bool:
    """
    Tell whether standing still from the last observed year on satisfies every check.

    Parameters
    ----------
    checks : sequence of Check
        From :func:`~edu_metrics.reachability.checks.checks_of`.
    known : mapping of int to float
        Values observed, by year. [unit of the indicator]
    last_year : int
        Last year observed.

    Returns
    -------
    bool
        True where the target asks for nothing from where the series stands. Never so where
        nothing is due any more, or where a rank hangs on other areas.
    """
    if all(check.due <= last_year for check in checks):
        return False
    years = {year for check in checks for year in check.years}
    held = {year: known.get(year, known[last_year] if year > last_year else None) for year in years}
    if any(value is None for value in held.values()):
        return False
    return all(not check.hangs_on_others and check.holds(held) for check in checks)


def final_bound(checks: Sequence[Check], known: Mapping[int, float]) -> Bound | None:
    """
    Say what level the checks come to in the last year, taken at the slowest promised pace.

    Parameters
    ----------
    checks : sequence of Check
        From :func:`~edu_metrics.reachability.checks.checks_of`.
    known : mapping of int to float
        Values observed or assumed, by year. [unit of the indicator]

    Returns
    -------
    Bound or None
        The level and whether it must be passed; None where the base is not known or the
        target is not about a level.

    Examples
    --------
    >>> from edu_metrics.catalog import Bound
    >>> gain = (Bound.model_validate(">=5"),)
    >>> steps = [Check("points", (y - 1, y), gain, cap=100) for y in (2021, 2022)]
    >>> str(final_bound(steps, {2020: 80.0}))
    '≥ 90'
    """
    needed: dict[int, Bound] = {}
    for check in checks:
        if check.measure == "sum" or check.hangs_on_others:
            continue
        bound: Bound | None = check.bounds[0]
        if check.measure != "value":
            bound = _ahead(check, needed, known)
        elif check.round_to is not None and check.bounds[0].op == "==" and known:
            bound = _nearer_end(check, known[max(known)])
        held = needed.get(check.due)
        # Of several demands on one year the hardest one counts.
        if bound is not None and (held is None or _hardness(bound) > _hardness(held)):
            needed[check.due] = bound
    return needed[max(needed)] if needed else None


def level_due(checks: Sequence[Check], year: int, known: Mapping[int, float]) -> Bound | None:
    """Give the level that checks ask for in a year in which one of them falls due; else None."""
    if all(check.due != year for check in checks):
        return None
    return final_bound([check for check in checks if check.due <= year], known)


def _nearer_end(check: Check, value: float) -> Bound:
    """Give the level nearest to where a series stands that rounds to what is asked."""
    low, high = accepted(check).bounds
    return high if value > high.value else low


def _ahead(check: Check, needed: Mapping[int, Bound], known: Mapping[int, float]) -> Bound | None:
    """Give the level that one change leads to, from what is known, else from what is needed."""
    slowest, base = check.bounds[0], check.years[0]
    op = slowest.op
    if base in known:
        start = known[base]
    elif base in needed:
        start = needed[base].value
        if needed[base].strict:
            op = ">" if slowest.rising else "<" if op == "<=" else op
    else:
        return None
    if check.measure == "percent":
        if start == 0:  # a change from zero has no percentage
            return None
        value = without_dust(start * (1 + slowest.value / 100))
    else:
        steps = check.due - base if check.measure == "points_per_step" else 1
        value = without_dust(start + slowest.value * steps)
    if check.cap is not None:
        at_cap = Bound(op=">=" if slowest.rising else "<=", value=check.cap)
        if at_cap.met_by(value):
            return at_cap
    return Bound(op=op, value=value)


def _hardness(bound: Bound) -> tuple[float, bool]:
    return (bound.value if bound.rising else -bound.value, bound.strict)


def required_pace(current: float, level: float, years: int) -> float:
    """
    Give the constant change a year that ends exactly at a level.

    Parameters
    ----------
    current : float
        Value now. [unit of the indicator]
    level : float
        Level to reach. [unit of the indicator]
    years : int
        Yearly steps left. [years]

    Returns
    -------
    float
        Change a year. [percentage points, or unit of the indicator, a year]

    Raises
    ------
    ProjectionError
        If no year is left.

    Examples
    --------
    >>> required_pace(85, 90, 2)
    2.5
    """
    if years < 1:
        raise ProjectionError(f"years: expected at least one year left, found {years}")
    return without_dust((level - current) / years)


def years_needed(gap: float, pace: float, *, strict: bool = False) -> int | None:
    """
    Count the whole years in which a pace closes a gap.

    Parameters
    ----------
    gap : float
        What is missing in the better direction. [percentage points]
    pace : float
        Change a year in the better direction. [percentage points a year]
    strict : bool, optional
        Whether the level has to be passed, so that to close the gap is not enough.

    Returns
    -------
    int or None
        Whole years; 0 where nothing is missing, None where the pace leads nowhere. [years]

    Examples
    --------
    >>> years_needed(5, 2), years_needed(5, -1), years_needed(-1, 2)
    (3, None, 0)
    >>> years_needed(4, 2), years_needed(4, 2, strict=True)
    (2, 3)
    """
    if gap < 0 or (gap == 0 and not strict):
        return 0
    if pace <= 0:
        return None
    years = round(gap / pace, 9)
    return math.floor(years) + 1 if strict else math.ceil(years)


def people_behind(bound: Bound, numerator: float, denominator: float) -> int:
    """
    Count the persons or institutions between a rate and its bound.

    Parameters
    ----------
    bound : Bound
        Level of the rate. [percent]
    numerator : float
        Those with the attribute now. [persons or institutions]
    denominator : float
        All, taken to stay as many. [persons or institutions]

    Returns
    -------
    int
        How many more are needed, or how many fewer where less is better; negative when
        exceeded. For an exact level, how many more or fewer. [persons or institutions]

    Raises
    ------
    DataError
        If no number of persons meets the bound: above 100 % of a whole, or below 0 %.

    Examples
    --------
    85 of 100 teachers, and at least 90 % asked:

    >>> from edu_metrics.catalog import Bound
    >>> people_behind(Bound.model_validate(">=90"), 85, 100)
    5
    >>> people_behind(Bound.model_validate(">85"), 85, 100)
    1
    """
    whole, part = round(denominator), round(numerator)
    if bound.rising:
        people = smallest_count_for(bound.value, whole, strict=bound.strict) - part
    else:
        people = part - largest_count_for(bound.value, whole, strict=bound.strict)
    if bound.op == "==":
        people = max(people, smallest_count_for(bound.value, whole) - part)
    # A printed rate need not be one of whole persons: nobody is missing where it keeps the bound.
    return min(people, 0) if bound.met_by(100 * numerator / denominator) else max(people, 1)


#: Which end of a promised pace.
PaceEnd = Literal["low", "middle", "high"]
#: How far beyond a bound that must be passed a number is taken, for each unit of the bound.
JUST_BEYOND = 1e-6
_Change = YearlyChange | AverageChange


@dataclass(frozen=True, slots=True)
class PromisedPace:
    """
    A promised change a year, signed.

    Attributes
    ----------
    slow, fast : Bound
        The bounds at the slow end and at the fast end; one and the same where one number is
        printed. [points, unit of the indicator, or percent of the year before where ``relative``]
    relative : bool
        Whether it is a percentage of the year before.
    limited : bool
        Whether the words also say how fast it may be at most.
    """

    slow: Bound
    fast: Bound
    relative: bool
    limited: bool

    @property
    def slowest(self) -> float:
        """The slow end as printed."""
        return self.slow.value

    @property
    def fastest(self) -> float | None:
        """The fast end as printed; None where only one number is."""
        return self.fast.value if self.fast.value != self.slow.value else None

    @property
    def sized(self) -> bool:
        """Whether a size is printed: "higher every year" has a direction only."""
        return bool(self.slow.value or self.fast.value)

    def step(self, at: PaceEnd) -> float:
        """
        Give the change a year at one end, or in the middle, that keeps the promise.

        Parameters
        ----------
        at : {"low", "middle", "high"}
            Which.

        Returns
        -------
        float
            A strict bound is passed by a hair. [points, unit of the indicator, or percent]

        Examples
        --------
        >>> pace = PromisedPace(Bound(op=">=", value=5), Bound(op="<=", value=8), False, True)
        >>> pace.step("low"), pace.step("middle"), pace.step("high")
        (5.0, 6.5, 8.0)
        """
        low, high = _kept(self.slow), _kept(self.fast)
        return {"low": low, "middle": (low + high) / 2, "high": high}[at]

    def after(self, base: float, years: int, at: PaceEnd) -> float:
        """
        Carry a base on at one end of the pace, without regard to limits.

        Examples
        --------
        >>> pace = PromisedPace(Bound(op=">=", value=5), Bound(op="<=", value=8), False, True)
        >>> pace.after(84, 2, "high")
        100.0
        """
        step = self.step(at)
        end = base * (1 + step / 100) ** years if self.relative else base + step * years
        return round(end, 9)

    def bases(self, level: float, steps: Iterable[int]) -> dict[int, tuple[float, float]]:
        """
        Say from which bases a level is reached at this pace.

        Parameters
        ----------
        level : float
            The level. [unit of the indicator]
        steps : iterable of int
            Numbers of yearly steps that the clause can mean. [years]

        Returns
        -------
        dict of int to tuple of float
            The lowest and the highest base by number of steps; none where the two ends of the pace
            lead apart. [unit of the indicator]

        Examples
        --------
        >>> pace = PromisedPace(Bound(op=">=", value=5), Bound(op="<=", value=8), False, True)
        >>> pace.bases(100, [2, 3])
        {2: (84.0, 90.0), 3: (76.0, 85.0)}
        """
        slow, fast = self.slow.value, self.fast.value
        if slow * fast < 0 or abs(slow) > abs(fast):
            return {}
        return {
            n: baselines_that_reach(level, slow, fast, n, relative=self.relative) for n in steps
        }


def _kept(bound: Bound) -> float:
    hair = JUST_BEYOND * max(1.0, abs(bound.value)) if bound.strict else 0.0
    return bound.value + (hair if bound.rising else -hair)


def promised_pace(
    target: Target, reading: Reading | None = None, *, link: Target | None = None
) -> PromisedPace | None:
    """
    Give the yearly change that a target promises, across all its readings and those of its link.

    Parameters
    ----------
    target : Target
        The promise.
    reading : Reading, optional
        The reading that is judged: of readings on other indicators, or in another unit, it says
        which count. The default one when left out.
    link : Target, optional
        The target that it names as its ``pace``.

    Returns
    -------
    PromisedPace or None
        None where no reading speaks of a yearly change.

    Examples
    --------
    >>> from edu_metrics.catalog import find_root, load_catalog
    >>> plan = load_catalog(find_root()).plan("wuhai_2020_2022")
    >>> pace = promised_pace(plan.target("A12a_primary_pass_increment"))
    >>> pace.slowest, pace.fastest
    (5.0, 8.0)
    >>> promised_pace(plan.target("A06a_public_share")).sized
    False
    """
    changes = list(_changes(target, reading or target.default_reading))
    if link is not None:
        changes += _changes(link, _counterpart(link, reading))
    if not changes:
        return None
    unit = changes[0].unit
    bounds = [bound for change in changes if change.unit == unit for bound in change.change]
    way = _way(bounds)
    # Of two ends at one number the strict one keeps both.
    ends = sorted(bounds, key=lambda bound: (way * bound.value, not bound.strict))
    fast = max(ends, key=lambda bound: (way * bound.value, bound.strict))
    limited = any(bound.op == "==" or bound.rising != ends[0].rising for bound in bounds)
    return PromisedPace(ends[0], fast, unit == "percent", limited)


def _changes(target: Target, judged: Reading | None) -> Iterator[_Change]:
    """Give the yearly changes that readings on the judged indicator ask for, its own unit first."""
    readings = sorted(target.readings, key=lambda one: (one != judged, not one.default))
    about = (judged.indicator if judged else None) or target.indicator
    for reading in readings:
        if (reading.indicator or target.indicator) == about:
            for condition in reading.conditions:
                if isinstance(condition, YearlyChange | AverageChange):
                    yield condition


def _counterpart(link: Target, judged: Reading | None) -> Reading | None:
    """Give the reading of the link of the same name as the judged one, or else its default."""
    same = (one for one in link.readings if judged is not None and one.id == judged.id)
    return next(same, link.default_reading)


def _way(bounds: Sequence[Bound]) -> int:
    """Tell a rise (1) from a fall (-1) by the signs printed; where both stand, by the bound."""
    signs = {math.copysign(1, bound.value) for bound in bounds if bound.value}
    return int(signs.pop()) if len(signs) == 1 else 1 if bounds[0].rising else -1


def pace_of_target(
    plan: Plan, target: Target, reading: Reading | None = None
) -> PromisedPace | None:
    """
    Give the pace that a plan promises for a target, its ``pace`` link looked up.

    Parameters
    ----------
    plan : Plan
        The plan.
    target : Target
        One of its targets.
    reading : Reading, optional
        The reading that is judged.

    Returns
    -------
    PromisedPace or None
        As for :func:`promised_pace`.
    """
    return promised_pace(target, reading, link=plan.target(target.pace) if target.pace else None)


@dataclass(frozen=True, slots=True)
class BasesOfPace:
    """
    From which bases a level is reached at the pace promised beside it.

    ``bases`` holds the lowest and the highest one by number of steps. [unit of the indicator]
    """

    level: Bound
    pace: PromisedPace
    bases: dict[int, tuple[float, float]]


def bases_of_pace(plan: Plan, target: Target) -> BasesOfPace | None:
    """
    Say from which bases a target's last level is reached at the pace that it names.

    Parameters
    ----------
    plan : Plan
        The plan.
    target : Target
        One of its targets.

    Returns
    -------
    BasesOfPace or None
        None where the target names no pace, or its default reading sets no level.

    Examples
    --------
    >>> from edu_metrics.catalog import find_root, load_catalog
    >>> plan = load_catalog(find_root()).plan("wuhai_2020_2022")
    >>> bases_of_pace(plan, plan.target("A12c_low_grade_pass")).bases[2]
    (84.0, 90.0)
    """
    pace = pace_of_target(plan, target) if target.pace else None
    levels = [
        bound
        for level in (target.default_reading.of(Level) if target.default_reading else ())
        for _, bound in sorted(level.at.items())
    ]
    if target.pace is None or pace is None or not pace.sized or not levels:
        return None
    bases = pace.bases(levels[-1].value, plan.target(target.pace).steps)
    return BasesOfPace(levels[-1], pace, bases) if bases else None


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


def upwards(level: Bound, value: float) -> bool:
    """Tell whether a level lies upwards of a value; one that is exact may lie in either way."""
    return level.value > value if level.op == "==" else level.rising


def pace_falls_short(
    plan: Plan, target: Target, known: Mapping[int, float], level: Bound | None, due: int
) -> bool:
    """
    Tell whether even the fastest pace that the plan promises ends short of a level.

    Parameters
    ----------
    plan : Plan
        The plan of the target.
    target : Target
        The promise of the level; may name another target of the plan as its ``pace``.
    known : mapping of int to float
        Values observed, by year. [unit of the indicator]
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
    if target.pace is None or level is None or not known:
        return False
    last_year = max(known)
    steps, years = plan.default_steps(plan.target(target.pace)), due - last_year
    pace = pace_of_target(plan, target)
    if pace is None or not (pace.limited and pace.sized) or steps is None or years > steps:
        return False
    value = known[last_year]
    end = pace.after(value, years, "high")
    if level.op == "==":
        return (end < level.value) if upwards(level, value) else (end > level.value)
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
