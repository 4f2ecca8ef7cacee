"""What an entry of a definition file is, and a name or sentence in several languages."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    model_validator,
)

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
