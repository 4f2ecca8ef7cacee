"""
Numbers in, numbers out, each cited.

A formula takes counts (or, where its name says so, percentages 0-100), refuses what lies
outside its domain with what to use instead, and knows nothing of areas, plans or files. One
kind goes in and the same kind comes out: a number, an array or a Series. ``FORMULAS`` holds
those that an indicator definition may name.
"""

from __future__ import annotations

from edu_metrics.formulas.change import (
    annual_rate_from_slope,
    attainment_level,
    average_annual_rate_of_change,
    average_annual_rate_of_reduction,
)
from edu_metrics.formulas.decomposition import Decomposition, RateDecomposition, decompose, kitagawa
from edu_metrics.formulas.enrolment import (
    FlowRates,
    ReconstructedCohort,
    cohort_retention,
    flow_rates,
    gross_enrolment,
    learning_poverty,
    net_enrolment,
    reconstructed_cohort,
)
from edu_metrics.formulas.inequality import (
    adjusted_parity_index,
    atkinson,
    coefficient_of_variation,
    difference_coefficient,
    gini,
    parity_index,
    theil,
)
from edu_metrics.formulas.intervals import (
    RateInterval,
    chance_of_move,
    jeffreys_interval,
    pupils_needed,
    rate_error,
    smallest_visible_change,
    wilson_interval,
    years_until_visible,
)
from edu_metrics.formulas.probability import brier_score, common_variance_pct, crps
from edu_metrics.formulas.registry import FORMULAS, Formula, Pooling
from edu_metrics.formulas.resources import (
    average_class_size,
    count_large_classes,
    large_class_share,
    per_head,
    pupil_teacher_ratio,
    ratio,
)
from edu_metrics.formulas.scores import (
    excellence_rate_from_scores,
    low_score_rate_from_scores,
    pass_rate_from_scores,
    rate_at_or_above,
    rate_below,
)
from edu_metrics.formulas.shares import (
    as_published,
    count,
    coverage,
    largest_count_for,
    pooled_share,
    qualification_share,
    share,
    smallest_count_after_growth,
    smallest_count_for,
)

__all__ = [
    "FORMULAS",
    "Decomposition",
    "FlowRates",
    "Formula",
    "Pooling",
    "RateDecomposition",
    "RateInterval",
    "ReconstructedCohort",
    "adjusted_parity_index",
    "annual_rate_from_slope",
    "as_published",
    "atkinson",
    "attainment_level",
    "average_annual_rate_of_change",
    "average_annual_rate_of_reduction",
    "average_class_size",
    "brier_score",
    "chance_of_move",
    "coefficient_of_variation",
    "cohort_retention",
    "common_variance_pct",
    "count",
    "count_large_classes",
    "coverage",
    "crps",
    "decompose",
    "difference_coefficient",
    "excellence_rate_from_scores",
    "flow_rates",
    "gini",
    "gross_enrolment",
    "jeffreys_interval",
    "kitagawa",
    "large_class_share",
    "largest_count_for",
    "learning_poverty",
    "low_score_rate_from_scores",
    "net_enrolment",
    "parity_index",
    "pass_rate_from_scores",
    "per_head",
    "pooled_share",
    "pupil_teacher_ratio",
    "pupils_needed",
    "qualification_share",
    "rate_at_or_above",
    "rate_below",
    "rate_error",
    "ratio",
    "reconstructed_cohort",
    "share",
    "smallest_count_after_growth",
    "smallest_count_for",
    "smallest_visible_change",
    "theil",
    "wilson_interval",
    "years_until_visible",
]
