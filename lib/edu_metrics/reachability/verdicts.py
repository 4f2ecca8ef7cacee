"""
What the numbers say of a target in an area, as of a date.

Probabilities are put into words at the cut-offs of the calibrated likelihood terms of the
Intergovernmental Panel on Climate Change [1]_: below 0.05 very unlikely (``out_of_reach``), below
0.33 unlikely, below 0.66 uncertain, from there on likely.

References
----------
.. [1] Mastrandrea, M. D. et al. (2010). *Guidance note for lead authors of the IPCC Fifth
   Assessment Report on consistent treatment of uncertainties*, table 1.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from edu_metrics.catalog import Bound
from edu_metrics.observations import MissingInput
from edu_metrics.reachability.checks import Check, CheckResult, still_open
from edu_metrics.reachability.noise import Noise
from edu_metrics.reachability.probability import Reached
from edu_metrics.trajectories import Calibration

#: Where one word ends and the next begins. [0-1]
CUT_OFFS = (0.05, 0.33, 0.66)


class Verdict(StrEnum):
    """Every verdict that there is."""

    MET = "met"
    MISSED = "missed"
    IMPOSSIBLE = "impossible"
    OUT_OF_REACH = "out_of_reach"
    UNLIKELY = "unlikely"
    UNCERTAIN = "uncertain"
    LIKELY = "likely"
    CANNOT_TELL = "cannot_tell"
    NO_DATA = "no_data"
    TRACKED = "tracked"


class Applies(StrEnum):
    """
    How a target stands to an area.

    ``binds``: the plan sets it for this area. ``as_if``: it is set for an area above, and shown
    as if its number held here. ``parts``: it is set for areas below. ``elsewhere``: neither.
    """

    BINDS = "binds"
    AS_IF = "as_if"
    PARTS = "parts"
    ELSEWHERE = "elsewhere"


def verdict_of(probability: float) -> Verdict:
    """
    Put a probability into a word.

    Parameters
    ----------
    probability : float
        Probability, 0-1.

    Returns
    -------
    Verdict
        One of out_of_reach, unlikely, uncertain and likely.

    Examples
    --------
    >>> str(verdict_of(0.0499)), str(verdict_of(0.05)), str(verdict_of(0.66))
    ('out_of_reach', 'unlikely', 'likely')
    """
    return _WORDS[sum(probability >= cut_off for cut_off in CUT_OFFS)]


_WORDS = (Verdict.OUT_OF_REACH, Verdict.UNLIKELY, Verdict.UNCERTAIN, Verdict.LIKELY)


def edge_of(probability: float | None) -> tuple[Verdict, Verdict] | None:
    """
    Name the two words that a probability lies between once it is rounded to whole percent.

    Parameters
    ----------
    probability : float or None
        Probability, 0-1.

    Returns
    -------
    tuple of Verdict or None
        The words below and above; None where rounding leaves it well within one.

    Examples
    --------
    >>> [str(word) for word in edge_of(0.047)], edge_of(0.04)
    (['out_of_reach', 'unlikely'], None)
    """
    if probability is None:
        return None
    percents = [round(100 * cut_off) for cut_off in CUT_OFFS]
    percent = round(100 * probability)
    if percent not in percents:
        return None
    place = percents.index(percent)
    return _WORDS[place], _WORDS[place + 1]


def verdict_counts(assessments: Iterable[Assessment]) -> Counter[Verdict]:
    """Count verdicts: every page that counts them does it here."""
    return Counter(one.verdict for one in assessments)


@dataclass(frozen=True, slots=True)
class Total:
    """
    What a yearly flow has to sum up to.

    ``bound`` is on the sum over ``years``; ``so_far`` is the sum of those that are over, None
    where one of them is not known. [unit of the indicator]
    """

    bound: Bound
    years: tuple[int, ...]
    so_far: float | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """
    One target, one area, one reading: the verdict and the numbers behind it.

    ``probability`` is the only one that there is of the target under the reading, kept within what
    may be stated; ``probability_raw`` is the same as it came out. ``findings`` names what is wrong
    with the promise itself beside its probability: ``promised_pace`` where even the fastest pace
    that the plan promises ends short of the level. ``cautions`` says what of a forecast nobody has
    tried (``untried``: further ahead than the back-test) and that a series ended long before the
    study's date (``ended``); ``unusual`` names years left out because they fit neither what came
    before nor what came after.

    Attributes
    ----------
    level, gap : Bound and float, or None
        What is asked of the last year, and what is missing of it in the better direction; of a
        sum over years the gap is what is left of ``total``. Negative where exceeded.
        [unit of the indicator]
    required_pace : float or None
        Even change a year that the hardest year ahead asks for, which is ``required_by``; 0 where
        nothing is needed. Of a sum over years the flow that each year left has to bring.
    people : int or None
        Persons or institutions needed; 0 where none is.
    total : Total or None
        For a sum over years: what is asked and what is done, instead of a level.
    """

    study: str
    area: str
    target: str
    applies: Applies
    verdict: Verdict
    as_of: dt.date | None = None
    reading: str | None = None
    steps: int | None = None
    indicator: str | None = None
    probability: float | None = None
    probability_raw: float | None = None
    interval: tuple[float, float] | None = None
    median: float | None = None
    last_year: int | None = None
    last_value: float | None = None
    start: str | None = None
    level: Bound | None = None
    gap: float | None = None
    total: Total | None = None
    required_pace: float | None = None
    required_by: int | None = None
    past_pace: float | None = None
    years_needed: int | None = None
    pace_percentile: float | None = None
    year_reached: int | None = None
    reached: Reached | None = None
    noise: Noise | None = None
    people: int | None = None
    vacuous: bool = False
    model: str | None = None
    calibration: Calibration | None = None
    reason: str | None = None
    findings: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    unusual: tuple[int, ...] = ()
    checks: tuple[CheckResult, ...] = ()
    missing: tuple[MissingInput, ...] = ()
    sources: tuple[str, ...] = ()
    others: tuple[Assessment, ...] = field(default=(), repr=False)

    @property
    def disputed(self) -> bool:
        """Whether another reading or number of steps comes to another verdict."""
        return any(other.verdict != self.verdict for other in self.others)

    @property
    def closed(self) -> str | None:
        """Why nothing more can be asked: reading_undecided, decided or no_start; None if it can."""
        if self.indicator is None or self.reason == "reading_undecided":
            return "reading_undecided"
        if self.verdict in (Verdict.MET, Verdict.MISSED):
            return "decided"
        return "no_start" if self.last_year is None or self.last_value is None else None

    @property
    def edge(self) -> tuple[Verdict, Verdict] | None:
        """The two words that the verdict lies between, where rounding puts it on their edge."""
        return edge_of(self.probability) if self.verdict in _WORDS else None

    @property
    def undecided(self) -> tuple[Check, ...]:
        """Leave out of the reading's checks those that a value or a published bound decides."""
        return still_open(self.checks)


@dataclass(frozen=True)
class TargetAnswer:
    """
    What more is said of an assessment: on which target, in which area, under which reading.

    Attributes
    ----------
    area, target, reading, steps, indicator
        As the assessment has them.
    reason : str or None
        Why there is no answer, in a word.
    """

    area: str
    target: str
    reading: str | None = None
    steps: int | None = None
    indicator: str | None = None
    reason: str | None = None

    @classmethod
    def of(cls, found: Assessment, **said: Any) -> Self:
        """Begin with what an assessment is of."""
        return cls(found.area, found.target, found.reading, found.steps, found.indicator, **said)


#: Fields of an assessment by name, as far as something can be said.
Fields = dict[str, Any]
