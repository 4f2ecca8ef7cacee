"""How often a pace was kept, in words: the same in reports and in the explorer."""

from __future__ import annotations

from typing import Protocol

from edu_metrics.words import number, say


class Kept(Protocol):
    """How many windows and series came to a step, and the bounds of the share."""

    @property
    def step(self) -> float:
        """The pace, in points a year."""

    @property
    def count(self) -> int:
        """Windows that came to it."""

    @property
    def windows(self) -> int:
        """All windows."""

    @property
    def series_with(self) -> int:
        """Series with such a window."""

    @property
    def series(self) -> int:
        """All series."""

    @property
    def share(self) -> float:
        """Share of windows, in percent."""

    @property
    def low(self) -> float:
        """Its lower bound, in percent."""

    @property
    def high(self) -> float:
        """Its upper bound, in percent."""

    @property
    def exact(self) -> bool:
        """Whether it was counted at this very step, and not taken from between two."""


def counted(kept: Kept, lang: str) -> str:
    """
    Say in how many windows of how many.

    Parameters
    ----------
    kept : Kept
        The count.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str
        The two numbers.
    """
    windows, count = number(kept.windows, 0), number(kept.count, 0)
    key = "precedent.counted" if kept.exact else "precedent.counted_between"
    return say(key, lang, windows=windows, count=count)


def share_kept(kept: Kept, lang: str) -> str:
    """
    Say in what share of windows, with its bounds; only the upper one where there is none.

    Parameters
    ----------
    kept : Kept
        The count.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str
        The share, and in how many series it was ever seen.
    """
    high, series = number(kept.high, 2), number(kept.series, 0)
    if kept.count == 0:
        return say("precedent.share_none", lang, high=high, series=series)
    return say(
        "precedent.share",
        lang,
        share=number(kept.share, 2),
        low=number(kept.low, 2),
        high=high,
        ever=number(kept.series_with, 0),
        series=series,
    )


def kept_pace(kept: Kept, *, falling: bool, lang: str) -> str:
    """
    Say which pace was kept.

    Parameters
    ----------
    kept : Kept
        The count.
    falling : bool
        Whether less is better.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str
        The pace, with two decimals at most.
    """
    way = "falling" if falling else "rising"
    if kept.step == 0:
        return say(f"precedent.kept_zero_{way}", lang)
    return say(f"precedent.kept_{way}", lang, step=shortest(kept.step))


def shortest(step: float) -> str:
    """
    Print a step with two decimals at most.

    Examples
    --------
    >>> shortest(5.0), shortest(0.5), shortest(2.3457)
    ('5', '0.5', '2.35')
    """
    shown = number(step, 2)
    return shown.rstrip("0").rstrip(".") if "." in shown else shown
