"""Scenarios run on a study: named assumptions, what they come to, and whether targets are kept."""

from edu_metrics.reachability.scenarios.outcomes import (
    ScenarioOutcome,
    course_rows,
    outcome_row,
    summary_rows,
)
from edu_metrics.reachability.scenarios.running import (
    asked_scenarios,
    run_scenario,
    run_scenarios,
)
