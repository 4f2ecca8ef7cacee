"""Sentences that stand in for figures: for a reader who hears the page, and in the file itself."""

from __future__ import annotations

from collections.abc import Sequence

from edu_metrics.figures.bars import plot_contributions
from edu_metrics.figures.output import Plot
from edu_metrics.words import say, signed


def describe_contributions(
    *,
    names: Sequence[str],
    contributions: Sequence[float],
    total: float,
    unit_label: str,
    lang: str,
) -> str:
    """
    Put contributions into one sentence, the largest first.

    Parameters
    ----------
    names : sequence of str
        Areas.
    contributions : sequence of float
        Contribution of each. [unit_label]
    total : float
        What they add up to. [unit_label]
    unit_label : str
        Unit, as printed.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str
        Each contribution, and the total.

    Examples
    --------
    >>> describe_contributions(names=["Hainan", "Wuda"], contributions=[-1.5, 0.5], total=-1.0,
    ...                        unit_label="points", lang="en")
    'Contributions of the areas (points): Wuda +0.5, Hainan −1.5; total −1.0.'
    """
    shown = [
        say("figure.describe_share", lang, name=name, value=signed(value))
        for name, value in sorted(zip(names, contributions, strict=True), key=lambda one: -one[1])
    ]
    end = say("figure.describe_share", lang, name=say("figure.total", lang), value=signed(total))
    unit = say("figure.in_unit", lang, unit=unit_label) if unit_label else ""
    title = say("figure.describe_contributions", lang) + unit
    parts = say("figure.joint", lang).join([say("figure.list", lang).join(shown), end])
    return say("figure.whole", lang, title=title, parts=parts)


CONTRIBUTIONS = Plot(plot_contributions, describe_contributions)
