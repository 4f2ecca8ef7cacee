"""What it means: verdicts, what is missing, the pace asked for and the people behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edu_metrics.late import late

if TYPE_CHECKING:
    from edu_metrics.reachability.arithmetic import (
        adds_up,
        change_by_parts,
        gap_by_parts,
        is_possible,
        people_behind,
        years_needed,
    )
    from edu_metrics.reachability.assessment import assess, assess_target, assessed
    from edu_metrics.reachability.checks import Check, CheckResult, chance, checks_of, two_digits
    from edu_metrics.reachability.joint import JointAssessment, Odds, assess_jointly
    from edu_metrics.reachability.question import MechanismStart, MissingInputs
    from edu_metrics.reachability.requirements import Requirements, requirements_of
    from edu_metrics.reachability.scenarios import ScenarioOutcome, run_scenario
    from edu_metrics.reachability.scoring import outcome_of, score
    from edu_metrics.reachability.sensitivity import Influence, Sensitivity, sensitivity_of
    from edu_metrics.reachability.series import SeriesStore
    from edu_metrics.reachability.status_rules import status_table_of
    from edu_metrics.reachability.verdicts import (
        Applies,
        Assessment,
        Verdict,
        edge_of,
        verdict_counts,
        verdict_of,
    )

__all__, __getattr__, __dir__ = late(__name__)
