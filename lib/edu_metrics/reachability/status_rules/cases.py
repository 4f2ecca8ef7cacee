"""One series and one target, and what every rule says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from edu_metrics.reachability.status_rules.answers import Answer, Direction, Unable
from edu_metrics.reachability.status_rules.german_weather import (
    german_each_year,
    german_weather,
    next_target,
)
from edu_metrics.reachability.status_rules.inep import inep_attainment, inep_execution
from edu_metrics.reachability.status_rules.open_sdg import open_sdg
from edu_metrics.reachability.status_rules.sdr_arrow import sdr_arrow
from edu_metrics.reachability.status_rules.un_chart import un_chart
from edu_metrics.reachability.status_rules.unicef_aarr import unicef_aarr
from edu_metrics.reachability.status_rules.world_bank_pace import (
    PaceModel,
    pace_percentile,
    pace_speed,
)

__all__ = ["Case", "Clause", "answers_of"]


class Clause(StrEnum):
    """What a target promises: a level in one year, the same level in every year, or a change."""

    LEVEL = "level"
    EACH_YEAR = "each_year"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Case:
    """
    A series and its target.

    ``earlier`` holds levels that the same target asks for in earlier years. ``percent`` says that
    the values are percentages of a whole, from 0 to 100: only such a rate has a complement, and a
    place among the paces of others. ``pace`` and ``complement_pace`` come from
    :func:`~edu_metrics.reachability.status_rules.world_bank_pace.fit_pace`, the second one from
    the complements of the same peers.
    """

    years: Sequence[int]
    values: Sequence[float]
    target: float
    target_year: int
    better: Direction
    percent: bool = False
    clause: Clause = Clause.LEVEL
    earlier: Mapping[int, float] = field(default_factory=dict)
    pace: PaceModel | Unable = Unable.NO_PEERS
    complement_pace: PaceModel | Unable = Unable.NO_PEERS

    def complement(self) -> Case | None:
        """
        Tell the same numbers as the share of those who do not.

        Returns
        -------
        Case or None
            With every value and level taken from 100 and better turned round; None where the
            values are no percentages of a whole.

        Examples
        --------
        >>> Case([2016, 2021], [87, 91], 100, 2030, "higher", percent=True).complement().values
        (13, 9)
        """
        if not self.percent:
            return None
        return replace(
            self,
            values=tuple(_clean(100 - value) for value in self.values),
            target=_clean(100 - self.target),
            better="lower" if self.better == "higher" else "higher",
            earlier={year: _clean(100 - level) for year, level in self.earlier.items()},
            pace=self.complement_pace,
            complement_pace=self.pace,
        )


def answers_of(case: Case) -> tuple[Answer, ...]:
    """
    Ask every rule, each with its own special case where the target is one.

    Parameters
    ----------
    case : Case
        Series and target.

    Returns
    -------
    tuple of Answer
        One for each rule, in the order of
        :class:`~edu_metrics.reachability.status_rules.answers.Rule`. The level in the target year
        is judged, as none of the rules but the German one knows a level for every year or
        several of them.

    Raises
    ------
    DataError
        If there are not as many values as years.

    Examples
    --------
    >>> case = Case(range(2015, 2021), [72, 74, 73, 76, 77, 79], 90, 2022, "higher", percent=True)
    >>> [str(answer.status) for answer in answers_of(case)[:4]]
    ['limited_progress', 'fair_progress', 'cloud', 'stagnating']
    """
    years, values, target, better = case.years, case.values, case.target, case.better
    year = case.target_year
    if case.clause is Clause.EACH_YEAR:
        weather = german_each_year(years, values, target=target, better=better)
    else:
        levels = {**case.earlier, year: target}
        next_year, level = next_target(levels, max(years, default=year))
        weather = german_weather(years, values, target=level, target_year=next_year, better=better)
    return (
        open_sdg(years, values, target=target, target_year=year, better=better),
        un_chart(
            years, values, target=target, target_year=year, better=better, percent=case.percent
        ),
        weather,
        sdr_arrow(years, values, target=target, target_year=year, better=better),
        inep_attainment(years, values, target=target, better=better),
        inep_execution(years, values, target=target, better=better),
        unicef_aarr(years, values, target=target, target_year=year),
        pace_percentile(years, values, better=better, model=case.pace),
        pace_speed(years, values, better=better, model=case.pace),
    )


def _clean(number: float) -> float:
    """Take away the dust of binary fractions: 100 - 99.9 is 0.1."""
    return round(number, 9)
