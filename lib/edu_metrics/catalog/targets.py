"""Plans and their targets: what exactly is promised, in every way that it can be read."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, ValidationInfo, field_validator

from edu_metrics.catalog import ids
from edu_metrics.catalog.base import Bound, Day, Period, Year
from edu_metrics.errors import DefinitionError
from edu_metrics.words.definition import Definition, Slug, Text, nearest

Kind = Literal[
    "level",
    "each_year_floor",
    "points_per_year",
    "relative_per_year",
    "cumulative",
    "count",
    "coverage",
    "range",
    "rank",
    "only_increase",
    "rule",
    "frequency",
    "milestone",
    "direction",
]

#: What a change is counted in: percentage points (or the indicator's own unit), or percent of
#: the value changed from.
ChangeUnit = Literal["points", "percent"]


class Level(Definition):
    """Bounds on the value in named years."""

    type: Literal["level"]
    at: dict[Year, Bound] = Field(min_length=1)
    round_to: float | None = Field(default=None, gt=0)


class EachYear(Definition):
    """One bound that holds in every year that counts as a step."""

    type: Literal["each_year"]
    bound: Bound


class YearlyChange(Definition):
    """
    Bounds on the change of every single step.

    With ``capped`` a step also counts as kept where it ends at the indicator's own limit,
    because no more can be asked.
    """

    type: Literal["yearly_change"]
    unit: ChangeUnit
    change: tuple[Bound, ...] = Field(min_length=1)
    capped: bool = False


class AverageChange(Definition):
    """Bounds on the mean change per step, first step to last."""

    type: Literal["average_change"]
    unit: Literal["points"] = "points"
    change: tuple[Bound, ...] = Field(min_length=1)


class TotalChange(Definition):
    """Bounds on the change from the base year to the deadline."""

    type: Literal["total_change"]
    unit: ChangeUnit
    change: tuple[Bound, ...] = Field(min_length=1)


class ChangeSince(Definition):
    """Bounds on the change between two named years."""

    type: Literal["change_since"]
    unit: ChangeUnit
    since: Year
    by: Year
    change: tuple[Bound, ...] = Field(min_length=1)

    def _faults(self) -> Iterator[str]:
        yield from _in_order(self.since, self.by)


class SumOverYears(Definition):
    """Bounds on the sum of a yearly flow over named years."""

    type: Literal["sum_over_years"]
    years: tuple[Year, ...] = Field(min_length=1)
    bounds: tuple[Bound, ...] = Field(min_length=1)

    def _faults(self) -> Iterator[str]:
        if twice := sorted({year for year in self.years if self.years.count(year) > 1}):
            yield f"years: expected each year once, found {', '.join(map(str, twice))} twice"


class Rank(Definition):
    """A place among areas, 1 being the best; or, in percent, the part of them that this is."""

    type: Literal["rank"]
    year: Year
    bound: Bound
    unit: Literal["place", "percent"] = "place"
    among: tuple[ids.Place, ...] = Field(min_length=2)

    def _faults(self) -> Iterator[str]:
        most = 100 if self.unit == "percent" else math.inf
        if not 1 <= self.bound.value <= most:
            yield (f"bound: expected a rank from 1, in percent to 100, found {self.bound}")


class Reference(Definition):
    """What a value is compared with: an area, a group, an indicator, a year, or a number."""

    area: ids.Area | None = None
    group: ids.Group | None = None
    indicator: ids.Indicator | None = None
    year: Year | None = None
    value: float | None = None

    def _faults(self) -> Iterator[str]:
        named = self.model_fields_set
        if not named or ("value" in named and len(named) > 1):
            yield (
                "expected some of area, group, indicator and year, or a value alone, found "
                + (", ".join(sorted(named)) or "nothing")
            )

    @property
    def series(self) -> str:
        """A name for the series that is meant."""
        return f"{self.indicator or ''} {self.area or ''}"

    @property
    def own_past(self) -> bool:
        """Whether it is the very series in another year."""
        return self.model_fields_set == {"year"}


class Relative(Definition):
    """
    A bound on how a value stands to another one.

    ``difference`` is the value less the other one, ``ratio`` the value by the other one, and
    ``gap_closed`` the part of the gap between both in ``since`` that is closed. [percent]
    """

    type: Literal["relative"]
    measure: Literal["difference", "ratio", "gap_closed"]
    to: Reference
    year: Year
    since: Year | None = None
    bound: Bound

    def _faults(self) -> Iterator[str]:
        closed = self.measure == "gap_closed"
        if closed != (self.since is not None):
            yield "since: expected with gap_closed, whose gap it dates, and only there"
        if closed and (not self.bound.rising or self.to.own_past or self.to.year is not None):
            yield (
                "gap_closed: expected a bound such as '>=50', the percent of the gap that is "
                "closed, and a reference without a year of its own"
            )
        yield from _in_order(self.since or self.year - 1, self.year)

    def in_full(self) -> ChangeSince | Relative:
        """Say a comparison with the series' own past as the change that it is."""
        if not self.to.own_past:
            return self
        bound, unit = self.bound, "points"
        if self.measure == "ratio":
            bound = Bound(op=bound.op, value=round(100 * (bound.value - 1), 9))
            unit = "percent"
        return ChangeSince.model_validate(
            {"type": "change_since", "unit": unit, "since": self.to.year, "by": self.year,
             "change": [bound]}
        )  # fmt: skip


class Areas(Definition):
    """How many of several areas keep a condition, each with its own numbers."""

    type: Literal["areas"]
    among: tuple[ids.Place, ...] = Field(min_length=2)
    each: Annotated[Level | ChangeSince | Relative, Field(discriminator="type")]
    bound: Bound
    unit: Literal["areas", "percent"] = "areas"

    def _faults(self) -> Iterator[str]:
        if isinstance(self.each, Relative):
            if self.each.to.area is None and self.each.to.value is None:
                yield "each: to: expected an area or a value, the same for every area"
        elif isinstance(self.each, Level) and len(self.each.at) > 1:
            yield "each: at: expected one year"
        if self.bound.value < 0 or (self.unit == "percent" and self.bound.value > 100):
            yield f"bound: expected 0 or more, in percent to 100, found {self.bound}"


def _in_order(since: int, by: int) -> Iterator[str]:
    if since >= by:
        yield f"since: expected a year before {by}, found {since}"


Condition = Annotated[
    Level
    | EachYear
    | YearlyChange
    | AverageChange
    | TotalChange
    | ChangeSince
    | SumOverYears
    | Rank
    | Relative
    | Areas,
    Field(discriminator="type"),
]


class Milestones(Definition):
    """
    A rule that gives every year on the way its bound.

    ``line`` runs straight to the bound in the last year, ``growth`` changes by the percent of the
    bound in each year on the year before (compound), and ``halving`` comes to half in so many
    years. The start is the plan's own baseline (``stated``) or what was observed in ``since``.
    """

    rule: Literal["line", "growth", "halving"]
    start: Literal["stated", "observed"]
    since: Year | None = None
    until: Year | None = None
    bound: Bound | None = None
    half_in: int | None = Field(default=None, ge=1, le=100)

    def _faults(self) -> Iterator[str]:
        halving = self.rule == "halving"
        if halving != (self.half_in is not None) or halving == (self.bound is not None):
            yield (
                "expected half_in, the years in which it halves"
                if halving
                else f"expected a bound for the rule {self.rule}, and no half_in"
            )
        if self.rule == "growth" and self.bound is not None and self.bound.value <= -100:
            yield f"bound: nothing falls by more than all, found {self.bound}"

    def conditions(self, baseline: Baseline | None, deadline: int | None) -> list[dict[str, Any]]:
        """Work out the condition of each year, or raise ValueError for what the rule lacks."""
        stated = self.start == "stated"
        if stated and (baseline is None or baseline.year is None or not baseline.exact):
            raise ValueError(
                "milestones: start: expected a baseline with an exact value and a year"
            )
        since = baseline.year if baseline and stated else self.since
        until = self.until or deadline
        if since is None or until is None or (stated and self.since not in (None, since)):
            raise ValueError(
                "milestones: expected since, the year of the start (that of the baseline where it "
                "is stated), and until where the target has no deadline"
            )
        if since >= until:
            raise ValueError(f"milestones: expected a start before {until}, found {since}")
        start = baseline.value if baseline and stated else None
        return [self._in(year, since, until, start) for year in range(since + 1, until + 1)]

    def _in(self, year: int, since: int, until: int, start: float | None) -> dict[str, Any]:
        passed = year - since
        if self.rule == "line" and self.bound:
            part = passed / (until - since)
            if start is None:
                return {
                    "type": "relative", "measure": "gap_closed", "since": since, "year": year,
                    "to": {"value": self.bound.value}, "bound": f">={100 * part:.9f}",
                }  # fmt: skip
            return _level(year, self.bound.op, start + part * (self.bound.value - start))
        factor, op = 0.5 ** (passed / (self.half_in or 1)), "<="
        if self.bound:
            factor, op = (1 + self.bound.value / 100) ** passed, self.bound.op
        if start is not None:
            return _level(year, op, start * factor)
        change = Bound(op=op, value=round(100 * (factor - 1), 9))
        return {"type": "change_since", "unit": "percent", "since": since, "by": year,
                "change": [change]}  # fmt: skip


def _level(year: int, op: str, value: float) -> dict[str, Any]:
    return {"type": "level", "at": {year: {"op": op, "value": round(value, 9)}}}


def years_named(condition: Condition) -> tuple[int, ...]:
    """
    Give the years by which a condition asks for something, as it names them itself.

    Examples
    --------
    >>> years_named(Level(type="level", at={2021: ">95", 2022: ">95"}))
    (2021, 2022)
    """
    each = getattr(condition, "each", None)
    last = getattr(condition, "year", None) or getattr(condition, "by", None)
    return (
        *getattr(condition, "at", ()),
        *getattr(condition, "years", ()),
        *filter(None, [last]),
        *(years_named(each) if each else ()),
    )


def _ways(condition: Condition) -> set[bool]:
    """Say which way a condition wants a value to go: up, down, or none where it is of a place."""
    if isinstance(condition, Areas):
        return _ways(condition.each)
    if isinstance(condition, Rank) or getattr(condition, "measure", "") == "gap_closed":
        return set()
    single = getattr(condition, "bound", None)
    several = getattr(condition, "bounds", ()) or getattr(condition, "change", ())
    bounds = [*getattr(condition, "at", {}).values(), *several, *filter(None, [single])]
    return {bound.rising for bound in bounds if bound.op != "=="}


#: Conditions that say nothing until it is known how many yearly steps a clause can mean.
STEPWISE = (EachYear, YearlyChange, AverageChange, TotalChange)


C = TypeVar("C", bound=Definition)


class Reading(Definition):
    """
    One exact meaning of a target: all its conditions must hold.

    A reading that this toolkit can't judge says why in ``undecided`` and has no conditions.
    ``milestones`` are worked out into conditions, one a year, when the target is loaded.
    ``derived`` marks a number that the clause implies and does not print.
    """

    id: Slug
    label: Text
    default: bool = False
    derived: bool = False
    indicator: ids.Indicator | None = None
    conditions: tuple[Condition, ...] = ()
    milestones: Milestones | None = None
    undecided: Text | None = None

    @field_validator("conditions")
    @classmethod
    def _in_full(cls, given: tuple[Condition, ...]) -> tuple[Condition, ...]:
        return tuple(one.in_full() if isinstance(one, Relative) else one for one in given)

    def _faults(self) -> Iterator[str]:
        if bool(self.conditions or self.milestones) == bool(self.undecided):
            yield ("expected either conditions, or undecided with the reason why none can be given")

    def of(self, kind: type[C]) -> list[C]:
        """Give its conditions of one kind, in order."""
        return [condition for condition in self.conditions if isinstance(condition, kind)]

    @property
    def stepwise(self) -> bool:
        """Whether the number of yearly steps matters to this reading."""
        return any(isinstance(condition, STEPWISE) for condition in self.conditions)


class Baseline(Definition):
    """Where the plan itself says that it starts: a plan statement, not an observation."""

    value: float
    year: Year | None
    exact: bool = True
    note: Text | None = None


class Frequency(Definition):
    """How often something is to happen, and how often that makes it within the plan."""

    every_years: tuple[float, ...]
    at_least: dict[int, int] = Field(default_factory=dict)
    note: Text | None = None


class Target(Definition):
    """One promise of a plan, with its words quoted and its place named."""

    id: Slug
    title: Text
    article: str
    tier: Literal["numeric", "deliverable", "dated"]
    kind: Kind
    indicator: ids.Indicator | None
    areas: tuple[ids.Place, ...] = Field(min_length=1)
    population: Text
    #: Group and period of the indicator that is meant.
    group: ids.Group = "all"
    period: Period = "year"
    unit: ids.Unit
    better: Literal["higher", "lower", "hold", "reach"]
    #: Whether the plan must be held to it or only expects it.
    obligation: Literal["binding", "expected"] | None = None
    priority: Literal["high", "medium", "low"] | None = None
    #: The body that answers for it.
    responsible: Text | None = None
    baseline: Baseline | None = None
    deadline: Year | None
    #: The day in that year by which it is promised, where one is printed.
    due_on: Day | None = None
    quote: str = Field(min_length=1)
    locator: str = Field(min_length=1)
    steps: tuple[Annotated[int, Field(ge=1, le=20)], ...] = ()
    readings: tuple[Reading, ...] = ()
    ambiguities: tuple[Text, ...] = ()
    see_also: tuple[Slug, ...] = ()
    assumptions: tuple[ids.Assumption, ...] = ()
    pace: Slug | None = None
    frequency: Frequency | None = None
    evidence: tuple[ids.Quantity, ...] = ()

    @field_validator("indicator")
    @classmethod
    def _indicator_is_said(cls, given: str | None, info: ValidationInfo) -> str | None:
        if given is None and info.data.get("tier") == "numeric":
            raise ValueError("a numeric target needs an indicator")
        return given

    @field_validator("readings")
    @classmethod
    def _milestones_are_worked_out(
        cls, given: tuple[Reading, ...], info: ValidationInfo
    ) -> tuple[Reading, ...]:
        baseline, deadline = info.data.get("baseline"), info.data.get("deadline")
        return tuple(
            Reading.model_validate(
                {
                    **dict(reading),
                    "conditions": [
                        *reading.conditions,
                        *reading.milestones.conditions(baseline, deadline),
                    ],
                    "milestones": None,
                }
            )
            if reading.milestones
            else reading
            for reading in given
        )

    @field_validator("due_on")
    @classmethod
    def _day_is_in_the_year(cls, given: dt.date | None, info: ValidationInfo) -> dt.date | None:
        deadline = info.data.get("deadline")
        if given is not None and "deadline" in info.data and given.year != deadline:
            raise ValueError(
                f"expected a day in the year of the deadline, {deadline}, found {given}"
            )
        return given

    def _faults(self) -> Iterator[str]:
        if self.tier == "numeric" and not self.readings:
            yield "a numeric target needs at least one reading"
        if self.readings:
            ids = [reading.id for reading in self.readings]
            if len(set(ids)) < len(ids):
                yield f"readings: an id stands twice in {ids}"
            defaults = [reading.id for reading in self.readings if reading.default]
            if len(defaults) != 1:
                yield f"readings: expected exactly one default, found {defaults}"
        usual = self.default_reading
        if usual and usual.indicator in (None, self.indicator):
            ways: set[bool] = set().union(*map(_ways, usual.conditions))
            if self.better in ("higher", "lower") and ways == {self.better == "lower"}:
                yield (
                    f"better: {self.better} is said to be better, and reading {usual.id!r} asks "
                    "for the other way alone; mend the bounds or better"
                )
        blind = [
            r.id for r in self.readings if r.conditions and not (r.indicator or self.indicator)
        ]
        if blind:
            yield f"readings: {blind} have conditions, and no indicator to hold to them"
        stepwise = [reading.id for reading in self.readings if reading.stepwise]
        if stepwise and not self.steps:
            yield (
                f"steps: readings {stepwise} speak of yearly change; say how many steps "
                "the clause can mean, such as steps: [2, 3]"
            )

    @property
    def numeric(self) -> bool:
        """Whether a number of the plan's own judges this target."""
        return self.tier == "numeric"

    @property
    def indicators(self) -> tuple[str, ...]:
        """The indicators that some reading names, the target's own first, each once."""
        names = (self.indicator, *(reading.indicator for reading in self.readings))
        return tuple(dict.fromkeys(name for name in names if name))

    @property
    def default_reading(self) -> Reading | None:
        """The reading used where only one can be shown."""
        return next((reading for reading in self.readings if reading.default), None)

    def reading(self, reading_id: str) -> Reading:
        """Give the reading of this id; KeyError if there is none."""
        return {reading.id: reading for reading in self.readings}[reading_id]


class Plan(Definition):
    """One policy document, with every promise in it."""

    id: Slug
    title: Text
    source: ids.Source
    issued: Day
    first_year: Year
    last_year: Year
    areas: tuple[ids.Place, ...] = Field(min_length=1)
    hypothetical: bool = False
    #: Whether some of its promises are still to be decided; a draft is not judged.
    draft: bool = False
    #: Documents that were not read and would say more of the same places: ids of sources.
    ask_for: tuple[ids.Source, ...] = ()
    note: Text | None = None
    articles: dict[str, Text] = Field(default_factory=dict)
    targets: tuple[Target, ...] = Field(min_length=1)

    def _faults(self) -> Iterator[str]:
        unknown = sorted(set(self.articles) - {target.article for target in self.targets})
        if unknown:
            yield f"articles: no target stands in {unknown}"
        if self.last_year < self.first_year:
            yield (f"last_year: expected {self.first_year} or later, found {self.last_year}")

    def target(self, target_id: str) -> Target:
        """Give the target of this id; KeyError if there is none."""
        return {target.id: target for target in self.targets}[target_id]

    def chosen(self, names: Iterable[str] | None) -> tuple[Target, ...]:
        """
        Give the targets named, in the order of the plan; all of them where none is named.

        Raises
        ------
        DefinitionError
            With every name that is no target's, and the nearest one.
        """
        wanted, known = set(names or ()), [target.id for target in self.targets]
        unknown = [
            f"no target {name!r}{nearest(name, known)}" for name in names or () if name not in known
        ]
        if unknown:
            raise DefinitionError(f"expected targets of plan {self.id!r}", unknown)
        return tuple(one for one in self.targets if not wanted or one.id in wanted)

    def article_in(self, article: str, lang: str) -> str:
        """Give an article as a reader knows it: by its number, or by its name where it has one."""
        named = self.articles.get(article)
        return named.in_(lang) if named else article

    def deadline_of(self, target: Target) -> int:
        """Give the year a target falls due: its own, or else the plan's last year."""
        return target.deadline or self.last_year

    def default_steps(self, target: Target) -> int | None:
        """
        Say how many steps of a yearly clause remain after the date of issue.

        Of the numbers that the clause can mean, the largest that begins no earlier than the
        year of issue; the smallest where none does.
        """
        if not target.steps:
            return None
        remaining = self.deadline_of(target) - self.issued.year
        within = [steps for steps in target.steps if steps <= remaining]
        return max(within) if within else min(target.steps)

    def combinations(self, target: Target) -> tuple[tuple[Reading, int | None], ...]:
        """Cross readings with steps, the default combination first."""
        default = self.default_steps(target)
        ordered = sorted(target.steps, key=lambda steps: steps != default)
        return tuple(
            (reading, steps)
            for reading in sorted(target.readings, key=lambda reading: not reading.default)
            for steps in (ordered if reading.stepwise else (None,))
        )
