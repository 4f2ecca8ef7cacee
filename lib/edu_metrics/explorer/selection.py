"""What can be chosen, and the what-if of a choice: studies, areas, targets, readings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from edu_metrics.catalog import Catalog, Plan, Study, Target, nearest
from edu_metrics.errors import DefinitionError
from edu_metrics.explorer.what_if import WhatIf
from edu_metrics.observations import read_processed
from edu_metrics.reachability import (
    Assessment,
    PaceOfPercentile,
    Quantities,
    SeriesStore,
    assess_target,
)

#: Brings a study's table up to date, given catalog and study.
Prepare = Callable[[Catalog, Study], Any]
#: How many targets are kept ready, so that going back to one is quick.
_READY = 24


@dataclass(frozen=True, slots=True)
class Choice:
    """
    What is looked at.

    ``reading`` counts the readings and numbers of steps of the target from 0, the default one.
    """

    study: str
    area: str
    target: str
    reading: int = 0


class Selection:
    """
    Studies as they are asked for, kept once they are read.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    prepare : callable, optional
        Brings a study's table up to date before it is read; without it the table must be there.
    pace_of_percentile : callable, optional
        Gives the pace of a percentile; by the study's reference class when left out.
    """

    def __init__(
        self,
        catalog: Catalog,
        prepare: Prepare | None = None,
        pace_of_percentile: PaceOfPercentile | None = None,
    ) -> None:
        self.catalog = catalog
        self._prepare = prepare
        self._percentile = pace_of_percentile
        self._stores: dict[str, SeriesStore] = {}
        self._quantities: dict[str, Quantities] = {}
        self._assessed: dict[tuple[str, str, str], Assessment] = {}
        self._ready = lru_cache(maxsize=_READY)(self._what_if)

    def plan(self, study: str) -> Plan:
        """Give the plan of a study."""
        return self.catalog.plan(self.catalog.study(study).plan)

    def areas(self, study: str) -> tuple[str, ...]:
        """Give the areas of a study."""
        return self.catalog.expand(self.catalog.study(study).areas)

    def targets(self, study: str) -> tuple[Target, ...]:
        """Give the targets of a study's plan that a number judges."""
        return tuple(target for target in self.plan(study).targets if target.numeric)

    def store(self, study: str) -> SeriesStore:
        """
        Give the observations of a study, read when first asked for.

        Raises
        ------
        DataError
            If its table is missing, or can't be made.
        """
        if study not in self._stores:
            entry = self.catalog.study(study)
            if self._prepare is not None:
                self._prepare(self.catalog, entry)
            table = read_processed(self.catalog.root, study)
            self._stores[study] = SeriesStore(self.catalog, entry, table)
            self._quantities[study] = Quantities(self._stores[study])
        return self._stores[study]

    def assessment(self, choice: Choice) -> Assessment:
        """Judge a target in an area under all its readings, as the report does."""
        key = (choice.study, choice.area, choice.target)
        if key not in self._assessed:
            plan = self.plan(choice.study)
            self._assessed[key] = assess_target(
                self.store(choice.study), plan, plan.target(choice.target), choice.area
            )
        return self._assessed[key]

    def readings(self, choice: Choice) -> tuple[Assessment, ...]:
        """Give the assessments of all readings, the default one first."""
        found = self.assessment(choice)
        return (found, *found.others)

    def what_if(self, choice: Choice) -> WhatIf:
        """Give the what-if of a choice, made when first asked for."""
        return self._ready(choice)

    def _what_if(self, choice: Choice) -> WhatIf:
        plan = self.plan(choice.study)
        return WhatIf(
            self.store(choice.study),
            plan,
            plan.target(choice.target),
            self.readings(choice)[choice.reading],
            quantities=self._quantities[choice.study],
            pace_of_percentile=self._percentile,
        )

    def choose(
        self, study: str, area: str | None = None, target: str | None = None, reading: int = 0
    ) -> Choice:
        """
        Make a whole choice of what was named, and choose what was not.

        Parameters
        ----------
        study : str
            Study id.
        area : str, optional
            Area of the study by id, name or alias; its first one when left out.
        target : str, optional
            Target; when left out the first one for which a probability can be given, else the
            first one that starts somewhere, else the first.
        reading : int, optional
            Which of its readings, the default one being 0.

        Returns
        -------
        Choice
            The choice.

        Raises
        ------
        DefinitionError
            For an unknown study, area or target, with the nearest one.
        """
        entry = self.catalog.study(study)
        place = self.catalog.study_area(entry, area).id if area else self.areas(study)[0]
        known = [one.id for one in self.targets(study)]
        if not known:
            raise DefinitionError(f"plan {entry.plan!r} has no target that a number judges")
        if target and target not in known:
            raise DefinitionError(
                f"plan {entry.plan!r} has no numeric target {target!r}{nearest(target, known)}"
            )
        choice = Choice(study, place, target or known[0], reading)
        return choice if target else self._best(choice, known)

    def _best(self, choice: Choice, known: list[str]) -> Choice:
        started = None
        for name in known:
            one = replace(choice, target=name)
            found = self.assessment(one)
            if found.probability is not None:
                return one
            if started is None and self.what_if(one).reason is None:
                started = one
        return started or choice
