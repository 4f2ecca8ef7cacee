"""The indicators that a subject may mean: the nearest ones, and one where it is sure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

#: Words that tell no indicator from another.
_IDLE = (
    "the|of|a|an|in|for|and|or|share|proportion|percentage|rate|number|with|all|will|have|has|be|"
    "are|hold|who"
)
#: Words that two names of one indicator may differ in.
_SAME = (
    (r"[（(](?:公布值|as published)[）)]|, as published$", ""),
    (r"[“”\"《》]|(?<=[^\x00-\x7f])\s+|^全[市县省国区]|^我[市县省]", ""),
    (r"幼儿园|园所", "园"), (r"占比|比重|的?比例|所占比例", "比"), (r"少年", ""),
    (r"教育|阶段|专任|九年|以及|毛(?=入园率)", ""),
    (r"及以上|以上|含", "上"), (r"学前三年|学前", "学前"),
    (rf"\b(?:{_IDLE})\b", " "),
)  # fmt: skip


@dataclass(frozen=True)
class Offer:
    """An indicator that may be offered."""

    id: str
    names: tuple[str, ...]
    unit: str


class Offers:
    """The indicators of a catalogue, to be looked up by the words of a plan."""

    def __init__(self, known: Iterable[Offer], language: str) -> None:
        self._known = [(one, [_parts(name, language) for name in one.names]) for one in known]
        self._language = language

    def nearest(self, words: str, unit: str | None) -> tuple[list[str], bool]:
        """
        Give the three nearest indicators, and whether the first is surely meant.

        Parameters
        ----------
        words : str
            The subject of a promise.
        unit : str or None
            Its unit.

        Returns
        -------
        list of str, bool
            Ids, the nearest first. Sure is only what has the same name, in the same unit, as no
            other one.

        Examples
        --------
        >>> known = Offers([Offer("retention", ("九年义务教育巩固率",), "percent"),
        ...                 Offer("pass", ("及格率",), "percent")], "zh")
        >>> known.nearest("义务教育巩固率", "percent")
        (['retention'], True)
        """
        wanted = _parts(words, self._language)
        scored = []
        for one, names in self._known:
            score = max((_alike(wanted, name) for name in names), default=0.0)
            same_unit = one.unit == unit or (unit in ("points",) and one.unit == "percent")
            if score > 0.25:
                scored.append((score - (0 if same_unit else 0.3), one.id, same_unit))
        scored.sort(key=lambda item: (-item[0], len(item[1]), item[1]))
        if not scored:
            return [], False
        clear = (
            len(scored) < 2
            or scored[0][0] - scored[1][0] > 0.02
            or (scored[1][1].startswith(scored[0][1]))
        )
        sure = scored[0][0] > 0.999 and scored[0][2] and clear
        return [name for score, name, _ in scored[:3] if score > 0.2], sure


def _parts(words: str, language: str) -> frozenset[str]:
    """Cut a name into pairs of characters, or into words."""
    words = words.lower()
    for pattern, usual in _SAME:
        words = re.sub(pattern, usual, words)
    if language == "zh":
        return frozenset(words[n : n + 2] for n in range(max(len(words) - 1, 1)))
    return frozenset(word.rstrip("s") for word in re.findall(r"[a-z0-9]+", words))


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0
