"""A back-test as rows for a terminal, and as plain data."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, Literal

from edu_metrics.errors import DataError
from edu_metrics.figures.track import ahead_text
from edu_metrics.trajectories import CAP, FLOOR, TOGETHER_PCT, ModelScore
from edu_metrics.words import number, say, short

_COLUMNS = (
    "model",
    "default",
    "areas",
    "horizon",
    "n",
    "mae",
    "bias",
    "above_median_pct",
    "coverage80",
    "coverage95",
    "width80",
    "width95",
    "crps",
    "common_variance_pct",
)


def numbers_of(option: str, text: str, *, whole: bool = False) -> list[float]:
    """
    Read the numbers of an option that lists them with commas.

    Parameters
    ----------
    option : str
        What the option is called, for the message.
    text : str
        Its value.
    whole : bool, optional
        Whether only whole numbers from 1 up will do; else any above 0 and below 100.

    Returns
    -------
    list of float
        The numbers, sorted, each once.

    Raises
    ------
    DataError
        For anything else, with every fault.

    Examples
    --------
    >>> numbers_of("--events", "10,5")
    [5.0, 10.0]
    """
    found, faults = set(), []
    expected = "a whole number of years from 1 to 20" if whole else "points above 0 and below 100"
    for piece in text.split(","):
        try:
            value = float(piece)
        except ValueError:
            value = float("nan")
        fits = 1 <= value <= 20 and value % 1 == 0 if whole else 0 < value < 100
        if fits:
            found.add(value)
        else:
            faults.append(f"{piece.strip()!r}: expected {expected}")
    if faults:
        raise DataError(f"{option} {text!r}: expected numbers with commas, such as 1,2,3", faults)
    return sorted(found)


def areas_of(option: str, text: str) -> list[int | Literal["all"]]:
    """
    Read how many areas are to be forecast together: numbers with commas, or "all".

    Parameters
    ----------
    option : str
        What the option is called, for the message.
    text : str
        Its value.

    Returns
    -------
    list of (int or "all")
        In the order given, each once.

    Raises
    ------
    DataError
        For anything else, with every fault.

    Examples
    --------
    >>> areas_of("--areas", "1,3,all")
    [1, 3, 'all']
    """
    pieces = [piece.strip() for piece in text.split(",")]
    faults = [
        f"{piece!r}: expected a whole number from 1 up, or 'all'"
        for piece in pieces
        if piece != "all" and not (piece.isdecimal() and int(piece) > 0)
    ]
    if faults:
        raise DataError(f"{option} {text!r}: expected numbers with commas, such as 1,3,all", faults)
    return list(dict.fromkeys("all" if piece == "all" else int(piece) for piece in pieces))


def backtest_rows(scores: Sequence[ModelScore]) -> list[dict[str, Any]]:
    """
    Give a back-test as plain data.

    Parameters
    ----------
    scores : sequence of ModelScore
        From :func:`~edu_metrics.trajectories.backtest`.

    Returns
    -------
    list of dict
        One a model and horizon, ready for JSON; null where nothing could be said.
    """
    rows = []
    for score in scores:
        row: dict[str, Any] = dataclasses.asdict(score)
        for name in ("reliability", "rising"):
            for place, bin_ in enumerate(getattr(score, name)):
                row[name][place]["supported"] = bin_.supported
        rows.append(row)
    return rows


def backtest_table(scores: Sequence[ModelScore]) -> list[dict[str, Any]]:
    """Give the rows for people, with a Brier score and its base rate for each event."""
    return [
        {name: getattr(score, name) for name in _COLUMNS}
        | {
            f"{what}+{event.gain:g}": value
            for event in score.events
            for what, value in (("brier", event.brier), ("base_rate", event.base_rate_brier))
        }
        for score in scores
    ]


def backtest_notes(scores: Sequence[ModelScore], lang: str = "en") -> list[str]:
    """
    Say what a reader of a back-test must know besides its numbers.

    Parameters
    ----------
    scores : sequence of ModelScore
        From :func:`~edu_metrics.trajectories.backtest`.
    lang : {"zh", "en"}, optional
        Language.

    Returns
    -------
    list of str
        Whether the panel moves together, its worst year, and how far probabilities go.
    """
    mine = [score for score in scores if score.default and score.n]
    if not mine:
        return [say("track.nothing", lang)]
    told = [_held(score, lang) for score in mine]
    share = mine[0].common_variance_pct
    if share is not None and share >= TOGETHER_PCT:
        told.append(say("track.together", lang, share=number(share, 0)))
    worst = min(
        (year.coverage80, year.year, score.horizon) for score in mine for year in score.by_year
    )
    told.append(
        say(
            "track.worst",
            lang,
            share=number(worst[0], 0),
            year=worst[1],
            ahead=ahead_text(worst[2], lang),
        )
    )
    few = [part for score in mine if score.horizon == 1 for part in score.by_n[:1]]
    told += [
        say(
            "track.few_persons",
            lang,
            most=number(part.most, 0),
            share=number(part.coverage80, 0),
            n=number(part.n, 0),
        )
        for part in few[:1]
    ]
    told.append(say("track.limits", lang, cap=number(100 * CAP, 0), floor=short(100 * FLOOR)))
    return told


def _held(score: ModelScore, lang: str) -> str:
    """Say what intervals held, and on which side of the middle outcomes fell."""
    together = (
        say("track.all_areas", lang)
        if score.areas == "all"
        else say("track.some_areas", lang, number=score.areas)
    )
    ends = score.coverage80_interval
    share = number(score.coverage80, 0)
    if ends is None:
        held = say("record.share_few", lang, share=share)
    else:
        low, high = (number(end, 0) for end in ends)
        held = say("record.with_interval", lang, share=share, low=low, high=high)
    return say(
        "track.held",
        lang,
        together=together,
        ahead=ahead_text(score.horizon, lang),
        held=held,
        above=number(score.above_median_pct, 0),
        n=number(score.n, 0),
    )
