"""What is defined besides plans: sources, places, quantities, indicators, breaks and so on."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from edu_metrics.catalog.base import Better, Citation, Definition, Slug, Text, Year
from edu_metrics.catalog.mechanisms import MechanismUse

AreaLevel = Literal["nation", "region", "city", "district", "school"]
Rating = Literal["red", "amber", "green"]


class Source(Definition):
    """A document or table, and how well it was read."""

    id: Slug
    title: Text
    publisher: Text
    document_number: str | None = None
    date: dt.date | None = None
    date_is_estimated: bool = False
    url: str | None = None
    licence: str
    read: Literal["original", "copy", "secondary", "not_read"]
    weak: bool = False
    note: Text | None = None


class Area(Definition):
    """A place in the tree of places."""

    id: Slug
    name: Text
    aliases: tuple[str, ...] = ()
    level: AreaLevel
    code: str | None = None
    parent: Slug | None = None
    valid_from: Year | None = None
    valid_to: Year | None = None
    invented: bool = False


class AreaFamily(Definition):
    """
    Many areas of one kind that are known by a code only.

    Each code makes the area ``<id>_<code>``; ``{code}`` in the name stands for it.
    """

    id: Slug
    name: Text
    level: AreaLevel
    parent: Slug | None = None
    codes: tuple[str, ...] = Field(min_length=1)
    invented: bool = False

    @model_validator(mode="after")
    def _codes_are_unique(self) -> AreaFamily:
        double = sorted(code for code, times in Counter(self.codes).items() if times > 1)
        if double:
            raise ValueError(f"codes: stand twice: {double}")
        return self

    def members(self) -> tuple[Area, ...]:
        """Make the areas."""
        return tuple(
            Area(
                id=f"{self.id}_{code}",
                name=Text(
                    zh=self.name.zh.replace("{code}", code), en=self.name.en.replace("{code}", code)
                ),
                level=self.level,
                code=code,
                parent=self.parent,
                invented=self.invented,
            )
            for code in self.codes
        )


class Quantity(Definition):
    """What an observation measures: a count, money, or a rate that its publisher printed."""

    id: Slug
    name: Text
    aliases: tuple[str, ...] = ()
    unit: str
    form: Literal["count", "money", "printed_rate"]
    note: Text | None = None


class Input(Definition):
    """The quantity behind one argument of a formula, so many years before."""

    quantity: Slug
    lag: int = Field(default=0, ge=0, le=30)
    group: str = "all"

    @model_validator(mode="before")
    @classmethod
    def _from_string(cls, given: Any) -> Any:
        return {"quantity": given} if isinstance(given, str) else given


class Parameter(Definition):
    """
    A cut-off, an age band or another choice inside a definition.

    ``label`` says name and value in the reader's words: "of full marks, below 40 %".
    """

    value: float | str
    unverified: bool = False
    label: Text | None = None
    note: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_scalar(cls, given: Any) -> Any:
        return given if isinstance(given, dict) else {"value": given}

    @field_validator("value", mode="before")
    @classmethod
    def _number_or_text(cls, given: Any) -> Any:
        if isinstance(given, bool) or not isinstance(given, int | float | str):
            raise ValueError(f"expected a number or text, found {given!r}")  # noqa: TRY004
        return given


class Relation(Definition):
    """How one indicator hangs together with others."""

    kind: Literal[
        "subset_of",
        "complement_of",
        "disjoint_from",
        "product_of",
        "part_of",
        "published_form_of",
    ]
    indicators: tuple[Slug, ...] = Field(min_length=1)


class Indicator(Definition):
    """A defined rate, ratio or count: how it is computed, and which way is better."""

    id: Slug
    name: Text
    unit: str
    formula: str
    parameters: dict[str, Parameter] = Field(default_factory=dict)
    inputs: dict[str, Input]
    better: Better
    bounds: tuple[float | None, float | None]
    #: Type of measure, for what is expected of a series before it is looked at.
    measure_type: str | None = None
    #: ``binomial`` where another year draws other persons, so that chance moves the rate; none
    #: for a count of all there is (places, teachers, enrolment).
    noise: Literal["binomial"] | None = None
    relations: tuple[Relation, ...] = ()
    mechanism: MechanismUse | None = None
    citation: Citation
    assumptions: tuple[Slug, ...] = ()
    note: Text | None = None

    @model_validator(mode="after")
    def _noise_is_that_of_a_share(self) -> Indicator:
        if self.noise and (self.unit != "percent" or self.bounds != (0, 100)):
            raise ValueError(
                f"noise: {self.noise} is that of a share of persons; expected unit percent and "
                f"bounds [0, 100], found {self.unit} and {list(self.bounds)}"
            )
        return self

    @property
    def published_form_of(self) -> str | None:
        """The indicator whose value this one takes from print, if it is such a form."""
        for relation in self.relations:
            if relation.kind == "published_form_of":
                return relation.indicators[0]
        return None


class Break(Definition):
    """A year from which a series can't be compared with what came before."""

    id: Slug
    indicator: Slug
    areas: tuple[Slug, ...] = ()
    year: Year
    why: Text
    citation: Citation


class Assumption(Definition):
    """What was assumed where the sources are silent, rated by quality and by impact."""

    id: Slug
    title: Text
    text: Text
    quality: Rating
    impact: Rating
    unverified: bool = False
    citation: Citation | None = None


class FileInput(Definition):
    """Transcribed tables below data/raw, as a path or a glob."""

    type: Literal["file"]
    path: str


class PackageInput(Definition):
    """A table that an installed Python package carries."""

    type: Literal["package"]
    package: Slug
    path: str
    extra: str
    source: Slug
    area_family: Slug
    area_column: str
    year_column: str
    quantities: dict[str, Slug] = Field(min_length=1)
    vintage_lag_years: int = Field(default=0, ge=0)


class SimulatedInput(Definition):
    """Numbers that are invented from a seed, and say so."""

    type: Literal["simulated"]
    city: Slug
    seed: int = Field(ge=0)
    first_year: Year
    last_year: Year


class Study(Definition):
    """What one set of reports is about: a plan, areas, observations and a date."""

    id: Slug
    title: Text
    plan: Slug
    areas: tuple[Slug, ...] = Field(min_length=1)
    binding: dict[Slug, Slug] = Field(default_factory=dict)
    compare_with: tuple[Slug, ...] = ()
    reference_class: tuple[Slug, ...] = ()
    observations: tuple[
        Annotated[FileInput | PackageInput | SimulatedInput, Field(discriminator="type")], ...
    ] = Field(min_length=1)
    as_of: dt.date
    languages: tuple[Literal["zh", "en"], ...] = ("zh", "en")
    simulated: bool = False
    note: Text
