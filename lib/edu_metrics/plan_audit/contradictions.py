"""
Linked targets that print different numbers for one thing, or forbid what the other allows.

A part and its whole, two bases, a row of levels in one place and a change of the same thing in
another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from edu_metrics.catalog import AverageChange, Bound, Reading, Target, TotalChange, YearlyChange
from edu_metrics.plan_audit.context import Limits, PlanContext
from edu_metrics.plan_audit.findings import Flaw, Kind, Severity, Value, rule
from edu_metrics.plan_audit.readings import binding, reading_range
from edu_metrics.plan_audit.sentences import (
    Said,
    growth_pct,
    in_unit,
    joined,
    said,
    said_alternatives,
    said_bound,
    said_rows,
    said_value,
    said_years,
    side_by_side,
    tidy,
)
from edu_metrics.reachability import Check, is_possible
from edu_metrics.reachability.checks import Range
from edu_metrics.trajectories import baselines_that_reach
from edu_metrics.words import short, signed

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


def _left_to_rest(whole: float, part: float, limits: Limits) -> tuple[float, dict[float, float]]:
    """Give the largest share of a part, and the rate of the rest at each illustrative one."""
    rest = {share: tidy(rest_of_whole(whole, part, share)) for share in SHARES}
    return largest_share(whole, part, limits), rest


def usual(target: Target) -> Reading | None:
    """Give the default reading of a target, if it decides anything."""
    reading = target.default_reading
    return reading if reading and reading.conditions else None


def _indicator(target: Target) -> str | None:
    reading = usual(target)
    return (reading.indicator if reading else None) or target.indicator


def _overlap(first: Target, second: Target) -> bool:
    return bool(set(first.areas) & set(second.areas))


def same_indicator(context: PlanContext) -> Iterator[tuple[Target, Target]]:
    """Give the linked pairs on one indicator and in one area."""
    for first, second in context.linked_pairs:
        name = _indicator(first)
        if name is not None and name == _indicator(second) and _overlap(first, second):
            yield first, second


def part_and_whole(context: PlanContext, kind: str = "part_of") -> Iterator[tuple[Target, Target]]:
    """Give the linked pairs in one area where the first is a part, or a subset, of the second."""
    for pair in context.linked_pairs:
        for inner, outer in (pair, pair[::-1]):
            part, whole = _indicator(inner), _indicator(outer)
            if part is None or whole is None or not _overlap(inner, outer):
                continue
            if whole in context.related(part, kind):
                yield inner, outer


def stated_by_year(context: PlanContext, target: Target) -> dict[int, Bound]:
    """Give what a target says of single years: its levels, and its base as an exact value."""
    stated = dict(context.usual_levels(target))
    if base := context.base(target):
        stated[base[0]] = Bound(op="==", value=base[1])
    return stated


@rule(Kind.CONTRADICTION)
def part_against_whole(context: PlanContext) -> Iterator[Flaw]:
    """Find a part and its whole with different numbers for one year, and what that leaves."""
    for part, whole in part_and_whole(context):
        inner, outer = stated_by_year(context, part), stated_by_year(context, whole)
        limits = context.limits(whole)
        for year in sorted(inner.keys() & outer.keys()):
            p, q = inner[year], outer[year]
            if p.value == q.value:
                continue
            most, rest = _left_to_rest(q.value, p.value, limits)
            yield Flaw(
                severity=_severity_of_part(p, q, most),
                targets=context.in_order((part.id, whole.id)),
                text=f"audit_contradictions.{'part_and_whole' if most > 0 else 'no_part'}",
                values={
                    "part": part.title,
                    "whole": whole.title,
                    "p": said_bound(p, "percent"),
                    "q": said_bound(q, "percent"),
                    "rests": _said_rests(rest, most),
                    "most": short(most, 3),
                },
                numbers={
                    "year": year,
                    "part_pct": p.value,
                    "whole_pct": q.value,
                    "shares": [*SHARES],
                    "rest_pct": [*rest.values()],
                    "possible": [share <= most for share in SHARES],
                    "largest_share": tidy(most),
                },
                part=str(year),
            )


def _severity_of_part(part: Bound, whole: Bound, most: float) -> Severity:
    if "==" not in (part.op, whole.op) and part.rising == whole.rising:
        # Two floors can both be passed, whatever the size of the part.
        return Severity.LOW
    return Severity.MEDIUM if most > 0 else Severity.HIGH


@rule(Kind.CONTRADICTION)
def subset_above_whole(context: PlanContext) -> Iterator[Flaw]:
    """Find a subset that has to be larger than what contains it may be."""
    for subset, whole in part_and_whole(context, "subset_of"):
        inner, outer = stated_by_year(context, subset), stated_by_year(context, whole)
        for year in sorted(inner.keys() & outer.keys()):
            least, most = inner[year], outer[year]
            if least.op in ("<", "<=") or most.rising:
                continue
            room = most.value - least.value
            if room < 0 or (room == 0 and (least.strict or most.strict)):
                yield Flaw(
                    severity=Severity.HIGH,
                    targets=context.in_order((subset.id, whole.id)),
                    text="audit_contradictions.subset_above",
                    values={
                        "subset": subset.title,
                        "whole": whole.title,
                        "least": said_bound(least, "percent"),
                        "most": said_bound(most, "percent"),
                    },
                    numbers={"year": year, "subset": least.value, "whole": most.value},
                    part=str(year),
                )


@rule(Kind.CONTRADICTION)
def two_bases(context: PlanContext) -> Iterator[Flaw]:
    """Find linked targets that state different bases of one indicator for one year."""
    for first, second in same_indicator(context):
        one, other = context.base(first), context.base(second)
        if one is None or other is None or one[0] != other[0] or one[1] == other[1]:
            continue
        unit = context.unit(first, usual(first))
        yield Flaw(
            severity=Severity.HIGH,
            targets=(first.id, second.id),
            text="audit_contradictions.two_bases",
            values=in_unit(unit, one=one[1], other=other[1]),
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
def one_allows_what_the_other_forbids(context: PlanContext) -> Iterator[Flaw]:
    """Find linked targets on one indicator of which one can be kept while the other is broken."""
    for first, second in same_indicator(context):
        checks = {target.id: _checks(context, target) for target in (first, second)}
        known = {base[0]: base[1] for t in (second, first) if (base := context.base(t))}
        if not _say_the_same_thing(context, first, second):
            continue
        limits = context.limits(first, usual(first))
        both = [check for own in checks.values() for check in own]
        start = max(known, default=min(year for check in both for year in check.years) - 1)
        if not is_possible(both, known, limits=limits, last_year=start):
            stated = [stated_by_year(context, target) for target in (first, second)]
            yield Flaw(
                severity=Severity.HIGH,
                targets=(first.id, second.id),
                text="audit_contradictions.exclude",
                numbers={
                    "stated": [{str(y): str(b) for y, b in sorted(x.items())} for x in stated]
                },
            )
            continue
        for keeps, breaks in ((first, second), (second, first)):
            # A rule without levels allows any level at all: that is no contradiction.
            if not context.usual_levels(keeps):
                continue
            path = path_that_parts(checks[keeps.id], checks[breaks.id], known, limits)
            if path is not None:
                yield _parted(context, keeps, breaks, path)


def _checks(context: PlanContext, target: Target) -> tuple[Check, ...]:
    reading = usual(target)
    return context.checks(target, reading, context.steps(target)[0]) if reading else ()


def _say_the_same_thing(context: PlanContext, first: Target, second: Target) -> bool:
    """
    Tell whether two targets promise the same years.

    Either both print levels for one year, or one prints a row of levels and the other forbids
    any step back. A floor beside a pace, or a level beside a floor, are two promises.
    """
    one, other = usual(first), usual(second)
    if one is None or other is None:
        return False
    checks = [check for target in (first, second) for check in _checks(context, target)]
    if any(check.measure == "sum" or check.hangs_on_others for check in checks):
        return False
    levels = [context.usual_levels(target).keys() for target in (first, second)]
    if levels[0] & levels[1]:
        return True
    return any(
        len(row) > 1
        and any(isinstance(c, YearlyChange) and not c.change[0].value for c in conditions)
        for row, conditions in zip(levels, (other.conditions, one.conditions), strict=True)
    )


def _parted(context: PlanContext, keeps: Target, breaks: Target, path: Mapping[int, float]) -> Flaw:
    unit = context.unit(keeps, usual(keeps))
    return Flaw(
        severity=Severity.MEDIUM,
        targets=context.in_order((keeps.id, breaks.id)),
        text="audit_contradictions.allows",
        values={
            "keeps": keeps.title,
            "breaks": breaks.title,
            "path": joined(" → ", said_years(path, unit)),
        },
        numbers={
            "path": {str(year): value for year, value in path.items()},
            "keeps": keeps.id,
            "breaks": breaks.id,
        },
        part=breaks.id,
    )


_Rests = dict[str, tuple[float, float, dict[float, float]]]


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


@dataclass(frozen=True, slots=True)
class _Row:
    """What a target of levels says: its base, and its level where the change falls due."""

    target: Target
    base_year: int
    base: float
    level: Bound


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one reading of the change comes to on the row's base."""

    reading: Reading
    levels: tuple[float | None, ...]
    reconciling: tuple[float, ...]


@rule(Kind.TABLE_ARTICLE)
def change_against_levels(context: PlanContext) -> Iterator[Flaw]:
    """Find a change that does not lead from a stated base to the level stated elsewhere."""
    pairs = [(first, second, False) for first, second in same_indicator(context)]
    pairs += [(second, first, False) for first, second, _ in pairs]
    pairs += [(whole, part, True) for part, whole in part_and_whole(context)]
    for table, article, is_part in pairs:
        if not _sized(article) or _sized(table) or table.id == article.id:
            continue
        level = context.usual_levels(table).get(context.deadline(article))
        if level is None:
            continue
        base = context.base(table)
        if base is None:
            # A pace that the row itself names is held against its levels elsewhere.
            if table.pace is None and article.pace is None:
                yield Flaw(
                    severity=Severity.OPEN,
                    targets=(table.id, article.id),
                    text="audit_table_article.undecided",
                    numbers={"missing": "base"},
                )
            continue
        row = _Row(table, *base, level)
        readings = [_on_base(context, article, r, row) for r in _comparable(article)]
        ends = readings[0].levels if readings else ()
        if any(end is None or tidy(end - level.value) != 0 for end in ends):
            yield _differ(context, row, article, readings, is_part=is_part)


def _sized(target: Target) -> bool:
    reading = usual(target)
    return reading is not None and any(_change_of(reading))


def _change_of(reading: Reading) -> list[YearlyChange | AverageChange | TotalChange]:
    changes = (YearlyChange, AverageChange, TotalChange)
    return [c for c in reading.conditions if isinstance(c, changes) and c.change[0].value != 0]


def _comparable(article: Target) -> list[Reading]:
    """Give the readings on the target's own indicator, the default one first."""
    own = [
        r for r in article.readings if _change_of(r) and r.indicator in (None, article.indicator)
    ]
    return sorted(own, key=lambda reading: not reading.default)


def _on_base(context: PlanContext, article: Target, reading: Reading, row: _Row) -> _Reading:
    deadline = context.deadline(article)
    limits = context.limits(article, reading)
    change = _change_of(reading)[0]
    in_all = isinstance(change, TotalChange)
    steps: tuple[int | None, ...] = tuple(sorted(article.steps)) or (None,)
    # The row's base stands in one year; steps that begin elsewhere start from another value.
    fitting = tuple(s for s in steps if s and deadline - s == row.base_year)
    steps = steps[:1] if in_all else fitting or steps
    ranges = (reading_range(reading, row.base, n, limits, deadline=deadline) for n in steps)
    pace, relative = change.change[0].value, change.unit == "percent"
    reconciling = tuple(
        tidy(baselines_that_reach(row.level.value, pace, pace, n, relative=relative)[0])
        for n in (1 if in_all else n or 1 for n in steps)
    )
    levels = tuple(binding(values, row.base, limits) for values in ranges)
    return _Reading(reading, levels, reconciling)


def _differ(
    context: PlanContext, row: _Row, article: Target, readings: list[_Reading], *, is_part: bool
) -> Flaw:
    unit, limits, level = context.unit(row.target), context.limits(row.target), row.level.value
    suffix = "_pct" if unit == "percent" else ""
    #: By reading: its level, the part's largest share, and what is left to the rest.
    rests: _Rests = {
        one.reading.id: (end, *_left_to_rest(level, end, limits))
        for one in readings
        if is_part and (end := one.levels[0]) is not None and end != level
    }
    growth = growth_pct(row.base, level) if row.base else None
    begins = [context.deadline(article) - steps for steps in sorted(article.steps)]
    base_years = begins or [row.base_year]
    numbers: dict[str, Value] = {
        "base_year": row.base_year,
        f"base{suffix}": row.base,
        f"level{suffix}": level,
        "growth_pct": tidy(growth) if growth is not None else None,
        f"levels{suffix}": {r.reading.id: [*r.levels] for r in readings},
        f"reconciling_base{suffix}": {r.reading.id: [*r.reconciling] for r in readings},
        "base_years": [*base_years],
        "not_comparable": [
            r.id for r in article.readings if r.id not in {one.reading.id for one in readings}
        ],
    }
    if unit == "percent" and row.base < level < 100:
        numbers["additions_needed_pct"] = tidy(additions_needed(row.base, level))
    if is_part:
        numbers["shares"] = [*SHARES]
        numbers["rest_pct"] = {name: [*by.values()] for name, (_, _, by) in rests.items()}
        numbers["largest_share"] = {name: tidy(most) for name, (_, most, _) in rests.items()}
    return Flaw(
        severity=_severity(context, row, article, rests, is_part=is_part),
        targets=(row.target.id, article.id),
        text="audit_table_article.part" if is_part else "audit_table_article.same",
        values={
            "table": row.target.title,
            "article": article.title,
            **in_unit(unit, base=row.base, level=level),
            "year": row.base_year,
            "growth": signed(growth, 2) if growth is not None else "—",
            "levels": _said_readings(readings, [r.levels for r in readings], unit),
            "bases": _said_readings(readings, [r.reconciling for r in readings], unit),
            "years": said_alternatives(map(str, base_years)),
            "rest": _said_rest(rests, unit),
        },
        numbers=numbers,
    )


def _severity(
    context: PlanContext, row: _Row, article: Target, rests: _Rests, *, is_part: bool
) -> Severity:
    if is_part:
        possible = not rests or any(most > 0 for _, most, _ in rests.values())
    else:
        checks = [*_checks(context, row.target), *_checks(context, article)]
        known, limits = {row.base_year: row.base}, context.limits(row.target)
        possible = is_possible(checks, known, limits=limits, last_year=row.base_year)
    return Severity.MEDIUM if possible else Severity.HIGH


def _said_readings(
    readings: list[_Reading], values: Sequence[Sequence[float | None]], unit: str
) -> Said:
    """Say some values of each reading; one that lies beyond the limits as such."""
    beyond = said("audit_table_article.beyond")
    return said_rows(
        "audit_table_article.reading",
        label=(one.reading.label for one in readings),
        levels=(
            said_alternatives(beyond if value is None else said_value(value, unit) for value in row)
            for row in values
        ),
    )


def _said_rest(rests: _Rests, unit: str) -> Said:
    """Say what is left at the level that lies furthest from the row's: the least likely one."""
    if not rests:
        return ""
    level, most, rest = min(rests.values(), key=lambda one: one[1])
    return said(
        "audit_table_article.rest",
        level=said_value(level, unit),
        rests=_said_rests(rest, most),
        most=short(most, 3),
    )


def _said_rests(rests: Mapping[float, float], most: float) -> Said:
    """Say what is left for the rest at each illustrative size of the part."""
    return side_by_side(
        said(
            f"audit_contradictions.{'rest' if share <= most else 'rest_impossible'}",
            share=short(share),
            rest=said_value(rest, "percent"),
        )
        for share, rest in rests.items()
    )
