"""
Intake of tables as researchers have them: workbooks and text, wide or long, repaired cell by cell.

Every repair is a row of a log; whatever is not understood stops the intake with all such cells
named, and nothing is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edu_metrics.late import late

if TYPE_CHECKING:
    from edu_metrics.observations.intake.figures import Intake, read_log, read_table
    from edu_metrics.observations.intake.header import split_unit
    from edu_metrics.observations.intake.log import LOG_HEADER, Log
    from edu_metrics.observations.intake.mapping import Mapping, read_mapping
    from edu_metrics.observations.intake.storing import TakenIn, take_in, undone
    from edu_metrics.observations.intake.template import write_template
    from edu_metrics.observations.printed import bare, is_total

__all__, __getattr__, __dir__ = late(__name__)
