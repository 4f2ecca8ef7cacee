"""
The formulas that an indicator definition may name.

Only formulas whose arguments are one number for each area and year are listed; those that take
a distribution or a list of schools are called from code.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from edu_metrics.formulas.enrolment import cohort_retention, gross_enrolment, net_enrolment
from edu_metrics.formulas.inequality import parity_index
from edu_metrics.formulas.resources import (
    average_class_size,
    large_class_share,
    per_head,
    pupil_teacher_ratio,
    ratio,
)
from edu_metrics.formulas.shares import as_published, count, coverage, qualification_share, share

#: How the value of several areas together is found: from their pooled counts, as a sum, or not.
Pooling: TypeAlias = Literal["counts", "sum", "none"]


@dataclass(frozen=True, slots=True)
class Formula:
    """
    One formula and what a definition has to know of it.

    Attributes
    ----------
    name : str
        Name by which definitions call it.
    function : callable
        The formula itself.
    arguments : tuple of str
        Names of its arguments, in order; an indicator gives a quantity for each.
    may_pass_100 : bool
        False for a share, whose bounds lie within 0-100. True where the formula itself sets no
        upper limit.
    pooling : {"counts", "sum", "none"}
        For several areas together: pool each argument and apply the formula, add up the results,
        or neither.
    """

    name: str
    function: Callable[..., Any]
    arguments: tuple[str, ...]
    may_pass_100: bool
    pooling: Pooling


def _entry(function: Callable[..., Any], pooling: Pooling, *, may_pass_100: bool) -> Formula:
    name = function.__name__
    return Formula(
        name, function, tuple(inspect.signature(function).parameters), may_pass_100, pooling
    )


_ENTRIES = (
    _entry(as_published, "none", may_pass_100=True),
    _entry(average_class_size, "counts", may_pass_100=True),
    _entry(cohort_retention, "counts", may_pass_100=True),
    _entry(count, "sum", may_pass_100=True),
    _entry(coverage, "counts", may_pass_100=False),
    _entry(gross_enrolment, "counts", may_pass_100=True),
    _entry(large_class_share, "counts", may_pass_100=False),
    _entry(net_enrolment, "counts", may_pass_100=False),
    # Its arguments are rates already: the counts behind them are out of reach.
    _entry(parity_index, "none", may_pass_100=True),
    _entry(per_head, "counts", may_pass_100=True),
    _entry(pupil_teacher_ratio, "counts", may_pass_100=True),
    _entry(qualification_share, "counts", may_pass_100=False),
    _entry(ratio, "counts", may_pass_100=True),
    _entry(share, "counts", may_pass_100=False),
)

#: Read-only: a new formula is a reviewed change.
FORMULAS: Mapping[str, Formula] = MappingProxyType({entry.name: entry for entry in _ENTRIES})
