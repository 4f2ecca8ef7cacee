"""What becomes of bound, status and source where several observations make one number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from edu_metrics.observations.table import STATUSES

Codes = npt.NDArray[np.int64]

_SEPARATOR = "; "

#: Each bound as bits, so that those of a sum are the bits of its terms together.
_LOWER, _STRICT_LOWER, _UPPER, _STRICT_UPPER, _ABOUT = 1, 2, 4, 8, 16
_BITS = {
    "exact": 0,
    "at_least": _LOWER,
    "above": _LOWER | _STRICT_LOWER,
    "at_most": _UPPER,
    "below": _UPPER | _STRICT_UPPER,
    "about": _ABOUT,
}


def _word(bits: int) -> str:
    if bits & _ABOUT or (bits & _LOWER and bits & _UPPER):
        return "about"
    if bits & _LOWER:
        return "above" if bits & _STRICT_LOWER else "at_least"
    if bits & _UPPER:
        return "below" if bits & _STRICT_UPPER else "at_most"
    return "exact"


_WORDS = np.array([_word(bits) for bits in range(32)], dtype=object)


def bound_bits(bounds: pd.Series) -> Codes:
    """
    Write bounds as bits; the bits of several terms, taken together, are those of their sum.

    Parameters
    ----------
    bounds : Series of str
        The bounds.

    Returns
    -------
    array of int
        One number each.

    Examples
    --------
    What is at least 3, and what lies above 4, is together above 7:

    >>> bits = bound_bits(pd.Series(["at_least", "above"]))
    >>> bound_words(np.bitwise_or.reduce(bits, keepdims=True)).tolist()
    ['above']
    """
    return np.asarray(bounds.map(_BITS), dtype=np.int64)


def bound_words(bits: Codes) -> npt.NDArray[np.object_]:
    """
    Read bounds off their bits.

    Parameters
    ----------
    bits : array of int
        As :func:`bound_bits` writes them. [bits]

    Returns
    -------
    array of str
        The bounds; terms that are bound from both sides make ``about``.
    """
    return _WORDS[bits]


def bound_of_quotient(above: pd.Series, below: pd.Series) -> npt.NDArray[np.object_]:
    """
    Say how firm a quotient is: as its numerator where the denominator is exact, else ``about``.

    Parameters
    ----------
    above : Series of str
        Bound of the numerator.
    below : Series of str
        Bound of the denominator.

    Returns
    -------
    array of str
        Bound of the quotient.

    Examples
    --------
    >>> bound_of_quotient(pd.Series(["below", "exact"]), pd.Series(["exact", "below"])).tolist()
    ['below', 'about']
    """
    return np.where(below == "exact", above.to_numpy(dtype=object), "about")


def status_ranks(statuses: pd.Series) -> Codes:
    """
    Rank statuses by how firm they are, the firmest 0; the weakest of several is the largest.

    Parameters
    ----------
    statuses : Series of str
        The statuses.

    Returns
    -------
    array of int
        Their places in ``STATUSES``. [rank]
    """
    ranks = {status: rank for rank, status in enumerate(STATUSES)}
    return np.asarray(statuses.map(ranks), dtype=np.int64)


def status_words(ranks: Codes) -> npt.NDArray[np.object_]:
    """Read statuses off their ranks."""
    return np.array(STATUSES, dtype=object)[ranks]


def _joined(sources: Iterable[str]) -> str:
    """Name each source once, in order; an entry may itself name several."""
    return _SEPARATOR.join(sorted({one for many in sources for one in many.split(_SEPARATOR)}))


def join_sources(columns: Sequence[pd.Series]) -> npt.NDArray[np.object_]:
    """
    Join the sources of several inputs, row by row.

    Parameters
    ----------
    columns : sequence of Series of str
        Sources of each input; rows in the same order.

    Returns
    -------
    array of str
        Unique sources of each row, sorted and joined by ``"; "``.

    Examples
    --------
    >>> join_sources([pd.Series(["b", "a"]), pd.Series(["a; c", "a"])]).tolist()
    ['a; b; c', 'a']
    """
    first_column = columns[0].to_numpy(dtype=object)
    if all((column.to_numpy(dtype=object) == first_column).all() for column in columns[1:]):
        return first_column
    # Few combinations occur however many rows there are: each is joined once.
    frame = pd.DataFrame({place: column.to_numpy() for place, column in enumerate(columns)})
    codes = frame.groupby(list(frame), sort=False).ngroup().to_numpy()
    _, places = np.unique(codes, return_index=True)
    words = [_joined(row) for row in frame.iloc[places].itertuples(index=False)]
    return np.array(words, dtype=object)[codes]


def sources_by_group(groups: Codes, sources: pd.Series) -> npt.NDArray[np.object_]:
    """
    Join the sources of the rows of each group.

    Parameters
    ----------
    groups : array of int
        Group of each row, 0 to the number of groups less 1. [number]
    sources : Series of str
        Source of each row.

    Returns
    -------
    array of str
        One entry for each group.

    Examples
    --------
    >>> sources_by_group(np.array([0, 1, 0]), pd.Series(["b", "b", "a"])).tolist()
    ['a; b', 'b']
    """
    pairs = pd.DataFrame({"group": groups, "source": sources.to_numpy()}).drop_duplicates()
    pairs = pairs.sort_values("group", kind="stable", ignore_index=True)
    joined = pairs["source"].to_numpy(dtype=object, copy=True)
    several = pairs["group"].duplicated(keep=False).to_numpy()
    if several.any():
        words = pairs[several].groupby("group")["source"].agg(_joined)
        joined[several] = pairs.loc[several, "group"].map(words)
    return joined[~pairs["group"].duplicated().to_numpy()]
