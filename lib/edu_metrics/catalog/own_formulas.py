"""Formulas that a project writes in Python, where its settings switch them on."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import Field

from edu_metrics.catalog.reading_yaml import parse, read_yaml
from edu_metrics.errors import DataError
from edu_metrics.formulas import FORMULAS, Formula
from edu_metrics.formulas.registry import OWN, written_in_python, written_out
from edu_metrics.words.definition import Definition, nearest


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
    content, new = read_yaml(path)
    faults += new
    settings, new = parse(Settings, content, path.name) if not new else (None, [])
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
