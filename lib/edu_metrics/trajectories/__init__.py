"""What may come: the forecast and its back-test, and paths that a plan prescribes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edu_metrics.late import late

if TYPE_CHECKING:
    from edu_metrics.trajectories.backtesting import EventScore, ModelScore, backtest
    from edu_metrics.trajectories.panels import Panel, common_share_pct, read_panels, to_panels
    from edu_metrics.trajectories.paths import (
        baselines_that_reach,
        constant_pace,
        constant_rate,
        fixed_target,
        percent_of_baseline,
    )
    from edu_metrics.trajectories.projecting import (
        CAP,
        FLOOR,
        TOGETHER_PCT,
        TOO_FAR_YEARS,
        TRIED_YEARS,
        Calibration,
        Projection,
        Trajectory,
        stated,
    )
    from edu_metrics.trajectories.scales import Scale, from_scale, scale_for, to_scale

__all__, __getattr__, __dir__ = late(__name__)
