"""How often a pace was kept, in words: the same in reports and in the explorer."""

from __future__ import annotations

from edu_metrics.reachability.precedent import Count
from edu_metrics.words import number, say, short

__all__ = ["counted", "kept_pace", "share_kept"]


def counted(kept: Count, lang: str) -> str:
    """
    Say in how many windows of how many.

    Parameters
    ----------
    kept : Count
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


def share_kept(kept: Count, lang: str) -> str:
    """
    Say in what share of windows, with its bounds; only the upper one where there is none.

    Parameters
    ----------
    kept : Count
        The count.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str
        The share, and in how many series it was ever seen.
    """
    high, series = _share(kept.high), number(kept.series, 0)
    if kept.count == 0:
        return say("precedent.share_none", lang, high=high, series=series)
    return say(
        "precedent.share",
        lang,
        share=_share(kept.share),
        low=_share(kept.low),
        high=high,
        ever=number(kept.series_with, 0),
        series=series,
    )


def _share(value: float) -> str:
    """Print a share with one decimal, and a second one where it would come to nothing."""
    return number(value, 1 if value >= 0.1 else 2)


def kept_pace(kept: Count, *, falling: bool, lang: str) -> str:
    """
    Say which pace was kept.

    Parameters
    ----------
    kept : Count
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
    return say(f"precedent.kept_{way}", lang, step=short(kept.step))
