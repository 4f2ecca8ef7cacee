"""Scenarios side by side: what each assumes, where each series goes, and what comes of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from edu_metrics.catalog import Area, Scenario, Target, nearest
from edu_metrics.errors import DefinitionError
from edu_metrics.figures.svg import Line, course
from edu_metrics.reachability import Assessment, ScenarioOutcome, chance, run_scenario
from edu_metrics.report.columns import Column, Table, Tables, draw, fields_of, table_of
from edu_metrics.report.context import AreaReport, open_report
from edu_metrics.report.html import CONTENTS, Cell, Html, details, facts, join, note, tag
from edu_metrics.report.labels import warning
from edu_metrics.report.reasons import STATED, level_text, reading_text
from edu_metrics.words import amount, date, number, say, signed

#: How many scenarios are drawn until a reader chooses others, and the looks that go round: all
#: colours stand out on light and on dark paper.
SHOWN = 4
COLOURS = (
    *("#0072B2", "#D55E00", "#00855F", "#B8568F"),
    *("#A56A00", "#2E8BC0", "#8E6BC8", "#7F7F7F"),
)
DASHES = ("none", "6 3", "2 3")
#: Why a target has no course, and the words for it.
REASONS = {
    "no_start": "because_no_start",
    "decided": "because_decided",
    "reading_undecided": "because_reading_undecided",
}


class Comparison:
    """
    Scenarios run on the targets of one area.

    Parameters
    ----------
    report : AreaReport
        The area's report.
    scenarios : sequence of Scenario
        In the order in which they are shown.
    targets : sequence of Target
        Numeric targets, in the order in which they are shown.
    """

    def __init__(
        self, report: AreaReport, scenarios: Sequence[Scenario], targets: Sequence[Target]
    ) -> None:
        self.report, self.lang = report, report.lang
        self.scenarios = {one.id: one for one in scenarios}
        self.targets = tuple(targets)

    @property
    def area(self) -> Area:
        """The area."""
        return self.report.area

    @cached_property
    def tables(self) -> Tables:
        """Every table that the comparison shows, by name; ``list`` gives the names."""
        return Tables(self, {"comparison": "scenarios outcomes"})

    @property
    def command(self) -> str:
        """How to make the same comparison again."""
        given = {"study": self.report.study.id, "area": self.area.id, "lang": self.lang}
        named = {}
        if len(self.scenarios) < len(self.report.catalog.scenarios):
            named["scenarios"] = list(self.scenarios)
        if len(self.targets) < len(self.report.numeric):
            named["targets"] = [target.id for target in self.targets]
        words = [f"-p {name} {value}" for name, value in given.items()]
        words += [f'-y "{name}: [{", ".join(listed)}]"' for name, listed in named.items()]
        notebook = "notebooks/scenario_comparison.ipynb"
        return f"papermill {notebook} comparison.ipynb --cwd notebooks {' '.join(words)}"

    @cached_property
    def assessments(self) -> dict[str, Assessment]:
        """The assessment of each target that is compared."""
        return self.report.assess(self.area.id, self.targets)

    @cached_property
    def outcomes(self) -> dict[str, list[ScenarioOutcome]]:
        """What every scenario comes to, by target."""
        report = self.report
        return {
            target.id: [
                outcome
                for scenario in self.scenarios.values()
                for outcome in run_scenario(report.evidence, self.assessments[target.id], scenario)
            ]
            for target in self.targets
        }

    @cached_property
    def compared(self) -> tuple[Target, ...]:
        """The targets that have at least one course."""
        return tuple(
            target
            for target in self.targets
            if any(one.draws is not None for one in self.outcomes[target.id])
        )

    def drawn(self, target: Target) -> list[ScenarioOutcome]:
        """Give the outcomes of a target that have a course, grids left out."""
        found = self.outcomes[target.id]
        return [one for one in found if one.draws is not None and not one.case]

    def assessment_of(self, outcome: ScenarioOutcome) -> Assessment:
        """Give the assessment of the reading that an outcome was judged under."""
        found = self.assessments[outcome.target]
        for one in (found, *found.others):
            if (one.reading, one.steps) == (outcome.reading, outcome.steps):
                return one
        return found

    def _alike(self, outcome: ScenarioOutcome) -> list[ScenarioOutcome]:
        """Give the outcomes of one scenario, which has several where it goes through readings."""
        found = self.outcomes[outcome.target]
        return [one for one in found if one.scenario == outcome.scenario and not one.case]

    def short_name(self, outcome: ScenarioOutcome) -> str:
        """Name an outcome in a figure: readings are counted as the table lists them."""
        title = self.scenarios[outcome.scenario].title.in_(self.lang)
        same = self._alike(outcome)
        place = next(at for at, one in enumerate(same, start=1) if one is outcome)
        return title if len(same) < 2 else f"{title} {place}"

    def name(self, outcome: ScenarioOutcome) -> str:
        """Name an outcome: its scenario, and its reading where a scenario goes through several."""
        title = self.scenarios[outcome.scenario].title.in_(self.lang)
        same = self._alike(outcome)
        if len(same) < 2 or outcome.reading is None:
            return title
        target = self.report.plan.target(outcome.target)
        label = reading_text(target, outcome, self.lang)
        return say("comparing.named", self.lang, name=self.short_name(outcome), label=label)


def open_comparison(
    study: str,
    area: str,
    lang: str,
    root: Path | str | None = None,
    *,
    scenarios: Sequence[str] = (),
    targets: Sequence[str] = (),
    indicators: Sequence[str] = (),
) -> Comparison:
    """
    Open a comparison of scenarios in one area.

    Parameters
    ----------
    study, area, lang, root
        As for :func:`~edu_metrics.report.open_report`.
    scenarios : sequence of str, optional
        Scenarios by id, in the order in which they are shown; all when empty.
    targets : sequence of str, optional
        Numeric targets by id.
    indicators : sequence of str, optional
        Indicators by id: all targets on them. With neither targets nor indicators, all numeric
        targets are compared.

    Returns
    -------
    Comparison
        What the sections are made of.

    Raises
    ------
    DefinitionError
        With every scenario, target and indicator that does not exist, and the nearest one.
    DataError
        If the study's table has not been built.
    """
    report = open_report(study, area, lang, root)
    known = {target.id: target for target in report.numeric}
    measured = {target.indicator for target in report.numeric if target.indicator}
    faults = [
        f"no {kind} {name!r}{nearest(name, among)}"
        for kind, given, among in (
            ("scenario", scenarios, report.catalog.every_scenario),
            ("numeric target", targets, list(known)),
            ("indicator with a numeric target", indicators, sorted(measured)),
        )
        for name in given
        if name not in among
    ]
    if faults:
        raise DefinitionError(f"study {study!r}: expected names that are defined", faults)
    chosen = [
        target
        for target in report.numeric
        if not (targets or indicators) or target.id in targets or target.indicator in indicators
    ]
    named = [report.catalog.scenario(name) for name in scenarios or report.catalog.every_scenario]
    return Comparison(report, named, chosen)


def show_comparison_head(comparison: Comparison) -> Html:
    """
    Say what is compared.

    Parameters
    ----------
    comparison : Comparison
        From :func:`open_comparison`.

    Returns
    -------
    Html
        Title, facts and what a page of this study has to say of its numbers.
    """
    report, lang = comparison.report, comparison.lang
    name = report.area_name(comparison.area.id)
    titles = report.listed(one.title.in_(lang) for one in comparison.scenarios.values())
    if len(comparison.scenarios) == len(report.catalog.scenarios):
        titles = say("comparing.all_scenarios", lang, number=len(comparison.scenarios))
    shown, of = len(comparison.compared), len(comparison.targets)
    told: dict[str, Cell] = {
        "report.plan": report.plan.title.in_(lang),
        "report.as_of": date(report.study.as_of, lang),
        "report.study": report.study.title.in_(lang),
        "comparing.scenarios": titles,
        "comparing.targets": say("comparing.of_targets", lang, shown=shown, of=of),
    }
    heading = tag("h1", say("comparing.title", lang, area=name))
    pieces = [heading, warning(report), facts(told, lang)]
    if not comparison.compared:
        pieces.append(note(say("comparing.nothing", lang), "gap"))
    return join([*pieces, CONTENTS])


def show_assumed(comparison: Comparison) -> Html:
    """
    Say what each scenario assumes.

    Parameters
    ----------
    comparison : Comparison
        From :func:`open_comparison`.

    Returns
    -------
    Html
        A table of scenarios, each with its sentence and for how many targets it could be run, and
        a box to tick by which it is drawn below. Those are ticked that are meant to be seen first.
    """
    lang, scenarios = comparison.lang, comparison.tables.rows("scenarios")
    places = {name: place for place, name in enumerate(comparison.scenarios, start=1)}
    first = _first(comparison)
    columns = [
        Column(
            "comparing.scenario",
            lambda row: _box(places[row.scenario], row.title, ticked=row.scenario in first),
        ),
        Column("comparing.assumes", "assumes"),
        Column("comparing.used_by", lambda row: number(row.used_by_targets, 0), numeric=True),
    ]
    caption = say("comparing.assumes_caption", lang, number=len(scenarios))
    told = tag("p", say("comparing.choose", lang, number=SHOWN), "small")
    listed = draw(scenarios, columns, lang, caption=caption, css="cards picks")
    return told + listed + _style(places, first)


def _first(comparison: Comparison) -> list[str]:
    """Choose what is drawn until a reader chooses: what is meant for it, else the first ones."""
    meant = [name for name, one in comparison.scenarios.items() if one.shown_first]
    return [*meant, *(name for name in comparison.scenarios if name not in meant)][:SHOWN]


def _box(place: int, title: str, *, ticked: bool) -> Html:
    state = " checked" if ticked else ""
    # A line as it is drawn below.
    sample = f'<svg class="pick" width="26" height="10" aria-hidden="true"><g class="sc{place}">'
    sample += '<path class="line" d="M1 5h24"/></g></svg>'
    box = f'<input type="checkbox" id="sc{place}"{state}> {sample} '
    return tag("label", Html(box) + tag("strong", title))


def _style(places: Mapping[str, int], first: Sequence[str]) -> Html:
    """Give each scenario one colour and one dash everywhere, and show those that are ticked."""
    rules = ["svg .sc { display: none; }"]
    for name, at in places.items():
        colour, dash = COLOURS[(at - 1) % len(COLOURS)], DASHES[(at - 1) // len(COLOURS) % 3]
        rules.append(
            f"svg .sc{at} {{ stroke: {colour}; fill: {colour}; stroke-dasharray: {dash}; }}"
        )
        if name in first:
            rules.append(f"svg .sc.sc{at} {{ display: inline; }}")
            rules.append(f":root:has(#sc{at}:not(:checked)) svg .sc.sc{at} {{ display: none; }}")
        else:
            rules.append(f":root:has(#sc{at}:checked) svg .sc.sc{at} {{ display: inline; }}")
    return Html(f"<style>{' '.join(rules)}</style>")


def scenarios_table(comparison: Comparison) -> Table:
    """Give what each scenario assumes and for how many targets it could be run, one row each."""
    used = Counter(
        name
        for found in comparison.outcomes.values()
        for name in {one.scenario for one in found if one.draws is not None}
    )
    rows = (
        {
            "scenario": one.id,
            "title": one.title.in_(comparison.lang),
            "assumes": one.assumes.in_(comparison.lang),
            "used_by_targets": used[one.id],
        }
        for one in comparison.scenarios.values()
    )
    return table_of(rows, "scenario title assumes used_by_targets")


def show_not_compared(comparison: Comparison) -> Html:
    """
    Name the targets that have no course to compare, and why.

    Parameters
    ----------
    comparison : Comparison
        From :func:`open_comparison`.

    Returns
    -------
    Html
        Targets by reason; nothing where all are compared.
    """
    lang = comparison.lang
    grouped: dict[str, list[str]] = defaultdict(list)
    for target in comparison.targets:
        if target not in comparison.compared:
            found = comparison.assessments[target.id]  # that of the default reading
            reasons = {
                one.reason
                for one in comparison.outcomes[target.id]
                if comparison.assessment_of(one) is found
            }
            key = next((words for why, words in REASONS.items() if why in reasons), "because_other")
            grouped[key].append(target.title.in_(lang))
    if not grouped:
        return Html("")
    listed = comparison.report.listed
    told: dict[str, Cell] = {
        f"comparing.{key}": say(
            "comparing.number_of", lang, number=len(titles), names=listed(titles)
        )
        for key, titles in grouped.items()
    }
    return tag("h3", say("comparing.silent", lang)) + facts(told, lang)


_PAST = 7  # years before the start that are drawn
#: Size of a drawing. [px]
WIDTH, HEIGHT = 330, 170


def show_courses(comparison: Comparison) -> Html:
    """
    Draw every target with all its courses, of which a reader chooses those that are shown.

    Parameters
    ----------
    comparison : Comparison
        From :func:`~edu_metrics.report.open_comparison`.

    Returns
    -------
    Html
        A drawing for each target and indicator, with its text alternative; nothing where there is
        no course.
    """
    drawn = [
        _panel(comparison, target, name, found)
        for target in comparison.compared
        for name, found in _by_indicator(comparison, target).items()
    ]
    if not drawn:
        return Html("")
    told = tag("p", say("comparing.figure_caption", comparison.lang), "small")
    return told + tag("div", join(drawn), "charts")


def _by_indicator(comparison: Comparison, target: Target) -> dict[str, list[ScenarioOutcome]]:
    """Give the courses of a target by what they are about: in one panel units never mix."""
    about: dict[str, list[ScenarioOutcome]] = {}
    for outcome in comparison.drawn(target):
        indicator = str(comparison.assessment_of(outcome).indicator)
        about.setdefault(indicator, []).append(outcome)
    return about


def _panel(
    comparison: Comparison, target: Target, name: str, outcomes: list[ScenarioOutcome]
) -> Html:
    """Draw a target's courses on one indicator."""
    report, lang, first = comparison.report, comparison.lang, outcomes[0]
    indicator, found = report.catalog.indicator(name), comparison.assessment_of(first)
    unit = report.unit_of(found)
    exact = report.evidence.record(name, comparison.area.id).exact
    since = int(found.last_year or 0) - _PAST
    history = {year: exact[year] for year in sorted(exact) if year >= since}
    title = target.title.in_(lang)
    if name != comparison.assessments[target.id].indicator:
        named = indicator.name.in_(lang)
        told = say("comparing.named", lang, name=title, label=named)
        title = named if named.startswith(title) else told
    if first.start == STATED:
        history = {int(first.start_year or 0): float(first.start_value or 0.0)}
        title += "†"
    due = max(one.years[-1] for one in outcomes)
    level = level_text(report, found)
    ends = {year: amount(history[year], unit, lang) for year in (min(history), max(history))}
    alt = say(
        "comparing.chart_alt",
        lang,
        first=min(history),
        start=ends[min(history)],
        last=max(history),
        value=ends[max(history)],
        year=due,
        level=level,
    )
    drawing = course(
        history,
        [] if found.level is None else [(due, float(found.level.value), level)],
        labels=ends,
        alt=f"{title}. {alt}",
        lines=[_course(comparison, one) for one in outcomes],
        way=False,
        width=WIDTH,
        height=HEIGHT,
    )
    return tag("figure", tag("figcaption", title) + Html(drawing))


def _course(comparison: Comparison, outcome: ScenarioOutcome) -> Line:
    """Give the course of an outcome; its class is the place of its scenario."""
    low, middle, high = (
        {year: round(float(value), 6) for year, value in zip(outcome.years, row, strict=True)}
        for row in outcome.quantiles()
    )
    css = f"sc sc{1 + list(comparison.scenarios).index(outcome.scenario)}"
    by_chance = outcome.draws is not None and outcome.draws.shape[0] > 1
    return Line(css, middle, low=low, high=high) if by_chance else Line(css, middle)


def show_compared(comparison: Comparison) -> Html:
    """
    Show what comes of every scenario, target by target.

    Parameters
    ----------
    comparison : Comparison
        From :func:`~edu_metrics.report.open_comparison`.

    Returns
    -------
    Html
        A table for each target: where the course ends, how surely the target is kept, when it is
        reached, who is short, and what is assumed.
    """
    lang = comparison.lang
    pieces = [_table(comparison, target) for target in comparison.compared]
    if not pieces:
        return Html("")
    pieces += [_without_pace(comparison), tag("p", say("comparing.capped", lang), "small")]
    if any(comparison.assessments[t.id].start == STATED for t in comparison.compared):
        pieces.append(tag("p", say("comparing.stated", lang), "small"))
    return join(pieces)


def _table(comparison: Comparison, target: Target) -> Html:
    lang, report = comparison.lang, comparison.report
    found = comparison.assessments[target.id]
    unit = report.unit_of(found)
    found_rows = comparison.tables.rows("outcomes").where(lambda row: row.target == target.id)
    columns = [
        Column("comparing.scenario", lambda row: tag("strong", row.name)),
        Column("comparing.end", partial(_end, lang)),
        Column("comparing.chance", partial(_chance, lang)),
        Column("comparing.reached", partial(_year, lang)),
        Column("comparing.short", partial(_short, lang)),
        Column("comparing.assumes", "assumes"),
    ]
    due = max((one.years[-1] for one in comparison.outcomes[target.id] if one.years), default=0)
    mark = " †" if found.start == STATED else ""
    caption = say(
        "comparing.table_caption" if found.level else "comparing.table_caption_sums",
        lang,
        target=target.title.in_(lang),
        start=amount(found.last_value, unit, lang) + mark,
        year=found.last_year,
        level=level_text(report, found),
        due=due,
    )
    shown = draw(found_rows, columns, lang, caption=caption)
    return details(caption, shown)


def _without_pace(comparison: Comparison) -> Html:
    """Say once where a plan names a direction and no size, so that it has no pace of its own."""
    lang = comparison.lang
    comma, by_names = say("report.list_comma", lang), dict[str, list[str]]()
    for target in comparison.compared:
        found = comparison.outcomes[target.id]
        without = [comparison.name(one) for one in found if one.reason == "no_promised_pace"]
        if without:
            by_names.setdefault(comma.join(without), []).append(target.title.in_(lang))
    separator = say("bulletin.comma", lang)
    return join(
        tag("p", say("comparing.no_promised_pace", lang, names=names, number=len(titles),
                     targets=separator.join(titles)), "small")
        for names, titles in by_names.items()
    )  # fmt: skip


def outcomes_table(comparison: Comparison) -> Table:
    """
    Give what comes of each scenario, one row a target, scenario and reading.

    Of a scenario that goes through a grid one row counts its combinations, and which keep the
    target.
    """
    rows = []
    for target in comparison.compared:
        rows += [_outcome(comparison, outcome) for outcome in comparison.drawn(target)]
        for scenario in comparison.scenarios.values():
            judged = [
                one.met
                for one in comparison.outcomes[target.id]
                if one.scenario == scenario.id and one.case and one.met is not None
            ]
            about = {"target": target.id, "scenario": scenario.id}
            about["name"] = scenario.title.in_(comparison.lang)
            about["assumes"] = scenario.assumes.in_(comparison.lang)
            if judged:
                rows.append({**about, "grid_cells": len(judged), "grid_cells_kept": sum(judged)})
    return table_of(
        rows,
        "target scenario name assumes reading steps unit start start_year last_year end_low "
        "end_median end_high by_chance probability under_model model_base met ending_kept fails "
        "year_reached short_people grid_cells grid_cells_kept",
    )


def _outcome(comparison: Comparison, outcome: ScenarioOutcome) -> dict[str, Any]:
    low, middle, high = (float(row[-1]) for row in outcome.quantiles())
    ending = fields_of(outcome.ending)
    return {
        **fields_of(outcome),
        "name": comparison.name(outcome),
        "assumes": comparison.scenarios[outcome.scenario].assumes.in_(comparison.lang),
        "unit": comparison.report.unit_of(comparison.assessment_of(outcome)),
        "last_year": outcome.years[-1],
        "end_low": low,
        "end_median": middle,
        "end_high": high,
        "by_chance": outcome.draws is not None and outcome.draws.shape[0] > 1,
        "ending_kept": ending.get("kept"),
        "fails": ending.get("fails"),
        "year_reached": ending.get("year"),
        "short_people": ending.get("short"),
    }


def _end(lang: str, row: Any) -> str:
    if row.grid_cells:
        return ""
    ends = (row.end_low, row.end_median, row.end_high)
    low, middle, high = (amount(end, row.unit, lang) for end in ends)
    if not row.by_chance:
        return middle
    return say("comparing.interval", lang, middle=middle, low=low, high=high)


def _chance(lang: str, row: Any) -> str:
    if row.grid_cells:
        cells, kept = int(row.grid_cells), int(row.grid_cells_kept)
        return say("comparing.grid_cells", lang, cells=cells, kept=kept)
    if row.probability is not None:
        return chance(row.probability, lang)
    if row.under_model is not None:
        change = 100 * (row.under_model - (row.model_base or 0.0))
        return say("comparing.under_model", lang, change=signed(change, 0))
    if row.met is None:
        return "—"
    return say("comparing.kept" if row.met else "comparing.not_kept", lang)


def _year(lang: str, row: Any) -> str:
    if row.grid_cells:
        return ""
    if row.ending_kept is None:
        return "—"
    if row.year_reached is not None:
        at_start = row.year_reached == row.start_year
        return say("comparing.at_start", lang) if at_start else str(row.year_reached)
    if row.ending_kept:
        return "—"
    if row.fails == "other":
        return say("comparing.otherwise", lang)
    return say("comparing.not_by", lang, year=row.last_year)


def _short(lang: str, row: Any) -> str:
    if row.grid_cells:
        return ""
    if row.short_people is None:
        return "—"
    return number(row.short_people, 0) if row.short_people else say("comparing.enough", lang)
