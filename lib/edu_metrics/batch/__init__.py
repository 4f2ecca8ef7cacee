"""
Many reports: which there are, which have to be made again, and their making side by side.

Only this package knows papermill. Names are loaded when they are first used: a batch in which
nothing has to be made draws no figure.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edu_metrics.batch.batch import How, make_reports, plan_reports
    from edu_metrics.batch.execution import run
    from edu_metrics.batch.index import write_indexes
    from edu_metrics.batch.jobs import Job, Limits, Outcome, check_parameters, plan_jobs

__all__ = [
    "How",
    "Job",
    "Limits",
    "Outcome",
    "check_parameters",
    "make_reports",
    "plan_jobs",
    "plan_reports",
    "run",
    "write_indexes",
]

#: Where each name is found; a test holds it against the imports above.
_HOMES = {
    "batch": ("How", "make_reports", "plan_reports"),
    "execution": ("run",),
    "index": ("write_indexes",),
    "jobs": ("Job", "Limits", "Outcome", "check_parameters", "plan_jobs"),
}


def __getattr__(name: str) -> Any:
    """Load a public name from its module."""
    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
