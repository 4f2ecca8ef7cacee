"""Everything that one area's report is made of, computed when a section asks for it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from edu_metrics.catalog import Area, Catalog, Plan, Study, Target, find_root, load_catalog, nearest
from edu_metrics.errors import DefinitionError
from edu_metrics.observations import read_processed
from edu_metrics.reachability import (
    Applies,
    Assessment,
    Evidence,
    Matters,
    Quantities,
    SideBySide,
    Together,
    Verdict,
    assess_target,
    plan_together,
    what_matters,
)
from edu_metrics.reachability.status_rules import StatusTable

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["AreaReport", "StudyReport", "inputs_sha256", "open_report", "open_study"]


class StudyReport:
    """
    A study's definitions, observations and assessments, in one language.

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

    def __init__(self, catalog: Catalog, study: Study, table: pd.DataFrame, lang: str) -> None:
        self.catalog = catalog
        self.study = study
        self.plan: Plan = catalog.plan(study.plan)
        self.lang = lang
        self.evidence = Evidence(catalog, study, table)
        self._table = table

    @cached_property
    def areas(self) -> tuple[str, ...]:
        """The areas of the study."""
        return self.catalog.expand(self.study.areas)

    @cached_property
    def numeric(self) -> tuple[Target, ...]:
        """The targets that a number of the plan's own judges."""
        return tuple(target for target in self.plan.targets if target.numeric)

    def assess(self, area: str, targets: Iterable[Target]) -> dict[str, Assessment]:
        """Assess targets in one area, from the series that the report has at hand."""
        return {
            target.id: assess_target(self.evidence, self.plan, target, area) for target in targets
        }

    @cached_property
    def quantities(self) -> Quantities:
        """Published values and the mechanisms started from them, kept from section to section."""
        return Quantities(self.evidence)

    def area_name(self, area: str) -> str:
        """Give an area's name in the report's language."""
        return self.catalog.areas[area].name.in_(self.lang)

    def indicator_name(self, indicator: str) -> str:
        """Give an indicator's name in the report's language."""
        return self.catalog.indicators[indicator].name.in_(self.lang)

    def quantity_name(self, quantity: str) -> str:
        """Give a quantity's name in the report's language."""
        return self.catalog.quantities[quantity].name.in_(self.lang)

    def unit_of(self, assessment: Assessment) -> str:
        """Give the unit of an assessment's values."""
        if assessment.indicator is None:
            return "none"
        return self.catalog.indicators[assessment.indicator].unit

    def inputs_sha256(self) -> str:
        """Hash everything that the report's numbers depend on."""
        return inputs_sha256(self.catalog, self.study, self._table)


class AreaReport(StudyReport):
    """One area of a study."""

    def __init__(
        self, catalog: Catalog, study: Study, table: pd.DataFrame, area: Area, lang: str
    ) -> None:
        super().__init__(catalog, study, table, lang)
        self.area = area

    @cached_property
    def assessments(self) -> dict[str, Assessment]:
        """The assessment of every target of the plan, by target id."""
        return self.assess(self.area.id, self.plan.targets)

    @cached_property
    def status_tables(self) -> dict[str, StatusTable]:
        """What published rules say of the numeric targets that they can judge, by target id."""
        beside = SideBySide(self.evidence)
        tables = {
            target.id: beside.table(target, self.assessments[target.id]) for target in self.numeric
        }
        return {name: table for name, table in tables.items() if table is not None}

    @cached_property
    def matters(self) -> dict[str, Matters]:
        """What the answer on each numeric target hangs on, by target id."""
        return {
            target.id: what_matters(
                self.evidence,
                self.plan,
                target,
                self.area.id,
                assessment=self.assessments[target.id],
                quantities=self.quantities,
            )
            for target in self.numeric
        }

    @cached_property
    def together(self) -> Together:
        """The numeric targets taken together."""
        return plan_together(self.evidence, self.plan, self.area.id, self.assessments)

    @property
    def followed(self) -> tuple[Target, ...]:
        """The targets that no number of the plan's own judges."""
        return tuple(target for target in self.plan.targets if not target.numeric)

    def counts(self, targets: Iterable[Target]) -> Counter[Verdict]:
        """Count verdicts."""
        return Counter(self.assessments[target.id].verdict for target in targets)

    @property
    def bound_here(self) -> tuple[Target, ...]:
        """The numeric targets that the plan sets for this very area."""
        return tuple(
            target
            for target in self.numeric
            if self.assessments[target.id].applies == Applies.BINDS
        )


def inputs_sha256(catalog: Catalog, study: Study, table: pd.DataFrame) -> str:
    """
    Hash everything that a study's reports depend on.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    study : Study
        The study.
    table : DataFrame
        Its observations.

    Returns
    -------
    str
        SHA-256 over the definition files and the study's observations.
    """
    from pandas.util import hash_pandas_object

    digest = hashlib.sha256()
    folder = catalog.root / "data" / "definitions"
    for path in sorted(folder.rglob("*.yaml")):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    digest.update(hash_pandas_object(table, index=False).to_numpy().tobytes())
    digest.update(study.id.encode())
    return digest.hexdigest()


def open_study(
    study: str, lang: str, root: Path | str | None
) -> tuple[Catalog, Study, pd.DataFrame]:
    """Load definitions and table of a study, and refuse a language that it does not have."""
    folder = Path(root) if root else find_root()
    catalog = load_catalog(folder)
    entry = catalog.study(study)
    if lang not in entry.languages:
        raise DefinitionError(
            f"study {study!r} has no reports in {lang!r}{nearest(lang, entry.languages)} "
            f"(it has {', '.join(entry.languages)})"
        )
    return catalog, entry, read_processed(folder, study)


def open_report(study: str, area: str, lang: str, root: Path | str | None = None) -> AreaReport:
    """
    Open the report of one area.

    Parameters
    ----------
    study : str
        Study id.
    area : str
        Area of the study: id, name or alias.
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
    return AreaReport(catalog, entry, table, catalog.study_area(entry, area), lang)
