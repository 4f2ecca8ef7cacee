r"""
The rule of Statistics Canada that Open SDG 2.4 carries, "inspired by" Eurostat's of 2021.

Growth is compound and seen from two years alone. With a target, the growth observed from the base
year is held against the growth that would lead from the base value to the target in time:

.. math:: R = d\,\frac{(y_i / y_0)^{1/(t_i - t_0)} - 1}
                      {\left|(y_T / y_0)^{1/(t_T - t_0)} - 1\right|}

with :math:`d = 1` where more is better and -1 where less is. Growth in percent of itself makes the
share that passes and the share that fails two stories.

The source takes 2015 as base year where nothing else is said; here it is the first year given.

References
----------
Statistics Canada, *Progress Measurement Methodology for the Sustainable Development Goals*,
docs/progress-methodology.md of github.com/open-sdg/open-sdg; constants of the score as in
sdg/ProgressMeasure.py of github.com/open-sdg/sdg-build.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TypeAlias

from edu_metrics.errors import DataError
from edu_metrics.reachability.status_rules.answers import (
    Answer,
    Direction,
    Rule,
    Unable,
    beyond,
    points_of,
)

__all__ = [
    "OpenSdg",
    "compound_growth",
    "open_sdg",
    "open_sdg_of_several",
    "open_sdg_status",
    "parity_distance",
]

#: The answer for one series, or a group of them.
Series: TypeAlias = "Answer | Sequence[Series]"

#: What a base or a target of zero is replaced by; the source warns that the choice decides.
ZERO = 0.001
ON_TRACK, ACCELERATE = 0.95, 0.60


class OpenSdg(StrEnum):
    """The words of the rule."""

    ACHIEVED = "target_achieved"
    ON_TRACK = "on_track"
    ACCELERATE = "acceleration_needed"
    LIMITED = "limited_progress"
    DETERIORATION = "deterioration"


def compound_growth(first: float, last: float, years: float) -> float:
    """
    Growth a year between two values of one sign, as a fraction.

    Parameters
    ----------
    first, last : float
        Values at both ends, both above or both below zero; the last one may be zero.
    years : float
        Time between them, above zero. [years]

    Returns
    -------
    float
        Growth a year. [1, 0.05 is 5 percent of itself]

    Examples
    --------
    >>> round(compound_growth(79.3, 81.954805055328, 5), 9)
    0.006607697
    """
    return float((last / first) ** (1 / years)) - 1


def open_sdg_status(ratio: float) -> OpenSdg:
    """
    Put the ratio of observed and required growth into the rule's words.

    Examples
    --------
    >>> [str(open_sdg_status(ratio)) for ratio in (0.95, 0.6, 0.0, -0.1)]
    ['on_track', 'acceleration_needed', 'limited_progress', 'deterioration']
    """
    if ratio >= ON_TRACK:
        return OpenSdg.ON_TRACK
    if ratio >= ACCELERATE:
        return OpenSdg.ACCELERATE
    return OpenSdg.LIMITED if ratio >= 0 else OpenSdg.DETERIORATION


def open_sdg(
    years: Sequence[int],
    values: Sequence[float],
    *,
    target: float,
    target_year: int,
    better: Direction,
    base_year: int | None = None,
    zero: float = ZERO,
) -> Answer:
    """
    Judge a series with a target.

    Parameters
    ----------
    years, values : sequence
        The series; only the base year and the last one are looked at.
    target : float
        Level to reach. [unit of the values]
    target_year : int
        Year in which it is due.
    better : {"higher", "lower"}
        Direction of better.
    base_year : int, optional
        Base year, or the next one that has a value; the first one when left out.
    zero : float, optional
        What stands in for a base or a target of zero. [unit of the values]

    Returns
    -------
    Answer
        ``ratio`` is R, ``score`` runs from -5 to 5, ``observed`` and ``required`` are compound
        growth. [percent of itself a year]

    Raises
    ------
    DataError
        If there are not as many values as years, or ``zero`` is zero itself.

    Notes
    -----
    The score is 7.1429 R - 4.2857 from R = 0.6 on, else 4.1667 R - 2.5, within -5 and 5; 5 where
    the target is achieved. That no growth leads to a target that equals the base value, or lies
    on the other side of zero, is given as a reason; the source's program stops or writes no number.

    Examples
    --------
    Completion of school in Canada, as Statistics Canada prints it:

    >>> found = open_sdg([2016, 2021], [87, 91], target=100, target_year=2030, better="higher")
    >>> str(found.status), round(found.ratio, 4)
    ('acceleration_needed', 0.9034)

    The same numbers told as those who do not complete:

    >>> found = open_sdg([2016, 2021], [13, 9], target=0, target_year=2030, better="lower")
    >>> str(found.status), round(found.ratio, 2)
    ('limited_progress', 0.14)
    """
    require_stand_in(zero)
    points = points_of(years, values, base_year=base_year)
    if isinstance(points, Unable):
        return Answer(Rule.OPEN_SDG, unable=points)
    aim = target or zero
    achieved = beyond(points.last, aim, better)
    base = points.first or zero
    unable = signs_differ(base, points.last)
    if unable is None:
        if target_year <= points.years[0]:
            unable = Unable.NO_YEARS_LEFT
        elif aim / base < 0:
            unable = Unable.MIXED_SIGNS
        elif not compound_growth(base, aim, target_year - points.years[0]):
            unable = Unable.TARGET_IS_BASE
    if unable is not None:
        if achieved:
            return Answer(Rule.OPEN_SDG, OpenSdg.ACHIEVED, score=5.0)
        return Answer(Rule.OPEN_SDG, unable=unable)
    observed = compound_growth(base, points.last, points.span)
    required = compound_growth(base, aim, target_year - points.years[0])
    ratio = direction_sign(base, better) * observed / abs(required)
    return Answer(
        Rule.OPEN_SDG,
        OpenSdg.ACHIEVED if achieved else open_sdg_status(ratio),
        ratio=ratio,
        score=5.0 if achieved else _score_with_target(ratio),
        observed=100 * observed,
        required=100 * required,
    )


def open_sdg_of_several(answers: Sequence[Series]) -> Answer:
    """
    Judge several series of one indicator together, grouped as their publisher groups them.

    Parameters
    ----------
    answers : sequence of Answer or of such sequences
        One for each series; a sequence within it is a group, which counts as one series does.
        Those that can't be given are left out.

    Returns
    -------
    Answer
        By the mean of the scores, a group's being the mean of its own; achieved only where every
        series has achieved its target.

    Examples
    --------
    Victims of violence who told the police of an assault and of a robbery, both physical
    violence, and of a sexual assault, as Statistics Canada prints it (indicator 16.3.1):

    >>> physical = [
    ...     Answer(Rule.OPEN_SDG, OpenSdg.DETERIORATION, score=-3.218858875485767),
    ...     Answer(Rule.OPEN_SDG, OpenSdg.LIMITED, score=-1.7887677815409289),
    ... ]
    >>> sexual = Answer(Rule.OPEN_SDG, OpenSdg.LIMITED, score=-1.7485016153800061)
    >>> found = open_sdg_of_several([physical, sexual])
    >>> str(found.status), round(found.score, 4)
    ('limited_progress', -2.1262)
    """
    parts = [part if isinstance(part, Answer) else open_sdg_of_several(part) for part in answers]
    given = [part for part in parts if part.score is not None]
    scores = [part.score for part in given if part.score is not None]
    if not scores:
        unable = next((part.unable for part in parts if part.unable), Unable.TOO_FEW_YEARS)
        return Answer(Rule.OPEN_SDG, unable=unable)
    mean = sum(scores) / len(scores)
    if all(part.status is OpenSdg.ACHIEVED for part in given):
        status = OpenSdg.ACHIEVED
    elif mean >= 2.5:
        status = OpenSdg.ON_TRACK
    elif mean >= 0:
        status = OpenSdg.ACCELERATE
    else:
        status = OpenSdg.LIMITED if mean >= -2.5 else OpenSdg.DETERIORATION
    return Answer(Rule.OPEN_SDG, status, score=mean)


def parity_distance(index: float) -> float:
    """
    Turn a parity index into its distance from parity, to be lowered to a target of 1.

    Parameters
    ----------
    index : float
        One group's value over the other's, above zero.

    Returns
    -------
    float
        The larger of the index and its reciprocal; 1 from 0.97 to 1.03, which counts as parity.

    Raises
    ------
    DataError
        If the index is not above zero.

    Examples
    --------
    >>> parity_distance(0.5), parity_distance(2), parity_distance(0.98)
    (2.0, 2.0, 1.0)
    """
    if not index > 0:
        raise DataError(f"parity index: expected a number above 0, found {index!r}")
    if 0.97 <= index <= 1.03:
        return 1.0
    return float(max(index, 1 / index))


def _score_with_target(ratio: float) -> float:
    # The constants as the source rounds them.
    score = 7.1429 * ratio - 4.2857 if ratio >= ACCELERATE else 4.1667 * ratio - 2.5
    return min(max(score, -5.0), 5.0)


def direction_sign(base: float, better: Direction) -> int:
    """Give the direction of better; growth of what is below zero runs the other way."""
    return (1 if better == "higher" else -1) * (1 if base > 0 else -1)


def signs_differ(base: float, last: float) -> Unable | None:
    """Refuse values on both sides of zero, between which nothing grows."""
    return Unable.MIXED_SIGNS if last / base < 0 else None


def require_stand_in(zero: float) -> None:
    """Refuse what can't stand in for zero."""
    if not zero > 0:
        raise DataError(f"zero: expected a small number above 0 to stand in for 0, found {zero!r}")
