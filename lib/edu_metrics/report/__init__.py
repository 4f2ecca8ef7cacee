"""
One report: what a notebook shows of an area, a city, a plan or a track record, and the page.

A notebook opens a report and shows its sections; the same notebook makes every area's report, in
each language. Nothing here knows of batches, processes or manifests.

Names are loaded when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edu_metrics.report.assumptions import show_assumptions, show_origins
    from edu_metrics.report.audit import (
        AuditReport,
        audit_plan,
        open_audit,
        save_findings,
        show_audit_head,
        show_audit_origins,
        show_baselines,
        show_findings,
        show_links,
        show_questions,
        show_touching,
    )
    from edu_metrics.report.backtest import (
        areas_of,
        backtest_notes,
        backtest_rows,
        backtest_table,
        numbers_of,
    )
    from edu_metrics.report.bulletin import show_bulletin
    from edu_metrics.report.city import (
        CityReport,
        open_city,
        show_city_head,
        show_parts,
        show_side_by_side,
    )
    from edu_metrics.report.comparison import (
        Comparison,
        open_comparison,
        show_assumed,
        show_comparison_head,
        show_not_compared,
    )
    from edu_metrics.report.context import AreaReport, StudyReport, open_report
    from edu_metrics.report.courses import show_compared, show_courses
    from edu_metrics.report.html import Html
    from edu_metrics.report.joint import (
        joint_of_study,
        joint_row,
        show_joint,
        show_joint_by_area,
    )
    from edu_metrics.report.kinds import has_record
    from edu_metrics.report.measured import show_measured, show_missing
    from edu_metrics.report.noise import show_noise
    from edu_metrics.report.outlook import (
        show_availability,
        show_outlook,
        show_verdict_bar,
        show_years_reached,
    )
    from edu_metrics.report.precedents import show_precedents
    from edu_metrics.report.promises import show_head, show_promises
    from edu_metrics.report.required_pace import show_required_pace
    from edu_metrics.report.requirements import show_requirements
    from edu_metrics.report.scores import score_as_data, score_files, score_tables
    from edu_metrics.report.sensitivity import (
        sensitivity_of_study,
        sensitivity_row,
        show_sensitivity,
    )
    from edu_metrics.report.status_rules import show_status_rules
    from edu_metrics.report.summary import as_row, save_summary
    from edu_metrics.report.tables import prepare
    from edu_metrics.report.track_record import (
        PanelRecord,
        open_record,
        panels_of_study,
        save_record,
        show_models,
        show_own_verdicts,
        show_record_head,
    )
    from edu_metrics.report.track_record_figures import (
        show_coverage,
        show_failures,
        show_record_origins,
        show_record_precedents,
        show_reliability,
    )
    from edu_metrics.report.verdicts import show_followed, show_verdicts

__all__ = [
    "AreaReport",
    "AuditReport",
    "CityReport",
    "Comparison",
    "Html",
    "PanelRecord",
    "StudyReport",
    "areas_of",
    "as_row",
    "audit_plan",
    "backtest_notes",
    "backtest_rows",
    "backtest_table",
    "has_record",
    "joint_of_study",
    "joint_row",
    "numbers_of",
    "open_audit",
    "open_city",
    "open_comparison",
    "open_record",
    "open_report",
    "panels_of_study",
    "prepare",
    "save_findings",
    "save_record",
    "save_summary",
    "score_as_data",
    "score_files",
    "score_tables",
    "sensitivity_of_study",
    "sensitivity_row",
    "show_assumed",
    "show_assumptions",
    "show_audit_head",
    "show_audit_origins",
    "show_availability",
    "show_baselines",
    "show_bulletin",
    "show_city_head",
    "show_compared",
    "show_comparison_head",
    "show_courses",
    "show_coverage",
    "show_failures",
    "show_findings",
    "show_followed",
    "show_head",
    "show_joint",
    "show_joint_by_area",
    "show_links",
    "show_measured",
    "show_missing",
    "show_models",
    "show_noise",
    "show_not_compared",
    "show_origins",
    "show_outlook",
    "show_own_verdicts",
    "show_parts",
    "show_precedents",
    "show_promises",
    "show_questions",
    "show_record_head",
    "show_record_origins",
    "show_record_precedents",
    "show_reliability",
    "show_required_pace",
    "show_requirements",
    "show_sensitivity",
    "show_side_by_side",
    "show_status_rules",
    "show_touching",
    "show_verdict_bar",
    "show_verdicts",
    "show_years_reached",
]

#: Where each name is found; a test holds it against the imports above.
_HOMES = {
    module: names.split()
    for module, names in {
        "assumptions": "show_assumptions show_origins",
        "audit": (
            "AuditReport audit_plan open_audit save_findings show_audit_head show_audit_origins "
            "show_baselines show_findings show_links show_questions show_touching"
        ),
        "backtest": "areas_of backtest_notes backtest_rows backtest_table numbers_of",
        "bulletin": "show_bulletin",
        "city": "CityReport open_city show_city_head show_parts show_side_by_side",
        "comparison": (
            "Comparison open_comparison show_assumed show_comparison_head show_not_compared"
        ),
        "context": "AreaReport StudyReport open_report",
        "courses": "show_compared show_courses",
        "html": "Html",
        "joint": "joint_of_study joint_row show_joint show_joint_by_area",
        "kinds": "has_record",
        "measured": "show_measured show_missing",
        "noise": "show_noise",
        "outlook": "show_availability show_outlook show_verdict_bar show_years_reached",
        "precedents": "show_precedents",
        "promises": "show_head show_promises",
        "required_pace": "show_required_pace",
        "requirements": "show_requirements",
        "scores": "score_as_data score_files score_tables",
        "sensitivity": "sensitivity_of_study sensitivity_row show_sensitivity",
        "status_rules": "show_status_rules",
        "summary": "as_row save_summary",
        "tables": "prepare",
        "track_record": (
            "PanelRecord open_record panels_of_study save_record show_models show_own_verdicts "
            "show_record_head"
        ),
        "track_record_figures": (
            "show_coverage show_failures show_record_origins show_record_precedents "
            "show_reliability"
        ),
        "verdicts": "show_followed show_verdicts",
    }.items()
}


def __getattr__(name: str) -> Any:
    """Load a public name from its module."""
    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
