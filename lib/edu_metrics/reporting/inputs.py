"""
What a report is made from, as one hash: it is made again when this changes, and only then.

The hash covers the notebook, the library, the versions of what it rests on, the definitions, and
the observations. Of these a district's report depends on its own rows and those below it, on what
it is compared with, and on what its forecasts borrow from other areas; a neighbour's row counts
only as far as one of these changes with it.
"""

from __future__ import annotations

import functools
import hashlib
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from edu_metrics.catalog import Catalog, Study

__all__ = [
    "AUDIT",
    "CITY",
    "COMPARISON",
    "DISTRICT",
    "OVERVIEW",
    "PARTS",
    "PLAN_AUDIT",
    "RECORD",
    "SCENARIOS",
    "TRACK_RECORD",
    "WHOLE",
    "Basis",
    "combined",
]

#: The notebooks.
DISTRICT, CITY, AUDIT = "district_report.ipynb", "city_overview.ipynb", "plan_audit.ipynb"
RECORD, COMPARISON = "track_record.ipynb", "scenario_comparison.ipynb"
#: What the reports that are not of one area are called, and what they are made by.
OVERVIEW, PLAN_AUDIT, TRACK_RECORD = "overview", "plan_audit", "track_record"
WHOLE = {OVERVIEW: CITY, PLAN_AUDIT: AUDIT, TRACK_RECORD: RECORD}
#: What follows an area's id where its scenarios are compared.
SCENARIOS = ".scenarios"

#: What a report depends on, in the order in which it is told.
PARTS = ("notebook", "library", "versions", "definitions", "observations")

_PACKAGES = (
    "edu-metrics", "ipykernel", "ipython", "jinja2", "matplotlib", "nbclient", "nbconvert",
    "nbformat", "numpy", "pandas", "papermill", "pyarrow", "pydantic", "scipy", "statsmodels",
)  # fmt: skip


class Basis:
    """
    What a study's reports depend on, apart from the observations.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    study : Study
        The study.
    """

    def __init__(self, catalog: Catalog, study: Study) -> None:
        self._root = catalog.root
        self._study = study
        self._notebooks: dict[str, str] = {}

    def parts(self, area: str, observations: str) -> dict[str, str]:
        """
        Give the hash of each part of what a report depends on.

        Parameters
        ----------
        area : str
            Area of the report, or a name of :data:`WHOLE`, or an area's scenarios.
        observations : str
            The hash of the observations that it depends on.

        Returns
        -------
        dict
            By :data:`PARTS`.
        """
        whole = area == PLAN_AUDIT
        notebook = COMPARISON if area.endswith(SCENARIOS) else WHOLE.get(area, DISTRICT)
        if notebook not in self._notebooks:
            self._notebooks[notebook] = _of_file(self._root / "notebooks" / notebook)
        return {
            "notebook": self._notebooks[notebook],
            "library": library_sha256(),
            "versions": versions_sha256(),
            "definitions": self._everything if whole else self._own,
            "observations": observations,
        }

    @functools.cached_property
    def _own(self) -> str:
        """The definitions that all studies share, and this study and its plan."""
        kept = {f"plans/{self._study.plan}.yaml", f"studies/{self._study.id}.yaml"}
        return _of_folder(self._root / "data" / "definitions", kept)

    @functools.cached_property
    def _everything(self) -> str:
        return _of_folder(self._root / "data" / "definitions", None)

    def key(self, table: Path) -> str:
        """
        Hash all that the observations of a study's reports follow from.

        Parameters
        ----------
        table : Path
            The processed table.

        Returns
        -------
        str
            While it stays the same, no report's observations need to be looked at again.
        """
        known = [self._own, self._everything, library_sha256(), versions_sha256(), _of_file(table)]
        return combined(known)


def combined(parts: Iterable[str] | Mapping[str, str]) -> str:
    """
    Hash hashes.

    Parameters
    ----------
    parts : iterable of str
        Hashes, or a mapping from names to them.

    Returns
    -------
    str
        SHA-256.

    Examples
    --------
    >>> combined(["a", "b"]) == combined(["ab"])
    False
    """
    pieces = [f"{k}={v}" for k, v in parts.items()] if isinstance(parts, Mapping) else parts
    return hashlib.sha256("\n".join(pieces).encode()).hexdigest()


def _of_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _of_folder(folder: Path, kept: set[str] | None) -> str:
    """Hash a folder of definitions; of plans and studies only those that are kept."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        single = name.startswith(("plans/", "studies/"))
        if not path.is_file() or path.name.startswith("."):
            continue
        if kept is not None and single and name not in kept:
            continue
        digest.update(f"{name}\0{_of_file(path)}\n".encode())
    return digest.hexdigest()


@functools.cache
def library_sha256() -> str:
    """Hash the library itself: code, sentences, templates and fonts."""
    folder = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith("."):
            digest.update(f"{path.relative_to(folder).as_posix()}\0{_of_file(path)}\n".encode())
    return digest.hexdigest()


@functools.cache
def versions_sha256() -> str:
    """Hash the versions of Python and of the packages that numbers and pages come from."""
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    return combined(found)
