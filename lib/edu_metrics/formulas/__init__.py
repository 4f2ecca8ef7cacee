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

from typing import TYPE_CHECKING

from edu_metrics.late import late

if TYPE_CHECKING:
    from edu_metrics.formulas.change import (
        annual_rate_from_slope,
        attainment_level,
        average_annual_rate_of_change,
        average_annual_rate_of_reduction,
        decompose,
        kitagawa,
    )
    from edu_metrics.formulas.enrolment import (
        cohort_retention,
        flow_rates,
        gross_enrolment,
        learning_poverty,
        net_enrolment,
        reconstructed_cohort,
    )
    from edu_metrics.formulas.inequality import (
        atkinson,
        coefficient_of_variation,
        difference_coefficient,
        gini,
        parity_index,
        theil,
    )
    from edu_metrics.formulas.intervals import (
        chance_of_move,
        jeffreys_interval,
        pupils_needed,
        rate_error,
        smallest_visible_change,
        wilson_interval,
        years_until_visible,
    )
    from edu_metrics.formulas.probability import brier_score, common_variance_pct, crps
    from edu_metrics.formulas.registry import FORMULAS, Formula
    from edu_metrics.formulas.shares import (
        as_published,
        average_class_size,
        count,
        count_large_classes,
        coverage,
        excellence_rate_from_scores,
        large_class_share,
        largest_count_for,
        low_score_rate_from_scores,
        pass_rate_from_scores,
        per_head,
        pooled_share,
        pupil_teacher_ratio,
        qualification_share,
        rate_at_or_above,
        rate_below,
        ratio,
        share,
        smallest_count_after_growth,
        smallest_count_for,
    )

__all__, __getattr__, __dir__ = late(__name__)
