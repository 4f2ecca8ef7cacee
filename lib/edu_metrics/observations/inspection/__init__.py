"""Look at the numbers themselves before anything is made of them: what is possible, and odd."""

from edu_metrics.observations.inspection.panel import Finding, Panel
from edu_metrics.observations.inspection.rules import ENDED_YEARS, look_at
from edu_metrics.observations.inspection.sentences import finding_as_row, name_of, what_is_odd
from edu_metrics.observations.inspection.tables import inspect_table, rows_of
