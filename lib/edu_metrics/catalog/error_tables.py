"""How far forecasts strayed elsewhere: derived tables of errors, with where they come from."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from edu_metrics.catalog.base import Definition, Slug, Text, Year
from edu_metrics.catalog.reference_classes import PanelInput

__all__ = ["ERROR_PERCENTILES", "PLACE_LEVELS", "ErrorCell", "ErrorTable"]

#: Percentiles of the errors that are kept for readers.
ERROR_PERCENTILES = (2.5, 10, 25, 50, 75, 90, 97.5)
_TAIL = (0.0, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075)
#: Levels at which the places of errors are kept, 0-1.
PLACE_LEVELS = (
    *_TAIL,
    *(round(0.1 + 0.025 * step, 3) for step in range(33)),
    *(round(1 - level, 4) for level in reversed(_TAIL)),
)
_DUST = 1e-5

Share = Annotated[float, Field(ge=0, le=1)]
Percent = Annotated[float, Field(ge=0, le=100)]


class ErrorCell(Definition):
    """
    How far "no change" strayed so many years ahead, for one area by itself.

    ``errors`` has percentiles of outcome minus last value, in steps: an area's own typical yearly
    change on the logit scale. ``places`` has, at :data:`PLACE_LEVELS`, the place of the error
    within the Student t that the area's own past alone would give (0-1): were that right, places
    would equal levels. Each error stands with its mirror image, as a rate with its complement.
    """

    years: int = Field(ge=1)
    cases: int = Field(ge=1)
    series: int = Field(ge=1)
    errors: dict[float, float]
    places: tuple[Share, ...]

    @model_validator(mode="after")
    def _is_whole(self) -> ErrorCell:
        faults = []
        if self.series > self.cases:
            faults.append(f"series: {self.series} are more than the {self.cases} cases")
        if tuple(self.errors) != ERROR_PERCENTILES:
            wanted = ", ".join(f"{level:g}" for level in ERROR_PERCENTILES)
            faults.append(f"errors: expected the percentiles {wanted}")
        if len(self.places) != len(PLACE_LEVELS):
            faults.append(f"places: expected {len(PLACE_LEVELS)} entries, found {len(self.places)}")
        for name, values in (("errors", tuple(self.errors.values())), ("places", self.places)):
            if any(later < earlier for earlier, later in pairwise(values)):
                faults.append(f"{name}: expected rising numbers")
            whole = 0.0 if name == "errors" else 1.0
            ends = zip(values, reversed(values), strict=True)
            if any(abs(one + other - whole) > 100 * _DUST for one, other in ends):
                faults.append(f"{name}: expected each with its mirror image")
        if faults:
            raise ValueError("; ".join(faults))
        return self


class ErrorTable(Definition):
    """
    What forecasts for one area by itself came to elsewhere, and how the table was made.

    ``typical_step`` is the square root of the typical square of a yearly change on the logit
    scale, and ``weight`` the number of an area's own changes that it is worth. Errors are lent
    ``widened`` by a factor, since another publisher's panel differs from those seen.
    ``common_pct`` is the share of the variance of yearly change that areas had in common
    [percent]. ``held80_pct`` is
    what 80 % intervals held, 1, 2 and 3 years ahead, for areas in small groups of a panel whose
    publisher was left out of the table [percent]. A table serves areas without enough peers only
    if it is ``quiet``: made of panels in which areas move on their own.
    """

    id: Slug
    name: Text
    kind: Literal["quiet", "together"]
    note: Text
    made: dt.date
    command: str
    panels: tuple[PanelInput, ...] = Field(min_length=1)
    first_year: Year
    last_year: Year
    held80_pct: tuple[Percent, Percent, Percent] | None = None
    typical_step: float = Field(gt=0)
    weight: float = Field(gt=0)
    widened: float = Field(ge=1)
    common_pct: float = Field(ge=0, lt=100)
    table: tuple[ErrorCell, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _adds_up(self) -> ErrorTable:
        faults = []
        years = [cell.years for cell in self.table]
        if years != list(range(1, len(years) + 1)):
            shown = ", ".join(map(str, years))
            faults.append(f"table: expected 1, 2, ... years ahead in order, found {shown}")
        if self.kind == "quiet" and self.held80_pct is None:
            faults.append("held80_pct: a table that serves areas has to say what it held")
        declared = sum(given.windows for given in self.panels)
        three = next((cell.cases for cell in self.table if cell.years == 3), 0)
        if declared != three:
            faults.append(f"panels: declare {declared} cases at three years, the table has {three}")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def cell(self, years: int) -> ErrorCell:
        """Give the cell of so many years ahead, or the last one for more."""
        return self.table[min(years, len(self.table)) - 1]

    @property
    def panels_count(self) -> int:
        """Number of panels behind the table."""
        return sum(len(given.indicators) for given in self.panels)
