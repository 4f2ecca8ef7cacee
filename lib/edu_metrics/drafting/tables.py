"""Tables of indicators: a row is a promise, its head says which column is when."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from edu_metrics.drafting.context import Span
from edu_metrics.drafting.finding import Found, NotTaken, year_of
from edu_metrics.drafting.passages import Passage
from edu_metrics.drafting.rules import Rules, numbers_in, scale_of


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
    return Row(found, _label(label, rules), levels, base_year, _obligation(kind, rules), head.sure)


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
