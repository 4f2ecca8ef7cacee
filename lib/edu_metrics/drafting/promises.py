"""Promises as they are drafted: every field with the rule that gave it, and what is to be asked."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from edu_metrics.drafting.context import (
    Due,
    bare,
    clause_of,
    due,
    end_of_five_years,
    is_past,
    sentence_of,
    subject_of,
)
from edu_metrics.drafting.finding import Found, NotTaken, Row, Span, find, rows_of
from edu_metrics.drafting.rules import Passage, Rules, language_of, load_rules, passages
from edu_metrics.limits import FIRST_YEAR
from edu_metrics.observations.documents import fold, quote_faults
from edu_metrics.words import say

#: Types whose number is a change, and types whose number is a level.
CHANGES = ("yearly_change", "total_change", "doubling", "halving", "only_increase")
LEVELS = ("level", "from_to", "coverage", "kept", "each_unit")
KINDS = (*CHANGES, *LEVELS, "range", "cumulative", "each_year", "frequency", "rank")


@dataclass
class Promise:
    """A promise, as far as words tell it."""

    quote: str
    start: int
    end: int
    article: str | None
    locator: str
    fields: dict[str, dict[str, Any]] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)
    readings: list[dict[str, Any]] = field(default_factory=list)
    numbers: list[tuple[int, int]] = field(default_factory=list)

    @property
    def hash(self) -> str:
        """What a decision is kept by: the words, and where they stand among equal ones."""
        return hashlib.sha256(f"{fold(self.quote)}|{self['value']}".encode()).hexdigest()[:12]

    def __getitem__(self, name: str) -> Any:
        """Give what a field is."""
        return self.fields.get(name, {}).get("is")

    def fill(self, name: str, value: Any, rule: str, sure: bool = True) -> None:
        """Fill a field, with the rule that gave it."""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        self.fields[name] = {"is": value, "sure": "yes" if sure else "ask", "rule": rule}

    def settle(self, *questions: str) -> None:
        """Ask no longer what is known by now."""
        self.questions = [one for one in self.questions if one not in questions]


@dataclass
class Draft:
    """What was drafted from a document."""

    text: str
    language: str
    span: Span
    #: The day of issue, where the text says it on a line of its own.
    issued: dt.date | None
    promises: list[Promise]
    #: Place, words and reason of each number that is in no promise.
    not_taken: list[dict[str, Any]]


def draft(
    text: str, first: int | None = None, last: int | None = None, offers: Offers | None = None
) -> Draft:
    """
    Draft the promises of a document.

    Parameters
    ----------
    text : str
        Its text, as :func:`read_document` gives it.
    first, last : int, optional
        First and last year of the plan; taken from the text when left out.
    offers : Offers, optional
        The indicators to offer.

    Returns
    -------
    Draft
        The promises, and every number that is in none of them.

    Examples
    --------
    >>> made = draft("到2030年，巩固率由93%提高到95%以上。", 2021, 2030)
    >>> [(one["value"], one["op"], one["year"], one["base"]) for one in made.promises]
    [(95, '>=', 2030, 93)]
    """
    language = language_of(text)
    rules = load_rules(language)
    found = passages(text, rules)
    issued = _issued(text, rules)
    year = issued.year if issued else None
    span = _span(found, first, last, year, rules)
    made = _Drafting(text, rules, found, span, year, offers or Offers([], language))
    made.read()
    promises = sorted(made.promises, key=lambda one: (one.start, one.numbers))
    return Draft(text, language, span, issued, promises, made.listed())


def _issued(text: str, rules: Rules) -> dt.date | None:
    """Give the day of issue: a line that is a date."""
    found = rules.pattern("issued").search(text)
    if not found:
        return None
    numbers = [int(number) for number in re.findall(r"\d+", found[0])]
    year = next(number for number in numbers if number > 31)
    named = [n for n, month in enumerate(rules.data["months"], start=1) if month[:3] in found[0]]
    rest = [*named, *(number for number in numbers if number <= 31)]
    try:
        return dt.date(year, *[*rest, 1, 1][:2])
    except ValueError:
        return None


def _span(
    found: list[Passage], first: int | None, last: int | None, issued: int | None, rules: Rules
) -> Span:
    """Take the years of the plan from its title, and else from the years it names."""
    title = " ".join(one.text for one in found[:12])
    years = [int(year) for year in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", title)]
    printed = rules.pattern("title_years").search(title)
    if printed:
        first, last = first or int(printed[1]), last or int(printed[2][-4:])
        if last < 100:
            last += first // 100 * 100
    five = rules.pattern("five_years").search(title)
    if five and not printed:
        end = end_of_five_years(five)
        first, last = first or end - 4, last or end
    everywhere = re.findall(r"(?<!\d)20\d\d(?!\d)", " ".join(one.text for one in found))
    named = [int(y) for y in everywhere] or years or [issued or FIRST_YEAR]
    first = first or issued or min(named)
    return Span(first, max(last or max(named), first))


#: How an article and a paragraph are named, as quotes are looked up by.
_PLACES = {"zh": ("第{}条", "第{}段"), "en": ("article {}", "paragraph {}")}


class _Drafting:
    """One document on its way to promises."""

    def __init__(
        self, text: str, rules: Rules, found: list[Passage], span: Span, issued: int | None,
        offers: Offers,
    ) -> None:  # fmt: skip
        self.text, self.rules, self.found, self.span = text, rules, found, span
        self.issued, self.offers = issued, offers
        self.promises: list[Promise] = []
        self.left_out: list[NotTaken] = []

    def read(self) -> None:
        """Read passage after passage, and tables row by row."""
        index = 0
        while index < len(self.found):
            if self.found[index].is_row:
                caption = " ".join(one.text for one in self.found[max(index - 3, 0) : index])
                rows, left, index = rows_of(
                    self.found, index, caption, self.span, self.issued, self.rules
                )
                self.left_out += left
                self.promises += map(self._row, rows)
            else:
                self._paragraph(self.found[index], index)
                index += 1

    def listed(self) -> list[dict[str, Any]]:
        """List every number that no promise has, with why."""
        listed = []
        for one in self.left_out:
            start, end = self.found[one.passage].span(*one.at)
            listed.append({"number": " ".join(self.text[start:end].split()), "start": start,
                           "end": end, "why": one.why})  # fmt: skip
        return sorted(listed, key=lambda one: int(one["start"]))

    def _paragraph(self, passage: Passage, index: int) -> None:
        found, left = find(passage, index, self.rules)
        self.left_out += left
        before: list[tuple[Found, str]] = []
        taken: list[Found] = []
        base: Found | None = None
        for one in found:
            last = taken[-1] if taken else None
            if one.type == "base":
                self._leave(base, "past")
                base = one
                if last and last.base is None and _together(passage, last, one, self.rules):
                    self._base(self.promises[-1], one, passage)
                    base = None
                continue
            if is_past(passage, one, self.span, self.rules):
                self._leave(one, "past")
                continue
            if last and one.type == "only_increase":
                between = passage.text[last.end : one.start]
                if self.rules.pattern("and_more").fullmatch(between):
                    self._and_rises(self.promises[-1], one)
                    continue
            subject, scope = subject_of(passage, one, before, self.rules)
            before.append((one, subject or scope))
            if not self._is_promise(one, subject, passage):
                self._leave(one, "no_promise_words")
                continue
            promise = self._promise(one, passage, subject, scope)
            if base and _together(passage, base, one, self.rules):
                self._base(promise, base, passage)
            else:
                self._leave(base, "past")
            base = None
            taken.append(one)
            self.promises.append(promise)
        self._leave(base, "past")
        self._distribute(passage, taken)
        self._without_number(passage, taken)

    def _base(self, promise: Promise, base: Found, passage: Passage) -> None:
        promise.fill("base", base.base, base.rule)
        if base.since:
            promise.fill("base_year", base.since, base.rule)
        promise.numbers.append(passage.span(*base.at))

    def _and_rises(self, promise: Promise, one: Found) -> None:
        """Add to a promise that its value is to rise every year."""
        promise.fill("also", "only_increase", one.rule)
        promise.questions.append("steps")
        promise.readings = readings_of(promise, self.span)

    def _leave(self, one: Found | None, why: str) -> None:
        places = (one.at, one.base_at) if one and not one.implied else ()
        self.left_out += [NotTaken(one.passage, at, why) for at in places if one and at]

    def _is_promise(self, one: Found, subject: str, passage: Passage) -> bool:
        """Tell whether anything in the sentence promises; what is unsure is kept and asked."""
        sentence = passage.text[slice(*sentence_of(passage.text, one.at[0], self.rules))]
        named = len(subject) > 1 or one.type in ("rank", "frequency")
        return named and not self.rules.pattern("no_promise").search(sentence)

    def _promise(self, one: Found, passage: Passage, subject: str, scope: str) -> Promise:
        text, rules = passage.text, self.rules
        first, last = _quoted(passage, one, rules, subject)
        promise = self._new(passage, first, last, one)
        promise.fill("subject", subject, "words_before_the_number", len(subject) > 3)
        if scope and scope != subject:
            promise.fill("scope", scope, "clause_before")
        if hedge := rules.pattern("hedge").search(text[first:last]):
            promise.fill("obligation", "expected", f"word:{hedge[0]}")
        sentence = text[slice(*sentence_of(text, one.at[0], rules))]
        if one.unsure or not rules.pattern("promising").search(sentence):
            promise.fill("promise", True, one.unsure or "no_word_of_promising", sure=False)
        _fill(promise, one, due(passage, one, self.span, rules), rules, self.span)
        self._indicator(promise)
        return promise

    def _row(self, row: Row) -> Promise:
        promise = self._new(
            self.found[row.found.passage], row.found.start, row.found.end, row.found
        )
        promise.fill("subject", row.label, "label_of_the_row")
        if row.section and len(row.label) < 10 and row.section not in row.label:
            promise.fill("scope", row.section, "head_of_the_rows")
        if row.obligation:
            promise.fill("obligation", row.obligation, "column_of_the_table")
        year = Due(row.found.by or self.span.last, "head_of_the_column", row.year_sure)
        _fill(promise, row.found, year, self.rules, self.span, row.levels)
        if row.bracketed:
            promise.fields["type"]["sure"] = "ask"
            promise.questions.append("type")
        if promise["base"] is not None:
            promise.fill("base_year", row.base_year, "head_of_the_column", bool(row.base_year))
        self._indicator(promise)
        return promise

    def _new(self, passage: Passage, first: int, last: int, one: Found) -> Promise:
        start, end = passage.span(first, last)
        between = "" if self.rules.drops_space else " "
        quote = re.sub(r"[ \t]*\n\s*", between, self.text[start:end]).strip()
        where = self._locator(quote, start, passage)
        numbers = [passage.span(*at) for at in (one.at, one.base_at) if at and one.values]
        return Promise(quote, start, end, passage.article, where, numbers=numbers)

    def _locator(self, quote: str, start: int, passage: Passage) -> str:
        """Name the place: an article, else a heading, else a paragraph; all of them checked."""
        article, paragraph = _PLACES[self.rules.language]
        number = sum(bool(line.strip()) for line in self.text[: start + 1].splitlines())
        candidates = [article.format(passage.article)] if passage.article else []
        candidates += [paragraph.format(number), *reversed(passage.above)]
        checked = (one for one in candidates if not quote_faults(self.text, quote, one))
        return next(checked, candidates[0])

    def _indicator(self, promise: Promise) -> None:
        words = f"{promise['scope'] or ''}{promise['subject']}"
        best, sure = self.offers.nearest(words, promise["unit"])
        promise.fill("indicator", best[0] if sure else None, "name_of_the_indicator", sure)
        promise.fields["indicator"]["offers"] = best
        if not sure:
            promise.questions.append("indicator")

    def _distribute(self, passage: Passage, taken: list[Found]) -> None:
        """Align the numbers of a list with its subjects, or say that they are open."""
        made = self.promises[len(self.promises) - len(taken) :]
        for match in self.rules.pattern("distributes").finditer(passage.text):
            group = _after(match, taken, passage.text, self.rules)
            if len(group) < 2:
                continue
            names = [made[number] for number in group]
            first, _ = clause_of(passage.text, match.start(), self.rules)
            before = bare(passage.text[first : match.start()], self.rules)
            listed = before if self.rules.drops_space else names[0]["subject"]
            subjects = _shared(listed or names[0]["subject"] or "", self.rules)
            printed = re.findall(r"(?:19|20)\d\d", passage.text[first : match.start()])
            years = [int(year) for year in printed]
            paired = len(names) in (len(subjects), len(years))
            ops = [one["op"] for one in names if one.fields["op"]["sure"] == "yes"]
            for number, promise in enumerate(names):
                promise.fields.pop("scope", None)
                promise.fields["type"] = names[0].fields["type"]
                if len(years) == len(names):
                    promise.fill("year", years[number], "aligned_list")
                    promise.fill("subject", names[0]["subject"], "shared_by_the_list")
                    promise.settle("year_assumed")
                elif len(subjects) == len(names):
                    promise.fill("subject", subjects[number], "aligned_list")
                else:
                    promise.fill("subject", names[0]["subject"], "list_left_open", sure=False)
                    promise.questions.append("several_subjects")
                if promise.fields["op"]["sure"] == "ask" and ops:
                    promise.fill("op", ops[-1], "shared_by_the_list")
                    promise.settle("floor_or_exact")
                promise.readings = readings_of(promise, self.span)
                promise.settle("indicator", *(["several_subjects"] if paired else []))
                self._indicator(promise)

    def _without_number(self, passage: Passage, taken: list[Found]) -> None:
        """Add what is promised without a number, where the words are those of a promise."""
        spans = [_quoted(passage, one, self.rules) for one in taken]
        told = any(self.rules.pattern("past_heading").search(words) for words in passage.above)
        for rule in () if told or passage.is_heading else self.rules.data["unnumbered"]:
            for match in self.rules.compiled(rule["pattern"]).finditer(passage.text):
                first, last = match.span()
                if any(a < last and first < b for a, b in spans):
                    continue
                spans.append((first, last))
                found = Found(rule["name"], rule["type"], 0, first, last, (first, first + 1), (),
                              None, None)  # fmt: skip
                if is_past(passage, found, self.span, self.rules):
                    continue
                promise = self._new(passage, first, last, found)
                year = due(passage, found, self.span, self.rules)
                promise.fill("subject", promise.quote, rule["name"], sure=False)
                promise.fill("type", rule["type"], rule["name"], sure=False)
                promise.fill("year", year.year, year.rule, year.sure)
                promise.questions.append("no_number")
                self.promises.append(promise)


def _together(passage: Passage, one: Found, other: Found, rules: Rules) -> bool:
    """Tell whether two numbers stand in one sentence."""
    at = (sentence_of(passage.text, found.at[0], rules) for found in (one, other))
    return len(set(at)) == 1


def _quoted(passage: Passage, one: Found, rules: Rules, subject: str = "") -> tuple[int, int]:
    """Say what of a passage is quoted: from the clause of its subject to that of its number."""
    text = passage.text
    first, last = clause_of(text, one.at[0], rules)
    first = min(first, one.start)
    start, _ = sentence_of(text, one.at[0], rules)
    spot = text.rfind(subject, start, one.at[0]) if subject else -1
    if start <= spot < first:
        first = max(clause_of(text, spot, rules)[0], start)
    number = rules.pattern("mark_of_an_item").match(text, first)
    return number.end() if number and number.end() <= one.at[0] else first, max(last, one.end)


def _after(match: re.Match[str], taken: list[Found], text: str, rules: Rules) -> list[int]:
    """Give the promises of the list that a word such as "respectively" spreads."""
    first, last = clause_of(text, match.start(), rules)
    return [n for n, one in enumerate(taken) if first <= one.at[0] < last
            and one.at[0] >= match.start() - (0 if rules.drops_space else 400)]  # fmt: skip


def _shared(words: str, rules: Rules) -> list[str]:
    """Part a list of subjects, each with the head that only the last one prints."""
    parts = [part for part in re.split(rules.data["list_mark"], words) if part]
    head = re.search(rules.data["shared_head"], parts[-1]) if parts else None
    if head is None or len(parts) < 2:
        return parts
    shared = rules.pattern("stage").sub("", head[0], count=1)
    return [part if rules.pattern("measure").search(part) else f"{part}{shared}" for part in parts]


def _is_lower(subject: str, rules: Rules) -> bool:
    """Tell whether less is better of what a subject names."""
    return bool(rules.pattern("lower_is_better").search(subject))


def _fill(
    promise: Promise, one: Found, year: Due, rules: Rules, span: Span,
    levels: dict[int, tuple[str | None, float]] | None = None,
) -> None:  # fmt: skip
    """Fill in value, comparator, unit, type and year, with their questions and readings."""
    subject = f"{promise['scope'] or ''}{promise['subject'] or ''}"
    kind, unit = one.type, one.unit
    if unit in ("count", "schools", "persons", None):
        unit = next(
            (better for words, better, printed in rules.data["unit_by_subject"]
             if re.search(words, subject) and re.search(printed, promise.quote)), unit,
        )  # fmt: skip
    if unit is None and one.scale_word:
        unit = rules.meaning("unit_of_subject", f"{subject}{promise.quote}")
    is_rate = bool(rules.pattern("rate").search(subject))
    change = kind in CHANGES
    if kind == "only_increase":
        unit = "percent" if is_rate else rules.meaning("unit_of_subject", subject)
    falls = one.falls
    op, op_sure = one.op, one.op_printed
    if kind in ("from_to", "level", "coverage", "each_unit") and one.base is not None:
        falls = one.values[-1] < one.base
        if op in ("<=", ">=") and one.op_printed and falls != (op == "<="):
            promise.questions.append("which_way")
            op = "<=" if falls else ">="
    if op is None:
        counted = kind in ("cumulative", "each_year", "frequency", "each_unit", "rank")
        lower = not counted and _is_lower(subject, rules)
        op = "<=" if (falls if one.base is not None or one.implied else lower) else ">="
        if not change and not counted:
            promise.questions.append("floor_or_exact")
    rises = kind in LEVELS and unit == "ratio" and op in (">=", ">") and one.base is None
    if one.two_ways or (rises and _is_lower(subject, rules)):
        promise.questions.append("which_way")
    values = sorted(one.values)
    if change and falls and not one.implied:
        values = sorted(-value for value in values)
        op = {">=": "<=", ">": "<"}.get(op, op)
    value = (
        values[-1] if (change and falls) or (op in ("<=", "<") and len(values) > 1) else values[0]
    )
    if len(values) > 1:
        promise.fill("range", values, one.rule)
    promise.fill("value", value, one.rule)
    promise.fill("op", op, one.rule if op_sure else "bare_number", op_sure or one.implied or change)
    promise.fill("type", "range" if len(values) > 1 and kind == "level" else kind, one.rule)
    down = op in ("<=", "<") or (op == "~" and (falls or _is_lower(subject, rules)))
    promise.fill("better", "lower" if down else "higher", one.rule, op != "~")
    promise.fill("unit", unit, "words_after_the_number", unit is not None)
    promise.fill("year", year.year, year.rule, year.sure)
    if one.base is not None:
        promise.fill("base", one.base, one.rule)
    if one.since:
        promise.fill("base_year", one.since, one.rule)
    if one.every or one.period:
        promise.fill("every", one.every or one.period, one.rule)
    if one.implied:
        promise.fill("value", value, one.rule, sure=False)
    of_rate = change and unit == "percent" and is_rate and not one.implied
    if of_rate:
        promise.fill("unit", unit, "percent_of_a_rate", sure=False)
    several = rules.pattern("several").search(promise["subject"] or "")
    each = kind == "each_unit" or rules.pattern("each_or_together").search(promise.quote)
    without_base = not one.since and one.base is None
    asked = {
        "year_assumed": not year.sure,
        "which_base": kind in ("total_change", "doubling", "halving") and without_base,
        "steps": kind in ("yearly_change", "each_year", "only_increase"),
        "several_subjects": kind in LEVELS and several,
        "each_or_together": each,
        "percent_or_points": of_rate,
    }
    promise.questions += [question for question, open_ in asked.items() if open_]
    if levels and len(levels) > 1:
        promise.fill("levels", {y: f"{o or op}{v:.10g}" for y, (o, v) in levels.items()}, one.rule)
    promise.readings = readings_of(promise, span)


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


_NAMES = {">=": "ge", ">": "gt", "<=": "le", "<": "lt", "==": "eq", "~": "about"}


def readings_of(promise: Promise, span: Span) -> list[dict[str, Any]]:
    """
    Write out the readings of a promise, the default first.

    Parameters
    ----------
    promise : Promise
        With its fields filled.
    span : Span
        Years of the plan.

    Returns
    -------
    list of dict
        As the readings of a target; none for what happens so many times.
    """
    way = "<" if promise["better"] == "lower" else ">"
    also = [_yearly("points", f"{way}0", capped=True)] if promise["also"] else []
    return [
        _reading(promise, name, bound, [*conditions, *also], default=number == 0)
        for number, (name, bound, conditions) in enumerate(_ways(promise, span))
    ]


def _ways(promise: Promise, span: Span) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """Give each way to read a promise: its name, the bound as it is said, and its conditions."""
    kind, value, year = promise["type"], promise["value"], promise["year"]
    about = "<=" if promise["better"] == "lower" else ">="
    op = about if promise["op"] == "~" else promise["op"]
    bound = f"{op}{value:.10g}"
    if kind == "only_increase":
        yield "every_year", bound, [_yearly("points", bound, capped=True)]
    elif kind in ("yearly_change", "total_change", "doubling", "halving"):
        unit = "percent" if promise["unit"] == "percent" else "points"
        name = "yearly" if kind == "yearly_change" else "in_all"
        yield name, bound, [_change(promise, unit, bound)]
        if "percent_or_points" in promise.questions:
            yield "points", bound, [_change(promise, "points", bound)]
    elif kind == "cumulative":
        years = list(range(span.first, year + 1)) or [year]
        yield "sum", bound, [{"type": "sum_over_years", "years": years, "bounds": [bound]}]
    elif kind in ("each_year", "kept"):
        yield "each_year", bound, [{"type": "each_year", "bound": bound}]
        if kind == "kept":
            yield "at_the_end", bound, [_level({year: bound})]
    elif kind not in ("frequency", "rank", "base"):
        levels = promise["levels"] or {year: bound}
        printed = {y: b.replace("~", about) for y, b in levels.items()}
        yield "level", bound, [_level(printed)]
        if "floor_or_exact" in promise.questions or promise["op"] == "~":
            exact = {y: f"=={b.lstrip('<>=')}" for y, b in printed.items()}
            yield "exact", f"=={value:.10g}", [_level(exact)]
        if promise["range"]:
            low, high = promise["range"]
            inside = (f">={low:.10g}", f"<={high:.10g}")
            yield "inside", f"{low:g} {high:g}", [_level({year: end}) for end in inside]


def said(bound: str, unit: str | None, lang: str) -> str:
    """
    Say a bound in words.

    Parameters
    ----------
    bound : str
        Comparator and number.
    unit : str or None
        What is counted.
    lang : str
        Language.

    Returns
    -------
    str
        Such as "at least 90 %".

    Examples
    --------
    >>> said(">=90", "percent", "en"), said("~300", "schools", "en"), said("<-3", "points", "zh")
    ('at least 90 %', 'about 300', '低于-3个百分点')
    """
    op, value = re.fullmatch(r"([<>=~]+)(.+)", bound).groups()  # type: ignore[union-attr]
    named = {"percent": " %" if lang == "en" else "%", "points": say("drafting.points", lang)}
    shown = f"{float(value):,.10g}{named.get(unit or '', '')}"
    return say(f"drafting.op_{_NAMES[op]}", lang, value=shown)


def _reading(
    promise: Promise, name: str, bound: str, conditions: list[dict[str, Any]], *, default: bool
) -> dict[str, Any]:
    unit = "points" if name == "points" else promise["unit"]
    low, _, high = bound.partition(" ")
    label = {
        lang: say(f"drafting.reading_{name}", lang, year=promise["year"], low=low, high=high,
                  bound="" if high else said(bound, unit, lang))
        for lang in ("zh", "en")
    }  # fmt: skip
    return {"id": name, "label": label, **({"default": True} if default else {}),
            "conditions": conditions}  # fmt: skip


def _yearly(unit: str, bound: str, capped: bool = False) -> dict[str, Any]:
    """Write out a condition on every yearly step."""
    made: dict[str, Any] = {"type": "yearly_change", "unit": unit, "change": [bound]}
    return {**made, "capped": True} if capped else made


def _level(at: dict[int, str]) -> dict[str, Any]:
    return {"type": "level", "at": at}


def _change(promise: Promise, unit: str, bound: str) -> dict[str, Any]:
    since, year = promise["base_year"], promise["year"]
    if promise["type"] == "yearly_change":
        return _yearly(unit, bound)
    if since and since < year:
        return {"type": "change_since", "unit": unit, "since": since, "by": year, "change": [bound]}
    return {"type": "total_change", "unit": unit, "change": [bound]}
