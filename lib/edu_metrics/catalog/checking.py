"""Meaning and references: what no single entry can know of itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from edu_metrics.catalog.base import plain
from edu_metrics.catalog.models import (
    Area,
    AreaFamily,
    FileInput,
    Indicator,
    MechanismUse,
    PackageInput,
    Quantity,
    SimulatedInput,
    Study,
    shipped_levels,
)
from edu_metrics.catalog.own import Spoken, formula_named
from edu_metrics.catalog.priors import load_priors
from edu_metrics.catalog.scenarios import LeverSettings
from edu_metrics.catalog.targets import (
    Areas,
    Condition,
    Level,
    Plan,
    Rank,
    Reference,
    Relative,
    Target,
    years_named,
)
from edu_metrics.errors import DataError
from edu_metrics.formulas import FORMULAS, Formula
from edu_metrics.formulas.expressions import Measure
from edu_metrics.formulas.flows import FLOWS, Flow
from edu_metrics.words import Unit, shipped_units
from edu_metrics.words.definition import nearest

#: What an entry of each table is called, where it is referred to.
_KINDS = {
    "sources": "source",
    "areas": "area",
    "families": "area family",
    "groups": "group",
    "quantities": "quantity",
    "units": "unit",
    "levels": "level",
    "indicators": "indicator",
    "assumptions": "assumption",
    "reference_classes": "reference class",
    "plans": "plan",
}

#: Tables whose ids become names of folders and files.
_NAMING_FILES = ("areas", "plans", "reference_classes", "scenarios", "studies")
#: What else lies beside such folders, and names that Windows keeps for devices.
RESERVED = frozenset(
    {
        *("overview", "plan_audit", "track_record", "index", "manifest", "verdicts", "report"),
        *("con", "prn", "aux", "nul"),
        *(f"{port}{number}" for port in ("com", "lpt") for number in range(10)),
    }
)

#: Where the units and levels of this package stand, for the messages.
SHIPPED = "this package"


def measure_of(unit: Unit) -> Measure:
    """Say what a number of a unit measures; DataError if its dimension can't be read."""
    return Measure.of(unit.dimension, unit.scale)


def _is_sound(unit: Unit) -> bool:
    try:
        return bool(measure_of(unit))
    except DataError:
        return False


@dataclass
class Parts:
    """The entries loaded so far, each with where it stands."""

    spoken: Spoken
    own: Mapping[str, Formula]
    sources: dict[str, tuple[str, Any]] = field(default_factory=dict)
    areas: dict[str, tuple[str, Any]] = field(default_factory=dict)
    families: dict[str, tuple[str, Any]] = field(default_factory=dict)
    units: dict[str, tuple[str, Any]] = field(default_factory=dict)
    levels: dict[str, tuple[str, Any]] = field(default_factory=dict)
    groups: dict[str, tuple[str, Any]] = field(default_factory=dict)
    quantities: dict[str, tuple[str, Any]] = field(default_factory=dict)
    holders: dict[str, tuple[str, Any]] = field(default_factory=dict)
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

    def __post_init__(self) -> None:
        """Begin with what the package brings, with the project's words for it."""
        for table, key, brought in (
            (self.units, "unit", shipped_units()),
            (self.levels, "level", shipped_levels()),
        ):
            for name, noun in brought.items():
                table[name] = (SHIPPED, noun.with_words(self.spoken.words(f"{key}.{name}")))

    def tables(self) -> dict[str, dict[str, tuple[str, Any]]]:
        """Give the tables by name."""
        return {
            name: table
            for name, table in vars(self).items()
            if isinstance(table, dict) and name != "own"
        }

    def unit(self, name: str) -> Unit | None:
        """Give a unit; None where it is not defined, or not soundly."""
        found: Unit | None = self.units.get(name, ("", None))[1]
        return found if found is None or _is_sound(found) else None

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
        *_names_of_files(parts),
        *_areas(parts),
        *_aliases(parts, "areas"),
        *_aliases(parts, "groups"),
        *_aliases(parts, "quantities"),
        *_units(parts),
        *_holders(parts),
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


def _names_of_files(parts: Parts) -> Iterator[str]:
    """Refuse ids that can't be names of folders or files beside each other, on any system."""
    for table in _NAMING_FILES:
        owners: dict[str, str] = {}
        for name, (where, _) in parts.tables()[table].items():
            if name.lower() in RESERVED:
                yield (
                    f"{where}: id: {name!r} is the name of something else in a folder of reports, "
                    "or of a device on Windows; expected another id"
                )
            owner = owners.setdefault(name.lower(), name)
            if owner != name:
                yield (
                    f"{where}: id: {name!r} and {owner!r} are one name where file systems do not "
                    "tell capitals apart; expected another id"
                )


def _missing(parts: Parts, table: str, names: Iterable[str], where: str) -> Iterator[str]:
    for name in names:
        if parts.lacks(table, name):
            yield f"{where}: no {_KINDS[table]} {name!r}{nearest(name, parts.tables()[table])}"


def _missing_areas(parts: Parts, names: Iterable[str], where: str) -> Iterator[str]:
    for name in names:
        if parts.lacks("areas", name) and parts.lacks("families", name):
            yield f"{where}: no area {name!r}{nearest(name, [*parts.areas, *parts.families])}"


def _missing_group(parts: Parts, name: str, where: str) -> Iterator[str]:
    yield from _missing(parts, "groups", [name] if name != "all" else [], where)


def _areas(parts: Parts) -> Iterator[str]:
    tiles: dict[tuple[str | None, tuple[int, int]], str] = {}
    for where, area in (*parts.areas.values(), *parts.families.values()):
        tile = getattr(area, "tile", None)
        if tile and (other := tiles.setdefault((area.parent, tile), area.id)) != area.id:
            yield f"{where}: tile: {list(tile)} is the tile of {other!r} already"
        yield from _missing(parts, "levels", [area.level], f"{where}: level")
        if area.parent:
            yield from _missing(parts, "areas", [area.parent], f"{where}: parent")
        path: list[str] = [area.id]
        while (parent := _parent(parts, path[-1])) is not None and parent not in path:
            path.append(parent)
        # One line a circle: the area of it that comes first in the alphabet says it.
        if parent == area.id == min(path):
            yield f"{where}: parent: {' > '.join([*path, parent])} runs in a circle"
        above: Area | None = parts.areas.get(area.parent or "", ("", None))[1]
        if above is not None and parent is None and _narrower(above.level, area.level):
            yield (
                f"{where}: parent: a {area.level} lies in no {above.level}; expected "
                f"{area.parent!r} on the same level or a wider one"
            )


def _narrower(level: str, other: str) -> bool:
    """Tell whether a level is narrower than another: known of those of this package alone."""
    order = list(shipped_levels())
    return {level, other} <= {*order} and order.index(level) > order.index(other)


def _parent(parts: Parts, area: str) -> str | None:
    entry: Area | None = parts.areas.get(area, ("", None))[1]
    return entry.parent if entry else None


def _aliases(parts: Parts, table: str) -> Iterator[str]:
    owners: dict[tuple[str, str | None], str] = {}
    for where, entry in parts.tables()[table].values():
        names = {
            plain(name): name
            for name in (*entry.name.by_language.values(), *getattr(entry, "aliases", ()))
        }
        # Two districts of one name are told apart by the cities that they lie in.
        parent = getattr(entry, "parent", None)
        for compared, name in names.items():
            owner = owners.setdefault((compared, parent), entry.id)
            if owner != entry.id:
                yield f"{where}: the name {name!r} is already a name of {owner!r}"


def _indicators(parts: Parts) -> Iterator[str]:
    for where, indicator in parts.indicators.values():
        quantities = {}
        for argument, given in indicator.inputs.items():
            spot = f"{where}: inputs.{argument}"
            yield from _missing(parts, "quantities", [given.quantity], spot)
            yield from _missing_group(parts, given.group, f"{spot}: group")
            quantities[argument] = parts.quantities.get(given.quantity, ("", None))[1]
        yield from _missing(parts, "units", [indicator.unit], f"{where}: unit")
        yield from _formula(parts, where, indicator, quantities)
        yield from _prices(parts, where, indicator)
        for relation in indicator.relations:
            yield from _missing(parts, "indicators", relation.indicators, f"{where}: relations")
        yield from _missing(parts, "assumptions", indicator.assumptions, f"{where}: assumptions")
        if indicator.measure_type not in (None, *load_priors()):
            offer = nearest(str(indicator.measure_type), load_priors())
            yield f"{where}: measure_type: no type {indicator.measure_type!r}{offer}"


def _formula(
    parts: Parts, where: str, indicator: Indicator, quantities: Mapping[str, Quantity | None]
) -> Iterator[str]:
    formula = formula_named(indicator.formula, parts.own)
    if isinstance(formula, str):
        yield f"{where}: formula: {formula}"
        return
    expected, found = set(formula.arguments), set(indicator.inputs)
    if expected != found:
        yield (
            f"{where}: inputs: {indicator.formula} takes {sorted(expected)}, found {sorted(found)}"
        )
        return
    printed = {name for name, one in quantities.items() if one and one.form == "printed_rate"}
    registered = formula.name in FORMULAS and formula.name != "parity_index"
    wrong = [
        f"{where}: inputs.{name}: {one.id!r} is a {one.form}; a printed rate goes with the "
        "formula as_published, with parity_index or with an expression"
        for name, one in quantities.items()
        if registered and one and (name in printed) != (formula.name == "as_published")
    ]
    if wrong:
        yield from wrong
        return
    if printed and not registered:
        # Rates are not added up over areas, and so nothing that is made of them.
        formula = replace(formula, pooling="none")
    indicator.calculated_by(formula)
    yield from _unit_of_result(parts, where, indicator, formula, quantities)
    if formula.name not in FORMULAS or formula.name == "as_published":
        return
    if not formula.may_pass_100 and indicator.interval != "[0, 100]":
        yield f"{where}: bounds: {formula.name} can't leave 0 to 100; expected [0, 100]"
    if formula.may_pass_100 and indicator.bounds[1] == 100:
        yield (
            f"{where}: bounds: {formula.name} may pass 100; write [0, null], "
            "or [0, 100] only with a formula that can't"
        )


def _unit_of_result(
    parts: Parts,
    where: str,
    indicator: Indicator,
    formula: Formula,
    quantities: Mapping[str, Quantity | None],
) -> Iterator[str]:
    """Hold the unit of an indicator against what its formula makes of the units of its inputs."""
    unit = parts.unit(indicator.unit)
    given = {name: parts.unit(one.unit) if one else None for name, one in quantities.items()}
    counted = {name: one for name, one in given.items() if one is not None}
    if unit is None or formula.equation is None or len(counted) < len(given):
        return
    measures = {name: measure_of(one) for name, one in counted.items()}
    listed = ", ".join(f"{name} in {one.id}" for name, one in counted.items())
    try:
        result = formula.equation.measures(measures)
    except DataError as error:
        yield f"{where}: formula: {indicator.formula} of {listed}: {error.message}"
        return
    if not result.same_as(measure_of(unit)):
        fitting = [one.id for _, one in parts.units.values() if result.same_as(measure_of(one))]
        yield (
            f"{where}: unit: {indicator.formula} of {listed} measures {result}, and "
            f"{unit.id} measures {measure_of(unit)}; expected "
            f"{', '.join(fitting[:6]) or 'a unit of that'}, or an expression as formula that "
            f"comes to {unit.id}"
        )
    elif formula.equation.text in formula.arguments and not _counts(unit, *counted.values()):
        yield f"{where}: unit: expected that of what is counted, {listed}, found {unit.id}"


def _counts(unit: Unit, counted: Unit) -> bool:
    """Tell whether one unit can count what another does: schools are no persons."""
    return unit == counted or not unit.whole or "count" in (unit.id, counted.id)


def _prices(parts: Parts, where: str, indicator: Indicator) -> Iterator[str]:
    if indicator.prices is None:
        return
    name, unit = indicator.prices.deflator, parts.unit(indicator.unit)
    yield from _missing(parts, "quantities", [name], f"{where}: prices.deflator")
    if unit is not None and not unit.money:
        yield f"{where}: prices: {unit.id} is no money; only money is told in prices of a year"


def _holders(parts: Parts) -> Iterator[str]:
    held: dict[str, str] = {}
    for where, holder in parts.holders.values():
        yield from _missing(parts, "quantities", holder.quantities, f"{where}: quantities")
        for name in holder.quantities:
            if held.setdefault(name, holder.id) != holder.id:
                yield f"{where}: quantities: {name!r} is held by {held[name]!r} already"


def _units(parts: Parts) -> Iterator[str]:
    """Hold units against the grammar of dimensions, and names of units against the units."""
    for where, unit in parts.units.values():
        try:
            measure_of(unit)
        except DataError:
            yield (
                f"{where}: dimension: expected 1, a word such as count, or such as euro / count, "
                f"found {unit.dimension!r}"
            )
    for where, quantity in parts.quantities.values():
        yield from _missing(parts, "units", [quantity.unit], f"{where}: unit")


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
        yield from _missing(parts, "sources", plan.ask_for, f"{where}: ask_for")
        yield from _missing_areas(parts, plan.areas, f"{where}: areas")
        for target in plan.targets:
            for fault in (*_out_of_time(plan, target), *_to_be_done(plan, target)):
                yield f"{where}: target {target.id!r}: {fault}"


def _to_be_done(plan: Plan, target: Target) -> Iterator[str]:
    """Find words that only hold the place of others: a plan with them is a draft."""
    words = (target.quote, target.locator, *target.title.by_language.values())
    if not plan.draft and any("TODO" in one for one in words):
        yield "expected its words, found TODO; fill it in, or say `draft: true` of the plan"


def _out_of_time(plan: Plan, target: Target) -> Iterator[str]:
    """Find years after the deadline, and more steps than there are years for."""
    deadline, base = plan.deadline_of(target), target.baseline
    first = min([plan.first_year - 1, *([base.year] if base and base.year else [])])
    stepwise = any(reading.stepwise for reading in target.readings)
    for steps in target.steps if stepwise else ():
        if steps > deadline - first:
            yield (
                f"steps: expected {deadline - first} at most, from {first} to {deadline}, "
                f"found {steps}"
            )
    for reading in target.readings:
        late = sorted({y for one in reading.conditions for y in years_named(one) if y > deadline})
        if late:
            yield (
                f"reading {reading.id!r}: expected years up to the deadline {deadline}, found "
                f"{', '.join(map(str, late))}"
            )


def _targets(parts: Parts) -> Iterator[str]:
    ids: dict[str, list[str]] = {}
    for where, target in parts.targets:
        ids.setdefault(where, []).append(target.id)
    for where, held in ids.items():
        for name in dict.fromkeys(name for name in held if held.count(name) > 1):
            yield f"{where}: target {name!r}: the id stands twice in this plan"
    for where, target in parts.targets:
        spot = f"{where}: target {target.id!r}"
        yield from _target(parts, target, spot)
        for name in (*target.see_also, *filter(None, [target.pace])):
            if name not in ids[where] and (where, name) not in parts.broken:
                yield f"{spot}: no target {name!r} in this plan{nearest(name, ids[where])}"


def _target(parts: Parts, target: Target, where: str) -> Iterator[str]:
    if target.indicator:
        yield from _missing(parts, "indicators", [target.indicator], f"{where}: indicator")
    yield from _missing(parts, "units", [target.unit], f"{where}: unit")
    yield from _missing_areas(parts, target.areas, f"{where}: areas")
    yield from _missing(parts, "assumptions", target.assumptions, f"{where}: assumptions")
    yield from _missing(parts, "quantities", target.evidence, f"{where}: evidence")
    yield from _target_unit(parts, target, where)
    yield from _missing_group(parts, target.group, f"{where}: group")
    for reading in target.readings:
        spot = f"{where}: reading {reading.id!r}"
        if reading.indicator:
            yield from _missing(parts, "indicators", [reading.indicator], f"{spot}: indicator")
        indicator = parts.indicators.get(reading.indicator or target.indicator or "", ("", None))[1]
        for condition in reading.conditions:
            if isinstance(condition, Rank | Areas):
                yield from _missing_areas(parts, condition.among, f"{spot}: among")
            elif isinstance(condition, Level) and indicator is not None:
                yield from _levels(condition, indicator, spot)
            to = _reference(condition)
            if to is not None:
                named = {"areas": to.area, "indicators": to.indicator, "groups": to.group}
                for table, name in named.items():
                    yield from _missing(parts, table, filter(None, [name]), f"{spot}: to")


def _reference(condition: Condition) -> Reference | None:
    """Give what a condition compares with."""
    compared = condition.each if isinstance(condition, Areas) else condition
    return compared.to if isinstance(compared, Relative) else None


def _target_unit(parts: Parts, target: Target, where: str) -> Iterator[str]:
    """Hold the unit of a promise against its indicator's: the same, a change of it, or a rank."""
    indicator: Indicator | None = parts.indicators.get(target.indicator or "", ("", None))[1]
    unit, own = parts.unit(target.unit), parts.unit(indicator.unit) if indicator else None
    if unit is None or own is None or not target.numeric:
        return
    percent, year = Measure({}, 0.01), Measure({"year": 1})
    fitting = [measure_of(own), percent, Measure({"rank": 1})]
    if measure_of(own).same_as(percent):
        fitting.append(Measure({"points": 1}))
    asked = measure_of(unit)
    if not any(one.same_as(asked) or one.same_as(asked * year) for one in fitting):
        yield (
            f"{where}: unit: {unit.id} measures {asked}, and the indicator {target.indicator!r} "
            f"counts in {own.id}; expected {own.id}, a change of it in a year, or a percentage"
        )


def _levels(condition: Level, indicator: Indicator, where: str) -> Iterator[str]:
    """Refuse a level that the indicator can't have: a slip of the unit, most often."""
    for year, bound in condition.at.items():
        if not indicator.has(bound.value):
            yield (
                f"{where}: {year}: {str(bound)!r} lies outside the bounds {indicator.interval} of "
                f"{indicator.id!r}, which counts in {indicator.unit}"
            )


def _studies(parts: Parts) -> Iterator[str]:
    for where, study in parts.studies.values():
        yield from _missing(parts, "plans", [study.plan], f"{where}: plan")
        yield from _missing_areas(parts, study.areas, f"{where}: areas")
        yield from _missing_areas(parts, study.compare_with, f"{where}: compare_with")
        yield from _missing_areas(parts, study.binding, f"{where}: binding")
        yield from _areas_twice(parts, study, where)
        for name in study.binding.values():
            if name not in study.areas:
                offer = nearest(name, study.areas)
                yield f"{where}: binding: {name!r} is not one of the study's areas{offer}"
        for lang in study.languages:
            if lang not in parts.spoken.known:
                offer = nearest(lang, parts.spoken.known)
                yield (
                    f"{where}: languages: no language {lang!r}{offer}; expected one of "
                    f"{', '.join(parts.spoken.known)}, or its texts in words/{lang}.yaml"
                )
        yield from _compared_areas(parts, study, where)
        classes, spot = study.reference_class, f"{where}: reference_class"
        yield from _missing(parts, "reference_classes", classes, spot)
        for number, given in enumerate(study.observations, start=1):
            yield from _input(parts, study, given, f"{where}: observations entry {number}")
        yield from _real_and_invented(parts, study, where)


def _areas_twice(parts: Parts, study: Study, where: str) -> Iterator[str]:
    """Find an area that a study names and that is in a family which it names too."""
    for name in study.areas:
        family: AreaFamily | None = parts.families.get(name, ("", None))[1]
        members = {member.id for member in family.members()} if family else set()
        for double in sorted(members & {*study.areas}):
            yield f"{where}: areas: {double!r} is in the family {name!r} already; name one of them"


def _compared_areas(parts: Parts, study: Study, where: str) -> Iterator[str]:
    """Find areas that a target compares with and whose numbers the study does not keep."""
    plan: Plan | None = parts.plans.get(study.plan, ("", None))[1]
    kept = {*study.areas, *study.compare_with}
    for target in plan.targets if plan else ():
        for reading in target.readings:
            for condition in reading.conditions:
                to = _reference(condition)
                named = [to.area] if to and to.area else []
                counted = condition.among if isinstance(condition, Areas) else ()
                for area in dict.fromkeys([*named, *counted]):
                    if study.binding.get(area, area) not in kept:
                        yield (
                            f"{where}: compare_with: target {target.id!r} compares with {area!r}; "
                            "expected it here, in areas or in binding"
                        )


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
