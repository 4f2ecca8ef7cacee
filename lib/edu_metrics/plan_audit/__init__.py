"""
The plan held against itself: what contradicts, asks for nothing, can't be, or can be read twice.

Rules are pure functions over a plan's definitions, and over observed series where there are any;
none names a target, a place or a plan.
"""

from edu_metrics.plan_audit.auditing import as_rows, audit, observed_series, series_by_year
from edu_metrics.plan_audit.context import PlanContext
from edu_metrics.plan_audit.findings import Finding, Kind, Severity
