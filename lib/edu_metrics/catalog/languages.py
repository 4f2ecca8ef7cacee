"""In which languages a project speaks, and the texts of reports in those it brings itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Formatter
from typing import Any

from edu_metrics.catalog.models import shipped_levels
from edu_metrics.catalog.reading_yaml import kind_of, parse, read_yaml
from edu_metrics.words import LANGUAGES, shipped_units, texts
from edu_metrics.words.definition import Languages, nearest
from edu_metrics.words.units import Plural

_CODE = re.compile(r"^[a-z]{2,3}(?:_[A-Z][A-Za-z]+)?$")


@dataclass
class Spoken:
    """The languages of a project, with the texts of those that this package does not have."""

    languages: Languages
    texts: dict[str, Mapping[str, str]] = field(default_factory=dict)
    nouns: dict[str, Mapping[str, str | Plural]] = field(default_factory=dict)

    @property
    def known(self) -> tuple[str, ...]:
        """All that a study may ask for."""
        return (*LANGUAGES, *self.texts)

    def words(self, key: str) -> dict[str, str | Plural]:
        """Give what one thing is called in the languages that the project brings."""
        return {lang: held[key] for lang, held in self.nouns.items() if key in held}


def read_languages(folder: Path, faults: list[str]) -> Spoken:
    """
    Read which languages the studies ask for, and the texts that the project brings.

    Parameters
    ----------
    folder : Path
        The definitions; texts of a language stand in ``words/<language>.yaml``, by the keys that
        this package has them under. What lacks there is said in English.
    faults : list of str
        Takes every fault found.

    Returns
    -------
    Spoken
        Languages and texts.
    """
    spoken = Spoken(Languages())
    for path in sorted((folder / "words").glob("*.yaml")):
        held, nouns = _texts(path, faults), set(_nouns())
        spoken.texts[path.stem] = {key: text for key, text in held.items() if key not in nouns}
        words: dict[str, str | Plural] = {}
        for key, word in held.items():
            if key not in nouns:
                continue
            if isinstance(word, dict):
                word, new = parse(Plural, word, f"words/{path.name}: {key}")
                faults += new
            if word is not None:
                words[key] = word
        spoken.nouns[path.stem] = words
    asked: dict[str, None] = {}
    for path in sorted((folder / "studies").glob("*.yaml")):
        content, _ = read_yaml(path)
        listed = content.get("languages", LANGUAGES) if isinstance(content, dict) else ()
        asked |= dict.fromkeys(name for name in _list(listed) if name in spoken.known)
    spoken.languages = Languages(tuple(asked) or LANGUAGES)
    return spoken


def _list(given: Any) -> list[str]:
    return [str(one) for one in given] if isinstance(given, list | tuple) else []


def _texts(path: Path, faults: list[str]) -> dict[str, Any]:
    name = f"words/{path.name}"
    if not _CODE.match(path.stem) or path.stem in LANGUAGES:
        faults.append(
            f"{name}: expected a file named by a language that this package lacks, such as pt.yaml"
        )
    content, new = read_yaml(path)
    faults += [f"words/{fault}" for fault in new]
    if content is None and new:
        return {}
    if not isinstance(content, dict):
        faults.append(f"{name}: expected a mapping of keys to texts, found {kind_of(content)}")
        return {}
    new = [f"{name}: {fault}" for key, text in content.items() if (fault := _fault(key, text))]
    faults += new
    return {} if new else dict(content)


def _fault(key: Any, text: Any) -> str | None:
    """Say what is wrong with one text: its key, its kind, or what it is filled in with."""
    known = {**texts(), **dict.fromkeys(_nouns())}
    if key not in known:
        return f"{key}: unknown key{nearest(str(key), known)}"
    if known[key] is None and isinstance(text, dict):
        sound = set(text) == {"one", "other"} and all(isinstance(one, str) for one in text.values())
        return None if sound else f"{key}: expected a text, or one and other, found {sorted(text)}"
    if not isinstance(text, str):
        return f"{key}: expected text, found {kind_of(text)}"
    if known[key] is None:
        return None
    try:
        found = _placeholders(text)
    except ValueError as error:
        return f"{key}: braces that can't be filled in: {error}"
    wanted = _placeholders(texts()[key]["en"])
    if found != wanted:
        return f"{key}: expected the placeholders {sorted(wanted)}, found {sorted(found)}"
    return None


def _nouns() -> list[str]:
    """Give the keys under which units and levels of this package are named."""
    units, levels = (f"unit.{name}" for name in shipped_units()), shipped_levels()
    return [*units, *(f"level.{name}" for name in levels)]


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
