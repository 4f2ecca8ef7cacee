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
from edu_metrics.formulas.cohorts import (
    FlowRates,
    ReconstructedCohort,
    flow_rates,
    reconstructed_cohort,
)
from edu_metrics.formulas.composition import RateDecomposition, kitagawa
from edu_metrics.formulas.decomposition import Decomposition, decompose
from edu_metrics.formulas.enrolment import (
    cohort_retention,
    gross_enrolment,
    learning_poverty,
    net_enrolment,
)
from edu_metrics.formulas.forecasts import brier_score, common_variance_pct, crps
from edu_metrics.formulas.inequality import (
    atkinson,
    coefficient_of_variation,
    difference_coefficient,
    gini,
    theil,
)
from edu_metrics.formulas.intervals import RateInterval, jeffreys_interval, wilson_interval
from edu_metrics.formulas.noise import (
    chance_of_move,
    pupils_needed,
    rate_error,
    smallest_visible_change,
    years_until_visible,
)
from edu_metrics.formulas.parity import adjusted_parity_index, parity_index
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
    pooled_share,
    qualification_share,
    share,
)
from edu_metrics.formulas.whole_counts import (
    largest_count_for,
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
