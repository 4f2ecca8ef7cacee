"""
What an entry of a definition file is, a sentence in several languages, and the units of numbers.

Units say how a number of each is named, and what it measures. Those of this package stand in
``units.yaml``; a project adds its own in its definitions, and :func:`use_units` makes them known
when they are loaded.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    model_validator,
)

from edu_metrics.errors import ReportError
from edu_metrics.files import packaged_yaml
from edu_metrics.limits import LARGEST, LONGEST_TEXT

#: The languages in which this package has all its texts.
LANGUAGES = ("zh", "en")

LONGEST_ID = 80
Slug = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9]+(?:_[A-Za-z0-9]+)*$", max_length=LONGEST_ID),
]


def nearest(name: str, known: Iterable[str]) -> str:
    """
    Offer the known name that a misspelt one is closest to.

    Examples
    --------
    >>> nearest("cohort_retentoin", ["share", "cohort_retention"])
    "; did you mean 'cohort_retention'?"
    >>> nearest("zzz", ["share"])
    ''
    """
    found = difflib.get_close_matches(str(name), [str(item) for item in known], n=1, cutoff=0.6)
    return f"; did you mean {found[0]!r}?" if found else ""


_NUMBERS = {int, float}


def _implausible(value: Any) -> list[str]:
    """Find what no entry means: endless numbers and texts, and a name that is listed twice."""
    if isinstance(value, str):
        if len(value) <= LONGEST_TEXT:
            return []
        return [f"expected {LONGEST_TEXT:,} characters at most, found {len(value):,}"]
    if isinstance(value, (int, float)):
        if abs(value) <= LARGEST:
            return []
        shown = f"{value:.3g}" if isinstance(value, float) else "a larger one"
        return [f"expected a number up to {LARGEST:.0e}, found {shown}"]
    told: list[str] = []
    if isinstance(value, tuple):
        if {*map(type, value)} <= _NUMBERS and all(abs(item) <= LARGEST for item in value):
            return []  # long tables
        words = [item for item in value if isinstance(item, str)]
        if len(words) > len(set(words)):
            double = sorted(word for word, times in Counter(words).items() if times > 1)
            told.append(f"stand twice: {double[:5]}")
        for item in value:
            told += _implausible(item)
    elif isinstance(value, dict):
        for item in value.values():
            told += _implausible(item)
    return told


class Definition(BaseModel):
    """A frozen entry of a definition file; a key that it does not know is a fault."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        str_strip_whitespace=True,
        allow_inf_nan=False,
        defer_build=True,
    )

    #: What it may be written as in place of a mapping, for editors.
    shorthand: ClassVar[dict[str, Any] | None] = None

    def _faults(self) -> Iterator[str]:
        """Say what is wrong with it as a whole, where each field is sound."""
        yield from ()

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        held = {**vars(self), **(self.__pydantic_extra__ or {})}
        told = [f"{name}: {fault}" for name, value in held.items() for fault in _implausible(value)]
        if told := told or list(self._faults()):
            raise ValueError("; ".join(told))
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: Any) -> dict[str, Any]:
        """Let an editor accept the shorthand too."""
        made: dict[str, Any] = handler(core)
        return {"anyOf": [cls.shorthand, made]} if cls.shorthand else made


@dataclass(frozen=True)
class Languages:
    """
    The languages of a project's studies: which a text needs, and which it may have.

    Of a language whose texts this package does not have, a text may lack; English stands in.
    """

    asked: tuple[str, ...] = LANGUAGES

    @property
    def needed(self) -> tuple[str, ...]:
        """Those in which every text stands."""
        own = tuple(lang for lang in LANGUAGES if lang in self.asked)
        return own if set(own) == set(self.asked) else tuple(dict.fromkeys((*own, "en")))

    def fault(self, held: Iterable[str]) -> str | None:
        """
        Say which languages are lacking in a text, and which no study has.

        Examples
        --------
        >>> Languages(("en",)).fault(["en"])
        >>> Languages(("en", "pt")).fault(["zh", "fr"])
        'en: is missing; fr: unknown key'
        """
        may = dict.fromkeys((*LANGUAGES, *self.asked))
        lacking = [f"{lang}: is missing" for lang in self.needed if lang not in held]
        odd = [f"{lang}: unknown key{nearest(lang, may)}" for lang in held if lang not in may]
        return "; ".join(lacking + odd) or None


class Text(Definition):
    """
    The same words in each language.

    Which are needed the languages of the project's studies say; read alone, a text needs one.
    """

    model_config = ConfigDict(extra="allow")

    __pydantic_extra__: dict[str, Annotated[str, Field(min_length=1)]] = Field(init=False)

    zh: str | None = Field(default=None, min_length=1)
    en: str | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _in_the_languages_of_the_studies(self, info: ValidationInfo) -> Text:
        asked = info.context if isinstance(info.context, Languages) else None
        if asked is not None and (fault := asked.fault(self.by_language)):
            raise ValueError(fault)
        if not self.by_language:
            raise ValueError("expected words in a language, such as {en: ...}")
        return self

    @property
    def by_language(self) -> dict[str, str]:
        """The words by language."""
        held = {"zh": self.zh, "en": self.en, **(self.__pydantic_extra__ or {})}
        return {lang: words for lang, words in held.items() if words is not None}

    def in_(self, lang: str) -> str:
        """
        Give the words in one language; where it lacks, in another, and marked so.

        Examples
        --------
        >>> Text(en="County").in_("en"), Text(en="County").in_("pt")
        ('County', 'County [en]')
        """
        held = self.by_language
        if lang in held:
            return held[lang]
        other = next(name for name in ("en", *held) if name in held)
        return f"{held[other]} [{other}]"

    def map(self, change: Callable[[str], str]) -> Text:
        """Change the words of each language alike."""
        changed = {lang: change(words) for lang, words in self.by_language.items()}
        return self.model_copy(update=changed)


class Plural(Definition):
    """The word for one and the word for any other number."""

    one: str
    other: str


class LargeUnit(Definition):
    """So many of a unit together, and what they are called."""

    of: float = Field(gt=0)
    name: str = Field(min_length=1)
    decimals: int = Field(default=2, ge=0, le=6)
    digits: int | None = Field(default=None, ge=1, le=9)
    least: float | None = Field(default=None, gt=0)

    def places(self, value: float) -> int:
        """Say with how many decimals a value is printed: no more than its digits allow."""
        if self.digits is None:
            return self.decimals
        size = abs(value) / self.of
        if size.is_integer():
            return 0
        before = len(f"{size:.0f}") if size >= 1 else 1
        return min(self.decimals, max(self.digits - before, 0))


class Noun(Definition):
    """A word for things of one kind, by language: the same for any number of them, or two."""

    id: Slug
    name: dict[str, str | Plural]

    @model_validator(mode="after")
    def _has_its_languages(self, info: ValidationInfo) -> Self:
        asked = info.context if isinstance(info.context, Languages) else None
        if asked is not None and (fault := asked.fault(self.name)):
            raise ValueError(f"name: {fault}")
        if not self.name:
            raise ValueError("name: expected a word in a language, such as {en: places}")
        return self

    def word(self, value: float | None, lang: str) -> str:
        """Give the word for so many; None asks for that of many. English stands in."""
        word = self.name[next(name for name in (lang, "en", *self.name) if name in self.name)]
        if isinstance(word, Plural):
            return word.one if value is not None and abs(value) == 1 else word.other
        return word

    def with_words(self, words: Mapping[str, str | Plural]) -> Self:
        """Give the same with words in further languages."""
        return self.model_copy(update={"name": {**self.name, **words}})


class Unit(Noun):
    """What values are counted in, and how a number of them is printed."""

    symbol: str | None = Field(default=None, min_length=1)
    printed: tuple[str, ...] = ()
    dimension: str = Field(default="1", min_length=1)
    scale: float = Field(default=1.0, gt=0)
    decimals: int | None = Field(default=None, ge=0, le=6)
    whole: bool = False
    money: bool = False
    large: dict[str, LargeUnit | tuple[LargeUnit, ...]] = Field(default_factory=dict)
    large_from: float | None = Field(default=None, gt=0)

    def _faults(self) -> Iterator[str]:
        if bool(self.large) != (self.large_from is not None):
            yield "large and large_from: expected both or neither"

    def converts(self, other: Unit) -> bool:
        """Tell whether it measures the same as another unit: what is counted is its own kind."""
        return self.dimension == other.dimension and not (self.whole or other.whole)

    def large_in(self, lang: str, size: float | None = None) -> LargeUnit | None:
        """
        Give the large unit of a language, or that of English, in which so much is printed.

        Parameters
        ----------
        lang : str
            Language.
        size : float, optional
            The largest value that is printed; for the least of its large units where left out.

        Returns
        -------
        LargeUnit or None
            None where there is none, or so much does not come to it.
        """
        given = self.large.get(lang) or self.large.get("en") or ()
        held = given if isinstance(given, tuple) else (given,)
        if size is None:
            return held[0] if held else None
        begin = self.large_from or 0.0
        from_ = [one.least or (one.of if place else begin) for place, one in enumerate(held)]
        fit = [one for one, least in zip(held, from_, strict=True) if size >= least]
        return fit[-1] if fit else None

    def divisor(self, lang: str, size: float | None = None) -> float:
        """Say by what values are divided to be drawn on an axis."""
        large = self.large_in(lang, size)
        return large.of if large else 1.0

    def label(self, lang: str, size: float | None = None) -> str:
        """Name the unit beside an axis: the large one where there is one."""
        large = self.large_in(lang, size)
        return large.name if large else self.word(None, lang) or self.symbol or ""


@cache
def shipped_units() -> Mapping[str, Unit]:
    """
    Give the units of this package, read when first asked for.

    Examples
    --------
    >>> shipped_units()["percent"].scale
    0.01
    """
    listed = packaged_yaml(__package__, "units.yaml")
    return MappingProxyType({entry["id"]: Unit.model_validate(entry) for entry in listed})


_added: dict[str, Unit] = {}


def use_units(units: Mapping[str, Unit]) -> None:
    """Make a project's own units known, in place of those of the project loaded before."""
    _added.clear()
    _added.update(units)


def known_units() -> Mapping[str, Unit]:
    """Give the units of this package and of the project that was loaded."""
    return {**shipped_units(), **_added}


def unit_of(name: str) -> Unit:
    """
    Give a unit by its id.

    Parameters
    ----------
    name : str
        Id of the unit, of this package or of the project that was loaded.

    Returns
    -------
    Unit
        The unit.

    Raises
    ------
    ReportError
        If there is no such unit.

    Examples
    --------
    >>> unit_of("persons").word(2, "en"), unit_of("persons").word(1, "en")
    ('persons', 'person')
    """
    found = _added.get(name) or shipped_units().get(name)
    if found is None:
        offer = nearest(name, known_units())
        raise ReportError(f"no unit {name!r}{offer}; it belongs into definitions/units.yaml")
    return found
