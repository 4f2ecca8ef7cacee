r"""
Scales on which rates and counts move without leaving their bounds.

A rate between 0 and 100 moves on the logit scale, so that passing and failing get the same
answer, and so does an index between bounds of its own; a rate that may pass 100, a count and
money move on the log scale. Where the number of
persons or institutions behind a rate is known, values are whole counts: they enter by the
empirical logit, :math:`\log\frac{k + 1/2}{n - k + 1/2}` [1]_, and come back rounded to whole
counts, so that 0 and 100 can be left and reached. The half keeps every count its own: going
there and back returns ``k``.

References
----------
.. [1] Cox, D. R. & Snell, E. J. (1989). *Analysis of Binary Data*, 2nd ed., section 2.1.6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog.priors import Prior, prior_of
from edu_metrics.errors import ProjectionError

if TYPE_CHECKING:
    from edu_metrics.catalog import Bound


Floats = NDArray[np.float64]

#: How near to 0 and 100 a rate is taken where nothing is known of the number behind it.
#: Chosen among 0.1, 0.25 and 1 by error in a rolling-origin back-test; the three hardly differ.
EDGE_PP = 0.25
#: The exponential of more than this is beyond the largest number of a computer.
_FURTHEST = 700.0
_DUST = 1e-9
#: Types of rates without an upper bound: those that may pass 100 %, and shares told as odds.
_GROSS, _ODDS = "enrolment", "shares"
#: What an amount of another type of rates, or of none, is like.
_NO_RATE = "ratios"
#: A percentage near 100 moves at least so much of what its logit does.
_LEAST_SHORT = 0.05


class Scale(NamedTuple):
    """
    The interval that an indicator can't leave, and so the scale on which it moves.

    Between two bounds it moves on the logit of its place between them, beside one bound on the
    logarithm of its distance from it, without bounds as it is.
    """

    low: float | None
    high: float | None

    @property
    def name(self) -> str:
        """What the scale is called."""
        ends = (self.low, self.high)
        return "logit" if None not in ends else "identity" if ends == (None, None) else "log"

    @property
    def mirrored(self) -> Scale | None:
        """For a highest value alone, the scale of the opposite, which has a lowest one."""
        return Scale(-self.high, None) if self.low is None and self.high is not None else None


def prior_on(scale: Scale, measure_type: str | None, values: Floats) -> Prior:
    """
    Give what is expected of a type of measure on the scale on which its series move.

    What is expected of rates was learned on logits. A gross rate of p percent has no upper bound
    and moves on the logarithm, 1 - p/100 times as far as its logit does. A share told as odds (3
    to 2) moves there just as its logit. What else is of a type of rates and has no upper bound, a
    mean score for one, is no percentage: of it, and of what has no type, no more is known than of
    ratios.

    Parameters
    ----------
    scale : Scale
        On what the series move.
    measure_type : str, optional
        One of those of :func:`~edu_metrics.catalog.priors.load_priors`.
    values : ndarray
        What is known of the series. [unit of the indicator]

    Returns
    -------
    Prior
        Of the type, its lengths on this scale.

    Examples
    --------
    Retention is near 95 %, so its logarithm moves a twentieth as far as its logit:

    >>> without_end = Scale(0, None)
    >>> found = prior_on(without_end, "enrolment", np.array([94.8, 95.2]))
    >>> round(found.surprise_sd / prior_on(Scale(0, 100), "enrolment", 95).surprise_sd, 3)
    0.05
    >>> prior_on(without_end, "scores", np.array([512.0, 508.0])).id
    'ratios'
    """
    prior = prior_of(measure_type)
    if scale.name != "log" or not prior.rate or measure_type == _ODDS:
        return prior
    if measure_type != _GROSS:
        return prior_of(_NO_RATE)
    short = float(np.clip(1 - np.nanmean(values) / 100, _LEAST_SHORT, 1.0))
    return prior.for_changes_of(prior.surprise_sd * short)


def scale_for(bounds: tuple[float | None, float | None]) -> Scale:
    """
    Choose the scale that keeps an indicator within its bounds.

    Parameters
    ----------
    bounds : tuple of (float or None)
        Lowest and highest value of the indicator; None where there is no limit.

    Returns
    -------
    Scale
        ``logit`` between two bounds, ``log`` beside one, ``identity`` without.

    Raises
    ------
    ProjectionError
        For a highest value that is not above the lowest.

    Examples
    --------
    >>> scale_for((0, 100)).name, scale_for((0, None)).name, scale_for((200, 1000)).name
    ('logit', 'log', 'logit')
    """
    low, high = bounds
    if low is not None and high is not None and low >= high:
        raise ProjectionError(
            f"no scale for the bounds {bounds}; expected the lowest value first, such as (0, 100); "
            "None where there is none"
        )
    return Scale(None if low is None else float(low), None if high is None else float(high))


def to_scale(values: Any, scale: Scale, wholes: Any = None) -> Floats:
    """
    Take values onto a scale.

    Parameters
    ----------
    values : array_like
        Rates, 0-100, or amounts. [percent or the unit of the amount]
    scale : Scale
        From :func:`scale_for`.
    wholes : array_like, optional
        For a rate, the number of persons or institutions behind it; NaN where unknown. [persons]

    Returns
    -------
    ndarray
        Values on the scale. Missing values stay missing.

    Raises
    ------
    ProjectionError
        If a value can't stand on the scale: outside 0-100, or a negative amount.

    Examples
    --------
    >>> round(float(to_scale(90.0, Scale(0, 100))), 4)  # log(9)
    2.1972
    >>> round(float(to_scale(100.0, Scale(0, 100), 40)), 4)  # log(40.5 / 0.5)
    4.3944
    """
    given = np.asarray(values, dtype=float)
    low, high = scale
    if scale.mirrored:
        return -to_scale(-given, scale.mirrored, wholes)
    if low is None:
        return given
    beyond = np.inf if high is None else high
    if np.any((given < low) | (given > beyond)):
        found = given[(given < low) | (given > beyond)][0]
        raise ProjectionError(f"{found:g} can't be projected: outside of {low:g} to {beyond:g}")
    if high is None:
        above = given - low
        return np.asarray(np.log(above + (0.5 if wholes is not None else _tiny(above))))
    share = (given - low) / (high - low)
    clipped = np.clip(share, EDGE_PP / 100, 1 - EDGE_PP / 100)
    plain = np.log(clipped / (1 - clipped))
    if wholes is None:
        return np.asarray(plain)
    known = np.asarray(wholes, dtype=float)
    part = share * known
    return np.asarray(np.where(np.isnan(known), plain, np.log((part + 0.5) / (known - part + 0.5))))


def from_scale(points: Any, scale: Scale, whole: Any = None, *, rounded: bool = True) -> Floats:
    """
    Bring values back from a scale.

    Parameters
    ----------
    points : array_like
        Values on the scale.
    scale : Scale
        From :func:`scale_for`.
    whole : array_like, optional
        For a rate, the number behind it, NaN where unknown: results are then rates of whole
        counts. On the log scale any number says that the amount is a whole count. [persons]
    rounded : bool, optional
        Whether to round counts; else what lies between two of them stays there.

    Returns
    -------
    ndarray
        Rates, 0-100, or amounts. [percent or the unit of the amount]

    Examples
    --------
    >>> float(from_scale(to_scale(100.0, Scale(0, 100), 40), Scale(0, 100), 40))
    100.0
    """
    given = np.asarray(points, dtype=float)
    low, high = scale
    in_whole = np.rint if rounded else np.positive
    if scale.mirrored:
        return -from_scale(-given, scale.mirrored, whole, rounded=rounded)
    if low is None:
        return given
    if high is None:
        amounts = np.exp(np.minimum(given, _FURTHEST))
        if whole is None:
            return np.asarray(low + amounts)
        return np.asarray(low + np.maximum(in_whole(amounts - 0.5), 0))
    # The logistic function by its hyperbolic form: no overflow at either end, and no scipy, whose
    # import every report would pay for.
    share = 0.5 * (1 + np.tanh(0.5 * given))
    plain = low + (high - low) * share
    if whole is None:
        return np.asarray(plain)
    known = np.asarray(whole, dtype=float)
    counted = 100 * np.clip(in_whole(share * (known + 1) - 0.5), 0, known) / known
    return np.asarray(np.where(np.isnan(known), plain, counted))


@dataclass(frozen=True, slots=True)
class Values:
    """
    The values that a series can take: whole counts, printed decimals, or any.

    Attributes
    ----------
    scale : Scale
        Its scale.
    whole : float or None
        Number of persons or institutions behind a rate; 1 for a count on the log scale.
    decimals : int or None
        Decimals of a rate that is known only as it was printed.
    """

    scale: Scale
    whole: float | None = None
    decimals: int | None = None

    def at(self, points: Any) -> Floats:
        """Give the values at points of the scale."""
        values = from_scale(points, self.scale, self.whole)
        return values if self.decimals is None else np.asarray(np.round(values, self.decimals))

    def within(self, bounds: Sequence[Bound]) -> tuple[float, float]:
        """
        Give the stretch of the scale on which a value satisfies bounds; empty where none does.

        Values that are counted or printed change in steps; one holds from half a step below.

        Examples
        --------
        Of 40 persons 38 make 95 %; printed to one decimal, 94.95 and more are 95:

        >>> from edu_metrics.catalog import Bound
        >>> at_least = [Bound.model_validate(">=95")]
        >>> rate = Values(Scale(0, 100), 40)
        >>> [float(rate.at(rate.within(at_least)[0] + step)) for step in (-1e-6, 1e-6)]
        [92.5, 95.0]
        >>> printed = Values(Scale(0, 100), None, 1)
        >>> round(float(from_scale(printed.within(at_least)[0], printed.scale)), 6)
        94.95
        """
        low, high = -np.inf, np.inf
        step = self._step
        for bound in bounds:
            if step is None:
                first, last = bound.value, bound.value
                if bound.op == "==":
                    last = -np.inf  # a single value of a continuous law
            else:
                place = bound.value / step
                near = round(place)
                on_step = abs(place - near) < _DUST * max(1.0, abs(place))
                up = near if on_step else int(np.ceil(place))
                down = near if on_step else int(np.floor(place))
                first = (up + (1 if bound.op == ">" and on_step else 0) - 0.5) * step
                last = (down - (1 if bound.op == "<" and on_step else 0) + 0.5) * step
            if bound.op in (">", ">=", "=="):
                low = max(low, self._edge(first))
            if bound.op in ("<", "<=", "=="):
                high = min(high, self._edge(last))
        return low, max(low, high)

    @property
    def _step(self) -> float | None:
        if self.whole is not None:
            return 1.0 if self.scale.high is None else 100 / self.whole
        return None if self.decimals is None else 10.0**-self.decimals

    def _edge(self, value: float) -> float:
        """Give the point of the scale that a value stands on, unrounded."""
        low, high = self.scale
        if self.scale.mirrored and np.isfinite(value):
            return -replace(self, scale=self.scale.mirrored)._edge(-value)
        if low is None or not np.isfinite(value):
            return value
        if self.whole is not None and high is None:
            above = value - low
            return float(np.log(above + 0.5)) if above > -0.5 else -np.inf
        if high is None:
            return float(np.log(value - low)) if value > low else -np.inf
        if self.whole is not None:
            part = value / 100 * self.whole
            above, below = part + 0.5, self.whole - part + 0.5
        else:
            above, below = value - low, high - value
        if above <= 0 or below <= 0:
            return -np.inf if above <= 0 else np.inf
        return float(np.log(above / below))


def _tiny(amounts: Floats) -> Floats:
    """Keep an amount of zero finite, at a thousandth of the smallest amount that is not zero."""
    positive = amounts[amounts > 0]
    smallest = float(positive.min()) if positive.size else 1.0
    return np.asarray(np.where(amounts == 0, smallest / 1000, 0.0))


def printed_decimals(values: Floats) -> int:
    """
    Tell how many decimals a publisher printed, three at most.

    Parameters
    ----------
    values : ndarray
        A series as it was printed. [any unit]

    Returns
    -------
    int
        0 to 3.

    Examples
    --------
    >>> printed_decimals(np.array([93.4, 95.0]))
    1
    """
    return next((n for n in range(3) if np.all(np.abs(np.round(values, n) - values) < 1e-9)), 3)
