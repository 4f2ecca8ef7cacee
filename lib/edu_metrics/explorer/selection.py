"""What can be chosen, and the what-if of a choice: studies, areas, targets, readings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from edu_metrics.catalog import Catalog, Plan, Study, Target
from edu_metrics.errors import DefinitionError
from edu_metrics.explorer.what_if import WhatIf
from edu_metrics.observations import read_processed
from edu_metrics.reachability import Assessment, SeriesStore, assess_target

#: Brings a study's table up to date, given catalog and study.
Prepare = Callable[[Catalog, Study], Any]
#: How many targets are kept ready, so that going back to one is quick.
_READY = 24


@dataclass(frozen=True, slots=True)
class Choice:
    """What is looked at; ``reading`` is the name of one of the target's readings, or empty."""

    study: str
    area: str
    target: str
    reading: str = ""


class Selection:
    """
    Studies as they are asked for, kept once they are read.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    prepare : callable, optional
        Brings a study's table up to date before it is read; without it the table must be there.
    """

    def __init__(self, catalog: Catalog, prepare: Prepare | None = None) -> None:
        self.catalog = catalog
        self._prepare = prepare
        self._stores: dict[str, SeriesStore] = {}
        self.what_if = lru_cache(_READY)(self._what_if)
        self.assessment = lru_cache(10 * _READY)(self._assessment)

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
        return self._stores[study]

    def _assessment(self, study: str, area: str, target: str) -> Assessment:
        return assess_target(self.store(study), self.plan(study).target(target), area)

    def readings(self, choice: Choice) -> dict[str, Assessment]:
        """Give the assessments of all readings by name, the default one first."""
        found = self.assessment(choice.study, choice.area, choice.target)
        every = (found, *found.others)
        return {
            f"{one.reading}{'' if one.steps is None else f'.{one.steps}'}": one for one in every
        }

    def _what_if(self, choice: Choice) -> WhatIf:
        """Give the what-if of a choice; of a reading that the target does not have, the default."""
        readings = self.readings(choice)
        found = readings.get(choice.reading) or next(iter(readings.values()))
        return WhatIf(self.store(choice.study), found)

    def choose(self, study: str, area: str = "", target: str = "", reading: str = "") -> Choice:
        """
        Make a whole choice of what was named, and choose what was not.

        Parameters
        ----------
        study : str
            Study id.
        area, target, reading : str, optional
            By id; what is empty or belongs to another study or target is chosen: the first area;
            the first target for which a probability can be given, else the first one that starts
            somewhere, else the first; the default reading.

        Returns
        -------
        Choice
            The choice.

        Raises
        ------
        DefinitionError
            For an unknown study, with the nearest one, or one without a target of numbers.
        """
        areas, known = self.areas(study), [one.id for one in self.targets(study)]
        if not known:
            plan = self.catalog.study(study).plan
            raise DefinitionError(f"plan {plan!r} has no target that a number judges")
        place = area if area in areas else areas[0]
        choice = Choice(study, place, target if target in known else known[0])
        choice = choice if target in known else self._best(choice, known)
        readings = self.readings(choice)
        return replace(choice, reading=reading if reading in readings else next(iter(readings)))

    def _best(self, choice: Choice, known: list[str]) -> Choice:
        started = None
        for name in known:
            one = replace(choice, target=name)
            found = self.assessment(one.study, one.area, name)
            if found.probability is not None:
                return one
            if started is None and self.what_if(one).reason is None:
                started = one
        return started or choice
