"""Which observations a report depends on, as a hash."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from edu_metrics.catalog import Plan
from edu_metrics.observations.pooling import below
from edu_metrics.plan_audit import Finding, as_rows, audit, series_by_year
from edu_metrics.reachability import Evidence
from edu_metrics.reachability.evidence import counts_whole
from edu_metrics.reporting.inputs import OVERVIEW, PLAN_AUDIT
from edu_metrics.trajectories import scale_for
from edu_metrics.trajectories.trends import PEER_WEIGHT, yearly_changes

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ObservedInputs", "has_history"]


class ObservedInputs:
    """
    What of a study's observations each of its reports depends on.

    Parameters
    ----------
    evidence : Evidence
        The study's observations as of its date.
    """

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._catalog = evidence.catalog
        self._plan: Plan = self._catalog.plan(evidence.study.plan)

    def sha256(self, area: str) -> str:
        """
        Hash the observations that a report depends on.

        Parameters
        ----------
        area : str
            Area of the report; ``overview`` or ``plan_audit`` for those.

        Returns
        -------
        str
            SHA-256.
        """
        digest = hashlib.sha256()
        if area in (OVERVIEW, PLAN_AUDIT):
            digest.update(self._rows.tobytes())
            return digest.hexdigest()
        above = [a for a in self._evidence.above(area) if a in self._evidence.areas]
        others = sorted({*above, *self._evidence.study.compare_with, *self._rivals})
        for name in [area, *sorted(below(self._catalog, [area]) - {area}), *others]:
            digest.update(name.encode())
            digest.update(self._of_area.get(name, b""))
        for name in others:
            digest.update(self._series_of(name))
        for indicator, borrowed in self._borrowed.items():
            digest.update(f"{indicator} {borrowed.get(area)}\n".encode())
        digest.update(self._shared)
        return digest.hexdigest()

    @functools.cached_property
    def _rows(self) -> NDArray[np.uint64]:
        from pandas.util import hash_pandas_object

        hashes = hash_pandas_object(self._evidence.table, index=False)
        return hashes.to_numpy().astype(np.uint64)

    @functools.cached_property
    def _of_area(self) -> dict[str, bytes]:
        groups = self._evidence.table.groupby("area", sort=False).indices
        return {
            str(name): hashlib.sha256(self._rows[places].tobytes()).digest()
            for name, places in groups.items()
        }

    @functools.cached_property
    def _indicators(self) -> tuple[str, ...]:
        """The indicators by which some reading judges, each with those it stands beside."""
        found = [
            name
            for target in self._plan.targets
            for name in (target.indicator, *(reading.indicator for reading in target.readings))
            if name
        ]
        return tuple(dict.fromkeys(found))

    @functools.cached_property
    def _rivals(self) -> frozenset[str]:
        """The areas among which some target is a rank."""
        return frozenset(
            self._catalog.area_binding(self._evidence.study, area)
            for target in self._plan.targets
            for reading in target.readings
            for condition in reading.conditions
            for area in getattr(condition, "among", None) or ()
        )

    @functools.cached_property
    def _shared(self) -> bytes:
        """
        Hash what all reports of the study show alike.

        These are the rows that bear on what no number judges, and what the audit finds in the
        plan when it looks at the figures.
        """
        seen = {name for target in self._plan.targets for name in target.evidence}
        table = self._evidence.table
        digest = hashlib.sha256(self._rows[table["quantity"].isin(seen).to_numpy()].tobytes())
        if not self._evidence.study.simulated:
            findings = as_rows(self.findings)
            digest.update(json.dumps(findings, sort_keys=True, default=str).encode())
        return digest.digest()

    @functools.cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What the audit finds in the plan, as of the study's date: the same for all its areas."""
        # Invented figures say nothing of a plan.
        known = None
        if not self._evidence.study.simulated:
            known = series_by_year(self._catalog, self._plan, self._evidence.series)
        return audit(self._catalog, self._plan, series=known)

    @functools.cached_property
    def _hashed(self) -> dict[str, bytes]:
        return {}

    def _series_of(self, area: str) -> bytes:
        """Hash the series of an area that others are compared with; it may be a sum of theirs."""
        if area not in self._hashed:
            told = [repr(self._evidence.record(name, area)) for name in self._indicators]
            told += [repr(found.get(area)) for found in self._borrowed.values()]
            self._hashed[area] = hashlib.sha256("\n".join(told).encode()).digest()
        return self._hashed[area]

    @functools.cached_property
    def _borrowed(self) -> dict[str, dict[str, tuple[float, int, int]]]:
        """
        What the forecast of each area takes from its peers, by indicator.

        It follows :func:`~edu_metrics.trajectories.no_change`: a test changes a neighbour's rows,
        and holds the reports that would be left as they are against new ones.
        """
        over = self._evidence.study.as_of.year
        ahead = [t for t in self._plan.targets if self._plan.deadline_of(t) >= over]
        forecast = {
            name
            for t in ahead
            for name in (t.indicator, *(r.indicator for r in t.readings))
            if name
        }
        known = [name for name in self._indicators if has_history(self._evidence, name)]
        return {name: dict(self._peers_of(name)) for name in known if name in forecast}

    def _peers_of(self, indicator: str) -> Iterator[tuple[str, tuple[float, int, int]]]:
        entry = self._catalog.indicator(indicator)
        changes = yearly_changes(
            self._evidence.history(indicator),
            scale_for(entry.bounds),
            whole_counts=counts_whole(entry),
        )
        levels: dict[str, list[str]] = {}
        for area in self._evidence.areas:
            levels.setdefault(self._catalog.areas[area].level, []).append(area)
        for areas in levels.values():
            usable = {a: changes[a] for a in areas if a in changes and changes[a].size}
            squares = {a: float(np.mean(own**2)) for a, own in usable.items()}
            total = sum(own.size for own in usable.values())
            medians = medians_of_others(squares)
            for area in areas:
                own_size = usable[area].size if area in usable else 0
                peers = len(usable) - (area in usable)
                weight = min(PEER_WEIGHT, total - own_size)
                yield area, (medians.get(area, medians[None]), int(weight), peers)


def has_history(evidence: Evidence, indicator: str) -> bool:
    """Tell whether any area of the study has an exact value of an indicator."""
    series = evidence.series(indicator)
    return bool(((series["bound"] == "exact") & series["area"].isin(evidence.areas)).any())


def medians_of_others(values: dict[str, float]) -> dict[str | None, float]:
    """
    Give for each key the median of the other values, and for None that of all.

    Parameters
    ----------
    values : dict of str to float
        Values by key.

    Returns
    -------
    dict
        Medians by key; 0 where there is no other.

    Examples
    --------
    >>> medians_of_others({"a": 1.0, "b": 3.0, "c": 7.0})
    {None: 3.0, 'a': 5.0, 'b': 4.0, 'c': 2.0}
    """
    order = sorted(values, key=lambda key: values[key])
    ranked = [values[key] for key in order]
    found: dict[str | None, float] = {None: _median(ranked, -1)}
    for place, key in enumerate(order):
        found[key] = _median(ranked, place)
    return {None: found[None], **{key: found[key] for key in values}}


def _median(ranked: list[float], without: int) -> float:
    """Take the median of sorted values without the one at a place (-1: with all)."""
    size = len(ranked) - (without >= 0)
    if size == 0:
        return 0.0

    def at(place: int) -> float:
        return ranked[place + (0 <= without <= place)]

    return at(size // 2) if size % 2 else (at(size // 2 - 1) + at(size // 2)) / 2
