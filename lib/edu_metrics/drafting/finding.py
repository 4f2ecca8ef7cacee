"""
Find promises: in a passage each number goes to the first rule that takes it, or is listed.

In a table of indicators a row is a promise, and its head says which column is when.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from edu_metrics.drafting.rules import Passage, Rules, numbers_in, scale_of

_COUNTED = ("cumulative", "each_year", "each_unit", "frequency", "rank")


class Span(NamedTuple):
    """The years that a plan runs over."""

    first: int
    last: int


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
    #: Whether another verb between the first one and the number goes the other way.
    two_ways: bool = False
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


_PARTS = "分之|成半?$|半数"


def _takes(one: Found, text: str) -> bool:
    """Tell a number from an article or an idiom: 一个, "one of"."""
    words = text[slice(*one.at)]
    if one.unit is None and one.type == "level" and not re.search(_PARTS, words):
        return (
            bool(re.match(r"[，。；、：]|$|以|左|的", text[one.end :])) or one.rule != "level_word"
        )
    if one.implied or one.type in _COUNTED or re.search(rf"\d|{_PARTS}", words):
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
        values, unit_words = every, groups["period"]
    money = rules.meaning("units", re.sub(r"[^$£€]", "", words))
    listed = rules.pattern("unit_of_a_list").match(text, match.end("unit")) if unit_words else None
    printed = money or rules.meaning("units", listed["unit"] if listed else unit_words)
    if printed is None and not implied:
        printed = rules.meaning("units", words)
    scale = scale_of(groups.get("unit") or "", rules)
    start, two_ways = _nearest_verb(groups, match, rules)
    falls = bool(groups.get("way")) and not rules.pattern("words_of_up").match(groups["way"])
    op, op_printed = _comparator(groups, rule, rules)
    if op in _NOT and groups.get("before"):
        first = match.start("before")
        if rules.pattern("negated").search(text[max(first - 40, 0) : first]):
            op = _NOT[op]
    base = numbers_in(groups["base"], rules) if groups.get("base") else ()
    base_scale = scale_of(groups["base_unit"], rules) if groups.get("base_unit") else scale
    return Found(
        rule=rule["name"],
        type=rule["type"],
        passage=index,
        start=start,
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
        two_ways=two_ways,
    )  # fmt: skip


#: What is not less, and not more.
_NOT = {"<": ">=", ">": "<="}


def _nearest_verb(groups: dict[str, str], match: re.Match[str], rules: Rules) -> tuple[int, bool]:
    """
    Put the verb of change that stands nearest before a number, and its subject, into the groups.

    Give where it begins, and whether a word that may be a verb goes another way than it.
    """
    words, doubtful = groups.get("subject") or "", ""
    start = match.start()
    others = list(rules.pattern("other_way").finditer(words)) if groups.get("way") else []
    for other in reversed(others):
        if not (other["sure"] or other["sure_too"] is not None):
            doubtful = other["way"]
            continue
        behind, before = words[other.end("way") :], words[: other.start("way")]
        if rules.pattern("particle").match(other["way"]):
            groups["subject"] = before
        else:
            start = match.start("subject") + other.start("way")
            groups["subject"] = behind
        groups["way"] = other["way"]
        break
    up = [bool(rules.pattern("words_of_up").match(way)) for way in (groups.get("way"), doubtful)
          if way]  # fmt: skip
    return start, len(set(up)) > 1


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


@dataclass(frozen=True)
class Row:
    """A row of a table as a promise."""

    found: Found
    label: str
    #: Bounds by year: comparator, or none where a bare number stands, and value.
    levels: dict[int, tuple[str | None, float]]
    base_year: int | None = None
    obligation: str | None = None
    year_sure: bool = True
    section: str = ""
    #: Whether its numbers stand in brackets, as sums over the years do.
    bracketed: bool = False


@dataclass
class Head:
    """What the columns of a table hold."""

    years: dict[int, int] = field(default_factory=dict)
    bases: dict[int, int | None] = field(default_factory=dict)
    kinds: list[int] = field(default_factory=list)
    units: list[int] = field(default_factory=list)
    sure: bool = True


def rows_of(
    found: list[Passage], first: int, caption: str, span: Span, issued: int | None, rules: Rules
) -> tuple[list[Row], list[NotTaken], int]:
    """
    Read the table that begins with a row.

    Parameters
    ----------
    found : list of Passage
        All passages.
    first : int
        Place of the table's first row.
    caption : str
        The paragraphs just before it.
    span : Span
        Years of the plan.
    issued : int or None
        Year in which it was issued, where the text says it.
    rules : Rules
        Of the language.

    Returns
    -------
    list of Row, list of NotTaken, int
        The promises, the other numbers, and the place after the table.
    """
    last = first
    while last < len(found) and (found[last].is_row or _is_section(found, last)):
        last += 1
    rows, left_out, head, section = [], [], Head(), ""
    for index in range(first, last):
        cells = _cells(found[index].text)
        named = [words for _, _, words in cells if words]
        if not found[index].is_row or (len(named) == 1 and not re.search(r"\d", named[0])):
            section = _label(" ".join(named), rules)
            continue
        new = _head(cells, span, issued, rules)
        if new is not None:
            head = new
            left_out += _numbers(found[index], index, [], rules, "head_of_a_table")
            continue
        row = _row(cells, index, head, caption, span, rules) if head.years else None
        if row is None:
            left_out += _numbers(found[index], index, [], rules, "table_without_years")
            continue
        rows.append(replace(row, section=section))
        taken = [cells[column][:2] for column in (*head.years, *head.bases) if column < len(cells)]
        left_out += _numbers(found[index], index, taken, rules, "number_of_a_row")
    return rows, left_out, last


def _is_section(found: list[Passage], index: int) -> bool:
    """Tell a short line between two rows of one table: the head of a group of rows."""
    return (
        not found[index].is_row
        and len(found[index].text) < 20
        and not re.search(r"[。：:，,.\d]", found[index].text)
        and index + 1 < len(found)
        and found[index + 1].is_row
    )


Cell = tuple[int, int, str]


def _cells(text: str) -> list[Cell]:
    return [
        (m.start(), m.end(), m[0].strip()) for m in re.finditer(r"[^\t]+|(?<=\t)(?=\t|$)", text)
    ]


def _head(cells: list[Cell], span: Span, issued: int | None, rules: Rules) -> Head | None:
    """Read a row as the head of its table; None where it is none."""
    head, dated = Head(), 0
    columns: dict[int, int] = {}
    for column, (_, _, words) in enumerate(cells):
        years = re.findall(r"(?:19|20)\d\d", words)
        bare = rules.pattern("head_year").fullmatch(words)
        is_base = bool(rules.pattern("head_base").search(words))
        if years and (bare or len(words) < 24) and not re.search(r"\d{5}", words):
            columns[column] = year_of(words) or int(years[-1])
            dated += 1
            if is_base or columns[column] < span.first:
                head.bases[column] = columns[column]
        elif is_base:
            head.bases[column] = None
            dated += 1
        elif rules.pattern("head_goal").search(words) and column:
            columns[column] = span.last
            head.sure = False
            dated += 1
        elif rules.pattern("head_kind").search(words):
            head.kinds.append(column)
        elif rules.pattern("head_unit").search(words):
            head.units.append(column)
    if not dated or (rules.pattern("cell").match(cells[0][2]) and dated < 2):
        return None
    texts = [words for _, _, words in cells if words]
    if sum(bool(re.search(r"\d", words)) for words in texts) > dated:
        return None
    if not head.bases and len(columns) > 1 and min(columns.values()) <= (issued or span.first):
        first = min(columns, key=lambda one: columns[one])
        if len(set(columns.values())) > 1 and (issued is None or columns[first] <= issued):
            head.bases[first] = columns[first]
    head.years = {column: year for column, year in columns.items() if column not in head.bases}
    return head if head.years else None


def _row(
    cells: list[Cell], index: int, head: Head, caption: str, span: Span, rules: Rules
) -> Row | None:
    told = {*head.years, *head.bases, *head.kinds, *head.units}
    words = [text for column, (_, _, text) in enumerate(cells)
             if column < min(head.years | head.bases) and column not in told]  # fmt: skip
    words = [text for text in words if re.search("[^\\W\\d]", text)]
    if not words:
        return None
    label = words[-1]
    printed_unit = " ".join(cells[column][2] for column in head.units if column < len(cells))
    in_label = re.findall(rules.data["label_unit"], label)
    in_caption = rules.pattern("table_unit").search(caption)
    unit_words = printed_unit or (in_label[-1] if in_label else "")
    if in_caption and not unit_words:
        unit_words = in_caption[in_caption.lastindex or 0]
    levels: dict[int, tuple[str | None, float]] = {}
    spots, op_printed, change = [], False, None
    for column, year in head.years.items():
        if column >= len(cells) or not cells[column][2]:
            continue
        start, _, text = cells[column]
        moved = rules.pattern("cell_change").fullmatch(text)
        if cell := rules.pattern("cell").fullmatch(text):
            levels[year] = _bound(cell, unit_words, rules)
            op_printed = levels[year][0] is not None
            unit_words = unit_words or (cell["unit"] or "")
        elif moved:
            change = moved
            levels[year] = (None, numbers_in(moved["value"], rules)[0])
            unit_words = moved["unit"]
        else:
            continue
        offset = start + len(text) - len(text.lstrip())
        spots.append((offset, start + len(cells[column][2])))
    if not levels:
        return None
    base, base_year, base_at, exact = _base(cells, head, unit_words, rules)
    last = max(levels)
    if base is not None and not exact and base_year is not None:
        levels = {base_year: base, **levels}
    op, value = levels[last]
    start_value = base[1] if base else None
    found = Found(
        rule="table_row", type="level", passage=index, start=0, end=cells[-1][1],
        at=spots[-1], values=(value,), unit=rules.meaning("units", unit_words), op=op,
        op_printed=op_printed, base=start_value if exact else None, base_at=base_at, by=last,
        falls=(start_value is not None and value < start_value),
    )  # fmt: skip
    if change is not None:
        falls = not rules.pattern("words_of_up").match(change["way"])
        found = replace(found, type="total_change", falls=falls, op="<=" if falls else ">=")
    elif rules.pattern("label_yearly").search(label):
        found = replace(found, type="yearly_change", op=op or ">=", op_printed=True)
    elif rules.pattern("label_total").search(label):
        found = replace(found, type="cumulative")
    kind = " ".join(cells[column][2] for column in head.kinds if column < len(cells))
    printed = [cells[column][2] for column in head.years if column < len(cells)]
    return Row(
        found, _label(label, rules), levels, base_year, _obligation(kind, rules), head.sure,
        bracketed=any(rules.pattern("together").search(words) for words in printed),
    )  # fmt: skip


def _base(
    cells: list[Cell], head: Head, unit: str, rules: Rules
) -> tuple[tuple[str | None, float] | None, int | None, tuple[int, int] | None, bool]:
    """Read where a row starts: bound and value, year, place, and whether it is exact."""
    for column, year in head.bases.items():
        cell = rules.pattern("cell").fullmatch(cells[column][2]) if column < len(cells) else None
        if cell:
            bound = _bound(cell, unit, rules)
            return bound, year, cells[column][:2], bound[0] is None
    return None, next(iter(head.bases.values()), None), None, False


def _bound(cell: re.Match[str], unit: str, rules: Rules) -> tuple[str | None, float]:
    """Read a cell: its comparator, or none where a bare number stands, and its value."""
    op = rules.meaning("after", cell["after"]) or rules.meaning("before", cell["before"])
    scale = scale_of((cell["unit"] or "").strip() or unit, rules)
    return op, round(numbers_in(cell["value"], rules)[0] * scale, 6)


def _label(words: str, rules: Rules) -> str:
    words = re.sub(rules.data["label_unit"], "", words).strip(" （）()*#")
    return re.sub(r"^(?:其中|of which)?[：:，,\s]*", "", words)


def _obligation(words: str, rules: Rules) -> str | None:
    if rules.pattern("expected").search(words):
        return "expected"
    return "binding" if rules.pattern("binding").search(words) else None


def _numbers(
    passage: Passage, index: int, taken: list[tuple[int, int]], rules: Rules, why: str
) -> list[NotTaken]:
    return [
        NotTaken(index, match.span(), why)
        for match in rules.pattern("number").finditer(passage.text)
        if not any(first <= match.start() < last for first, last in taken)
    ]
