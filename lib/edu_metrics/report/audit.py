"""The pages of a plan's audit: findings by kind, the questions, and where it all comes from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from edu_metrics.catalog import Catalog, Plan, find_root, load_catalog
from edu_metrics.figures.svg import span
from edu_metrics.plan_audit import Finding, Kind, PlanContext, Severity
from edu_metrics.reachability import Applies
from edu_metrics.report.columns import (
    Column,
    Table,
    Tables,
    draw,
    fields_of,
    strong_title,
    table_of,
)
from edu_metrics.report.context import AreaReport, StudyReport
from edu_metrics.report.html import CONTENTS, Cell, Html, chip, details, facts, join, note, tag
from edu_metrics.report.kinds import PLAN_AUDIT, audited_study, refuse_unknown_parameters
from edu_metrics.report.tables import audit_plan, current_table
from edu_metrics.words import date, number, percent, require_language, say, signed

#: How many targets a question names.
_NAMED = 4
#: Inside quotation marks others are set.
_NO_QUOTES = str.maketrans("", "", "“”‘’")
_MARKS = {Severity.HIGH: "▲", Severity.MEDIUM: "■", Severity.LOW: "●", Severity.OPEN: "?"}


class AuditReport:
    """A plan and what its audit found, in one language."""

    def __init__(self, catalog: Catalog, plan: Plan, lang: str) -> None:
        self.catalog = catalog
        self.plan = plan
        self.lang = lang
        self.context = PlanContext(catalog, plan)

    @cached_property
    def tables(self) -> Tables:
        """Every table that the audit shows as a DataFrame, by name; ``list`` gives the names."""
        return Tables(self, {"audit": "kinds findings links bases"})

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Everything found."""
        return audit_plan(self.catalog, self.plan)

    def title(self, target: str) -> str:
        """Give a target's title in the report's language."""
        return self.plan.target(target).title.in_(self.lang)


def open_audit(plan: str, lang: str, root: Path | str | None = None) -> AuditReport:
    """
    Open the audit of a plan.

    Parameters
    ----------
    plan : str
        Plan id.
    lang : {"zh", "en"}
        Language.
    root : Path or str, optional
        The project folder; found upwards from the working directory when left out.

    Returns
    -------
    AuditReport
        What the pages are made of.

    Raises
    ------
    DefinitionError
        For an unknown plan or language, with the nearest one.
    """
    refuse_unknown_parameters()
    catalog = load_catalog(Path(root) if root else find_root())
    require_language(lang)
    return AuditReport(catalog, catalog.plan(plan), lang)


def severity_chip(severity: Severity, lang: str) -> Html:
    """Show a severity as a label with a mark that needs no colour."""
    return chip(say(f"audit.severity_{severity}", lang), severity, _MARKS[severity])


def show_audit_head(report: AuditReport) -> Html:
    """
    Say what was audited, and count what was found.

    Parameters
    ----------
    report : AuditReport
        From :func:`open_audit`.

    Returns
    -------
    Html
        Title, conclusion, the targets of the serious findings, and facts.
    """
    lang = report.lang
    told: dict[str, Cell] = {
        "report.plan": report.plan.title.in_(lang),
        "report.issued": date(report.plan.issued, lang),
        "audit.targets": str(len(report.plan.targets)),
        "audit.found": str(len(report.findings)),
    }
    heading = say("audit.title", lang, plan=report.plan.title.in_(lang))
    warning = (
        note(say("audit.hypothetical", lang), "hypothetical") if report.plan.hypothetical else ""
    )
    return join(
        [
            tag("h1", heading),
            warning,
            tag("p", conclusion(report), "headline"),
            _serious(report),
            tag("p", say("audit.lead", lang), "lead"),
            facts(told, lang),
            CONTENTS,
        ]
    )


def _serious(report: AuditReport) -> Html:
    """Name the targets of the serious findings, kind by kind."""
    lang, lines = report.lang, []
    for kind in Kind:
        mine = [one for one in report.findings if (one.kind, one.severity) == (kind, Severity.HIGH)]
        if mine:
            told = say(f"audit.kind_{kind}", lang)
            head = say("audit.kind_count", lang, kind=told, number=len(mine))
            mark = _MARKS[Severity.HIGH]
            names = _named(report, {name for one in mine for name in one.targets})
            lines.append(tag("dt", f"{mark} {head}", "hard") + tag("dd", names))
    return tag("dl", join(lines), "lines") if lines else Html("")


def _named(report: AuditReport, targets: Container[str]) -> str:
    """Name the first of some targets, in the order of the plan, and count the others."""
    ordered = [
        target.title.in_(report.lang) for target in report.plan.targets if target.id in targets
    ]
    named = say("report.list_comma", report.lang).join(ordered[:_NAMED])
    rest = len(ordered) - _NAMED
    return say("audit.among", report.lang, named=named, rest=rest) if rest > 0 else named


def _counted(report: AuditReport) -> Html:
    lang = report.lang
    columns = [
        Column(
            "audit.kind",
            lambda row: (
                tag("strong", say(f"audit.kind_{row.kind}", lang))
                + tag("small", say(f"audit.kind_{row.kind}_means", lang))
            ),
        ),
        *(Column(f"audit.severity_{s}", partial(_count, str(s)), numeric=True) for s in Severity),
    ]
    return draw(
        report.tables.rows("kinds"),
        columns,
        lang,
        caption=say("audit.counted", lang),
        csv="findings",
    )


def conclusion(report: AuditReport) -> str:
    """
    Conclude an audit in one sentence, made from the counts of its findings.

    Parameters
    ----------
    report : AuditReport
        From :func:`open_audit`.

    Returns
    -------
    str
        How many findings, how many of them are serious, on how many targets, and the kinds that
        have most of these.
    """
    lang, found = report.lang, report.findings
    told: dict[str, Any] = {"targets": len(report.plan.targets), "found": len(found)}
    serious = [one for one in found if one.severity is Severity.HIGH]
    told["medium"] = sum(one.severity is Severity.MEDIUM for one in found)
    told["rest"] = len(found) - len(serious) - told["medium"]
    if not found:
        return say("audit.conclusion_none", lang, **told)
    if not serious:
        return say("audit.conclusion_light", lang, **told)
    touched = {name for one in serious for name in one.targets}
    told |= {"serious": len(serious), "touched": len(touched)}
    kinds = Counter(one.kind for one in serious)
    if len(kinds) == 1:
        return say(
            "audit.conclusion_one", lang, **told, kind=say(f"audit.kind_{serious[0].kind}", lang)
        )
    most = say("report.list_comma", lang).join(
        say("audit.kind_count", lang, kind=say(f"audit.kind_{kind}", lang), number=count)
        for kind, count in kinds.most_common(2)
    )
    return say("audit.conclusion", lang, **told, kinds=most)


def findings_table(report: AuditReport | AreaReport) -> Table:
    """Give what the audit found, one row a finding; for an area what touches its targets."""
    found = report.findings if isinstance(report, AuditReport) else _touching(report)
    rows = (
        {
            **fields_of(one),
            "finding": one.id,
            "message": one.message(report.lang) + _known_later(report, one),
            "concerns": list(one.targets),
        }
        for one in found
    )
    return table_of(rows, "finding kind severity rule message concerns")


def _known_later(report: AuditReport | AreaReport, found: Finding) -> str:
    """Say that a finding tells of what happened after the day as of which an area is judged."""
    day = found.numbers.get("from_date")
    if isinstance(report, AuditReport) or not day or str(day) <= report.study.as_of.isoformat():
        return ""
    return say("audit.known_later", report.lang)


def kinds_table(report: AuditReport) -> Table:
    """Count findings by severity, one row a kind that was found."""
    found = report.tables.rows("findings")
    counts = {kind: Counter(row.severity for row in found if row.kind == kind) for kind in Kind}
    none = dict.fromkeys(map(str, Severity), 0)
    rows = ({**none, "kind": kind, **found} for kind, found in counts.items() if found)
    return table_of(rows, " ".join(["kind", *Severity]))


def _count(severity: str, row: Any) -> str:
    return str(int(getattr(row, severity)) or "")


def show_findings(report: AuditReport) -> Html:
    """
    Show every finding, kind by kind.

    Parameters
    ----------
    report : AuditReport
        From :func:`open_audit`.

    Returns
    -------
    Html
        How many of each kind and severity, and a heading and a table for each kind.
    """
    lang, found = report.lang, report.tables.rows("findings")
    pieces: list[Cell] = [_counted(report)] if report.findings else []
    by_kind = found.by("kind")
    for kind in Kind:
        if kind not in by_kind:
            continue
        mine = by_kind[kind]
        pieces.append(tag("h3", say(f"audit.kind_{kind}", lang)))
        pieces.append(tag("p", say(f"audit.kind_{kind}_means", lang), "small"))
        caption = say("audit.kind_caption", lang, number=len(mine))
        pieces.append(_findings(report, mine, caption))
    return join(pieces) if pieces else note(say("audit.nothing", lang))


def _findings(report: AuditReport | AreaReport, found: Table, caption: str, csv: str = "") -> Html:
    lang = report.lang
    columns = [
        Column("audit.severity", lambda row: severity_chip(Severity(row.severity), lang)),
        Column("audit.finding", "message"),
    ]
    if any(_unnamed(report, row) for row in found):
        columns.append(Column("audit.concerns", lambda row: _titles(_unnamed(report, row), lang)))
    return draw(found, columns, lang, caption=caption, css="cards findings", csv=csv)


def _unnamed(report: AuditReport | AreaReport, row: Any) -> list[str]:
    """Give the titles of what a finding concerns, where its sentence does not name them."""
    said = row.message.translate(_NO_QUOTES)
    titles = (report.title(name) for name in row.concerns)
    return [title for title in titles if title.translate(_NO_QUOTES) not in said]


def _titles(named: list[str], lang: str) -> Html:
    titles = [tag("div", title) for title in named]
    if len(titles) <= 4:
        return join(titles)
    more = say("audit.and_more", lang, number=len(titles) - 4)
    return join([*titles[:4], details(more, join(titles[4:]), css="more")])


def show_questions(report: AuditReport) -> Html:
    """
    Make the one-page list of questions to put to whoever wrote the plan.

    Parameters
    ----------
    report : AuditReport
        From :func:`open_audit`.

    Returns
    -------
    Html
        A numbered list: one question a kind, naming the first targets it concerns.
    """
    lang = report.lang
    questions: list[Cell] = []
    for kind in Kind:
        weighty = {
            name: None
            for finding in report.findings
            if finding.kind is kind and finding.severity in (Severity.HIGH, Severity.MEDIUM)
            for name in finding.targets
        }
        if not weighty:
            continue
        # One page: who wants them all finds them with the findings.
        titles = _named(report, weighty)
        body = join([tag("strong", say(f"audit.ask_{kind}", lang)), tag("small", titles)])
        questions.append(tag("li", body))
    if not questions:
        return note(say("audit.nothing", lang))
    return tag("ol", join(questions), "questions")


def show_audit_origins(report: AuditReport) -> Html:
    """
    Show where the audit's comparisons come from, and how to make it again.

    Parameters
    ----------
    report : AuditReport
        From :func:`open_audit`.

    Returns
    -------
    Html
        Sources, versions and hash of the study whose figures were used; for a plan without a
        study of real places, the command alone.
    """
    from edu_metrics.report.assumptions import show_origins

    command = tag("code", f"edu-metrics audit {report.plan.id} --lang {report.lang}")
    again = facts({"report.make_again": command}, report.lang)
    study = audited_study(report.catalog, report.plan)
    if study is None:
        return again
    observed = current_table(report.catalog, study)
    return show_origins(StudyReport(report.catalog, study, observed, report.lang)) + again


def show_touching(report: AreaReport) -> Html:
    """
    Show in a district's report what the audit found about the targets that concern it.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.

    Returns
    -------
    Html
        The weightier findings in a table, with those on what is promised for a part alone; the
        others stand in the audit of the plan.
    """
    lang, found = report.lang, report.tables.rows("findings")
    # Of a part, what is promised for it alone stands in no other report.
    binding = {name for name, one in report.assessments.items() if one.applies is Applies.BINDS}
    own = binding if report.area.parent in report.areas else set()
    if report.stands_with_whole:
        found = found.where(lambda row: own & {*row.concerns} and row.severity != Severity.LOW)
    weighty = found.where(lambda row: row.severity == Severity.HIGH or own & {*row.concerns})
    if not found and report.stands_with_whole:
        return Html("")
    pieces: list[Cell] = []
    if weighty:
        serious = {*weighty["severity"]} == {Severity.HIGH}
        key = "audit.touching_caption" if serious else "audit.kind_caption"
        caption = say(key, lang, number=len(weighty))
        pieces.append(_findings(report, weighty, caption, csv="findings"))
    if others := len(found) - len(weighty):
        every = len(report.findings)
        key = "audit.touching_more" if weighty else "audit.touching_all"
        told: Cell = say(key, lang, number=others, all=every)
        if audited_study(report.catalog, report.plan) is report.study:
            told = tag("a", told, href=f"../{PLAN_AUDIT}/report.html")
        elsewhere = every - len(_touching(report))
        rest = say("audit.touching_elsewhere", lang, number=elsewhere) if elsewhere else ""
        apart = say("audit.touching_no_record", lang) if report.study.simulated else ""
        pieces.append(tag("p", join([told, rest, apart])))
    return join(pieces) if pieces else tag("p", say("audit.nothing", lang))


def _touching(report: AreaReport) -> list[Finding]:
    touched = {
        target.id
        for target in report.plan.targets
        if report.assessments[target.id].applies is not Applies.ELSEWHERE
    }
    return [finding for finding in report.findings if touched & set(finding.targets)]


def save_findings(report: AuditReport, out: str) -> str:
    """
    Write summary.json of an audit into a folder, or nothing where no folder is named.

    Parameters
    ----------
    report : AuditReport
        From :func:`open_audit`.
    out : str
        Folder; empty in a notebook that is run by hand.

    Returns
    -------
    str
        What was written.
    """
    from edu_metrics.plan_audit import as_rows
    from edu_metrics.report.downloads import save_tables, write_summary

    if not out:
        return ""
    save_tables(report, out)
    return write_summary(out, {"plan": report.plan.id, "findings": as_rows(report.findings)})


def show_baselines(report: AuditReport) -> Html:
    """
    Show from which baselines each promised pace can arrive.

    Parameters
    ----------
    report : AuditReport
        From :func:`open_audit`.

    Returns
    -------
    Html
        A table, one row a target with a yearly pace in points, level and number of steps.
    """
    lang, found = report.lang, report.tables.rows("bases")
    if not found:
        return note(say("audit.no_pace", lang))
    columns = [
        Column("audit.target", strong_title),
        Column("audit.pace", partial(_pace, lang), numeric=True),
        Column("audit.arrives_at", partial(_arrives_at, report)),
        Column("audit.steps", "steps", numeric=True),
        Column("audit.base", partial(_base, lang), numeric=True),
        Column("audit.base_drawn", lambda row: Html(span(row.base_low, row.base_high, (0, 100)))),
    ]
    # Where no level is promised a pace runs into the indicator's own limit: that is in the data.
    promised = found.where(lambda row: row.level_of is not None)
    caption = say("audit.baselines_caption", lang)
    if not promised:
        return tag("p", say("audit.no_level", lang)) + report.tables.link("bases")
    return draw(promised, columns, lang, caption=caption, css="cards", csv="bases")


def bases_table(report: AuditReport) -> Table:
    """Give the bases from which a pace in points arrives, one row a target, level and steps."""
    rows = []
    for target in report.plan.targets:
        pace, indicator = report.context.pace(target), report.context.indicator(target)
        if pace is None or pace.relative or indicator is None or indicator.bounds != (0, 100):
            continue
        slow, fast = pace.slowest, pace.slowest if pace.fastest is None else pace.fastest
        if not slow:
            continue
        levels: list[tuple[str | None, float]] = [
            (other.id, level.value)
            for other in report.plan.targets
            if other.pace == target.id and other.default_reading
            for level in list(report.context.usual_levels(other).values())[-1:]
        ]
        # Where no level is promised, the indicator's own limit is what a pace runs into.
        for of, level in levels or [(None, 100.0 if fast > 0 else 0.0)]:
            for steps in target.steps:
                low, high = sorted((level - steps * slow, level - steps * fast))
                rows.append(
                    {
                        **{"target": target.id, "title": report.title(target.id)},
                        **{"pace_slow": slow, "pace_fast": fast, "steps": steps},
                        **{"level": level, "level_of": of, "base_low": low, "base_high": high},
                    }
                )
    names = "target title pace_slow pace_fast level level_of steps base_low base_high"
    return table_of(rows, names)


def _pace(lang: str, row: Any) -> str:
    slow, fast = (signed(pace, 0) for pace in (row.pace_slow, row.pace_fast))
    return slow if slow == fast else say("sensitivity.span", lang, low=slow, high=fast)


def _arrives_at(report: AuditReport, row: Any) -> Html:
    named = report.title(row.level_of)
    return tag("span", percent(f"{row.level:g}", report.lang)) + tag("small", named)


def _base(lang: str, row: Any) -> str:
    low, high = (number(base, 0) for base in (row.base_low, row.base_high))
    return low if low == high else say("sensitivity.span", lang, low=low, high=high)


def show_links(report: AuditReport) -> Html:
    """
    Show which targets hang together, and how many findings concern each pair.

    Parameters
    ----------
    report : AuditReport
        From :func:`open_audit`.

    Returns
    -------
    Html
        Tables of pairs that fold out: those with most findings first, and those without any.
    """
    lang, links = report.lang, report.tables.rows("links")
    if not links:
        return note(say("audit.no_links", lang))
    columns = [
        Column("audit.target", "title"),
        Column("audit.linked_with", "linked_title"),
        Column("audit.found", lambda row: str(row.findings or ""), numeric=True),
    ]
    most = links.where(lambda row: row.findings).ordered(lambda row: -row.findings)
    bare = links.where(lambda row: not row.findings)
    pieces: list[Cell] = []
    if most:
        caption = say("audit.links_caption", lang, number=len(most))
        pieces.append(details(caption, draw(most, columns, lang, caption=caption, csv="links")))
    if bare:
        told = say("audit.links_table", lang, number=len(bare))
        pieces.append(
            details(told, draw(bare, columns, lang, caption=told, csv="" if most else "links"))
        )
    return join(pieces)


def links_table(report: AuditReport) -> Table:
    """Give which targets hang together, and how many findings concern both, one row a pair."""
    rows = (
        {
            "target": a.id,
            "title": report.title(a.id),
            "linked_with": b.id,
            "linked_title": report.title(b.id),
            "findings": sum({a.id, b.id} <= set(one.targets) for one in report.findings),
        }
        for a, b in report.context.linked_pairs
    )
    return table_of(rows, "target title linked_with linked_title findings")
