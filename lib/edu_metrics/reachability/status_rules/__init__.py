"""
Published status rules, side by side.

Each module holds one rule: pure functions of years and values, cited, with what is inferred or ours
named as such. They are shown beside our verdict because others use them, and so that a reader sees
why one history gets several verdicts; none of them enters our verdict.

Rules whose thresholds were not read at their source (UNESCO's four speeds, ESCAP's, OECD's, the GBD
share of draws, Eurostat's own) are not here.
"""

from edu_metrics.reachability.status_rules.answers import Answer, Rule, Unable
from edu_metrics.reachability.status_rules.cases import Case, Clause, answers_of
from edu_metrics.reachability.status_rules.german_weather import (
    Weather,
    german_direction,
    german_each_year,
    german_of_several,
    german_weather,
    next_target,
    weakest_bound,
)
from edu_metrics.reachability.status_rules.inep import inep_attainment, inep_execution
from edu_metrics.reachability.status_rules.open_sdg import (
    OpenSdg,
    open_sdg,
    open_sdg_of_several,
    parity_distance,
)
from edu_metrics.reachability.status_rules.open_sdg_direction import (
    limit_factor,
    open_sdg_without_target,
)
from edu_metrics.reachability.status_rules.sdr_arrow import Arrow, sdr_arrow
from edu_metrics.reachability.status_rules.table import (
    Stance,
    StatusTable,
    Why,
    stance_of,
    status_table,
)
from edu_metrics.reachability.status_rules.un_chart import (
    UnChart,
    un_chart,
    un_chart_without_target,
)
from edu_metrics.reachability.status_rules.unicef_aarr import unicef_aarr
from edu_metrics.reachability.status_rules.world_bank_pace import (
    Band,
    PaceModel,
    fit_pace,
    pace_percentile,
    pace_speed,
)

__all__ = [
    "Answer",
    "Arrow",
    "Band",
    "Case",
    "Clause",
    "OpenSdg",
    "PaceModel",
    "Rule",
    "Stance",
    "StatusTable",
    "UnChart",
    "Unable",
    "Weather",
    "Why",
    "answers_of",
    "fit_pace",
    "german_direction",
    "german_each_year",
    "german_of_several",
    "german_weather",
    "inep_attainment",
    "inep_execution",
    "limit_factor",
    "next_target",
    "open_sdg",
    "open_sdg_of_several",
    "open_sdg_without_target",
    "pace_percentile",
    "pace_speed",
    "parity_distance",
    "sdr_arrow",
    "stance_of",
    "status_table",
    "un_chart",
    "un_chart_without_target",
    "unicef_aarr",
    "weakest_bound",
]
