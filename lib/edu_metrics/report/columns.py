"""The tables of a report: rows of plain values, and the columns by which a section draws one."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import Enum
from functools import cache
from importlib import import_module
from numbers import Integral, Real
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
    "required_by",
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
        The table's column that is printed, or what makes a cell of a row.
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


@dataclass(frozen=True, slots=True)
class Table:
    """
    Rows of plain values under named columns.

    A section reads them row by row; who asks the report for a table gets a frame of them.

    Attributes
    ----------
    columns : tuple of str
        Their names in order.
    rows : tuple of named tuple
        A row has the columns as attributes, None where a value is missing.

    Examples
    --------
    >>> found = table_of([{"area": "a", "year": 2020}, {"area": "b", "year": None}], "area year")
    >>> [row.year for row in found], found["area"], len(found.where(lambda row: row.year))
    ([2020, None], ['a', 'b'], 1)
    >>> found.frame()
      area  year
    0    a  2020
    1    b  <NA>
    """

    columns: tuple[str, ...]
    rows: tuple[Any, ...]

    def __iter__(self) -> Iterator[Any]:
        """Go through the rows."""
        return iter(self.rows)

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.rows)

    def __getitem__(self, column: str) -> list[Any]:
        """Give the values of a column."""
        return [getattr(row, column) for row in self.rows]

    def where(self, wanted: Callable[[Any], object]) -> Table:
        """Give the rows of which something is true."""
        return Table(self.columns, tuple(row for row in self.rows if wanted(row)))

    def ordered(self, key: Callable[[Any], Any]) -> Table:
        """Give the rows in the order of a key; those alike stay as they are."""
        return Table(self.columns, tuple(sorted(self.rows, key=key)))

    def by(self, column: str) -> dict[Any, Table]:
        """Give the rows of each value of a column, in the order in which these come up."""
        groups: dict[Any, list[Any]] = {}
        for row in self.rows:
            groups.setdefault(getattr(row, column), []).append(row)
        return {value: Table(self.columns, tuple(rows)) for value, rows in groups.items()}

    def first_of(self, column: str) -> Table:
        """Give the first row of each value of a column."""
        return Table(self.columns, tuple(one.rows[0] for one in self.by(column).values()))

    def frame(self) -> pd.DataFrame:
        """Give a frame of them, with all columns whether or not there are rows."""
        import pandas as pd

        frame = pd.DataFrame({name: self[name] for name in self.columns}, columns=self.columns)
        # A probability has two digits wherever it is told.
        frame = frame.round({n: 2 for n in self.columns if n.endswith("probability")})
        return frame.astype({name: "Int64" for name in self.columns if name.endswith(WHOLE)})


def draw(
    found: Table,
    columns: Sequence[Column],
    lang: str,
    *,
    caption: str,
    css: str = "cards",
    above: Callable[[Any], Html] | None = None,
    csv: str = "",
) -> Html:
    """
    Draw a table, column by column.

    Parameters
    ----------
    found : Table
        One row for each row that is shown.
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
    >>> found = table_of([{"year": 2022, "n": 25}], "year n")
    >>> shown = draw(found, [Column("report.year", "year", numeric=True)], "en", caption="")
    >>> shown.text.count("2022")
    1
    """
    rows: list[Sequence[Cell] | Html] = []
    last = None
    for row in found:
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


@cache
def _row(columns: tuple[str, ...]) -> Any:
    return namedtuple("Row", columns)


def rows_of(frame: pd.DataFrame) -> Table:
    """Give the rows of a frame, None for what is missing."""
    columns = tuple(map(str, frame.columns))
    cells = (
        [None if gone else value for value, gone in zip(own.tolist(), own.isna(), strict=True)]
        for _, own in frame.items()
    )
    return Table(columns, tuple(map(_row(columns)._make, zip(*cells, strict=True))))


def strong_title(row: Any) -> Html:
    """Show the title of a row in bold."""
    return tag("strong", row.title)


def table_of(rows: Iterable[Mapping[str, Any]], names: str) -> Table:
    """
    Make a table of plain values: words for what is one of several, numbers of one kind a column.

    Parameters
    ----------
    rows : iterable of mapping
        Values by name; more of them than are asked for will do.
    names : str
        Its columns in order, with spaces between them.

    Returns
    -------
    Table
        Numbers of a column are whole where its name says so, or where all are and none is missing.

    Examples
    --------
    >>> found = table_of([{"year": 2020.0, "n": 1, "of": 2}, {"year": None, "n": 2.5}], "year n of")
    >>> [tuple(row) for row in found]
    [(2020, 1.0, 2.0), (None, 2.5, None)]
    """
    columns, given = tuple(names.split()), list(rows)
    cells = (_plain([row.get(name) for row in given], name.endswith(WHOLE)) for name in columns)
    return Table(columns, tuple(map(_row(columns)._make, zip(*cells, strict=True))))


def _plain(values: Sequence[Any], whole: bool) -> Sequence[Any]:
    """Give the values of a column as plain ones of one kind."""
    kinds = {type(value) for value in values}
    if any(issubclass(kind, Enum) for kind in kinds):
        values = [str(value) if isinstance(value, Enum) else value for value in values]
        kinds = {type(value) for value in values}
    numbers = kinds - {type(None)}
    if bool in kinds or not numbers or not all(issubclass(kind, Real) for kind in numbers):
        return values
    if whole or all(issubclass(kind, Integral) for kind in kinds):
        return [None if value is None or value != value else int(value) for value in values]
    return [None if value is None or value != value else float(value) for value in values]


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
        self._made: dict[str, Table] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Give a table; what is changed in it changes neither the report nor the next one given."""
        return self.rows(name).frame()

    def rows(self, name: str) -> Table:
        """Give the rows of a table, as sections read them."""
        if name not in self._homes:
            raise KeyError(f"no table {name!r}{nearest(name, self._homes)}")
        if name not in self._made:
            home = import_module(f"edu_metrics.report.{self._homes[name]}")
            self._made[name] = getattr(home, f"{name}_table")(self._report)
        return self._made[name]

    def link(self, name: str, what: str = "") -> Html:
        """Give the place of the link to a table as CSV, and see that there is the table."""
        self.rows(name)
        return csv_of(name, what)

    @property
    def made(self) -> Mapping[str, Table]:
        """Those that were asked for so far."""
        return MappingProxyType(self._made)

    def __iter__(self) -> Iterator[str]:
        """Go through the names."""
        return iter(self._homes)

    def __len__(self) -> int:
        """Count the tables."""
        return len(self._homes)
