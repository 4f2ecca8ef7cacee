"""What a project brings of its own: languages with the texts of reports, and formulas."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Formatter
from typing import Any

from pydantic import Field

from edu_metrics.catalog.models import shipped_levels
from edu_metrics.catalog.reading_yaml import kind_of, parse, read_definition, read_yaml
from edu_metrics.errors import DataError
from edu_metrics.formulas import FORMULAS, Formula
from edu_metrics.formulas.registry import OWN, written_in_python, written_out
from edu_metrics.words import LANGUAGES, shipped_units, texts
from edu_metrics.words.definition import Definition, Languages, Plural, nearest

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


class Settings(Definition):
    """What holds for a whole project, where it has such a file."""

    python_formulas: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_]+\.py$")


def read_own_formulas(folder: Path, faults: list[str]) -> dict[str, Formula]:
    """
    Read the formulas that a project brings in Python.

    Parameters
    ----------
    folder : Path
        The definitions.
    faults : list of str
        Takes every fault found.

    Returns
    -------
    dict of str to Formula
        By the name that indicators call them by; empty where nothing is switched on.
    """
    path = folder / "settings.yaml"
    if not path.is_file():
        return {}
    settings, new = read_definition(Settings, path)
    faults += new
    if settings is None or settings.python_formulas is None:
        return {}
    file = folder / settings.python_formulas
    if not file.is_file():
        faults.append(f"settings.yaml: python_formulas: no file {file.name!r} beside it")
        return {}
    return dict(_formulas(file, faults))


def _formulas(file: Path, faults: list[str]) -> Iterator[tuple[str, Formula]]:
    names: dict[str, Any] = {"__name__": file.stem, "__file__": str(file)}
    try:
        exec(compile(file.read_bytes(), str(file), "exec"), names)  # switched on
    except Exception as error:  # whatever a project's own code raises
        line = f"line {error.lineno}: " if isinstance(error, SyntaxError) else ""
        faults.append(f"{file.name}: {line}can't be run: {type(error).__name__}: {error}")
        return
    for name, value in names.items():
        if inspect.isfunction(value) and value.__module__ == file.stem and name[0] != "_":
            kinds = {parameter.kind for parameter in inspect.signature(value).parameters.values()}
            if kinds == {inspect.Parameter.POSITIONAL_OR_KEYWORD}:
                yield f"{OWN}{name}", written_in_python(f"{OWN}{name}", value)
            else:
                faults.append(
                    f"{file.name}: {name}: expected named arguments, one a number, and no * or **"
                )


def formula_named(text: str, own: Mapping[str, Formula]) -> Formula | str:
    """
    Find the formula that an indicator means, or say why there is none.

    Parameters
    ----------
    text : str
        Name of a formula of this package, ``own.<function>``, or an expression.
    own : mapping of str to Formula
        From :func:`read_own_formulas`.

    Returns
    -------
    Formula or str
        The formula; or what is wrong.

    Examples
    --------
    >>> formula_named("shaer", {})
    "no formula 'shaer'; did you mean 'share'?"
    >>> formula_named("100 - rate", {}).arguments
    ('rate',)
    """
    known = {**FORMULAS, **own}
    if text in known:
        return known[text]
    if text.startswith(OWN) and not own:
        return (
            f"{text!r} is a function of the project's own; name its file in settings.yaml, as "
            "python_formulas: formulas.py, so that it may be run"
        )
    if text.removeprefix(OWN).isidentifier():
        return f"no formula {text!r}{nearest(text, known)}"
    try:
        return written_out(text)
    except DataError as error:
        return error.message
