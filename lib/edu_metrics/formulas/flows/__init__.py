"""
Stocks and flows: how a year's decisions move what a plan promises.

Each module has one account of people, places or money: an equation that moves it on by one year,
exact inverses where there are any, and what it assumes. ``FLOWS`` holds those that a definition
may name.
"""

from __future__ import annotations

from edu_metrics.formulas.flows.exams import (
    Crossing,
    ExamRates,
    mean_and_spread,
    next_exam,
    pupils_to_cross,
    rate_above,
    rate_after_selection,
    start_exam,
)
from edu_metrics.formulas.flows.myopia import (
    MyopiaByGrade,
    fastest_fall,
    next_myopia,
    risk_behind,
    start_myopia,
)
from edu_metrics.formulas.flows.provision import (
    Kindergartens,
    Spending,
    TeacherStock,
    affordable_private_share,
    next_kindergartens,
    next_spending,
    next_teachers,
    start_kindergartens,
    start_spending,
    start_teachers,
)
from edu_metrics.formulas.flows.pupils import (
    Cohorts,
    Grades,
    SeniorStage,
    next_cohorts,
    next_grades,
    next_seniors,
    start_cohorts,
    start_seniors,
    transfers_explaining,
)
from edu_metrics.formulas.flows.registry import FLOWS, Flow, LeverUnit

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
    "SeniorStage",
    "Spending",
    "TeacherStock",
    "affordable_private_share",
    "fastest_fall",
    "mean_and_spread",
    "next_cohorts",
    "next_exam",
    "next_grades",
    "next_kindergartens",
    "next_myopia",
    "next_seniors",
    "next_spending",
    "next_teachers",
    "pupils_to_cross",
    "rate_above",
    "rate_after_selection",
    "risk_behind",
    "start_cohorts",
    "start_exam",
    "start_kindergartens",
    "start_myopia",
    "start_seniors",
    "start_spending",
    "start_teachers",
    "transfers_explaining",
]
