"""
Many reports: which there are, which have to be made again, and their making side by side.

Only this package knows papermill. Names are loaded when they are first used: a batch in which
nothing has to be made draws no figure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edu_metrics.late import late

if TYPE_CHECKING:
    from edu_metrics.batch.batch import How, make_reports, plan_reports
    from edu_metrics.batch.execution import run
    from edu_metrics.batch.index import write_indexes
    from edu_metrics.batch.jobs import Job, Limits, Outcome, check_parameters, plan_jobs

__all__, __getattr__, __dir__ = late(__name__)
