"""
What bringing in a workbook costs: 50,000 rows of 20 columns, plain and shown as percentages.

    .venv/bin/python benchmarks/intake.py
"""

from __future__ import annotations

import io
import resource
import time
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import openpyxl
from openpyxl.cell import WriteOnlyCell

from edu_metrics.catalog import Area, Catalog, Quantity, Source, Text, find_root, load_catalog
from edu_metrics.observations.intake import Mapping, read_table

ROWS, YEARS = 50_000, 19


def catalog_of_many() -> Catalog:
    """Give definitions with as many invented areas as the workbook has rows."""
    areas = {
        f"d_{i}": Area(
            id=f"d_{i}", name=Text(zh=f"学区{i}", en=f"No. {i}"), level="district", invented=True
        )
        for i in range(ROWS)
    }
    name = Text(zh="虚构", en="Invented")
    quantities = {
        "pupils": Quantity(id="pupils", name=name, unit="persons", form="count"),
        "rate": Quantity(id="rate", name=name, unit="percent", form="printed_rate"),
    }
    sources = {
        "made": Source(id="made", title=name, publisher=name, licence="MIT", read="original")
    }
    return replace(
        load_catalog(find_root()),
        areas=MappingProxyType(areas),
        quantities=MappingProxyType(quantities),
        sources=MappingProxyType(sources),
    )


def workbook(percent: bool) -> bytes:
    """Give a workbook of areas by years."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("figures")
    sheet.append(["地区", *[f"{2000 + year}年" for year in range(YEARS)]])
    for row in range(ROWS):
        cells = []
        for year in range(YEARS):
            cell = WriteOnlyCell(sheet, 0.3 + year / 50 if percent else row * YEARS + year + 1)
            cell.number_format = "0.0%" if percent else "General"
            cells.append(cell)
        sheet.append([f"学区{row}", *cells])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def main() -> None:
    """Print CPU seconds of reading, and the memory of the process."""
    catalog = catalog_of_many()
    for percent in (False, True):
        content = workbook(percent)
        told = Mapping(
            quantity="rate" if percent else "pupils",
            source="made",
            published="2024-03-01",
            status="simulated",
        )
        start = time.process_time()
        found = read_table(Path("t.xlsx"), content, catalog, told)
        seconds = time.process_time() - start
        kind = "shown as percentages" if percent else "plain numbers"
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{ROWS:,} x {YEARS + 1} {kind}: {seconds:.1f} s of CPU, "
            f"{len(found.table):,} observations, {len(found.log.repairs):,} rows of log, "
            f"process at {peak:,.0f} MB"
        )


if __name__ == "__main__":
    main()
