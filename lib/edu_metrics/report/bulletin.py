"""The bulletin: the first page of a report, which answers before it explains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from statistics import multimode
from typing import Any

from edu_metrics.catalog import Bound
from edu_metrics.figures.svg import spark
from edu_metrics.plan_audit import Severity
from edu_metrics.reachability import Assessment, Verdict
from edu_metrics.reachability.checks import CHANGES
from edu_metrics.reachability.requirements import MORE_A_YEAR
from edu_metrics.report.beside import show_beside, show_documents_to_ask
from edu_metrics.report.columns import Column, Table, draw, picked, table_of
from edu_metrics.report.context import AreaReport
from edu_metrics.report.glance import GROUPS, Glance, group_text, headline_of
from edu_metrics.report.html import CONTENTS, DOWNLOADS, Cell, Html, join, note, tag
from edu_metrics.report.joint import expected_in_all
from edu_metrics.report.kinds import TRACK_RECORD, has_record
from edu_metrics.report.labels import warning
from edu_metrics.report.outlook import recent_history, recent_pace, small_chart
from edu_metrics.report.reasons import (
    bound_text,
    change_text,
    level_text,
    series_caution,
    value_text,
)
from edu_metrics.report.required_pace import people_text
from edu_metrics.report.requirements import lever_name, setting_text
from edu_metrics.report.status_rules import why_apart
from edu_metrics.report.to_ask import questions, show_to_ask
from edu_metrics.report.verdicts import verdict_and_chance
from edu_metrics.trajectories import CAP, FLOOR
from edu_metrics.words import amount, date, in_year, number, percent, say, signed, unit_of

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
#: Marks what is expected of a target where the past pace, or published rules, say the opposite.
APART = "†"


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
        pieces += [_charts(report, rows), _questions_and_trust(report, rows), _table(report, found)]
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


def _any_move(found: Assessment) -> Bound | None:
    """Give the level where any move the better way is enough: just beyond where a series stands."""
    return found.level if found.level is not None and found.level.strict and not found.gap else None


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
    if found.people is not None and 0 < found.people <= HANDFUL and not _any_move(found):
        return True
    percentile: float | None = lever.practice_percentile
    usual = percentile is not None and percentile <= USUAL_PRACTICE
    return usual and found.verdict is not Verdict.OUT_OF_REACH


def _masthead(report: AreaReport, rows: Sequence[Any]) -> Html:
    lang, plan = report.lang, report.plan
    last = max((year for row in rows for year in _history(report, row)), default=None)
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
    for group, mark in GROUPS.items():
        members = sorted((row for row in rows if row.group == group), key=_weight)
        if not members:
            continue
        head = say(
            "bulletin.group_count",
            lang,
            group=say(f"bulletin.group_{group}", lang),
            n=len(members),
        )
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
        lines.append(tag("dt", f"{mark} {head}", group) + tag("dd", text))
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
    told = {"title": row.title, **_state(report, row)}
    if group == "clash":
        return say("bulletin.item_clash", lang, **told)
    if group == "effort" or (group == "hard" and row.lever):
        told |= {"lever": row.lever, "setting": row.setting}
        if people := _short(report, row):
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


def _state(report: AreaReport, row: Any) -> dict[str, Any]:
    lang, found = report.lang, report.assessments[row.target]
    value = "—" if row.last_value is None else value_text(report, found, row.last_value)
    level = level_text(report, found)
    # A strict bound at the last value itself asks for any move away from it.
    if moved := _any_move(found):
        key = "bulletin.above_last" if moved.rising else "bulletin.below_last"
        level = say(key, lang)
    return {"year": row.last_year, "value": value, "level": level}


def _charts(report: AreaReport, rows: Sequence[Any]) -> Html:
    """Draw the three courses that a reader can do most about."""
    useful = ("effort", "hard", "open", "kept_up", "met", "missed")
    members = [sorted((row for row in rows if row.group == group), key=_weight) for group in useful]
    # The first of each group, then the others.
    ordered = [row for group in members for row in group[:1]]
    ordered += [row for group in members for row in group[1:]]
    long = (row for row in ordered if len(_history(report, row)) >= SHORTEST)
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


def _history(report: AreaReport, row: Any) -> dict[int, float]:
    return recent_history(report, report.assessments[row.target])


def _asked(row: Any) -> dict[int, float]:
    return {} if row.level is None else {row.due: row.level}


def _chart(report: AreaReport, row: Any) -> Html:
    lang = report.lang
    state = _state(report, row)
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
    # Shown where that page was made.
    record = tag(
        "a", say("bulletin.own_record", lang), "sibling screen", **{"data-to": RECORD_PAGE}
    )
    if has_record(report.catalog, report.study):
        trust += tag("p", record)
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


def _table(report: AreaReport, found: Table) -> Html:
    lang = report.lang
    now, due = (_usual(found[name]) for name in ("last_year", "due"))
    ahead = _usual(row.due for row in found if row.median is not None)
    columns = [
        Column("bulletin.col_target", partial(_link, report, len({*found["indicator"]}) > 1)),
        Column("bulletin.col_course", partial(_spark, report)),
        Column(_dated("bulletin.col_now", now, lang), partial(_now, report, now), numeric=True),
        Column(
            _dated("bulletin.col_expected", ahead, lang),
            partial(_expected, report, ahead),
            numeric=True,
        ),
        Column(_dated("bulletin.col_asked", due, lang), partial(_due, report, due), numeric=True),
        Column("bulletin.col_needed", partial(_needed, report), numeric=True),
        Column("bulletin.col_recent", partial(_recently, report), numeric=True),
        Column(
            "bulletin.col_chance",
            lambda row: verdict_and_chance(report.assessments[row.target], lang),
        ),
    ]
    people = Column("bulletin.col_people", lambda row: _short(report, row) or "—", numeric=True)
    if any(_short(report, row) for row in found):
        columns.append(people)
    # Of a few targets a column may have nothing to say; the others have its room.
    shown = [one for one in columns if len(found) > NAMED or _tells(one, found)]
    css = "cards targets" if shown == columns else "cards"
    counts = Counter(found["group"])
    key = "bulletin.table" if len(found) == len(report.numeric) else "bulletin.table_known"
    caption = say(key, lang, n=len(found))
    drawn = draw(
        found,
        shown,
        lang,
        caption=caption,
        css=css,
        above=lambda row: group_text(row.group, lang, counts[row.group]),
        csv="bulletin",
    )
    told = []
    if any(row.median is not None for row in found):
        told.append(tag("span", say("bulletin.table_note", lang)))
        told.append(tag("span", say("bulletin.table_interval", lang), "screen"))
    marks = {"*": "bulletin.table_earlier", APART: "bulletin.table_apart"}
    told += [tag("span", say(key, lang)) for mark, key in marks.items() if mark in drawn.text]
    if told:
        told.append(tag("span", say("bulletin.online", lang), "paper"))
    notes = tag("p", join(told, " "), "small") if told else Html("")
    return join([drawn, notes, *_cautions(report, found)])


def _tells(column: Column, found: Table) -> bool:
    """Tell whether a column has anything to say of any row."""
    nothing = ("—", str(tag("span", "—")))
    return any(str(column.cell(row)) not in nothing for row in found)


def _cautions(report: AreaReport, found: Table) -> list[Html]:
    """Say what the figures of a few targets leave out; of many the cards say it."""
    if len(found) > NAMED:
        return []
    told = {row.title: series_caution(report, report.assessments[row.target]) for row in found}
    return [
        tag("p", say("bulletin.caution", report.lang, title=title, note=caution), "small")
        for title, caution in told.items()
        if caution
    ]


def _usual(years: Iterable[int | None]) -> int | None:
    """Give the year of most rows, the earliest of several."""
    found = multimode(sorted(year for year in years if year is not None))
    return found[0] if found else None


def _dated(key: str, year: int | None, lang: str) -> Html:
    title = say(key, lang)
    return join([title if year is None else in_year(title, year, lang)])


def _link(report: AreaReport, several: bool, row: Any) -> Html:
    """Lead to the card of a target; of a change say what the row is of, where it may be several."""
    link = tag("strong", tag("a", row.title, href=f"#card-{row.target}"))
    checks = report.assessments[row.target].checks
    if not several or not checks or any(one.check.measure in ("value", "sum") for one in checks):
        return link
    return link + tag("small", report.indicator_name(row.indicator))


def _spark(report: AreaReport, row: Any) -> Html:
    return Html(spark(_history(report, row), _asked(row)))


def _now(report: AreaReport, usual: int | None, row: Any) -> str:
    """Give the latest value, with its year where that is not the ``usual`` one."""
    if not row.last_year:
        return "—"
    value = _state(report, row)["value"]
    value = _whole(row, row.last_value) or value
    return value if row.last_year == usual else in_year(value, row.last_year, report.lang)


def _whole(row: Any, value: float) -> str:
    """Give a number of what is counted without its unit, which stands with what is required."""
    return number(value, 0) if unit_of(row.unit).whole else ""


def _expected(report: AreaReport, usual: int | None, row: Any) -> Html:
    """Give the middle of what may come when due, and its 80 % interval where there is room."""
    if row.median is None:
        return tag("span", "—")
    value = _whole(row, row.median) or amount(row.median, row.unit, report.lang)
    if why_apart(report, report.plan.target(row.target)):
        value += APART
    value = value if row.due == usual else in_year(value, row.due, report.lang)
    ends = report.assessments[row.target].interval
    if ends is None or not (row.unit == "percent" or unit_of(row.unit).whole):
        return tag("span", value)
    low, high = (number(end, 1 if row.unit == "percent" else 0) for end in ends)
    # Ends that are printed alike are no interval.
    return join([value, tag("small", f"{low}–{high}")] if low != high else [value])


def _due(report: AreaReport, usual: int | None, row: Any) -> Cell:
    total = report.assessments[row.target].total
    if total is not None:
        asked = amount(total.bound.value, row.unit, report.lang)
        return say(
            "bulletin.in_total", report.lang, value=asked, first=total.years[0], last=row.due
        )
    level: str = _state(report, row)["level"]
    failed = [one.check.due for one in report.assessments[row.target].checks if one.holds is False]
    due = min(failed, default=row.due)
    level = level if due == usual or row.level is None else in_year(level, due, report.lang)
    return join([level, *_earlier(report, row)])


def _earlier(report: AreaReport, row: Any) -> list[Html]:
    """Say what is due in earlier years: levels, the same level already, or changes."""
    lang, indicator = report.lang, report.catalog.indicators.get(row.indicator or "")
    checks = [one.check for one in report.assessments[row.target].checks]
    asked = {one.due: one.bounds for one in checks if one.measure == "value"}
    ahead = {year: one for year, one in asked.items() if (row.last_year or 0) < year < row.due}
    told = []
    if ahead and {*ahead.values()} == {asked.get(row.due)}:
        told.append(say("bulletin.from_year", lang, year=min(ahead)))
    elif indicator:
        told += [
            in_year(bound_text(bound, indicator, lang), year, lang)
            for year, bounds in sorted(ahead.items())
            for bound in bounds
        ]
    if asked and any(one.measure in CHANGES for one in checks):
        told.append(say("bulletin.change_too", lang))
    return [tag("small", one) for one in told]


def _needed(report: AreaReport, row: Any) -> str:
    found, lang = report.assessments[row.target], report.lang
    if row.required_pace is None or row.group in ("met", "missed"):
        return "—"
    if found.total is not None:
        return amount(row.required_pace, row.unit, lang)
    if row.required_pace:
        needed = _signed(row, row.required_pace, lang)
        # The hardest of several years may come before the last one.
        return needed if row.required_by == row.due else f"{needed}*"
    if moved := _any_move(found):
        return say("bulletin.any_rise" if moved.rising else "bulletin.any_fall", lang)
    return say("bulletin.none_needed", lang)


def _recently(report: AreaReport, row: Any) -> str:
    if report.assessments[row.target].total is None:
        return _signed(row, row.recent_pace, report.lang)
    return amount(row.recent_pace, row.unit, report.lang, like=row.required_pace)


def _signed(row: Any, value: float | None, lang: str) -> str:
    """Print a change a year with its sign: of percentages in points, which the note says."""
    if value is None:
        return "—"
    if row.unit == "percent":
        return signed(value)
    if unit_of(row.unit).whole:
        return signed(value, 0 if round(value, 1) == round(value) else 1)
    size = amount(round(abs(value), 1), row.unit, lang, like=row.last_value)
    return {1: "+", 0: "", -1: "−"}[(value > 0) - (value < 0)] + size


def _short(report: AreaReport, row: Any) -> str:
    """Say how many are missing; where any move is enough one more is no answer."""
    if not row.people or _any_move(report.assessments[row.target]):
        return ""
    return people_text(report, row.indicator, row.people)


def _known(report: AreaReport, rows: Sequence[Any]) -> Html:
    """Show what can be judged all the same."""
    known = report.tables.rows("bulletin").where(lambda row: row.group != "lacking")
    if not known:
        return Html("")
    title = tag("h2", say("bulletin.known", report.lang))
    return title + _charts(report, rows) + _table(report, known)
