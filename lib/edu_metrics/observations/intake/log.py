"""What was done to cells, a row each, and what could not be understood, grouped by its cause."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import MappingProxyType

from edu_metrics.files import harmless
from edu_metrics.observations.intake.workbook import Sheet, printable

#: The columns of a log.
LOG_HEADER = ("file", "sheet", "cell", "raw", "parsed", "rule")
#: Ranges of cells that one line names.
_SHOWN = 60

#: How each cause is told, and what to do about it.
_CAUSES = MappingProxyType(
    {
        "no_head": (
            "sheet(s) without a head that was understood",
            "name its row with `head` in a mapping, and its columns under `columns`; or name the "
            "sheets to take under `sheets`",
        ),
        "head": (
            "column head(s) not understood",
            "say what each holds under `columns` of a mapping, or `ignore`",
        ),
        "area": (
            "area name(s) unknown",
            "add each as an alias in areas.yaml, or under `areas` of a mapping; leave rows out "
            "with `set_aside`",
        ),
        "shared": (
            "area name(s) that several areas have",
            "give the parent in a column of its own, before the name, or in the row above; or tell "
            "it under `areas` of a mapping",
        ),
        "quantity": (
            "quantity name(s) unknown",
            "add each as an alias in quantities.yaml, or under `quantities` of a mapping",
        ),
        "lacking": (
            "thing(s) that neither head nor rows tell",
            "add a column, or tell it once for the whole table in a mapping",
        ),
        "year": (
            "year(s) not understood",
            "write a year such as 2023, or a school year such as 2023-24",
        ),
        "period": (
            "part(s) of a year in place of a year",
            "write the year alone, and h1, h2 or m01 to m12 in a column period (时段)",
        ),
        "value": (
            "cell(s) not understood as a number",
            "write a number, a bound such as >95, * for suppressed, — for none; or tell what each "
            "says under `cells`, or marks of no number under `no_number`, of a mapping",
        ),
        "unit": (
            "unit(s) that do not measure their quantity",
            "write a unit of the quantity, or tell it under `units` of a mapping",
        ),
        "no_unit": (
            "quantity(ies) whose unit is not told",
            "write it into the head, such as 经费（万元）, or tell it under `units` of a mapping",
        ),
        "negative": (
            "negative count(s) or amount(s)",
            "if they stand for no number, name them under `no_number` of a mapping; else mend them",
        ),
        "fraction": (
            "figure(s) that look like fractions among percentages",
            "write percentages from 0 to 100; confirm each under `cells` of a mapping, such as "
            'G5: "84.5"',
        ),
        "jump": (
            "figure(s) a thousand times others of the same area and quantity",
            "look at their units; confirm what is right under `cells` of a mapping",
        ),
        "double": (
            "figure(s) given more than once for one area, year and quantity",
            "keep one of each; half-years and revisions with the same date do not make two",
        ),
        "word": (
            "word(s) not understood in a column of fixed words",
            "use the words that the line names",
        ),
        "group": (
            "group(s) not defined",
            "define each in groups.yaml, or leave the cell empty for everybody",
        ),
        "part": (
            "period(s) not understood",
            "write h1, h2 or m01 to m12, or leave the cell empty for the whole year",
        ),
        "source": (
            "source(s) that are not told or not defined",
            "name an entry of sources.yaml with --source, in a mapping, or in a column",
        ),
        "published": (
            "date(s) of publication not told or not understood",
            "give a date such as 2024-03-01 with --published, in a mapping, or in a column",
        ),
        "early": (
            "figure(s) published before the year that they measure",
            "mend the year or the date, and leave out what is planned or forecast",
        ),
    }
)


@dataclass
class Log:
    """
    Repairs and problems of one file.

    Attributes
    ----------
    repairs : list of tuple
        Rows in the columns of ``LOG_HEADER``.
    """

    repairs: list[tuple[str, str, str, str, str, str]] = field(default_factory=list)
    #: By cause, by text and what is offered for it, the cells.
    _problems: dict[str, dict[tuple[str, str], list[tuple[str, str]]]] = field(default_factory=dict)

    def repaired(self, sheet: Sheet, cell: str, raw: object, parsed: object, rule: str) -> None:
        """Note what became of a cell."""
        self.repairs.append((sheet.file, sheet.name, cell, str(raw), str(parsed), rule))

    def problem(self, cause: str, sheet: Sheet, cell: str, text: str, offer: str = "") -> None:
        """Note a cell that was not understood, and what may be meant."""
        cells = self._problems.setdefault(cause, {}).setdefault((text, offer), [])
        cells.append((sheet.name, cell))

    def not_understood(self, *causes: str) -> list[str]:
        """Give the texts that were not understood, of some causes, each once."""
        known = self._problems
        return list(dict.fromkeys(text for cause in causes for text, _ in known.get(cause, ())))

    def problem_once(self, cause: str, sheet: Sheet, cell: str, text: str) -> None:
        """Note what a whole sheet lacks, and not again for each of its cells."""
        if (sheet.name, cell) not in self._problems.get(cause, {}).get((text, ""), []):
            self.problem(cause, sheet, cell, text)

    @property
    def clean(self) -> bool:
        """Whether everything was understood."""
        return not self._problems

    def faults(self) -> list[str]:
        """Tell the problems, one line a cause, with every cell and what to do."""
        return [
            f"{len(texts)} {what}: "
            + "; ".join(f"{printable(''.join(one))} ({ranges(at)})" for one, at in texts.items())
            + f". {cure[0].upper()}{cure[1:]}"
            for cause, (what, cure) in _CAUSES.items()
            if (texts := self._problems.get(cause))
        ]

    def as_csv(self) -> str:
        """Write the repairs as CSV that no spreadsheet takes for formulas."""
        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(LOG_HEADER)
        writer.writerows([harmless(cell) for cell in row] for row in self.repairs)
        return file.getvalue()


_REFERENCE = re.compile(r"^([A-Z]+)(\d+)$")


def ranges(cells: Iterable[tuple[str, str]]) -> str:
    """
    Name cells, those that stand below each other as one range.

    Examples
    --------
    >>> ranges([("", "A2"), ("", "A3"), ("", "C7")]), ranges([("表1", "A2")])
    ('A2:A3, C7', '表1!A2')
    """
    runs: list[list[str]] = []
    last: tuple[str, str, int] | None = None
    for sheet, cell in cells:
        found = _REFERENCE.match(cell)
        here = (sheet, found[1], int(found[2])) if found else None
        if here and last and here == (*last[:2], last[2] + 1):
            runs[-1] = [runs[-1][0], cell]
        else:
            runs.append([f"{printable(sheet)}!{cell}" if sheet else cell])
        last = here
    shown = [":".join(run) for run in runs[:_SHOWN]]
    more = [f"and {len(runs) - _SHOWN} more"] if len(runs) > _SHOWN else []
    return ", ".join([*shown, *more])
