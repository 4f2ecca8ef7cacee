"""
One report: what a notebook shows of an area, a city, a plan or a track record, and the page.

A notebook opens a report and shows its sections; the same notebook makes every area's report, in
each language. Nothing here knows of batches, processes or manifests.

Names are loaded when they are first used.
"""

from __future__ import annotations

import importlib
from typing import Any

#: Where each public name is found.
_HOMES = {
    module: names.split()
    for module, names in {
        "assumptions": "show_assumptions show_origins",
        "audit": (
            "AuditReport open_audit save_findings show_audit_head show_audit_origins "
            "show_baselines show_findings show_links show_questions show_touching"
        ),
        "backtest": "areas_of backtest_notes backtest_rows backtest_table numbers_of",
        "bulletin": "show_bulletin",
        "cards": "show_cards",
        "city": "CityReport open_city show_city_head show_parts show_side_by_side",
        "comparison": (
            "Comparison open_comparison show_assumed show_compared show_comparison_head "
            "show_courses show_not_compared"
        ),
        "context": "AreaReport StudyReport open_report",
        "downloads": "save_tables",
        "html": "Html show_style",
        "joint": "joint_row show_joint show_joint_by_area",
        "kinds": "has_record",
        "measured": "show_measured show_missing",
        "precedents": "show_precedents",
        "scores": "score_as_data score_files score_studies score_tables",
        "sensitivity": "sensitivity_row show_sensitivity",
        "status_rules": "show_status_rules",
        "summary": "as_row save_summary",
        "tables": "audit_plan prepare",
        "tiles": "show_tile_maps",
        "track_record": (
            "PanelRecord open_record panels_of_study save_record show_models show_own_verdicts "
            "show_record_head"
        ),
        "track_record_figures": (
            "show_coverage show_failures show_record_origins show_record_precedents "
            "show_reliability"
        ),
        "verdicts": "show_followed",
    }.items()
}
#: What a notebook may show.
__all__ = sorted(name for names in _HOMES.values() for name in names)


def __getattr__(name: str) -> Any:
    """Load a public name from its module."""
    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
