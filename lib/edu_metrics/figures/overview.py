"""Many targets at a glance: how their verdicts are spread, where data lack, which area is where."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.patches import Patch

from edu_metrics.errors import ReportError
from edu_metrics.figures._room import (
    blank,
    cell_size,
    fold,
    legend_below,
    say_no_data,
    text_width,
    year_ticks,
)
from edu_metrics.figures.style import COLOURS, HATCHED, VERDICT_COLOURS, VERDICT_MARKS, in_style
from edu_metrics.words import say

_LABEL, _CHIP = 7.0, 7.5  # font sizes [points]
_LABELS_SHARE: Final = 0.46  # of the width that row labels may take

#: State of a cell -> how its mark is drawn; the order is that of the legend.
_STATE_LOOKS: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "computed": {"marker": "s", "fillstyle": "full"},
        "pooled": {"marker": "s", "fillstyle": "left", "markerfacecoloralt": "white"},
        "printed": {"marker": "s", "fillstyle": "none"},
        "bound": {"marker": "^", "fillstyle": "none"},
        "missing": {"marker": "x", "color": COLOURS["target"]},
        "not_due": {"marker": ".", "color": "#BDBDBD"},
    }
)

#: What a cell of :func:`plot_availability` may be.
AVAILABILITY_STATES: Final = tuple(_STATE_LOOKS)


def _refuse_unknown(what: str, found: Collection[str], known: Collection[str]) -> None:
    """Raise if a word is none of ours."""
    if unknown := sorted(set(found) - set(known)):
        raise ReportError(f"{what}: expected {list(known)}, found also:", unknown)


def _refuse_ragged(what: str, cells: Sequence[Sequence[object]], rows: int, columns: int) -> None:
    """Raise unless there is a cell for each row and column."""
    if len(cells) != rows or any(len(row) != columns for row in cells):
        found = [len(row) for row in cells]
        raise ReportError(
            f"{what}: expected {rows} rows of {columns} cells, found rows of {found}."
        )


def _chip_look(verdict: str) -> dict[str, Any]:
    """Give fill, hatch and edge of a verdict."""
    hatch = {"hatch": "////", "edgecolor": "#9A9A9A"} if verdict in HATCHED else {}
    return {"facecolor": VERDICT_COLOURS[verdict][0], "edgecolor": "white", **hatch}


@in_style
def plot_verdicts(ax: Axes, *, counts: Mapping[str, int], lang: str) -> Axes:
    """
    Draw how many targets got which verdict, as one bar.

    Where a segment is too narrow for its word, a legend under the bar has it.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Panel to draw in.
    counts : mapping of str to int
        How many targets got which verdict.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    matplotlib.axes.Axes
        The panel.

    Raises
    ------
    ReportError
        If a verdict is unknown, or a count negative.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = plot_verdicts(Figure().add_subplot(), counts={"met": 3, "missed": 1}, lang="en")
    >>> [int(bar.get_width()) for bar in ax.patches]
    [3, 1]
    """
    _refuse_unknown("plot_verdicts", counts, VERDICT_COLOURS)
    if negative := [f"{verdict}: {count}" for verdict, count in counts.items() if count < 0]:
        raise ReportError("plot_verdicts: a count is not negative.", negative)
    shown = {verdict: counts[verdict] for verdict in VERDICT_COLOURS if counts.get(verdict)}
    total = sum(shown.values())
    if not total:
        return say_no_data(ax, lang)
    blank(ax)
    ax.set(xlim=(0, total), ylim=(-0.5, 0.5), xticks=[], yticks=[])

    points_per_target = 0.95 * cell_size(ax)[0] / total
    handles: list[Artist] = []
    labels: list[str] = []
    left = 0
    for verdict, count in shown.items():
        word, room = say(f"verdict.{verdict}", lang), count * points_per_target - 4.0
        named = text_width(word, _CHIP) <= room
        bar = ax.barh(0, count, left=left, height=1.0, linewidth=1.0, **_chip_look(verdict))
        if named or text_width(str(count), _CHIP) <= room:
            ax.text(
                left + count / 2,
                0,
                f"{count}\n{word}" if named else str(count),
                ha="center",
                va="center",
                fontsize=_CHIP,
                color=VERDICT_COLOURS[verdict][1],
                bbox=_plate(verdict),
            )
        if not named:
            handles.append(bar[0])
            labels.append(f"{word} {count}")
        left += count
    legend_below(ax, handles, labels, _CHIP, side="left")
    return ax


def _plate(verdict: str) -> dict[str, Any] | None:
    """Keep the hatch away from text."""
    if verdict not in HATCHED:
        return None
    return {"facecolor": VERDICT_COLOURS[verdict][0], "edgecolor": "none", "pad": 0.8}


def _set_table(ax: Axes, rows: Sequence[str], columns: int) -> tuple[float, float]:
    """Write row labels, rule lines between rows, and estimate the size of a cell. [points]."""
    width, height = cell_size(ax)
    pitch = (height - 6 * _LABEL) / len(rows)
    lines = max(1, int(pitch // (1.25 * _LABEL)))
    folded = [fold(row, _LABELS_SHARE * width, _LABEL).split("\n") for row in rows]
    labels = [
        "\n".join(row) if len(row) <= lines else whole
        for row, whole in zip(folded, rows, strict=True)
    ]
    blank(ax)
    ax.set_xlim(-0.5, columns - 0.5)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_yticks(range(len(rows)), labels, fontsize=_LABEL)
    ax.xaxis.tick_top()
    ax.tick_params(length=0, pad=3.0)
    ax.hlines(
        [at - 0.5 for at in range(len(rows) + 1)],
        -0.5,
        columns - 0.5,
        color="#D9D9D9",
        linewidth=[0.9 if at % 5 == 0 else 0.4 for at in range(len(rows) + 1)],
        zorder=0.5,
    )
    widest = max(text_width(line, _LABEL) for label in labels for line in label.split("\n"))
    return (0.97 * width - widest - 6.0) / columns, pitch


@in_style
def plot_availability(
    ax: Axes,
    *,
    rows: Sequence[str],
    years: Sequence[int],
    cells: Sequence[Sequence[str]],
    lang: str,
) -> Axes:
    """
    Draw which indicator has which kind of datum in which year.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Panel to draw in; ``table_height`` tells how high its figure should be.
    rows : sequence of str
        Indicators.
    years : sequence of int
        Years. [year]
    cells : sequence of sequence of str
        States out of :data:`AVAILABILITY_STATES`, a row for each indicator.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    matplotlib.axes.Axes
        The panel.

    Raises
    ------
    ReportError
        If a state is unknown, or there is not one for each indicator and year.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = plot_availability(Figure().add_subplot(), rows=["巩固率"], years=[2019, 2020],
    ...                        cells=[["computed", "missing"]], lang="zh")
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['由人数等计数算出', '应有而缺']
    """
    _refuse_ragged("plot_availability", cells, len(rows), len(years))
    _refuse_unknown("plot_availability", {s for row in cells for s in row}, AVAILABILITY_STATES)
    if not rows or not years:
        return say_no_data(ax, lang)
    pitch_x, pitch_y = _set_table(ax, rows, len(years))
    last, most = len(years) - 1, int(pitch_x * len(years) // (2.7 * _LABEL))
    every = year_ticks(0, last, last, most)
    ax.set_xticks(every, [str(years[at]) for at in every], fontsize=_LABEL)
    size = min(8.0, 0.62 * min(pitch_x, pitch_y))
    handles: list[Artist] = []
    labels: list[str] = []
    for state, look in _STATE_LOOKS.items():
        places = [
            (column, row)
            for row, states in enumerate(cells)
            for column, its_state in enumerate(states)
            if its_state == state
        ]
        if places:
            [handle] = ax.plot(
                *zip(*places, strict=True),
                linestyle="none",
                label=say(f"figure.{state}", lang),
                **{"color": COLOURS["observed"], "markersize": size, **look},
            )
            handles.append(handle)
            labels.append(str(handle.get_label()))
    legend_below(ax, handles, labels, _LABEL, side="right")
    return ax


@in_style
def plot_areas(
    ax: Axes,
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Sequence[Sequence[str | None]],
    lang: str,
) -> Axes:
    """
    Draw the verdict on each target in each area.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Panel to draw in; ``table_height`` tells how high its figure should be.
    rows : sequence of str
        Targets.
    columns : sequence of str
        Areas.
    cells : sequence of sequence of str or None
        Verdicts, a row for each target; nothing is drawn where there is none.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    matplotlib.axes.Axes
        The panel.

    Raises
    ------
    ReportError
        If a verdict is unknown, or there is not a cell for each target and area.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = plot_areas(Figure().add_subplot(), rows=["巩固率"], columns=["乌达区", "海南区"],
    ...                 cells=[["met", None]], lang="zh")
    >>> [text.get_text() for text in ax.texts]
    ['✓ 已达成']
    """
    _refuse_ragged("plot_areas", cells, len(rows), len(columns))
    present = {verdict for row in cells for verdict in row if verdict is not None}
    _refuse_unknown("plot_areas", present, VERDICT_COLOURS)
    if not rows or not columns:
        return say_no_data(ax, lang)
    pitch_x, pitch_y = _set_table(ax, rows, len(columns))
    _head_columns(ax, columns, pitch_x)

    verdicts = [verdict for verdict in VERDICT_COLOURS if verdict in present]
    chips = {v: f"{VERDICT_MARKS[v]} {say(f'verdict.{v}', lang)}" for v in verdicts}
    worded = all(text_width(chip, _LABEL) + 4.0 <= pitch_x for chip in chips.values())
    size = min(_LABEL if worded else _CHIP, 0.75 * pitch_y)
    for verdict in verdicts:
        places = [
            (column, row)
            for row, its_row in enumerate(cells)
            for column, its_verdict in enumerate(its_row)
            if its_verdict == verdict
        ]
        look = _chip_look(verdict)
        ax.add_collection(
            PolyCollection(
                [
                    [(x - 0.48, y - 0.44), (x + 0.48, y - 0.44), (x + 0.48, y + 0.44),
                     (x - 0.48, y + 0.44)]
                    for x, y in places
                ],
                linewidth=0.0,
                label=chips[verdict],
                **look,
            ),
            autolim=False,
        )  # fmt: skip
        text = chips[verdict] if worded else VERDICT_MARKS[verdict]
        for x, y in places:
            ax.text(
                x,
                y,
                text,
                ha="center",
                va="center_baseline",
                fontsize=size,
                color=VERDICT_COLOURS[verdict][1],
                bbox=_plate(verdict),
            )
    if not worded:
        patches = [Patch(linewidth=0.0, **_chip_look(verdict)) for verdict in verdicts]
        legend_below(ax, patches, list(chips.values()), _LABEL, side="right")
    return ax


def _head_columns(ax: Axes, columns: Sequence[str], pitch: float) -> None:
    """Write names over columns, aslant where they are too long to stand side by side."""
    folded = [fold(name, pitch - 4.0, _LABEL) for name in columns]
    fits = all(
        text_width(line, _LABEL) <= pitch - 2.0 for name in folded for line in name.split("\n")
    )
    ax.set_xticks(
        range(len(columns)),
        folded if fits else list(columns),
        fontsize=_LABEL,
        rotation=0 if fits else 40,
        ha="center" if fits else "left",
    )
