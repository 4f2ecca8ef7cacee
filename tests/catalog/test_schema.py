"""JSON Schema that editors hold definition files against."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from edu_metrics.catalog import find_root
from edu_metrics.catalog.schema import schemas, write_schemas

SCHEMAS = schemas()
DEFINITIONS = find_root(Path(__file__)) / "data" / "definitions"
SHIPPED = sorted(DEFINITIONS.rglob("*.yaml"))


def held(path):
    """Read a file as an editor does: what looks like a date is text to it."""
    return json.loads(json.dumps(yaml.safe_load(path.read_text("utf-8")), default=str))


def schema_of(path):
    folder = path.parent.name
    return SCHEMAS[path.stem if folder == "definitions" else folder]


def faults_of(schema, content):
    return [fault.message for fault in Draft202012Validator(schema).iter_errors(content)]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_file_is_sound_by_its_schema(path):
    assert faults_of(schema_of(path), held(path)) == []


def test_a_slip_is_seen_while_it_is_written():
    entries = [{"id": "a", "nmae": {"en": "A"}, "unit": "persons", "form": "counts"}]
    faults = " ".join(faults_of(SCHEMAS["quantities"], entries))
    assert "'name' is a required property" in faults
    assert "'nmae' was unexpected" in faults
    assert "'counts' is not one of" in faults


def test_every_field_of_an_indicator_has_hover_text():
    fields = SCHEMAS["indicators"]["$defs"]["Indicator"]["properties"]
    assert [name for name, shown in fields.items() if not shown.get("description")] == []


def test_each_kind_of_file_gets_a_schema(tmp_path):
    written = write_schemas(tmp_path / "new" / "schemas")
    assert {path.name.removesuffix(".schema.json") for path in written} == set(SCHEMAS)
    assert all(json.loads(path.read_text("utf-8")) for path in written)
    assert {"units", "indicators", "plans", "studies", "settings"} <= set(SCHEMAS)
