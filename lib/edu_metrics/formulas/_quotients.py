"""
Two counts, one over the other, under the names that the calling formula gives them.

A percentage is computed as ``100 * above / below``, in that order, because the product of a
count with 100 is exact: a share that is a round number, such as 95 percent, comes out as that
number, and no boundary is missed by a rounding error.
"""

from __future__ import annotations

from edu_metrics.formulas._arguments import Arguments, Numbers


def part_of_whole(formula: str, *, instead: str, **given: Numbers) -> Numbers:
    """
    Compute a share under the name that its caller gives to part and whole.

    Parameters
    ----------
    formula : str
        Name of the calling formula, for the messages.
    instead : str
        What to use where the part does not lie in the whole.
    **given : float, array or Series
        The part, then the whole. [persons or institutions]

    Returns
    -------
    float, array or Series
        Share of the whole. [percent, 0-100]

    Raises
    ------
    DataError
        If a whole is not positive, or a part lies outside the whole.
    """
    part_name, whole_name = given
    checked = Arguments.of(formula, **given)
    part, whole = checked[part_name], checked[whole_name]
    checked.require(
        {
            f"{whole_name} > 0": whole > 0,
            f"0 <= {part_name} <= {whole_name}": (part >= 0) & (part <= whole),
        },
        instead=instead,
    )
    return 100.0 * given[part_name] / given[whole_name]


def quotient(formula: str, *, instead: str, times: float = 1.0, **given: Numbers) -> Numbers:
    """
    Compute a ratio without an upper limit under its caller's names.

    Parameters
    ----------
    formula : str
        Name of the calling formula, for the messages.
    instead : str
        What to use where the ratio has no meaning.
    times : float, default 1.0
        100 for a percentage. [1]
    **given : float, array or Series
        What stands above, then what stands below the line. [any units]

    Returns
    -------
    float, array or Series
        The ratio. [units above per unit below, times ``times``]

    Raises
    ------
    DataError
        If what stands below is not positive, or what stands above is negative.
    """
    above, below = given
    checked = Arguments.of(formula, **given)
    checked.require(
        {f"{below} > 0": checked[below] > 0, f"{above} >= 0": checked[above] >= 0},
        instead=instead,
    )
    return times * given[above] / given[below]
