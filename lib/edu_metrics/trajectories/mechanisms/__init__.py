"""
Mechanisms: flow equations with levers, uncertain rates, and an inverse.

The equations stand in :mod:`edu_metrics.formulas.flows`; here they are run over years with drawn
rates and asked for the smallest setting that keeps a promise.
"""

from edu_metrics.trajectories.mechanisms.levers import Lever, Levers
from edu_metrics.trajectories.mechanisms.model import Mechanism, Projection
from edu_metrics.trajectories.mechanisms.rates import Rate
from edu_metrics.trajectories.mechanisms.searching import Setting, smallest_setting

__all__ = ["Lever", "Levers", "Mechanism", "Projection", "Rate", "Setting", "smallest_setting"]
