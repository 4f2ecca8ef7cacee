"""The rules, one function per kind of finding: the context in, findings out."""

from collections.abc import Callable, Iterable

from edu_metrics.plan_audit.context import PlanContext
from edu_metrics.plan_audit.findings import Finding
from edu_metrics.plan_audit.rules.boundaries import unstated_boundaries
from edu_metrics.plan_audit.rules.contradictions import (
    one_allows_what_the_other_forbids,
    part_against_whole,
    subset_above_whole,
    two_bases,
)
from edu_metrics.plan_audit.rules.definitions import (
    one_name_two_indicators,
    one_thing_two_names,
    readings_on_other_indicators,
)
from edu_metrics.plan_audit.rules.districts import (
    areas_left_out,
    rank_among_few,
    whole_without_parts,
)
from edu_metrics.plan_audit.rules.higher_levels import pace_beyond_norm, targets_elsewhere
from edu_metrics.plan_audit.rules.impossible import (
    irreversible_condition,
    level_and_pace,
    pace_meets_limit,
    reading_that_nothing_keeps,
)
from edu_metrics.plan_audit.rules.joint import (
    funds_over_years,
    paces_of_one_whole,
    selection_moves_rate,
    share_of_rest,
    total_and_per_head,
)
from edu_metrics.plan_audit.rules.readings import ambiguous_readings
from edu_metrics.plan_audit.rules.record import (
    base_against_areas_above,
    pace_beyond_record,
    remainder_that_must_go,
)
from edu_metrics.plan_audit.rules.table_article import change_against_levels
from edu_metrics.plan_audit.rules.time_base import areas_in_turn, open_steps, settled_years
from edu_metrics.plan_audit.rules.unmeasurable import (
    breaks_inside,
    no_baseline,
    no_date,
    no_measure,
    sources_that_end,
    undecided_readings,
    undefined_standards,
    unverified_parameters,
)
from edu_metrics.plan_audit.rules.vacuous import (
    already_at_the_limit,
    cannot_fail,
    floor_that_may_stand_still,
    rate_beyond_100,
    smallest_movement,
    smallest_rise,
)
from edu_metrics.plan_audit.rules.whole_numbers import (
    all_of_persons,
    all_of_units,
    growth_of_small_count,
    share_of_small_count,
)
from edu_metrics.plan_audit.rules.wholes import whole_from_parts

__all__ = ["RULES"]

RULES: tuple[Callable[[PlanContext], Iterable[Finding]], ...] = (
    open_steps,
    areas_in_turn,
    settled_years,
    readings_on_other_indicators,
    one_thing_two_names,
    one_name_two_indicators,
    part_against_whole,
    subset_above_whole,
    two_bases,
    one_allows_what_the_other_forbids,
    change_against_levels,
    ambiguous_readings,
    unstated_boundaries,
    pace_beyond_record,
    base_against_areas_above,
    remainder_that_must_go,
    targets_elsewhere,
    pace_beyond_norm,
    no_baseline,
    no_date,
    no_measure,
    undecided_readings,
    unverified_parameters,
    undefined_standards,
    sources_that_end,
    breaks_inside,
    rank_among_few,
    areas_left_out,
    whole_without_parts,
    smallest_movement,
    smallest_rise,
    floor_that_may_stand_still,
    already_at_the_limit,
    cannot_fail,
    rate_beyond_100,
    level_and_pace,
    pace_meets_limit,
    whole_from_parts,
    irreversible_condition,
    reading_that_nothing_keeps,
    share_of_rest,
    paces_of_one_whole,
    selection_moves_rate,
    total_and_per_head,
    funds_over_years,
    growth_of_small_count,
    share_of_small_count,
    all_of_units,
    all_of_persons,
)
