"""Scenarios run on a study: named assumptions, what they come to, and whether targets are kept."""

from edu_metrics.reachability.scenarios.running import (
    ScenarioOutcome,
    asked_scenarios,
    course_rows,
    outcome_row,
    run_scenario,
    run_scenarios,
    summary_rows,
)
