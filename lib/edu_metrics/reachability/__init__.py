"""What it means: verdicts, what is missing, the pace asked for and the people behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edu_metrics.late import late

if TYPE_CHECKING:
    from edu_metrics.reachability.arithmetic import is_possible, people_behind, years_needed
    from edu_metrics.reachability.assessment import assess, assess_target, iter_assessments
    from edu_metrics.reachability.breakeven import Influence, Sensitivity
    from edu_metrics.reachability.checks import Check, CheckResult, checks_of
    from edu_metrics.reachability.gap import adds_up, change_by_parts, gap_by_parts
    from edu_metrics.reachability.joint import JointAssessment, Odds, assess_jointly
    from edu_metrics.reachability.mechanisms import MechanismStart, MissingInputs, Quantities
    from edu_metrics.reachability.probability import chance, two_digits
    from edu_metrics.reachability.requirements import Requirements, requirements_of
    from edu_metrics.reachability.scenarios import PaceOfPercentile, ScenarioOutcome, run_scenario
    from edu_metrics.reachability.scoring import outcome_of, score
    from edu_metrics.reachability.sensitivity import sensitivity_of
    from edu_metrics.reachability.series import Missing, SeriesStore
    from edu_metrics.reachability.status_rules.side_by_side import SideBySide
    from edu_metrics.reachability.verdicts import (
        Applies,
        Assessment,
        Verdict,
        edge_of,
        verdict_counts,
        verdict_of,
    )

__all__, __getattr__, __dir__ = late(__name__)
