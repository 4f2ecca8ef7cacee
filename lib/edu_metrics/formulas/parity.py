"""How one group fares against another, such as girls against boys."""

from __future__ import annotations

import numpy as np

from edu_metrics.formulas._arguments import Arguments, Numbers, like
from edu_metrics.formulas._quotients import quotient

__all__ = ["adjusted_parity_index", "parity_index"]


def parity_index(first: Numbers, second: Numbers) -> Numbers:
    r"""
    Value of an indicator in one group against its value in another. [1].

    Parameters
    ----------
    first : float, array or Series
        Indicator in the group that is watched, such as girls. [unit of the indicator]
    second : float, array or Series
        Indicator in the group it is compared with, such as boys. [unit of the indicator]

    Returns
    -------
    float, array or Series
        Parity index; 1 is parity. [1]

    Raises
    ------
    DataError
        If the second value is not positive, or the first is negative.

    Notes
    -----
    .. math:: \text{first} / \text{second}

    UNESCO calls 0.97 to 1.03 parity. The index is lopsided: groups exchanged, 0.8 becomes 1.25.
    :func:`adjusted_parity_index` is symmetrical.

    References
    ----------
    UNESCO Institute for Statistics, glossary, *Adjusted parity index*, for the example. IIEP
    learning portal, glossary, *Gender parity index*, for the band.

    Examples
    --------
    Net enrolment of 40 percent among girls and 50 among boys, and the reverse:

    >>> parity_index(40, 50), parity_index(50, 40)
    (0.8, 1.25)
    """
    return quotient(
        "parity_index",
        first=first,
        second=second,
        instead="Where the second group has nothing, use adjusted_parity_index or the difference.",
    )


def adjusted_parity_index(first: Numbers, second: Numbers) -> Numbers:
    r"""
    Parity index that treats both groups alike. [1].

    Parameters
    ----------
    first : float, array or Series
        Indicator in the group that is watched, such as girls. [unit of the indicator]
    second : float, array or Series
        Indicator in the group it is compared with, such as boys. [unit of the indicator]

    Returns
    -------
    float, array or Series
        Adjusted parity index; 1 is parity. [1, between 0 and 2]

    Raises
    ------
    DataError
        If a value is negative, or both are zero.

    Notes
    -----
    With :math:`q = \text{first} / \text{second}`, the index is :math:`q` up to 1 and
    :math:`2 - 1/q` above.

    References
    ----------
    UNESCO Institute for Statistics, glossary, *Adjusted parity index*.

    Examples
    --------
    >>> adjusted_parity_index(40, 50), adjusted_parity_index(50, 40)
    (0.8, 1.2)
    """
    checked = Arguments.of("adjusted_parity_index", first=first, second=second)
    one, other = checked["first"], checked["second"]
    checked.require(
        {
            "first >= 0": one >= 0,
            "second >= 0": other >= 0,
            "one of them > 0": np.maximum(one, other) > 0,
        },
        instead="Where neither group has anything, parity has no meaning; leave the row out.",
    )
    # The smaller over the larger never exceeds 1; above parity it is mirrored at 1.
    lesser = np.minimum(one, other) / np.maximum(one, other)
    return like(np.where(one <= other, lesser, 2 - lesser), first, second)
