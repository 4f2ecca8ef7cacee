"""
Published status rules, side by side.

Each rule is a pure function of years and values, cited, with what is inferred or ours
named as such. They are shown beside our verdict because others use them, and so that a reader sees
why one history gets several verdicts; none of them enters our verdict.

Rules whose thresholds were not read at their source (UNESCO's four speeds, ESCAP's, OECD's, the GBD
share of draws, Eurostat's own) are not here.
"""

from edu_metrics.reachability.status_rules.answers import Answer, Rule, Unable
from edu_metrics.reachability.status_rules.growth_rules import (
    OpenSdg,
    UnChart,
    limit_factor,
    open_sdg,
    open_sdg_of_several,
    open_sdg_without_target,
    un_chart,
    unicef_aarr,
)
from edu_metrics.reachability.status_rules.linear_rules import (
    Arrow,
    Weather,
    german_each_year,
    german_weather,
    inep_attainment,
    inep_execution,
    next_target,
    sdr_arrow,
)
from edu_metrics.reachability.status_rules.pace_of_progress import (
    Band,
    PaceModel,
    fit_pace,
    pace_percentile,
    pace_speed,
)
from edu_metrics.reachability.status_rules.table import (
    Case,
    Clause,
    Stance,
    StatusTable,
    Why,
    answers_of,
    stance_of,
    status_table,
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
    "german_each_year",
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
    "sdr_arrow",
    "stance_of",
    "status_table",
    "un_chart",
    "unicef_aarr",
]
