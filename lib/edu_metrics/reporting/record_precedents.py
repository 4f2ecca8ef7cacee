"""What precedent says beside a track record, and where the panel comes from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from edu_metrics.catalog import Counts, GainCell
from edu_metrics.catalog.reference_classes import ALL, BANDS
from edu_metrics.errors import DataError
from edu_metrics.reporting.area_report import StudyReport
from edu_metrics.reporting.html import Cell, Html, facts, join, note, table, tag
from edu_metrics.reporting.origins import show_origins
from edu_metrics.reporting.panel_record import PanelRecord
from edu_metrics.trajectories.reference_classes import Comparable, gain_table
from edu_metrics.words import number, say, signed

__all__ = ["show_record_origins", "show_record_precedents"]

#: The pace whose precedents are counted, and over how many years. [points a year; years]
PACE, YEARS = 5.0, 3


def show_record_precedents(record: PanelRecord) -> Html:
    """
    Count how often +5 points a year were kept for three years: here, and in reference classes.

    Parameters
    ----------
    record : PanelRecord
        From :func:`~edu_metrics.reporting.open_record`.

    Returns
    -------
    Html
        A table by class and starting band, with the fastest pace that was ever kept.
    """
    lang = record.lang
    rows: list[list[Cell]] = []
    try:
        own = gain_table([Comparable(record.panel)])
    except DataError:
        own = ()
    if any(cell.years == YEARS for cell in own):
        rows += _rows(say("record.own_class", lang), own, {}, lang)
    missing = [] if rows else [note(say("record.no_windows", lang), "gap")]
    for entry in record.classes:
        names = {name: entry.panel_name(name).in_(lang) for name in _panels(entry.table)}
        rows += _rows(entry.name.in_(lang), entry.table, names, lang)
    if not rows:
        return join(missing)
    keys = ("class", "band", "windows", "kept", "median", "fastest")
    head = [say(f"record.{key}", lang, pace=f"{PACE:g}") for key in keys]
    caption = say("record.precedents_caption", lang, pace=f"{PACE:g}")
    told = table(head, rows, caption=caption, numeric=(2, 4))
    return join([*missing, told, tag("p", say("record.precedents_note", lang), "small")])


def _panels(cells: Iterable[GainCell]) -> set[str]:
    return {cell.fastest.panel for cell in cells}


def _rows(
    title: str, cells: Sequence[GainCell], names: dict[str, str], lang: str
) -> list[list[Cell]]:
    """Give the three-year cells, all bands together first, the class named once."""
    held = {cell.band: cell for cell in cells if cell.years == YEARS}
    rows: list[list[Cell]] = []
    for band in (ALL, *BANDS):
        if band not in held:
            continue
        cell = held[band]
        shown = say("record.all_bands", lang) if band == ALL else band
        name = tag("strong", title) if band == ALL else Html("")
        row: list[Cell] = [name, shown, number(cell.windows, 0), _kept(cell.kept, cell, lang)]
        rows.append([*row, signed(cell.gains_pp[50]), _fastest(cell, names, lang)])
    return rows


def _kept(counts: Counts, cell: GainCell, lang: str) -> str:
    at = counts.at.index(PACE)
    count, windows = counts.windows[at], number(cell.windows, 0)
    if count == 0:
        return say("record.kept_none", lang, windows=windows, high=number(counts.high[at], 2))
    return say(
        "record.kept_cell",
        lang,
        count=number(count, 0),
        windows=windows,
        share=number(100 * count / cell.windows, 2),
        low=number(counts.low[at], 2),
        high=number(counts.high[at], 2),
    )


def _fastest(cell: GainCell, names: dict[str, str], lang: str) -> str:
    found = cell.fastest
    if found.panel not in names:
        span = {"first": found.first_year, "last": found.last_year}
        return say("record.fastest_own", lang, pace=signed(found.pace_pp), **span)
    return say(
        "record.fastest_cell",
        lang,
        pace=signed(found.pace_pp),
        panel=names[found.panel],
        first=found.first_year,
        last=found.last_year,
    )


def show_record_origins(record: PanelRecord) -> Html:
    """
    Show where the panel comes from, and the command that prints the same numbers.

    Parameters
    ----------
    record : PanelRecord
        From :func:`~edu_metrics.reporting.open_record`.

    Returns
    -------
    Html
        Sources and hash of the study, or file and checksum.
    """
    lang = record.lang
    if record.study is not None:
        from edu_metrics.observations import read_processed

        observed = read_processed(record.catalog.root, record.study.id)
        newest = observed["vintage"].max().date()
        study = record.study.model_copy(update={"as_of": newest})
        return show_origins(StudyReport(record.catalog, study, observed, lang))
    if record.source is None:
        return Html("")
    asked = [",".join(f"{one:g}" for one in many) for many in (record.horizons, record.gains)]
    command = f"edu-metrics backtest {record.source.name} --horizons {asked[0]} --events {asked[1]}"
    return facts(
        [
            (say("record.file", lang), record.source.name),
            (say("record.checksum", lang), tag("code", record.source_sha256 or "")),
            (say("record.again", lang), tag("code", command)),
        ]
    )
