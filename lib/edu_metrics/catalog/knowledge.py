"""
What a plan does not print and an audit needs: cited facts about indicators, never code.

A published series is an observation and stands in data/raw; here stands what no table holds: a
pace that a higher authority set, a target for the same indicator elsewhere, the day on which a
data source ended, a process that can't be reversed, the parts that make up a whole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from pydantic import Field, model_validator

from edu_metrics.catalog.base import Bound, Citation, Definition, Slug, Text, Year


class _Known(Definition):
    """What every piece of knowledge has: an id, a citation, and how sure it is."""

    id: Slug
    citation: Citation
    unverified: bool = False
    note: Text | None = None


class NormPace(_Known):
    """A yearly change that a higher authority set for the same indicator."""

    type: Literal["norm_pace"]
    indicator: Slug
    area: Slug
    points_per_year: float


class TargetElsewhere(_Known):
    """A target that another plan sets for the same indicator, in an area above."""

    type: Literal["target_elsewhere"]
    indicators: tuple[Slug, ...] = Field(min_length=1)
    area: Slug
    year: Year
    bound: Bound


class SourceEnd(_Known):
    """The day from which an indicator's data can't lawfully or practically be had any more."""

    type: Literal["source_end"]
    indicators: tuple[Slug, ...] = Field(min_length=1)
    from_date: dt.date
    why: Text


class Irreversible(_Known):
    """
    A condition that is not cured: the overall rate falls only as old cohorts leave.

    ``entry_pct`` and ``exit_pct`` are the rates of the youngest and the oldest cohort, and
    ``cohorts`` the number of equal cohorts in between.
    """

    type: Literal["irreversible"]
    indicator: Slug
    entry_pct: float
    exit_pct: float
    cohorts: int = Field(ge=1)
    area: Slug


class Selection(_Known):
    """
    A rate among a selected part of a cohort: it moves when the selection moves.

    ``shares_pct`` are illustrative shares of the cohort that are selected, the first one now.
    """

    type: Literal["selection"]
    indicator: Slug
    by: Slug
    shares_pct: tuple[float, ...] = Field(min_length=2)


class PartsOfWhole(_Known):
    """
    Indicators of parts whose weighted mean is the indicator of the whole.

    Each entry of ``weights`` is one possible set of sizes, in the order of ``parts``: where the
    parts' limits are open (which grades are the lower ones?), there are several.
    """

    type: Literal["parts_of_whole"]
    whole: Slug | None
    parts: tuple[Slug, ...] = Field(min_length=2)
    weights: tuple[tuple[float, ...], ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_weight_a_part(self) -> PartsOfWhole:
        if any(len(weights) != len(self.parts) for weights in self.weights):
            raise ValueError(f"weights: expected {len(self.parts)} in each set, one a part")
        return self


Knowledge = NormPace | TargetElsewhere | SourceEnd | Irreversible | Selection | PartsOfWhole

#: The classes by the ``type`` that an entry names.
KNOWLEDGE_TYPES: Mapping[str, type[Knowledge]] = MappingProxyType(
    {
        "norm_pace": NormPace,
        "target_elsewhere": TargetElsewhere,
        "source_end": SourceEnd,
        "irreversible": Irreversible,
        "selection": Selection,
        "parts_of_whole": PartsOfWhole,
    }
)
