"""What a target would take in people or things: so many more a year than come of themselves."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edu_metrics.errors import ProjectionError
from edu_metrics.reachability.agreeing import UnforeseenError
from edu_metrics.reachability.evidence import counts_whole
from edu_metrics.reachability.needs import EVEN, MORE_A_YEAR, SURE, LeverNeed, Taking
from edu_metrics.reachability.open_promise import OpenPromise
from edu_metrics.trajectories import stated
from edu_metrics.trajectories.mechanisms import Lever, Setting, smallest_setting

__all__ = ["by_count"]


def by_count(blank: Taking, case: OpenPromise, *, sure: bool) -> Taking:
    """
    Count who must be added each year to what comes of itself.

    Parameters
    ----------
    blank : Taking
        What is known so far.
    case : OpenPromise
        What is still open.
    sure : bool
        Whether the setting for 0.8 is looked for as well.

    Returns
    -------
    Taking
        With the smallest numbers, or why there are none. They are looked for among the draws as
        they are; a probability that is told is kept within what the track record supports.
    """
    found, indicator = case.assessment, case.indicator
    record = case.evidence.record(indicator.id, found.area)
    start, value = int(found.last_year or 0), float(found.last_value or 0.0)
    falling = indicator.better == "lower"
    if found.start == "observed" and indicator.bounds == (0, 100) and start in record.counts:
        numerator, whole = record.counts[start]
        most = math.floor(numerator if falling else whole - numerator)
        each = 100 / whole
    elif found.start == "observed" and counts_whole(indicator) and found.level is not None:
        each, most = 1.0, 10 + 3 * math.ceil(abs(found.level.gap(value)))
    else:
        return replace(blank, reason="no_count", missing=found.missing)
    try:
        trend = case.evidence.trajectory(indicator.id, found.area, case.years[-1])
        base = np.stack([trend.at(year) for year in case.years], axis=1)
        standing_still = False
    except UnforeseenError:
        return replace(blank, reason="bound_unforeseen")
    except ProjectionError:
        base, standing_still = np.full((1, len(case.years)), value), True
    growing = np.arange(1, len(case.years) + 1) * each * (-1 if falling else 1)

    def part(more: float) -> float:
        moved: NDArray[np.float64] = np.asarray(base + more * growing, dtype=np.float64)
        # A count comes to whole persons; dust must not ask for one more.
        return float(np.mean(case.kept(np.round(moved, 9))))

    def chance(more: float) -> float:
        # With nobody added this is the target's own, and there is one of those.
        own = found.probability_raw
        return part(more) if more or own is None else own

    if standing_still:
        every = case.kept(np.round(base + np.arange(most + 1)[:, None] * growing, 9))
        setting = _first(np.flatnonzero(every))
        need = LeverNeed(
            MORE_A_YEAR, "persons", 0.0, float(most), setting, setting if sure else None
        )
        return replace(blank, kind="count", needs=(need,), standing_still=True)

    lever = Lever(MORE_A_YEAR, "persons", 0.0, 0.0, float(most), whole=True)
    even = smallest_setting(lever, chance, EVEN)
    likely = smallest_setting(lever, chance, SURE) if sure else None
    even, likely = _stated(even), None if likely is None else _stated(likely)
    need = LeverNeed(MORE_A_YEAR, "persons", 0.0, float(most), even, likely)
    return replace(blank, kind="count", needs=(need,))


def _first(enough: NDArray[np.int64]) -> Setting:
    """Give the smallest number of those that are enough, where nothing is left to chance."""
    if not enough.size:
        return Setting(MORE_A_YEAR, None, 0.0, "beyond_bounds")
    more = float(enough[0])
    return Setting(MORE_A_YEAR, more, 1.0, "found" if more else "usual_is_enough")


def _stated(setting: Setting) -> Setting:
    return replace(setting, probability=float(stated(setting.probability)))
