"""Meaning and references: what no single entry can know of itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from edu_metrics.catalog.base import plain
from edu_metrics.catalog.models import (
    Area,
    FileInput,
    Indicator,
    MechanismUse,
    PackageInput,
    Quantity,
    SimulatedInput,
    Study,
)
from edu_metrics.catalog.priors import load_priors
from edu_metrics.catalog.reading_yaml import nearest
from edu_metrics.catalog.scenarios import LeverSettings
from edu_metrics.catalog.targets import Rank, Target
from edu_metrics.formulas import FORMULAS
from edu_metrics.formulas.flows import FLOWS, Flow

#: What an entry of each table is called, where it is referred to.
_KINDS = {
    "sources": "source",
    "areas": "area",
    "families": "area family",
    "quantities": "quantity",
    "indicators": "indicator",
    "assumptions": "assumption",
    "reference_classes": "reference class",
    "plans": "plan",
}


@dataclass
class Parts:
    """The entries loaded so far, each with where it stands."""

    sources: dict[str, tuple[str, Any]] = field(default_factory=dict)
    areas: dict[str, tuple[str, Any]] = field(default_factory=dict)
    families: dict[str, tuple[str, Any]] = field(default_factory=dict)
    quantities: dict[str, tuple[str, Any]] = field(default_factory=dict)
    indicators: dict[str, tuple[str, Any]] = field(default_factory=dict)
    breaks: dict[str, tuple[str, Any]] = field(default_factory=dict)
    knowledge: dict[str, tuple[str, Any]] = field(default_factory=dict)
    assumptions: dict[str, tuple[str, Any]] = field(default_factory=dict)
    reference_classes: dict[str, tuple[str, Any]] = field(default_factory=dict)
    plans: dict[str, tuple[str, Any]] = field(default_factory=dict)
    studies: dict[str, tuple[str, Any]] = field(default_factory=dict)
    scenarios: dict[str, tuple[str, Any]] = field(default_factory=dict)
    corrections: dict[str, tuple[str, Any]] = field(default_factory=dict)
    #: The targets that are sound, with the file of their plan: also those of a faulty plan.
    targets: list[tuple[str, Target]] = field(default_factory=list)
    #: Table (or plan file) and id of what stands there but did not load, and the tables of which
    #: nothing was read: a reference to one is no second fault.
    broken: set[tuple[str, str]] = field(default_factory=set)
    unread: set[str] = field(default_factory=set)
    #: Table and id of references that lead nowhere, as far as they were looked at.
    asked: set[tuple[str, str]] = field(default_factory=set)

    def tables(self) -> dict[str, dict[str, tuple[str, Any]]]:
        """Give the tables by name."""
        return {name: table for name, table in vars(self).items() if isinstance(table, dict)}

    def lacks(self, table: str, name: str) -> bool:
        """Tell whether an id is in no file, neither sound nor broken."""
        if name in self.tables()[table]:
            return False
        self.asked.add((table, name))
        return (table, name) not in self.broken and table not in self.unread

    def add(self, table: str, where: str, entry: Any, given: Any, faults: list[str]) -> None:
        """Keep an entry, unless its id stands already."""
        if entry is None:
            if isinstance(given, dict):
                name = str(given.get("id"))
                self.broken.add((table, name))
                codes = given.get("codes") if table == "families" else None
                if isinstance(codes, list):
                    self.broken |= {("areas", f"{name}_{code}") for code in codes}
            return
        held = self.tables()[table]
        if entry.id in held:
            faults.append(f"{where}: id {entry.id!r} stands already in {held[entry.id][0]}")
            return
        held[entry.id] = (where, entry)


def check(parts: Parts) -> list[str]:
    """
    Check every reference and every meaning that spans entries.

    Parameters
    ----------
    parts : Parts
        What was loaded.

    Returns
    -------
    list of str
        One line a fault.
    """
    faults = [
        *_areas(parts),
        *_aliases(parts, "areas"),
        *_aliases(parts, "quantities"),
        *_indicators(parts),
        *_breaks(parts),
        *_corrections(parts),
        *_knowledge(parts),
        *_citations(parts),
        *_reference_classes(parts),
        *_plans(parts),
        *_targets(parts),
        *_studies(parts),
        *_mechanisms(parts),
        *_scenarios(parts),
    ]
    # What is wrong with a family is wrong with each of its members, and is said once.
    return list(dict.fromkeys(faults))


def _missing(parts: Parts, table: str, names: Iterable[str], where: str) -> Iterator[str]:
    for name in names:
        if parts.lacks(table, name):
            yield f"{where}: no {_KINDS[table]} {name!r}{nearest(name, parts.tables()[table])}"


def _missing_areas(parts: Parts, names: Iterable[str], where: str) -> Iterator[str]:
    for name in names:
        if parts.lacks("areas", name) and parts.lacks("families", name):
            yield f"{where}: no area {name!r}{nearest(name, [*parts.areas, *parts.families])}"


def _areas(parts: Parts) -> Iterator[str]:
    for where, area in (*parts.areas.values(), *parts.families.values()):
        if area.parent:
            yield from _missing(parts, "areas", [area.parent], f"{where}: parent")
        path: list[str] = [area.id]
        while (parent := _parent(parts, path[-1])) is not None and parent not in path:
            path.append(parent)
        # One line a circle: the area of it that comes first in the alphabet says it.
        if parent == area.id == min(path):
            yield f"{where}: parent: {' > '.join([*path, parent])} runs in a circle"


def _parent(parts: Parts, area: str) -> str | None:
    entry: Area | None = parts.areas.get(area, ("", None))[1]
    return entry.parent if entry else None


def _aliases(parts: Parts, table: str) -> Iterator[str]:
    owners: dict[str, str] = {}
    for where, entry in parts.tables()[table].values():
        names = {plain(name): name for name in (entry.name.zh, entry.name.en, *entry.aliases)}
        for compared, name in names.items():
            owner = owners.setdefault(compared, entry.id)
            if owner != entry.id:
                yield f"{where}: the name {name!r} is already a name of {owner!r}"


def _indicators(parts: Parts) -> Iterator[str]:
    for where, indicator in parts.indicators.values():
        yield from _formula(where, indicator)
        for argument, given in indicator.inputs.items():
            yield from _missing(
                parts, "quantities", [given.quantity], f"{where}: inputs.{argument}"
            )
            quantity: Quantity | None = parts.quantities.get(given.quantity, ("", None))[1]
            printed = quantity is not None and quantity.form == "printed_rate"
            known = indicator.formula in FORMULAS
            if known and quantity and printed != (indicator.formula == "as_published"):
                yield (
                    f"{where}: inputs.{argument}: {given.quantity!r} is a {quantity.form}; "
                    "a printed rate goes with the formula as_published, and nothing else does"
                )
        for relation in indicator.relations:
            yield from _missing(parts, "indicators", relation.indicators, f"{where}: relations")
        yield from _missing(parts, "assumptions", indicator.assumptions, f"{where}: assumptions")


def _formula(where: str, indicator: Indicator) -> Iterator[str]:
    formula = FORMULAS.get(indicator.formula)
    if formula is None:
        offer = nearest(indicator.formula, FORMULAS)
        yield f"{where}: formula: no formula {indicator.formula!r}{offer}"
        return
    expected, found = set(formula.arguments), set(indicator.inputs)
    if expected != found:
        yield (
            f"{where}: inputs: {indicator.formula} takes {sorted(expected)}, found {sorted(found)}"
        )
    if indicator.measure_type not in (None, *load_priors()):
        offer = nearest(str(indicator.measure_type), load_priors())
        yield f"{where}: measure_type: no type {indicator.measure_type!r}{offer}"
    low, high = indicator.bounds
    if low is not None and high is not None and low >= high:
        yield f"{where}: bounds: expected the lower limit first, found [{low:g}, {high:g}]"
        return
    if indicator.formula == "as_published":
        return
    if formula.may_pass_100 and high == 100:
        yield (
            f"{where}: bounds: {indicator.formula} may pass 100; write [0, null], "
            "or [0, 100] only with a formula that can't"
        )
    if not formula.may_pass_100 and (low, high) != (0, 100):
        yield f"{where}: bounds: {indicator.formula} can't leave 0 to 100; expected [0, 100]"


def _breaks(parts: Parts) -> Iterator[str]:
    for where, entry in parts.breaks.values():
        yield from _missing(parts, "indicators", [entry.indicator], f"{where}: indicator")
        yield from _missing_areas(parts, entry.areas, f"{where}: areas")


def _corrections(parts: Parts) -> Iterator[str]:
    first: dict[tuple[str, str, str, int], str] = {}
    for where, entry in parts.corrections.values():
        yield from _missing(parts, "areas", [entry.area], f"{where}: area")
        yield from _missing(parts, "quantities", [entry.quantity], f"{where}: quantity")
        cell = (entry.area, entry.quantity, entry.group, entry.year)
        if first.setdefault(cell, entry.id) != entry.id:
            yield f"{where}: corrects the same number as {first[cell]!r}; expected one entry"


def _knowledge(parts: Parts) -> Iterator[str]:
    for where, entry in parts.knowledge.values():
        fields = entry.model_dump()
        for key in ("indicator", "by", "whole", "indicators", "parts"):
            named = fields.get(key) or ()
            names = [named] if isinstance(named, str) else named
            yield from _missing(parts, "indicators", names, f"{where}: {key}")
        if fields.get("area"):
            yield from _missing_areas(parts, [fields["area"]], f"{where}: area")


def _citations(parts: Parts) -> Iterator[str]:
    for table in ("indicators", "breaks", "corrections", "knowledge", "assumptions"):
        for where, entry in parts.tables()[table].values():
            if entry.citation:
                yield from _missing(parts, "sources", [entry.citation.source], f"{where}: citation")


def _reference_classes(parts: Parts) -> Iterator[str]:
    for where, entry in parts.reference_classes.values():
        for number, given in enumerate(entry.panels, start=1):
            spot = f"{where}: panels entry {number}: source"
            yield from _missing(parts, "sources", [given.source], spot)


def _plans(parts: Parts) -> Iterator[str]:
    for where, plan in parts.plans.values():
        yield from _missing(parts, "sources", [plan.source], f"{where}: source")
        yield from _missing_areas(parts, plan.areas, f"{where}: areas")


def _targets(parts: Parts) -> Iterator[str]:
    ids: dict[str, list[str]] = {}
    for where, target in parts.targets:
        ids.setdefault(where, []).append(target.id)
    first: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    for where, target in parts.targets:
        spot = f"{where}: target {target.id!r}"
        owner = first.setdefault(target.id, where)
        if owner != where:
            yield f"{spot}: the id stands already in {owner}"
        elif (where, target.id) in seen:
            yield f"{spot}: the id stands twice in this plan"
        seen.add((where, target.id))
        yield from _target(parts, target, spot)
        for name in (*target.see_also, *filter(None, [target.pace])):
            if name not in ids[where] and (where, name) not in parts.broken:
                yield f"{spot}: no target {name!r} in this plan{nearest(name, ids[where])}"


def _target(parts: Parts, target: Target, where: str) -> Iterator[str]:
    if target.indicator:
        yield from _missing(parts, "indicators", [target.indicator], f"{where}: indicator")
    yield from _missing_areas(parts, target.areas, f"{where}: areas")
    yield from _missing(parts, "assumptions", target.assumptions, f"{where}: assumptions")
    yield from _missing(parts, "quantities", target.evidence, f"{where}: evidence")
    for reading in target.readings:
        spot = f"{where}: reading {reading.id!r}"
        if reading.indicator:
            yield from _missing(parts, "indicators", [reading.indicator], f"{spot}: indicator")
        for condition in reading.conditions:
            if isinstance(condition, Rank):
                yield from _missing_areas(parts, condition.among, f"{spot}: among")


def _studies(parts: Parts) -> Iterator[str]:
    for where, study in parts.studies.values():
        yield from _missing(parts, "plans", [study.plan], f"{where}: plan")
        yield from _missing_areas(parts, study.areas, f"{where}: areas")
        yield from _missing_areas(parts, study.compare_with, f"{where}: compare_with")
        yield from _missing_areas(parts, study.binding, f"{where}: binding")
        for name in study.binding.values():
            if name not in study.areas:
                offer = nearest(name, study.areas)
                yield f"{where}: binding: {name!r} is not one of the study's areas{offer}"
        classes, spot = study.reference_class, f"{where}: reference_class"
        yield from _missing(parts, "reference_classes", classes, spot)
        for number, given in enumerate(study.observations, start=1):
            yield from _input(parts, study, given, f"{where}: observations entry {number}")
        yield from _real_and_invented(parts, study, where)


def _input(
    parts: Parts, study: Study, given: FileInput | PackageInput | SimulatedInput, where: str
) -> Iterator[str]:
    if isinstance(given, SimulatedInput):
        yield from _missing(parts, "areas", [given.city], f"{where}: city")
        city: Area | None = parts.areas.get(given.city, ("", None))[1]
        if city is not None and not city.invented:
            yield f"{where}: city: {given.city!r} is a real place; numbers can't be invented for it"
        if not study.simulated:
            yield f"{where}: simulated numbers in a study that is not marked simulated: true"
    if isinstance(given, PackageInput):
        yield from _missing(parts, "sources", [given.source], f"{where}: source")
        yield from _missing(parts, "families", [given.area_family], f"{where}: area_family")
        yield from _missing(parts, "quantities", given.quantities.values(), f"{where}: quantities")


def _real_and_invented(parts: Parts, study: Study, where: str) -> Iterator[str]:
    """Refuse an invented place in a real study, and a real place in an invented one."""
    known = {**parts.areas, **parts.families}
    marked = "simulated: true" if study.simulated else "not marked simulated: true"
    for key, names in {"areas": study.areas, "compare_with": study.compare_with}.items():
        for name in names:
            entry = known.get(name, ("", None))[1]
            # Real numbers may stand beside invented ones for comparison, never the other way.
            allowed = {study.simulated} if key == "areas" else {study.simulated, False}
            if entry is not None and entry.invented not in allowed:
                what = "an invented place" if entry.invented else "a real place"
                yield f"{where}: {key}: {name!r} is {what}, and the study is {marked}"


def _mechanisms(parts: Parts) -> Iterator[str]:
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
    yield from _missing(parts, "assumptions", use.assumptions, where)
    for argument, given in use.inputs.items():
        for table, named in (("quantities", given.quantity), ("indicators", given.indicator)):
            yield from _missing(parts, table, filter(None, [named]), f"{where}: inputs.{argument}")
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


def _scenarios(parts: Parts) -> Iterator[str]:
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
        yield from _missing(parts, "indicators", scenario.indicators, f"{where}: indicators")
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
