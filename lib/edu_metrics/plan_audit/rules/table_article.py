"""A row of levels in one place, and a change of the same thing in another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from edu_metrics.catalog import (
    AverageChange,
    Bound,
    Reading,
    Target,
    TotalChange,
    YearlyChange,
)
from edu_metrics.plan_audit.context import PlanContext
from edu_metrics.plan_audit.findings import Finding, Kind, Severity, Value
from edu_metrics.plan_audit.rules._levels import reading_levels
from edu_metrics.plan_audit.rules._pairs import part_and_whole, same_indicator, usual
from edu_metrics.plan_audit.rules._rest import (
    SHARES,
    largest_share,
    rest_of_whole,
    rests_in_words,
)
from edu_metrics.plan_audit.rules._saying import (
    alternatives,
    in_both,
    listed,
    measured,
    said_value,
    short,
    tidy,
)
from edu_metrics.reachability import is_possible
from edu_metrics.trajectories import baselines_that_reach
from edu_metrics.words import say, signed

__all__ = ["additions_needed", "change_against_levels", "growth"]

Limits = tuple[float | None, float | None]
_Rests = dict[str, tuple[float, float, dict[float, float]]]


def growth(first: float, last: float) -> float:
    """
    Give the growth from a first to a last value.

    Parameters
    ----------
    first, last : float
        Values. [same unit]

    Returns
    -------
    float
        Growth. [percent of the first]

    Examples
    --------
    >>> round(growth(39, 42), 2)
    7.69
    """
    return 100 * (last / first - 1)


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
    steps: tuple[int | None, ...]
    reconciling: tuple[float, ...]


def change_against_levels(context: PlanContext) -> Iterator[Finding]:
    """Find a change that does not lead from a stated base to the level stated elsewhere."""
    pairs = [(first, second, False) for first, second in same_indicator(context)]
    pairs += [(second, first, False) for first, second, _ in pairs]
    pairs += [(whole, part, True) for part, whole in part_and_whole(context)]
    for table, article, is_part in pairs:
        if not _sized(article) or _sized(table) or table.id == article.id:
            continue
        level = _level_at(context, table, context.deadline(article))
        if level is None:
            continue
        base = context.base(table)
        if base is None:
            # A pace that the row itself names is held against its levels elsewhere.
            if table.pace is None and article.pace is None:
                yield _undecided(context, table, article)
            continue
        row = _Row(table, *base, level)
        readings = [_on_base(context, article, r, row) for r in _comparable(article)]
        if readings and not _agree(readings[0], level):
            yield _differ(context, row, article, readings, is_part=is_part)


def _sized(target: Target) -> bool:
    reading = usual(target)
    return reading is not None and any(_change_of(reading))


def _change_of(reading: Reading) -> list[YearlyChange | AverageChange | TotalChange]:
    changes = (YearlyChange, AverageChange, TotalChange)
    return [c for c in reading.conditions if isinstance(c, changes) and c.change[0].value != 0]


def _level_at(context: PlanContext, target: Target, year: int) -> Bound | None:
    reading = usual(target)
    return context.levels(reading).get(year) if reading else None


def _comparable(article: Target) -> list[Reading]:
    """Give the readings on the target's own indicator, the default one first."""
    own = [
        r for r in article.readings if _change_of(r) and r.indicator in (None, article.indicator)
    ]
    return sorted(own, key=lambda reading: not reading.default)


def _on_base(context: PlanContext, article: Target, reading: Reading, row: _Row) -> _Reading:
    deadline = context.deadline(article)
    indicator = context.indicator(article, reading)
    limits = indicator.bounds if indicator else (None, None)
    change = _change_of(reading)[0]
    steps: tuple[int | None, ...] = tuple(sorted(article.steps)) or (None,)
    if not isinstance(change, TotalChange):
        # The row's base stands in one year; steps that begin elsewhere start from another value.
        steps = tuple(s for s in steps if s and deadline - s == row.base_year) or steps
    else:
        steps = steps[:1]
    levels = reading_levels(reading, row.base, steps, limits, deadline=deadline)
    pace, relative = change.change[0].value, change.unit == "percent"
    counts = (1,) if isinstance(change, TotalChange) else tuple(s or 1 for s in steps)
    reconciling = tuple(
        tidy(baselines_that_reach(row.level.value, pace, pace, count, relative=relative)[0])
        for count in counts
    )
    return _Reading(reading, levels, steps, reconciling)


def _agree(found: _Reading, level: Bound) -> bool:
    return all(one is not None and tidy(one - level.value) == 0 for one in found.levels)


def _differ(
    context: PlanContext, row: _Row, article: Target, readings: list[_Reading], *, is_part: bool
) -> Finding:
    indicator = context.indicator(row.target)
    unit = indicator.unit if indicator else row.target.unit
    limits = indicator.bounds if indicator else (None, None)
    suffix = "_pct" if unit == "percent" else ""
    rests = _rests(row, readings, limits) if is_part else {}
    begins = [context.deadline(article) - steps for steps in sorted(article.steps)]
    base_years = begins or [row.base_year]
    numbers: dict[str, Value] = {
        "base_year": row.base_year,
        f"base{suffix}": row.base,
        f"level{suffix}": row.level.value,
        "growth_pct": tidy(growth(row.base, row.level.value)) if row.base else None,
        f"levels{suffix}": {
            r.reading.id: [None if level is None else tidy(level) for level in r.levels]
            for r in readings
        },
        f"reconciling_base{suffix}": {r.reading.id: [*r.reconciling] for r in readings},
        "base_years": [*base_years],
        "not_comparable": [
            r.id for r in article.readings if r.id not in {one.reading.id for one in readings}
        ],
    }
    if unit == "percent" and row.level.value < 100 and row.level.value > row.base:
        numbers["additions_needed_pct"] = tidy(additions_needed(row.base, row.level.value))
    if is_part:
        numbers["shares"] = [*SHARES]
        numbers["rest_pct"] = {name: [*by.values()] for name, (_, _, by) in rests.items()}
        numbers["largest_share"] = {name: tidy(most) for name, (_, most, _) in rests.items()}
    return Finding(
        kind=Kind.TABLE_ARTICLE,
        severity=_severity(context, row, article, rests, limits, is_part=is_part),
        rule="change_against_levels",
        targets=(row.target.id, article.id),
        text="audit_table_article.part" if is_part else "audit_table_article.same",
        values={
            "table": context.title(row.target),
            "article": context.title(article),
            "base": said_value(row.base, unit),
            "year": row.base_year,
            "level": said_value(row.level.value, unit),
            "growth": signed(growth(row.base, row.level.value), 2) if row.base else "—",
            "levels": in_both(lambda lang: listed((_said(r, unit, lang) for r in readings), lang)),
            "bases": in_both(
                lambda lang: listed((_said_base(r, unit, lang) for r in readings), lang)
            ),
            "years": in_both(lambda lang: alternatives(map(str, base_years), lang)),
            "rest": in_both(lambda lang: _said_rest(rests, unit, lang)),
        },
        numbers=numbers,
    )


def _rests(row: _Row, readings: list[_Reading], limits: Limits) -> _Rests:
    """Give, by reading, its level, the part's largest share and the rest at illustrative ones."""
    found = {}
    for one in readings:
        level = one.levels[0]
        if level is not None and level != row.level.value:
            rest = {s: tidy(rest_of_whole(row.level.value, level, s)) for s in SHARES}
            found[one.reading.id] = (level, largest_share(row.level.value, level, limits), rest)
    return found


def _severity(
    context: PlanContext,
    row: _Row,
    article: Target,
    rests: _Rests,
    limits: Limits,
    *,
    is_part: bool,
) -> Severity:
    if is_part:
        possible = not rests or any(most > 0 for _, most, _ in rests.values())
        return Severity.MEDIUM if possible else Severity.HIGH
    checks = [
        check
        for target in (row.target, article)
        if (reading := usual(target))
        for check in context.checks(target, reading, context.steps(target)[0])
    ]
    known = {row.base_year: row.base}
    possible = is_possible(checks, known, limits=limits, last_year=row.base_year)
    return Severity.MEDIUM if possible else Severity.HIGH


def _said(found: _Reading, unit: str, lang: str) -> str:
    shown = [
        say("audit_table_article.beyond", lang) if level is None else measured(level, unit, lang)
        for level in found.levels
    ]
    label, levels = found.reading.label.in_(lang), alternatives(shown, lang)
    return say("audit_table_article.reading", lang, label=label, levels=levels)


def _said_base(found: _Reading, unit: str, lang: str) -> str:
    shown = alternatives([measured(base, unit, lang) for base in found.reconciling], lang)
    return say(
        "audit_table_article.reading", lang, label=found.reading.label.in_(lang), levels=shown
    )


def _said_rest(rests: _Rests, unit: str, lang: str) -> str:
    """Say what is left at the level that lies furthest from the row's: the least likely one."""
    if not rests:
        return ""
    level, most, rest = min(rests.values(), key=lambda one: one[1])
    return say(
        "audit_table_article.rest",
        lang,
        level=measured(level, unit, lang),
        rests=rests_in_words(rest, most)[lang],
        most=short(most, 3),
    )


def _undecided(context: PlanContext, table: Target, article: Target) -> Finding:
    return Finding(
        kind=Kind.TABLE_ARTICLE,
        severity=Severity.OPEN,
        rule="change_against_levels",
        targets=(table.id, article.id),
        text="audit_table_article.undecided",
        values={"table": context.title(table), "article": context.title(article)},
        numbers={"missing": "base"},
    )
