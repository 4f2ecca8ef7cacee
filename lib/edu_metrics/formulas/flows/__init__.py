"""
Stocks and flows: how a year's decisions move what a plan promises.

Each module has one account of people, places or money: an equation that moves it on by one year,
exact inverses where there are any, and what it assumes. ``FLOWS`` holds those that a definition
may name.
"""

from __future__ import annotations

from edu_metrics.formulas.flows.cohorts import (
    Cohorts,
    Grades,
    next_cohorts,
    next_grades,
    start_cohorts,
    transfers_explaining,
)
from edu_metrics.formulas.flows.crossing import Crossing, pupils_to_cross
from edu_metrics.formulas.flows.exams import (
    ExamRates,
    mean_and_spread,
    next_exam,
    rate_above,
    shift_for_rate,
    start_exam,
)
from edu_metrics.formulas.flows.kindergartens import (
    Kindergartens,
    PlacesNeeded,
    affordable_private_share,
    next_kindergartens,
    places_for,
    start_kindergartens,
)
from edu_metrics.formulas.flows.money import (
    Spending,
    growth_for_both_rules,
    next_spending,
    start_spending,
)
from edu_metrics.formulas.flows.myopia import (
    MyopiaByGrade,
    fastest_fall,
    new_cases_cut_for,
    next_myopia,
    risk_behind,
    start_myopia,
)
from edu_metrics.formulas.flows.registry import FLOWS, Flow, LeverUnit
from edu_metrics.formulas.flows.selection import (
    general_share_for,
    general_share_of_entrants,
    rate_after_selection,
)
from edu_metrics.formulas.flows.seniors import SeniorStage, next_seniors, start_seniors
from edu_metrics.formulas.flows.teachers import (
    TeacherStock,
    entrants_share_for,
    new_posts_for,
    next_teachers,
    start_teachers,
    upgrades_for,
)

__all__ = [
    "FLOWS",
    "Cohorts",
    "Crossing",
    "ExamRates",
    "Flow",
    "Grades",
    "Kindergartens",
    "LeverUnit",
    "MyopiaByGrade",
    "PlacesNeeded",
    "SeniorStage",
    "Spending",
    "TeacherStock",
    "affordable_private_share",
    "entrants_share_for",
    "fastest_fall",
    "general_share_for",
    "general_share_of_entrants",
    "growth_for_both_rules",
    "mean_and_spread",
    "new_cases_cut_for",
    "new_posts_for",
    "next_cohorts",
    "next_exam",
    "next_grades",
    "next_kindergartens",
    "next_myopia",
    "next_seniors",
    "next_spending",
    "next_teachers",
    "places_for",
    "pupils_to_cross",
    "rate_above",
    "rate_after_selection",
    "risk_behind",
    "shift_for_rate",
    "start_cohorts",
    "start_exam",
    "start_kindergartens",
    "start_myopia",
    "start_seniors",
    "start_spending",
    "start_teachers",
    "transfers_explaining",
    "upgrades_for",
]
