"""The shipped definitions and data in a folder of their own, and reports opened from there."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

from edu_metrics.catalog import load_catalog
from edu_metrics.observations import read_processed
from edu_metrics.reachability import SeriesStore
from edu_metrics.report import CityReport, prepare
from edu_metrics.report.context import AreaReport

# How long an example takes depends on the machine, and says nothing of the code.
settings.register_profile("report", settings(), deadline=None)
settings.load_profile("report")


@pytest.fixture(scope="session")
def root(tmp_path_factory):
    """Copy definitions, raw files and notebooks; tables are built here and not in the project."""
    folder = tmp_path_factory.mktemp("shipped")
    shipped = Path(__file__).parents[2]
    for part in ("data/definitions", "data/raw", "notebooks"):
        shutil.copytree(shipped / part, folder / part, ignore=shutil.ignore_patterns("simulated"))
    return folder


@pytest.fixture(scope="session")
def catalog(root):
    return load_catalog(root)


@pytest.fixture(scope="session")
def opened(catalog):
    """Open a report of an area, once for all tests."""

    @cache
    def table(study):
        prepare(catalog, catalog.study(study))
        return read_processed(catalog.root, study)

    @cache
    def evidence(study):
        return SeriesStore(catalog, catalog.study(study), table(study))

    @cache
    def of(study, area, lang="en"):
        entry = catalog.study(study)
        report = AreaReport(catalog, entry, table(study), catalog.areas[area], lang)
        report.evidence = evidence(study)  # series are the same for all areas and languages
        return report

    of.table, of.evidence = table, evidence
    return of


@pytest.fixture(scope="session")
def overview(catalog, opened):
    """Open the overview of a study, once for all tests."""

    @cache
    def of(study, lang="en"):
        report = CityReport(catalog, catalog.study(study), opened.table(study), lang)
        report.evidence = opened.evidence(study)
        return report

    return of
