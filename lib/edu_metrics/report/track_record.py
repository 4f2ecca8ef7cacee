"""The track record of the models on one panel: which panel, what the back-test came to."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import asdict, replace
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
from edu_metrics.reachability import SeriesStore, assess, outcome_of
from edu_metrics.reachability import score as score_outcomes
from edu_metrics.reachability.scoring import NO_FORECAST, Forecast, WordScore
from edu_metrics.report.atomic_write import write_summary
from edu_metrics.report.backtest import backtest_notes, backtest_rows
from edu_metrics.report.banners import warnings
from edu_metrics.report.html import Cell, Html, details, facts, join, note, table, tag
from edu_metrics.report.kinds import commonest_level, judged_by, rates_of
from edu_metrics.report.tables import prepare
from edu_metrics.trajectories import (
    TOGETHER_PCT,
    EventScore,
    ModelScore,
    Panel,
    backtest,
    read_panels,
    to_panels,
)
from edu_metrics.trajectories.reference_files import checksum, find_panel_file
from edu_metrics.words import LANGUAGES, date, number, percent, say, signed

__all__ = [
    "PanelRecord",
    "open_record",
    "panels_of_study",
    "save_record",
    "show_models",
    "show_own_verdicts",
    "show_record_head",
]


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
    def by_verdict(self) -> list[WordScore]:
        """What came of the verdicts that the study gives, by word; none while nothing has come."""
        if self.study is None:
            return []
        study = self.study
        now = _latest(self.catalog, study)
        table = read_processed(self.catalog.root, study.id)
        plan = self.catalog.plan(study.plan)
        outcomes = (
            outcome_of(Forecast.of(found, study.as_of), now, plan)
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


def _latest(catalog: Catalog, study: Study) -> SeriesStore:
    """Give a study's series as of its newest figure: a track record looks at all years."""
    prepare(catalog, study)
    table = read_processed(catalog.root, study.id)
    newest = table["vintage"].max().date()
    return SeriesStore(catalog, study.model_copy(update={"as_of": newest}), table)


def _panel_of(evidence: SeriesStore, rate: Indicator) -> Panel:
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
    told: list[tuple[str, Cell]] = [
        (say("record.panel", lang), record.title),
        (say("record.areas", lang), number(len(panel.areas), 0)),
        (say("record.years", lang), span),
        (say("record.values", lang), number(known, 0)),
    ]
    pieces = [tag("h1", say("record.title", lang, panel=record.title))]
    if record.study is not None:
        pieces += warnings(record.study, record.catalog.plan(record.study.plan), lang)
    pieces.append(facts(told))
    if not record.default:
        return join([*pieces, note(say("track.nothing", lang), "gap")])
    pieces.append(tag("p", " ".join([_answer_held(record), *_answer_skill(record)]), "answer"))
    pieces.append(_together(record))
    key = "record.all_years" if record.study else "record.rules"
    pieces.append(tag("p", say(key, lang), "small"))
    return join(pieces)


def _answer_held(record: PanelRecord) -> str:
    lang = record.lang
    parts = [
        say(
            "record.held_at",
            lang,
            years=score.horizon,
            share=number(score.coverage80),
            low=number(score.coverage80_interval[0]),
            high=number(score.coverage80_interval[1]),
            n=number(score.n, 0),
        )
        for score in record.default
        if score.coverage80_interval is not None
    ]
    return say("record.answer_held", lang, held=say("record.comma", lang).join(parts))


def _answer_skill(record: PanelRecord) -> list[str]:
    """Say for each gain where stated probabilities did better than an average frequency."""
    lang, told = record.lang, []
    for place, gain in enumerate(record.gains):
        found = {score.horizon: score.events[place] for score in record.default}
        asked = [horizon for horizon, event in found.items() if event.n]
        kinds = {
            "better": [horizon for horizon in asked if _is_better(found[horizon])],
            "worse": [horizon for horizon in asked if _is_worse(found[horizon])],
        }
        kinds["undecided"] = [
            one for one in asked if one not in (*kinds["better"], *kinds["worse"])
        ]
        parts = [
            say(f"record.skill_{kind}", lang, years=say("record.comma", lang).join(map(str, years)))
            for kind, years in kinds.items()
            if years
        ]
        if parts:
            joined = say("record.semicolon", lang).join(parts)
            told.append(say("record.answer_skill", lang, gain=f"{gain:g}", parts=joined))
    return told


def _is_worse(event: EventScore) -> bool:
    return event.skill_interval is not None and event.skill_interval[0] > 0


def _is_better(event: EventScore) -> bool:
    return event.skill_interval is not None and event.skill_interval[1] < 0


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
    keys = ("verdict", "times_said", "mean_probability", "came_true")
    rows: list[list[Cell]] = []
    for one in record.by_verdict:
        came = one.happened
        ends = {"low": number(came.low_pct, 0), "high": number(came.high_pct, 0)}
        share = say("record.with_interval", lang, share=number(came.pct, 0), **ends)
        said = one.mean_probability
        shown = "—" if said is None else percent(number(100 * said, 0), lang)
        rows.append([say(f"verdict.{one.verdict}", lang), number(came.n, 0), shown, share])
    date_ = date(record.study.as_of, lang) if record.study else ""
    caption = say("record.verdicts_caption", lang, date=date_)
    head = [say(f"record.{key}", lang) for key in keys]
    return join(
        [
            table(head, rows, caption=caption, numeric=range(1, len(head))),
            tag("p", say("record.verdicts_note", lang), "small"),
        ]
    )


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
    lang, pieces = record.lang, []
    if not record.default:
        return note(say("track.nothing", lang), "gap")
    gain = f"{record.gains[0]:g}"
    keys = ("model", "n", "mae", "bias", "crps", "held80", "width", "held95", "width")
    head = [say(f"record.{key}", lang) for key in keys]
    head += [say("record.brier", lang, gain=gain), say("record.base", lang)]
    head.append(say("record.difference", lang))
    for score in record.default:
        rows = [_model_row(one, lang) for one in record.at(score.horizon) if one.n]
        caption = say("record.models_caption", lang, years=score.horizon)
        pieces.append(table(head, rows, caption=caption, numeric=range(1, len(head))))
    pieces.append(tag("p", say("record.models_note", lang), "small"))
    if len(record.gains) > 1:
        gains = say("record.comma", lang).join(f"{gain:g}" for gain in record.gains[1:])
        pieces.append(details(say("record.events_summary", lang, gains=gains), _events(record)))
    return join(pieces)


def _model_row(score: ModelScore, lang: str) -> list[Cell]:
    name: Cell = score.model
    if score.default:
        name = tag("strong", say("record.default_mark", lang, model=score.model))
    return [
        name,
        number(score.n, 0),
        number(score.mae, 2),
        signed(score.bias, 2),
        number(score.crps, 2),
        _held(score, lang),
        number(score.width80),
        say("record.share", lang, share=number(score.coverage95)),
        number(score.width95),
        *_brier(score.events[0], lang),
    ]


def _held(score: ModelScore, lang: str) -> str:
    low, high = score.coverage80_interval or (None, None)
    return say(
        "record.with_interval",
        lang,
        share=number(score.coverage80),
        low=number(low),
        high=number(high),
    )


def _brier(event: EventScore, lang: str) -> list[Cell]:
    if event.brier is None or event.base_rate_brier is None or event.skill_interval is None:
        return ["—", "—", "—"]
    difference = say(
        "record.between",
        lang,
        value=signed(event.brier - event.base_rate_brier, 3),
        low=signed(event.skill_interval[0], 3),
        high=signed(event.skill_interval[1], 3),
    )
    shown: Cell = tag("strong", difference) if _is_better(event) else difference
    return [number(event.brier, 3), number(event.base_rate_brier, 3), shown]


def _events(record: PanelRecord) -> Html:
    lang = record.lang
    rows: list[list[Cell]] = []
    for score in record.default:
        for event in score.events:
            happened = "—"
            if event.happened_pct is not None:
                happened = say("record.share", lang, share=number(event.happened_pct))
            rows.append(
                [
                    say("record.event", lang, gain=f"{event.gain:g}"),
                    say("record.ahead", lang, years=score.horizon),
                    number(event.n, 0),
                    happened,
                    *_brier(event, lang),
                ]
            )
    head = [say(f"record.{key}", lang) for key in ("event_column", "years", "n", "happened")]
    head += [say("record.brier", lang, gain=""), say("record.base", lang)]
    head.append(say("record.difference", lang))
    return table(head, rows, caption=say("record.events_caption", lang), numeric=range(2, 7))
