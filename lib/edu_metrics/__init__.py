"""
Find out whether the numbers that an education plan promises can be kept.

The package reads a promise exactly as the plan prints it (:mod:`edu_metrics.catalog`), measures
where a place stands (:mod:`edu_metrics.observations`, with the formulas of
:mod:`edu_metrics.formulas`), draws what may come (:mod:`edu_metrics.trajectories`), holds the two
against each other (:mod:`edu_metrics.reachability`) and tells it in a report
(:mod:`edu_metrics.report`), or in thousands (:mod:`edu_metrics.batch`). Places, plans and
indicators are definitions, not code.

A notebook starts with :func:`open_report` or :func:`open_city`; an analysis of one's own with
:func:`load_catalog`, :func:`read_processed`, :func:`compute` and :func:`assess`. Nothing is
loaded before it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edu_metrics.catalog import find_root, load_catalog
    from edu_metrics.observations import compute, known_by, read_processed
    from edu_metrics.reachability import assess
    from edu_metrics.report import open_city, open_report

__all__ = [
    "assess",
    "compute",
    "find_root",
    "known_by",
    "load_catalog",
    "open_city",
    "open_report",
    "read_processed",
]

_HOMES = {
    "assess": "reachability",
    "compute": "observations",
    "find_root": "catalog",
    "known_by": "observations",
    "load_catalog": "catalog",
    "open_city": "report",
    "open_report": "report",
    "read_processed": "observations",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that importing the package costs nothing."""
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
