r"""
The two levels by which INEP reports on Brazil's national education plan.

*Nível de alcance* (attainment) is the value over the target; it asks neither where a place started
nor when the target is due. *Nível de execução* (execution) is described as the share of the effort
that is done; no page that was read prints its formula, so

.. math:: 100\,\frac{y - y_b}{y_T - y_b}

is **inferred**. INEP has no words for them, only the numbers.

References
----------
INEP, *Relatório de monitoramento das metas do Plano Nacional de Educação*; presented on
gov.br/inep, "Relatório é apresentado durante webinário".
"""

from __future__ import annotations

from collections.abc import Sequence

from edu_metrics.formulas import attainment_level
from edu_metrics.reachability.status_rules.answers import (
    Answer,
    Direction,
    Rule,
    Unable,
    points_of,
)

__all__ = ["inep_attainment", "inep_execution"]


def inep_attainment(
    years: Sequence[int], values: Sequence[float], *, target: float, better: Direction
) -> Answer:
    """
    Give the level of attainment: the last value over the target.

    Parameters
    ----------
    years, values : sequence
        The series; only its last year is looked at.
    target : float
        Level to reach. [unit of the values]
    better : {"higher", "lower"}
        Direction of better; the level is defined where it is higher.

    Returns
    -------
    Answer
        ``score`` is the level of attainment. [percent, may pass 100]

    Raises
    ------
    DataError
        If there are not as many values as years.

    Examples
    --------
    Master's degrees in Brazil, 2019, against 60 000:

    >>> round(inep_attainment([2019], [64432], target=60000, better="higher").score, 1)
    107.4
    """
    points = points_of(years, values, least=1)
    unable = points if isinstance(points, Unable) else None
    if better == "lower":
        unable = unable or Unable.TARGET_FALLS
    elif target == 0:
        unable = unable or Unable.ZERO_VALUE
    elif target < 0:
        unable = unable or Unable.MIXED_SIGNS
    if unable is not None or isinstance(points, Unable):
        return Answer(Rule.ATTAINMENT, unable=unable)
    if points.last < 0:
        return Answer(Rule.ATTAINMENT, unable=Unable.MIXED_SIGNS)
    return Answer(Rule.ATTAINMENT, score=float(attainment_level(points.last, target)))


def inep_execution(
    years: Sequence[int],
    values: Sequence[float],
    *,
    target: float,
    better: Direction,
    base_year: int | None = None,
) -> Answer:
    """
    Give the level of execution: the share of the way from the base to the target (inferred).

    Parameters
    ----------
    years, values : sequence
        The series; only the base year and the last one are looked at.
    target : float
        Level to reach. [unit of the values]
    better : {"higher", "lower"}
        Direction of better.
    base_year : int, optional
        Base year, or the next one that has a value; the first one when left out.

    Returns
    -------
    Answer
        ``score`` is the level of execution. [percent, negative or above 100 where it is so]

    Raises
    ------
    DataError
        If there are not as many values as years.

    Examples
    --------
    Children of 4 and 5 in school, Brazil: 87.4 % at the start, 94.1 % in 2019, 100 % promised:

    >>> found = inep_execution([2013, 2019], [87.4, 94.1], target=100, better="higher")
    >>> round(found.score, 1)
    53.2
    """
    points = points_of(years, values, base_year=base_year)
    if isinstance(points, Unable):
        return Answer(Rule.EXECUTION, unable=points)
    way = target - points.first
    if way == 0:
        return Answer(Rule.EXECUTION, unable=Unable.TARGET_IS_BASE)
    if (way > 0) != (better == "higher"):
        return Answer(Rule.EXECUTION, unable=Unable.BASE_BEYOND_TARGET)
    return Answer(Rule.EXECUTION, score=100 * (points.last - points.first) / way)
