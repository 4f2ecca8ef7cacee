"""Which observations a report depends on, as a hash."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple
from typing import TYPE_CHECKING, Any

import numpy as np

from edu_metrics.catalog import Areas, Condition, Plan, Reference, Relative
from edu_metrics.observations import Finding as OddNumber
from edu_metrics.observations import finding_of_row, inspect_table
from edu_metrics.observations.computing import below
from edu_metrics.plan_audit import Finding, as_rows, audit, series_by_year
from edu_metrics.reachability import SeriesStore
from edu_metrics.reachability.probability import BEYOND
from edu_metrics.reachability.status_rules.table import paces_of
from edu_metrics.report.kinds import SCENARIOS, WHOLE

if TYPE_CHECKING:
    from numpy.typing import NDArray


class ObservedInputs:
    """
    What of a study's observations each of its reports depends on.

    Parameters
    ----------
    store : SeriesStore
        The study's observations as of its date.
    odd : sequence of mapping, optional
        What :func:`~edu_metrics.report.tables.odd_numbers` says of them, where it was asked.
    """

    def __init__(self, store: SeriesStore, odd: Sequence[Mapping[str, Any]] | None = None) -> None:
        self._store, self._odd = store, odd
        self._catalog = store.catalog
        self._compared: dict[str, bytes] = {}
        self._known: dict[str, str] = {}  # the reports of an area in two languages share it
        self._plan: Plan = store.plan

    def sha256(self, area: str) -> str:
        """
        Hash the observations that a report depends on.

        Parameters
        ----------
        area : str
            Area of the report, or the name of one that rests on all rows.

        Returns
        -------
        str
            SHA-256.
        """
        if area not in self._known:
            self._known[area] = self._hash(area)
        return self._known[area]

    def _hash(self, area: str) -> str:
        digest = hashlib.sha256()
        if area in WHOLE or area.endswith(SCENARIOS):
            digest.update(self._rows.tobytes())
            return digest.hexdigest()
        above = [a for a in self._catalog.above(area) if a in self._store.areas]
        others = sorted({*above, *self._store.study.compare_with, *self._rivals})
        for name in [area, *sorted(below(self._catalog, [area]) - {area}), *others]:
            digest.update(name.encode())
            digest.update(self._of_area.get(name, b""))
        for name in others:
            digest.update(self._series_of(name))
        for borrowed in self._borrowed(area):
            digest.update(f"{borrowed}\n".encode())
        apart = self._store.sums_apart
        digest.update(apart[apart["area"].isin([area, *above])].to_csv().encode())
        odd = [list(astuple(one)) for one in self.odd if one.area in ("", area)]
        digest.update(json.dumps(odd).encode())
        digest.update(self._shared)
        return digest.hexdigest()

    @functools.cached_property
    def _rows(self) -> NDArray[np.uint64]:
        from pandas.util import hash_pandas_object

        hashes = hash_pandas_object(self._store.table, index=False)
        return hashes.to_numpy().astype(np.uint64)

    @functools.cached_property
    def _of_area(self) -> dict[str, bytes]:
        groups = self._store.table.groupby("area", sort=False).indices
        return {
            str(name): hashlib.sha256(self._rows[places].tobytes()).digest()
            for name, places in groups.items()
        }

    @functools.cached_property
    def _indicators(self) -> tuple[str, ...]:
        """The indicators by which some reading judges, each with those it stands beside."""
        found = [name for target in self._plan.targets for name in target.indicators]
        found += [to.indicator for to in self._references if to.indicator]
        return tuple(dict.fromkeys(found))

    @functools.cached_property
    def _rivals(self) -> frozenset[str]:
        """The areas among which some target is a rank, or with which one is compared."""
        named = {area for one in self._conditions for area in getattr(one, "among", None) or ()}
        named |= {to.area for to in self._references if to.area}
        return frozenset(self._catalog.area_binding(self._store.study, area) for area in named)

    @property
    def _conditions(self) -> Iterator[Condition]:
        for target in self._plan.targets:
            for reading in target.readings:
                yield from reading.conditions

    @property
    def _references(self) -> Iterator[Reference]:
        for condition in self._conditions:
            compared = condition.each if isinstance(condition, Areas) else condition
            if isinstance(compared, Relative):
                yield compared.to

    @functools.cached_property
    def _shared(self) -> bytes:
        """
        Hash what all reports of the study show alike.

        These are the rows that bear on what no number judges, and what the audit finds in the
        plan when it looks at the figures.
        """
        seen = {name for target in self._plan.targets for name in target.evidence}
        priced = (self._catalog.indicator(name).prices for name in self._indicators)
        seen |= {prices.deflator for prices in priced if prices is not None}
        table = self._store.table
        digest = hashlib.sha256(self._rows[table["quantity"].isin(seen).to_numpy()].tobytes())
        if not self._store.study.simulated:
            findings = as_rows(self.findings)
            digest.update(json.dumps(findings, sort_keys=True, default=str).encode())
        return digest.digest()

    @functools.cached_property
    def odd(self) -> tuple[OddNumber, ...]:
        """What is odd in the numbers themselves, as of the study's date."""
        if self._odd is not None:
            return tuple(finding_of_row(row) for row in self._odd)
        as_of = self._store.study.as_of.year
        return tuple(inspect_table(self._catalog, self._store.table, as_of=as_of))

    @functools.cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What the audit finds in the plan, as of the study's date: the same for all its areas."""
        # Invented figures say nothing of a plan.
        known = None
        if not self._store.study.simulated:
            known = series_by_year(self._catalog, self._plan, self._store.series)
        return audit(self._catalog, self._plan, series=known)

    def _series_of(self, area: str) -> bytes:
        """Hash the series of an area that others are compared with; it may be a sum of theirs."""
        if area not in self._compared:
            told = [repr(self._store.record(name, area)) for name in self._indicators]
            told += self._borrowed(area)
            self._compared[area] = hashlib.sha256("\n".join(told).encode()).digest()
        return self._compared[area]

    @functools.cached_property
    def _judged(self) -> tuple[str, ...]:
        return tuple(name for name in self._indicators if has_history(self._store, name))

    @functools.cached_property
    def _due(self) -> tuple[int, ...]:
        return tuple(sorted({self._plan.deadline_of(target) for target in self._plan.targets}))

    @functools.cached_property
    def forecast(self) -> dict[str, int]:
        """The indicators of which something may be forecast, and until when."""
        over = self._store.study.as_of.year
        found: dict[str, int] = {}
        for target in self._plan.targets:
            due = self._plan.deadline_of(target)
            for name in target.indicators:
                if due >= over and has_history(self._store, name):
                    found[name] = max(due + BEYOND, found.get(name, 0))
        return found

    @functools.cached_property
    def _forecast_from(self) -> str:
        """Hash the series that forecasts are made from: all areas have a part in each of them."""
        from pandas.util import hash_pandas_object

        digest = hashlib.sha256()
        for indicator, until in self.forecast.items():
            digest.update(f"{indicator} {until}\n".encode())
            hashes = hash_pandas_object(self._store.series(indicator), index=False)
            digest.update(hashes.to_numpy().tobytes())
        return digest.hexdigest()

    def _borrowed(self, area: str) -> Iterator[str]:
        """
        Say what an area's report takes from its neighbours: forecasts and what paces are held by.

        Of a forecast it is what it is made from. Paces are told as they come out, so that a
        neighbour's row counts where it changes one.
        """
        if area not in self._catalog.areas:
            return
        yield self._forecast_from
        for indicator in self._judged:
            for due in self._due:
                yield f"{indicator} {due} {paces_of(self._store, indicator, area, due)}"


def has_history(store: SeriesStore, indicator: str) -> bool:
    """Tell whether any area of the study has an exact value of an indicator."""
    series = store.series(indicator)
    return bool(((series["bound"] == "exact") & series["area"].isin(store.areas)).any())
