"""What a target would take, as it is told: levers, settings, and why there are none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from edu_metrics.reachability.parts import Part
from edu_metrics.reachability.verdicts import Missing
from edu_metrics.trajectories.mechanisms import Setting

__all__ = ["EVEN", "MORE_A_YEAR", "SURE", "LeverNeed", "Taking"]

#: How surely a target is to be reached: with even odds, and rather surely. [0-1]
EVEN, SURE = 0.5, 0.8

#: The lever of a count: so many more a year (fewer, where less is better) than come of themselves.
MORE_A_YEAR = "more_a_year"


@dataclass(frozen=True, slots=True)
class LeverNeed:
    """
    One lever, the others staying as usual.

    Attributes
    ----------
    lever, unit : str
        Which, and what it is counted in.
    usual, high : float
        Where it stands when nothing new is done, and the most that is taken to be possible.
        [unit of the lever a year]
    even, sure : Setting
        The smallest setting that reaches the target with a probability of 0.5 and of 0.8; of
        another reading than the default only the first is looked for.
    """

    lever: str
    unit: str
    usual: float
    high: float
    even: Setting
    sure: Setting | None


@dataclass(frozen=True)
class Taking:
    """
    What one target would take in one area.

    Attributes
    ----------
    area, target, reading, steps, indicator
        What is spoken of.
    kind : {"mechanism", "count", "none"}
        What the answer comes from: a flow model, the people behind a rate, or nothing.
    flow : str or None
        The flow of a mechanism.
    relative : bool
        Whether it starts from the plan's own statement, so that persons are for each 100.
    start_year, start_value : int and float, or None
        Where it starts. [unit of the indicator]
    usual : float or None
        Probability as things are: the target's own, as its verdict states it; None where none is
        stated. [0-1]
    under_model : float or None
        Of a mechanism: in which part of what it assumes of its rates the target is kept when
        nothing new is done. Settings are held against this, and it is no second probability of the
        target. [0-1]
    needs : tuple of LeverNeed
        Lever by lever.
    standing_still : bool
        Whether the series is taken to stand still, because nothing says how far it moves.
    past : bool
        Whether the year in which it falls due was over by the study's date: then this is what it
        would have taken.
    parts : tuple of Part
        Districts, the one that pulls the whole back most first; empty where not known.
    practice_percentile : float or None
        Percent of the reference class that did not pass the pace needed. [0-100]
    fastest : float or None
        The fastest change a year that arithmetic allows, where it is known: of myopia the fall if
        nobody became myopic any more. [unit of the indicator a year]
    reason : str or None
        Why there is no answer: decided, no_start, no_count, lacks_numbers, contradiction, rank,
        reading_undecided, earlier_year_unknown, bound_unforeseen.
    missing : tuple of Missing
        The numbers that would give one.
    """

    area: str
    target: str
    reading: str | None = None
    steps: int | None = None
    indicator: str | None = None
    kind: Literal["mechanism", "count", "none"] = "none"
    flow: str | None = None
    relative: bool = False
    start_year: int | None = None
    start_value: float | None = None
    usual: float | None = None
    under_model: float | None = None
    needs: tuple[LeverNeed, ...] = ()
    standing_still: bool = False
    past: bool = False
    parts: tuple[Part, ...] = ()
    practice_percentile: float | None = None
    fastest: float | None = None
    reason: str | None = None
    missing: tuple[Missing, ...] = ()

    @property
    def deciding(self) -> str | None:
        """The district whose shortfall is the largest part of the whole's, if any falls short."""
        return self.parts[0].area if self.parts and self.parts[0].people > 0 else None
