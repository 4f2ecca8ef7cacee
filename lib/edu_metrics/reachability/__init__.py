"""What it means: verdicts, what is missing, the pace asked for and the people behind it."""

from edu_metrics.reachability.arithmetic import (
    final_bound,
    is_possible,
    is_vacuous,
    people_behind,
    required_pace,
    years_needed,
)
from edu_metrics.reachability.assessing import assess, assess_target
from edu_metrics.reachability.chances import chance, probability_of, two_digits
from edu_metrics.reachability.checks import Check, checks_of
from edu_metrics.reachability.evidence import Evidence, Record
from edu_metrics.reachability.influences import Influence, Matters, Turned
from edu_metrics.reachability.jointly import Group, Odds, Together, plan_together
from edu_metrics.reachability.matters import what_matters
from edu_metrics.reachability.mechanizing import (
    Built,
    Lacking,
    Quantities,
    mechanism_from_counts,
    mechanism_from_statement,
)
from edu_metrics.reachability.noise import Noise
from edu_metrics.reachability.parts import Part, adds_up, change_by_parts, gap_by_parts
from edu_metrics.reachability.reaching import Reached, reached
from edu_metrics.reachability.reference_pace import pace_by_class
from edu_metrics.reachability.scenarios import (
    PaceOfPercentile,
    ScenarioOutcome,
    no_reference_class,
    outcome_row,
    run_scenario,
    run_scenarios,
)
from edu_metrics.reachability.scoring import Forecast, Outcome, Score, outcome_of, score
from edu_metrics.reachability.side_by_side import SideBySide
from edu_metrics.reachability.taking import (
    LeverNeed,
    PercentileOfPace,
    Taking,
    what_each_reading_takes,
    what_it_takes,
)
from edu_metrics.reachability.verdicts import (
    Applies,
    Assessment,
    CheckResult,
    Missing,
    Verdict,
    edge_of,
    verdict_counts,
    verdict_of,
)

__all__ = [
    "Applies",
    "Assessment",
    "Built",
    "Check",
    "CheckResult",
    "Evidence",
    "Forecast",
    "Group",
    "Influence",
    "Lacking",
    "LeverNeed",
    "Matters",
    "Missing",
    "Noise",
    "Odds",
    "Outcome",
    "PaceOfPercentile",
    "Part",
    "PercentileOfPace",
    "Quantities",
    "Reached",
    "Record",
    "ScenarioOutcome",
    "Score",
    "SideBySide",
    "Taking",
    "Together",
    "Turned",
    "Verdict",
    "adds_up",
    "assess",
    "assess_target",
    "chance",
    "change_by_parts",
    "checks_of",
    "edge_of",
    "final_bound",
    "gap_by_parts",
    "is_possible",
    "is_vacuous",
    "mechanism_from_counts",
    "mechanism_from_statement",
    "no_reference_class",
    "outcome_of",
    "outcome_row",
    "pace_by_class",
    "people_behind",
    "plan_together",
    "probability_of",
    "reached",
    "required_pace",
    "run_scenario",
    "run_scenarios",
    "score",
    "two_digits",
    "verdict_counts",
    "verdict_of",
    "what_each_reading_takes",
    "what_it_takes",
    "what_matters",
    "years_needed",
]
