"""Everything that one area's report is made of, computed when a section asks for it."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, wraps
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from edu_metrics.catalog import (
    Area,
    AreaLevel,
    Catalog,
    Plan,
    Study,
    Target,
    find_root,
    load_catalog,
    nearest,
)
from edu_metrics.errors import DefinitionError, ProjectionError
from edu_metrics.observations import Finding as OddNumber
from edu_metrics.observations import finding_of_row, inspect_table, read_processed
from edu_metrics.observations.computing import below
from edu_metrics.plan_audit import Finding, audit, series_by_year
from edu_metrics.reachability import (
    Applies,
    Assessment,
    JointAssessment,
    Sensitivity,
    SeriesStore,
    Verdict,
    assess_jointly,
    assess_target,
    sensitivity_of,
    status_table_of,
    verdict_counts,
)
from edu_metrics.reachability.checks import BEYOND
from edu_metrics.reachability.status_rules import StatusTable, paces_of
from edu_metrics.report.columns import Tables, fields_of
from edu_metrics.report.fingerprint import Basis
from edu_metrics.report.html import Html
from edu_metrics.report.kinds import PLAN_AUDIT, refuse_unknown_parameters
from edu_metrics.report.tables import odd_numbers
from edu_metrics.words import say


class StudyReport:
    """
    A study's definitions, observations and assessments, in one language.

    ``place`` is where the report stands among those of the study: the id of its area, or the
    name of a report that is not of one area.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    study : Study
        The study.
    table : DataFrame
        Its observations.
    lang : {"zh", "en"}
        Language of every sentence.
    """

    place = PLAN_AUDIT
    #: The names of its tables, by the module that makes them.
    homes: ClassVar[dict[str, str]] = {"measured": "sums_apart", "assumptions": "sources"}

    def __init__(
        self,
        catalog: Catalog,
        study: Study,
        table: pd.DataFrame,
        lang: str,
        held: _Held | None = None,
    ) -> None:
        self.catalog = catalog
        self.study = study
        self.plan: Plan = catalog.plan_judged(study)
        self.lang = lang
        held = held or _HELD.get((catalog.root, study.id))
        shared = held is not None and held.table is table
        self._held = held if held and shared else _Held(catalog, study, table)
        self.evidence = self._held.evidence

    @cached_property
    def tables(self) -> Tables:
        """Every table that the report shows as a DataFrame, by name; ``list`` gives the names."""
        return Tables(self, self.homes)

    @cached_property
    def areas(self) -> tuple[str, ...]:
        """The areas of the study."""
        return self.catalog.expand(self.study.areas)

    @cached_property
    def numeric(self) -> tuple[Target, ...]:
        """The targets that a number of the plan's own judges."""
        return tuple(target for target in self.plan.targets if target.numeric)

    def of_area(self, area: str) -> AreaReport:
        """Open the report of one area, from the series at hand."""
        held, place = self._held, self.catalog.areas[area]
        return AreaReport(self.catalog, self.study, held.table, place, self.lang, held)

    def assess(self, area: str, targets: Iterable[Target]) -> dict[str, Assessment]:
        """Assess targets in one area, from the series that the report has at hand."""
        return {target.id: assess_target(self.evidence, target, area) for target in targets}

    def area_name(self, area: str) -> str:
        """Give an area's name in the report's language."""
        return self.catalog.areas[area].name.in_(self.lang)

    def indicator_name(self, indicator: str) -> str:
        """Give an indicator's name in the report's language."""
        return self.catalog.indicators[indicator].name.in_(self.lang)

    def quantity_name(self, quantity: str) -> str:
        """Give a quantity's name in the report's language."""
        return self.catalog.quantities[quantity].name.in_(self.lang)

    def title(self, target: str) -> str:
        """Give a target's title in the report's language."""
        return self.plan.target(target).title.in_(self.lang)

    def listed(self, names: Iterable[object]) -> str:
        """Set names one behind another, with the comma of the report's language."""
        return say("report.list_comma", self.lang).join(map(str, names))

    def about(self, target: Target, found: Assessment) -> dict[str, Any]:
        """Say of a target what it is, and what of it was found, by the names of columns."""
        low, high = found.interval or (None, None)
        return {
            **fields_of(found),
            "article": target.article,
            "title": target.title.in_(self.lang),
            "unit": self.unit_of(found),
            "low": low,
            "high": high,
            "level": found.level.value if found.level else None,
            "disputed": found.disputed,
        }

    def unit_of(self, assessment: Assessment) -> str:
        """Give the unit of an assessment's values."""
        if assessment.indicator is None:
            return "none"
        return self.catalog.indicators[assessment.indicator].unit

    def level_of(self, area: str) -> AreaLevel:
        """Give the level of an area, which says what an area of it is called."""
        return self.catalog.levels[self.catalog.areas[area].level]

    def inputs_sha256(self) -> str:
        """Hash everything that the report depends on."""
        return self._held.basis.sha256(self.place)

    @property
    def odd(self) -> tuple[OddNumber, ...]:
        """What is odd in the numbers themselves, as of the study's date."""
        return self._held.odd

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the audit finds in the plan, as of the study's date: the same for all its areas."""
        return self._held.findings

    @property
    def rows(self) -> pd.DataFrame:
        """The observations that the report rests on."""
        return self.evidence.table


class AreaReport(StudyReport):
    """
    One area of a study.

    ``tables`` holds what its sections show. One row is a target in ``promises``, ``verdicts``,
    ``followed`` (what no number judges), ``required_pace``, ``baselines`` (from which a promised
    pace arrives), ``noise`` and ``sensitivity``; a target and year in ``years_reached``, and rule
    in ``status_rules``, reference class in ``precedents``, reading and lever in ``requirements``,
    assumption in ``influences``, area above in ``beside``, year drawn in ``courses``, reading and
    number of steps in ``readings``; an indicator in ``measured``; a quantity in ``other_figures``
    and ``missing``; a whole that its parts do not add up to in ``sums_apart``; a doubt in ``odd``
    and a correction in ``corrected``; an article in ``joint``; and in ``findings``,
    ``assumptions`` and ``sources`` what they are named after.

    Examples
    --------
    >>> import edu_metrics as em
    >>> _ = em.load_table("mock_city")  # built where it is missing or old
    >>> report = em.open_report("mock_city", "mock_city", "en")
    >>> list(report.tables)[:3]
    ['bulletin', 'beside', 'to_ask']
    >>> verdicts = report.tables["verdicts"]
    >>> verdicts.loc[verdicts["target"] == "T06_primary_bachelor", "verdict"].tolist()
    ['out_of_reach']
    """

    homes: ClassVar[dict[str, str]] = {
        "bulletin": "bulletin",
        "beside": "beside",
        "to_ask": "to_ask",
        "verdicts": "promises verdicts readings followed",
        "status_rules": "status_rules",
        "measured": "measured other_figures missing sums_apart odd corrected",
        "cards": "noise",
        "outlook": "years_reached courses",
        "precedents": "precedents",
        "requirements": "required_pace baselines requirements",
        "sensitivity": "sensitivity influences",
        "joint": "joint",
        "audit": "findings",
        "assumptions": "assumptions sources",
    }

    def __init__(
        self,
        catalog: Catalog,
        study: Study,
        table: pd.DataFrame,
        area: Area,
        lang: str,
        held: _Held | None = None,
    ) -> None:
        super().__init__(catalog, study, table, lang, held)
        self.area = area
        self.place = area.id

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The observations of the area, of what lies below and above it, and compared with it."""
        kept = below(self.catalog, [self.area.id]) | set(self.study.compare_with)
        kept |= set(self.catalog.above(self.area.id)) & set(self.areas)
        table = self.evidence.table
        return table[table["area"].isin(kept)]

    @cached_property
    def assessments(self) -> dict[str, Assessment]:
        """The assessment of every target of the plan, by target id."""
        return self.assess(self.area.id, self.plan.targets)

    @cached_property
    def status_tables(self) -> dict[str, StatusTable]:
        """What published rules say of the numeric targets that they can judge, by target id."""
        tables = {
            target.id: status_table_of(self.evidence, self.assessments[target.id])
            for target in self.numeric
        }
        return {name: table for name, table in tables.items() if table is not None}

    @cached_property
    def sensitivity(self) -> dict[str, Sensitivity]:
        """What the answer on each numeric target hangs on, by target id."""
        return {
            target.id: sensitivity_of(self.evidence, self.assessments[target.id])
            for target in self.numeric
        }

    @cached_property
    def joint(self) -> JointAssessment:
        """The numeric targets taken together."""
        return assess_jointly(self.evidence, self.area.id, self.assessments)

    @cached_property
    def mostly_lacking(self) -> bool:
        """Whether more than half of the numeric targets lack the figures to judge them."""
        return 2 * self.counts(self.numeric)[Verdict.NO_DATA] > len(self.numeric)

    @cached_property
    def stands_with_whole(self) -> bool:
        """Whether next to nothing is known here, and the whole's report says what is alike."""
        return self.mostly_lacking and self.area.parent in self.areas

    @property
    def followed(self) -> tuple[Target, ...]:
        """The targets that no number of the plan's own judges."""
        return tuple(target for target in self.plan.targets if not target.numeric)

    def counts(self, targets: Iterable[Target]) -> Counter[Verdict]:
        """Count verdicts."""
        return verdict_counts(self.assessments[target.id] for target in targets)

    @property
    def bound_here(self) -> tuple[Target, ...]:
        """The numeric targets that the plan sets for this very area."""
        return tuple(
            target
            for target in self.numeric
            if self.assessments[target.id].applies == Applies.BINDS
        )


def said_of_whole(show: Callable[[AreaReport], Html]) -> Callable[[AreaReport], Html]:
    """Leave a section to the whole's report where next to nothing is known of the area itself."""

    @wraps(show)
    def shown(report: AreaReport) -> Html:
        return Html("") if report.stands_with_whole else show(report)

    return shown


@dataclass(eq=False)
class _Held:
    """A study as it was loaded for all reports of a batch."""

    catalog: Catalog
    study: Study
    table: pd.DataFrame
    #: Whether the table is the one that lies on disk: what is odd in that is kept beside it.
    current: bool = False

    def __post_init__(self) -> None:
        self.evidence = SeriesStore(self.catalog, self.study, self.table)
        self.basis = Basis(self.catalog, self.study)

    @cached_property
    def odd(self) -> tuple[OddNumber, ...]:
        if self.current:
            return tuple(map(finding_of_row, odd_numbers(self.catalog, self.study)))
        as_of = self.study.as_of.year
        return tuple(inspect_table(self.catalog, self.evidence.table, as_of=as_of))

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        # Invented figures say nothing of a plan.
        known, plan = None, self.evidence.plan
        if not self.study.simulated:
            known = series_by_year(self.catalog, plan, self.evidence.series)
        return audit(self.catalog, plan, series=known)

    def warm(self) -> None:
        """Compute what reports of several areas share: series, projections, paces, findings."""
        store, catalog, over = self.evidence, self.catalog, self.study.as_of.year
        until: dict[str, int] = {}
        for target in store.plan.targets:
            due = store.plan.deadline_of(target)
            for name in target.indicators:
                until[name] = max(due, until.get(name, 0))
        until = {name: due for name, due in until.items() if _has_history(store, name)}
        # One area of each level stands for all of it.
        for level, area in {catalog.areas[area].level: area for area in store.areas}.items():
            for name, due in until.items():
                store.history(name)
                paces_of(store, name, area, due)
                if due >= over:
                    with contextlib.suppress(ProjectionError):
                        store.projection(name, level, due + BEYOND)
                    store.moves_together_pct(name, area)
        self.basis.parts(store.areas[0])
        self.odd, self.findings  # noqa: B018


def _has_history(store: SeriesStore, indicator: str) -> bool:
    """Tell whether any area of the study has an exact value of an indicator."""
    series = store.series(indicator)
    return bool(((series["bound"] == "exact") & series["area"].isin(store.areas)).any())


#: Filled by a batch only: who opens a report by hand sees what the files say now.
_HELD: dict[tuple[Path, str], _Held] = {}


def hold(root: Path | str, study: str) -> list[AreaReport]:
    """
    Load a study, and compute its series, for all reports that this process will open.

    Processes forked from this one share them; what one of them changes, no other sees.

    Parameters
    ----------
    root : Path or str
        The project folder.
    study : str
        Study id.

    Returns
    -------
    list of AreaReport
        The report of one of its areas, in each of its languages.

    Raises
    ------
    EduMetricsError
        If definitions or observations can't be loaded.
    """
    folder = Path(root).resolve()
    catalog = next(
        (held.catalog for (place, _), held in _HELD.items() if place == folder), None
    ) or load_catalog(folder)
    entry = catalog.study(study)
    table = read_processed(folder, study)
    held = _HELD[folder, study] = _Held(catalog, entry, table, current=True)
    held.warm()
    first = catalog.areas[held.evidence.areas[0]]
    return [AreaReport(catalog, entry, table, first, lang) for lang in entry.languages]


def open_study(
    study: str, lang: str, root: Path | str | None
) -> tuple[Catalog, Study, pd.DataFrame]:
    """Load definitions and table of a study, and refuse a language that it does not have."""
    refuse_unknown_parameters()
    folder = (Path(root) if root else find_root()).resolve()
    held = _HELD.get((folder, study))
    catalog = held.catalog if held else load_catalog(folder)
    entry = catalog.study(study)
    if lang not in entry.languages:
        raise DefinitionError(
            f"study {study!r} has no reports in {lang!r}{nearest(lang, entry.languages)} "
            f"(it has {', '.join(entry.languages)})"
        )
    return catalog, entry, held.table if held else read_processed(folder, study)


def open_report(study: str, area: str, lang: str, root: Path | str | None = None) -> AreaReport:
    """
    Open the report of one area.

    Parameters
    ----------
    study : str
        Study id.
    area : str
        Area of the study: id, name, alias or official code, also as the number that papermill makes
        of one.
    lang : {"zh", "en"}
        Language.
    root : Path or str, optional
        The project folder; found upwards from the working directory when left out.

    Returns
    -------
    AreaReport
        What the sections are made of.

    Raises
    ------
    DefinitionError
        For an unknown study, area or language, with the nearest one.
    DataError
        If the study's table has not been built.
    """
    catalog, entry, table = open_study(study, lang, root)
    return AreaReport(catalog, entry, table, catalog.study_area(entry, str(area)), lang)
