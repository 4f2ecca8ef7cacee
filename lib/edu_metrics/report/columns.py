"""The tables of a report: frames of plain values, and the columns by which a section draws one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import Enum
from importlib import import_module
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from edu_metrics.catalog import nearest
from edu_metrics.report.html import Cell, Html, csv_of, table, tag
from edu_metrics.words import say

if TYPE_CHECKING:
    import pandas as pd

#: What the names of columns of whole numbers end in of which some may be missing.
WHOLE = (
    *("year", "years", "due", "horizon", "since", "verifiable_from", "year_reached", "steps"),
    *("years_known", "years_needed", "people"),
)


@dataclass(frozen=True, slots=True)
class Column:
    """
    One column of a table as a section shows it.

    Attributes
    ----------
    heading : str or Html
        Key of its words, or what stands there as it is.
    show : str or callable
        The frame's column that is printed, or what makes a cell of a row: an object with the
        frame's columns as attributes, None where a value is missing.
    numeric : bool
        Whether its cells are set as numbers.
    """

    heading: Cell
    show: str | Callable[[Any], Cell]
    numeric: bool = False

    def title(self, lang: str) -> Cell:
        """Give the heading in a language."""
        return self.heading if isinstance(self.heading, Html) else say(self.heading, lang)

    def cell(self, row: Any) -> Cell:
        """Give the cell of a row."""
        if callable(self.show):
            return self.show(row)
        value = getattr(row, self.show)
        return "—" if value is None else str(value)


def draw(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    lang: str,
    *,
    caption: str,
    css: str = "",
    above: Callable[[Any], Html] | None = None,
    csv: str = "",
) -> Html:
    """
    Draw a frame, column by column.

    Parameters
    ----------
    frame : DataFrame
        One row for each row of the table.
    columns : sequence of Column
        What is shown of it, in order.
    lang : {"zh", "en"}
        Language of the headings.
    caption : str
        What the table shows.
    css : str, optional
        Further classes.
    above : callable, optional
        Gives of a row the heading that it stands below; one is set where it changes.
    csv : str, optional
        Name of the table of the report whose rows these are; a link below leads to its file.

    Returns
    -------
    Html
        The table.

    Examples
    --------
    >>> frame = frame_of([{"year": 2022, "n": 25}], "year n")
    >>> shown = draw(frame, [Column("report.year", "year", numeric=True)], "en", caption="")
    >>> shown.text.count("2022")
    1
    """
    rows: list[Sequence[Cell] | Html] = []
    last = None
    for row in rows_of(frame):
        if above is not None and (heading := above(row)) != last:
            rows.append(heading)
            last = heading
        rows.append([column.cell(row) for column in columns])
    drawn = table(
        [column.title(lang) for column in columns],
        rows,
        caption=caption,
        numeric=[place for place, column in enumerate(columns) if column.numeric],
        css=css,
    )
    return drawn + csv_of(csv) if csv else drawn


def rows_of(frame: pd.DataFrame) -> list[Any]:
    """Give the rows of a frame with its columns as attributes, None for what is missing."""
    plain = frame.astype(object)
    return list(plain.where(plain.notna(), None).itertuples(index=False))


def strong_title(row: Any) -> Html:
    """Show the title of a row in bold."""
    return tag("strong", row.title)


def frame_of(rows: Iterable[Mapping[str, Any]], names: str) -> pd.DataFrame:
    """
    Make a frame of plain values: words for what is one of several, whole numbers where they are.

    Parameters
    ----------
    rows : iterable of mapping
        Values by name; more of them than are asked for will do.
    names : str
        Its columns in order, with spaces between them.

    Returns
    -------
    DataFrame
        All columns, whether or not there are rows.

    Examples
    --------
    >>> frame_of([{"area": "a", "year": 2020}, {"area": "b", "year": None}], "area year")
      area  year
    0    a  2020
    1    b  <NA>
    """
    import pandas as pd

    columns = names.split()
    made = [{name: _plain(row.get(name)) for name in columns} for row in rows]
    frame = pd.DataFrame(made, columns=columns)
    return frame.astype({name: "Int64" for name in columns if name.endswith(WHOLE)})


def fields_of(entry: Any) -> dict[str, Any]:
    """Give the fields of a dataclass by name, not going into them; none of None."""
    return {field.name: getattr(entry, field.name) for field in fields(entry)} if entry else {}


def picked(entry: Any, names: str) -> dict[str, Any]:
    """
    Give some attributes of an entry by name.

    Parameters
    ----------
    entry : object
        What has them.
    names : str
        With spaces between them; ``name=path`` gives another name to an attribute, or to one of
        an attribute.

    Returns
    -------
    dict
        Values by name, in order.

    Examples
    --------
    >>> picked(3 + 4j, "imag real") , picked(3 + 4j, "first=real second=imag.real")
    ({'imag': 4.0, 'real': 3.0}, {'first': 3.0, 'second': 4.0})
    """
    pairs = (given.partition("=") for given in names.split())
    return {name: attrgetter(path or name)(entry) for name, _, path in pairs}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Enum) else value


class Tables(Mapping[str, "pd.DataFrame"]):
    """
    The tables of a report by name, each computed when it is first asked for.

    Values are plain numbers and ids: percentages end in ``_pct``, percentage points in ``_pp``,
    probabilities run from 0 to 1, and other values are in the unit that their row names.

    Parameters
    ----------
    report : object
        The report.
    homes : mapping of str to str
        Names of tables, with spaces between them, by the module whose ``<name>_table`` makes them.
    """

    def __init__(self, report: Any, homes: Mapping[str, str]) -> None:
        self._report = report
        self._homes = {name: home for home, names in homes.items() for name in names.split()}
        self._made: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Give a table; what is changed in it changes neither the report nor the next one given."""
        return self._make(name).copy()

    def _make(self, name: str) -> pd.DataFrame:
        if name not in self._homes:
            raise KeyError(f"no table {name!r}{nearest(name, self._homes)}")
        if name not in self._made:
            home = import_module(f"edu_metrics.report.{self._homes[name]}")
            self._made[name] = getattr(home, f"{name}_table")(self._report)
        return self._made[name]

    def link(self, name: str) -> Html:
        """Give the place of the link to a table as CSV, and see that there is the table."""
        self._make(name)
        return csv_of(name)

    @property
    def made(self) -> Mapping[str, pd.DataFrame]:
        """Those that were asked for so far."""
        return MappingProxyType(self._made)

    def __iter__(self) -> Iterator[str]:
        """Go through the names."""
        return iter(self._homes)

    def __len__(self) -> int:
        """Count the tables."""
        return len(self._homes)
