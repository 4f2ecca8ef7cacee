"""
What can go wrong, as one root and four children.

A message says what was expected, what was found, where, and what to do. An error may carry
several faults: a person who mends a file wants all of them at once.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["DataError", "DefinitionError", "EduMetricsError", "ProjectionError", "ReportError"]


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
