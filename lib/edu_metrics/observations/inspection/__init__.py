"""Look at the numbers themselves before anything is made of them: what is possible, and odd."""

from edu_metrics.observations.inspection.rules import ENDED_YEARS, Finding, Panel, look_at
from edu_metrics.observations.inspection.tables import (
    finding_as_row,
    finding_of_row,
    inspect_table,
    name_of,
    rows_of,
    what_is_odd,
)
