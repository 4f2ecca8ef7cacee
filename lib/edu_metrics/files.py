"""Files that are written whole or not at all, and cells that no spreadsheet runs."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any


def packaged_yaml(package: str, name: str) -> Any:
    """
    Read a YAML file that a package brings along; its form is ours, and not checked.

    Parameters
    ----------
    package : str
        Where it lies.
    name : str
        Its name.

    Returns
    -------
    Any
        What it holds; None where there is no such file.
    """
    import yaml

    file = resources.files(package).joinpath(name)
    if not file.is_file():
        return None
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(file.read_bytes(), Loader=loader)


def write_whole(path: Path, content: str | bytes) -> None:
    """
    Write a file and see it to the disk.

    Parameters
    ----------
    path : Path
        A file in a draft.
    content : str or bytes
        What it holds; text is written in UTF-8.
    """
    with path.open("wb") as file:
        file.write(content.encode("utf-8") if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())


def write_whole_files(contents: Mapping[Path, bytes]) -> None:
    """
    Write files under other names first, see them to the disk, then put all in their places.

    Parameters
    ----------
    contents : mapping of Path to bytes
        What each file holds. Folders are made where they are missing.
    """
    drafts = {path: path.with_name(f".{path.name}.{os.getpid()}.part") for path in contents}
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(drafts[path], content)
        for path, draft in drafts.items():
            os.replace(draft, path)
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a whole file or none: under another name first, seen to the disk, then renamed."""
    write_whole_files({path: text.encode()})


#: What a spreadsheet takes for the start of a formula, the full-width signs among them.
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"[+-]?[\d.,]*%?")


def opens_formula(text: str) -> bool:
    """
    Tell whether a spreadsheet would take a text for a formula; a number is none.

    Examples
    --------
    >>> opens_formula("=1+1"), opens_formula("-9"), opens_formula("a-b")
    (True, False, False)
    """
    return bool(_FORMULA.match(text)) and not _NUMBER.fullmatch(text)


def harmless(value: Any) -> Any:
    """
    Keep a spreadsheet from running a text: what would begin a formula gets an apostrophe.

    Parameters
    ----------
    value : object
        A cell; numbers stay what they are.

    Returns
    -------
    object
        The cell.

    Examples
    --------
    >>> harmless("=1+1"), harmless(-1.5), harmless("a-b"), harmless(None)
    ("'=1+1", -1.5, 'a-b', '')
    """
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and opens_formula(value) else value
