"""
What can go wrong, as one root and five children.

A message says what was expected, what was found, where, and what to do. An error may carry
several faults: a person who mends a file wants all of them at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from types import MappingProxyType

__all__ = [
    "EXTRAS",
    "DataError",
    "DefinitionError",
    "EduMetricsError",
    "MissingExtraError",
    "ProjectionError",
    "ReportError",
    "how_to_install",
    "number_of",
    "require_extra",
]

#: The extras of pyproject.toml that code asks for, and the modules it imports from each.
EXTRAS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "cluster": ("distributed",),
        "draft": ("docx", "jinja2", "pdfplumber"),
        "explore": ("jinja2", "matplotlib", "pyarrow"),
        "pdf": ("weasyprint",),
        "reports": (
            "IPython",
            "ipykernel",
            "jinja2",
            "matplotlib",
            "matplotlib_inline",
            "nbclient",
            "nbconvert",
            "nbformat",
            "papermill",
            "pebble",
            "pyarrow",
            "seaborn",
        ),
        "tables": ("duckdb", "openpyxl", "pyarrow", "python_calamine"),
    }
)


class EduMetricsError(Exception):
    """
    Root of all errors that a user can mend.

    Parameters
    ----------
    message : str
        What was expected, what was found, where, and what to do.
    faults : sequence of str, optional
        One line for each fault; they are printed below the message.
    """

    def __init__(self, message: str, faults: Sequence[str] = ()) -> None:
        self.message = message
        self.faults = tuple(faults)
        super().__init__("\n".join([message, *(f"  - {fault}" for fault in self.faults)]))


class DefinitionError(EduMetricsError):
    """A file under data/definitions is malformed or refers to what does not exist."""


class DataError(EduMetricsError):
    """Numbers break their contract: out of bounds, double, without a source, or absent."""


class ProjectionError(EduMetricsError):
    """A history does not allow the trajectory that was asked for."""


class ReportError(EduMetricsError):
    """A report could not be made."""


class MissingExtraError(EduMetricsError, ImportError):
    """A library is not installed that only some uses of this project need."""


def number_of(faults: Sequence[str]) -> str:
    """
    Say how many faults there are.

    Examples
    --------
    >>> number_of(["no name"]), number_of([])
    ('1 fault', '0 faults')
    """
    return f"{len(faults)} fault" + ("s" if len(faults) != 1 else "")


def how_to_install(extra: str) -> str:
    """
    Say how to install an extra: from the project's own folder, since no index carries the project.

    Parameters
    ----------
    extra : str
        An extra of pyproject.toml.

    Returns
    -------
    str
        The end of a sentence.

    Examples
    --------
    >>> how_to_install("reports")
    "in the project's folder run `pip install '.[reports]'`, or `make env` for everything"
    """
    return f"in the project's folder run `pip install '.[{extra}]'`, or `make env` for everything"


def require_extra(extra: str, *modules: str) -> None:
    """
    Stop with one sentence where the libraries of an extra are not installed.

    Nothing is imported.

    Parameters
    ----------
    extra : str
        An extra of pyproject.toml.
    *modules : str
        What is about to be imported; all that the extra brings when left out.

    Raises
    ------
    MissingExtraError
        If one of them is not installed.

    Examples
    --------
    >>> try:
    ...     require_extra("reports", "no_such_library")
    ... except MissingExtraError as error:
    ...     print(str(error).partition(":")[0])
    no_such_library is not installed
    """
    missing = [name for name in modules or EXTRAS[extra] if find_spec(name) is None]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        raise MissingExtraError(
            f"{', '.join(missing)} {verb} not installed: {how_to_install(extra)}"
        )
