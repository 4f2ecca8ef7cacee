"""The shipped study, simulated into a folder of its own, and a small city without a catalog."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from edu_metrics.catalog import Catalog, Study, load_catalog
from edu_metrics.observations import build
from edu_metrics.simulation import simulate_study
from edu_metrics.simulation.city import City

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def catalog(tmp_path_factory) -> Catalog:
    """The shipped definitions; what is simulated from them lands elsewhere."""
    return replace(load_catalog(ROOT), root=tmp_path_factory.mktemp("simulated"))


@pytest.fixture(scope="session")
def study(catalog) -> Study:
    return catalog.study("mock_city")


@pytest.fixture(scope="session")
def written(catalog, study) -> list[Path]:
    return simulate_study(catalog, study)


@pytest.fixture(scope="session")
def table(catalog, study, written):
    return build(catalog, study)


def small_city(seed: int = 1, years: int = 6) -> City:
    schools = (("a1", "a2", "a3", "a4"), ("b1", "b2"), ("c1", "c2"))
    return City(("a", "b", "c"), schools, seed, 2001, 2000 + years)


@pytest.fixture
def city() -> City:
    return small_city()
