"""A project takes over what it refers to, may put its own in its place, and is told of the rest."""

from __future__ import annotations

import json

import pytest

from edu_metrics.catalog import base_of, inherited_entries, load_catalog, notebook_of, shipped_root
from edu_metrics.errors import DefinitionError

TABLES = (
    *("sources", "quantities", "indicators", "breaks", "assumptions", "knowledge"),
    *("reference_classes", "scenarios"),
)


@pytest.fixture
def child(definitions, tmp_path):
    """Make a project that has places and a plan, and inherits the rest from another one."""
    parent = definitions.write()
    root = tmp_path / "child"
    folder = root / "data" / "definitions"
    (folder / "plans").mkdir(parents=True)

    def write(**files):
        given = {
            "project": f"inherits: [{', '.join(TABLES)}]\nbase: {parent}\n",
            "areas": "- {id: town, name: {zh: 镇, en: Town}, level: city}",
            "sources": "- {id: own_text, title: {zh: 文, en: Text}, licence: public,"
            " publisher: {zh: 局, en: Office}, read: original}",
            "plans/own": json.dumps(PLAN),
            **files,
        }
        for name, text in given.items():
            (folder / f"{name}.yaml").write_text(text, "utf-8")
        return root

    return write


PLAN = {
    "id": "own",
    "title": {"zh": "计划", "en": "Plan"},
    "source": "own_text",
    "issued": "2020-12-02",
    "first_year": 2020,
    "last_year": 2022,
    "areas": ["town"],
    "targets": [
        {
            "id": "first",
            "title": {"zh": "一", "en": "First"},
            "article": "1",
            "tier": "numeric",
            "kind": "level",
            "indicator": "pass_rate",
            "areas": ["town"],
            "population": {"zh": "全体", "en": "all"},
            "unit": "percent",
            "better": "higher",
            "deadline": 2022,
            "quote": "90%",
            "locator": "1",
            "readings": [
                {
                    "id": "level",
                    "label": {"zh": "一", "en": "one"},
                    "default": True,
                    "conditions": [{"type": "level", "at": {"2022": ">=90"}}],
                }
            ],
        }
    ],
}


def test_only_what_the_project_refers_to_comes_along(child):
    catalog = load_catalog(child())
    # The indicator, the form of it that is printed, its quantities, assumption and source; not
    # the other indicator, nor any place, plan or study.
    assert set(catalog.indicators) == {"pass_rate", "pass_rate_published"}
    assert set(catalog.assumptions) == {"cut_60"}
    assert set(catalog.sources) == {"own_text", "law"}
    assert set(catalog.areas) == {"town"}
    assert (set(catalog.plans), set(catalog.studies)) == ({"own"}, set())
    assert {"passing", "pupils", "entrants"} <= set(catalog.quantities)  # raw files may name them
    assert not catalog.breaks  # they are about a place that is not here


def test_an_entry_of_ones_own_stands_in_place_of_an_inherited_one(child, definitions):
    (entry,) = [one for one in definitions.held["indicators"] if one["id"] == "pass_rate"]
    own = json.dumps([{**entry, "name": {"zh": "自定", "en": "My pass rate"}}])
    catalog = load_catalog(child(indicators=own))
    assert catalog.indicators["pass_rate"].name.en == "My pass rate"
    assert catalog.indicators["pass_rate_published"].name.en == "Printed pass rate"


def test_what_nobody_has_is_a_fault_of_the_project(child):
    plan = json.loads(json.dumps(PLAN))
    plan["targets"][0]["indicator"] = "pas_rate"
    root = child(**{"plans/own": json.dumps(plan)})
    with pytest.raises(DefinitionError) as caught:
        load_catalog(root)
    assert any("no indicator 'pas_rate'" in fault for fault in caught.value.faults)


@pytest.mark.parametrize(
    ("project", "said"),
    [
        ("inherits: [plans]", "project.yaml: inherits"),
        ("inherit: [sources]", "project.yaml: inherit: unknown key; did you mean 'inherits'?"),
        ("inherits: [sources]\nbase: nowhere", "project.yaml: base: expected a project folder"),
        ("[", "project.yaml: line 2"),
    ],
)
def test_a_project_file_that_says_nothing_right_is_a_fault(child, project, said):
    with pytest.raises(DefinitionError) as caught:
        load_catalog(child(project=project))
    assert any(fault.startswith(said) for fault in caught.value.faults), caught.value.faults


def test_a_table_that_is_not_inherited_has_to_be_there(child):
    with pytest.raises(DefinitionError) as caught:
        load_catalog(child(project="inherits: [quantities, indicators, sources]"))
    assert "assumptions.yaml: is missing; expected a list of entries in it (it may be [])" in (
        caught.value.faults
    )


def test_notebooks_are_the_projects_own_or_those_inherited(child, definitions):
    root = child()
    base = base_of(root)
    (base / "notebooks").mkdir()
    (base / "notebooks" / "report.ipynb").write_text("{}")
    assert notebook_of(root, "report.ipynb") == base / "notebooks" / "report.ipynb"
    (root / "notebooks").mkdir()
    (root / "notebooks" / "report.ipynb").write_text("{}")
    assert notebook_of(root, "report.ipynb") == root / "notebooks" / "report.ipynb"
    assert notebook_of(root, "none.ipynb") == root / "notebooks" / "none.ipynb"


def test_who_holds_a_quantity_comes_along_with_it(child, definitions):
    held = [{"id": "census", "name": {"zh": "报表", "en": "Census"}, "quantities": ["pupils"]}]
    root = child()
    (base_of(root) / "data" / "definitions" / "holders.yaml").write_text(json.dumps(held))
    assert load_catalog(root).holders["census"].quantities == ("pupils",)


def test_a_change_of_what_is_inherited_changes_what_reports_are_made_from(child, definitions):
    from edu_metrics.report.fingerprint import definitions_sha256

    root = child()
    before = definitions_sha256(root)
    path = base_of(root) / "data" / "definitions" / "quantities.yaml"
    path.write_text(path.read_text("utf-8") + "# changed\n", "utf-8")
    assert definitions_sha256(root) != before


def test_the_package_carries_what_can_be_inherited():
    """Every table that can be named, and the notebooks of reports."""
    for table in TABLES:
        assert inherited_entries(table)
    assert (shipped_root() / "notebooks" / "district_report.ipynb").is_file()
