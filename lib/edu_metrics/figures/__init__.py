"""What it looks like: each plot takes an Axes and plain numbers, and returns the Axes."""

from edu_metrics.errors import require_extra

require_extra("reports", "matplotlib")

from edu_metrics.figures._marks import Fan, Promise
from edu_metrics.figures.audit import describe_baselines, describe_links, plot_baselines, plot_links
from edu_metrics.figures.bars import Bar, describe_tornado, plot_contributions, plot_tornado
from edu_metrics.figures.courses import CourseLine, describe_courses, plot_courses
from edu_metrics.figures.describing import (
    describe_areas,
    describe_availability,
    describe_contributions,
    describe_outlook,
    describe_verdicts,
)
from edu_metrics.figures.frame_plots import (
    plot_calibration,
    plot_fan,
    plot_paths,
    plot_precedents,
    plot_small_multiples,
)
from edu_metrics.figures.outlook import OUTLOOK_PARTS, outlook_legend, plot_outlook
from edu_metrics.figures.output import (
    as_html,
    new_figure,
    small_multiples,
    table_height,
    to_png,
    to_svg,
)
from edu_metrics.figures.overview import (
    AVAILABILITY_STATES,
    plot_areas,
    plot_availability,
    plot_verdicts,
)
from edu_metrics.figures.style import (
    COLOURS,
    HATCHED,
    LINE_STYLES,
    VERDICT_COLOURS,
    VERDICT_MARKS,
    register_fonts,
    use_style,
)
from edu_metrics.figures.track import (
    Said,
    describe_coverage,
    describe_places,
    describe_reliability,
    plot_coverage,
    plot_places,
    plot_reliability,
)

__all__ = [
    "AVAILABILITY_STATES",
    "COLOURS",
    "HATCHED",
    "LINE_STYLES",
    "OUTLOOK_PARTS",
    "VERDICT_COLOURS",
    "VERDICT_MARKS",
    "Bar",
    "CourseLine",
    "Fan",
    "Promise",
    "Said",
    "as_html",
    "describe_areas",
    "describe_availability",
    "describe_baselines",
    "describe_contributions",
    "describe_courses",
    "describe_coverage",
    "describe_links",
    "describe_outlook",
    "describe_places",
    "describe_reliability",
    "describe_tornado",
    "describe_verdicts",
    "new_figure",
    "outlook_legend",
    "plot_areas",
    "plot_availability",
    "plot_baselines",
    "plot_calibration",
    "plot_contributions",
    "plot_courses",
    "plot_coverage",
    "plot_fan",
    "plot_links",
    "plot_outlook",
    "plot_paths",
    "plot_places",
    "plot_precedents",
    "plot_reliability",
    "plot_small_multiples",
    "plot_tornado",
    "plot_verdicts",
    "register_fonts",
    "small_multiples",
    "table_height",
    "to_png",
    "to_svg",
    "use_style",
]
