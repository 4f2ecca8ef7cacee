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
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from edu_metrics.formulas.flows.exams import (
    next_exam,
    pupils_to_cross,
    rate_after_selection,
    start_exam,
)
from edu_metrics.formulas.flows.myopia import fastest_fall, next_myopia, start_myopia
from edu_metrics.formulas.flows.provision import (
    next_kindergartens,
    next_spending,
    next_teachers,
    start_kindergartens,
    start_spending,
    start_teachers,
)
from edu_metrics.formulas.flows.pupils import (
    next_cohorts,
    next_seniors,
    start_cohorts,
    start_seniors,
)

__all__ = ["FLOWS", "Flow", "LeverUnit", "fastest_fall", "pupils_to_cross", "rate_after_selection"]

#: What a lever is counted in: persons or places, percent, percentage points, marks in 100.
LeverUnit = Literal["persons", "places", "percent", "points", "marks"]


@dataclass(frozen=True, slots=True)
class Flow:
    """
    One flow equation and what a definition has to know of it.

    Attributes
    ----------
    name : str
        Name by which definitions call it.
    function : callable
        Moves a state on by one year.
    start : callable
        Makes the state out of published numbers.
    inputs : tuple of str
        Arguments of ``start`` that are no rates.
    state : tuple of str
        Arguments of ``function`` that carry over; fields of its result.
    start_rates, rates : tuple of str
        Arguments of ``start`` and of ``function`` that nobody sets and nobody knows exactly.
    levers : mapping of str to str
        Arguments that somebody sets, with their units.
    outcomes : tuple of str
        Fields of the result that an indicator can be.
    whole : tuple of str
        State fields whose sum, in their last grade, levers of persons are scaled by; none where
        levers are no persons.
    history : mapping of str to int
        Inputs that need the values of several years, latest first, and how many.
    fastest_fall : callable or None
        Gives, from a state, the fall of the outcome in a year that arithmetic allows at most.
    """

    name: str
    function: Callable[..., Any]
    start: Callable[..., dict[str, Any]]
    inputs: tuple[str, ...]
    state: tuple[str, ...]
    start_rates: tuple[str, ...]
    rates: tuple[str, ...]
    levers: Mapping[str, LeverUnit]
    outcomes: tuple[str, ...]
    whole: tuple[str, ...]
    history: Mapping[str, int]
    fastest_fall: Callable[..., Any] | None = None

    @property
    def uncertain(self) -> tuple[str, ...]:
        """Every rate that the flow needs, once."""
        return tuple(dict.fromkeys((*self.rates, *self.start_rates)))


def _flow(
    name: str,
    function: Callable[..., Any],
    start: Callable[..., dict[str, Any]],
    *,
    levers: dict[str, LeverUnit],
    outcomes: tuple[str, ...],
    whole: tuple[str, ...] = (),
    history: dict[str, int] | None = None,
    start_rates: tuple[str, ...] = (),
    fastest_fall: Callable[..., Any] | None = None,
) -> Flow:
    parameters = inspect.signature(function).parameters.values()
    state = tuple(p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD)
    rates = tuple(p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.name not in levers)
    given = tuple(inspect.signature(start).parameters)
    # A rate that the start needs as well has the same draws there.
    shared = tuple(name for name in given if name in (*rates, *start_rates))
    inputs = tuple(name for name in given if name not in shared)
    return Flow(
        name,
        function,
        start,
        inputs,
        state,
        shared,
        rates,
        MappingProxyType(levers),
        outcomes,
        whole,
        MappingProxyType(history or {}),
        fastest_fall,
    )


_ENTRIES = (
    _flow(
        "cohorts",
        next_cohorts,
        start_cohorts,
        levers={"dropout_prevented_pct": "percent", "returned": "persons"},
        outcomes=("retention_pct",),
        whole=("entered",),
        history={"entrants": 9},
    ),
    _flow(
        "exam",
        next_exam,
        start_exam,
        levers={"learning": "marks"},
        outcomes=("pass_pct", "excellence_pct", "low_pct"),
    ),
    _flow(
        "kindergartens",
        next_kindergartens,
        start_kindergartens,
        levers={"public_places": "places", "conversions": "places"},
        outcomes=("public_share_pct", "coverage_pct"),
        whole=("public", "affordable", "other"),
    ),
    _flow(
        "myopia",
        next_myopia,
        start_myopia,
        levers={"new_cases_cut_pct": "percent"},
        outcomes=("overall_pct",),
        start_rates=("first_grade_pct",),
        fastest_fall=lambda state: fastest_fall(state["by_grade"]),
    ),
    _flow(
        "seniors",
        next_seniors,
        start_seniors,
        levers={"more_intake_pp": "points", "more_vocational_pp": "points"},
        outcomes=("gross_pct", "intake_ratio"),
        history={"general_entrants": 3, "vocational_entrants": 3},
    ),
    _flow(
        "spending",
        next_spending,
        start_spending,
        levers={"growth_pct": "percent"},
        outcomes=("spending", "per_pupil"),
    ),
    _flow(
        "teachers",
        next_teachers,
        start_teachers,
        levers={"new_posts": "persons", "entrants_qualified_pct": "percent", "upgrades": "persons"},
        outcomes=("qualified_pct", "qualified"),
        whole=("qualified", "others"),
    ),
)

#: Read-only: a new flow is a reviewed change.
FLOWS: Mapping[str, Flow] = MappingProxyType({flow.name: flow for flow in _ENTRIES})
