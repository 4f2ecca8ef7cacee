"""The figures of a track record, and where the model that reports use fails."""

from __future__ import annotations

from edu_metrics.catalog.reference_classes import BANDS
from edu_metrics.figures import (
    Said,
    as_html,
    describe_coverage,
    describe_places,
    describe_reliability,
    new_figure,
    plot_coverage,
    plot_places,
    plot_reliability,
    small_multiples,
)
from edu_metrics.reporting.backtesting import backtest_notes
from edu_metrics.reporting.html import Cell, Html, join, note, table, tag
from edu_metrics.reporting.panel_record import PanelRecord
from edu_metrics.trajectories import CAP, FLOOR, ModelScore
from edu_metrics.trajectories.reliability import Bin
from edu_metrics.words import number, say, signed

__all__ = ["show_coverage", "show_failures", "show_reliability"]

#: A bin, or a starting band, with fewer cases than this is not held against anything.
MANY, FEW = 100, 30
#: What the interval looked at promises. [percent]
LEVEL = 80.0


def show_reliability(record: PanelRecord) -> Html:
    """
    Draw how often what was given a probability came true, and name the bins that do not hold.

    Parameters
    ----------
    record : PanelRecord
        From :func:`~edu_metrics.reporting.open_record`.

    Returns
    -------
    Html
        A figure for each number of years ahead, and the sentences that it comes to.
    """
    lang = record.lang
    shown = [score for score in record.default if score.reliability]
    if not shown:
        return note(say("track.nothing", lang), "gap")
    drawn, axes = small_multiples(len(shown), columns=3, width=9.6, height=3.2)
    texts = []
    for axis, score in zip(axes, shown, strict=True):
        title = say("record.ahead", lang, years=score.horizon)
        bins = [_said(one) for one in score.reliability]
        plot_reliability(axis, title=title, bins=bins, cap=CAP, floor=FLOOR, lang=lang)
        texts.append(describe_reliability(title=title, bins=bins, cap=CAP, floor=FLOOR, lang=lang))
    caption = say("record.reliability_caption", lang)
    picture = Html(as_html(drawn, alt=" ".join(texts), caption=caption))
    limits = backtest_notes(record.scores, lang)[-1]
    return join([picture, _bins_told(shown, lang), tag("p", limits)])


def _said(one: Bin) -> Said:
    return Said(one.stated, one.happened, *one.interval, one.n)


def _bins_told(scores: list[ModelScore], lang: str) -> Html:
    """Name the bins with many cases whose interval excludes what was said."""
    many = [(score.horizon, one) for score in scores for one in score.reliability if one.n >= MANY]
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
            ahead=say("record.ahead", lang, years=horizon),
            bins=say("record.comma", lang).join(bins),
        )
        for horizon, bins in wrong.items()
    ]
    listed = tag("ul", join(tag("li", line) for line in lines))
    return tag("p", say("record.bins_wrong", lang)) + listed


def show_coverage(record: PanelRecord) -> Html:
    """
    Draw what the 80 % interval held in each year, and where outcomes fell among the draws.

    Parameters
    ----------
    record : PanelRecord
        From :func:`~edu_metrics.reporting.open_record`.

    Returns
    -------
    Html
        Two figures with their text alternatives.
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
    worst = (ahead, year, least)
    drawn, axes = new_figure(9.6, 3.2)
    plot_coverage(axes[0], shares=shares, level=LEVEL, worst=worst, lang=lang)
    alt = describe_coverage(shares=shares, level=LEVEL, worst=worst, lang=lang)
    by_year = Html(as_html(drawn, alt=alt, caption=say("record.coverage_caption", lang)))
    drawn, axes = small_multiples(len(record.default), columns=3, width=9.6, height=2.2)
    texts = []
    for axis, score in zip(axes, record.default, strict=True):
        title = say("record.ahead", lang, years=score.horizon)
        plot_places(axis, title=title, counts=score.places, lang=lang)
        texts.append(describe_places(title=title, counts=score.places, lang=lang))
    places = as_html(drawn, alt=" ".join(texts), caption=say("record.places_caption", lang))
    return by_year + Html(places)


def show_failures(record: PanelRecord) -> Html:
    """
    Say where the model that reports use fails: year, starting band, against "no change".

    Parameters
    ----------
    record : PanelRecord
        From :func:`~edu_metrics.reporting.open_record`.

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
                band=band.band,
                years=horizon,
                share=number(share),
                n=number(band.n, 0),
            )
        )
    told += _against_no_change(record)
    keys = ("held80", "bias", "n")
    head = [say("record.band", lang)]
    for score in record.default:
        ahead = say("record.ahead", lang, years=score.horizon)
        head += [f"{ahead} · {say(f'record.{key}', lang)}" for key in keys]
    rows = [
        [name, *(cell for score in record.default for cell in _band_cells(score, name, lang))]
        for name in BANDS
        if any(band.band == name for score in record.default for band in score.by_band)
    ]
    caption = say("record.bands_caption", lang)
    return join(
        [
            tag("ul", join(tag("li", line) for line in told)),
            table(head, rows, caption=caption, numeric=range(1, len(head))),
            tag("p", say("record.few_band", lang), "small"),
        ]
    )


def _band_cells(score: ModelScore, name: str, lang: str) -> list[Cell]:
    found = next((band for band in score.by_band if band.band == name), None)
    if found is None:
        return ["—", "—", "—"]
    held = say("record.share", lang, share=number(found.coverage80))
    return [held, signed(found.bias, 1), number(found.n, 0)]


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
            wins.append(say("record.win_at", lang, years=score.horizon, share=number(less)))
        else:
            losses.append(str(score.horizon))
    told = [say("record.wins", lang, parts=comma.join(wins))] if wins else []
    return told + ([say("record.loses", lang, years=comma.join(losses))] if losses else [])
