"""What was done to cells, a row each, and what could not be understood, grouped by its cause."""

from __future__ import annotations

import csv
import functools
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from edu_metrics.files import harmless, packaged_yaml
from edu_metrics.observations.intake.workbook import Sheet, printable

#: The columns of a log.
LOG_HEADER = ("file", "sheet", "cell", "raw", "parsed", "rule")
#: Rules by which a cell is converted that says plainly what it says.
_CONVERSIONS = frozenset(("case", "spaces_or_width", "full_width", "unit", "rounded"))
#: Ranges of cells that one line names.
_SHOWN = 60


@functools.cache
def known_words(kind: str) -> dict[str, Any]:
    """Give the words of one kind that intake knows: ``roles`` of columns, ``causes`` of faults."""
    return dict(packaged_yaml("edu_metrics.observations.intake", "words.yaml")[kind])


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
    #: Whether cells have to say plainly what they say: what is repaired is a problem then.
    strict: bool = False
    #: By cause, by text and what is offered for it, the cells.
    _problems: dict[str, dict[tuple[str, str], list[tuple[str, str]]]] = field(default_factory=dict)

    def repaired(self, sheet: Sheet, cell: str, raw: object, parsed: object, rule: str) -> None:
        """Note what became of a cell."""
        self.repairs.append((sheet.file, sheet.name, cell, str(raw), str(parsed), rule))
        if self.strict and raw != "" and not _CONVERSIONS.issuperset(rule.split()):
            self.problem("typed", sheet, cell, str(raw))

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
            f"{len(texts)} {told['what']}: "
            + "; ".join(f"{printable(''.join(one))} ({ranges(at)})" for one, at in texts.items())
            + f". {told['do'][0].upper()}{told['do'][1:]}"
            for cause, told in known_words("causes").items()
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
