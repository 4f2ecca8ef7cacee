"""The figures of a track record, and where the model that reports use fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from edu_metrics.catalog import GainCell, ReferenceClass
from edu_metrics.catalog.reference_classes import ALL, BANDS
from edu_metrics.errors import DataError
from edu_metrics.figures.track import MANY, ahead_text, coverage, reliability
from edu_metrics.report.assumptions import show_origins
from edu_metrics.report.backtest import backtest_notes
from edu_metrics.report.columns import (
    Column,
    Table,
    draw,
    fields_of,
    picked,
    strong_title,
    table_of,
)
from edu_metrics.report.context import StudyReport
from edu_metrics.report.html import Cell, Html, facts, join, note, tag
from edu_metrics.report.labels import pictures
from edu_metrics.report.tables import as_of_newest
from edu_metrics.report.track_record import PanelRecord
from edu_metrics.trajectories import CAP, FLOOR, ModelScore
from edu_metrics.trajectories.reference_classes import gain_table
from edu_metrics.words import number, say, signed

#: A starting band with fewer cases than this is not held against anything.
FEW = 30
#: What the interval looked at promises. [percent]
LEVEL = 80.0


def show_reliability(record: PanelRecord) -> Html:
    """
    Draw how often what was given a probability came true, and name the bins that do not hold.

    Parameters
    ----------
    record : PanelRecord
        From :func:`~edu_metrics.report.open_record`.

    Returns
    -------
    Html
        A figure for each number of years ahead, and the sentences that it comes to.
    """
    lang = record.lang
    shown = [score for score in record.default if score.reliability]
    if not shown:
        return note(say("track.nothing", lang), "gap")
    drawn = {}
    for score in shown:
        title = ahead_text(score.horizon, lang)
        drawn[title] = reliability(score.reliability, title=title, cap=CAP, floor=FLOOR, lang=lang)
    told = pictures(record, drawn, say("record.reliability_caption", lang), "reliability")
    limits = backtest_notes(record.scores, lang)[-1]
    return join([told, _bins_told(shown, lang), tag("p", limits)])


def _bins_told(scores: list[ModelScore], lang: str) -> Html:
    """Name the bins with many cases whose interval excludes what was said."""
    # An interval that is everything supports whatever was said.
    many = [
        (score.horizon, one)
        for score in scores
        for one in score.reliability
        if one.n >= MANY and one.interval != (0.0, 1.0)
    ]
    if not many:
        return tag("p", say("record.bins_few", lang))
    wrong: dict[int, list[str]] = {}
    for horizon, one in many:
        if not one.supported:
            told = say(
                "record.bin_wrong",
                lang,
                stated=number(100 * one.stated, 0),
                happened=number(100 * one.happened, 0),
                n=number(one.n, 0),
            )
            wrong.setdefault(horizon, []).append(told)
    if not wrong:
        return tag("p", say("record.bins_right", lang))
    lines = [
        say(
            "record.bins_wrong_at",
            lang,
            ahead=ahead_text(horizon, lang),
            bins=say("record.comma", lang).join(bins),
        )
        for horizon, bins in wrong.items()
    ]
    listed = tag("ul", join(tag("li", line) for line in lines))
    return tag("p", say("record.bins_wrong", lang)) + listed


def show_coverage(record: PanelRecord) -> Html:
    """
    Draw what the 80 % interval held in each year.

    Parameters
    ----------
    record : PanelRecord
        From :func:`~edu_metrics.report.open_record`.

    Returns
    -------
    Html
        A figure with its text alternative.
    """
    lang = record.lang
    if not record.default:
        return note(say("track.nothing", lang), "gap")
    shares = {
        score.horizon: [(year.year, year.coverage80) for year in score.by_year]
        for score in record.default
    }
    least, year, ahead = min(
        (share, year, ahead) for ahead, points in shares.items() for year, share in points
    )
    by_year = coverage(shares, level=LEVEL, worst=(ahead, year, least), lang=lang)
    return pictures(record, {"": by_year}, say("record.coverage_caption", lang), "coverage")


def reliability_table(record: PanelRecord) -> Table:
    """Give how often what was given a probability came true, one row a bin and years ahead."""
    rows = (
        {
            **{"horizon": score.horizon, "n": one.n},
            **{"stated_pct": 100 * one.stated, "happened_pct": 100 * one.happened},
            **{"low_pct": 100 * one.interval[0], "high_pct": 100 * one.interval[1]},
        }
        for score in record.default
        for one in score.reliability
    )
    return table_of(rows, "horizon stated_pct happened_pct low_pct high_pct n")


def coverage_table(record: PanelRecord) -> Table:
    """Give what the 80 % interval held, one row a year and years ahead."""
    rows = (
        {"horizon": score.horizon, "year": year.year, "held80_pct": year.coverage80}
        for score in record.default
        for year in score.by_year
    )
    return table_of(rows, "horizon year held80_pct")


def show_failures(record: PanelRecord) -> Html:
    """
    Say where the model that reports use fails: year, starting band, against "no change".

    Parameters
    ----------
    record : PanelRecord
        From :func:`~edu_metrics.report.open_record`.

    Returns
    -------
    Html
        Sentences, and a table by starting band.
    """
    lang = record.lang
    if not record.default:
        return note(say("track.nothing", lang), "gap")
    told = backtest_notes(record.scores, lang)[:-1]
    bands = [
        (band.coverage80, score.horizon, band)
        for score in record.default
        for band in score.by_band
        if band.n >= FEW
    ]
    if bands:
        # Too little held is a failure; too much is only waste.
        share, horizon, band = min(bands, key=lambda item: item[:2])
        told.append(
            say(
                "record.worst_band",
                lang,
                band=band_text(band.band, lang),
                ahead=ahead_text(horizon, lang),
                share=number(share),
                n=number(band.n, 0),
            )
        )
    told += _against_no_change(record)
    bands_of = record.tables.rows("bands")
    found = {(row.horizon, row.band): row for row in bands_of}
    columns = [Column("record.band", lambda row: band_text(row.band, lang))]
    for score in record.default:
        ahead = ahead_text(score.horizon, lang)
        for key, show in _BAND_CELLS.items():
            heading = join([f"{ahead} · {say(f'record.{key}', lang)}"])
            columns.append(
                Column(heading, partial(_band_cell, found, score.horizon, show, lang), numeric=True)
            )
    shown = bands_of.first_of("band").ordered(lambda row: [*BANDS].index(row.band))
    caption = say("record.bands_caption", lang)
    return join(
        [
            tag("ul", join(tag("li", line) for line in told)),
            draw(shown, columns, lang, caption=caption, csv="bands"),
            tag("p", say("record.few_band", lang), "small"),
        ]
    )


def bands_table(record: PanelRecord) -> Table:
    """Give how the model that reports use did, one row a starting band and years ahead."""
    rows = (
        {
            **fields_of(band),
            **picked(band, "coverage80_pct=coverage80 mae_pp=mae bias_pp=bias"),
            "horizon": score.horizon,
        }
        for score in record.default
        for band in score.by_band
        if band.band in BANDS
    )
    return table_of(rows, "horizon band n coverage80_pct mae_pp bias_pp")


#: What is shown of a starting band, by the key of its words.
_BAND_CELLS: dict[str, Callable[[Any, str], str]] = {
    "held80": lambda row, lang: say("record.share", lang, share=number(row.coverage80_pct)),
    "bias": lambda row, lang: signed(row.bias_pp, 1),
    "n": lambda row, lang: number(row.n, 0),
}


def _band_cell(
    found: Mapping[tuple[int, str], Any],
    horizon: int,
    show: Callable[[Any, str], str],
    lang: str,
    row: Any,
) -> str:
    cell = found.get((horizon, row.band))
    return "—" if cell is None else show(cell, lang)


def _against_no_change(record: PanelRecord) -> list[str]:
    lang = record.lang
    comma = say("record.comma", lang)
    wins, losses = [], []
    for score in record.default:
        still = next(one for one in record.at(score.horizon) if one.model == "no_change")
        if score.crps is None or not still.crps:
            continue
        less = 100 * (1 - score.crps / still.crps)
        if less > 0:
            ahead = ahead_text(score.horizon, lang)
            wins.append(say("record.win_at", lang, ahead=ahead, share=number(less)))
        else:
            losses.append(score.horizon)
    told = [say("record.wins", lang, parts=comma.join(wins))] if wins else []
    return told + ([say("record.loses", lang, ahead=ahead_text(losses, lang))] if losses else [])


#: What one printed decimal rounds away. [percentage points]
ROUND = 0.05
#: The pace whose precedents are counted, and over how many years. [points a year; years]
PACE, YEARS = 5.0, 3


def show_record_precedents(record: PanelRecord) -> Html:
    """
    Count how often +5 points a year were kept for three years: here, and in reference classes.

    Parameters
    ----------
    record : PanelRecord
        From :func:`~edu_metrics.report.open_record`.

    Returns
    -------
    Html
        A table by class and starting band, with the fastest pace that was ever kept.
    """
    lang, found = record.lang, record.tables.rows("precedents")
    missing = [] if any(found["own"]) else [note(say("record.no_windows", lang), "gap")]
    if not found:
        return join(missing)
    pace = f"{PACE:g}"
    columns = [
        Column("record.class", lambda row: strong_title(row) if row.band == ALL else ""),
        Column("record.band", partial(_band, lang)),
        Column("record.windows", lambda row: number(row.windows, 0), numeric=True),
        Column(join([say("record.kept", lang, pace=pace)]), partial(_kept, lang)),
        Column("record.median", lambda row: signed(row.median_gain_pp), numeric=True),
        Column("record.fastest", partial(_fastest, lang)),
    ]
    caption = say("record.precedents_caption", lang, pace=pace)
    told = draw(found, columns, lang, caption=caption, csv="precedents")
    return join([*missing, told, tag("p", say("record.precedents_note", lang), "small")])


def precedents_table(record: PanelRecord) -> Table:
    """Give how often +5 points a year were kept for three years, one row a class and band."""
    try:
        own = gain_table([record.panel])
    except DataError:
        own = ()
    title = say("record.own_class", record.lang)
    tables: list[tuple[str, ReferenceClass | None, Sequence[GainCell]]] = [(title, None, own)]
    tables += [(entry.name.in_(record.lang), entry, entry.table) for entry in record.classes]
    rows = (
        {
            **dict(cell.fastest),
            "title": title,
            "own": entry is None,
            "band": band,
            "windows": cell.windows,
            "kept_windows": cell.kept.windows[at],
            "kept_low_pct": cell.kept.low[at],
            "kept_high_pct": cell.kept.high[at],
            "median_gain_pp": cell.gains_pp[50],
            "fastest_pp": cell.fastest.pace_pp,
            "fastest_in": entry and entry.panel_name(cell.fastest.panel).in_(record.lang),
        }
        for title, entry, cells in tables
        for band in (ALL, *BANDS)
        for cell in cells
        if cell.years == YEARS and cell.band == band
        for at in [cell.kept.at.index(PACE)]
    )
    return table_of(
        rows,
        "title own band windows kept_windows kept_low_pct kept_high_pct median_gain_pp fastest_pp "
        "fastest_in first_year last_year",
    )


def _band(lang: str, row: Any) -> str:
    return say("record.all_bands", lang) if row.band == ALL else band_text(row.band, lang)


def band_text(band: str, lang: str) -> str:
    """
    Print a band of starting values in words.

    Parameters
    ----------
    band : str
        Its id, such as ``<=20``.
    lang : str
        Language.

    Returns
    -------
    str
        In words.

    Examples
    --------
    >>> band_text("<=20", "en"), band_text("20-40", "en"), band_text(">95", "zh")
    ('at most 20', '20–40', '高于95')
    """
    if band.startswith("<="):
        return say("record.band_up_to", lang, value=band[2:])
    if band.startswith(">"):
        return say("record.band_above", lang, value=band[1:])
    return say(
        "record.years_span", lang, **dict(zip(("first", "last"), band.split("-"), strict=True))
    )


def _kept(lang: str, row: Any) -> str:
    windows, high = number(row.windows, 0), number(row.kept_high_pct)
    if row.kept_low_pct <= ROUND and row.kept_high_pct >= 100 - ROUND:
        # The interval is everything: nothing can be told from so few.
        count = number(row.kept_windows, 0)
        return say("record.kept_few", lang, count=count, windows=windows)
    if row.kept_windows == 0:
        return say("record.kept_none", lang, windows=windows, high=high)
    share = number(100 * row.kept_windows / row.windows)
    return say(
        "record.kept_cell", lang, count=number(row.kept_windows, 0), windows=windows, share=share,
        low=number(row.kept_low_pct), high=high,
    )  # fmt: skip


def _fastest(lang: str, row: Any) -> str:
    told = {"pace": signed(row.fastest_pp), "first": row.first_year, "last": row.last_year}
    if row.fastest_in is None:
        return say("record.fastest_own", lang, **told)
    return say("record.fastest_cell", lang, panel=row.fastest_in, **told)


def show_record_origins(record: PanelRecord) -> Html:
    """
    Show where the panel comes from, and the command that prints the same numbers.

    Parameters
    ----------
    record : PanelRecord
        From :func:`~edu_metrics.report.open_record`.

    Returns
    -------
    Html
        Sources and hash of the study, or file and checksum.
    """
    lang = record.lang
    if record.study is not None:
        from edu_metrics.observations import read_processed

        observed = read_processed(record.catalog.root, record.study.id)
        study = as_of_newest(record.study, observed)
        return show_origins(StudyReport(record.catalog, study, observed, lang))
    if record.source is None:
        return Html("")
    asked = [",".join(f"{one:g}" for one in many) for many in (record.horizons, record.gains)]
    command = f"edu-metrics backtest {record.source.name} --horizons {asked[0]} --events {asked[1]}"
    told: dict[str, Cell] = {
        "record.file": record.source.name,
        "record.checksum": tag("code", record.source_sha256 or ""),
        "record.again": tag("code", command),
    }
    return facts(told, lang)
