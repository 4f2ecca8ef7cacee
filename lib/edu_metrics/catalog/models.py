"""
What is defined besides plans: sources, places, quantities, indicators, breaks and so on.

The mechanism that serves an indicator is data, checked against the equations. A published series is
an observation and stands in data/raw; as knowledge, for an audit, stands what no table holds: a
pace that a higher authority set, a target for the same indicator elsewhere, the day on which a
data source ended, a process that can't be reversed, the parts that make up a whole.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Discriminator, Field, PrivateAttr, Tag, field_validator, model_validator

from edu_metrics.catalog import ids
from edu_metrics.catalog.base import Better, Bound, Citation, Day, Period, Url, Year
from edu_metrics.files import packaged_yaml
from edu_metrics.formulas import FORMULAS, Formula
from edu_metrics.formulas.registry import written_out
from edu_metrics.words.definition import LANGUAGES, LONGEST_ID, Definition, Noun, Slug, Text

#: What each kind of distribution is given by.
_GIVEN = {
    "fixed": ("mean",),
    "beta": ("mean", "sd"),
    "normal": ("mean", "sd"),
    "range": ("low", "high"),
}


class MechanismInput(Definition):
    """
    Where one number that a mechanism starts from comes from.

    A quantity (``teachers_primary``), the value of an indicator, or a number that is fixed.
    """

    shorthand: ClassVar = {"type": ["string", "number"]}

    quantity: ids.Quantity | None = None
    group: Slug = "all"
    indicator: ids.Indicator | None = None
    number: float | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_scalar(cls, given: Any) -> Any:
        if isinstance(given, str):
            return {"quantity": given}
        if isinstance(given, int | float) and not isinstance(given, bool):
            return {"number": given}
        return given

    def _faults(self) -> Iterator[str]:
        named = [self.quantity, self.indicator, self.number]
        if sum(item is not None for item in named) != 1:
            yield "expected one of quantity, indicator and number"


class MechanismRate(Definition):
    """
    One rate that nobody knows exactly, by mean and sd or by a range.

    ``beta`` is a percentage and stays within 0-100; ``normal`` may leave any bound; ``range`` is
    uniform. ``yearly``: each year has a draw of its own, as the difficulty of a paper, and not one
    for all years, as what is not known of a habit.

    Examples
    --------
    >>> MechanismRate(kind="beta", mean=4, sd=1.5).middle
    4.0
    >>> MechanismRate(kind="range", low=-2, high=4).middle
    1.0
    """

    kind: Literal["fixed", "beta", "normal", "range"]
    mean: float | None = None
    sd: float | None = Field(default=None, gt=0)
    low: float | None = None
    high: float | None = None
    yearly: bool = False
    unverified: bool = False
    note: Text | None = None

    @property
    def middle(self) -> float:
        """The mean. [unit of the rate]."""
        if self.low is not None and self.high is not None:
            return (self.low + self.high) / 2
        return 0.0 if self.mean is None else self.mean

    @property
    def spread(self) -> float:
        """The standard deviation. [unit of the rate]."""
        if self.low is not None and self.high is not None:
            return (self.high - self.low) / math.sqrt(12)
        return self.sd or 0.0

    def _faults(self) -> Iterator[str]:
        numbers = {"mean": self.mean, "sd": self.sd, "low": self.low, "high": self.high}
        given = tuple(name for name, number in numbers.items() if number is not None)
        if given != _GIVEN[self.kind]:
            yield (
                f"a rate of kind {self.kind!r} takes {' and '.join(_GIVEN[self.kind])}, "
                f"found {' and '.join(given) or 'nothing'}"
            )
            return
        if self.low is not None and self.high is not None and self.low > self.high:
            yield f"expected low before high, found {self.low:g} and {self.high:g}"
        mean, sd = self.mean or 0.0, self.sd or 0.0
        if self.kind == "beta" and (not 0 < mean < 100 or sd**2 >= mean * (100 - mean)):
            yield (
                f"no beta distribution on 0-100 has mean {mean:g} and sd {sd:g}; "
                "expected a mean inside 0-100 and a smaller sd"
            )


class LeverRange(Definition):
    """
    Where a lever stands when nothing new is done, and how far it can be set.

    With ``per_100`` the numbers are for each 100 of the mechanism's whole (teachers, entrants of a
    cohort, children), so that one definition serves a city and its districts.
    """

    usual: float
    low: float
    high: float
    per_100: bool = False

    def _faults(self) -> Iterator[str]:
        if not self.low <= self.usual <= self.high:
            yield (
                f"expected low <= usual <= high, found {self.low:g}, {self.usual:g}, {self.high:g}"
            )


class MechanismUse(Definition):
    """
    The mechanism behind an indicator.

    ``stated`` says how a start that only the plan prints is put in relative terms: ``rate`` is
    the printed rate, a number is itself.
    """

    flow: Slug
    outcome: Slug
    inputs: dict[Slug, MechanismInput]
    stated: dict[Slug, float | Literal["rate"]] = Field(default_factory=dict)
    rates: dict[Slug, MechanismRate] = Field(default_factory=dict)
    levers: dict[Slug, LeverRange] = Field(min_length=1)
    assumptions: tuple[ids.Assumption, ...] = ()

    @field_validator("stated")
    @classmethod
    def _has_a_rate(cls, given: dict[str, float | str]) -> dict[str, float | str]:
        if given and "rate" not in given.values():
            raise ValueError("expected 'rate' for one input: what the plan prints goes in there")
        return given


class AreaLevel(Noun):
    """A level in the tree of places, and what an area of it is called."""


@cache
def shipped_levels() -> Mapping[str, AreaLevel]:
    """
    Give the levels of this package, read when first asked for.

    Examples
    --------
    >>> shipped_levels()["district"].word(2, "en")
    'districts'
    """
    levels = packaged_yaml(__package__, "levels.yaml")
    listed = [AreaLevel.model_validate(entry) for entry in levels]
    return MappingProxyType({entry.id: entry for entry in listed})


Rating = Literal["red", "amber", "green"]


class Source(Definition):
    """A document or table, and how well it was read."""

    id: Slug
    title: Text
    publisher: Text
    document_number: str | None = None
    date: Day | None = None
    date_is_estimated: bool = False
    url: Url | None = None
    #: In one language where nobody has put it into others.
    licence: Annotated[
        Annotated[Text, Tag("words")] | Annotated[str, Tag("text")],
        Discriminator(lambda given: "words" if isinstance(given, Mapping | Text) else "text"),
    ]
    read: Literal["original", "copy", "secondary", "not_read"]
    weak: bool = False
    #: Whether everybody knows its figures, so that none of them can be withheld.
    disclosure: Literal["published"] | None = None
    #: The whole text of the document, a sealed file below data/raw.
    full_text: str | None = None

    def licence_in(self, lang: str) -> str:
        """Give the terms of use in a language."""
        return self.licence if isinstance(self.licence, str) else self.licence.in_(lang)

    note: Text | None = None


class Area(Definition):
    """A place in the tree of places."""

    id: Slug
    name: Text
    aliases: tuple[str, ...] = ()
    level: ids.Level
    code: str | None = None
    parent: ids.Area | None = None
    #: Row and column, from 0, in a drawing that gives each area of a parent one tile.
    tile: tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]] | None = None
    valid_from: Year | None = None
    valid_to: Year | None = None
    invented: bool = False

    def _faults(self) -> Iterator[str]:
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            yield (f"valid_to: expected {self.valid_from} or later, found {self.valid_to}")


class AreaFamily(Definition):
    """
    Many areas of one kind that are known by a code only.

    Each code makes the area ``<id>_<code>``; ``{code}`` in the name stands for it.
    """

    id: Slug
    name: Text
    level: ids.Level
    parent: ids.Area | None = None
    codes: tuple[Slug, ...] = Field(min_length=1)
    invented: bool = False

    def members(self) -> tuple[Area, ...]:
        """Make the areas."""
        one = Area(
            id=self.id,
            name=self.name,
            level=self.level,
            parent=self.parent,
            invented=self.invented,
        )
        return tuple(
            one.model_copy(
                update={"id": f"{self.id}_{code}", "name": self._name(code), "code": code}
            )
            for code in self.codes
        )

    def _faults(self) -> Iterator[str]:
        longest = max(len(f"{self.id}_{code}") for code in self.codes)
        if longest > LONGEST_ID:
            yield f"codes: expected ids of {LONGEST_ID} characters at most, found {longest}"

    def _name(self, code: str) -> Text:
        return self.name.map(lambda words: words.replace("{code}", code))


class Group(Definition):
    """A group of persons or institutions by sex, residence, minority, grade or the like."""

    id: Slug
    name: Text

    @field_validator("id")
    @classmethod
    def _is_a_part(cls, given: str) -> str:
        if given == "all":
            raise ValueError("all is everybody, and no group; expected another id")
        return given


class Quantity(Definition):
    """What an observation measures: a count, money, or a rate that its publisher printed."""

    id: Slug
    name: Text
    aliases: tuple[str, ...] = ()
    unit: ids.Unit
    form: Literal["count", "money", "printed_rate"]
    note: Text | None = None


class Holder(Definition):
    """Who has some quantities, so that readers know whom to ask; ``note`` says what to mind."""

    id: Slug
    name: Text
    note: Text | None = None
    quantities: tuple[ids.Quantity, ...] = Field(min_length=1)


class Input(Definition):
    """The quantity behind one argument of a formula, so many years before."""

    shorthand: ClassVar = {"type": "string"}

    quantity: ids.Quantity
    lag: int = Field(default=0, ge=0, le=30)
    group: ids.Group = "all"
    period: Period = "year"

    @model_validator(mode="before")
    @classmethod
    def _from_string(cls, given: Any) -> Any:
        return {"quantity": given} if isinstance(given, str) else given


class Parameter(Definition):
    """
    A cut-off, an age band or another choice inside a definition.

    ``label`` says name and value in the reader's words: "of full marks, below 40 %".
    """

    shorthand: ClassVar = {"type": ["string", "number"]}

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
        "subset_of", "complement_of", "disjoint_from", "product_of", "part_of", "published_form_of"
    ]
    indicators: tuple[ids.Indicator, ...] = Field(min_length=1)


class Prices(Definition):
    """
    The year in whose prices money is told, and the quantity by which it is deflated.

    The deflator is an index of prices by year, of the area or of one above it.
    """

    year: Year
    deflator: ids.Quantity


class Indicator(Definition):
    """
    A defined rate, ratio or count: how it is computed, and which way is better.

    ``formula`` names one, or is an expression of the inputs' names: ``places / children * 1000``.
    """

    id: Slug
    name: Text
    unit: ids.Unit
    formula: str
    parameters: dict[str, Parameter] = Field(default_factory=dict)
    inputs: dict[str, Input]
    better: Better
    bounds: tuple[float | None, float | None]
    #: Ends of the bounds that no value can have.
    open: tuple[Literal["low", "high"], ...] = ()
    #: Money in prices of a year; left out, it is told as it was paid.
    prices: Prices | None = None
    #: Type of measure, for what is expected of a series before it is looked at.
    measure_type: str | None = None
    #: ``binomial`` where another year draws other persons, so that chance moves the rate; none
    #: for a count of all there is (places, teachers, enrolment).
    noise: Literal["binomial"] | None = None
    relations: tuple[Relation, ...] = ()
    mechanism: MechanismUse | None = None
    citation: Citation
    assumptions: tuple[ids.Assumption, ...] = ()
    note: Text | None = None
    _calculation: Formula | None = PrivateAttr(default=None)

    @property
    def calculation(self) -> Formula:
        """The formula, as its name or its expression says."""
        if self._calculation is not None:
            return self._calculation
        return FORMULAS.get(self.formula) or written_out(self.formula)

    def calculated_by(self, formula: Formula) -> None:
        """Take the formula that its name was found to mean."""
        self._calculation = formula

    @property
    def is_rate(self) -> bool:
        """Whether values are percentages of a whole, 0 to 100."""
        return self.unit == "percent" and self.bounds == (0, 100)

    def has(self, value: float) -> bool:
        """
        Tell whether it can have a value, within its bounds.

        Values at an end that is open it can't have.
        """
        low, high = self.bounds
        above = low is None or value > low or (value == low and "low" not in self.open)
        below = high is None or value < high or (value == high and "high" not in self.open)
        return above and below

    @property
    def interval(self) -> str:
        """Its bounds as they are written in mathematics: ``[0, 10)``."""
        low, high = self.bounds
        start = "(" if low is None or "low" in self.open else "["
        end = ")" if high is None or "high" in self.open else "]"
        first = "-inf" if low is None else f"{low:g}"
        return f"{start}{first}, {'inf' if high is None else f'{high:g}'}{end}"

    def _faults(self) -> Iterator[str]:
        low, high = self.bounds
        if low is not None and high is not None and low >= high:
            yield f"bounds: expected the lower limit first, found [{low:g}, {high:g}]"
        ends = {"low": low, "high": high}
        if free := [end for end in self.open if ends[end] is None]:
            yield f"open: {free} without a limit in bounds {list(self.bounds)}"
        if self.noise and (self.unit != "percent" or self.bounds != (0, 100)):
            yield (
                f"noise: {self.noise} is that of a share of persons; expected unit percent and "
                f"bounds [0, 100], found {self.unit} and {list(self.bounds)}"
            )

    @property
    def published_form_of(self) -> str | None:
        """The indicator whose value this one takes from print, if it is such a form."""
        forms = (one for one in self.relations if one.kind == "published_form_of")
        return next((form.indicators[0] for form in forms), None)


class Break(Definition):
    """A year from which a series can't be compared with what came before."""

    id: Slug
    indicator: ids.Indicator
    areas: tuple[ids.Place, ...] = ()
    year: Year
    why: Text
    citation: Citation


class Correction(Definition):
    """
    What is used in place of a number that was printed wrongly; the raw file stays as it is.

    Without a ``value`` the number is taken as not known; one that equals ``printed`` confirms it.
    """

    id: Slug
    area: ids.Area
    quantity: ids.Quantity
    group: str = "all"
    year: Year
    printed: float
    value: float | None
    why: Text
    citation: Citation

    @property
    def confirms(self) -> bool:
        """Whether somebody looked and found the printed number right."""
        return self.value == self.printed


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
    source: ids.Source
    area_family: ids.Family
    area_column: str
    year_column: str
    quantities: dict[str, ids.Quantity] = Field(min_length=1)
    vintage_lag_years: int = Field(default=0, ge=0, le=30)


class SimulatedInput(Definition):
    """Numbers that are invented from a seed, and say so."""

    type: Literal["simulated"]
    city: ids.Area
    seed: int = Field(ge=0)
    first_year: Year
    last_year: Year


class Disclosure(Definition):
    """
    What may leave of a study's counts of persons.

    ``protected``: no small count, nor what would give it away. ``published``: everything, since all
    of it is public already, or invented. ``internal``: everything, and every page says that it is
    not for release.
    """

    shorthand: ClassVar = {"type": "string"}

    mode: Literal["protected", "published", "internal"] = "protected"
    #: The smallest count of persons that may be published. [persons]
    smallest: int = Field(default=10, ge=3, le=1000)
    #: What earlier releases told, as a CSV file of the project; each release is added to it.
    ledger: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_string(cls, given: Any) -> Any:
        return {"mode": given} if isinstance(given, str) else given


class Run(Definition):
    """Another date as of which a study is judged, with what is said otherwise there."""

    as_of: Day
    plan: Slug | None = None
    title: Text | None = None
    note: Text | None = None


class Study(Definition):
    """What one set of reports is about: a plan, areas, observations and a date."""

    id: Slug
    title: Text
    plan: ids.Plan
    areas: tuple[ids.Place, ...] = Field(min_length=1)
    binding: dict[ids.Place, Slug] = Field(default_factory=dict)
    compare_with: tuple[ids.Place, ...] = ()
    reference_class: tuple[ids.ReferenceClass, ...] = ()
    observations: tuple[
        Annotated[FileInput | PackageInput | SimulatedInput, Field(discriminator="type")], ...
    ] = Field(min_length=1)
    as_of: Day
    runs: tuple[Run, ...] = ()
    #: Whether a school year such as 2020-21 counts for the year in which it starts or ends.
    school_year: Literal["starts", "ends"] | None = None
    languages: tuple[str, ...] = Field(default=LANGUAGES, min_length=1)
    simulated: bool = False
    disclosure: Disclosure = Disclosure()
    track_record: bool | None = None
    note: Text

    def dated(self) -> Iterator[Study]:
        """Give the study as of each further date, called by its id and that date."""
        for run in self.runs:
            titles = self.title.by_language.items()
            own = {
                "title": Text(**{lang: f"{title} ({run.as_of})" for lang, title in titles}),
                **{name: value for name, value in run if value is not None},
            }
            yield self.model_copy(update={**own, "id": f"{self.id}_{run.as_of}", "runs": ()})


def study_file(study_id: str) -> str:
    """
    Name the study that a run belongs to: its definition file and its table are shared.

    Examples
    --------
    >>> study_file("somewhere_2017-12-31"), study_file("somewhere_2017")
    ('somewhere', 'somewhere_2017')
    """
    return re.sub(r"_\d{4}-\d\d-\d\d$", "", study_id)


class _Known(Definition):
    """What every piece of knowledge has: an id, a citation, and how sure it is."""

    id: Slug
    citation: Citation
    unverified: bool = False
    note: Text | None = None


class NormPace(_Known):
    """A yearly change that a higher authority set for the same indicator."""

    type: Literal["norm_pace"]
    indicator: ids.Indicator
    area: ids.Place
    points_per_year: float


class TargetElsewhere(_Known):
    """A target that another plan sets for the same indicator, in an area above."""

    type: Literal["target_elsewhere"]
    indicators: tuple[ids.Indicator, ...] = Field(min_length=1)
    area: ids.Place
    year: Year
    bound: Bound


class SourceEnd(_Known):
    """The day from which an indicator's data can't lawfully or practically be had any more."""

    type: Literal["source_end"]
    indicators: tuple[ids.Indicator, ...] = Field(min_length=1)
    from_date: Day
    why: Text


class Irreversible(_Known):
    """
    A condition that is not cured: the overall rate falls only as old cohorts leave.

    ``entry_pct`` and ``exit_pct`` are the rates of the youngest and the oldest cohort, and
    ``cohorts`` the number of equal cohorts in between.
    """

    type: Literal["irreversible"]
    indicator: ids.Indicator
    entry_pct: float
    exit_pct: float
    cohorts: int = Field(ge=1)
    area: ids.Place


class Selection(_Known):
    """
    A rate among a selected part of a cohort: it moves when the selection moves.

    ``shares_pct`` are illustrative shares of the cohort that are selected, the first one now.
    """

    type: Literal["selection"]
    indicator: ids.Indicator
    by: ids.Indicator
    shares_pct: tuple[float, ...] = Field(min_length=2)


class PartsOfWhole(_Known):
    """
    Indicators of parts whose weighted mean is the indicator of the whole.

    Each entry of ``weights`` is one possible set of sizes, in the order of ``parts``: where the
    parts' limits are open (which grades are the lower ones?), there are several.
    """

    type: Literal["parts_of_whole"]
    whole: ids.Indicator | None
    parts: tuple[ids.Indicator, ...] = Field(min_length=2)
    weights: tuple[tuple[float, ...], ...] = Field(min_length=1)

    def _faults(self) -> Iterator[str]:
        if any(len(weights) != len(self.parts) for weights in self.weights):
            yield f"weights: expected {len(self.parts)} in each set, one a part"


Knowledge = NormPace | TargetElsewhere | SourceEnd | Irreversible | Selection | PartsOfWhole
