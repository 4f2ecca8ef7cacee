"""
Published status rules, side by side.

Each rule is a pure function of years and values, cited, with what is inferred or ours
named as such. They are shown beside our verdict because others use them, and so that a reader sees
why one history gets several verdicts; none of them enters our verdict.

Rules whose thresholds were not read at their source (UNESCO's four speeds, ESCAP's, OECD's, the GBD
share of draws, Eurostat's own) are not here.
"""

from edu_metrics.reachability.status_rules.answers import Answer, Rule, Unable
from edu_metrics.reachability.status_rules.table import Stance, StatusTable, Why, stance_of
