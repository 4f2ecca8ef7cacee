"""What all tests share: how they start quickly, and which examples are run with the slow tests."""

from __future__ import annotations

import os
import sys

import pytest

# A grammar of web addresses that jsonschema loads where it finds it, for seconds: nobody needs it.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

# Hundreds of interpreters are started, and compile everything where they may not keep it.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

#: Where examples open a whole study.
DEAR = (
    "edu_metrics.figures.frame_plots.plot_precedents",
    "edu_metrics.observations.computing.",
    "edu_metrics.on_frames.studies.",
    "edu_metrics.report.context.",
)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Run dear examples with the slow tests."""
    if isinstance(item, pytest.DoctestItem) and item.name.startswith(DEAR):
        item.add_marker(pytest.mark.slow)
