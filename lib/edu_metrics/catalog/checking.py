"""Meaning and references: what no single entry can know of itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, NamedTuple

from edu_metrics.catalog import ids, models
from edu_metrics.catalog.base import plain
from edu_metrics.catalog.own import Spoken, formula_named
from edu_metrics.catalog.priors import load_priors
from edu_metrics.catalog.reading_yaml import parse
from edu_metrics.catalog.reference_classes import ReferenceClass
from edu_metrics.catalog.scenarios import LeverSettings, Scenario
from edu_metrics.catalog.targets import (
    Areas,
    Condition,
    Level,
    Plan,
    Rank,
    Relative,
    SumOverYears,
    Target,
    years_named,
)
from edu_metrics.errors import DataError
from edu_metrics.formulas import FORMULAS, Formula
from edu_metrics.formulas.flows import FLOWS
from edu_metrics.formulas.registry import Measure
from edu_metrics.words import Unit, shipped_units
from edu_metrics.words.definition import nearest


class Kind(NamedTuple):
    """What a table holds: what an entry is called, its type, and where its entries stand."""

    noun: str
    model: Any
    #: Whether each entry is a file of its own, ``<table>/<id>.yaml``.
    files: bool = False
    #: Whether a project may do without.
    optional: bool = False


TABLES: Mapping[str, Kind] = MappingProxyType(
    {
        "sources": Kind("source", models.Source),
        "units": Kind("unit", Unit, optional=True),
        "levels": Kind("level", models.AreaLevel, optional=True),
        "areas": Kind("area", models.Area),
        "families": Kind("area family", models.AreaFamily),
        "groups": Kind("group", models.Group, optional=True),
        "quantities": Kind("quantity", models.Quantity),
        "holders": Kind("holder", models.Holder, optional=True),
        "indicators": Kind("indicator", models.Indicator),
        "breaks": Kind("break", models.Break),
        "corrections": Kind("correction", models.Correction, optional=True),
        "knowledge": Kind("knowledge", models.Knowledge, optional=True),
        "assumptions": Kind("assumption", models.Assumption),
        "reference_classes": Kind("reference class", ReferenceClass, files=True),
        "plans": Kind("plan", Plan, files=True),
        "studies": Kind("study", models.Study, files=True),
        "scenarios": Kind("scenario", Scenario, files=True),
    }
)

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
    #: What was found wrong while they were read.
    faults: list[str]
    #: By table and id: where an entry stands, and the entry.
    tables: dict[str, dict[str, tuple[str, Any]]] = field(
        default_factory=lambda: {name: {} for name in TABLES}
    )
    #: The targets that are sound, by the file of their plan: also those of a faulty plan.
    targets: dict[str, list[Target]] = field(default_factory=dict)
    #: Table (or plan file) and id of what stands there but did not load, and the tables of which
    #: nothing was read: a reference to one is no second fault.
    broken: set[tuple[str, str]] = field(default_factory=set)
    unread: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Begin with what the package brings, with the project's words for it."""
        for table, key, brought in (
            ("units", "unit", shipped_units()),
            ("levels", "level", models.shipped_levels()),
        ):
            for name, noun in brought.items():
                words = self.spoken.words(f"{key}.{name}")
                self.tables[table][name] = (SHIPPED, noun.with_words(words))

    def all(self, table: str) -> Iterable[tuple[str, Any]]:
        """Give the entries of a table, each with where it stands."""
        return self.tables[table].values()

    def get(self, table: str, name: str | None) -> Any:
        """Give an entry, or None."""
        return self.tables[table].get(name or "", ("", None))[1]

    def unit(self, name: str) -> Unit | None:
        """Give a unit; None where it is not defined, or not soundly."""
        found: Unit | None = self.get("units", name)
        return found if found is None or _is_sound(found) else None

    def lacks(self, table: str, name: str) -> bool:
        """Tell whether an id is in no file, neither sound nor broken."""
        if table == "places":
            return self.lacks("areas", name) and self.lacks("families", name)
        known = name in self.tables[table] or (table, name) == ("groups", "all")
        return not known and (table, name) not in self.broken and table not in self.unread

    def missing(self) -> Iterator[tuple[str, str, str]]:
        """Give every reference that leads nowhere: where it stands, its table and the id."""
        entries = [pair for table in TABLES for pair in self.all(table)]
        for where, targets in self.targets.items():
            entries += [(f"{where}: target {target.id!r}", target) for target in targets]
        for where, entry in entries:
            for place, table, name in ids.references(entry, beside="targets"):
                if self.lacks(table, name):
                    yield f"{where}: {place}", table, name

    def keep(self, table: str, where: str, given: Any) -> Any:
        """Make an entry of what a file holds, and keep it with the entries that it stands for."""
        entry, faults = parse(TABLES[table].model, given, where, self.spoken.languages)
        self.faults += faults
        if entry is None:
            if isinstance(given, dict):
                name, codes = str(given.get("id")), given.get("codes")
                self.broken.add((table, name))
                if table == "families" and isinstance(codes, list):
                    self.broken |= {("areas", f"{name}_{code}") for code in codes}
            return None
        self._add(table, where, entry)
        for member in entry.members() if isinstance(entry, models.AreaFamily) else ():
            self._add("areas", where, member)
        for run in entry.dated() if isinstance(entry, models.Study) else ():
            self._add(table, where, run)
        return entry

    def _add(self, table: str, where: str, entry: Any) -> None:
        """Keep an entry, unless its id stands already."""
        first, _ = self.tables[table].setdefault(entry.id, (where, entry))
        if self.tables[table][entry.id][1] is not entry:
            self.faults.append(f"{where}: id {entry.id!r} stands already in {first}")


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
    faults = [*_names_of_files(parts), *_references(parts), *_areas(parts), *_twice(parts)]
    for table, asked in _ASKED.items():
        for where, entry in parts.all(table):
            faults += [f"{where}: {fault}" for ask in asked for fault in ask(parts, entry)]
    for where, targets in parts.targets.items():
        known = Counter(target.id for target in targets)
        for target in targets:
            spot = f"{where}: target {target.id!r}"
            faults += [f"{spot}: {fault}" for fault in _target(parts, where, target, known)]
    # What is wrong with a family is wrong with each of its members, and is said once.
    return list(dict.fromkeys(faults))


def _names_of_files(parts: Parts) -> Iterator[str]:
    """Refuse ids that can't be names of folders or files beside each other, on any system."""
    for table in _NAMING_FILES:
        owners: dict[str, str] = {}
        for name, (where, _) in parts.tables[table].items():
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


def _references(parts: Parts) -> Iterator[str]:
    """Name every id that leads nowhere."""
    for where, table, name in parts.missing():
        tables = ("areas", "families") if table == "places" else (table,)
        known = [other for one in tables for other in parts.tables[one]]
        yield f"{where}: no {TABLES[tables[0]].noun} {name!r}{nearest(name, known)}"


def _areas(parts: Parts) -> Iterator[str]:
    tiles: dict[tuple[str | None, tuple[int, int]], str] = {}
    for where, area in (*parts.all("areas"), *parts.all("families")):
        tile = getattr(area, "tile", None)
        if tile and (other := tiles.setdefault((area.parent, tile), area.id)) != area.id:
            yield f"{where}: tile: {list(tile)} is the tile of {other!r} already"
        path: list[str] = [area.id]
        while (parent := _parent(parts, path[-1])) is not None and parent not in path:
            path.append(parent)
        # One line a circle: the area of it that comes first in the alphabet says it.
        if parent == area.id == min(path):
            yield f"{where}: parent: {' > '.join([*path, parent])} runs in a circle"
        above: models.Area | None = parts.get("areas", area.parent)
        if above is not None and parent is None and _narrower(above.level, area.level):
            yield (
                f"{where}: parent: a {area.level} lies in no {above.level}; expected "
                f"{area.parent!r} on the same level or a wider one"
            )


def _narrower(level: str, other: str) -> bool:
    """Tell whether a level is narrower than another: known of those of this package alone."""
    order = list(models.shipped_levels())
    return {level, other} <= {*order} and order.index(level) > order.index(other)


def _parent(parts: Parts, area: str) -> str | None:
    entry: models.Area | None = parts.get("areas", area)
    return entry.parent if entry else None


def _twice(parts: Parts) -> Iterator[str]:
    """Name what only one entry can have, and two have: a name, a number, a quantity."""
    owners: dict[tuple[Any, ...], str] = {}

    def owner(entry: Any, *owned: Any) -> str | None:
        first = owners.setdefault(owned, entry.id)
        return first if first != entry.id else None

    for table in ("areas", "groups", "quantities"):
        for where, entry in parts.all(table):
            # Two districts of one name are told apart by the cities that they lie in.
            parent = getattr(entry, "parent", None)
            names = (*entry.name.by_language.values(), *getattr(entry, "aliases", ()))
            for compared, name in {plain(name): name for name in names}.items():
                if other := owner(entry, table, parent, compared):
                    yield f"{where}: the name {name!r} is already a name of {other!r}"
    for where, entry in parts.all("holders"):
        for name in entry.quantities:
            if other := owner(entry, "held", name):
                yield f"{where}: quantities: {name!r} is held by {other!r} already"
    for where, entry in parts.all("corrections"):
        if other := owner(entry, entry.area, entry.quantity, entry.group, entry.year):
            yield f"{where}: corrects the same number as {other!r}; expected one entry"


def _dimension(parts: Parts, unit: Unit) -> Iterator[str]:
    if not _is_sound(unit):
        yield (
            "dimension: expected 1, a word such as count, or such as euro / count, "
            f"found {unit.dimension!r}"
        )


def _formula(parts: Parts, indicator: models.Indicator) -> Iterator[str]:
    formula = formula_named(indicator.formula, parts.own)
    if isinstance(formula, str):
        yield f"formula: {formula}"
        return
    expected, found = set(formula.arguments), set(indicator.inputs)
    if expected != found:
        yield f"inputs: {indicator.formula} takes {sorted(expected)}, found {sorted(found)}"
        return
    quantities: dict[str, models.Quantity | None] = {
        name: parts.get("quantities", given.quantity) for name, given in indicator.inputs.items()
    }
    printed = {name for name, one in quantities.items() if one and one.form == "printed_rate"}
    registered = formula.name in FORMULAS and formula.name != "parity_index"
    wrong = [
        f"inputs.{name}: {one.id!r} is a {one.form}; a printed rate goes with the formula "
        "as_published, with parity_index or with an expression"
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
    yield from _unit_of_result(parts, indicator, quantities)
    if formula.name not in FORMULAS or formula.name == "as_published":
        return
    if not formula.may_pass_100 and indicator.interval != "[0, 100]":
        yield f"bounds: {formula.name} can't leave 0 to 100; expected [0, 100]"
    if formula.may_pass_100 and indicator.bounds[1] == 100:
        yield (
            f"bounds: {formula.name} may pass 100; write [0, null], or [0, 100] only with a "
            "formula that can't"
        )


def _unit_of_result(
    parts: Parts, indicator: models.Indicator, quantities: Mapping[str, models.Quantity | None]
) -> Iterator[str]:
    """Hold the unit of an indicator against what its formula makes of the units of its inputs."""
    unit, formula = parts.unit(indicator.unit), indicator.calculation
    given = {name: parts.unit(one.unit) if one else None for name, one in quantities.items()}
    counted = {name: one for name, one in given.items() if one is not None}
    if unit is None or formula.equation is None or len(counted) < len(given):
        return
    measures = {name: measure_of(one) for name, one in counted.items()}
    listed = ", ".join(f"{name} in {one.id}" for name, one in counted.items())
    try:
        result = formula.equation.measures(measures)
    except DataError as error:
        yield f"formula: {indicator.formula} of {listed}: {error.message}"
        return
    if not result.same_as(measure_of(unit)):
        fitting = [one.id for _, one in parts.all("units") if result.same_as(measure_of(one))]
        yield (
            f"unit: {indicator.formula} of {listed} measures {result}, and {unit.id} measures "
            f"{measure_of(unit)}; expected {', '.join(fitting[:6]) or 'a unit of that'}, or an "
            f"expression as formula that comes to {unit.id}"
        )
    elif formula.equation.text in formula.arguments and not _counts(unit, *counted.values()):
        yield f"unit: expected that of what is counted, {listed}, found {unit.id}"


def _counts(unit: Unit, counted: Unit) -> bool:
    """Tell whether one unit can count what another does: schools are no persons."""
    return unit == counted or not unit.whole or "count" in (unit.id, counted.id)


def _prices(parts: Parts, indicator: models.Indicator) -> Iterator[str]:
    unit = parts.unit(indicator.unit)
    if indicator.prices is not None and unit is not None and not unit.money:
        yield f"prices: {unit.id} is no money; only money is told in prices of a year"


def _measure_type(parts: Parts, indicator: models.Indicator) -> Iterator[str]:
    known, given = load_priors(), indicator.measure_type
    if given is not None and given not in known:
        yield f"measure_type: no type {given!r}{nearest(given, known)}"


def _mechanism(parts: Parts, indicator: models.Indicator) -> Iterator[str]:
    """Hold a mechanism against the signature of its flow equation."""
    use = indicator.mechanism
    if use is None:
        return
    flow = FLOWS.get(use.flow)
    if flow is None:
        yield f"mechanism: flow: no flow {use.flow!r}{nearest(use.flow, FLOWS)}"
        return
    for key, taken, found in (
        ("inputs", flow.inputs, use.inputs),
        ("rates", flow.uncertain, use.rates),
        ("levers", flow.levers, use.levers),
        ("stated", flow.inputs, use.stated or flow.inputs),
    ):
        if set(taken) != set(found):
            yield f"mechanism: {key}: {flow.name} takes {sorted(taken)}, found {sorted(found)}"
    if use.outcome not in flow.outcomes:
        offer = nearest(use.outcome, flow.outcomes)
        yield f"mechanism: outcome: {flow.name} has no outcome {use.outcome!r}{offer}"
    for name, lever in use.levers.items():
        if lever.per_100 and not flow.whole:
            yield f"mechanism: levers.{name}: {flow.name} has no whole that per_100 could be of"


def _levers(parts: Parts, scenario: Scenario) -> Iterator[str]:
    """Hold a scenario's levers against the flow equation that they are of."""
    for number, step in enumerate(scenario.steps, start=1):
        if not isinstance(step, LeverSettings):
            continue
        spot, flow = f"steps entry {number}", FLOWS.get(step.flow)
        if flow is None:
            yield f"{spot}: flow: no flow {step.flow!r}{nearest(step.flow, FLOWS)}"
            continue
        for name in (name for name in step.set if name not in flow.levers):
            yield f"{spot}: set: {flow.name} has no lever {name!r}{nearest(name, flow.levers)}"
        if step.per_100 and not flow.whole:
            yield f"{spot}: per_100: {flow.name} has no whole that it could be of"


def _promises(parts: Parts, plan: Plan) -> Iterator[str]:
    for target in plan.targets:
        for fault in _out_of_time(plan, target):
            yield f"target {target.id!r}: {fault}"
        # Words that only hold the place of others: a plan with them is a draft.
        words = (target.quote, target.locator, *target.title.by_language.values())
        if not plan.draft and any("TODO" in one for one in words):
            yield (
                f"target {target.id!r}: expected its words, found TODO; fill it in, or say "
                "`draft: true` of the plan"
            )


def _out_of_time(plan: Plan, target: Target) -> Iterator[str]:
    """Find years after the deadline, and more steps than there are years for."""
    deadline, base = plan.deadline_of(target), target.baseline
    if base and base.year and base.year > deadline:
        yield f"baseline: expected a year up to the deadline {deadline}, found {base.year}"
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


def _target(parts: Parts, where: str, target: Target, known: Mapping[str, int]) -> Iterator[str]:
    """Check a promise against its indicators, and against the others of its plan."""
    if known[target.id] > 1:
        yield "the id stands twice in this plan"
    yield from _target_unit(parts, target)
    own, base = parts.get("indicators", target.indicator), target.baseline
    if own and base and not own.has(base.value):
        yield f"baseline: {base.value:g} {_outside(own)}"
    for reading in target.readings:
        indicator = parts.get("indicators", reading.indicator or target.indicator)
        for condition in reading.conditions if indicator else ():
            for fault in _meant(parts, target, condition, indicator):
                yield f"reading {reading.id!r}: {fault}"
    for name in (*target.see_also, *filter(None, [target.pace])):
        if name not in known and (where, name) not in parts.broken:
            yield f"no target {name!r} in this plan{nearest(name, known)}"


def _target_unit(parts: Parts, target: Target) -> Iterator[str]:
    """Hold the unit of a promise against its indicator's: the same, a change of it, or a rank."""
    indicator: models.Indicator | None = parts.get("indicators", target.indicator)
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
            f"unit: {unit.id} measures {asked}, and the indicator {target.indicator!r} counts in "
            f"{own.id}; expected {own.id}, a change of it in a year, or a percentage"
        )


def _meant(
    parts: Parts, target: Target, condition: Condition, indicator: models.Indicator
) -> Iterator[str]:
    """Refuse what a condition can't mean of its indicator and its areas."""
    match condition:
        case Level():
            yield from _levels(condition, indicator)
        case SumOverYears():
            unit = parts.unit(indicator.unit)
            if unit and measure_of(unit).same_as(Measure({}, 0.01)):
                yield f"years: {indicator.id!r} counts in {unit.id}, which no years add up to"
        case Relative():
            yield from _compared(parts, target, condition, indicator)
        case Rank():
            yield from _ranked(parts, target, condition)
        case Areas():
            most, bound = len(_expanded(parts, condition.among)), condition.bound
            if condition.unit == "areas" and not any(map(bound.met_by, range(most + 1))):
                yield f"bound: expected a number of the {most} areas in among, found {bound}"


def _expanded(parts: Parts, places: Iterable[str]) -> set[str]:
    """Give the areas that some places stand for: a family its members."""
    families = {name: parts.get("families", name) for name in places}
    return {
        area
        for name, family in families.items()
        for area in ([member.id for member in family.members()] if family else [name])
    }


def _ranked(parts: Parts, target: Target, condition: Rank) -> Iterator[str]:
    """Hold a place against the areas ranked; a share of them takes in the area itself."""
    among = _expanded(parts, condition.among)
    targets = _expanded(parts, target.areas)
    if condition.unit == "percent" or any(parts.lacks("areas", name) for name in among | targets):
        return
    if condition.bound.value > (most := len(among | targets)):
        yield f"bound: expected a rank up to {most}, found {condition.bound}"


def _compared(
    parts: Parts, target: Target, condition: Relative, indicator: models.Indicator
) -> Iterator[str]:
    """Refuse a comparison with itself, and one of what is counted in different units."""
    to = condition.to
    if to.value is not None:
        return
    if (
        to.indicator in (None, indicator.id)
        and to.group in (None, target.group)
        and to.year in (None, condition.year)
        and (to.area is None or _expanded(parts, target.areas) == {to.area})
    ):
        yield f"to: compares {indicator.id!r} with itself"
    other = parts.get("indicators", to.indicator)
    one, two = parts.unit(indicator.unit), parts.unit(other.unit) if other else None
    if one is None or two is None:
        return
    # A ratio may be of two units, such as pupils to a class.
    alike = measure_of(one).same_as(measure_of(two)) and _counts(one, two)
    if not alike and condition.measure != "ratio":
        yield f"to: {indicator.id!r} counts in {one.id}, and {other.id!r} in {two.id}"


def _levels(condition: Level, indicator: models.Indicator) -> Iterator[str]:
    """Refuse a level that the indicator can't have: a slip of the unit, most often."""
    for year, bound in condition.at.items():
        if not indicator.has(bound.value):
            yield f"{year}: {str(bound)!r} {_outside(indicator)}"


def _outside(indicator: models.Indicator) -> str:
    return (
        f"lies outside the bounds {indicator.interval} of {indicator.id!r}, "
        f"which counts in {indicator.unit}"
    )


def _binding(parts: Parts, study: models.Study) -> Iterator[str]:
    for name in study.binding.values():
        if name not in study.areas:
            offer = nearest(name, study.areas)
            yield f"binding: {name!r} is not one of the study's areas{offer}"


def _languages(parts: Parts, study: models.Study) -> Iterator[str]:
    known = parts.spoken.known
    for lang in study.languages:
        if lang not in known:
            yield (
                f"languages: no language {lang!r}{nearest(lang, known)}; expected one of "
                f"{', '.join(known)}, or its texts in words/{lang}.yaml"
            )


def _areas_twice(parts: Parts, study: models.Study) -> Iterator[str]:
    """Find an area that a study names and that is in a family which it names too."""
    for name in study.areas:
        family: models.AreaFamily | None = parts.get("families", name)
        members = {member.id for member in family.members()} if family else set()
        for double in sorted(members & {*study.areas}):
            yield f"areas: {double!r} is in the family {name!r} already; name one of them"


def _compared_areas(parts: Parts, study: models.Study) -> Iterator[str]:
    """Find areas that a target compares with and whose numbers the study does not keep."""
    plan: Plan | None = parts.get("plans", study.plan)
    kept = {*study.areas, *study.compare_with}
    for target in plan.targets if plan else ():
        for reading in target.readings:
            for condition in reading.conditions:
                counted = condition.among if isinstance(condition, Areas) else ()
                compared = condition.each if isinstance(condition, Areas) else condition
                to = compared.to if isinstance(compared, Relative) else None
                named = [to.area] if to and to.area else []
                for area in dict.fromkeys([*named, *counted]):
                    if study.binding.get(area, area) not in kept:
                        yield (
                            f"compare_with: target {target.id!r} compares with {area!r}; expected "
                            "it here, in areas or in binding"
                        )


def _invented(parts: Parts, study: models.Study) -> Iterator[str]:
    for number, given in enumerate(study.observations, start=1):
        if not isinstance(given, models.SimulatedInput):
            continue
        city, spot = parts.get("areas", given.city), f"observations entry {number}"
        if city is not None and not city.invented:
            yield f"{spot}: city: {given.city!r} is a real place; numbers can't be invented for it"
        if not study.simulated:
            yield f"{spot}: simulated numbers in a study that is not marked simulated: true"


def _real_and_invented(parts: Parts, study: models.Study) -> Iterator[str]:
    """Refuse an invented place in a real study, and a real place in an invented one."""
    marked = "simulated: true" if study.simulated else "not marked simulated: true"
    for key, names in {"areas": study.areas, "compare_with": study.compare_with}.items():
        for name in names:
            entry = parts.get("areas", name) or parts.get("families", name)
            # Real numbers may stand beside invented ones for comparison, never the other way.
            allowed = {study.simulated} if key == "areas" else {study.simulated, False}
            if entry is not None and entry.invented not in allowed:
                what = "an invented place" if entry.invented else "a real place"
                yield f"{key}: {name!r} is {what}, and the study is {marked}"


#: What is asked of each entry of a table.
_ASKED: Mapping[str, tuple[Callable[[Parts, Any], Iterable[str]], ...]] = MappingProxyType(
    {
        "units": (_dimension,),
        "indicators": (_formula, _prices, _measure_type, _mechanism),
        "plans": (_promises,),
        "studies": (
            _areas_twice,
            _binding,
            _languages,
            _compared_areas,
            _invented,
            _real_and_invented,
        ),
        "scenarios": (_levers,),
    }
)
