"""The machine-readable twin of a report, and the same rows for the command line."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from edu_metrics.reachability import Assessment, two_digits
from edu_metrics.report.atomic_write import write_summary
from edu_metrics.report.context import AreaReport
from edu_metrics.report.joint import joint_row
from edu_metrics.report.sensitivity import sensitivity_row
from edu_metrics.trajectories import CAP, FLOOR

__all__ = ["as_row", "save_summary"]


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
    row = {
        "study": found.study,
        "area": found.area,
        "target": found.target,
        "as_of": found.as_of.isoformat() if found.as_of else None,
        "indicator": found.indicator,
        "applies": str(found.applies),
        "reading": found.reading,
        "steps": found.steps,
        "verdict": str(found.verdict),
        "reason": found.reason,
        "probability": two_digits(found.probability),
        "probability_raw": found.probability_raw,
        "edge": [str(word) for word in found.edge] if found.edge else None,
        "findings": list(found.findings),
        "cautions": list(found.cautions),
        "unusual_years": list(found.unusual),
        "interval": list(found.interval) if found.interval else None,
        "start": found.start,
        "last_year": found.last_year,
        "last_value": found.last_value,
        "level": found.level.model_dump() if found.level else None,
        "total": _total(found),
        "gap": found.gap,
        "required_pace": found.required_pace,
        "required_by": found.required_by,
        "past_pace": found.past_pace,
        "pace_percentile": found.pace_percentile,
        "year_reached": found.year_reached,
        "reached": _reached(found),
        "noise": asdict(found.noise) if found.noise else None,
        "people": found.people,
        "vacuous": found.vacuous,
        "model": found.model,
        "calibration": _calibration(found),
        "missing": [
            {"quantity": item.quantity, "group": item.group, "year": item.year, "area": item.area}
            for item in found.missing
        ],
        "checks": [
            {
                "measure": check.measure,
                "years": list(check.years),
                "bounds": [bound.model_dump() for bound in check.bounds],
                "measured": check.measured,
                "holds": check.holds,
                "margin": check.margin,
            }
            for check in found.checks
        ],
        "sources": list(found.sources),
        "others": [
            {
                "reading": other.reading,
                "steps": other.steps,
                "verdict": str(other.verdict),
                "probability": two_digits(other.probability),
                "probability_raw": other.probability_raw,
            }
            for other in found.others
        ],
    }
    return {key: _plain(value) for key, value in row.items()}


def _total(found: Assessment) -> dict[str, Any] | None:
    if found.total is None:
        return None
    total = found.total
    return {"bound": total.bound.model_dump(), "years": list(total.years), "so_far": total.so_far}


def _reached(found: Assessment) -> dict[str, Any] | None:
    if found.reached is None:
        return None
    lists = {
        key: _shares(value) if isinstance(value, tuple) else value
        for key, value in asdict(found.reached).items()
    }
    return {**lists, "horizon": found.reached.horizon}


def _shares(values: tuple[float, ...]) -> list[float]:
    """Give years as they are, and probabilities with the digits that are meant."""
    return [round(value, 2) for value in values]


def _calibration(found: Assessment) -> dict[str, Any] | None:
    """Say what intervals held where as many areas were forecast together, and the limits."""
    if found.probability is None or found.calibration is None:
        return None
    return {
        "areas": found.calibration.areas,
        "measure": found.calibration.measure,
        "coverage80_pct": list(found.calibration.held80_pct),
        "cap": CAP,
        "floor": FLOOR,
    }


def _plain(value: Any) -> Any:
    """Turn what JSON can't write into null."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def save_summary(report: AreaReport, out: str) -> str:
    """
    Write summary.json into a folder, or nothing where no folder is named.

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
    if not out:
        return ""
    content = {
        "study": report.study.id,
        "plan": report.plan.id,
        "area": report.area.id,
        "lang": report.lang,
        "as_of": report.study.as_of.isoformat(),
        "simulated": report.study.simulated,
        "hypothetical": report.plan.hypothetical,
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
    return write_summary(out, _plain(content))
