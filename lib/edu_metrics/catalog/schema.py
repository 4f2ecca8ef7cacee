"""JSON Schema of definition files: completion, hover text and faults while they are written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from edu_metrics.catalog.checking import TABLES
from edu_metrics.catalog.models import Area, AreaFamily
from edu_metrics.catalog.own import Settings
from edu_metrics.files import packaged_yaml


def meanings() -> dict[str, str]:
    """
    Give what fields mean: by ``field``, and by ``Model.field`` where one model differs.

    Examples
    --------
    >>> meanings()["as_of"]
    'The day whose knowledge counts; never today.'
    """
    found: dict[str, str] = packaged_yaml(__package__, "meanings.yaml")
    return found


def schemas() -> dict[str, dict[str, Any]]:
    """
    Give the schema of each kind of definition file.

    Returns
    -------
    dict
        By the name of the file, or of the folder where each entry has a file.

    Examples
    --------
    >>> schemas()["quantities"]["items"]["$ref"]
    '#/$defs/Quantity'
    """
    kinds: dict[str, Any] = {
        table: kind.model if kind.files else list[kind.model]  # type: ignore[name-defined]
        for table, kind in TABLES.items()
    }
    del kinds["families"]  # stand among the areas
    kinds |= {"areas": list[Area | AreaFamily], "settings": Settings}
    told = meanings()
    return {name: _schema(kind, told) for name, kind in sorted(kinds.items())}


def _schema(kind: Any, told: Mapping[str, str]) -> dict[str, Any]:
    made = TypeAdapter(kind).json_schema()
    for model, entry in [(str(made.get("title")), made), *made.get("$defs", {}).items()]:
        for field, shown in entry.get("properties", {}).items():
            shown.pop("title", None)
            if meaning := told.get(f"{model}.{field}") or told.get(field):
                shown["description"] = meaning
    return {"$schema": GenerateJsonSchema.schema_dialect, **made}


def write_schemas(out: Path) -> list[Path]:
    """
    Write the schema of each kind of definition file.

    A file is held against one by its first line, such as
    ``# yaml-language-server: $schema=../../schemas/indicators.schema.json``.

    Parameters
    ----------
    out : Path
        The folder; it is made where it is not there.

    Returns
    -------
    list of Path
        What was written.
    """
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for name, made in schemas().items():
        path = out / f"{name}.schema.json"
        path.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", "utf-8")
        written.append(path)
    return written
