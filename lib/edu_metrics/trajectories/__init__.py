"""What may come: trend models and their calibration, and paths that a plan prescribes."""

from edu_metrics.trajectories.backtest import BandScore, EventScore, ModelScore, YearScore, backtest
from edu_metrics.trajectories.default import (
    CAP,
    COVERED_PCT,
    DEFAULT_MODEL,
    FLOOR,
    TOGETHER_PCT,
    stated,
)
from edu_metrics.trajectories.drawing import Trajectory
from edu_metrics.trajectories.error_tables import FEW_AREAS, CalibratedOn
from edu_metrics.trajectories.panels import Panel, common_share_pct, read_panels, to_panels
from edu_metrics.trajectories.paths import baselines_that_reach, constant_pace, constant_rate
from edu_metrics.trajectories.projecting import Projection, project
from edu_metrics.trajectories.scales import Scale, from_scale, scale_for, to_scale

__all__ = [
    "CAP",
    "COVERED_PCT",
    "DEFAULT_MODEL",
    "FEW_AREAS",
    "FLOOR",
    "TOGETHER_PCT",
    "BandScore",
    "CalibratedOn",
    "EventScore",
    "ModelScore",
    "Panel",
    "Projection",
    "Scale",
    "Trajectory",
    "YearScore",
    "backtest",
    "baselines_that_reach",
    "common_share_pct",
    "constant_pace",
    "constant_rate",
    "from_scale",
    "project",
    "read_panels",
    "scale_for",
    "stated",
    "to_panels",
    "to_scale",
]
