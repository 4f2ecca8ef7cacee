"""The bulletin: the first page of a report, which answers before it explains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from edu_metrics.plan_audit import Severity
from edu_metrics.reachability import Assessment, Verdict
from edu_metrics.reachability.requirements import MORE_A_YEAR
from edu_metrics.report.beside import show_beside, show_documents_to_ask
from edu_metrics.report.columns import Table, picked, table_of
from edu_metrics.report.context import AreaReport
from edu_metrics.report.glance import GROUPS, Glance, group_words, headline_of
from edu_metrics.report.html import CONTENTS, DOWNLOADS, Cell, Html, join, note, tag
from edu_metrics.report.joint import expected_in_all
from edu_metrics.report.kinds import TRACK_RECORD, has_record
from edu_metrics.report.labels import warning
from edu_metrics.report.outlook import recent_pace, small_chart
from edu_metrics.report.reasons import (
    change_text,
)
from edu_metrics.report.requirements import lever_name, setting_text
from edu_metrics.report.target_rows import (
    any_move,
    history_of,
    short_text,
    show_targets,
    state_of,
)
from edu_metrics.report.to_ask import questions, show_to_ask
from edu_metrics.trajectories import CAP, FLOOR
from edu_metrics.words import amount, date, number, percent, say

__all__ = ["show_bulletin"]

#: The order of the table: what can still be done comes first.
BY_USE = ("effort", "open", "kept_up", "hard", "clash", "unknown", "lacking", "met", "missed")
#: A lever counts as an effort within reach up to this percentile of past practice, or where no
#: more than so many persons or institutions are missing. Both are choices, stated on the page.
USUAL_PRACTICE = 90
#: What an effort has to bring a target to.
EVEN = 0.5
HANDFUL = 2
#: How many targets a line names, and the line of what an effort is worth; how many charts are
#: drawn, and how many years make a course.
NAMED, NAMED_EFFORTS, CHARTS, SHORTEST = 4, 12, 3, 4
#: Where the track record of the study lies, seen from a report.
RECORD_PAGE = f"../{TRACK_RECORD}/report.html"
#: Why a target can't be judged, where a few words say it.
SHORT_REASONS = {
    "noise": "bulletin.unknown_noise",
    "total_of_whole": "bulletin.unknown_total_of_whole",
}


def show_bulletin(report: AreaReport) -> Html:
    """
    Answer in one page: what is met, what can be reached and by which effort, what to ask.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.

    Returns
    -------
    Html
        Place and dates, one sentence, lines that name targets, three charts, questions, how sure
        this is, and every numeric target in a row. Where most figures are missing: what is known,
        and what to ask for.
    """
    found = report.tables.rows("bulletin")
    rows = found.rows
    glance = glance_of(report)
    pieces: list[Cell] = [
        _masthead(report, rows),
        tag("p", headline_of(glance, report.lang), "headline"),
        _lines(report, rows),
    ]
    if glance.mostly_lacking:
        pieces += [_known(report, rows), show_to_ask(report), show_beside(report)]
    else:
        pieces += [
            _charts(report, rows),
            _questions_and_trust(report, rows),
            show_targets(report, found),
        ]
    pieces += [
        show_documents_to_ask(report),
        DOWNLOADS,
        tag("h2", say("bulletin.annex", report.lang), "annex"),
        _annex_lead(report),
        CONTENTS,
    ]
    if not glance.mostly_lacking:
        pieces.append(show_beside(report))
    return tag("section", join(pieces), "bulletin")


def _annex_lead(report: AreaReport) -> Html:
    """Say what the annex holds, and where the rest stands."""
    told: Cell = say("bulletin.annex_lead", report.lang)
    if report.stands_with_whole:
        whole = str(report.area.parent)
        said = say("bulletin.with_whole", report.lang, whole=report.area_name(whole))
        told = tag("a", said, href=f"../{whole}/report.html")
    return tag("p", told, "small")


def bulletin_table(report: AreaReport) -> Table:
    """Give every numeric target with its group, one row a target, what can be done first."""
    needs = report.tables.rows("requirements")
    moved = needs.where(lambda row: row.default and row.lever is not None)
    levers = {row.target: row for row in moved.first_of("target")}
    rows = []
    for target in report.numeric:
        assessment = report.assessments[target.id]
        lever = levers.get(target.id)
        able = lever if lever is not None and lever.even_reason == "found" else None
        rows.append(
            {
                **report.about(target, assessment),
                "group": group_of(assessment, lever),
                "due": report.plan.deadline_of(target),
                "recent_pace": recent_pace(report, assessment),
                "lever": _lever(report, able) if able else None,
                "setting": setting_text(report, able, "even") if able else None,
                "percentile": able.practice_percentile if able else None,
            }
        )
    found = table_of(
        rows,
        "target title article indicator unit group verdict probability last_year last_value level "
        "due gap median required_pace required_by recent_pace people lever setting "
        "percentile disputed",
    )
    return found.ordered(lambda row: (BY_USE.index(row.group), *_weight(row)))


def _lever(report: AreaReport, row: Any) -> str:
    """Name a lever; of one that only adds to what is counted, a word is enough on a first page."""
    if row.lever != MORE_A_YEAR:
        name = lever_name(report, row)
        return name if report.lang == "zh" else name[0].lower() + name[1:]
    falling = report.catalog.indicators[row.indicator].better == "lower"
    return say("bulletin.fewer" if falling else "bulletin.more", report.lang)


def group_of(found: Assessment, lever: Any) -> str:
    """
    Say what can still be done about a target.

    Parameters
    ----------
    found : Assessment
        What is known of it.
    lever : row of the table of requirements, or None
        The first lever of its default reading.

    Returns
    -------
    str
        One of :data:`GROUPS`.
    """
    decided = {
        Verdict.MET: "met",
        Verdict.MISSED: "missed",
        Verdict.NO_DATA: "lacking",
        Verdict.CANNOT_TELL: "unknown",
        Verdict.LIKELY: "kept_up",
    }
    if found.verdict in decided:
        return decided[found.verdict]
    # A level beyond the promised pace may come all the same; the question is asked in any case.
    if "promised_pace" in found.findings and found.verdict is not Verdict.UNCERTAIN:
        return "clash"
    if _within_reach(found, lever):
        return "effort"
    return "open" if found.verdict is Verdict.UNCERTAIN else "hard"


def _within_reach(found: Assessment, lever: Any) -> bool:
    if lever is None or lever.even_reason != "found" or found.verdict is Verdict.IMPOSSIBLE:
        return False
    if (found.probability or 0.0) >= EVEN:
        return False  # what is even already needs no effort to be so
    if found.people is not None and 0 < found.people <= HANDFUL and not any_move(found):
        return True
    percentile: float | None = lever.practice_percentile
    usual = percentile is not None and percentile <= USUAL_PRACTICE
    return usual and found.verdict is not Verdict.OUT_OF_REACH


def _masthead(report: AreaReport, rows: Sequence[Any]) -> Html:
    lang, plan = report.lang, report.plan
    last = max((year for row in rows for year in history_of(report, row)), default=None)
    told = {"date": date(report.study.as_of, lang), "end": plan.last_year}
    dates = (
        say("bulletin.dates", lang, last=last, **told)
        if last
        else say("bulletin.dates_none", lang, **told)
    )
    pieces: list[Cell] = [
        tag("p", say("bulletin.kicker", lang, plan=plan.title.in_(lang)), "kicker"),
        tag("h1", report.area_name(report.area.id)),
        tag("p", dates, "dates small"),
        warning(report),
    ]
    if not report.bound_here:
        pieces.append(note(say("bulletin.as_if", lang)))
    return join(pieces)


def glance_of(report: AreaReport) -> Glance:
    """
    Put together what the index of the study knows of the area.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.

    Returns
    -------
    Glance
        Its targets in the order of the plan, and the numbers of the headline.
    """
    chances = any(found.probability is not None for found in report.assessments.values())
    expected, interval = expected_in_all(report.joint) if chances else (None, None)
    rows = {row.target: row for row in report.tables.rows("bulletin")}
    names = "target group verdict probability due unit required_pace recent_pace people"
    targets = [
        {
            **picked(rows[target.id], names),
            **_latest(found),
            "way": None if found.total else _way(rows[target.id].recent_pace),
            "asked": found.level.model_dump() if found.level else None,
        }
        for target in report.numeric
        for found in (report.assessments[target.id],)
    ]
    return Glance(
        report.area.id,
        expected,
        interval,
        CAP,
        FLOOR,
        tuple(sorted(report.rows["source"].unique())),
        tuple(targets),
    )


def _latest(found: Assessment) -> dict[str, Any]:
    """Give the latest value and its year; what only the plan states nobody published."""
    if found.start != "observed":
        return {"last_year": None, "last_value": None}
    return picked(found, "last_year last_value")


def _way(pace: float | None) -> str | None:
    """Say where a series went in three years: level where it moved by less than it is printed."""
    if pace is None:
        return None
    return "flat" if not round(pace, 1) else "up" if pace > 0 else "down"


def _lines(report: AreaReport, rows: Sequence[Any]) -> Html:
    """Name the targets of each group that has any."""
    lang = report.lang
    lines = []
    for group in GROUPS:
        members = sorted((row for row in rows if row.group == group), key=_weight)
        if not members:
            continue
        most = NAMED_EFFORTS if group == "effort" else NAMED
        items = [_item(report, row, group) for row in members[:most]]
        rest = len(members) - most
        if group == "unknown":
            items, rest = _by_reason(report, members), 0
        named = say("bulletin.comma", lang).join(items)
        key = "bulletin.and_more" if rest > 0 else "bulletin.all_named"
        text: Cell = say(key, lang, named=named, rest=rest)
        if group == "effort":
            # What to do is read one by one.
            items += [say("bulletin.more_efforts", lang, rest=rest)] if rest > 0 else []
            text = tag("ul", join(tag("li", one) for one in items))
        head = tag("dt", group_words(group, lang, len(members)), group)
        lines.append(head + tag("dd", text))
    shown = tag("dl", join(lines), "lines")
    if any(row.group == "effort" for row in rows):
        shown += tag("p", say("bulletin.effort_rule", lang), "small")
    return shown


def _by_reason(report: AreaReport, members: Sequence[Any]) -> list[str]:
    """Name targets that cannot be judged with the reason, once for those of one reason."""
    lang = report.lang
    by: dict[str, list[str]] = {}
    for row in members:
        by.setdefault(report.assessments[row.target].reason or "", []).append(row.title)
    told = []
    for reason, titles in by.items():
        names = say("bulletin.comma", lang).join(titles)
        key = SHORT_REASONS.get(reason)
        told.append(say(key, lang, names=names) if key else names)
    return told


def _weight(row: Any) -> tuple[float, ...]:
    """Name first what was done most often elsewhere; before it what takes fewest people."""
    percentile = 100.0 if row.percentile is None else row.percentile
    if row.group == "effort" and row.people and row.people <= HANDFUL:
        return (-1.0, row.people, percentile)
    if row.group == "hard" and row.lever:
        return (-1.0, row.people or float("inf"), percentile)
    return (percentile, -(row.people or 0), abs(row.gap or 0.0))


def _item(report: AreaReport, row: Any, group: str) -> str:
    """Name one target with the numbers that its group turns on."""
    lang = report.lang
    told = {"title": row.title, **state_of(report, row)}
    if group == "clash":
        return say("bulletin.item_clash", lang, **told)
    if group == "effort" or (group == "hard" and row.lever):
        told |= {"lever": row.lever, "setting": row.setting}
        if people := short_text(report, row):
            return say("bulletin.item_people", lang, people=people, **told)
        return say("bulletin.item_lever", lang, **told)
    if group in ("hard", "open") and row.required_pace:
        needed, past = _paces(report, row)
        key = "bulletin.item_pace" if past else "bulletin.item_pace_alone"
        return say(key, lang, title=row.title, needed=needed, past=past)
    if group in ("open", "hard") and row.median is not None and row.level:
        expected = amount(row.median, row.unit, lang)
        return say("bulletin.item_expected", lang, expected=expected, **told)
    if group in ("met", "kept_up", "missed", "open", "hard") and row.last_year and row.level:
        return say("bulletin.item_met", lang, **told)
    return say("bulletin.item_plain", lang, title=row.title)


def _paces(report: AreaReport, row: Any) -> tuple[str, str]:
    """Word the change a year that is needed and the recent one; of a sum what a year brings."""
    lang, paces = report.lang, (row.required_pace, row.recent_pace)
    if report.assessments[row.target].total is not None:
        like = row.required_pace
        needed, past = (
            "" if one is None else amount(one, row.unit, lang, like=like) for one in paces
        )
    else:
        needed, past = ("" if one is None else change_text(one, row.unit, lang) for one in paces)
        if needed and row.required_by != row.due:
            needed = say("bulletin.up_to", lang, change=needed, year=row.required_by)
    return needed, past


def _charts(report: AreaReport, rows: Sequence[Any]) -> Html:
    """Draw the three courses that a reader can do most about."""
    useful = ("effort", "hard", "open", "kept_up", "met", "missed")
    members = [sorted((row for row in rows if row.group == group), key=_weight) for group in useful]
    # The first of each group, then the others.
    ordered = [row for group in members for row in group[:1]]
    ordered += [row for group in members for row in group[1:]]
    long = (row for row in ordered if len(history_of(report, row)) >= SHORTEST)
    drawn: dict[str, Any] = {}
    for row in long:
        drawn.setdefault(row.indicator, row)
    charts = [_chart(report, row) for row in islice(drawn.values(), CHARTS)]
    if not charts:
        return Html("")
    shown = tag("div", join(charts), "charts")
    if any(row.median is not None for row in islice(drawn.values(), CHARTS)):
        shown += tag("p", say("bulletin.charts_note", report.lang), "small")
    return shown + report.tables.link("courses")


def _chart(report: AreaReport, row: Any) -> Html:
    lang = report.lang
    state = state_of(report, row)
    if row.required_pace:
        needed, past = _paces(report, row)
        key = "bulletin.chart_needed" if past else "bulletin.chart_needed_alone"
        title = say(key, lang, title=row.title, needed=needed, past=past)
    else:
        title = say("bulletin.chart_there", lang, title=row.title, **state)
    return small_chart(report, report.plan.target(row.target), title, state["level"])


def _questions_and_trust(report: AreaReport, rows: Sequence[Any]) -> Html:
    lang = report.lang
    trust = join(tag("p", text) for text in _trust(report, rows))
    if has_record(report.catalog, report.study):
        # Shown where that page was made.
        to = {"data-to": RECORD_PAGE}
        trust += tag("p", tag("a", say("bulletin.own_record", lang), "sibling screen", **to))
    sure = tag("div", tag("h2", say("bulletin.how_sure", lang)) + trust)
    if not (asked := questions(report, sorted(rows, key=_weight))):
        return sure
    listed = tag("ol", join(tag("li", text) for text in asked))
    publisher = report.catalog.sources[report.plan.source].publisher.in_(lang)
    key = "bulletin.questions_open" if report.plan.hypothetical else "bulletin.questions"
    head = tag("h2", say(key, lang, publisher=publisher))
    return tag("div", tag("div", head + listed) + sure, "pair")


def _trust(report: AreaReport, rows: Sequence[Any]) -> list[str]:
    lang = report.lang
    tried: dict[int, list[float]] = {}  # how many of a hundred intervals held so many years ahead
    for row in rows:
        found = report.assessments[row.target]
        if found.calibration is not None and found.closed != "decided":
            held = found.calibration.held80_pct
            # What is asked of several areas has no last year of its own.
            last = row.last_year or report.study.as_of.year - 1
            ahead = min(max(row.due - last, 1), len(held))
            tried.setdefault(ahead, []).append(held[ahead - 1])
    if tried:
        held_pct = [one for years in tried.values() for one in years]
        told = say(
            "bulletin.sure_tested",
            lang,
            ahead=_years_ahead(min(tried), max(tried), lang),
            coverage=_range(min(held_pct), max(held_pct), lang),
            cap=percent(number(100 * CAP, 0), lang),
            floor=percent(number(100 * FLOOR, 0), lang),
        )
        sentences = [told, *_what_is_expected(report), say("bulletin.sure_limits", lang)]
    else:
        sentences = [say("bulletin.sure_untested", lang)]
    return sentences


def _what_is_expected(report: AreaReport) -> Iterator[str]:
    """Say what the number of the headline is, and how many targets rest on what nobody wrote."""
    lang = report.lang
    expected, ends = expected_in_all(report.joint)
    shown = number(expected or 0.0, 0)
    if ends is not None and shown != "0" and number(ends[0], 0) != number(ends[1], 0):
        yield say("bulletin.sure_expected", lang, expected=shown)
    findings = report.tables.rows("findings")
    serious = {name for row in findings if row.severity == Severity.HIGH for name in row.concerns}
    if assumed := len(serious & {target.id for target in report.numeric}):
        yield say("bulletin.sure_assumed", lang, n=assumed)


def _range(low: float, high: float, lang: str) -> str:
    """Word a range of percentages, or the one that both ends come to."""
    ends = dict.fromkeys(percent(number(one, 0), lang) for one in (low, high))
    return say("bulletin.to", lang).join(ends)


def _years_ahead(first: int, last: int, lang: str) -> str:
    if first == last:
        return say("bulletin.year_ahead" if first == 1 else "bulletin.years_ahead", lang, n=first)
    return say("bulletin.span_ahead", lang, first=first, last=last)


def _known(report: AreaReport, rows: Sequence[Any]) -> Html:
    """Show what can be judged all the same."""
    known = report.tables.rows("bulletin").where(lambda row: row.group != "lacking")
    if not known:
        return Html("")
    title = tag("h2", say("bulletin.known", report.lang))
    return title + _charts(report, rows) + show_targets(report, known)
