"""
What is defined: sources, areas, quantities, indicators, plans, breaks, assumptions, studies.

Definitions are strict YAML files; :func:`load_catalog` reads them when it is called, never at
import, and reports every fault at once.
"""

from edu_metrics.catalog.base import Bound, Citation, Text
from edu_metrics.catalog.knowledge import (
    Irreversible,
    Knowledge,
    NormPace,
    PartsOfWhole,
    Selection,
    SourceEnd,
    TargetElsewhere,
)
from edu_metrics.catalog.loading import Catalog, find_root, load_catalog
from edu_metrics.catalog.models import (
    Area,
    AreaFamily,
    Assumption,
    Break,
    FileInput,
    Indicator,
    Input,
    PackageInput,
    Parameter,
    Quantity,
    Relation,
    SimulatedInput,
    Source,
    Study,
)
from edu_metrics.catalog.names import plain
from edu_metrics.catalog.reading_yaml import nearest
from edu_metrics.catalog.reference_classes import (
    Counts,
    Fastest,
    GainCell,
    PanelBreak,
    PanelInput,
    ReferenceClass,
)
from edu_metrics.catalog.targets import (
    AverageChange,
    Baseline,
    Condition,
    EachYear,
    Frequency,
    Level,
    Plan,
    Rank,
    Reading,
    SumOverYears,
    Target,
    TotalChange,
    YearlyChange,
)

__all__ = [
    "Area",
    "AreaFamily",
    "Assumption",
    "AverageChange",
    "Baseline",
    "Bound",
    "Break",
    "Catalog",
    "Citation",
    "Condition",
    "Counts",
    "EachYear",
    "Fastest",
    "FileInput",
    "Frequency",
    "GainCell",
    "Indicator",
    "Input",
    "Irreversible",
    "Knowledge",
    "Level",
    "NormPace",
    "PackageInput",
    "PanelBreak",
    "PanelInput",
    "Parameter",
    "PartsOfWhole",
    "Plan",
    "Quantity",
    "Rank",
    "Reading",
    "ReferenceClass",
    "Relation",
    "Selection",
    "SimulatedInput",
    "Source",
    "SourceEnd",
    "Study",
    "SumOverYears",
    "Target",
    "TargetElsewhere",
    "Text",
    "TotalChange",
    "YearlyChange",
    "find_root",
    "load_catalog",
    "nearest",
    "plain",
]
