"""What may come: draws from trends, and paths that a plan prescribes."""

from edu_metrics.trajectories.paths import baselines_that_reach, constant_pace, constant_rate
from edu_metrics.trajectories.scales import Scale, from_scale, scale_for, to_scale
from edu_metrics.trajectories.trends import Spread, Trajectory, no_change, spread_of

__all__ = [
    "Scale",
    "Spread",
    "Trajectory",
    "baselines_that_reach",
    "constant_pace",
    "constant_rate",
    "from_scale",
    "no_change",
    "scale_for",
    "spread_of",
    "to_scale",
]
