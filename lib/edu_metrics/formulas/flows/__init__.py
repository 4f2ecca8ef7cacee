"""
Stocks and flows: how a year's decisions move what a plan promises.

Each module has one account of people, places or money: an equation that moves it on by one year,
exact inverses where there are any, and what it assumes. ``FLOWS`` holds those that a definition
may name, with the part that each argument plays: a flow moves a state on by one year; its state
comes from published numbers by ``start``, its rates are uncertain, its levers are what somebody
decides.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

from edu_metrics.formulas.flows import provision, pupils

#: What a lever is counted in: persons or places, percent, percentage points, marks in 100.
LeverUnit = Literal["persons", "places", "percent", "points", "marks"]


@dataclass(frozen=True)
class Flow:
    """
    One flow equation and what a definition has to know of it.

    Attributes
    ----------
    name : str
        Name by which definitions call it.
    function : callable
        Moves a state on by one year; what it does not give stays as it was.
    start : callable
        Makes the state out of published numbers.
    levers : mapping of str to str
        Arguments that somebody sets, with their units.
    outcomes : tuple of str
        Fields of the result that an indicator can be.
    whole : tuple of str
        State fields whose sum, in their last grade, levers of persons are scaled by; none where
        levers are no persons.
    history : mapping of str to int
        Inputs that need the values of several years, latest first, and how many.
    only_at_start : tuple of str
        Rates that ``start`` alone takes.
    fastest_fall : callable or None
        Gives, from a state, the fall of the outcome in a year that arithmetic allows at most.
    """

    name: str
    function: Callable[..., Any]
    start: Callable[..., dict[str, Any]]
    levers: Mapping[str, LeverUnit]
    outcomes: tuple[str, ...]
    whole: tuple[str, ...] = ()
    history: Mapping[str, int] = field(default_factory=dict)
    only_at_start: tuple[str, ...] = ()
    fastest_fall: Callable[..., Any] | None = None

    @cached_property
    def state(self) -> tuple[str, ...]:
        """Arguments of ``function`` that carry over."""
        return tuple(p.name for p in _parameters(self.function) if p.kind is not p.KEYWORD_ONLY)

    @cached_property
    def rates(self) -> tuple[str, ...]:
        """Arguments of ``function`` that nobody sets and nobody knows exactly."""
        named = (p.name for p in _parameters(self.function) if p.kind is p.KEYWORD_ONLY)
        return tuple(name for name in named if name not in self.levers)

    @cached_property
    def start_rates(self) -> tuple[str, ...]:
        """Rates among the arguments of ``start``; one of the ``rates`` has the same draws there."""
        known = (*self.rates, *self.only_at_start)
        return tuple(p.name for p in _parameters(self.start) if p.name in known)

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """Arguments of ``start`` that are no rates."""
        return tuple(p.name for p in _parameters(self.start) if p.name not in self.start_rates)

    @property
    def uncertain(self) -> tuple[str, ...]:
        """Every rate that the flow needs, once."""
        return tuple(dict.fromkeys((*self.rates, *self.start_rates)))


def _parameters(function: Callable[..., Any]) -> Iterable[inspect.Parameter]:
    return inspect.signature(function).parameters.values()


_ENTRIES = (
    Flow(
        "cohorts",
        pupils.next_cohorts,
        pupils.start_cohorts,
        levers={"dropout_prevented_pct": "percent", "returned": "persons"},
        outcomes=("retention_pct",),
        whole=("entered",),
        history={"entrants": 9},
    ),
    Flow(
        "exam",
        pupils.next_exam,
        pupils.start_exam,
        levers={"learning": "marks"},
        outcomes=("pass_pct", "excellence_pct", "low_pct"),
    ),
    Flow(
        "kindergartens",
        provision.next_kindergartens,
        provision.start_kindergartens,
        levers={"public_places": "places", "conversions": "places"},
        outcomes=("public_share_pct", "coverage_pct"),
        whole=("public", "affordable", "other"),
    ),
    Flow(
        "myopia",
        pupils.next_myopia,
        pupils.start_myopia,
        levers={"new_cases_cut_pct": "percent"},
        outcomes=("overall_pct",),
        only_at_start=("first_grade_pct",),
        fastest_fall=lambda state: pupils.fastest_fall(state["by_grade"]),
    ),
    Flow(
        "seniors",
        pupils.next_seniors,
        pupils.start_seniors,
        levers={"more_intake_pp": "points", "more_vocational_pp": "points"},
        outcomes=("gross_pct", "intake_ratio"),
        history={"general_entrants": 3, "vocational_entrants": 3},
    ),
    Flow(
        "spending",
        provision.next_spending,
        provision.start_spending,
        levers={"growth_pct": "percent"},
        outcomes=("spending", "per_pupil"),
    ),
    Flow(
        "teachers",
        provision.next_teachers,
        provision.start_teachers,
        levers={"new_posts": "persons", "entrants_qualified_pct": "percent", "upgrades": "persons"},
        outcomes=("qualified_pct", "qualified"),
        whole=("qualified", "others"),
    ),
)

#: Read-only: a new flow is a reviewed change.
FLOWS: Mapping[str, Flow] = MappingProxyType({flow.name: flow for flow in _ENTRIES})
