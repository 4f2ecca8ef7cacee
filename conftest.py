"""What all tests share: how they start quickly, and which examples are run with the slow tests."""

from __future__ import annotations

import gc
import os
import sys

import pytest

# A grammar of web addresses that jsonschema loads where it finds it, for seconds: nobody needs it.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

# Hundreds of interpreters are started, and compile everything where they may not keep it.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Tests and definitions are many objects that stay: looking for rubbish among them so often as
# Python does would take a fifth of collecting.
gc.set_threshold(50_000, 20)

#: Where examples open a whole study.
DEAR = (
    "edu_metrics.figures.plots.plot_precedents",
    "edu_metrics.observations.computing.",
    "edu_metrics.observations.inspection.inspect_table",
    "edu_metrics.on_frames.studies.",
    "edu_metrics.report.context.",
)


#: Pages that judge every target of the invented city, each with a forecast, in both languages.
DEAR_FILES = (
    "test_cards.py",
    "test_city.py",
    "test_comparison.py",
    "test_downloads.py",
    "test_sensitivity.py",
)
DEAR_PLACE = "mock_city-"


def pytest_itemcollected(item: pytest.Item) -> None:
    """Run dear examples, and whole pages of the invented city, with the slow tests."""
    example = isinstance(item, pytest.DoctestItem) and item.name.startswith(DEAR)
    page = item.path.parent.name == "report" and (
        item.path.name in DEAR_FILES or DEAR_PLACE in item.name
    )
    if example or page:
        item.add_marker(pytest.mark.slow)
