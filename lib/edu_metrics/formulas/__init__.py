"""
Numbers in, numbers out, each cited.

A formula takes counts (or, where its name says so, percentages 0-100), refuses what lies
outside its domain with what to use instead, and knows nothing of areas, plans or files. One
kind goes in and the same kind comes out: a number, an array or a Series. ``FORMULAS`` holds
those that an indicator definition may name: their arguments are one number for each area and year;
those that take a distribution or a list of schools are called from code. A definition may also
write its formula out, or call a function of the project's own.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

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
from edu_metrics.formulas.expressions import Expression
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

#: How the value of several areas together is found: from their pooled counts, as a sum, or not.
Pooling: TypeAlias = Literal["counts", "sum", "none"]


@dataclass(frozen=True, slots=True)
class Formula:
    """
    One formula and what a definition has to know of it.

    Attributes
    ----------
    name : str
        Name by which definitions call it.
    function : callable
        The formula itself.
    arguments : tuple of str
        Names of its arguments, in order; an indicator gives a quantity for each.
    may_pass_100 : bool
        False for a share, whose bounds lie within 0-100. True where the formula itself sets no
        upper limit.
    pooling : {"counts", "sum", "none"}
        For several areas together: pool each argument and apply the formula, add up the results,
        or neither.
    equation : Expression or None
        The same written out, where it can be: what its result measures follows from it.
    """

    name: str
    function: Callable[..., Any]
    arguments: tuple[str, ...]
    may_pass_100: bool
    pooling: Pooling
    equation: Expression | None = None


_PERCENT, _QUOTIENT, _VALUE = "100 * {} / {}", "{} / {}", "{}"


def _entry(
    function: Callable[..., Any], pooling: Pooling, equation: str, *, may_pass_100: bool
) -> Formula:
    arguments = tuple(inspect.signature(function).parameters)
    written = Expression(equation.format(*arguments))
    return Formula(function.__name__, function, arguments, may_pass_100, pooling, written)


_ENTRIES = (
    _entry(as_published, "none", _VALUE, may_pass_100=True),
    _entry(average_class_size, "counts", _QUOTIENT, may_pass_100=True),
    _entry(cohort_retention, "counts", _PERCENT, may_pass_100=True),
    _entry(count, "sum", _VALUE, may_pass_100=True),
    _entry(coverage, "counts", _PERCENT, may_pass_100=False),
    _entry(gross_enrolment, "counts", _PERCENT, may_pass_100=True),
    _entry(large_class_share, "counts", _PERCENT, may_pass_100=False),
    _entry(net_enrolment, "counts", _PERCENT, may_pass_100=False),
    # Its arguments are rates already: the counts behind them are out of reach.
    _entry(parity_index, "none", _QUOTIENT, may_pass_100=True),
    _entry(per_head, "counts", _QUOTIENT, may_pass_100=True),
    _entry(pupil_teacher_ratio, "counts", _QUOTIENT, may_pass_100=True),
    _entry(qualification_share, "counts", _PERCENT, may_pass_100=False),
    _entry(ratio, "counts", _QUOTIENT, may_pass_100=True),
    _entry(share, "counts", _PERCENT, may_pass_100=False),
)

#: Read-only: a new formula is a reviewed change.
FORMULAS: Mapping[str, Formula] = MappingProxyType({entry.name: entry for entry in _ENTRIES})
