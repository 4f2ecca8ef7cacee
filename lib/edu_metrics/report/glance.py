"""
What a study's index knows of an area: the groups of its targets, and the numbers of its headline.

Each report writes its own as ``glance.json``, a few kilobytes; the index reads these alone. Nothing
here loads what computes them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from edu_metrics.catalog import Bound
from edu_metrics.limits import read_json
from edu_metrics.report.html import Html, tag
from edu_metrics.words import amount, bounded, number, percent, say

#: The name of the file beside a report.
GLANCE = "glance.json"

#: The groups of targets in the order of the lines, each with its mark.
GROUPS = {
    "met": "✓",
    "kept_up": "●",
    "effort": "↑",
    "open": "◑",
    "hard": "−",
    "missed": "✕",
    "clash": "×",
    "unknown": "?",
    "lacking": "…",
}
#: The groups of which it is plain today that the target will not come by itself.
AGAINST = ("hard", "missed", "clash")


@dataclass(frozen=True)
class Glance:
    """
    The numeric targets of one area as its first page tells them.

    Attributes
    ----------
    area : str
        Id of the area.
    expected : float or None
        How many targets are expected to be met, those met already among them; None where no target
        has a probability.
    interval : sequence of float or None
        80 % interval of that number.
    cap, floor : float
        Beyond these no probability is told. [0-1]
    sources : sequence of str
        Ids of the sources of its observations.
    targets : sequence of mapping
        One a target in the order of the plan: ``target``, ``group``, ``verdict``, ``probability``,
        ``last_year``, ``last_value``, ``way`` (up, down, flat or None), ``due``, ``asked`` (as the
        plan's bound is written, such as ``>=95``), ``unit``, ``required_pace``, ``recent_pace``,
        ``people``.
    """

    area: str
    expected: float | None
    interval: tuple[float, float] | None
    cap: float
    floor: float
    sources: tuple[str, ...]
    targets: tuple[Mapping[str, Any], ...]

    @cached_property
    def counts(self) -> Counter[str]:
        """How many targets are in each group."""
        return Counter(row["group"] for row in self.targets)

    @cached_property
    def by_target(self) -> dict[str, Mapping[str, Any]]:
        """The rows by id of the target."""
        return {row["target"]: row for row in self.targets}

    @property
    def mostly_lacking(self) -> bool:
        """Whether more than half of the targets lack the figures to judge them."""
        return 2 * self.counts["lacking"] > len(self.targets)

    def as_text(self) -> str:
        """Give it as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, allow_nan=False) + "\n"


def read_glance(folder: Path) -> Glance | None:
    """
    Read what a report says at a glance.

    Parameters
    ----------
    folder : Path
        Folder of the report.

    Returns
    -------
    Glance or None
        None where a report has none, or an older one that is written in another way.
    """
    try:
        content = read_json(folder / GLANCE)
        return Glance(**content)
    except (OSError, ValueError, TypeError):
        return None


def group_words(group: str, lang: str, count: int | None = None) -> str:
    """Name a group with its mark, and how many targets are in it."""
    told = say(f"bulletin.group_{group}", lang)
    if count is not None:
        told = say("bulletin.group_count", lang, group=told, n=count)
    return f"{GROUPS[group]} {told}"


def group_text(group: str, lang: str, count: int | None = None) -> Html:
    """Show the name of a group in its colour."""
    return tag("span", group_words(group, lang, count), f"key {group}")


def group_band(counts: Mapping[str, int], lang: str, width: int = 260) -> Html:
    """Draw how many there are in each group; numbers for which a piece has no room stand below."""
    # What draws is loaded where something is drawn: frames and light installations do without.
    from edu_metrics.figures.svg import band, unnumbered

    there = {name: (counts[name], mark) for name, mark in GROUPS.items() if counts.get(name)}
    words = (f"{say(f'bulletin.group_{name}', lang)} {counts[name]}" for name in there)
    drawn = Html(band(there, say("report.list_comma", lang).join(words), width=width))
    told = unnumbered(there, width=width)
    return drawn + tag("small", " ".join(told)) if told else drawn


def level_words(
    bound: Bound, unit: str, lang: str, ends: tuple[float | None, float | None] = (None, None)
) -> str:
    """
    Word a level as a sentence does: 95 % or more, and not a sign and a decimal of nought.

    Where no value lies beyond it, which ``ends`` tell, there is nothing to be "or more" than it.

    Examples
    --------
    >>> asked = Bound.model_validate(">=100")
    >>> level_words(asked, "percent", "en"), level_words(asked, "percent", "en", (0, 100))
    ('at least 100 %', '100 %')
    """
    whole = unit == "percent" and float(bound.value).is_integer()
    shown = percent(number(bound.value, 0), lang) if whole else amount(bound.value, unit, lang)
    at_end = bound.value == ends[1 if bound.rising else 0] and not bound.strict
    return bounded("==" if at_end else bound.op, shown, lang)


def beside_level(value: float, level: float | None, unit: str, lang: str) -> str:
    """
    Print a value that stands beside the level asked of it.

    Parameters
    ----------
    value : float
        The value. [unit]
    level : float or None
        The level. [unit]
    unit : str
        Unit of both.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str
        With two decimals where one hides on which side of the level it stands.

    Examples
    --------
    >>> beside_level(50.02, 50.0, "percent", "en"), beside_level(50.02, 60.0, "percent", "en")
    ('50.02 %', '50.0 %')
    """
    if unit == "percent" and level is not None and is_hidden(level, value):
        return percent(number(value, 2), lang)
    return amount(value, unit, lang)


def is_hidden(level: float, value: float) -> bool:
    """Tell whether a value looks like the level at one decimal, and is not what it looks like."""
    return number(value, 1) == number(level, 1) and number(value, 2) != number(value, 1) + "0"


def expected_text(expected: float, interval: tuple[float, float], lang: str) -> str:
    """
    Say how many targets can be expected to be met, in whole numbers.

    Parameters
    ----------
    expected : float
        The expected number.
    interval : tuple of float
        Its 80 % interval.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str
        The number with its range; ``none`` in place of about nought.

    Examples
    --------
    >>> expected_text(12.2, (9.1, 14.8), "en"), expected_text(0.3, (0.0, 1.0), "en")
    ('about 12 (9 to 15)', 'none (at most 1)')
    """
    told, low, high = (number(one, 0) for one in (expected, *interval))
    key = "bulletin.expect_about" if low != high else "bulletin.expect_sure"
    if told == "0":
        key = "bulletin.expect_none" if high != "0" else "bulletin.expect_none_sure"
    return say(key, lang, expected=told, low=low, high=high)


def headline_of(found: Glance, lang: str) -> str:
    """
    Answer in one sentence, made from the counts alone.

    Parameters
    ----------
    found : Glance
        The targets of an area.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str
        How many targets may be met, or how many lack the figures to judge them.

    Examples
    --------
    >>> rows = tuple({"target": name, "group": "met"} for name in "ab")
    >>> headline_of(Glance("here", None, None, 0.8, 0.01, (), rows), "en")
    'Numeric targets: 2. Met: 2. Missed: 0.'
    """
    n, count = len(found.targets), found.counts
    if n == 1:
        group = say(f"bulletin.group_{found.targets[0]['group']}", lang)
        start = say("bulletin.headline_one", lang, group=group)
        return say("bulletin.headline_plain", lang, start=start)
    if count["lacking"] == n:
        return say("bulletin.headline_all_lacking", lang, n=n)
    if found.mostly_lacking:
        known = n - count["lacking"] - count["unknown"]
        told = {"lacking": count["lacking"], "known": known, "met": count["met"]}
        all_met = known == count["met"] > 0
        key = "bulletin.headline_no_data_met" if all_met else "bulletin.headline_no_data"
        return say(key, lang, n=n, **told)
    if found.expected is None:
        told = {"met": count["met"], "missed": count["missed"]}
        return say("bulletin.headline_decided", lang, n=n, **told)
    ends = found.interval or (found.expected, found.expected)
    low, high = (number(one, 0) for one in ends)
    if count["met"] and {low, high, number(found.expected, 0)} == {str(count["met"])}:
        start = say("bulletin.headline_still", lang, n=n, met=count["met"])
    else:
        expect = expected_text(found.expected, ends, lang)
        key = "bulletin.headline_open_met" if count["met"] else "bulletin.headline_open"
        start = say(key, lang, n=n, expect=expect, met=count["met"])
    if count["effort"]:
        return say("bulletin.headline_effort", lang, start=start, effort=count["effort"])
    return say("bulletin.headline_plain", lang, start=start)
