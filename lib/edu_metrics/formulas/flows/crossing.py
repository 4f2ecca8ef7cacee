"""Pupils who have to cross a line, counted from the scores themselves."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from edu_metrics.errors import DataError
from edu_metrics.formulas.flows._checks import within

__all__ = ["Crossing", "pupils_to_cross"]


class Crossing(NamedTuple):
    """
    Pupils who must cross a line, and how far it is for the last of them.

    Attributes
    ----------
    pupils : int
        How many more must be at or above the line; 0 where enough are. [persons]
    marks : float
        What the last of them lacks, and so the shift of the whole paper that would lift as
        many without any of them knowing more; 0 where nobody must. [marks]
    """

    pupils: int
    marks: float


def pupils_to_cross(scores: Any, counts: Any, *, cut: float, needed: int) -> Crossing:
    """
    Count the pupils who must cross a line so that enough stand above it.

    Parameters
    ----------
    scores : array_like
        Scores that occur. [marks]
    counts : array_like
        Pupils with each score. [persons]
    cut : float
        The line; who is on it is above. [marks]
    needed : int
        Pupils who have to be at or above it, from
        :func:`~edu_metrics.formulas.smallest_count_for`. [persons]

    Returns
    -------
    Crossing
        Those nearest below the line come first.

    Raises
    ------
    DataError
        If scores and counts differ in number, a count is negative or not whole, or more are needed
        than sat.

    Examples
    --------
    70 of 100 pass; 75 would with the five nearest, who lack 2 marks at most:

    >>> pupils_to_cross([50, 58, 59, 60, 80], [20, 7, 3, 30, 40], cut=60, needed=75)
    Crossing(pupils=5, marks=2.0)
    """
    given = within("pupils_to_cross", counts={"scores": scores, "counts": counts})
    marks, number = np.atleast_1d(given["scores"]), np.atleast_1d(given["counts"])
    if marks.shape != number.shape or marks.ndim != 1:
        raise DataError("pupils_to_cross: expected one count for each score")
    if (parts := number[number != np.floor(number)]).size:
        raise DataError(
            f"pupils_to_cross: expected whole numbers of pupils, found {parts[0]:g}; give counts, "
            "no shares and no thousands"
        )
    if needed > number.sum():
        raise DataError(
            f"pupils_to_cross: {needed} are needed and {number.sum():g} sat; nobody can do that"
        )
    above = number[marks >= cut].sum()
    missing = int(np.ceil(needed - above))
    if missing <= 0:
        return Crossing(0, 0.0)
    order = np.argsort(-marks)
    below = order[marks[order] < cut]
    last = below[int(np.searchsorted(np.cumsum(number[below]), missing))]
    return Crossing(missing, float(cut - marks[last]))
