"""
What is defined: sources, areas, quantities, indicators, plans, breaks, assumptions, studies.

Definitions are strict YAML files; :func:`load_catalog` reads them when it is called, never at
import, and reports every fault at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edu_metrics.late import late

if TYPE_CHECKING:
    from edu_metrics.catalog.base import PERIODS, Bound, Citation, ids_by_name, names_of, plain
    from edu_metrics.catalog.loading import (
        Catalog,
        base_of,
        find_root,
        inherited_entries,
        load_catalog,
        notebook_of,
        shipped_root,
    )
    from edu_metrics.catalog.models import (
        Area,
        AreaFamily,
        AreaLevel,
        Assumption,
        Break,
        Correction,
        Disclosure,
        FileInput,
        Group,
        Indicator,
        Input,
        Irreversible,
        Knowledge,
        LeverRange,
        MechanismInput,
        MechanismRate,
        MechanismUse,
        NormPace,
        PackageInput,
        Parameter,
        PartsOfWhole,
        Prices,
        Quantity,
        Relation,
        Run,
        Selection,
        SimulatedInput,
        Source,
        SourceEnd,
        Study,
        TargetElsewhere,
        shipped_levels,
        study_file,
    )
    from edu_metrics.catalog.own import Settings
    from edu_metrics.catalog.priors import Prior, load_priors, prior_of
    from edu_metrics.catalog.reference_classes import (
        Counts,
        Fastest,
        GainCell,
        PanelBreak,
        PanelInput,
        ReferenceClass,
    )
    from edu_metrics.catalog.scenarios import (
        AsUsual,
        BestPeers,
        Grid,
        Halt,
        HistoricalPace,
        LeverSettings,
        OwnPace,
        Percentile,
        PromisedPace,
        ReadingPath,
        RequiredPace,
        Scenario,
        ScenarioStep,
        Shock,
        Span,
        Start,
    )
    from edu_metrics.catalog.targets import (
        Areas,
        AverageChange,
        Baseline,
        ChangeSince,
        Condition,
        EachYear,
        Frequency,
        Level,
        Milestones,
        Plan,
        Rank,
        Reading,
        Reference,
        Relative,
        SumOverYears,
        Target,
        TotalChange,
        YearlyChange,
        years_named,
    )
    from edu_metrics.words.definition import LargeUnit, Noun, Plural, Text, Unit, nearest

__all__, __getattr__, __dir__ = late(__name__)
