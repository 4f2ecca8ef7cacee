"""Plans and their targets: what exactly is promised, in every way that it can be read."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from edu_metrics.catalog.base import Bound, Definition, Slug, Text, Year

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


class SumOverYears(Definition):
    """Bounds on the sum of a yearly flow over named years."""

    type: Literal["sum_over_years"]
    years: tuple[Year, ...] = Field(min_length=1)
    bounds: tuple[Bound, ...] = Field(min_length=1)


class Rank(Definition):
    """A place among areas, 1 being the best."""

    type: Literal["rank"]
    year: Year
    bound: Bound
    among: tuple[Slug, ...] = Field(min_length=2)


Condition = Annotated[
    Level | EachYear | YearlyChange | AverageChange | TotalChange | SumOverYears | Rank,
    Field(discriminator="type"),
]

#: Conditions that say nothing until it is known how many yearly steps a clause can mean.
STEPWISE = (EachYear, YearlyChange, AverageChange, TotalChange)


class Reading(Definition):
    """
    One exact meaning of a target: all its conditions must hold.

    A reading that this toolkit can't judge says why in ``undecided`` and has no conditions.
    ``derived`` marks a number that the clause implies and does not print.
    """

    id: Slug
    label: Text
    default: bool = False
    derived: bool = False
    indicator: Slug | None = None
    conditions: tuple[Condition, ...] = ()
    undecided: Text | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Reading:
        if bool(self.conditions) == bool(self.undecided):
            raise ValueError(
                "expected either conditions, or undecided with the reason why none can be given"
            )
        return self

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
    indicator: Slug | None
    areas: tuple[Slug, ...] = Field(min_length=1)
    population: Text
    unit: str
    better: Literal["higher", "lower", "hold", "reach"]
    #: Whether the plan must be held to it or only expects it.
    obligation: Literal["binding", "expected"] | None = None
    priority: Literal["high", "medium", "low"] | None = None
    #: The body that answers for it.
    responsible: Text | None = None
    baseline: Baseline | None = None
    deadline: Year | None
    quote: str = Field(min_length=1)
    locator: str = Field(min_length=1)
    steps: tuple[Annotated[int, Field(ge=1, le=20)], ...] = ()
    readings: tuple[Reading, ...] = ()
    ambiguities: tuple[Text, ...] = ()
    see_also: tuple[Slug, ...] = ()
    assumptions: tuple[Slug, ...] = ()
    pace: Slug | None = None
    frequency: Frequency | None = None
    evidence: tuple[Slug, ...] = ()

    @field_validator("indicator")
    @classmethod
    def _indicator_is_said(cls, given: str | None, info: ValidationInfo) -> str | None:
        if given is None and info.data.get("tier") == "numeric":
            raise ValueError("a numeric target needs an indicator")
        return given

    @model_validator(mode="after")
    def _readings_are_whole(self) -> Target:
        if self.tier == "numeric" and not self.readings:
            raise ValueError("a numeric target needs at least one reading")
        if self.readings:
            ids = [reading.id for reading in self.readings]
            if len(set(ids)) < len(ids):
                raise ValueError(f"readings: an id stands twice in {ids}")
            defaults = [reading.id for reading in self.readings if reading.default]
            if len(defaults) != 1:
                raise ValueError(f"readings: expected exactly one default, found {defaults}")
        blind = [
            r.id for r in self.readings if r.conditions and not (r.indicator or self.indicator)
        ]
        if blind:
            raise ValueError(f"readings: {blind} have conditions, and no indicator to hold to them")
        stepwise = [reading.id for reading in self.readings if reading.stepwise]
        if stepwise and not self.steps:
            raise ValueError(
                f"steps: readings {stepwise} speak of yearly change; say how many steps "
                "the clause can mean, such as steps: [2, 3]"
            )
        return self

    @property
    def numeric(self) -> bool:
        """Whether a number of the plan's own judges this target."""
        return self.tier == "numeric"

    @property
    def default_reading(self) -> Reading | None:
        """The reading used where only one can be shown."""
        return next((reading for reading in self.readings if reading.default), None)

    def reading(self, reading_id: str) -> Reading:
        """Give the reading of this id; KeyError if there is none."""
        for reading in self.readings:
            if reading.id == reading_id:
                return reading
        raise KeyError(reading_id)


class Plan(Definition):
    """One policy document, with every promise in it."""

    id: Slug
    title: Text
    source: Slug
    issued: dt.date
    first_year: Year
    last_year: Year
    areas: tuple[Slug, ...] = Field(min_length=1)
    hypothetical: bool = False
    note: Text | None = None
    articles: dict[str, Text] = Field(default_factory=dict)
    targets: tuple[Target, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _named_articles_exist(self) -> Plan:
        unknown = sorted(set(self.articles) - {target.article for target in self.targets})
        if unknown:
            raise ValueError(f"articles: no target stands in {unknown}")
        return self

    @model_validator(mode="after")
    def _years_in_order(self) -> Plan:
        if self.last_year < self.first_year:
            raise ValueError(
                f"last_year: expected {self.first_year} or later, found {self.last_year}"
            )
        return self

    def target(self, target_id: str) -> Target:
        """Give the target of this id; KeyError if there is none."""
        for target in self.targets:
            if target.id == target_id:
                return target
        raise KeyError(target_id)

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
        crossed: list[tuple[Reading, int | None]] = []
        for reading in sorted(target.readings, key=lambda reading: not reading.default):
            if reading.stepwise:
                ordered = sorted(target.steps, key=lambda steps: steps != default)
                crossed += [(reading, steps) for steps in ordered]
            else:
                crossed.append((reading, None))
        return tuple(crossed)
