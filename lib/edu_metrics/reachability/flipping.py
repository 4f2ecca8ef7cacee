"""How far one number would have to move before an answer changes, the others staying put."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["nearest_flips"]

Floats = NDArray[np.float64]

#: A bracket is cut into so many parts at a time, and so often.
_PARTS, _ROUNDS = 32, 5


def nearest_flips(
    kept: Callable[[NDArray[np.int64], Floats], NDArray[np.bool_]],
    middle: Floats,
    least: Floats,
    most: Floats,
) -> list[float | None]:
    """
    Find, for each number, the nearest value at which an answer is another one.

    From the middle outwards on both sides, all numbers at once: the first of 32 parts in which the
    answer changes is cut into 32 again, five times. Exact to a thirty-millionth of the range; an
    answer that changes and changes back within one part of the first cut is not seen.

    Parameters
    ----------
    kept : callable
        Takes positions of numbers and a value for each, the others at their middle; says yes or no.
    middle, least, most : ndarray, shape (numbers,)
        Where each number stands, and how far down and up it may go. [unit of each]

    Returns
    -------
    list of (float or None)
        The nearest value at which the answer is not that of the middle; None where no value within
        the bounds changes it. [unit of each]

    Examples
    --------
    A sum of 10 + 2 against 15: the first needs 3 more, the second may rise by 1 only.

    >>> numbers = np.array([10.0, 2.0])
    >>> found = nearest_flips(lambda which, values: 12 - numbers[which] + values >= 15,
    ...                       numbers, np.array([0.0, 1.0]), np.array([20.0, 3.0]))
    >>> round(found[0], 6), found[1]
    (13.0, None)
    """
    count = len(middle)
    if not count:
        return []
    which = np.tile(np.arange(count), 2)
    near, far = np.tile(middle, 2).astype(float), np.concatenate([least, most]).astype(float)
    steps = np.linspace(0.0, 1.0, _PARTS + 1)
    usual: bool | None = None
    found = near != far
    for _ in range(_ROUNDS):
        rows = np.flatnonzero(found)
        if not rows.size:
            break
        points = near[rows, None] + (far - near)[rows, None] * steps
        points[:, -1] = far[rows]  # rounding must not leave the bounds
        answers = kept(np.repeat(which[rows], len(steps)), points.ravel()).reshape(points.shape)
        if usual is None:
            usual = bool(answers[0, 0])  # with all at their middle there is one answer
        changed = answers != usual
        place = np.maximum(np.argmax(changed, axis=1), 1)
        each = np.arange(len(rows))
        near[rows], far[rows] = points[each, place - 1], points[each, place]
        found[rows] = changed.any(axis=1)
    nearest: list[float | None] = []
    for number in range(count):
        sides = [float(far[row]) for row in (number, number + count) if found[row]]
        stands = float(middle[number])
        nearest.append(min(sides, key=lambda value: abs(value - stands), default=None))
    return nearest
