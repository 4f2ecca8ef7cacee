"""
Which model the reports use, and how far its probabilities may go.

Both were chosen once, on the development panels together; docs/decisions has the tables.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["CAP", "COVERED_PCT", "DEFAULT_MODEL", "FLOOR", "TOGETHER_PCT", "stated"]

#: The smallest CRPS over all development panels.
DEFAULT_MODEL = "level_with_drift"
#: No probability above this is stated: beyond it the reliability table has too few cases.
CAP = 0.8
#: None below this: among what was called rarer, it came more often.
FLOOR = 0.01
#: What the default's 80 % intervals held in the back-test of the quiet development panels
#: together, one, two and three years ahead (docs/methods.md). [percent]
COVERED_PCT = (81.4, 81.2, 81.2)
#: From this share of common variance on a panel is said to move together. [percent]
TOGETHER_PCT = 10.0


def stated(probabilities: Any) -> NDArray[np.float64]:
    """
    Keep probabilities within what the reliability table supports.

    Parameters
    ----------
    probabilities : array_like
        Shares of draws, 0-1.

    Returns
    -------
    ndarray
        Probabilities that may be printed, 0-1.
    """
    return np.asarray(np.clip(np.asarray(probabilities, dtype=float), FLOOR, CAP))
