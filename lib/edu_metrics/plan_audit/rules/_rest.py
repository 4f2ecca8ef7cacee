"""What two rates, of a whole and of a part of it, leave for the rest."""

from __future__ import annotations

from collections.abc import Mapping

from edu_metrics.plan_audit.rules._saying import in_both, listed, measured, short
from edu_metrics.words import say

__all__ = ["SHARES", "largest_share", "rest_of_whole", "rests_in_words"]

Limits = tuple[float | None, float | None]

#: Illustrative sizes of a part of a whole: a plan rarely prints them.
SHARES = (0.7, 0.75, 0.8, 0.9)


def rest_of_whole(whole: float, part: float, share: float) -> float:
    """
    Give the rate of the rest, where a part and the whole have the rates stated.

    Parameters
    ----------
    whole : float
        Rate of the whole. [percent]
    part : float
        Rate of the part. [percent]
    share : float
        Size of the part in the whole. [0-1]

    Returns
    -------
    float
        Rate of all others; impossible where it lies beyond the indicator's limits. [percent]

    Examples
    --------
    95 in all and 96 in the part, which is seven tenths of all:

    >>> round(rest_of_whole(95, 96, 0.7), 2)
    92.67
    """
    return (whole - part * share) / (1 - share)


def largest_share(whole: float, part: float, limits: Limits) -> float:
    """
    Say how large a part can be at most, so that the rest stays within the limits.

    Parameters
    ----------
    whole, part : float
        Rates of the whole and of the part. [percent]
    limits : tuple of (float or None)
        Lowest and highest value of the indicator.

    Returns
    -------
    float
        The largest share of the part; 1 where nothing limits it, 0 where none is possible. [0-1]

    Examples
    --------
    A whole of 42 % leaves room for a part of 49 % only up to six sevenths of it:

    >>> round(largest_share(42, 49, (0, 100)), 3)
    0.857
    """
    limit = limits[0] if part > whole else limits[1]
    if part == whole or limit is None:
        return 1.0
    if part == limit:
        return 0.0
    return min(max((whole - limit) / (part - limit), 0.0), 1.0)


def rests_in_words(rests: Mapping[float, float], most: float) -> dict[str, str]:
    """Say what is left for the rest at each illustrative size of the part."""
    return in_both(
        lambda lang: listed((_rest_in_words(*one, most, lang) for one in rests.items()), lang)
    )


def _rest_in_words(share: float, rest: float, most: float, lang: str) -> str:
    key = "rest" if share <= most else "rest_impossible"
    value = measured(rest, "percent", lang)
    return say(f"audit_contradictions.{key}", lang, share=short(share), rest=value)
