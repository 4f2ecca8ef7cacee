"""The files of data/raw: which of them an input takes, and which nothing reads."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

from edu_metrics.catalog import Catalog, FileInput, PackageInput, SimulatedInput
from edu_metrics.observations.seals import SIDECAR

#: The log of what was done to a table that came in lies beside it.
LOG = ".log.csv"
#: How the names of files end that stand beside a raw file.
BESIDE = (SIDECAR, LOG)


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
