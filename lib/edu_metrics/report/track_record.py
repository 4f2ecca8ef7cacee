"""The track record of the models on one panel: which panel, what the back-test came to."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

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
from edu_metrics.figures.track import ahead_text
from edu_metrics.reachability import SeriesStore, assess, outcome_of
from edu_metrics.reachability import score as score_outcomes
from edu_metrics.reachability.scoring import NO_FORECAST, Forecast, WordScore
from edu_metrics.report.backtest import backtest_notes, backtest_rows
from edu_metrics.report.columns import Column, Table, Tables, draw, fields_of, picked, table_of
from edu_metrics.report.downloads import save_tables, write_summary
from edu_metrics.report.html import CONTENTS, Cell, Html, details, facts, join, note, tag, warnings
from edu_metrics.report.kinds import commonest_level, judged_by, rates_of, refuse_unknown_parameters
from edu_metrics.report.tables import as_of_newest, current_table, kept_beside, prepare
from edu_metrics.trajectories import (
    TOGETHER_PCT,
    EventScore,
    ModelScore,
    Panel,
    backtest,
    read_panels,
    to_panels,
)
from edu_metrics.trajectories.reference_classes import checksum, find_panel_file
from edu_metrics.words import date, number, percent, require_language, say, signed


@dataclass(eq=False, kw_only=True)
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

    panel: Panel
    title: str
    horizons: Sequence[int]
    gains: Sequence[float]
    catalog: Catalog
    lang: str
    study: Study | None = None
    indicator: str | None = None
    source: Path | None = None

    @cached_property
    def tables(self) -> Tables:
        """Every table that the record shows as a DataFrame, by name; ``list`` gives the names."""
        homes = {
            "track_record": "own_verdicts models events",
            "track_record_figures": "bands precedents reliability coverage",
        }
        return Tables(self, homes)

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
    def by_verdict(self) -> list[WordScore]:
        """What came of the verdicts that the study gives, by word; none while nothing has come."""
        if self.study is None:
            return []
        # Every target of every area is judged for it, and in each language it comes to the same.
        table, kind = prepare(self.catalog, self.study), TypeAdapter(list[WordScore])
        name = f"{self.study.as_of}.own_verdicts"
        kept = kept_beside(table, name, lambda: kind.dump_python(self._judged_again(), mode="json"))
        return kind.validate_python(kept)

    def _judged_again(self) -> list[WordScore]:
        study = self.study
        if study is None:
            return []
        table = current_table(self.catalog, study)
        now = SeriesStore(self.catalog, as_of_newest(study, table), table)
        outcomes = (
            outcome_of(Forecast.of(found, study.as_of), now)
            for found in assess(self.catalog, study, table)
            if found.verdict not in NO_FORECAST
        )
        return list(score_outcomes(outcomes).by_word)

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
    if bool(study) == bool(panel):
        found = f"study={study!r} and panel={panel!r}"
        raise DefinitionError(f"track record: expected a study or a panel file, found {found}")
    refuse_unknown_parameters()
    catalog = load_catalog(Path(root) if root else find_root())
    require_language(lang)
    asked: dict[str, Any] = {"horizons": tuple(horizons), "gains": tuple(gains)}
    asked |= {"catalog": catalog, "lang": lang}
    if panel:
        path = find_panel_file(panel)
        chosen = _one_of(read_panels(path), indicator, path.name)
        return PanelRecord(panel=chosen, title=chosen.name, **asked, source=path)
    entry = catalog.study(study)
    rate = _rate(catalog, entry, indicator)
    names = {"study": entry.title.in_(lang), "indicator": rate.name.in_(lang)}
    title = say("record.panel_of_study", lang, **names)
    measured = _panel_of(_latest(catalog, entry), rate)
    return PanelRecord(panel=measured, title=title, **asked, study=entry, indicator=rate.id)


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


def _latest(catalog: Catalog, study: Study) -> SeriesStore:
    """Give a study's series as of its newest figure: a track record looks at all years."""
    table = current_table(catalog, study)
    return SeriesStore(catalog, as_of_newest(study, table), table)


def _panel_of(store: SeriesStore, rate: Indicator) -> Panel:
    study = store.study
    history = store.history(rate.id)
    rows = history[history["area"].isin(commonest_level(store.catalog, study))]
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
    store, found = _latest(catalog, study), []
    for indicator in judged_by(catalog, study).values():
        with contextlib.suppress(DataError):
            found.append(_panel_of(store, indicator))
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
    save_tables(record, out)
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
        "by_verdict": [{**asdict(one), "verdict": str(one.verdict)} for one in record.by_verdict],
        "backtest": backtest_rows(record.scores),
    }
    return write_summary(out, content)


def show_record_head(record: PanelRecord) -> Html:
    """
    Show which panel it is, whether it moves together, and the answer in two sentences.

    Parameters
    ----------
    record : PanelRecord
        From :func:`~edu_metrics.report.open_record`.

    Returns
    -------
    Html
        Title, facts, and what the back-test came to.
    """
    lang, panel = record.lang, record.panel
    span = say("record.years_span", lang, first=panel.years[0], last=panel.years[-1])
    known = int((panel.values == panel.values).sum())
    told: dict[str, Cell] = {
        "record.panel": record.title,
        "record.areas": number(len(panel.areas), 0),
        "record.years": span,
        "record.values": number(known, 0),
    }
    pieces = [tag("h1", say("record.title", lang, panel=record.title))]
    if record.study is not None:
        pieces += warnings(record.study, record.catalog.plan(record.study.plan), lang)
    pieces.append(facts(told, lang))
    if not record.default:
        return join([*pieces, note(say("track.nothing", lang), "gap")])
    told_all = [_answer_held(record), _answer_bias(record), *_answer_skill(record)]
    pieces.append(tag("p", say("record.gap", lang).join(told_all), "answer"))
    pieces.append(_together(record))
    key = "record.all_years" if record.study else "record.rules"
    pieces.append(tag("p", say(key, lang), "small"))
    return join([*pieces, CONTENTS])


def _answer_held(record: PanelRecord) -> str:
    lang = record.lang
    parts = [
        say(
            "record.held_at",
            lang,
            ahead=ahead_text(score.horizon, lang),
            share=number(score.coverage80, 0),
            n=number(score.n, 0),
        )
        for score in record.default
    ]
    return say("record.answer_held", lang, held=say("record.comma", lang).join(parts))


def _answer_bias(record: PanelRecord) -> str:
    lang = record.lang
    parts = (
        say("record.bias_at", lang, ahead=ahead_text(one.horizon, lang), bias=signed(one.bias, 1))
        for one in record.default
    )
    return say("record.answer_bias", lang, parts=say("record.comma", lang).join(parts))


def _answer_skill(record: PanelRecord) -> list[str]:
    """Say for each gain where stated probabilities did better than an average frequency."""
    lang, told = record.lang, []
    for place, gain in enumerate(record.gains):
        found = {score.horizon: score.events[place] for score in record.default}
        asked = [horizon for horizon, event in found.items() if event.n]
        kinds: dict[str, list[int]] = {}
        for horizon in asked:
            kinds.setdefault(_skill(found[horizon]), []).append(horizon)
        parts = [
            say(f"record.skill_{kind}", lang, ahead=ahead_text(years, lang))
            for kind, years in kinds.items()
        ]
        if parts:
            joined = say("record.semicolon", lang).join(parts)
            told.append(say("record.answer_skill", lang, gain=f"{gain:g}", parts=joined))
    return told


def _skill(event: EventScore) -> str:
    """Name the words for how stated probabilities did beside an average frequency."""
    low, high = event.skill_interval or (-1.0, 1.0)
    if _undecided(event):
        return "untested"
    return "better" if high < 0 else "worse" if low > 0 else "undecided"


def _undecided(event: EventScore) -> bool:
    """Tell whether an interval is missing, or wider than any score can be."""
    ends = event.skill_interval
    return ends is None or ends[1] - ends[0] >= 1


def _together(record: PanelRecord) -> Html:
    """Say that the panel moves together, or that it does not."""
    lang, share = record.lang, record.default[0].common_variance_pct
    if share is None:
        return tag("p", say("record.common_unknown", lang), "small")
    shown = number(share, 0)
    if share >= TOGETHER_PCT:
        return note(say("track.together", lang, share=shown), "gap")
    return tag("p", say("record.quiet", lang, share=shown, limit=f"{TOGETHER_PCT:g}"))


def show_own_verdicts(record: PanelRecord) -> Html:
    """
    Show what came of the verdicts that the study's reports give, by word.

    Parameters
    ----------
    record : PanelRecord
        From :func:`~edu_metrics.report.open_record`.

    Returns
    -------
    Html
        A table, or a sentence where no later year is known or a file is looked at.
    """
    lang = record.lang
    if not record.by_verdict:
        return tag("p", say("record.no_later_years", lang), "small")
    columns = [
        Column("record.verdict", lambda row: say(f"verdict.{row.verdict}", lang)),
        Column("record.times_said", lambda row: number(row.n, 0), numeric=True),
        Column("record.mean_probability", partial(_mean, lang), numeric=True),
        Column("record.came_true", partial(_came_true, lang), numeric=True),
    ]
    date_ = date(record.study.as_of, lang) if record.study else ""
    caption = say("record.verdicts_caption", lang, date=date_)
    shown = draw(
        record.tables.rows("own_verdicts"), columns, lang, caption=caption, csv="own_verdicts"
    )
    return shown + tag("p", say("record.verdicts_note", lang), "small")


def own_verdicts_table(record: PanelRecord) -> Table:
    """Give what came of the verdicts of the study, one row a word."""
    rows = ({**fields_of(one), **fields_of(one.happened)} for one in record.by_verdict)
    return table_of(rows, "verdict n mean_probability pct low_pct high_pct")


def _mean(lang: str, row: Any) -> str:
    said = row.mean_probability
    return "—" if said is None else percent(number(100 * said, 0), lang)


def _came_true(lang: str, row: Any) -> str:
    share, low, high = (number(one, 0) for one in (row.pct, row.low_pct, row.high_pct))
    return say("record.with_interval", lang, share=share, low=low, high=high)


def show_models(record: PanelRecord) -> Html:
    """
    Show errors, coverage, width and scores of every model, years ahead by years ahead.

    Parameters
    ----------
    record : PanelRecord
        From :func:`~edu_metrics.report.open_record`.

    Returns
    -------
    Html
        A table for each number of years ahead, and what its columns mean.
    """
    lang, by_horizon = record.lang, record.tables.rows("models").by("horizon")
    if not record.default:
        return note(say("track.nothing", lang), "gap")
    columns = [
        Column("record.n", lambda row: number(row.n, 0)),
        Column("record.mae", lambda row: number(row.mae_pp, 2)),
        Column("record.bias", lambda row: signed(row.bias_pp, 2)),
        Column("record.crps", lambda row: number(row.crps, 2)),
        Column("record.held80", partial(_held, lang)),
        Column("record.width", lambda row: number(row.width80_pp)),
        Column(
            "record.held95", lambda row: say("record.share", lang, share=number(row.coverage95_pct))
        ),
        Column("record.width", lambda row: number(row.width95_pp)),
        *_brier(lang, f"{record.gains[0]:g}"),
    ]
    columns = [
        Column("record.model", partial(_model, lang)),
        *(replace(column, numeric=True) for column in columns),
    ]
    pieces = [
        draw(
            by_horizon[score.horizon],
            columns,
            lang,
            caption=say("record.models_caption", lang, ahead=ahead_text(score.horizon, lang)),
            csv="models" if score is record.default[-1] else "",
        )
        for score in record.default
    ]
    pieces.insert(0, tag("p", say("record.models_note", lang), "small"))
    if len(record.gains) > 1:
        gains = say("record.comma", lang).join(f"{gain:g}" for gain in record.gains[1:])
        pieces.append(details(say("record.events_summary", lang, gains=gains), _events(record)))
    return join(pieces)


def models_table(record: PanelRecord) -> Table:
    """Give errors and scores, one row a model and years ahead; Brier scores of the first event."""
    rows = (
        {
            **_event(score.events[0]),
            **fields_of(score),
            **dict(zip(_ENDS, score.coverage80_interval or (None, None), strict=True)),
            **picked(score, "mae_pp=mae bias_pp=bias width80_pp=width80 width95_pp=width95"),
            **picked(score, "coverage80_pct=coverage80 coverage95_pct=coverage95"),
        }
        for score in record.scores
        if score.n
    )
    return table_of(
        rows,
        "model default horizon n mae_pp bias_pp crps coverage80_pct coverage80_low_pct "
        "coverage80_high_pct width80_pp coverage95_pct width95_pp gain_pp brier base_rate_brier "
        "skill_low skill_high",
    )


#: The ends of the interval of a coverage.
_ENDS = ("coverage80_low_pct", "coverage80_high_pct")


def events_table(record: PanelRecord) -> Table:
    """Give the scores of stated probabilities, one row a model, years ahead and gain."""
    rows = (
        {**fields_of(score), **_event(event)} for score in record.scores for event in score.events
    )
    return table_of(
        rows,
        "model default horizon gain_pp n happened_pct brier base_rate_brier skill_low skill_high",
    )


def _event(event: EventScore) -> dict[str, Any]:
    low, high = event.skill_interval or (None, None)
    return {**fields_of(event), "gain_pp": event.gain, "skill_low": low, "skill_high": high}


def _model(lang: str, row: Any) -> Cell:
    named = say(f"record.model_{row.model}", lang)
    if not row.default:
        return named
    return tag("strong", say("record.default_mark", lang, model=named))


def _held(lang: str, row: Any) -> str:
    if row.coverage80_low_pct is None or row.coverage80_high_pct - row.coverage80_low_pct >= 100:
        return say("record.share_few", lang, share=number(row.coverage80_pct))
    ends = {"low": number(row.coverage80_low_pct), "high": number(row.coverage80_high_pct)}
    return say("record.with_interval", lang, share=number(row.coverage80_pct), **ends)


def _brier(lang: str, gain: str) -> list[Column]:
    """Give the columns of a Brier score, the base rate's, and their difference."""

    def known(show: Callable[[Any], Cell]) -> Callable[[Any], Cell]:
        return lambda row: "—" if row.brier is None else show(row)

    def difference(row: Any) -> Cell:
        value = signed(row.brier - row.base_rate_brier, 3)
        if row.skill_low is None or row.skill_high - row.skill_low >= 1:
            # Wider than any score can be: nothing can be told.
            return say("record.value_few", lang, value=value)
        low, high = signed(row.skill_low, 3), signed(row.skill_high, 3)
        told = say("record.between", lang, value=value, low=low, high=high)
        return tag("strong", told) if row.skill_high < 0 else told

    heading = join([say("record.brier", lang, gain=gain)])
    return [
        Column(heading, known(lambda row: number(row.brier, 3)), numeric=True),
        Column("record.base", known(lambda row: number(row.base_rate_brier, 3)), numeric=True),
        Column("record.difference", known(difference), numeric=True),
    ]


def _events(record: PanelRecord) -> Html:
    lang, events = record.lang, record.tables.rows("events")
    columns = [
        Column(
            "record.event_column", lambda row: say("record.event", lang, gain=f"{row.gain_pp:g}")
        ),
        Column("record.years", lambda row: ahead_text(row.horizon, lang)),
        Column("record.n", lambda row: number(row.n, 0), numeric=True),
        Column("record.happened", partial(_happened, lang), numeric=True),
        *_brier(lang, ""),
    ]
    years = {one.horizon for one in record.default}
    told = events.where(lambda row: row.default and row.horizon in years)
    return draw(told, columns, lang, caption=say("record.events_caption", lang), csv="events")


def _happened(lang: str, row: Any) -> str:
    if row.happened_pct is None:
        return "—"
    return say("record.share", lang, share=number(row.happened_pct))
