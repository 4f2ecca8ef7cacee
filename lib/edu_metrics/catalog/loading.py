"""
Load all definitions of a project, and report every fault in them at once.

A project may take over definitions and notebooks by reference, and put its own in their place:
``data/definitions/project.yaml`` names the tables to look into, and where they stand, with the
package or in another project. Only what something of the project's own refers to comes along.

Indicators of a group or of part of a year are made of the one that is defined where a target asks.
What judges, forecasts and reports then knows nothing of groups: ``pass_rate__rural`` is an
indicator like any other. Two underscores never stand in an id that somebody wrote.
"""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from edu_metrics.catalog import ids, models
from edu_metrics.catalog.base import names_of, plain
from edu_metrics.catalog.checking import TABLES, Parts, check
from edu_metrics.catalog.own import Spoken, read_languages, read_own_formulas
from edu_metrics.catalog.reading_yaml import entries_of, parse, read_definition, read_yaml
from edu_metrics.catalog.reference_classes import ReferenceClass
from edu_metrics.catalog.scenarios import Scenario
from edu_metrics.catalog.targets import Areas, Condition, Plan, Reading, Relative, Target
from edu_metrics.errors import DefinitionError, number_of
from edu_metrics.words import Unit, say, use_texts, use_units
from edu_metrics.words.definition import Definition, Languages, nearest

_Entry = TypeVar("_Entry")
_Table = Literal[
    "sources", "quantities", "indicators", "breaks", "assumptions", "knowledge",
    "reference_classes", "scenarios",
]  # fmt: skip
#: What a break, a piece of knowledge or a scenario is about.
_SUBJECTS = ("indicators", "areas", "places")
_JOINT = "__"
_Entries = dict[str, tuple[str, Any]]
#: Gives the id of an indicator in a group and period, and sees to it that there is one.
_Find = Callable[[str | None, str, str], str | None]


@dataclass(frozen=True, eq=False)
class Catalog:
    """Everything that is defined, by id and read-only."""

    root: Path
    sources: Mapping[str, models.Source] = field(default_factory=dict)
    units: Mapping[str, Unit] = field(default_factory=dict)
    levels: Mapping[str, models.AreaLevel] = field(default_factory=dict)
    areas: Mapping[str, models.Area] = field(default_factory=dict)
    families: Mapping[str, models.AreaFamily] = field(default_factory=dict)
    groups: Mapping[str, models.Group] = field(default_factory=dict)
    quantities: Mapping[str, models.Quantity] = field(default_factory=dict)
    holders: Mapping[str, models.Holder] = field(default_factory=dict)
    indicators: Mapping[str, models.Indicator] = field(default_factory=dict)
    breaks: Mapping[str, models.Break] = field(default_factory=dict)
    knowledge: Mapping[str, models.Knowledge] = field(default_factory=dict)
    assumptions: Mapping[str, models.Assumption] = field(default_factory=dict)
    reference_classes: Mapping[str, ReferenceClass] = field(default_factory=dict)
    plans: Mapping[str, Plan] = field(default_factory=dict)
    studies: Mapping[str, models.Study] = field(default_factory=dict)
    scenarios: Mapping[str, Scenario] = field(default_factory=dict)
    corrections: Mapping[str, models.Correction] = field(default_factory=dict)
    #: What is wrong with scenarios that were left out, by the name of their file.
    faulty_scenarios: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def study(self, study_id: str) -> models.Study:
        """Give a study, a run of one, or the study itself by its own date; or name the nearest."""
        named = self.studies.get(models.study_file(study_id))
        if named is not None and study_id == f"{named.id}_{named.as_of}":
            return named
        return self._get("study", self.studies, study_id)

    def runs(self, study_id: str) -> list[models.Study]:
        """Give a study as of each of its dates, the earliest first; named by a date, it alone."""
        study = self.study(study_id)
        if study.id != study_id:
            return [study]
        found = [self.studies[f"{study_id}_{run.as_of}"] for run in study.runs]
        return sorted([study, *found], key=lambda one: one.as_of)

    def as_of(self, study_id: str, date: dt.date) -> models.Study:
        """Give a study as of a date: the run of that date, or the study judged on another day."""
        known = {run.as_of: run for run in self.runs(study_id)}
        return known.get(date) or self.study(study_id).model_copy(update={"as_of": date})

    def plan(self, plan_id: str) -> Plan:
        """Give a plan, or name the nearest one."""
        return self._get("plan", self.plans, plan_id)

    def plan_judged(self, study: models.Study) -> Plan:
        """Give the plan that a study judges; refuse one whose promises are still to be decided."""
        plan = self.plan(study.plan)
        if plan.draft:
            raise DefinitionError(
                f"plan {plan.id!r} is a draft, and a draft is not judged: decide on the promises "
                "that are open with `edu-metrics review`, then run `edu-metrics accept`"
            )
        return plan

    def indicator(self, indicator_id: str) -> models.Indicator:
        """Give an indicator, or name the nearest one."""
        return self._get("indicator", self.indicators, indicator_id)

    def reference_class(self, class_id: str) -> ReferenceClass:
        """Give a reference class, or name the nearest one."""
        return self._get("reference class", self.reference_classes, class_id)

    def scenario(self, scenario_id: str) -> Scenario:
        """Give a scenario, or name the nearest one, or what is wrong with this one."""
        _refuse(self.faulty_scenarios.get(scenario_id, ()))
        return self._get("scenario", self.scenarios, scenario_id)

    def require_sound(self) -> None:
        """Refuse the definitions where a scenario has faults."""
        _refuse([fault for faults in self.faulty_scenarios.values() for fault in faults])

    @property
    def every_scenario(self) -> tuple[str, ...]:
        """The ids of all scenarios, also of those with faults: who uses them all is stopped."""
        return (*self.scenarios, *self.faulty_scenarios)

    def _get(self, kind: str, known: Mapping[str, _Entry], name: str) -> _Entry:
        if name not in known:
            shown = ", ".join(sorted(known)) if len(known) <= 12 else f"{len(known)} are defined"
            raise DefinitionError(f"no {kind} {name!r}{nearest(name, known)} ({shown})")
        return known[name]

    def expand(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Replace each family of areas by its members."""
        expanded: list[str] = []
        for area in ids:
            if area in self.families:
                expanded += [f"{area}_{code}" for code in self.families[area].codes]
            else:
                expanded.append(area)
        return tuple(expanded)

    def study_area(self, study: models.Study, area: str) -> models.Area:
        """Give an area of a study by id, name, alias or official code, or name the nearest one."""
        members = self.expand(study.areas)
        if area in members:
            return self.areas[area]
        wanted = plain(area)
        found = [member for member in members if wanted in self._names(member)]
        if len(found) > 1:
            raise DefinitionError(
                f"study {study.id!r}: several areas are called {area!r}; name one by its id: "
                f"{', '.join(found)}"
            )
        if found:
            return self.areas[found[0]]
        known = [name for member in members for name in (member, *self._names(member))]
        listed = ", ".join(members[:8]) + (", ..." if len(members) > 8 else "")
        raise DefinitionError(
            f"study {study.id!r} has no area {area!r}{nearest(area, known)} (it has {listed})"
        )

    def _names(self, area: str) -> set[str]:
        entry = self.areas[area]
        return {plain(name) for name in (*names_of(entry), entry.code) if name}

    def children(self, area: str, among: Iterable[str]) -> tuple[str, ...]:
        """Give those of ``among`` whose parent is ``area``."""
        return tuple(other for other in among if self.areas[other].parent == area)

    def above(self, area: str) -> Iterator[str]:
        """Give the areas that an area is part of, the nearest first."""
        parent = self.areas[area].parent
        if parent is not None:
            yield parent
            yield from self.above(parent)

    def area_binding(self, study: models.Study, plan_area: str) -> str:
        """Say which area of the study stands for an area of the plan."""
        return study.binding.get(plan_area, plan_area)

    def bound_areas(self, study: models.Study, target: Target) -> tuple[str, ...]:
        """Give the areas of the study that a target binds."""
        return tuple(self.area_binding(study, area) for area in self.expand(target.areas))


def _in_a_kernel() -> bool:
    """Tell whether a notebook's kernel runs this, and not whether somebody imported one."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")


def find_root(start: Path | str | None = None) -> Path:
    """
    Find the project folder: the nearest one upwards that has data/definitions.

    A notebook's kernel may have been started anywhere; where nothing is found above one, the
    repository that the library is run from is meant.

    Parameters
    ----------
    start : Path or str, optional
        Where to begin; the working directory when left out.

    Returns
    -------
    Path
        The project folder.

    Raises
    ------
    DefinitionError
        If no folder upwards holds data/definitions.

    Examples
    --------
    >>> (find_root() / "data" / "definitions").is_dir()
    True
    """
    here = Path(start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "data" / "definitions").is_dir():
            return folder
    repository = Path(__file__).parents[3]
    if start is None and _in_a_kernel() and (repository / "notebooks").is_dir():
        return repository
    raise DefinitionError(
        f"no data/definitions in {here} or above it; go to a project folder or name one: --root on "
        "the command line, root=... in Python"
    )


class Inheritance(Definition):
    """Which tables of definitions a project looks up elsewhere, and where."""

    inherits: tuple[_Table, ...]
    #: Folder of another project, from this one; the definitions that come with the package if none.
    base: str | None = None


def shipped_root() -> Path:
    """
    Find the definitions and notebooks that come with the package.

    Returns
    -------
    Path
        A folder that holds data/definitions and notebooks: of the installed package, or of the
        repository that it is run from.

    Raises
    ------
    DefinitionError
        If the package was copied without them.
    """
    package = Path(__file__).parents[1]
    for folder in (package / "shipped", package.parents[1]):
        if (folder / "data" / "definitions").is_dir():
            return folder
    raise DefinitionError(
        "the definitions that come with edu-metrics are missing; install it again with pip, "
        "or name a project folder as `base` in project.yaml"
    )


def base_of(root: Path) -> Path | None:
    """
    Say from where a project inherits.

    Parameters
    ----------
    root : Path
        The project folder.

    Returns
    -------
    Path or None
        The other project's folder; None where the project stands by itself, or says it wrongly.
    """
    found, _ = _inheritance(root)
    if found is None:
        return None
    return (root / found.base).resolve() if found.base else shipped_root()


def notebook_of(root: Path, name: str) -> Path:
    """
    Find a notebook: the project's own, or else the one that it inherits.

    Parameters
    ----------
    root : Path
        The project folder.
    name : str
        Name of the notebook's file.

    Returns
    -------
    Path
        The file; the project's own place where there is none.
    """
    own = root / "notebooks" / name
    base = None if own.is_file() else base_of(root)
    inherited = base / "notebooks" / name if base else own
    return inherited if inherited.is_file() else own


def load_catalog(root: Path | str) -> Catalog:
    """
    Load and check the definitions of a project.

    Parameters
    ----------
    root : Path or str
        The project folder; its definitions stand in data/definitions.

    Returns
    -------
    Catalog
        All definitions, by id and read-only.

    Raises
    ------
    DefinitionError
        With one line for each fault: file, entry, field, what was expected, what was found. Where
        scenarios alone have faults, only who asks for one of these is stopped.

    Examples
    --------
    >>> catalog = load_catalog(find_root())
    >>> catalog.indicators["compulsory_retention_rate"].better
    'higher'
    """
    folder = Path(root) / "data" / "definitions"
    if not folder.is_dir():
        raise DefinitionError(f"{folder} is not a folder; expected the project's definitions there")
    faults: list[str] = []
    tables = _inherited_tables(Path(root), faults)
    spoken = read_languages(folder, faults)
    faults += _not_read(folder)
    parts = _collected(folder, TABLES, tables, spoken)
    faults += parts.faults
    base = base_of(Path(root)) if tables else None
    if base is not None:
        inherited = _parts_of(base / "data" / "definitions", tables, spoken)
        faults += inherited.faults
        _inherit(parts, inherited, tables)
    faults += check(parts)
    faulty: dict[str, list[str]] = {}
    for fault in faults:
        if found := _OF_SCENARIO.match(fault):
            faulty.setdefault(found[1], []).append(fault)
    if len(faults) > sum(map(len, faulty.values())):
        _refuse(faults)
    for name in faulty:
        parts.tables["scenarios"].pop(name, None)
    use_texts(spoken.texts)
    use_units({name: unit for name, (_, unit) in parts.tables["units"].items()})
    _break_down(*(parts.tables[table] for table in ("plans", "indicators", "groups")))
    return Catalog(
        root=Path(root).resolve(),
        **{
            name: MappingProxyType({key: entry for key, (_, entry) in held.items()})
            for name, held in parts.tables.items()
        },
        faulty_scenarios=MappingProxyType(faulty),
    )


def _refuse(faults: Sequence[str]) -> None:
    if faults:
        raise DefinitionError(f"data/definitions: {number_of(faults)}", faults)


#: How a fault of a scenario's file begins.
_OF_SCENARIO = re.compile(r"scenarios/([^/:]+)\.yaml:")


def inherited_entries(table: str) -> dict[str, Any]:
    """
    Give the entries of one table of the definitions that come with the package.

    Parameters
    ----------
    table : str
        Such as ``quantities``.

    Returns
    -------
    dict
        Entries by id.

    Raises
    ------
    DefinitionError
        If they are missing or broken.

    Examples
    --------
    >>> inherited_entries("quantities")["teachers_primary"].unit
    'persons'
    """
    folder = shipped_root() / "data" / "definitions"
    parts = _parts_of(folder, (table,), Spoken(Languages()))
    if parts.faults:
        raise DefinitionError(f"the definitions that come with edu-metrics: {table}", parts.faults)
    return {name: entry for name, (_, entry) in parts.tables[table].items()}


def _parts_of(folder: Path, tables: tuple[str, ...], spoken: Spoken) -> Parts:
    """Read some tables of a project that another one inherits from."""
    parts = _collected(folder, tables, tables, spoken)
    parts.faults = [f"inherited {fault}" for fault in parts.faults]
    if not folder.is_dir():
        parts.faults = [f"project.yaml: base: expected a project folder; {folder} is none"]
    return parts


def _not_read(folder: Path) -> Iterator[str]:
    """Name the files of definitions that lie where none is read, or under another name."""
    several = {"words", *(name for name, kind in TABLES.items() if kind.files)}
    single = {"project", "settings", *TABLES} - {"families"} - several
    for path in sorted([*folder.glob("*"), *folder.glob("*/*")]):
        name = path.relative_to(folder).as_posix()
        at = path.parent.name if path.parent != folder else ""
        suffix = path.suffix.lower()
        if suffix not in (".yml", ".yaml") or path.name.startswith("."):
            continue
        if at and at not in several:
            yield f"{name}: is not read; no folder {at!r} is{nearest(at, several)}"
        elif suffix != path.suffix or suffix == ".yml":
            yield f"{name}: is not read; call it {path.stem}.yaml"
        elif not at and path.stem not in single:
            hint = nearest(path.stem, {*single, *several})
            yield f"{name}: is not read; no definitions are called so{hint}"
        elif not path.is_file():
            yield f"{name}: is not read; expected a regular file"


def _collected(
    folder: Path, tables: Iterable[str], optional: Iterable[str], spoken: Spoken
) -> Parts:
    """Read these tables; of the optional ones a file may lack."""
    faults: list[str] = []
    parts = Parts(spoken, read_own_formulas(folder, faults), faults)
    for table in tables:
        path = folder / f"{table}.yaml"
        may_lack = table in optional or TABLES[table].optional
        if TABLES[table].files:
            for file in sorted((folder / table).glob("*.yaml")):
                _collect_file(table, file, parts)
        elif table != "families" and (path.is_file() or not may_lack):  # they are among the areas
            _collect_entries(table, path, parts)
    return parts


def _collect_entries(table: str, path: Path, parts: Parts) -> None:
    content, faults = read_yaml(path) if path.is_file() else (None, [])
    if content is None and not faults:
        found = (
            "is empty; expected a list of entries"
            if path.is_file()
            else "is missing; expected a list of entries in it"
        )
        faults = [f"{path.name}: {found} (it may be [])"]
    parts.faults += faults
    if not isinstance(content, list):
        parts.unread |= {"areas", "families"} if table == "areas" else {table}
    for where, given in entries_of(content, path.name, parts.faults):
        many = table == "areas" and isinstance(given, dict) and "codes" in given
        parts.keep("families" if many else table, where, given)


def _collect_file(table: str, path: Path, parts: Parts) -> None:
    name = f"{table}/{path.name}"
    # Who refers to this file means it by its name, whatever is wrong inside.
    parts.broken.add((table, path.stem))
    content, faults = read_yaml(path)
    parts.faults += [f"{table}/{fault}" for fault in faults]
    if content is None and faults:
        return
    entry = parts.keep(table, name, content)
    given = content.get("id") if isinstance(content, dict) else None
    if isinstance(given, str) and given != path.stem:
        parts.faults.append(
            f"{name}: id: expected {path.stem!r}, as the file is called, found {given!r}"
        )
    if table == "plans":
        _collect_targets(entry, content, name, parts)


def _collect_targets(plan: Plan | None, content: Any, name: str, parts: Parts) -> None:
    """Keep the targets of a plan, and of a faulty plan those that are sound."""
    given = content.get("targets") if isinstance(content, dict) else None
    if plan is not None:
        parts.targets[name] = [*plan.targets]
    elif isinstance(given, list):
        for item in given:
            target, faults = parse(Target, item, name, parts.spoken.languages)
            if target is not None:
                parts.targets.setdefault(name, []).append(target)
            if faults and isinstance(item, dict):
                parts.broken.add((name, str(item.get("id"))))


def _inheritance(root: Path) -> tuple[Inheritance | None, list[str]]:
    path = root / "data" / "definitions" / "project.yaml"
    return read_definition(Inheritance, path) if path.is_file() else (None, [])


def _inherited_tables(root: Path, faults: list[str]) -> tuple[str, ...]:
    """Name the tables that a project need not have, since it inherits them."""
    found, new = _inheritance(root)
    faults += new
    tables: tuple[str, ...] = found.inherits if found else ()
    return (*tables, "holders") if "quantities" in tables else tables


def _inherit(parts: Parts, base: Parts, tables: tuple[str, ...]) -> None:
    """
    Add to a project's entries those that they refer to and that another project has.

    Parameters
    ----------
    parts : Parts
        The project's own entries; others are added to them. An id that it has itself is its own.
    base : Parts
        What the other project has.
    tables : tuple of str
        Where to look. Of quantities all come along, with who holds them, so that raw files may
        name them.
    """
    if "quantities" in tables:
        for table in ("quantities", "holders"):
            for name in base.tables[table]:
                _take(parts, base, table, name)
    while True:
        wanted = sorted({(table, name) for _, table, name in parts.missing() if table in tables})
        wanted += _forms(parts, base) if "indicators" in tables else []
        wanted += _about_what_is_there(parts, base, tables)
        new = [(table, name) for table, name in wanted
               if name in base.tables[table] and name not in parts.tables[table]]  # fmt: skip
        for one in new:
            _take(parts, base, *one)
        if not new:
            return


def _take(parts: Parts, base: Parts, table: str, name: str) -> None:
    where, entry = base.tables[table][name]
    parts.tables[table].setdefault(name, (f"inherited {where}", entry))


def _forms(parts: Parts, base: Parts) -> Iterator[tuple[str, str]]:
    """Name the indicators that take from print what the project computes."""
    for name, (_, entry) in base.tables["indicators"].items():
        indicator: models.Indicator = entry
        if indicator.published_form_of in parts.tables["indicators"]:
            yield "indicators", name


def _about_what_is_there(
    parts: Parts, base: Parts, tables: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """Name breaks, knowledge and scenarios about indicators and areas that the project has."""
    for table in {"breaks", "knowledge", "scenarios"}.intersection(tables):
        for name, (_, entry) in base.tables[table].items():
            about = (one for _, *one in ids.references(entry) if one[0] in _SUBJECTS)
            if not any(parts.lacks(*one) for one in about):
                yield table, name


def undivided(indicator: str) -> str:
    """
    Give the id of the indicator that one of a group or period was made of.

    Examples
    --------
    >>> undivided("pass_rate__rural"), undivided("pass_rate")
    ('pass_rate', 'pass_rate')
    """
    return indicator.partition(_JOINT)[0]


def _break_down(plans: _Entries, indicators: _Entries, groups: _Entries) -> None:
    """
    Put the indicators that targets mean in place of those that they name.

    Parameters
    ----------
    plans, indicators, groups : dict
        Sound entries by id, each with where it stands; plans are changed, indicators are added.
    """

    def find(indicator: str | None, group: str, period: str) -> str | None:
        if indicator is None or (group, period) == ("all", "year"):
            return indicator
        name = _name_of(indicator, group, period)
        if name not in indicators:
            where, entry = indicators[indicator]
            named = groups[group][1] if group != "all" else None
            made = _made(entry, named, group, period)
            indicators[name] = where, made
            for form_where, form in list(indicators.values()):
                if form.published_form_of == indicator:
                    relation = models.Relation(kind="published_form_of", indicators=(name,))
                    form = _made(form, named, group, period, relation)
                    indicators[form.id] = form_where, form
        return name

    for name, (where, plan) in plans.items():
        targets = tuple(_of_target(one, find) for one in plan.targets)
        plans[name] = where, plan.model_copy(update={"targets": targets})


def _name_of(indicator: str, group: str, period: str) -> str:
    parts = [part for part, usual in ((group, "all"), (period, "year")) if part != usual]
    return _JOINT.join([indicator, *parts])


def _made(
    entry: models.Indicator,
    group: models.Group | None,
    name: str,
    period: str,
    *relations: models.Relation,
) -> models.Indicator:
    inputs = {
        argument: given.model_copy(
            update={
                "group": name if given.group == "all" else given.group,
                "period": period if given.period == "year" else given.period,
            }
        )
        for argument, given in entry.inputs.items()
    }
    said = {
        lang: _said(words, lang, group, period) for lang, words in entry.name.by_language.items()
    }
    return entry.model_copy(
        update={
            "id": _name_of(entry.id, name, period),
            "name": type(entry.name).model_validate(said),
            "inputs": inputs,
            "relations": relations,
            "mechanism": None,
        }
    )


def _said(words: str, lang: str, group: models.Group | None, period: str) -> str:
    told = [group.name.in_(lang)] if group else []
    if period.startswith("m"):
        told.append(say("period.month", lang, number=int(period[1:])))
    elif period != "year":
        told.append(say(f"period.{period}", lang))
    return say("period.of", lang, indicator=words, what=say("period.comma", lang).join(told))


def _of_target(target: Target, find: _Find) -> Target:
    readings = tuple(_of_reading(target, reading, find) for reading in target.readings)
    indicator = find(target.indicator, target.group, target.period)
    return target.model_copy(update={"indicator": indicator, "readings": readings})


def _of_reading(target: Target, reading: Reading, find: _Find) -> Reading:
    base, period = reading.indicator or target.indicator, target.period
    return reading.model_copy(
        update={
            "indicator": find(reading.indicator, target.group, period),
            "conditions": tuple(
                _of_condition(one, base, period, find) for one in reading.conditions
            ),
        }
    )


def _of_condition(given: Condition, base: str | None, period: str, find: _Find) -> Condition:
    if isinstance(given, Areas):
        return given.model_copy(update={"each": _of_condition(given.each, base, period, find)})
    to = given.to if isinstance(given, Relative) else None
    if to is None or to.group is None:
        return given
    named = {"indicator": find(to.indicator or base, to.group, period), "group": None}
    return given.model_copy(update={"to": to.model_copy(update=named)})
