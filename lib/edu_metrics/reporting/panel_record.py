"""The track record of the models on one panel: which panel, what the back-test came to."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from edu_metrics.catalog import (
    Catalog,
    Indicator,
    ReferenceClass,
    Study,
    find_root,
    load_catalog,
    nearest,
)
from edu_metrics.errors import DataError, DefinitionError
from edu_metrics.observations import read_processed
from edu_metrics.reachability import SeriesStore as Evidence
from edu_metrics.reporting.backtesting import backtest_notes, backtest_rows
from edu_metrics.reporting.preparing import prepare
from edu_metrics.reporting.publishing import write_summary
from edu_metrics.reporting.recordable import commonest_level, judged_by, rates_of
from edu_metrics.trajectories import ModelScore, Panel, backtest, read_panels, to_panels
from edu_metrics.trajectories.reference_files import checksum, find_panel_file
from edu_metrics.words import LANGUAGES, say

__all__ = ["PanelRecord", "open_record", "panels_of_study", "save_record"]


class PanelRecord:
    """
    One panel and how the models did on it, in one language.

    Parameters
    ----------
    panel : Panel
        The panel.
    title : str
        What readers call it.
    horizons, gains : sequence
        What is asked of the back-test. [years; percentage points]
    catalog : Catalog
        For reference classes and sources.
    lang : {"zh", "en"}
        Language of every sentence.
    study : Study, optional
        Whose panel it is; None for a file.
    source : Path, optional
        The file.
    """

    def __init__(
        self,
        panel: Panel,
        title: str,
        *,
        horizons: Sequence[int],
        gains: Sequence[float],
        catalog: Catalog,
        lang: str,
        study: Study | None = None,
        indicator: str | None = None,
        source: Path | None = None,
    ) -> None:
        self.panel, self.title = panel, title
        self.horizons, self.gains = tuple(horizons), tuple(gains)
        self.catalog, self.lang = catalog, lang
        self.study, self.indicator, self.source = study, indicator, source

    @cached_property
    def scores(self) -> list[ModelScore]:
        """Every model at every number of years ahead."""
        return backtest([self.panel], horizons=self.horizons, gains=self.gains)

    @cached_property
    def default(self) -> list[ModelScore]:
        """The model that reports use, where it made any forecast."""
        return [score for score in self.scores if score.default and score.n]

    def at(self, horizon: int) -> list[ModelScore]:
        """Give every model at one number of years ahead."""
        return [score for score in self.scores if score.horizon == horizon]

    @cached_property
    def classes(self) -> list[ReferenceClass]:
        """The reference classes of the study, or of the catalog where no study is meant."""
        if self.study is not None:
            return [self.catalog.reference_class(name) for name in self.study.reference_class]
        return [one for one in self.catalog.reference_classes.values() if one.kind == "ordinary"]

    @property
    def source_sha256(self) -> str | None:
        """Checksum of the panel's file."""
        return None if self.source is None else checksum(self.source)


def open_record(
    study: str = "",
    panel: str = "",
    *,
    indicator: str = "",
    horizons: Sequence[int] = (1, 2, 3),
    gains: Sequence[float] = (5.0, 10.0),
    lang: str,
    root: Path | str | None = None,
) -> PanelRecord:
    """
    Open the track record of the models on the panel of a study, or on one in a file.

    Parameters
    ----------
    study : str, optional
        Study id: its areas on their commonest level are the panel, with all years in its table.
    panel : str, optional
        In place of a study, a file as :func:`~edu_metrics.trajectories.read_panels` takes it, or
        ``package:path/inside/it``.
    indicator : str, optional
        Which rate; needed only where there are several.
    horizons : sequence of int, optional
        Years ahead. [years]
    gains : sequence of float, optional
        Events: at least so many points more by then. [percentage points]
    lang : {"zh", "en"}
        Language.
    root : Path or str, optional
        The project folder; found upwards from the working directory when left out.

    Returns
    -------
    PanelRecord
        What the sections are made of.

    Raises
    ------
    DefinitionError
        For an unknown study, indicator or language, with the nearest one, or where not exactly
        one of study and panel is given.
    DataError
        If the panel can't be read, or the study has no such rate in any area.
    """
    if lang not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise DefinitionError(f"no language {lang!r}{nearest(lang, LANGUAGES)} ({known})")
    if bool(study) == bool(panel):
        found = f"study={study!r} and panel={panel!r}"
        raise DefinitionError(f"track record: expected a study or a panel file, found {found}")
    catalog = load_catalog(Path(root) if root else find_root())
    if panel:
        path = find_panel_file(panel)
        chosen = _one_of(read_panels(path), indicator, path.name)
        return PanelRecord(
            chosen,
            chosen.name,
            horizons=horizons,
            gains=gains,
            catalog=catalog,
            lang=lang,
            source=path,
        )
    entry = catalog.study(study)
    rate = _rate(catalog, entry, indicator)
    title = say(
        "record.panel_of_study",
        lang,
        study=entry.title.in_(lang),
        indicator=rate.name.in_(lang),
    )
    return PanelRecord(
        _panel_of(_latest(catalog, entry), rate),
        title,
        horizons=horizons,
        gains=gains,
        catalog=catalog,
        lang=lang,
        study=entry,
        indicator=rate.id,
    )


def _one_of(panels: Sequence[Panel], name: str, file: str) -> Panel:
    held = {panel.name: panel for panel in panels}
    if not name and len(held) == 1:
        return panels[0]
    if name in held:
        return held[name]
    asked = f"no panel {name!r}{nearest(name, held)}" if name else "several panels; name one"
    raise DefinitionError(f"{file}: {asked} (it has {', '.join(held)})")


def _rate(catalog: Catalog, study: Study, name: str) -> Indicator:
    rates = rates_of(catalog, study)
    if name and name in catalog.indicators and catalog.indicators[name].bounds == (0, 100):
        return catalog.indicators[name]
    if name or not rates:
        shown = ", ".join(rates) or "none"
        raise DefinitionError(
            f"study {study.id!r}: expected a rate from 0 to 100 that its plan judges, found "
            f"{name!r}{nearest(name, rates)} (it has {shown})"
        )
    return next(iter(rates.values()))


def _latest(catalog: Catalog, study: Study) -> Evidence:
    """Give a study's series as of its newest figure: a track record looks at all years."""
    prepare(catalog, study)
    table = read_processed(catalog.root, study.id)
    newest = table["vintage"].max().date()
    return Evidence(catalog, study.model_copy(update={"as_of": newest}), table)


def _panel_of(evidence: Evidence, rate: Indicator) -> Panel:
    study = evidence.study
    history = evidence.history(rate.id)
    rows = history[history["area"].isin(commonest_level(evidence.catalog, study))]
    if rows.empty:
        raise DataError(
            f"study {study.id!r}: expected {rate.id!r} in some area and year, found none; name "
            "another indicator or a panel file"
        )
    given = rows[["area", "year", "value"]].assign(
        n=rows["denominator"], measure_type=rate.measure_type or ""
    )
    (panel,) = to_panels(given, name=rate.id)
    return replace(panel, falling=rate.better == "lower", bounds=rate.bounds)


def panels_of_study(catalog: Catalog, study: Study) -> list[Panel]:
    """
    Give the panels of a study: each indicator of its numeric targets, on the commonest level.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    study : Study
        The study.

    Returns
    -------
    list of Panel
        Those with a value, all years of the table among them.

    Raises
    ------
    DataError
        If none has.
    """
    evidence, found = _latest(catalog, study), []
    for indicator in judged_by(catalog, study).values():
        with contextlib.suppress(DataError):
            found.append(_panel_of(evidence, indicator))
    if not found:
        raise DataError(f"study {study.id!r}: no indicator of its plan has a value in any area")
    return found


def save_record(record: PanelRecord, out: str) -> str:
    """
    Write summary.json of a track record into a folder, or nothing where no folder is named.

    Parameters
    ----------
    record : PanelRecord
        From :func:`open_record`.
    out : str
        Folder; empty in a notebook that is run by hand.

    Returns
    -------
    str
        What was written.
    """
    if not out:
        return ""
    panel = record.panel
    content = {
        "study": record.study.id if record.study else None,
        "indicator": record.indicator,
        "panel": panel.name,
        "panel_sha256": record.source_sha256,
        "areas": len(panel.areas),
        "first_year": panel.years[0],
        "last_year": panel.years[-1],
        "notes": backtest_notes(record.scores, record.lang),
        "backtest": backtest_rows(record.scores),
    }
    return write_summary(out, content)
