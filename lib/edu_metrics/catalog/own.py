"""What a project brings of its own: languages with the texts of reports, and formulas."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
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
        spoken.texts[path.stem], spoken.nouns[path.stem] = _words(path, faults)
    asked: dict[str, None] = {}
    for path in sorted((folder / "studies").glob("*.yaml")):
        content, _ = read_yaml(path)
        listed = content.get("languages", LANGUAGES) if isinstance(content, dict) else ()
        names = map(str, listed) if isinstance(listed, list | tuple) else ()
        asked |= dict.fromkeys(name for name in names if name in spoken.known)
    spoken.languages = Languages(tuple(asked) or LANGUAGES)
    return spoken


def _words(path: Path, faults: list[str]) -> tuple[dict[str, str], dict[str, str | Plural]]:
    """Read the texts of a language, and what units and levels of this package are called in it."""
    name = f"words/{path.name}"
    if not _CODE.match(path.stem) or path.stem in LANGUAGES:
        faults.append(
            f"{name}: expected a file named by a language that this package lacks, such as pt.yaml"
        )
    content, new = read_yaml(path)
    faults += [f"words/{fault}" for fault in new]
    if not isinstance(content, dict):
        if content is not None or not new:
            faults.append(f"{name}: expected a mapping of keys to texts, found {kind_of(content)}")
        content = {}
    known = {f"unit.{unit}" for unit in shipped_units()} | {f"level.{x}" for x in shipped_levels()}
    held: dict[str, str] = {}
    nouns: dict[str, str | Plural] = {}
    for key, given in content.items():
        if key in known and isinstance(given, dict):
            word, new = parse(Plural, given, f"{name}: {key}")
            faults += new
            nouns |= {key: word} if word is not None else {}
        elif fault := _fault(key, given, known):
            faults.append(f"{name}: {key}: {fault}")
        else:
            (nouns if key in known else held)[key] = given
    return held, nouns


def _fault(key: Any, text: Any, nouns: Iterable[str]) -> str | None:
    """Say what is wrong with one text: its key, its kind, or what it is filled in with."""
    if key not in texts() and key not in nouns:
        return f"unknown key{nearest(str(key), [*texts(), *nouns])}"
    if not isinstance(text, str):
        return f"expected text, found {kind_of(text)}"
    if key in nouns:
        return None
    try:
        found = _placeholders(text)
    except ValueError as error:
        return f"braces that can't be filled in: {error}"
    wanted = _placeholders(texts()[key]["en"])
    same = found == wanted
    return None if same else f"expected the placeholders {sorted(wanted)}, found {sorted(found)}"


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
