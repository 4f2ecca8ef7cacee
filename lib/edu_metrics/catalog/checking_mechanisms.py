"""Mechanisms and scenarios held against the flow equations and the other definitions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from edu_metrics.catalog.mechanisms import MechanismUse
from edu_metrics.catalog.reading_yaml import nearest
from edu_metrics.catalog.scenarios import LeverSettings
from edu_metrics.formulas.flows import FLOWS, Flow

if TYPE_CHECKING:
    from edu_metrics.catalog.checking import Parts

__all__ = ["check_mechanisms", "check_scenarios"]


def check_mechanisms(parts: Parts) -> Iterator[str]:
    """
    Hold every mechanism of an indicator against the signature of its flow equation.

    Parameters
    ----------
    parts : Parts
        What was loaded.

    Yields
    ------
    str
        One line a fault.
    """
    for where, indicator in parts.indicators.values():
        use: MechanismUse | None = indicator.mechanism
        if use is not None:
            yield from _use(parts, use, f"{where}: mechanism")


def _use(parts: Parts, use: MechanismUse, where: str) -> Iterator[str]:
    for name in use.assumptions:
        if parts.lacks("assumptions", name):
            yield f"{where}: no assumption {name!r}{nearest(name, parts.assumptions)}"
    for argument, given in use.inputs.items():
        named = (
            ("quantities", "quantity", given.quantity),
            ("indicators", "indicator", given.indicator),
        )
        for table, kind, wanted in named:
            if wanted is not None and parts.lacks(table, wanted):
                offer = nearest(wanted, parts.tables()[table])
                yield f"{where}: inputs.{argument}: no {kind} {wanted!r}{offer}"
    flow = FLOWS.get(use.flow)
    if flow is None:
        yield f"{where}: flow: no flow {use.flow!r}{nearest(use.flow, FLOWS)}"
        return
    yield from _names(where, "inputs", flow, flow.inputs, use.inputs)
    yield from _names(where, "rates", flow, flow.uncertain, use.rates)
    yield from _names(where, "levers", flow, flow.levers, use.levers)
    if use.stated:
        yield from _names(where, "stated", flow, flow.inputs, use.stated)
    if use.outcome not in flow.outcomes:
        offer = nearest(use.outcome, flow.outcomes)
        yield f"{where}: outcome: {flow.name} has no outcome {use.outcome!r}{offer}"
    for name, lever in use.levers.items():
        if lever.per_100 and not flow.whole:
            yield f"{where}: levers.{name}: {flow.name} has no whole that per_100 could be of"


def _names(
    where: str, key: str, flow: Flow, expected: Iterable[str], found: Iterable[str]
) -> Iterator[str]:
    wanted, given = sorted(set(expected)), sorted(set(found))
    if wanted != given:
        yield f"{where}: {key}: {flow.name} takes {wanted}, found {given}"


def check_scenarios(parts: Parts) -> Iterator[str]:
    """
    Hold every scenario's levers and references against what is defined.

    Parameters
    ----------
    parts : Parts
        What was loaded.

    Yields
    ------
    str
        One line a fault.
    """
    for where, scenario in parts.scenarios.values():
        for name in scenario.indicators:
            if parts.lacks("indicators", name):
                yield f"{where}: indicators: no indicator {name!r}{nearest(name, parts.indicators)}"
        for number, step in enumerate(scenario.steps, start=1):
            if isinstance(step, LeverSettings):
                yield from _settings(step, f"{where}: steps entry {number}")


def _settings(step: LeverSettings, where: str) -> Iterator[str]:
    flow = FLOWS.get(step.flow)
    if flow is None:
        yield f"{where}: flow: no flow {step.flow!r}{nearest(step.flow, FLOWS)}"
        return
    for name in step.set:
        if name not in flow.levers:
            offer = nearest(name, flow.levers)
            yield f"{where}: set: {flow.name} has no lever {name!r}{offer}"
    if step.per_100 and not flow.whole:
        yield f"{where}: per_100: {flow.name} has no whole that it could be of"
