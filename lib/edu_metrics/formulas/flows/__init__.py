"""
Stocks and flows: how a year's decisions move what a plan promises.

Each module has one account of people, places or money: an equation that moves it on by one year,
exact inverses where there are any, and what it assumes. ``FLOWS`` holds those that a definition
may name.
"""

from __future__ import annotations

from edu_metrics.formulas.flows.exams import pupils_to_cross, rate_after_selection
from edu_metrics.formulas.flows.myopia import fastest_fall
from edu_metrics.formulas.flows.registry import FLOWS, Flow, LeverUnit

__all__ = ["FLOWS", "Flow", "LeverUnit", "fastest_fall", "pupils_to_cross", "rate_after_selection"]
