"""Find promises in a passage: each number goes to the first rule that takes it, or is listed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from edu_metrics.drafting.passages import Passage
from edu_metrics.drafting.rules import Rules, numbers_in, scale_of

_COUNTED = ("cumulative", "each_year", "each_unit", "frequency", "rank")


@dataclass(frozen=True)
class Found:
    """A promise as a rule found it, in the characters of its passage."""

    rule: str
    type: str
    passage: int
    start: int
    end: int
    #: Where the number stands.
    at: tuple[int, int]
    values: tuple[float, ...]
    unit: str | None
    op: str | None
    #: Whether the comparator is printed, and not only followed from a verb.
    op_printed: bool = False
    falls: bool = False
    base: float | None = None
    base_at: tuple[int, int] | None = None
    since: int | None = None
    by: int | None = None
    every: str | None = None
    every_at: tuple[int, int] | None = None
    period: str | None = None
    subject: str | None = None
    right: str = ""
    implied: bool = False
    unsure: str | None = None
    scale_word: str = ""


@dataclass(frozen=True)
class NotTaken:
    """A number that is in no promise, and why."""

    passage: int
    at: tuple[int, int]
    why: str


def find(passage: Passage, index: int, rules: Rules) -> tuple[list[Found], list[NotTaken]]:
    """
    Find the promises with a number in a passage.

    Parameters
    ----------
    passage : Passage
        A paragraph.
    index : int
        Its place among the passages.
    rules : Rules
        Of its language.

    Returns
    -------
    list of Found, list of NotTaken
        In the order of the text; together they hold every number.
    """
    claims: list[tuple[int, int]] = []
    left_out = [
        NotTaken(index, at, why)
        for why, at in _claimed(passage.text, rules.data["no_numbers"], rules, claims)
    ]
    found: list[Found] = []
    masked = _masked(passage.text, left_out)
    for rule in rules.data["rules"]:
        for match in rules.compiled(rule["pattern"]).finditer(masked):
            one = _found(rule, match, index, rules, passage.text)
            if (
                one is not None
                and not _doubled(one, found)
                and _is_free(one.at, claims)
                and _takes(one, passage.text)
            ):
                claims += [at for at in (one.at, one.base_at, one.every_at) if at]
                found.append(one)
    found = [*_with_the_rest_of_lists(sorted(found, key=_place), passage.text, claims, rules)]
    over = _claimed(passage.text, rules.data["passed_over"], rules, claims)
    left_out += [NotTaken(index, at, why) for why, at in over]
    left_out += [
        NotTaken(index, match.span(), "no_rule_for_it")
        for match in rules.pattern("number").finditer(passage.text)
        if _is_free(match.span(), claims)
    ]
    return found, sorted(left_out, key=_place)


def _doubled(one: Found, found: list[Found]) -> bool:
    """Tell whether what is implied of all goes with a number that is printed beside."""
    if one.rule == "every_so_many_years":
        return any(
            other.unit in ("percent", "points") and 0 <= one.at[0] - other.end < 8
            for other in found
        )
    return (
        one.implied
        and one.type == "coverage"
        and any(one.start <= other.at[0] < one.end for other in found)
    )


def _masked(text: str, left_out: list[NotTaken]) -> str:
    """Hide the digits of names and attributes, for rules that run over words without a number."""
    for one in left_out:
        if one.why in ("attribute", "age", "name", "document_number", "hours_of_a_day"):
            first, last = one.at
            text = text[:first] + re.sub(r"\d", "\u2581", text[first:last]) + text[last:]
    return text


def _place(one: Found | NotTaken) -> tuple[int, int]:
    return one.at


def _is_free(at: tuple[int, int], claims: list[tuple[int, int]]) -> bool:
    return not any(first < at[1] and at[0] < last for first, last in claims)


def _claimed(
    text: str, patterns: list[dict[str, str]], rules: Rules, claims: list[tuple[int, int]]
) -> Iterator[tuple[str, tuple[int, int]]]:
    for one in patterns:
        for match in rules.compiled(one["pattern"]).finditer(text):
            if match[0].strip() and _is_free(match.span(), claims):
                claims.append(match.span())
                if rules.pattern("number").search(match[0]) or re.search(r"\d", match[0]):
                    yield one["why"], match.span()


def _takes(one: Found, text: str) -> bool:
    """Tell a number from an article or an idiom: 一个, "one of"."""
    words = text[slice(*one.at)]
    if one.unit is None and one.type == "level" and not re.search("分之|成$", words):
        return (
            bool(re.match(r"[，。；、：]|$|以|左|的", text[one.end :])) or one.rule != "level_word"
        )
    if one.implied or one.type in _COUNTED or re.search(r"\d|分之|成$", words):
        return True
    return one.unit in ("percent", "points") and words.isascii()


def _found(
    rule: dict[str, Any], match: re.Match[str], index: int, rules: Rules, text: str
) -> Found | None:
    """Read the groups of a match."""
    groups: dict[str, str] = {
        name: text[slice(*match.span(name))] if match.span(name)[0] >= 0 else ""
        for name in match.re.groupindex
    }
    spot = "value" if "value" in groups else "base"
    words = groups.get(spot) or ""
    implied = "implied" in rule
    values = (float(rule["implied"]),) if implied else numbers_in(words, rules)
    if not values:
        return None
    unit_words = (groups.get("unit") or "") + (groups.get("noun") or "")
    every = numbers_in(groups["every"], rules) if groups.get("every") else ()
    if every and rule["type"] == "frequency":
        values = every
    money = rules.meaning("units", re.sub(r"[^$£€]", "", words))
    listed = rules.pattern("unit_of_a_list").match(text, match.end("unit")) if unit_words else None
    printed = money or rules.meaning("units", listed["unit"] if listed else unit_words)
    if printed is None and not implied:
        printed = rules.meaning("units", words)
    scale = scale_of(groups.get("unit") or "", rules)
    falls = bool(groups.get("way")) and not rules.pattern("words_of_up").match(groups["way"])
    op, op_printed = _comparator(groups, rule, rules)
    base = numbers_in(groups["base"], rules) if groups.get("base") else ()
    base_scale = scale_of(groups["base_unit"], rules) if groups.get("base_unit") else scale
    return Found(
        rule=rule["name"],
        type=rule["type"],
        passage=index,
        start=match.start(),
        end=match.end(),
        at=match.span(spot),
        values=tuple(round(value * scale, 6) for value in values),
        unit="ratio" if ":" in words else rule.get("unit") or printed,
        op=op,
        op_printed=op_printed,
        falls=falls or (implied and values[0] < 0),
        base=round(base[0] * base_scale, 6) if base else None,
        base_at=match.span("base") if base and spot != "base" else None,
        since=year_of(groups.get("since")),
        by=year_of(groups.get("by")),
        every=groups.get("every"),
        every_at=match.span("every") if groups.get("every") else None,
        period=groups.get("period"),
        subject=(groups.get("subject") or "").strip() or None,
        right=(groups.get("right") or "").strip(),
        implied=implied,
        scale_word=(groups.get("unit") or "") if scale > 1 else "",
        unsure=rule.get("unsure"),
    )  # fmt: skip


def year_of(words: str | None) -> int | None:
    """Give the year: of a school or fiscal year that is printed as two, the later one."""
    found = re.findall(r"\d{4}|(?<=[-/])\d\d", words or "")
    if not found:
        return None
    return int(found[0][:2] + found[-1]) if len(found[-1]) == 2 else int(found[-1])


def _comparator(
    groups: dict[str, str], rule: dict[str, Any], rules: Rules
) -> tuple[str | None, bool]:
    """Give the comparator: the word after a number goes before that before it."""
    after = rules.meaning("after", groups.get("after"))
    before = rules.meaning("before", groups.get("before"))
    if before in ("<=", "<") and after in ("~", None) and groups.get("after"):
        return before, True
    op = after or before or (">=" if "+" in (groups.get("unit") or "") else None)
    if op:
        return op, True
    if groups.get("way"):
        return ("<=" if not rules.pattern("words_of_up").match(groups["way"]) else ">="), True
    return rule.get("op"), "op" in rule


def _with_the_rest_of_lists(
    found: list[Found], text: str, claims: list[tuple[int, int]], rules: Rules
) -> Iterator[Found]:
    """Give each promise, and the numbers that a list goes on with after it."""
    for number, one in enumerate(found):
        yield one
        last, stop = one, found[number + 1].at[0] if number + 1 < len(found) else len(text)
        while one.type not in ("rank", "frequency", "ratio") and not one.implied:
            match = rules.pattern("list_goes_on").match(text, last.end)
            if not match or match.end("value") > stop or not _is_free(match.span("value"), claims):
                break
            following = _found(
                {"name": f"{one.rule}_list", "type": one.type}, match, 0, rules, text
            )
            rates = ("percent", "points")
            # A list that begins with percentages goes on with them.
            if following is None or (
                following.unit is not None and (one.unit in rates) != (following.unit in rates)
            ):
                break
            claims.append(following.at)
            last = replace(
                following, passage=one.passage, falls=one.falls, every=one.every,
                unit=following.unit or one.unit, op=following.op or one.op,
                op_printed=following.op_printed or one.op_printed,
            )  # fmt: skip
            yield last
