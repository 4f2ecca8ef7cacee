"""What every flow equation asks of its arguments: finite numbers within their domain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from edu_metrics.errors import DataError

__all__ = ["Amount", "Floats", "as_floats", "within"]

Floats: TypeAlias = npt.NDArray[np.float64]
#: One number, or one for each draw.
Amount: TypeAlias = "float | npt.NDArray[np.float64]"

_AT_LEAST_ZERO, _PERCENT = "0 or more", "0 to 100"


def as_floats(flow: str, given: Mapping[str, Any]) -> dict[str, Floats]:
    """
    Take numbers or arrays as float arrays.

    Parameters
    ----------
    flow : str
        Name of the calling equation, for the message.
    given : mapping
        Arguments by name.

    Returns
    -------
    dict of str to ndarray
        The same numbers.

    Raises
    ------
    DataError
        With every argument that is no number or not finite.
    """
    arrays: dict[str, Floats] = {}
    faults = []
    for name, value in given.items():
        array = np.asarray(value)
        if array.dtype.kind not in "iuf" or not np.all(np.isfinite(array)):
            faults.append(f"{name}: expected finite numbers, found {value!r}")
        else:
            arrays[name] = array.astype(np.float64)
    if faults:
        raise DataError(f"{flow}: give every number, without gaps", faults)
    return arrays


def within(
    flow: str,
    *,
    counts: Mapping[str, Any] | None = None,
    percents: Mapping[str, Any] | None = None,
    free: Mapping[str, Any] | None = None,
) -> dict[str, Floats]:
    """
    Take arguments and hold each kind against its domain.

    Parameters
    ----------
    flow : str
        Name of the calling equation, for the message.
    counts : mapping, optional
        Arguments that are 0 or more. [persons, places or money]
    percents : mapping, optional
        Arguments within 0-100. [percent, 0-100]
    free : mapping, optional
        Arguments of either sign.

    Returns
    -------
    dict of str to ndarray
        All of them.

    Raises
    ------
    DataError
        With every argument outside its domain.
    """
    arrays = as_floats(flow, {**(counts or {}), **(percents or {}), **(free or {})})
    faults = []
    for names, high, domain in (
        (counts or {}, np.inf, _AT_LEAST_ZERO),
        (percents or {}, 100.0, _PERCENT),
    ):
        for name in names:
            values = arrays[name]
            # Computed shares may leave their domain by the last bits.
            if np.any(values < -1e-9) or np.any(values > high * (1 + 1e-12)):
                found = f"{float(values.min()):g} to {float(values.max()):g}"
                faults.append(f"{name}: expected {domain}, found {found}")
    if faults:
        raise DataError(f"{flow}: numbers outside their domain", faults)
    return arrays
