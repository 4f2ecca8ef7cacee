"""What it means: verdicts, what is missing, the pace asked for and the people behind it."""

from edu_metrics.reachability.arithmetic import (
    final_bound,
    is_possible,
    is_vacuous,
    people_behind,
    required_pace,
    years_needed,
)
from edu_metrics.reachability.assessment import assess, assess_target, iter_assessments
from edu_metrics.reachability.breakeven import Influence, ReadingVerdict, Sensitivity
from edu_metrics.reachability.checks import Check, CheckResult, checks_of
from edu_metrics.reachability.gap import Part, adds_up, change_by_parts, gap_by_parts
from edu_metrics.reachability.joint import Group, JointAssessment, Odds, assess_jointly
from edu_metrics.reachability.mechanisms import (
    MechanismStart,
    MissingInputs,
    Quantities,
    mechanism_from_counts,
    mechanism_from_statement,
    mechanism_of,
)
from edu_metrics.reachability.noise import Noise
from edu_metrics.reachability.precedent import pace_by_class
from edu_metrics.reachability.probability import (
    Reached,
    chance,
    probability_of,
    reached,
    two_digits,
)
from edu_metrics.reachability.requirements import LeverNeed, Requirements, requirements_of
from edu_metrics.reachability.scenarios import (
    PaceOfPercentile,
    ScenarioOutcome,
    no_reference_class,
    outcome_row,
    run_scenario,
    run_scenarios,
)
from edu_metrics.reachability.scoring import Forecast, Outcome, Score, outcome_of, score
from edu_metrics.reachability.sensitivity import sensitivity_of
from edu_metrics.reachability.series import Missing, Record, SeriesStore
from edu_metrics.reachability.status_rules.side_by_side import SideBySide
from edu_metrics.reachability.verdicts import (
    Applies,
    Assessment,
    Verdict,
    edge_of,
    verdict_counts,
    verdict_of,
)

__all__ = [
    "Applies",
    "Assessment",
    "Check",
    "CheckResult",
    "Forecast",
    "Group",
    "Influence",
    "JointAssessment",
    "LeverNeed",
    "MechanismStart",
    "Missing",
    "MissingInputs",
    "Noise",
    "Odds",
    "Outcome",
    "PaceOfPercentile",
    "Part",
    "Quantities",
    "Reached",
    "ReadingVerdict",
    "Record",
    "Requirements",
    "ScenarioOutcome",
    "Score",
    "Sensitivity",
    "SeriesStore",
    "SideBySide",
    "Verdict",
    "adds_up",
    "assess",
    "assess_jointly",
    "assess_target",
    "chance",
    "change_by_parts",
    "checks_of",
    "edge_of",
    "final_bound",
    "gap_by_parts",
    "is_possible",
    "is_vacuous",
    "iter_assessments",
    "mechanism_from_counts",
    "mechanism_from_statement",
    "mechanism_of",
    "no_reference_class",
    "outcome_of",
    "outcome_row",
    "pace_by_class",
    "people_behind",
    "probability_of",
    "reached",
    "required_pace",
    "requirements_of",
    "run_scenario",
    "run_scenarios",
    "score",
    "sensitivity_of",
    "two_digits",
    "verdict_counts",
    "verdict_of",
    "years_needed",
]
