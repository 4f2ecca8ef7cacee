"""Bring a study's table up to date: invented numbers first where it has any, then the build."""

from __future__ import annotations

from pathlib import Path

from edu_metrics.catalog import Catalog, SimulatedInput, Study

__all__ = ["prepare", "table_path"]


def table_path(root: Path, study_id: str) -> Path:
    """
    Say where the processed table of a study lies, without loading what reads it.

    Parameters
    ----------
    root : Path
        The project folder.
    study_id : str
        Id of the study.

    Returns
    -------
    Path
        As :func:`~edu_metrics.observations.processed_path` says.
    """
    return root / "data" / "processed" / f"{study_id}.parquet"


def prepare(catalog: Catalog, study: Study, *, force: bool = False) -> Path:
    """
    Build a study's table where it is missing or older than what it is made from.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    study : Study
        The study.
    force : bool, optional
        Build it in any case.

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
    if not force and target.is_file() and not _is_older(target, catalog.root / "data"):
        return target
    from edu_metrics.observations import build, write_processed

    if any(isinstance(given, SimulatedInput) for given in study.observations):
        from edu_metrics.simulation import simulate_study

        simulate_study(catalog, study)
    write_processed(build(catalog, study), target)
    return target


def _is_older(made: Path, data: Path) -> bool:
    """
    Tell whether any definition or raw file is newer than a table made from them.

    A folder counts as well: it is what tells that a file was taken away.
    """
    stamp = made.stat().st_mtime_ns
    folders = [data / "definitions", data / "raw"]
    inputs = (path for folder in folders for path in (folder, *folder.rglob("*")))
    return any(path.exists() and path.stat().st_mtime_ns > stamp for path in inputs)
