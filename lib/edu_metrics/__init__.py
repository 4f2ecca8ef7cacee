"""
Find out whether the numbers that an education plan promises can be kept.

``import edu_metrics as em`` offers what a researcher asks first, DataFrame in and DataFrame out;
each name is loaded when it is first used.

**Formulas on columns**, each cited: :func:`share`, :func:`pooled_share`,
:func:`pass_rate_from_scores`, :func:`gross_enrolment`, :func:`net_enrolment`,
:func:`cohort_retention`, :func:`pupil_teacher_ratio`, :func:`average_class_size`,
:func:`large_class_share`, :func:`per_head`, :func:`parity_index`,
:func:`average_annual_rate_of_change`.

**Questions to a table** of area, year and value, without a file: :func:`paths`, :func:`project`,
:func:`verdict`, :func:`required_pace`, :func:`years_needed`, :func:`people_behind`,
:func:`scenarios`, :func:`backtest`, :func:`decompose`, :func:`inspect`.

**Questions to a study** of a project folder: :func:`load_catalog`, :func:`load_table`,
:func:`assess`, :func:`scenarios`, :func:`sensitivity`, :func:`requirements`, :func:`joint`,
:func:`precedents`, :func:`status_rules`, :func:`audit`; and its reports: :func:`open_report`,
:func:`open_city`, :func:`make_reports`.

**Plots** that take a frame and an Axes: :func:`plot_fan`, :func:`plot_paths`,
:func:`plot_small_multiples`, :func:`plot_precedents`, :func:`plot_calibration`;
:func:`use_fonts` for figures of one's own.

**A notebook of one's own** that papermill runs: :func:`refuse_unknown_parameters`.

Whoever builds on the library finds its packages below the same name: ``em.formulas``,
``em.trajectories`` and so on.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from edu_metrics.late import late

if TYPE_CHECKING:
    from edu_metrics.batch import make_reports
    from edu_metrics.catalog import find_root
    from edu_metrics.figures.plots import (
        plot_calibration,
        plot_fan,
        plot_paths,
        plot_precedents,
        plot_small_multiples,
    )
    from edu_metrics.figures.style import use_fonts
    from edu_metrics.formulas import (
        average_annual_rate_of_change,
        average_class_size,
        cohort_retention,
        gross_enrolment,
        large_class_share,
        net_enrolment,
        parity_index,
        pass_rate_from_scores,
        per_head,
        pooled_share,
        pupil_teacher_ratio,
        share,
    )
    from edu_metrics.observations import compute
    from edu_metrics.on_frames.studies import (
        assess,
        audit,
        joint,
        load_catalog,
        load_table,
        precedents,
        requirements,
        scenarios,
        sensitivity,
        status_rules,
    )
    from edu_metrics.on_frames.tables import (
        backtest,
        decompose,
        inspect,
        paths,
        people_behind,
        project,
        required_pace,
        verdict,
        years_needed,
    )
    from edu_metrics.report.city import open_city
    from edu_metrics.report.context import open_report
    from edu_metrics.report.kinds import refuse_unknown_parameters

#: Packages that can be had by their name without an import of their own.
_PACKAGES = (
    "batch",
    "catalog",
    "errors",
    "explorer",
    "figures",
    "formulas",
    "frames",
    "observations",
    "plan_audit",
    "reachability",
    "report",
    "simulation",
    "trajectories",
    "words",
)

__all__, _find, __dir__ = late(__name__)


def __getattr__(name: str) -> Any:
    """Give a public name, or a package that was not imported yet."""
    return import_module(f"{__name__}.{name}") if name in _PACKAGES else _find(name)
