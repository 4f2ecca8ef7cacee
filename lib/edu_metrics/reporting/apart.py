"""Where the number of a whole and the sum of its parts disagree: both are named."""

from __future__ import annotations

from collections.abc import Iterable

from edu_metrics.reporting.area_report import StudyReport
from edu_metrics.reporting.html import Cell, Html, join, note, table
from edu_metrics.words import number, say

__all__ = ["show_apart"]


def show_apart(report: StudyReport, areas: Iterable[str]) -> Html:
    """
    List the numbers of areas that are not what their parts add up to.

    Parameters
    ----------
    report : StudyReport
        Any report of a study.
    areas : iterable of str
        The areas that are wholes.

    Returns
    -------
    Html
        A note and a table with both numbers, or nothing.
    """
    lang = report.lang
    apart = report.evidence.sums_apart
    apart = apart[apart["area"].isin(set(areas))]
    if apart.empty:
        return Html("")
    rows: list[list[Cell]] = [
        [
            report.area_name(row["area"]),
            report.quantity_name(row["quantity"]),
            str(row["year"]),
            *_both(row["own"], row["sum_of_children"]),
        ]
        for row in apart.to_dict("records")
    ]
    keys = ("area", "quantity", "year", "apart_own", "apart_sum")
    head = [say(f"report.{key}", lang) for key in keys]
    caption = say("report.apart_caption", lang)
    return join(
        [
            note(say("report.apart_note", lang, number=len(rows)), "gap"),
            table(head, rows, caption=caption, numeric=(2, 3, 4)),
        ]
    )


def _both(own: float, total: float) -> list[Cell]:
    """Print two numbers that differ so that they look different."""
    decimals = next((d for d in (0, 2, 4) if number(own, d) != number(total, d)), 9)
    return [number(own, decimals), number(total, decimals)]
