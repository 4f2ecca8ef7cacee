"""
Notebooks into reports: what a notebook shows, one report, many reports, and their index.

Only this package knows papermill. A notebook opens a report and shows its sections; the same
notebook makes every area's report, in each language.
"""

from edu_metrics.reporting.area_report import AreaReport, StudyReport, open_report
from edu_metrics.reporting.assuming import show_assumptions
from edu_metrics.reporting.auditing import (
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
from edu_metrics.reporting.backtesting import (
    backtest_notes,
    backtest_rows,
    backtest_table,
    numbers_of,
)
from edu_metrics.reporting.batch import make_reports, plan_jobs
from edu_metrics.reporting.city import (
    CityReport,
    open_city,
    show_city_head,
    show_parts,
    show_side_by_side,
)
from edu_metrics.reporting.html import Html
from edu_metrics.reporting.index import write_indexes
from edu_metrics.reporting.judging import show_followed, show_verdicts
from edu_metrics.reporting.mattering import matters_of_study, matters_row, show_what_matters
from edu_metrics.reporting.measuring import show_measured, show_missing
from edu_metrics.reporting.noise import show_noise
from edu_metrics.reporting.origins import show_origins
from edu_metrics.reporting.outlook import show_availability, show_outlook, show_verdict_bar
from edu_metrics.reporting.pacing import show_pace
from edu_metrics.reporting.precedents import show_precedents
from edu_metrics.reporting.preparing import prepare
from edu_metrics.reporting.promises import show_head, show_promises
from edu_metrics.reporting.ruling import show_status_rules
from edu_metrics.reporting.running import Job, Outcome, check_parameters, run
from edu_metrics.reporting.summary import as_row, save_summary
from edu_metrics.reporting.taking import show_what_it_takes
from edu_metrics.reporting.together import (
    show_together,
    show_together_by_area,
    together_of_study,
    together_row,
)
from edu_metrics.reporting.track_record import score_as_data, score_files, score_tables
from edu_metrics.reporting.years import show_years_reached

__all__ = [
    "AreaReport",
    "AuditReport",
    "CityReport",
    "Html",
    "Job",
    "Outcome",
    "StudyReport",
    "as_row",
    "audit_plan",
    "backtest_notes",
    "backtest_rows",
    "backtest_table",
    "check_parameters",
    "make_reports",
    "matters_of_study",
    "matters_row",
    "numbers_of",
    "open_audit",
    "open_city",
    "open_report",
    "plan_jobs",
    "prepare",
    "run",
    "save_findings",
    "save_summary",
    "score_as_data",
    "score_files",
    "score_tables",
    "show_assumptions",
    "show_audit_head",
    "show_audit_origins",
    "show_availability",
    "show_baselines",
    "show_city_head",
    "show_findings",
    "show_followed",
    "show_head",
    "show_links",
    "show_measured",
    "show_missing",
    "show_noise",
    "show_origins",
    "show_outlook",
    "show_pace",
    "show_parts",
    "show_precedents",
    "show_promises",
    "show_questions",
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
