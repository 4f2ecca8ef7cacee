"""What may come: the forecast and its back-test, and paths that a plan prescribes."""

from edu_metrics.catalog.priors import Prior, load_priors, prior_of
from edu_metrics.trajectories.backtest import (
    BandScore,
    EventScore,
    ModelScore,
    PersonsScore,
    YearScore,
    backtest,
)
from edu_metrics.trajectories.default import (
    CAP,
    FLOOR,
    TOGETHER_PCT,
    TOO_FAR_YEARS,
    TRIED_YEARS,
    Calibration,
    held80_pct,
    stated,
)
from edu_metrics.trajectories.drawing import Law, Trajectory
from edu_metrics.trajectories.panels import Panel, common_share_pct, read_panels, to_panels
from edu_metrics.trajectories.paths import (
    baselines_that_reach,
    constant_pace,
    constant_rate,
    fixed_target,
    percent_of_baseline,
)
from edu_metrics.trajectories.projecting import MODEL, Projection, project
from edu_metrics.trajectories.scales import Scale, from_scale, scale_for, to_scale

__all__ = [
    "CAP",
    "FLOOR",
    "MODEL",
    "TOGETHER_PCT",
    "TOO_FAR_YEARS",
    "TRIED_YEARS",
    "BandScore",
    "Calibration",
    "EventScore",
    "Law",
    "ModelScore",
    "Panel",
    "PersonsScore",
    "Prior",
    "Projection",
    "Scale",
    "Trajectory",
    "YearScore",
    "backtest",
    "baselines_that_reach",
    "common_share_pct",
    "constant_pace",
    "constant_rate",
    "fixed_target",
    "from_scale",
    "held80_pct",
    "load_priors",
    "percent_of_baseline",
    "prior_of",
    "project",
    "read_panels",
    "scale_for",
    "stated",
    "to_panels",
    "to_scale",
]
