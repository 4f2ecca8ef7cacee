"""
Notebooks into reports: what a notebook shows, one report, many reports, and their index.

Only this package knows papermill. A notebook opens a report and shows its sections; the same
notebook makes every area's report, in each language.

Names are loaded when they are first used: a batch in which nothing has to be made draws no figure.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edu_metrics.reporting.area_report import (
        AreaReport,
        StudyReport,
        open_report,
    )
    from edu_metrics.reporting.assuming import show_assumptions
    from edu_metrics.reporting.audit_figures import show_baselines, show_links
    from edu_metrics.reporting.auditing import (
        AuditReport,
        audit_plan,
        open_audit,
        save_findings,
        show_audit_head,
        show_audit_origins,
        show_findings,
        show_questions,
        show_touching,
    )
    from edu_metrics.reporting.backtesting import (
        areas_of,
        backtest_notes,
        backtest_rows,
        backtest_table,
        numbers_of,
    )
    from edu_metrics.reporting.batch import (
        How,
        make_reports,
        plan_reports,
    )
    from edu_metrics.reporting.city import (
        CityReport,
        open_city,
        show_city_head,
        show_parts,
        show_side_by_side,
    )
    from edu_metrics.reporting.comparing import (
        Comparison,
        open_comparison,
        show_assumed,
        show_comparison_head,
        show_not_compared,
    )
    from edu_metrics.reporting.courses import show_compared, show_courses
    from edu_metrics.reporting.html import Html
    from edu_metrics.reporting.index import write_indexes
    from edu_metrics.reporting.judging import show_followed, show_verdicts
    from edu_metrics.reporting.mattering import (
        matters_of_study,
        matters_row,
        show_what_matters,
    )
    from edu_metrics.reporting.measuring import show_measured, show_missing
    from edu_metrics.reporting.noise import show_noise
    from edu_metrics.reporting.origins import show_origins
    from edu_metrics.reporting.outlook import (
        show_availability,
        show_outlook,
        show_verdict_bar,
    )
    from edu_metrics.reporting.pacing import show_pace
    from edu_metrics.reporting.panel_record import (
        PanelRecord,
        open_record,
        panels_of_study,
        save_record,
    )
    from edu_metrics.reporting.planning import plan_jobs
    from edu_metrics.reporting.precedents import show_precedents
    from edu_metrics.reporting.preparing import prepare
    from edu_metrics.reporting.promises import show_head, show_promises
    from edu_metrics.reporting.record_figures import (
        show_coverage,
        show_failures,
        show_reliability,
    )
    from edu_metrics.reporting.record_precedents import show_record_origins, show_record_precedents
    from edu_metrics.reporting.recordable import has_record
    from edu_metrics.reporting.recording import show_models, show_record_head
    from edu_metrics.reporting.ruling import show_status_rules
    from edu_metrics.reporting.running import (
        Job,
        Limits,
        Outcome,
        check_parameters,
        run,
    )
    from edu_metrics.reporting.summary import as_row, save_summary
    from edu_metrics.reporting.taking import show_what_it_takes
    from edu_metrics.reporting.together import (
        show_together,
        show_together_by_area,
        together_of_study,
        together_row,
    )
    from edu_metrics.reporting.track_record import (
        score_as_data,
        score_files,
        score_tables,
    )
    from edu_metrics.reporting.years import show_years_reached

__all__ = [
    "AreaReport",
    "AuditReport",
    "CityReport",
    "Comparison",
    "How",
    "Html",
    "Job",
    "Limits",
    "Outcome",
    "PanelRecord",
    "StudyReport",
    "areas_of",
    "as_row",
    "audit_plan",
    "backtest_notes",
    "backtest_rows",
    "backtest_table",
    "check_parameters",
    "has_record",
    "make_reports",
    "matters_of_study",
    "matters_row",
    "numbers_of",
    "open_audit",
    "open_city",
    "open_comparison",
    "open_record",
    "open_report",
    "panels_of_study",
    "plan_jobs",
    "plan_reports",
    "prepare",
    "run",
    "save_findings",
    "save_record",
    "save_summary",
    "score_as_data",
    "score_files",
    "score_tables",
    "show_assumed",
    "show_assumptions",
    "show_audit_head",
    "show_audit_origins",
    "show_availability",
    "show_baselines",
    "show_city_head",
    "show_compared",
    "show_comparison_head",
    "show_courses",
    "show_coverage",
    "show_failures",
    "show_findings",
    "show_followed",
    "show_head",
    "show_links",
    "show_measured",
    "show_missing",
    "show_models",
    "show_noise",
    "show_not_compared",
    "show_origins",
    "show_outlook",
    "show_pace",
    "show_parts",
    "show_precedents",
    "show_promises",
    "show_questions",
    "show_record_head",
    "show_record_origins",
    "show_record_precedents",
    "show_reliability",
    "show_side_by_side",
    "show_status_rules",
    "show_together",
    "show_together_by_area",
    "show_touching",
    "show_verdict_bar",
    "show_verdicts",
    "show_what_it_takes",
    "show_what_matters",
    "show_years_reached",
    "together_of_study",
    "together_row",
    "write_indexes",
]

#: Where each name is found; a test holds it against the imports above.
_HOMES = {
    "area_report": (
        "AreaReport",
        "StudyReport",
        "open_report",
    ),
    "assuming": ("show_assumptions",),
    "audit_figures": (
        "show_baselines",
        "show_links",
    ),
    "auditing": (
        "AuditReport",
        "audit_plan",
        "open_audit",
        "save_findings",
        "show_audit_head",
        "show_audit_origins",
        "show_findings",
        "show_questions",
        "show_touching",
    ),
    "backtesting": (
        "areas_of",
        "backtest_notes",
        "backtest_rows",
        "backtest_table",
        "numbers_of",
    ),
    "batch": (
        "How",
        "make_reports",
        "plan_reports",
    ),
    "city": (
        "CityReport",
        "open_city",
        "show_city_head",
        "show_parts",
        "show_side_by_side",
    ),
    "comparing": (
        "Comparison",
        "open_comparison",
        "show_assumed",
        "show_comparison_head",
        "show_not_compared",
    ),
    "courses": (
        "show_compared",
        "show_courses",
    ),
    "html": ("Html",),
    "index": ("write_indexes",),
    "judging": (
        "show_followed",
        "show_verdicts",
    ),
    "mattering": (
        "matters_of_study",
        "matters_row",
        "show_what_matters",
    ),
    "measuring": (
        "show_measured",
        "show_missing",
    ),
    "noise": ("show_noise",),
    "origins": ("show_origins",),
    "outlook": (
        "show_availability",
        "show_outlook",
        "show_verdict_bar",
    ),
    "pacing": ("show_pace",),
    "panel_record": (
        "PanelRecord",
        "open_record",
        "panels_of_study",
        "save_record",
    ),
    "planning": ("plan_jobs",),
    "precedents": ("show_precedents",),
    "preparing": ("prepare",),
    "promises": (
        "show_head",
        "show_promises",
    ),
    "record_figures": (
        "show_coverage",
        "show_failures",
        "show_reliability",
    ),
    "record_precedents": (
        "show_record_origins",
        "show_record_precedents",
    ),
    "recordable": ("has_record",),
    "recording": (
        "show_models",
        "show_record_head",
    ),
    "ruling": ("show_status_rules",),
    "running": (
        "Job",
        "Outcome",
        "check_parameters",
        "run",
        "Limits",
    ),
    "summary": (
        "as_row",
        "save_summary",
    ),
    "taking": ("show_what_it_takes",),
    "together": (
        "show_together",
        "show_together_by_area",
        "together_of_study",
        "together_row",
    ),
    "track_record": (
        "score_as_data",
        "score_files",
        "score_tables",
    ),
    "years": ("show_years_reached",),
}


def __getattr__(name: str) -> Any:
    """Load a public name from its module."""
    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
