"""Scenarios: named assumptions about what comes, in steps that are applied in order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from edu_metrics.catalog import ids
from edu_metrics.words.definition import Definition, Slug, Text

#: How many years after the start a step takes effect; 0 is from the first year on.
After = Annotated[int, Field(ge=0, le=50)]

_MOST_CELLS = 1000


class AsUsual(Definition):
    """The trend's own draws: level, common drift and the swings of the past."""

    type: Literal["as_usual"]
    after: After = 0


class PromisedPace(Definition):
    """The pace that the plan prints: the slow end of what it promises, the fast one, the middle."""

    type: Literal["promised_pace"]
    at: Literal["low", "middle", "high"]
    after: After = 0


class ReadingPath(Definition):
    """The least that a reading of the target asks for, year by year: the default one or each."""

    type: Literal["reading"]
    which: Literal["default", "each"] = "default"


class RequiredPace(Definition):
    """The even pace that just arrives."""

    type: Literal["required_pace"]
    after: After = 0


class HistoricalPace(Definition):
    """The area's own mean pace since the last break."""

    type: Literal["historical_pace"]
    after: After = 0


class OwnPace(Definition):
    """A pace of the author's own."""

    type: Literal["pace"]
    per_year: float
    unit: Literal["points", "percent"] = "points"
    after: After = 0


class Percentile(Definition):
    """
    The pace that so many percent of a reference class did not pass.

    ``pace`` gives it outright, in the better direction; without it the reference class of the study
    is asked.
    """

    type: Literal["percentile"]
    percentile: float = Field(ge=0, le=100)
    pace: float | None = None
    after: After = 0


class BestPeers(Definition):
    """The fastest past pace among the areas of the same level in the study."""

    type: Literal["best_peers"]
    after: After = 0


class Halt(Definition):
    """Nothing moves any more."""

    type: Literal["halt"]
    after: After = 0


class Shock(Definition):
    """
    Something befalls the series and passes: in full for some years, then evenly less.

    ``worse`` is how much, in the worse direction; negative where something helps.
    """

    type: Literal["shock"]
    worse: float
    unit: Literal["points", "percent"] = "points"
    lasts: int = Field(default=1, ge=1, le=50)
    recovery: int = Field(default=0, ge=0, le=50)
    after: After = 0


class LeverSettings(Definition):
    """
    Levers of a mechanism set otherwise than usual, in every year, from the start.

    Where no other step says how the series goes on from the start, the mechanism does; beside one
    that does, what the levers change in the mechanism is added to it, in whatever order they stand.
    """

    type: Literal["levers"]
    flow: Slug
    set: dict[Slug, float] = Field(min_length=1)
    per_100: bool = False


class Span(Definition):
    """A range of numbers to go through; the end counts where it is met."""

    start: float
    end: float
    by: float = Field(gt=0)

    def _faults(self) -> Iterator[str]:
        if self.start > self.end:
            yield f"expected start before end, found {self.start:g} and {self.end:g}"
        if (self.end - self.start) / self.by > _MOST_CELLS:
            yield f"by: expected {_MOST_CELLS} numbers at most, found {self.by:g}"

    def numbers(self) -> tuple[float, ...]:
        """
        List the numbers.

        Examples
        --------
        >>> Span(start=80, end=81, by=0.5).numbers()
        (80.0, 80.5, 81.0)
        """
        steps = int((self.end - self.start) / self.by + 1e-9)
        return tuple(round(self.start + n * self.by, 9) for n in range(steps + 1))


class Grid(Definition):
    """Every start with every pace over every number of years."""

    type: Literal["grid"]
    base: Span
    pace: Span
    years: tuple[Annotated[int, Field(ge=1, le=50)], ...] = Field(min_length=1)
    unit: Literal["points", "percent"] = "points"

    def _faults(self) -> Iterator[str]:
        cells = len(self.base.numbers()) * len(self.pace.numbers()) * len(self.years)
        if cells > _MOST_CELLS:
            yield f"expected {_MOST_CELLS} combinations at most, found {cells}"


ScenarioStep = Annotated[
    AsUsual
    | PromisedPace
    | ReadingPath
    | RequiredPace
    | HistoricalPace
    | OwnPace
    | Percentile
    | BestPeers
    | Halt
    | Shock
    | LeverSettings
    | Grid,
    Field(discriminator="type"),
]

#: Steps that start from published numbers and not from the step before.
_FIRST_ONLY = ("reading", "grid")


class Start(Definition):
    """
    A start of the author's own.

    ``value`` is where the series is taken to stand, its last value where left out; ``years`` how
    many years before the target is due, the years since its last value where left out.
    """

    value: float | None = None
    years: int | None = Field(default=None, ge=1, le=50)


class Scenario(Definition):
    """
    Named assumptions, and the sentence that says them.

    Steps are applied in order, each to what the ones before it came to: a course (a pace, a halt,
    the trend) goes on from where the series then stands, a shock is added to it. ``indicators``
    limits what it is about; a step with levers is about the indicators that have its flow.
    ``start`` begins elsewhere than where the series stands. ``shown_first`` has it drawn before a
    reader chooses.
    """

    id: Slug
    title: Text
    assumes: Text
    steps: tuple[ScenarioStep, ...] = Field(min_length=1)
    indicators: tuple[ids.Indicator, ...] = ()
    start: Start | None = None
    shown_first: bool = False

    def _faults(self) -> Iterator[str]:
        late = [step.type for step in self.steps[1:] if step.type in _FIRST_ONLY]
        if late:
            yield (
                f"steps: {', '.join(late)} start from the published numbers and can only come first"
            )
        if len(self.steps) > 1 and self.steps[0].type == "grid":
            yield "steps: a grid is a scenario of its own; expected no step after it"
        if sum(step.type == "levers" for step in self.steps) > 1:
            yield "steps: expected one step with levers; set all of them there"
        if self.start is not None and self.steps[0].type == "grid":
            yield "start: a grid has starts of its own"
