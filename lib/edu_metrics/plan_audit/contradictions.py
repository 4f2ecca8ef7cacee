"""
Linked targets that print different numbers for one thing, or forbid what the other allows.

A part and its whole, two bases, a row of levels in one place and a change of the same thing in
another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from edu_metrics.catalog import AverageChange, Bound, Reading, Target, TotalChange, YearlyChange
from edu_metrics.plan_audit.context import Finding, Kind, Limits, PlanContext, Severity, Value, rule
from edu_metrics.plan_audit.readings import binding, reading_range
from edu_metrics.plan_audit.sentences import (
    Said,
    alternatives,
    growth_pct,
    joined,
    said,
    said_rows,
    said_value,
    said_years,
    tidy,
)
from edu_metrics.reachability import Check, is_possible
from edu_metrics.reachability.checks import Range
from edu_metrics.trajectories import baselines_that_reach

#: Illustrative sizes of a part of a whole: a plan rarely prints them.
SHARES = (0.7, 0.75, 0.8, 0.9)


def rest_of_whole(whole: float, part: float, share: float) -> float:
    """
    Give the rate of the rest, where a part and the whole have the rates stated.

    Parameters
    ----------
    whole : float
        Rate of the whole. [percent]
    part : float
        Rate of the part. [percent]
    share : float
        Size of the part in the whole. [0-1]

    Returns
    -------
    float
        Rate of all others; impossible where it lies beyond the indicator's limits. [percent]

    Examples
    --------
    95 in all and 96 in the part, which is seven tenths of all:

    >>> round(rest_of_whole(95, 96, 0.7), 2)
    92.67
    """
    return (whole - part * share) / (1 - share)


def largest_share(whole: float, part: float, limits: Limits) -> float:
    """
    Say how large a part can be at most, so that the rest stays within the limits.

    Parameters
    ----------
    whole, part : float
        Rates of the whole and of the part. [percent]
    limits : tuple of (float or None)
        Lowest and highest value of the indicator.

    Returns
    -------
    float
        The largest share of the part; 1 where nothing limits it, 0 where none is possible. [0-1]

    Examples
    --------
    A whole of 42 % leaves room for a part of 49 % only up to six sevenths of it:

    >>> round(largest_share(42, 49, (0, 100)), 3)
    0.857
    """
    limit = limits[0] if part > whole else limits[1]
    if part == whole or limit is None:
        return 1.0
    if part == limit:
        return 0.0
    return min(max((whole - limit) / (part - limit), 0.0), 1.0)


class _Rest(NamedTuple):
    """What a part of a whole leaves to all others."""

    #: The largest share that the part can have, and the rate of the rest at illustrative ones.
    most: float
    rates: dict[float, float]

    @classmethod
    def of(cls, whole: float, part: float, limits: Limits) -> _Rest:
        """Work it out from the rates of the whole and of the part."""
        rates = {share: tidy(rest_of_whole(whole, part, share)) for share in SHARES}
        return cls(largest_share(whole, part, limits), rates)

    def words(self) -> dict[str, Said]:
        """Say the largest share, and what is left at each illustrative one."""
        rests: list[Said] = [
            said(
                f"audit_contradictions.{'rest' if share <= self.most else 'rest_impossible'}",
                share=share,
                rest=rate,
            )
            for share, rate in self.rates.items()
        ]
        return {"rests": rests, "most": self.most}


def usual(target: Target) -> Reading | None:
    """Give the default reading of a target, if it decides anything."""
    reading = target.default_reading
    return reading if reading and reading.conditions else None


def _indicator(target: Target) -> str | None:
    reading = usual(target)
    return (reading.indicator if reading else None) or target.indicator


def _in_one_area(context: PlanContext) -> Iterator[tuple[Target, Target, str, str]]:
    """Give the linked pairs in one area, each with its two indicators."""
    for first, second in context.linked_pairs:
        one, other = _indicator(first), _indicator(second)
        if one and other and set(first.areas) & set(second.areas):
            yield first, second, one, other


def same_indicator(context: PlanContext) -> Iterator[tuple[Target, Target]]:
    """Give the linked pairs on one indicator and in one area."""
    for first, second, one, other in _in_one_area(context):
        if one == other:
            yield first, second


def part_and_whole(context: PlanContext, kind: str = "part_of") -> Iterator[tuple[Target, Target]]:
    """Give the linked pairs in one area where the first is a part, or a subset, of the second."""
    for first, second, one, other in _in_one_area(context):
        if other in context.related(one, kind):
            yield first, second
        if one in context.related(other, kind):
            yield second, first


def stated_by_year(context: PlanContext, target: Target) -> dict[int, Bound]:
    """Give what a target says of single years: its levels, and its base as an exact value."""
    base = context.base(target)
    own = {base[0]: Bound(op="==", value=base[1])} if base else {}
    return context.usual_levels(target) | own


def _both_stated(
    context: PlanContext, kind: str
) -> Iterator[tuple[Target, Target, int, Bound, Bound]]:
    """Give parts and wholes with what both say of one year."""
    for part, whole in part_and_whole(context, kind):
        inner, outer = stated_by_year(context, part), stated_by_year(context, whole)
        for year in sorted(inner.keys() & outer.keys()):
            yield part, whole, year, inner[year], outer[year]


@rule(Kind.CONTRADICTION)
def part_against_whole(context: PlanContext) -> Iterator[Finding]:
    """Find a part and its whole with different numbers for one year, and what that leaves."""
    for part, whole, year, p, q in _both_stated(context, "part_of"):
        if p.value == q.value:
            continue
        rest = _Rest.of(q.value, p.value, context.limits(whole))
        # Two floors can both be passed, whatever the size of the part.
        floors = "==" not in (p.op, q.op) and p.rising == q.rising
        hard = Severity.MEDIUM if rest.most > 0 else Severity.HIGH
        yield Finding(
            Severity.LOW if floors else hard,
            f"audit_contradictions.{'part_and_whole' if rest.most > 0 else 'no_part'}",
            context.in_order((part.id, whole.id)),
            values={"part": part.title, "whole": whole.title, "p": p, "q": q, **rest.words()},
            numbers={
                "year": year,
                "part_pct": p.value,
                "whole_pct": q.value,
                "shares": [*SHARES],
                "rest_pct": [*rest.rates.values()],
                "possible": [share <= rest.most for share in SHARES],
                "largest_share": tidy(rest.most),
            },
            part=str(year),
        )


@rule(Kind.CONTRADICTION)
def subset_above_whole(context: PlanContext) -> Iterator[Finding]:
    """Find a subset that has to be larger than what contains it may be."""
    for subset, whole, year, least, most in _both_stated(context, "subset_of"):
        if least.op in ("<", "<=") or most.rising:
            continue
        room = most.value - least.value
        if room < 0 or (room == 0 and (least.strict or most.strict)):
            yield Finding(
                Severity.HIGH,
                "audit_contradictions.subset_above",
                context.in_order((subset.id, whole.id)),
                values={"subset": subset.title, "whole": whole.title, "least": least, "most": most},
                numbers={"year": year, "subset": least.value, "whole": most.value},
                part=str(year),
            )


@rule(Kind.CONTRADICTION)
def two_bases(context: PlanContext) -> Iterator[Finding]:
    """Find linked targets that state different bases of one indicator for one year."""
    for first, second in same_indicator(context):
        one, other = context.base(first), context.base(second)
        if one and other and one[0] == other[0] and one[1] != other[1]:
            yield Finding(
                Severity.HIGH,
                "audit_contradictions.two_bases",
                (first.id, second.id),
                values={
                    "one": one[1],
                    "other": other[1],
                    "unit": context.unit(first, usual(first)),
                },
                numbers={"year": one[0], "bases": [one[1], other[1]]},
            )


def path_that_parts(
    keeps: Sequence[Check], breaks: Sequence[Check], known: Mapping[int, float], limits: Limits
) -> dict[int, float] | None:
    """
    Find a path that keeps all of some checks and breaks one of others.

    Straight paths near the printed numbers are tried, falling ones before rising and level
    ones; each is held against the checks themselves.

    Parameters
    ----------
    keeps, breaks : sequence of Check
        What the path has to keep, and what it has to break.
    known : mapping of int to float
        Values stated, by year. [unit of the indicator]
    limits : tuple of (float or None)
        Lowest and highest value of the indicator.

    Returns
    -------
    dict of int to float or None
        Values by year, those stated included; None where none was found.

    Examples
    --------
    Above 50 in both years, against a rise in the second:

    >>> row = [Check("value", (y,), (Bound.model_validate(">50"),)) for y in (2021, 2022)]
    >>> rise = [Check("points", (2021, 2022), (Bound.model_validate(">0"),))]
    >>> path_that_parts(row, rise, {}, (0, 100))
    {2021: 52.0, 2022: 51.0}
    """
    checks = [*keeps, *breaks]
    free = sorted({year for check in checks for year in check.years} - known.keys())
    printed = {b.value for c in checks if c.measure == "value" for b in c.bounds}
    low, high = limits
    if low is not None and high is not None:
        unit = (high - low) / 100
    else:
        unit = max(map(abs, printed), default=0) / 100 or 1.0
    inside = Range.between(limits)
    ends = sorted({value + sign * unit for value in printed for sign in (-1, 0, 1)})
    for slope in (-unit, unit, 0.0):
        for end in ends:
            path = {year: tidy(end - slope * (free[-1] - year)) for year in free}
            if not inside.met_by([*path.values()]).all():
                continue
            whole = {**known, **path}
            if all(c.holds(whole) for c in keeps) and not all(c.holds(whole) for c in breaks):
                return dict(sorted(whole.items()))
    return None


@rule(Kind.CONTRADICTION)
def one_allows_what_the_other_forbids(context: PlanContext) -> Iterator[Finding]:
    """Find linked targets on one indicator of which one can be kept while the other is broken."""
    linked = [*same_indicator(context)]
    for first, second in [*linked, *_unlinked(context)]:
        if not _say_the_same_thing(context, first, second):
            continue
        checks = {target.id: _checks(context, target) for target in (first, second)}
        known = {base[0]: base[1] for t in (second, first) if (base := context.base(t))}
        limits, unit = context.limits(first, usual(first)), context.unit(first, usual(first))
        both = [check for own in checks.values() for check in own]
        start = max(known, default=min(year for check in both for year in check.years) - 1)
        if not is_possible(both, known, limits=limits, last_year=start):
            stated = (stated_by_year(context, target) for target in (first, second))
            yield Finding(
                Severity.HIGH,
                "audit_contradictions.exclude",
                (first.id, second.id),
                numbers={
                    "stated": [{str(y): str(b) for y, b in sorted(x.items())} for x in stated]
                },
            )
            continue
        # Without a link they may be two promises: only what excludes itself is none.
        pairs = ((first, second), (second, first)) if (first, second) in linked else ()
        for keeps, breaks in pairs:
            # A rule without levels allows any level at all: that is no contradiction.
            if not context.usual_levels(keeps):
                continue
            path = path_that_parts(checks[keeps.id], checks[breaks.id], known, limits)
            if path is not None:
                yield Finding(
                    Severity.MEDIUM,
                    "audit_contradictions.allows",
                    context.in_order((keeps.id, breaks.id)),
                    values={
                        "keeps": keeps.title,
                        "breaks": breaks.title,
                        "path": joined(said_years(path, unit), between=" → "),
                    },
                    numbers={
                        "path": {str(year): value for year, value in path.items()},
                        "keeps": keeps.id,
                        "breaks": breaks.id,
                    },
                    part=breaks.id,
                )


def _unlinked(context: PlanContext) -> Iterator[tuple[Target, Target]]:
    """Give the other pairs on one indicator, of one group and period, and in one area."""
    linked = {(first.id, second.id) for first, second in context.linked_pairs}
    for first, second in combinations(context.plan.targets, 2):
        if (
            (first.id, second.id) not in linked
            and (one := _indicator(first))
            and one == _indicator(second)
            and (first.group, first.period) == (second.group, second.period)
            and set(first.areas) & set(second.areas)
        ):
            yield first, second


def _checks(context: PlanContext, target: Target) -> tuple[Check, ...]:
    reading = usual(target)
    return context.checks(target, reading, context.steps(target)[0]) if reading else ()


def _say_the_same_thing(context: PlanContext, first: Target, second: Target) -> bool:
    """
    Tell whether two targets promise the same years.

    Either both print levels for one year, or one prints a row of levels and the other forbids
    any step back. A floor beside a pace, or a level beside a floor, are two promises.
    """
    readings = usual(first), usual(second)
    checks = [check for target in (first, second) for check in _checks(context, target)]
    if None in readings or any(one.measure == "sum" or one.hangs_on_others for one in checks):
        return False
    levels = [context.usual_levels(target).keys() for target in (first, second)]
    if levels[0] & levels[1]:
        return True
    never_back = (
        any(not change.change[0].value for change in reading.of(YearlyChange)) if reading else False
        for reading in reversed(readings)
    )
    return any(len(row) > 1 and never for row, never in zip(levels, never_back, strict=True))


def additions_needed(first_pct: float, last_pct: float) -> float:
    """
    Say how many must join, all with the attribute, to lift a share while nobody leaves.

    Parameters
    ----------
    first_pct, last_pct : float
        The share now and the share wanted. [percent]

    Returns
    -------
    float
        Those who join. [percent of the present whole]

    Examples
    --------
    From 39 % to 42 %, by 0.03 N / 0.58:

    >>> round(additions_needed(39, 42), 1)
    5.2
    """
    return 100 * (last_pct - first_pct) / (100 - last_pct)


class _OnBase(NamedTuple):
    """What a reading of a change comes to on the base of a row of levels, by number of steps."""

    levels: list[float | None]
    reconciling: list[float]


@rule(Kind.TABLE_ARTICLE)
def change_against_levels(context: PlanContext) -> Iterator[Finding]:
    """Find a change that does not lead from a stated base to the level stated elsewhere."""
    pairs = [(first, second, False) for first, second in same_indicator(context)]
    pairs += [(second, first, False) for first, second, _ in pairs]
    pairs += [(whole, part, True) for part, whole in part_and_whole(context)]
    for table, article, is_part in pairs:
        if not _sized(article) or _sized(table) or table.id == article.id:
            continue
        level = context.usual_levels(table).get(context.plan.deadline_of(article))
        base = context.base(table)
        if level and base:
            rows = {r.id: _on_base(context, article, r, base, level) for r in _comparable(article)}
            ends = next(iter(rows.values())).levels if rows else []
            if any(end is None or tidy(end - level.value) != 0 for end in ends):
                yield _differ(context, table, article, rows, level.value, is_part=is_part)
        elif level and table.pace is None and article.pace is None:
            # A pace that the row itself names is held against its levels elsewhere.
            yield Finding(
                Severity.OPEN,
                "audit_table_article.undecided",
                (table.id, article.id),
                numbers={"missing": "base"},
            )


def _change_of(reading: Reading) -> list[YearlyChange | AverageChange | TotalChange]:
    changes = (YearlyChange, AverageChange, TotalChange)
    return [c for c in reading.conditions if isinstance(c, changes) and c.change[0].value != 0]


def _sized(target: Target) -> bool:
    reading = usual(target)
    return reading is not None and bool(_change_of(reading))


def _comparable(article: Target) -> list[Reading]:
    """Give the readings on the target's own indicator, the default one first."""
    own = (r for r in article.readings if r.indicator in (None, article.indicator))
    return sorted(filter(_change_of, own), key=lambda reading: not reading.default)


def _on_base(
    context: PlanContext, article: Target, reading: Reading, base: tuple[int, float], level: Bound
) -> _OnBase:
    deadline, limits = context.plan.deadline_of(article), context.limits(article, reading)
    change = _change_of(reading)[0]
    in_all = isinstance(change, TotalChange)
    steps: Sequence[int | None] = sorted(article.steps) or [None]
    # The row's base stands in one year; steps that begin elsewhere start from another value.
    fitting = [one for one in steps if one and deadline - one == base[0]]
    steps = steps[:1] if in_all else fitting or steps
    pace, relative = change.change[0].value, change.unit == "percent"
    levels, reconciling = [], []
    for one in steps:
        values = reading_range(reading, base[1], one, limits, deadline=deadline)
        levels.append(binding(values, base[1], limits))
        number = 1 if in_all else one or 1
        bases = baselines_that_reach(level.value, pace, pace, number, relative=relative)
        reconciling.append(tidy(bases[0]))
    return _OnBase(levels, reconciling)


def _differ(
    context: PlanContext, table: Target, article: Target, rows: Mapping[str, _OnBase],
    level: float, *, is_part: bool,
) -> Finding:  # fmt: skip
    year, base = context.base(table) or (0, 0.0)
    unit, limits = context.unit(table), context.limits(table)
    suffix = "_pct" if unit == "percent" else ""
    #: By reading whose level is not the row's: that level, and what it leaves to the rest.
    rests = {
        name: (end, _Rest.of(level, end, limits))
        for name, row in rows.items()
        if is_part and (end := row.levels[0]) is not None and end != level
    }
    growth = growth_pct(base, level) if base else None
    deadline = context.plan.deadline_of(article)
    base_years = [deadline - steps for steps in sorted(article.steps)] or [year]
    numbers: dict[str, Value] = {
        "base_year": year,
        f"base{suffix}": base,
        f"level{suffix}": level,
        "growth_pct": growth and tidy(growth),
        f"levels{suffix}": {name: row.levels for name, row in rows.items()},
        f"reconciling_base{suffix}": {name: row.reconciling for name, row in rows.items()},
        "base_years": [*base_years],
        "not_comparable": [r.id for r in article.readings if r.id not in rows],
    }
    if unit == "percent" and base < level < 100:
        numbers["additions_needed_pct"] = tidy(additions_needed(base, level))
    if is_part:
        possible = not rests or any(rest.most > 0 for _, rest in rests.values())
        numbers["shares"] = [*SHARES]
        numbers["rest_pct"] = {name: [*rest.rates.values()] for name, (_, rest) in rests.items()}
        numbers["largest_share"] = {name: tidy(rest.most) for name, (_, rest) in rests.items()}
    else:
        checks = [*_checks(context, table), *_checks(context, article)]
        possible = is_possible(checks, {year: base}, limits=limits, last_year=year)
    return Finding(
        Severity.MEDIUM if possible else Severity.HIGH,
        f"audit_table_article.{'part' if is_part else 'same'}",
        (table.id, article.id),
        values={
            "table": table.title,
            "article": article.title,
            **{"base": base, "level": level, "year": year, "growth": growth, "unit": unit},
            "levels": _of_readings(article, {n: row.levels for n, row in rows.items()}, unit),
            "bases": _of_readings(article, {n: row.reconciling for n, row in rows.items()}, unit),
            "years": alternatives(map(str, base_years)),
            "rest": _said_rest([*rests.values()], unit),
        },
        numbers=numbers,
    )


def _of_readings(
    article: Target, values: Mapping[str, Sequence[float | None]], unit: str
) -> list[Said]:
    """Say some values of each reading; one that lies beyond the limits as such."""
    beyond = said("audit_table_article.beyond")
    return said_rows(
        "audit_table_article.reading",
        label=(article.reading(name).label for name in values),
        levels=(
            alternatives(beyond if value is None else said_value(value, unit) for value in row)
            for row in values.values()
        ),
    )


def _said_rest(rests: Sequence[tuple[float, _Rest]], unit: str) -> Said:
    """Say what is left at the level that lies furthest from the row's: the least likely one."""
    if not rests:
        return ""
    level, rest = min(rests, key=lambda one: one[1].most)
    return said("audit_table_article.rest", level=level, unit=unit, **rest.words())
