"""The machine-readable twin of a report, and the same rows for the command line."""

from __future__ import annotations

from operator import attrgetter
from pathlib import Path
from typing import Any

from pydantic_core import to_jsonable_python

from edu_metrics.files import write_text
from edu_metrics.reachability import Assessment, two_digits
from edu_metrics.report.columns import fields_of, picked, rows_of
from edu_metrics.report.context import AreaReport
from edu_metrics.report.downloads import save_tables, write_csv, write_dictionary, write_summary
from edu_metrics.report.glance import GLANCE
from edu_metrics.report.joint import joint_row
from edu_metrics.report.sensitivity import sensitivity_row
from edu_metrics.trajectories import CAP, FLOOR


def as_row(found: Assessment) -> dict[str, Any]:
    """
    Give an assessment as plain data.

    Parameters
    ----------
    found : Assessment
        The assessment.

    Returns
    -------
    dict
        Ready for JSON, with null where a number can't be given. ``others`` lists the verdicts
        under the other readings and steps.
    """
    told = {
        **fields_of(found),
        "probability": two_digits(found.probability),
        "edge": found.edge,
        "unusual_years": found.unusual,
        "reached": _reached(found),
        "calibration": _calibration(found),
        "missing": [picked(one, "quantity group year area") for one in found.missing],
        "checks": [picked(one, _CHECK) for one in found.checks],
        "others": [
            {
                **picked(other, "reading steps verdict probability probability_raw"),
                "probability": two_digits(other.probability),
            }
            for other in found.others
        ],
    }
    row: dict[str, Any] = _jsonable({name: told[name] for name in _ROW})
    return row


#: What stands in a row, in order, and of a check.
_ROW = (
    *("study", "area", "target", "as_of", "indicator", "applies", "reading", "steps", "verdict"),
    *("reason", "probability", "probability_raw", "edge", "findings", "cautions", "unusual_years"),
    *("interval", "start", "last_year", "last_value", "level", "total", "gap", "required_pace"),
    *("required_by", "past_pace", "pace_percentile", "year_reached", "reached", "noise", "people"),
    *("vacuous", "model", "calibration", "missing", "checks", "sources", "others"),
)
_CHECK = "measure=check.measure years=check.years bounds=check.bounds measured holds margin"


def _jsonable(content: Any) -> Any:
    """Turn dates, words and tuples into what JSON has, and what it can't write into null."""
    return to_jsonable_python(content, inf_nan_mode="null")


def _reached(found: Assessment) -> dict[str, Any] | None:
    if found.reached is None:
        return None
    # Years are as they are, probabilities with the digits that are meant.
    told = {
        key: [round(one, 2) for one in value] if isinstance(value, tuple) else value
        for key, value in fields_of(found.reached).items()
    }
    return {**told, "horizon": found.reached.horizon}


def _calibration(found: Assessment) -> dict[str, Any] | None:
    """Say what intervals held where as many areas were forecast together, and the limits."""
    if found.probability is None or found.calibration is None:
        return None
    return {
        **picked(found.calibration, "areas measure"),
        "coverage80_pct": list(found.calibration.held80_pct),
        "cap": CAP,
        "floor": FLOOR,
    }


def save_summary(report: AreaReport, out: str) -> str:
    """
    Write what machines read of a report into a folder, or nothing where no folder is named.

    These are summary.json, glance.json for the index of the study, and the observations.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.
    out : str
        Folder; empty in a notebook that is run by hand.

    Returns
    -------
    str
        What was written.
    """
    # What draws is loaded where a report is written, and not where rows are printed.
    from edu_metrics.report.bulletin import glance_of
    from edu_metrics.report.to_ask import save_form

    if not out:
        return ""
    glance = glance_of(report)
    write_text(Path(out) / GLANCE, glance.as_text())
    if glance.mostly_lacking:
        save_form(report, Path(out))
    save_observations(report, Path(out))
    save_tables(report, out)
    content = {
        "study": report.study.id,
        "plan": report.plan.id,
        "area": report.area.id,
        "lang": report.lang,
        "as_of": report.study.as_of.isoformat(),
        "simulated": report.study.simulated,
        "hypothetical": report.plan.hypothetical,
        "disclosure": report.study.disclosure.mode,
        "inputs_sha256": report.inputs_sha256(),
        "verdicts": {
            target.id: str(report.assessments[target.id].verdict) for target in report.plan.targets
        },
        "assessments": [as_row(found) for found in report.assessments.values()],
        "together": joint_row(report.joint),
        "matters": [sensitivity_row(found) for found in report.sensitivity.values()],
        "status_rules": {
            name: {"why": [str(reason) for reason in table.why], "rules": table.as_rows()}
            for name, table in report.status_tables.items()
        },
    }
    return write_summary(out, _jsonable(content))


#: The columns of the observations beside a report.
_OBSERVED = (
    *("area", "area_zh", "area_en", "year", "period", "quantity", "quantity_zh", "quantity_en"),
    *("group", "value", "lower", "upper", "bound", "unit", "status", "source", "published"),
    "disclosure",
)


def save_observations(report: AreaReport, folder: Path) -> None:
    """
    Write data.csv, the observations that a report rests on, and data.columns.csv beside it.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.
    folder : Path
        Where they are written.
    """
    areas, quantities = report.catalog.areas, report.catalog.quantities
    order = ["area", "quantity", "group", "year", "period", "vintage", "source"]
    rows = []
    for row in rows_of(report.rows).ordered(attrgetter(*order)):
        area, quantity = areas[row.area].name, quantities[row.quantity]
        told = {
            **row._asdict(),
            **{"area_zh": area.zh, "area_en": area.en, "unit": quantity.unit},
            **{"quantity_zh": quantity.name.zh, "quantity_en": quantity.name.en},
            "published": row.vintage.date(),
            "disclosure": report.study.disclosure.mode,
        }
        rows.append([told[name] for name in _OBSERVED])
    write_csv(folder / "data.csv", _OBSERVED, rows)
    write_dictionary(folder / "data.columns.csv", _OBSERVED)
