"""
The files of data/raw: which an input takes, which nothing reads, and what seals each of them.

The sidecar of a raw file carries the sha256 of what was published. A clone may change the ends of
lines. A text file is therefore sealed over lines that end in a line feed alone; a seal over the
very bytes, as older sidecars have it, stays valid.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from edu_metrics.catalog import Catalog, FileInput, PackageInput, SimulatedInput
from edu_metrics.catalog.reading_yaml import read_yaml
from edu_metrics.errors import DataError
from edu_metrics.files import write_whole_files

SIDECAR = ".source.yaml"
#: The log of what was done to a table that came in lies beside it.
LOG = ".log.csv"
#: How the names of files end that stand beside a raw file.
BESIDE = (SIDECAR, LOG)

_SHA256 = re.compile(r"^sha256:.*$", re.MULTILINE)


def shown_below(path: Path, root: Path) -> str:
    """Say where a file lies in a project; of one outside of it, its name."""
    absolute = path.resolve()
    inside = absolute.is_relative_to(root)
    return absolute.relative_to(root).as_posix() if inside else path.name


def pattern_of(given: FileInput | SimulatedInput) -> str:
    """Say which files of data/raw an input takes."""
    return given.path if isinstance(given, FileInput) else f"simulated/{given.city}/**/*.csv"


def matched_by(raw: Path, pattern: str) -> list[Path]:
    """Give the files that a pattern means, sorted."""
    folder, _, name = pattern.rpartition("/")
    try:
        # A suffix in capitals is the same suffix.
        return sorted(
            path
            for path in raw.glob(f"{folder}/*" if folder else "*")
            if fnmatchcase(path.name.lower(), name.lower())
        )
    except (NotImplementedError, ValueError):
        return []


def unread_files(catalog: Catalog) -> list[str]:
    """
    Name the files below data/raw that are no input of a study and no text of a source.

    Parameters
    ----------
    catalog : Catalog
        What is defined.

    Returns
    -------
    list of str
        Their paths below data/raw, sorted.

    Examples
    --------
    >>> from edu_metrics.catalog import find_root, load_catalog
    >>> unread_files(load_catalog(find_root()))
    ['national_bureau_of_statistics/2024-02-08/cohorts.csv']
    """
    raw = catalog.root / "data" / "raw"
    read = {raw / one.full_text for one in catalog.sources.values() if one.full_text}
    for study in catalog.studies.values():
        for given in study.observations:
            if not isinstance(given, PackageInput):
                read.update(matched_by(raw, pattern_of(given)))
    return sorted(
        path.relative_to(raw).as_posix()
        for path in raw.rglob("*")
        if path.is_file() and path not in read and not path.name.endswith(BESIDE)
    )


def sidecar_of(path: Path) -> Path:
    """Say where it is noted where a raw file comes from."""
    return path.with_name(path.name + SIDECAR)


def sha256_of(content: bytes) -> str:
    r"""
    Hash a file so that the ends of its lines do not matter.

    Parameters
    ----------
    content : bytes
        The file. Without a zero byte it is taken for text.

    Returns
    -------
    str
        The sha256, in hexadecimal.

    Examples
    --------
    >>> sha256_of(b"a,b\r\n1,2\r\n") == sha256_of(b"a,b\n1,2\n")
    True
    >>> sha256_of(b"\0\r\n") == sha256_of(b"\0\n")
    False
    """
    plain = content if b"\0" in content else content.replace(b"\r\n", b"\n")
    return hashlib.sha256(plain).hexdigest()


def with_sidecar(path: Path, content: bytes, told: Mapping[str, Any]) -> dict[Path, bytes]:
    """
    Give a raw file and the sidecar that seals it, to be written together.

    Parameters
    ----------
    path : Path
        The raw file.
    content : bytes
        What it holds.
    told : mapping
        What is noted of it: its source, and whatever else.

    Returns
    -------
    dict of Path to bytes
        Both files.
    """
    described = {**told, "sha256": sha256_of(content)}
    text = yaml.safe_dump(described, allow_unicode=True, sort_keys=False, width=100)
    return {path: content, sidecar_of(path): text.encode()}


def read_sidecar(path: Path) -> tuple[dict[str, Any], list[str]]:
    """
    Read what is noted beside a raw file.

    Parameters
    ----------
    path : Path
        The raw file.

    Returns
    -------
    dict, list of str
        The sidecar's entries and its faults; no entries where it is missing.
    """
    sidecar = sidecar_of(path)
    if not sidecar.is_file():
        return {}, [
            f"{sidecar.name} is missing; expected beside the file where it comes from and its "
            "sha256"
        ]
    described, faults = read_yaml(sidecar)
    return described if isinstance(described, dict) else {}, faults


def broken_seal(path: Path, content: bytes) -> Iterator[str]:
    """
    Compare a raw file with what its sidecar says of it.

    Parameters
    ----------
    path : Path
        The raw file.
    content : bytes
        What it holds.

    Yields
    ------
    str
        One line a fault.
    """
    described, faults = read_sidecar(path)
    yield from faults
    if faults:
        return
    name, expected = sidecar_of(path).name, described.get("sha256")
    found = sha256_of(content)
    if expected is None:
        yield f"{name} has no sha256; the file's is {found}"
    elif str(expected).lower() not in (found, hashlib.sha256(content).hexdigest()):
        yield (
            f"was edited: {name} expects the sha256 {expected}, found {found}; bring the file "
            f"back, or run `edu-metrics seal {path}` if it was edited on purpose"
        )


def seal(paths: Iterable[Path]) -> list[Path]:
    """
    Seal raw files anew that were edited on purpose.

    Parameters
    ----------
    paths : iterable of Path
        Raw files with a sidecar each.

    Returns
    -------
    list of Path
        Those whose seal has changed.

    Raises
    ------
    DataError
        With one line for each file that can't be sealed; none is sealed then.
    """
    changed: dict[Path, str] = {}
    sealed, faults = [], []
    for path in paths:
        new, found = _sealed_anew(path)
        faults += [f"{path}: {fault}" for fault in found]
        if new is not None:
            changed[sidecar_of(path)] = new
            sealed.append(path)
    if faults:
        raise DataError("nothing was sealed", faults)
    write_whole_files({path: text.encode() for path, text in changed.items()})
    return sealed


def _sealed_anew(path: Path) -> tuple[str | None, list[str]]:
    """Give the text of a sidecar with the seal of the file as it stands; None where it holds."""
    if not path.is_file():
        return None, ["is not a file; expected a raw file that was edited on purpose"]
    content = path.read_bytes()
    described, faults = read_sidecar(path)
    if faults:
        return None, faults
    if described.get("sha256") is not None and not list(broken_seal(path, content)):
        return None, []
    text = sidecar_of(path).read_text("utf-8")
    line = f"sha256: {sha256_of(content)}"
    if _SHA256.search(text):
        return _SHA256.sub(line, text, count=1), []
    return f"{text.rstrip()}\n{line}\n", []
