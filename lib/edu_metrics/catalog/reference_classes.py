"""What comparable series did before: derived tables of gains, with where they come from."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from edu_metrics.catalog import ids
from edu_metrics.catalog.base import Better, Day, Year
from edu_metrics.words.definition import Definition, Slug, Text

#: Bands of the starting value, each with its upper end, which belongs to it. [percent]
BANDS: dict[str, float] = {
    "<=20": 20,
    "20-40": 40,
    "40-60": 60,
    "60-80": 80,
    "80-90": 90,
    "90-95": 95,
    ">95": 100,
}
#: All bands together.
ALL = "all"
#: Lengths of the windows. [years]
SPANS = (1, 2, 3, 4, 5)
#: Of the gains these percentiles are kept; the first and the last are the extremes.
PERCENTILES = (0, 1, 2, 5, 10, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90, 95, 98, 99, 100)

Checksum = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Percent = Annotated[float, Field(ge=0, le=100)]
Whole = Annotated[int, Field(ge=0)]


class Counts(Definition):
    """
    In how many windows and series each of some steps was kept, column by column.

    ``low`` and ``high`` bound the share of windows, 95 %. [percent]
    """

    at: tuple[float, ...] = Field(min_length=1)
    windows: tuple[Whole, ...]
    series: tuple[Whole, ...]
    low: tuple[Percent, ...]
    high: tuple[Percent, ...]

    def _faults(self) -> Iterator[str]:
        for name in ("windows", "series", "low", "high"):
            if (found := len(getattr(self, name))) != len(self.at):
                yield f"{name} has {found} entries where at has {len(self.at)}"
        if any(later <= earlier for earlier, later in pairwise(self.at)):
            yield "at: expected rising steps"
        for name in ("windows", "series"):
            if any(later > earlier for earlier, later in pairwise(getattr(self, name))):
                yield f"{name}: a harder step is kept more often than an easier one"
        if any(low > high for low, high in zip(self.low, self.high, strict=False)):
            yield "low: expected no more than high"


class Fastest(Definition):
    """The fastest pace kept in every year of a window, and in which panel and years."""

    pace_pp: float
    panel: str
    first_year: Year
    last_year: Year


class GainCell(Definition):
    """
    What the windows of one starting band and one length did.

    ``kept`` counts by least gain in every single year [percentage points a year], ``total`` by
    gain over the window [percentage points], ``shrunk`` by least fall a year of what is missing
    to 100 [percent of it].
    """

    band: Literal["<=20", "20-40", "40-60", "60-80", "80-90", "90-95", ">95", "all"]
    years: Literal[1, 2, 3, 4, 5]
    windows: int = Field(ge=1)
    series: int = Field(ge=1)
    gains_pp: dict[int, float]
    fastest: Fastest
    kept: Counts
    total: Counts
    shrunk: Counts

    def _faults(self) -> Iterator[str]:
        if self.series > self.windows:
            yield f"series: {self.series} are more than the {self.windows} windows"
        if tuple(self.gains_pp) != PERCENTILES:
            yield f"gains_pp: expected the percentiles {', '.join(map(str, PERCENTILES))}"
        gains = list(self.gains_pp.values())
        if any(later < earlier for earlier, later in pairwise(gains)):
            yield "gains_pp: a higher percentile has a smaller gain"
        for name in ("kept", "total", "shrunk"):
            counts: Counts = getattr(self, name)
            if max(counts.windows, default=0) > self.windows:
                yield f"{name}: more windows than the {self.windows} of the cell"
            if max(counts.series, default=0) > self.series:
                yield f"{name}: more series than the {self.series} of the cell"


class PanelBreak(Definition):
    """The first year of a new way to measure; no window reaches across it."""

    year: Year
    why: Text


class PanelInput(Definition):
    """
    One file of panels that a class rests on: what is taken from it, and what it gave.

    ``indicators`` names its panels for readers; ``windows`` is the number of three-year windows.
    Of a rate where less is better the complement to 100 is taken. ``columns`` says what a table
    that was not written for this purpose calls area, year, value and n.
    """

    source: ids.Source
    file: str
    sha256: Checksum
    indicators: dict[str, Text] = Field(min_length=1)
    columns: dict[Literal["area", "year", "value", "n"], str] = Field(default_factory=dict)
    better: Better = "higher"
    first_year: Year | None = None
    last_year: Year | None = None
    breaks: tuple[PanelBreak, ...] = ()
    windows: int = Field(ge=0)

    def _faults(self) -> Iterator[str]:
        if self.better == "neither":
            yield "better: expected 'higher' or 'lower', found 'neither'"


class ReferenceClass(Definition):
    """A derived table of what comparable series did, and how it was made."""

    id: Slug
    name: Text
    kind: Literal["ordinary", "test_change"]
    note: Text
    made: Day
    command: str
    panels: tuple[PanelInput, ...] = Field(min_length=1)
    first_year: Year
    last_year: Year
    table: tuple[GainCell, ...] = Field(min_length=1)

    def _faults(self) -> Iterator[str]:
        keys = [(cell.band, cell.years) for cell in self.table]
        for band, years in sorted({key for key in keys if keys.count(key) > 1}):
            yield f"table: band {band}, {years} years stands twice"
        for years in sorted({cell.years for cell in self.table}):
            cells = [cell for cell in self.table if cell.years == years]
            whole = sum(cell.windows for cell in cells if cell.band == ALL)
            parts = sum(cell.windows for cell in cells if cell.band != ALL)
            if whole != parts:
                yield f"table: {years} years: the bands have {parts} windows, all of them {whole}"
        named = {name for given in self.panels for name in given.indicators}
        strange = sorted({cell.fastest.panel for cell in self.table} - named)
        for name in strange:
            yield f"table: fastest: no panel of the class is called {name!r}"
        declared = sum(given.windows for given in self.panels)
        three = sum(c.windows for c in self.table if c.band == ALL and c.years == 3)
        if declared != three:
            yield f"panels: declare {declared} three-year windows, and the table has {three}"

    def panel_name(self, panel: str) -> Text:
        """Give what readers call one of the panels."""
        return next(given.indicators[panel] for given in self.panels if panel in given.indicators)

    def cell(self, band: str, years: int) -> GainCell | None:
        """Give the cell of a band and a length, or None where nothing comparable was seen."""
        asked = (cell for cell in self.table if (cell.band, cell.years) == (band, years))
        return next(asked, None)
