"""The head of a track record, and its tables: how good the models are."""

from __future__ import annotations

from edu_metrics.reporting.html import Cell, Html, details, facts, join, note, table, tag
from edu_metrics.reporting.panel_record import PanelRecord
from edu_metrics.trajectories import TOGETHER_PCT, EventScore, ModelScore
from edu_metrics.words import number, say, signed

__all__ = ["show_models", "show_record_head"]


def show_record_head(record: PanelRecord) -> Html:
    """
    Show which panel it is, whether it moves together, and the answer in two sentences.

    Parameters
    ----------
    record : PanelRecord
        From :func:`~edu_metrics.reporting.open_record`.

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
    pieces = [
        tag("h1", say("record.title", lang, panel=record.title)),
        facts(told),
    ]
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


def show_models(record: PanelRecord) -> Html:
    """
    Show errors, coverage, width and scores of every model, years ahead by years ahead.

    Parameters
    ----------
    record : PanelRecord
        From :func:`~edu_metrics.reporting.open_record`.

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
