"""What stands around a number: whose it is, by when, and whether it lies in the past."""

from __future__ import annotations

import re
from typing import NamedTuple

from edu_metrics.drafting.finding import Found, Span
from edu_metrics.drafting.rules import Passage, Rules, numbers_in


class Due(NamedTuple):
    """A deadline, and the rule that gave it."""

    year: int
    rule: str
    sure: bool = True


#: No sentence reaches farther than this from a number; a list of thousands has no end. [characters]
_REACH = 600


def sentence_of(text: str, at: int, rules: Rules) -> tuple[int, int]:
    """Give the sentence around a place."""
    begin, stop = max(0, at - _REACH), min(len(text), at + _REACH)
    ends = [m.end() for m in rules.pattern("sentence_end").finditer(text, begin, stop)]
    first = max((end for end in ends if end <= at), default=begin)
    return first, min((end for end in ends if end > at), default=stop)


def clause_of(text: str, at: int, rules: Rules) -> tuple[int, int]:
    """Give the clause around a place; what stands in brackets ends none."""
    begin, stop = max(0, at - _REACH), min(len(text), at + _REACH)
    hidden = rules.pattern("brackets").sub(lambda m: "·" * len(m[0]), text[begin:stop])
    cuts = [begin + m.end() for m in rules.pattern("clause_end").finditer(hidden)]
    first = max((cut for cut in cuts if cut <= at), default=begin)
    return first, min((cut for cut in cuts if cut > at), default=stop + 1) - 1


def due(passage: Passage, found: Found, span: Span, rules: Rules) -> Due:
    """
    Say by when a promise falls due.

    Parameters
    ----------
    passage : Passage
        Where it stands.
    found : Found
        The promise.
    span : Span
        First and last year of the plan.
    rules : Rules
        Of the language.

    Returns
    -------
    Due
        The year printed nearest before the number in its sentence, or behind it there, or in the
        sentences before, or the end of the plan.
    """
    if found.by:
        return Due(found.by, "year_in_the_words")
    text = passage.text
    first, last = sentence_of(text, found.at[0], rules)
    ways = [
        ("year_before_the_number", (first, found.at[1]), -1),
        ("year_after_the_number", (found.at[1], last), 0),
    ]
    if rules.data["year_follows"]:
        other = rules.pattern("other_number").search(text, found.at[1], last)
        near = (found.at[1], other.start() if other else last)
        ways.insert(0, ("year_after_the_number", near, 0))
    if rules.data["carries_year"]:
        ways.append(("year_of_a_sentence_before", (0, first), -1))
    for rule, part, nearest in ways:
        years = _deadlines(text, *part, span, rules, near=found)
        if years:
            far = rule == "year_of_a_sentence_before"
            return Due(years[nearest], rule, not far)
    years = [
        year
        for words in reversed(passage.above)
        for year in _deadlines(words, 0, len(words), span, rules)
    ]
    if years:
        return Due(years[0], "year_of_the_heading", sure=False)
    return Due(span.last, "end_of_the_plan", sure=False)


def _deadlines(
    text: str, first: int, last: int, span: Span, rules: Rules, near: Found | None = None
) -> list[int]:
    """List the years that are deadlines in a part of a text, those of the plan alone."""
    found: list[tuple[int, int]] = []
    last_year = span.last
    for match in rules.pattern("deadline").finditer(text, first, last):
        groups = match.groupdict()
        against = rules.pattern("not_deadline").search(text[max(first - 20, 0) : match.start()])
        if groups.get("past") or groups.get("base") or (against and not groups.get("lead")):
            continue
        year = _four(groups["year"], groups.get("year2"))
        if groups.get("lead") in _UNTIL:  # printed as a deadline, even beyond the plan
            last_year = max(last_year, year)
        found.append((match.start(), year))
    for match in rules.pattern("five_years").finditer(text, first, last):
        found.append((match.start(), end_of_five_years(match)))
    for match in rules.pattern("years_from_now").finditer(text, first, last):
        years = numbers_in(match["years"], rules)
        behind = text[max(match.start() - 1, 0) : match.start()]
        if (
            years
            and years[0] < 15
            and behind not in ("每", "第")
            and (near is None or not (match.start() <= near.at[0] < match.end()))
        ):
            found.append((match.start(), int(min(span.first + years[-1] - 1, span.last))))
    return [year for _, year in sorted(found) if span.first <= year <= last_year]


_UNTIL = ("到", "至", "by", "By", "before", "until")


def _four(year: str, short: str | None) -> int:
    return int(year[:2] + short) if short else int(year)


def end_of_five_years(match: re.Match[str]) -> int:
    """Give the last year of a numbered five-year plan, of which the first ended in 1957."""
    number = "一二三四五六七八九".index(match["which"]) + 11
    return 1955 + 5 * number


def is_past(passage: Passage, found: Found, span: Span, rules: Rules) -> bool:
    """
    Tell what was reached from what is promised.

    Parameters
    ----------
    passage : Passage
        Where the number stands.
    found : Found
        What was found.
    span : Span
        First and last year of the plan.
    rules : Rules
        Of the language.

    Returns
    -------
    bool
        Whether a word or a year before the number, or a heading, says that it was reached.
    """
    if found.by and found.by >= span.first:
        return False
    text = passage.text
    first, last = sentence_of(text, found.at[0], rules)
    before = text[first : found.at[0]]
    future = [m.end() for m in rules.pattern("future").finditer(text[first : found.end])]
    years = [
        (m.end(), _four(m["year"], m.groupdict().get("year2")))
        for m in rules.pattern("deadline").finditer(before)
        if not m.groupdict().get("base")
        and not rules.pattern("not_deadline").search(before[: m.start()])
    ]  # fmt: skip
    future += [end for end, year in years if year >= span.first]
    behind = last if rules.data["past_anywhere"] else found.end
    past = [m.end() for m in rules.pattern("past").finditer(text[first:behind])]
    if rules.data["past_anywhere"] and rules.pattern("future").search(text[first:last]):
        past = [end for end in past if end <= found.end - first]
    past += [end for end, year in years if year < span.first]
    weak = [m.end() for m in rules.pattern("past_weak").finditer(before)]
    if weak and not rules.pattern("acts").search(text[first + weak[-1] : found.end]):
        past += weak
    if past and max(past) > max(future, default=-1):
        return True
    told = any(rules.pattern("past_heading").search(words) for words in passage.above)
    return told and not future and not found.by


def subject_of(
    passage: Passage, found: Found, before: list[tuple[Found, str]], rules: Rules
) -> tuple[str, str]:
    """
    Say what a number is about, and what that lies in.

    Parameters
    ----------
    passage : Passage
        Where the number stands.
    found : Found
        The promise.
    before : list of (Found, str)
        The promises found before in the passage, with their subjects.
    rules : Rules
        Of the language.

    Returns
    -------
    str, str
        The subject, and the scope that it has from clauses before; either may be empty.
    """
    text = passage.text
    first, last = clause_of(text, found.at[0], rules)
    if found.implied and found.type == "coverage":
        return bare(text[first:last], rules), ""
    words = text[first : found.start]
    # A verb before the number has its subject there: "debt will not exceed".
    said_before = rules.pattern("verb_before").search(words) and len(bare(words, rules)) > 3
    if found.right and not said_before:
        return bare(found.right, rules), ""
    named = "" if rules.drops_space or found.unit != "percent" else text[found.end : last]
    if found.type == "level" and rules.pattern("noun_follows").match(named):
        rest = rules.pattern("rest_end").split(named, maxsplit=1)[0]
        return bare(rest, rules), ""
    nearer = [one for one, _ in before if one.end > first and one.end <= found.start]
    whole = found.type in ("cumulative", "each_year", "each_unit", "frequency", "rank")
    rate = found.unit in ("percent", "points", "ratio") and found.rule != "share_of_whole"
    noun = "" if rules.drops_space or rate else text[found.at[1] : found.end]
    noun = rules.pattern("unit_words").sub("", noun)
    if found.rule in ("count_by_year", "extended_to"):
        rest = rules.pattern("rest_end").split(text[found.end : last], maxsplit=1)[0]
        return bare(noun + rest, rules), bare(text[first : found.start], rules)
    if found.rule.endswith("_list"):
        own = (found.subject or "") + _tail(text, found, last, rules)
        if before and whole:
            last_one = before[-1][0]
            start = clause_of(text, last_one.start, rules)[0]
            return bare(own, rules), bare(text[start : last_one.at[0]], rules)
    elif found.subject is not None:
        own = found.subject
    elif whole:
        start = max([first, *(one.end for one in nearer)])
        own = text[start : found.at[0]] + noun + _tail(text, found, last, rules)
    else:
        start = max([first, *(one.end for one in nearer)])
        own = text[start : found.start] + (noun if found.rule == "share_of_whole" else "")
        if re.match("的", text[found.end :]):
            own += _tail(text, found, last, rules)
    subject = bare(own, rules)
    moved = found.type in ("total_change", "yearly_change", "from_to")
    if len(subject) < 2 and not rules.drops_space and not (nearer and moved):
        rest = rules.pattern("rest_end").split(text[found.end : last], maxsplit=1)[0]
        subject = bare(noun + rest, rules)
    while not nearer and first > 0 and len(subject) < 2:
        end = first - 1
        first, _ = clause_of(text, end - 1, rules)
        nearer = [one for one, _ in before if one.end > first and one.end <= found.start]
        if nearer:
            break
        subject = bare(text[first:end], rules)
    label = rules.pattern("label").match(text, 0, found.start)
    if label and label["label"] not in subject:
        return (subject, label["label"]) if len(subject) > 1 else (label["label"], "")
    if len(subject) < 2 and before:
        return before[-1][1], ""
    return _within(subject, found, passage, before, rules)


def _tail(text: str, found: Found, last: int, rules: Rules) -> str:
    """Give the words behind a number up to the end of the clause or the next item of a list."""
    rest = text[found.end : last]
    cut = rules.pattern("tail_end").search(rest)
    return rest[: cut.start()] if cut else rest


def bare(words: str, rules: Rules) -> str:
    """Take from a subject what belongs to none: times, verbs of promising, marks."""
    mark = rules.pattern("mark_of_an_item").match(words)
    words = rules.pattern("time").sub("", words[mark.end() :] if mark else words)
    for _ in range(3):
        words = rules.pattern("strip_left").sub("", words.strip())
        words = rules.pattern("strip_right").sub("", words)
    return words.strip(" ，、。；：“”（")


def _within(
    subject: str, found: Found, passage: Passage, before: list[tuple[Found, str]], rules: Rules
) -> tuple[str, str]:
    """Carry on what a clause before said and this one leaves out."""
    stage, text = rules.pattern("stage"), passage.text
    earlier = before[-1][1] if before else ""
    if earlier and stage.fullmatch(subject) and (stages := list(stage.finditer(earlier))):
        last = stages[-1]
        return earlier[: last.start()] + subject + earlier[last.end() :], ""
    measured = rules.pattern("measure").search(subject)
    if (
        earlier
        and not measured
        and found.unit == "percent"
        and not found.right
        and (found.type in ("level", "from_to"))
    ):
        return subject, earlier
    if stage.search(subject):
        wider = rules.pattern("wider").findall(_sentence_before(passage, found, rules))
        inside = wider and rules.pattern("narrow").match(subject)
        return subject, wider[-1] if inside else ""
    if len(subject) < rules.data["short"]:
        for words in (_sentence_before(passage, found, rules), earlier, passage.heading):
            scopes = stage.findall(words) if measured else []
            if scopes:
                return subject, scopes[-1]
        first, _ = clause_of(text, found.start, rules)
        if before and before[-1][0].end >= clause_of(text, max(first - 2, 0), rules)[0]:
            return subject, earlier
        if first > sentence_of(text, found.start, rules)[0]:
            other, _ = clause_of(text, first - 2, rules)
            return subject, bare(text[other : first - 1], rules)
    return subject, ""


def _sentence_before(passage: Passage, found: Found, rules: Rules) -> str:
    start, _ = sentence_of(passage.text, found.start, rules)
    return passage.text[start : found.start]
