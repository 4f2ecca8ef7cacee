"""
Bring a study's table up to date: invented numbers first where it has any, then the build.

What takes long to make of a table is kept beside it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edu_metrics.catalog import Catalog, Plan, SimulatedInput, Study
from edu_metrics.files import write_text
from edu_metrics.report.fingerprint import (
    combined,
    definitions_sha256,
    folder_sha256,
    library_sha256,
    table_path,
    versions_sha256,
)
from edu_metrics.report.kinds import audited_study

if TYPE_CHECKING:
    import pandas as pd

    from edu_metrics.plan_audit import Finding


def current_table(catalog: Catalog, study: Study) -> pd.DataFrame:
    """Give a study's observations, built where they are missing or old."""
    from edu_metrics.observations import read_processed

    prepare(catalog, study)
    return read_processed(catalog.root, study.id)


def as_of_newest(study: Study, table: pd.DataFrame) -> Study:
    """Give a study as of the day of the newest figure in its table."""
    return study.model_copy(update={"as_of": table["vintage"].max().date()})


def prepare(
    catalog: Catalog, study: Study, *, force: bool = False, ledger: Path | None = None
) -> Path:
    """
    Build a study's table where it is missing, or was made from something else than what is there.

    All that leaves is made from this table, so what it does not hold nothing can give away: counts
    of few persons are withheld here, unless the study says that its counts may leave.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    study : Study
        The study.
    force : bool, optional
        Build it in any case.
    ledger : Path, optional
        What earlier releases told; else the ledger that the study names, or that its table was
        made with last.

    Returns
    -------
    Path
        The table, data/processed/<study>.parquet.

    Raises
    ------
    DataError
        With every fault of the study's observations; no file is written then.
    """
    target = table_path(catalog.root, study.id)
    if not force and is_current(catalog, study, ledger):
        return target
    from edu_metrics.observations import build, protect, read_ledger, write_processed

    if any(isinstance(given, SimulatedInput) for given in study.observations):
        from edu_metrics.simulation import simulate_study

        simulate_study(catalog, study)
    # What changes while the table is built is seen next time.
    before = ledger_of(catalog, study, ledger)
    made_from = _made_from(catalog.root, study.simulated, before)
    told = read_ledger(before) if before else None
    table = protect(build(catalog, study), catalog, study, told)
    _note_beside(target).unlink(missing_ok=True)
    write_processed(table, target)
    _note_beside(target).write_text(f"{made_from}\n{before or ''}".rstrip() + "\n", "utf-8")
    return target


def ledger_of(catalog: Catalog, study: Study, ledger: Path | None = None) -> Path | None:
    """
    Say where it is kept what earlier releases of a study told.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    study : Study
        The study.
    ledger : Path, optional
        The one that was asked for.

    Returns
    -------
    Path or None
        That one, else the one that the study names, else the one that its table was made with;
        none for counts that are not protected.
    """
    if study.disclosure.mode != "protected":
        return None
    if ledger is not None:
        return ledger.resolve()
    if study.disclosure.ledger is not None:
        return (catalog.root / study.disclosure.ledger).resolve()
    noted = _said(table_path(catalog.root, study.id))[1:]
    return Path(noted[0]) if noted else None


def is_current(catalog: Catalog, study: Study, ledger: Path | None = None) -> bool:
    """
    Tell whether a study's table is there and was made from what is there now.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    study : Study
        The study.
    ledger : Path, optional
        As of :func:`prepare`.

    Returns
    -------
    bool
        Whether it can be read without building it.
    """
    target = table_path(catalog.root, study.id)
    before = ledger_of(catalog, study, ledger)
    made_from = _made_from(catalog.root, study.simulated, before)
    return target.is_file() and _said(target)[:1] == [made_from]


def seal(root: Path) -> None:
    """
    Take the tables of a project that was sent here for made from what came with them.

    Parameters
    ----------
    root : Path
        The project folder; its raw files may have stayed at home.
    """
    made_from = _made_from(root, simulated=False, ledger=None)
    for table in (root / "data" / "processed").glob("*.parquet"):
        _note_beside(table).write_text(f"{made_from}\n", "utf-8")


def _made_from(root: Path, simulated: bool, ledger: Path | None) -> str:
    """Hash what a table is made from: definitions, raw files, ledger, the library, its versions."""
    definitions = definitions_sha256(root)
    # No real study reads invented files, and those come and go with the studies that do.
    raw = folder_sha256(
        root / "data" / "raw", keep=lambda name: simulated or not name.startswith("simulated/")
    )
    told = [hashlib.sha256(ledger.read_bytes()).hexdigest()] if ledger and ledger.is_file() else []
    return combined([definitions, raw, library_sha256(), versions_sha256(), *told])


def _note_beside(table: Path) -> Path:
    """Say where it is noted what a table was made from."""
    return table.with_suffix(".made_from")


def _said(table: Path) -> list[str]:
    try:
        return _note_beside(table).read_text("utf-8").split("\n")[:-1]
    except (OSError, ValueError):
        return []


def kept_beside(table: Path, name: str, make: Callable[[], Any]) -> Any:
    """
    Read what was made of a table when it stood as it stands; else make it, and keep it beside.

    Parameters
    ----------
    table : Path
        A table that is current: it is built again whenever what it is made from changes.
    name : str
        What is made.
    make : callable
        Makes it, ready for JSON.

    Returns
    -------
    object
        What ``make`` gave, now or then.
    """
    note = table.with_suffix(f".{name}.json")
    state = _state(table)
    try:
        content = json.loads(note.read_text("utf-8"))
        if content["table"] == state:
            return content[name]
    except (OSError, ValueError, KeyError, TypeError):
        pass
    made = make()
    with contextlib.suppress(OSError):  # a folder that can't be written to is none of our business
        write_text(note, json.dumps({"table": state, name: made}))
    return made


def odd_numbers(catalog: Catalog, study: Study) -> list[dict[str, Any]]:
    """
    Say what is odd in a study's numbers as of its date; looking takes a second, and is kept.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    study : Study
        The study, whose table is current.

    Returns
    -------
    list of dict
        As :func:`~edu_metrics.observations.finding_as_row` gives them.
    """

    def look() -> list[dict[str, Any]]:
        from edu_metrics.observations import finding_as_row, inspect_table, known_by, read_processed

        rows = known_by(read_processed(catalog.root, study.id), study.as_of)
        found = inspect_table(catalog, rows, as_of=study.as_of.year)
        return [finding_as_row(catalog, one) for one in found]

    rows: list[dict[str, Any]] = kept_beside(
        table_path(catalog.root, study.id), f"{study.as_of}.findings", look
    )
    return rows


def _state(table: Path) -> list[int]:
    """Tell one state of a file from another: a table that is built again is a new file."""
    found = table.stat()
    return [found.st_ino, found.st_size, found.st_mtime_ns]


def audit_plan(catalog: Catalog, plan: Plan) -> tuple[Finding, ...]:
    """
    Audit a plan with the figures of its own real study, where it has one.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    plan : Plan
        The plan.

    Returns
    -------
    tuple of Finding
        From :func:`~edu_metrics.plan_audit.audit`.
    """
    from edu_metrics.plan_audit import audit

    study = audited_study(catalog, plan)
    if study is None:
        return audit(catalog, plan)
    table = prepare(catalog, study)
    rows = kept_beside(table, f"{study.as_of}.series", lambda: _series(catalog, plan, study))
    series: dict[tuple[str, str], dict[int, float]] = {}
    for indicator, area, year, value in rows:
        series.setdefault((indicator, area), {})[year] = value
    return audit(catalog, plan, series=series)


def _series(catalog: Catalog, plan: Plan, study: Study) -> list[tuple[str, str, int, float]]:
    """Compute what a plan is compared with: indicator, area, year, value."""
    from edu_metrics.observations import known_by, read_processed
    from edu_metrics.plan_audit import observed_series

    observed = known_by(read_processed(catalog.root, study.id), study.as_of)
    areas = [*catalog.expand(study.areas), *study.compare_with]
    series = observed_series(catalog, plan, observed, areas)
    return [(*key, year, value) for key, held in series.items() for year, value in held.items()]
