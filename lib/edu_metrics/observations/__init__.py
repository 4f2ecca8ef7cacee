"""
What was measured: the long table, its intake and its contract, and the series computed from it.

An observation is one quantity in one area and one year, with its source and status; the table has
the columns ``area, year, quantity, group, period, value, lower, upper, bound, source, status,
vintage``. A count printed in thousands lies between ``lower`` and ``upper``, half a unit of its
last digit around it; both are NaN where nothing was rounded. Vintage is the date of publication,
kept as ``datetime64[ns]`` at midnight: a revised figure stands beside the first one, and
:func:`known_by` says which was in force on a day.

Years
-----
Year t of a stock (pupils, teachers, schools) is its count in the autumn of t, when school year t
begins. Pupils who leave grade 9 in the summer of t entered grade 1 in the autumn of t - 9; those
who sit in grade 9 in the autumn of t entered in the autumn of t - 8. An indicator says so with
the lags of its inputs (9 for leavers, 8 for the stock of grade 9): nothing here shifts a year by
itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edu_metrics.late import late

if TYPE_CHECKING:
    from edu_metrics.observations.aggregating import (
        Counted,
        aggregate,
        write_counts,
        write_raw_counts,
    )
    from edu_metrics.observations.building import (
        add_to_ledger,
        build,
        processed_path,
        read_ledger,
        read_package_table,
        read_processed,
        write_processed,
    )
    from edu_metrics.observations.computing import (
        MissingInput,
        compute,
        inspect_sums,
        known_cells,
        missing_inputs,
        pooled_cells,
        provenance,
    )
    from edu_metrics.observations.disclosure import protect
    from edu_metrics.observations.inspection import (
        ENDED_YEARS,
        Finding,
        finding_as_row,
        finding_of_row,
        inspect_table,
    )
    from edu_metrics.observations.intake.storing import HEADER, read_raw_file
    from edu_metrics.observations.table import BOUNDS, COLUMNS, KEYS, STATUSES, known_by, validate

__all__, __getattr__, __dir__ = late(__name__)
