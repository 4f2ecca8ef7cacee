"""
Units: how a number of each is named, and what it measures.

Those of this package stand in ``units.yaml``; a project adds its own in its definitions, and
:func:`use_units` makes them known when they are loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Self

from pydantic import Field, ValidationInfo, model_validator

from edu_metrics.errors import ReportError
from edu_metrics.files import packaged_yaml
from edu_metrics.words.definition import Definition, Languages, Slug, nearest


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
