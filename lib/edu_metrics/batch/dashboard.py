"""A study at a glance: one sentence, its first targets as a heat table, and all areas in a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import Any

from edu_metrics.catalog import Bound, Catalog, Study, Target
from edu_metrics.figures.svg import band
from edu_metrics.report.glance import (
    AGAINST,
    GROUPS,
    Glance,
    beside_level,
    group_band,
    group_words,
    headline_of,
    level_words,
)
from edu_metrics.report.html import Cell, Html, join, scrolling, tag
from edu_metrics.words import amount, in_year, number, probability, say

#: How many targets are shown apart, the first of the plan: its own order says which come first.
HEADLINE = 8
#: Up to so many areas a cell is shown for each; beyond that, how all of them are spread.
HEAT = 40
#: What is said of all areas: of their median, where that is nought, and where all are.
_EXPECTED = ("index.answer_areas", "index.answer_areas_none", "index.answer_areas_all_none")
_MET = ("index.answer_areas_met", "index.answer_areas_met_none", "index.answer_areas_met_all_none")
_WAYS = {"up": "↗", "down": "↘", "flat": "→"}


@dataclass(frozen=True)
class Dashboard:
    """
    What the reports of a study say, put together.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    study : Study
        The study.
    glances : mapping of str to Glance
        Of the areas that have a report, in the order of the study.
    """

    catalog: Catalog
    study: Study
    glances: Mapping[str, Glance]

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """The numeric targets of the plan."""
        return tuple(one for one in self.catalog.plan(self.study.plan).targets if one.numeric)

    @cached_property
    def headline(self) -> tuple[Target, ...]:
        """The first numeric targets of the plan."""
        return self.targets[:HEADLINE]

    @cached_property
    def whole(self) -> str | None:
        """The area that all others of the study are parts of, or the only one."""
        areas = self.catalog.expand(self.study.areas)
        if len(areas) == 1:
            return areas[0] if areas[0] in self.glances else None
        return next((a for a in self.glances if self.catalog.children(a, areas)), None)

    @cached_property
    def all_areas(self) -> int:
        """How many areas the study has, with a report or without."""
        return max(len(self.catalog.expand(self.study.areas)), len(self.glances))

    def areas_said(self, lang: str) -> str:
        """Say how many areas are spoken of: all of the study, or those that have a report."""
        shown = len(self.glances)
        key = "index.every_area" if shown == self.all_areas else "index.some_areas"
        return say(key, lang, areas=shown, all=self.all_areas)

    def name(self, area: str, lang: str) -> str:
        """Give the name of an area."""
        return self.catalog.areas[area].name.in_(lang)

    def sentence(self, lang: str) -> str:
        """
        Answer for the study in one sentence or two, made from the numbers of its areas.

        Parameters
        ----------
        lang : {"zh", "en"}
            Language.

        Returns
        -------
        str
            For the whole where there is one, else across all areas.
        """
        if not self.glances:
            return say("index.no_answer", lang)
        if self.whole is not None:
            said = headline_of(self.glances[self.whole], lang)
            name = self.name(self.whole, lang)
            pieces = [say("index.answer_of", lang, area=name, sentence=said)]
            pieces.append(self._hard_everywhere(lang))
        else:
            pieces = [self._across(lang), self._hardest(lang)]
        return (" " if lang == "en" else "").join(piece for piece in pieces if piece)

    def _hard_everywhere(self, lang: str) -> str:
        areas = len(self.glances)
        named = [
            target.title.in_(lang)
            for target in self.headline
            if areas > 1 and self.against(target) == areas
        ]
        if not named:
            return ""
        names = say("bulletin.comma", lang).join(named)
        told = {"n": len(self.headline), "names": names, "areas": self.areas_said(lang)}
        key = "index.hard_everywhere" if self._some else "index.hard_everywhere_all"
        return say(key, lang, **told)

    def against(self, target: Target) -> int:
        """Count the areas that are not on course for a target, or have missed it."""
        found = (one.by_target.get(target.id) for one in self.glances.values())
        return sum(row is not None and row["group"] in AGAINST for row in found)

    def _across(self, lang: str) -> str:
        glances = self.glances.values()
        told: dict[str, Any] = {"areas": self.areas_said(lang), "n": len(self.targets)}
        lacking = sum(one.mostly_lacking for one in glances)
        if 2 * lacking > len(glances):
            return say("index.answer_areas_lacking", lang, **told, lacking=lacking)
        expected = [one.expected for one in glances if one.expected is not None]
        keys, values = _EXPECTED, [float(one) for one in expected]
        if 2 * len(expected) <= len(glances):
            keys, values = _MET, [float(one.counts["met"]) for one in glances]
        low, middle, high = (number(one, 0) for one in (min(values), median(values), max(values)))
        key = keys[0 if middle != "0" else 1 if high != "0" else 2]
        return say(key, lang, **told, median=middle, low=low, high=high)

    def _hardest(self, lang: str) -> str:
        if len(self.glances) < 2:
            return ""
        target = max(self.targets, key=self.against)
        if not (hard := self.against(target)):
            return ""
        areas = self.areas_said(lang)
        told = {"title": target.title.in_(lang), "areas": areas, "hard": hard}
        return say("index.hardest", lang, **told)

    def legend(self, lang: str) -> Html:
        """Name the marks of the groups that occur."""
        seen = Counter[str]()
        for one in self.glances.values():
            seen += one.counts
        return tag(
            "p",
            join(
                tag("span", f"{mark} {say(f'bulletin.group_{name}', lang)}", f"key {name}")
                for name, mark in GROUPS.items()
                if seen[name]
            ),
            "legend",
        )

    def heat(self, lang: str, links: Mapping[str, str]) -> Html:
        """
        Show where each area stands with the first targets, or how many areas are spread.

        Parameters
        ----------
        lang : {"zh", "en"}
            Language.
        links : mapping of str to str
            Address of each area's report.

        Returns
        -------
        Html
            A heading and a table; nothing where no figure judges any of these targets.
        """
        shown = [row for one in self.glances.values() for row in self._shown(one)]
        if all(row["group"] == "lacking" for row in shown):
            return Html("")
        if len(self.glances) > HEAT:
            return self._spread(lang)
        n, year = len(self.headline), self._year()
        corner = say("index.in_year", lang, year=year) if year else say("index.area", lang)
        heads = [tag("th", corner, scope="col")]
        for target in self.headline:
            head = join([target.title.in_(lang), self._asked(target, lang)])
            heads.append(tag("th", head, scope="col"))
        rows = []
        for area, one in self.glances.items():
            link = tag("a", self.name(area, lang), href=links[area])
            cells = [tag("th", link, scope="row")]
            cells += [_heat_cell(one, t, lang, year) for t in self.headline]
            rows.append(tag("tr", join(cells)))
        title = say("index.heat" if self._some else "index.heat_all", lang, n=n)
        return join(
            [
                tag("h2", title),
                tag("p", self._lead("index.heat_lead", lang), "small"),
                _table("heat", title, heads, rows),
            ]
        )

    @property
    def _some(self) -> bool:
        """Whether the plan has more targets than are shown apart."""
        return len(self.headline) < len(self.targets)

    def _lead(self, key: str, lang: str) -> str:
        """Say how to read a table, and why it holds the targets that it does."""
        why = [say("index.why_first", lang, n=len(self.headline))] if self._some else []
        return (" " if lang == "en" else "").join([*why, say(key, lang)])

    def _year(self) -> int | None:
        """Give the year of the latest values, where that is the same everywhere."""
        rows = [row for one in self.glances.values() for row in self._shown(one)]
        years = {row["last_year"] for row in rows} - {None}
        return years.pop() if len(years) == 1 else None

    def _shown(self, one: Glance) -> list[Mapping[str, Any]]:
        return [one.by_target[t.id] for t in self.headline if t.id in one.by_target]

    def _asked(self, target: Target, lang: str) -> Html:
        """Say what is asked, where that is the same in all areas."""
        rows = [one.by_target.get(target.id) or {} for one in self.glances.values()]
        asked = {row.get("asked") for row in rows}
        if len(asked) > 1 or None in asked:
            return Html("")
        return tag("small", say("index.asked", lang, asked=_bound(rows[0], lang)))

    def _spread(self, lang: str) -> Html:
        areas = self.areas_said(lang)
        heads = [
            tag("th", say("index.target", lang), scope="col"),
            tag("th", say("index.median", lang), "n", scope="col"),
            tag("th", say("index.groups_of_areas", lang), scope="col"),
        ]
        rows = []
        for target in self.headline:
            found = [one.by_target[target.id] for one in self.glances.values()]
            values = [row["last_value"] for row in found if row["last_year"] is not None]
            middle = amount(median(values), found[0]["unit"], lang) if values else "—"
            counts = Counter(row["group"] for row in found)
            cells = [
                tag("th", join([target.title.in_(lang), self._asked(target, lang)]), scope="row"),
                tag("td", middle, "n", **{"data-label": say("index.median", lang)}),
                tag("td", group_band(counts, lang, width=520)),
            ]
            rows.append(tag("tr", join(cells)))
        key = "index.spread" if self._some else "index.spread_all"
        title = say(key, lang, n=len(self.headline), areas=areas)
        lead = tag("p", self._lead("index.spread_lead", lang), "small")
        return join([tag("h2", title), lead, _table("spread", title, heads, rows)])

    def areas(self, lang: str, entries: Mapping[str, Cell]) -> Html:
        """
        List all areas with the groups of their targets.

        Parameters
        ----------
        lang : {"zh", "en"}
            Language.
        entries : mapping of str to Html
            What stands for the name of each area: a link, or why there is none.

        Returns
        -------
        Html
            A heading, a field that filters, and a table that can be sorted.
        """
        titles = {
            "index.area": "",
            "bands": say("index.groups_of_targets", lang, n=len(self.targets)),
            "index.expected": "n",
            "index.within_reach": "n",
        }
        heads = [
            tag("th", titles["bands"], scope="col")
            if key == "bands"
            else tag("th", Html(f"<button disabled>{say(key, lang)}</button>"), css, scope="col")
            for key, css in titles.items()
        ]
        short = len(entries) > HEAT
        rows = [
            _area_row(entry, self.glances.get(area), lang, short=short)
            for area, entry in entries.items()
        ]
        complete = len(entries) >= self.all_areas
        key = "index.all_areas" if complete else "index.areas_made"
        title = say(key, lang, areas=len(entries), all=self.all_areas)
        said, gap = say("index.shown", lang, count="{count}"), "" if lang == "zh" else " "
        tools = (
            f'<p class="tools" hidden><label>{say("index.filter", lang)} <input type="search">'
            f'</label> <output data-text="{said}"></output>{gap}{say("index.sort", lang)}</p>'
        )
        # What a phone shows before a number is named once, not in each row.
        named = (f"--{key}: '{say(f'index.{key}', lang)}'" for key in ("expected", "within_reach"))
        listed = _table("areas", title, heads, rows, style="; ".join(named))
        return join([tag("h2", title), self.legend(lang), Html(tools), listed])


def _table(
    css: str, caption: str, heads: Sequence[Html], rows: Sequence[Html], **attributes: str
) -> Html:
    head = tag("thead", tag("tr", join(heads)))
    body = tag("tbody", join(rows, "\n"))
    inner = tag("caption", caption, "unseen") + head + body
    return scrolling(tag("table", inner, css, **attributes), caption)


def _bound(row: Mapping[str, Any], lang: str) -> str:
    # All of a whole is not "or more".
    ends = (None, 100.0 if row["unit"] == "percent" else None)
    return level_words(Bound.model_validate(row["asked"]), row["unit"], lang, ends)


def _heat_cell(one: Glance, target: Target, lang: str, year: int | None) -> Html:
    """Show value, course, mark, word and chance of a target; ``year`` is named elsewhere."""
    row, label = one.by_target.get(target.id), {"data-label": target.title.in_(lang)}
    if row is None:
        return tag("td", "—", **label)
    group = row["group"]
    value: Cell = "—"
    if row["last_year"] is not None:  # else it is the plan's own start, which nobody published
        level = Bound.model_validate(row["asked"]).value if row["asked"] else None
        value = beside_level(row["last_value"], level, row["unit"], lang)
        if row["last_year"] != year:
            value = in_year(value, row["last_year"], lang)
        if way := row["way"]:
            said = say(f"index.way_{way}", lang)
            value = join(
                [value, Html(" "), tag("span", _WAYS[way], role="img", **{"aria-label": said})]
            )
    told = [tag("small", group_words(group, lang))]
    if row["probability"] is not None and group != "unknown":
        chance = probability(row["probability"], lang, floor=one.floor, cap=one.cap)
        told.append(tag("small", chance))
    return tag("td", join([tag("b", value), *told]), group, **label)


def _short_band(counts: Mapping[str, int]) -> Html:
    """Draw the bar without words, and its numbers beside it: a third of the size."""
    there = {name: (counts[name], mark) for name, mark in GROUPS.items() if counts.get(name)}
    numbers = " ".join(f"{mark}{count}" for count, mark in there.values())
    return Html(band(there, "")) + tag("small", numbers)


def _area_row(entry: Cell, one: Glance | None, lang: str, *, short: bool) -> Html:
    if one is None:
        blank = [tag("td", "—"), *(tag("td", "—", "n", **{"data-v": "-1"}) for _ in range(2))]
        return tag("tr", tag("td", entry) + join(blank))
    within = str(one.counts["effort"])
    if one.expected is None or one.interval is None:
        judged = one.counts["met"] + one.counts["missed"]
        sort = float(one.counts["met"]) if judged else -1.0
        expected = say("index.met_cell", lang, met=one.counts["met"]) if judged else "—"
        # Where nothing has a chance nothing is within reach or out of it.
        within = within if one.counts["effort"] else "—"
    else:
        sort = one.expected
        told = [number(value, 0) for value in (one.expected, *one.interval)]
        names = ("expected", "low", "high")
        key = "index.expected_cell" if told[1] != told[2] else "index.expected_sure"
        expected = say(key, lang, **dict(zip(names, told, strict=True)))
    cells = [
        tag("td", entry),
        tag("td", _short_band(one.counts) if short else group_band(one.counts, lang)),
        tag("td", expected, "n", **{"data-v": f"{sort:.2f}"}),
        tag("td", within, "n", **({"data-v": "-1"} if within == "—" else {})),
    ]
    return tag("tr", join(cells))
