"""Which area or quantity a text names: by id, name or alias, two of one name by their parent."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from edu_metrics.catalog import Area, Quantity, ids_by_name, names_of, nearest, plain
from edu_metrics.observations.intake.cell_values import narrow

#: What stands before a name and is no part of it: 其中：, 1. , （一）, #.
_BEFORE_NAME = re.compile(
    r"^(?:(?:其中|包括|of which)\s*:?|#|\(?[一二三四五六七八九十]{1,3}[、)]\s*|"
    r"\(?\d{1,2}(?:[、)]|\.(?!\d)))\s*"
)
_FOOTNOTES = re.compile(r"[①-⑳¹²³⁰-⁹*†‡]+$")
#: Rows that add up others.
_TOTALS = frozenset(
    ("合计", "总计", "共计", "小计", "总数", "总和", "合計", "total", "totals", "grandtotal", "sum")
)


def bare(text: str) -> str:
    """
    Take away what stands around a name: numbering, 其中, marks of footnotes.

    Examples
    --------
    >>> bare("其中：海 南 区①"), bare("1.乌达区"), bare("3-5岁人口")
    ('海 南 区', '乌达区', '3-5岁人口')
    """
    return _FOOTNOTES.sub("", _BEFORE_NAME.sub("", narrow(text))).strip()


def is_total(text: str) -> bool:
    """
    Tell whether a row adds up others.

    Examples
    --------
    >>> is_total("合　计"), is_total("Total"), is_total("合计划")
    (True, True, False)
    """
    return plain(bare(text)) in _TOTALS


@dataclass(frozen=True, slots=True)
class Match:
    """What a name was found to mean; ``ids`` are several where it alone does not tell."""

    ids: tuple[str, ...]
    rule: str = ""

    @property
    def id(self) -> str | None:
        """The one thing that is meant."""
        return self.ids[0] if len(self.ids) == 1 else None


@dataclass(frozen=True)
class Names:
    """
    All names of some definitions, and which of them each may mean.

    Attributes
    ----------
    ids : mapping of str to tuple of str
        Ids by plain name.
    spelt : frozenset of str
        Names as they are written.
    parents : mapping of str to str
        The parent of each area; empty for quantities.
    told : mapping of str to str
        Ids by plain name that a mapping tells.
    """

    ids: Mapping[str, tuple[str, ...]]
    spelt: frozenset[str]
    parents: Mapping[str, str | None] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)
    _found: dict[str, Match] = field(default_factory=dict)

    @classmethod
    def of(
        cls, entries: Collection[Area | Quantity], told: Mapping[str, str] | None = None
    ) -> Names:
        """Collect the names of definitions."""
        known = {plain(name): meant for name, meant in (told or {}).items()}
        spelt = frozenset(name for entry in entries for name in names_of(entry))
        parents = {entry.id: getattr(entry, "parent", None) for entry in entries}
        return cls(ids_by_name(entries), spelt, parents, known)

    def find(self, text: str) -> Match:
        """
        Find what a text names.

        Parameters
        ----------
        text : str
            A name as printed.

        Returns
        -------
        Match
            Without ids where nothing has the name.
        """
        if text not in self._found:
            self._found[text] = self._find(text)
        return self._found[text]

    def _find(self, text: str) -> Match:
        as_typed, shown = plain(text), narrow(text)
        rule = "" if shown == text and " " not in text else "spaces_or_width"
        if as_typed in self.told:
            return Match((self.told[as_typed],), "mapping")
        if as_typed in self.ids:
            return Match(self.ids[as_typed], "" if text in self.spelt else rule or "case")
        stripped = plain(bare(text))
        if stripped in self.told:
            return Match((self.told[stripped],), "mapping")
        return Match(self.ids.get(stripped, ()), "name_cleaned")

    def offer(self, text: str) -> str:
        """Offer the nearest name."""
        return nearest(bare(text), sorted(self.spelt))

    def below(self, candidates: Sequence[str], parent: str) -> tuple[str, ...]:
        """Keep the candidates that lie below an area."""
        return tuple(one for one in candidates if parent in self._above(one))

    def _above(self, area: str) -> list[str]:
        line: list[str] = []
        while (parent := self.parents.get(area)) is not None and parent not in line:
            line.append(parent)
            area = parent
        return line


class AreaFinder:
    """
    Finds areas row by row; an area's row is the context of the rows below it.

    Parameters
    ----------
    names : Names
        Names of all areas.
    """

    def __init__(self, names: Names) -> None:
        self.names = names
        self._last_of: dict[str, str] = {}

    def find(self, text: str, parent: str = "") -> Match:
        """
        Find the area that a row names.

        Parameters
        ----------
        text : str
            The name as printed; that of its parent may stand before it.
        parent : str, optional
            Name of its parent, where a column gives it.

        Returns
        -------
        Match
            With several ids where two areas share the name and nothing tells them apart.
        """
        found = self.names.find(text)
        if not found.ids:
            found = self._with_parent_before(text)
        if parent and found.ids:
            above = self.names.find(parent)
            below = tuple(one for head in above.ids for one in self.names.below(found.ids, head))
            found = Match(below, found.rule if len(found.ids) == 1 else "parent")
        elif len(found.ids) > 1:
            found = self._below_a_row_above(found)
        return found

    def _with_parent_before(self, text: str) -> Match:
        """Read 南京市鼓楼区 as the 鼓楼区 of 南京市."""
        whole = plain(bare(text))
        for cut in range(2, len(whole) - 1):
            heads, tails = self.names.ids.get(whole[:cut]), self.names.ids.get(whole[cut:])
            if heads and tails:
                below = tuple(
                    dict.fromkeys(one for head in heads for one in self.names.below(tails, head))
                )
                if below:
                    return Match(below, "parent")
        return Match(())

    def _below_a_row_above(self, found: Match) -> Match:
        for row in reversed(self._last_of.values()):
            below = self.names.below(found.ids, row)
            if below:
                return Match(below, "parent_above")
        return found

    def passed(self, area: str) -> None:
        """Note that a row of this area was passed."""
        self._last_of.pop(area, None)
        self._last_of[area] = area
