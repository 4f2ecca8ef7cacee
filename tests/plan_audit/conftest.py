"""The shipped plan, and small made ones."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from edu_metrics.catalog import Catalog, Plan, Target, load_catalog
from edu_metrics.plan_audit import PlanContext

# How long an example takes depends on the machine, and says nothing of the code.
settings.register_profile("plan_audit", settings(), deadline=None)
settings.load_profile("plan_audit")

ROOT = Path(__file__).resolve().parents[2]

#: Published values that the plan is compared with: gross enrolment in preschool (Inner Mongolia)
#: and myopia (National Health Commission).
PUBLISHED = {
    ("preschool_gross_enrolment_rate", "inner_mongolia"): {2019: 95.51},
    ("myopia_rate", "china"): {2018: 53.6, 2020: 52.7, 2022: 51.9},
}


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog(ROOT)


@pytest.fixture(scope="session")
def shipped(catalog: Catalog) -> PlanContext:
    """The shipped plan, with nothing observed."""
    return PlanContext(catalog, catalog.plan("wuhai_2020_2022"))


@pytest.fixture(scope="session")
def observed(catalog: Catalog) -> PlanContext:
    """The shipped plan, with some published series."""
    return PlanContext(catalog, catalog.plan("wuhai_2020_2022"), PUBLISHED)


@pytest.fixture(scope="session")
def made(catalog: Catalog) -> Any:
    """Make a plan of a few targets; one that is not told otherwise has no flaw."""

    def make(
        *targets: dict[str, Any], issued: str = "2020-03-01", series: Any = None, **plan: Any
    ) -> PlanContext:
        entries = [_target(number, **changes) for number, changes in enumerate(targets)]
        made_plan = Plan.model_validate(
            {
                "id": "made",
                "title": {"zh": "计划", "en": "Plan"},
                "source": "made",
                "issued": dt.date.fromisoformat(issued),
                "first_year": 2020,
                "last_year": 2022,
                "areas": ["wuhai"],
                "targets": entries,
                **plan,
            }
        )
        return PlanContext(catalog, made_plan, series or {})

    return make


def _target(number: int, **changes: Any) -> Target:
    conditions = changes.pop("conditions", [{"type": "level", "at": {2022: ">=90"}}])
    clean: dict[str, Any] = {
        "id": f"t{number}",
        "title": {"zh": f"目标{number}", "en": f"Target {number}"},
        "article": "1",
        "tier": "numeric",
        "kind": "level",
        "indicator": "primary_pass_rate",
        "areas": ["wuhai"],
        "population": {"zh": "全市", "en": "the whole city"},
        "unit": "percent",
        "better": "higher",
        "baseline": {"value": 80, "year": 2020},
        "deadline": 2022,
        "quote": "到2022年不低于90%",
        "locator": "第1条",
        "readings": [reading("usual", *conditions, default=True)],
    }
    return Target.model_validate(clean | changes)


def reading(name: str, *conditions: dict[str, Any], **more: Any) -> dict[str, Any]:
    label = {"zh": f"读法{name}", "en": f"reading {name}"}
    return {"id": name, "label": label, "conditions": list(conditions), **more}


@pytest.fixture(scope="session")
def reads() -> Any:
    """Write a reading for a made target."""
    return reading
