"""Hold drafts against encodings made by hand, and print the table of docs/drafting.md."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from edu_metrics.catalog import find_root, load_catalog
from edu_metrics.drafting import Draft, Offer, Offers, Promise, draft
from edu_metrics.observations.documents import fold, text_of_plan

ROOT = find_root(Path(__file__).parent)
TEXTS = ROOT / "tests" / "drafting" / "texts"
#: Units between which words do not tell.
_FAMILIES = (
    {"count", "schools", "kindergartens", "places", "classes", "workshops"},
    {"percent_of_base", "percent", "percent_per_year"},
    {"points", "points_per_year"},
    {"persons", "persons_per_year"},
    {"yuan", "yuan_per_pupil"},
    {"times", "rounds", "years"},
)
#: Types of the draft, as an encoding calls them.
_TYPES = {"from_to": "level", "coverage": "level", "range": "level", "kept": "level",
          "yearly_change": "yearly", "total_change": "total", "doubling": "total",
          "halving": "total", "only_increase": "rise", "each_unit": "each"}  # fmt: skip

#: What is asked about the unit, and about the way.
_ABOUT = {
    "unit": {"percent_or_points", "unit", "type"},
    "op": {"which_way", "floor_or_exact"},
}
_WAYS = {">=": 1, ">": 1, "<=": -1, "<": -1, "==": 0, "~": 0}

HEADS = (
    *("text", "promises", "found", "precision", "all right", "wrong unit or sign, not asked"),
    *("subject right", "prefilled indicator right", "numbers lost"),
)


@dataclass
class Judged:
    """What came of one text."""

    name: str
    wanted: int = 0
    drafted: int = 0
    matched: int = 0
    right: int = 0
    subjects: int = 0
    silent: int = 0
    prefilled: int = 0
    prefilled_right: int = 0
    lost: int = 0
    extra: int = 0
    wrong: list[str] = field(default_factory=list)

    def cells(self) -> list[object]:
        """Give the row of the table, as HEADS names its columns."""
        return [
            self.name,
            self.wanted,
            f"{self.matched / max(self.wanted, 1):.2f}",
            f"{self.matched / max(self.matched + self.extra, 1):.2f}",
            f"{self.right} of {self.matched}",
            self.silent,
            f"{self.subjects} of {self.matched}",
            f"{self.prefilled_right} of {self.prefilled}",
            self.lost,
        ]


def same_unit(one: str | None, other: str | None) -> bool:
    """Tell whether two units are the same, as far as words tell."""
    return other == "any" or one == other or any({one, other} <= family for family in _FAMILIES)


def about(promise: Promise) -> str:
    """Give what a promise is about."""
    return fold(f"{promise['scope'] or ''}{promise['subject'] or ''}{promise.quote}").lower()


def judge(
    name: str, text: str, wanted: list[dict[str, Any]], made: Draft,
    others: Iterable[tuple[int, int]] = (),
) -> Judged:  # fmt: skip
    """Match drafts with an encoding one to one, and count what is right."""
    found = Judged(name, len(wanted))
    open_drafts = [one for one in made.promises if one["value"] is not None]
    found.drafted = len(open_drafts)
    matched: list[tuple[dict[str, Any], Promise]] = []
    for exact in (True, False):
        for entry in [one for one in wanted if not any(one is old for old, _ in matched)]:
            spot = text.find(entry["at"]) if "span" not in entry else entry["span"][0]
            end = spot + len(entry["at"]) if "span" not in entry else entry["span"][1]
            near = [one for one in open_drafts if one.numbers
                    and spot <= one.numbers[0][0] < end
                    and (not exact or abs(one["value"] - entry["value"]) < 0.01)]  # fmt: skip
            if near:
                best = max(
                    near,
                    key=lambda one: (
                        (one["type"] == "only_increase") == (entry["type"] == "rise"),
                        sum(fold(w).lower() in about(one) for w in entry["about"]),
                    ),
                )
                open_drafts.remove(best)
                matched.append((entry, best))
            elif not exact:
                found.wrong.append(f"missing: {entry['at']}")
    found.matched = len(matched)
    for first, last in others:
        open_drafts = [one for one in open_drafts if not first <= one.numbers[0][0] < last]
    found.extra = len(open_drafts)
    found.wrong += [f"extra: {one.quote} [{one['value']}]" for one in open_drafts]
    for entry, one in matched:
        _compare(found, entry, one)
    found.lost = lost(text, made)
    return found


def _compare(found: Judged, entry: dict[str, Any], one: Promise) -> None:
    kind = _TYPES.get(one["type"], one["type"])
    wrong = {
        "value": abs(one["value"] - entry["value"]) > 0.01,
        "op": one["op"] != entry["op"] and entry["type"] != "frequency",
        "type": kind != entry["type"],
        "unit": not same_unit(one["unit"], entry["unit"]),
        "year": one["year"] != entry["year"],
        "base": "base" in entry
        and (one["base"] is None or abs(one["base"] - entry["base"]) > 0.01),
    }
    faults = [name for name, is_wrong in wrong.items() if is_wrong]
    if not faults:
        found.right += 1
    else:
        shown = {name: (one[name], entry.get(name)) for name in faults}
        found.wrong.append(f"{entry['at']}: {shown} {one.questions}")
    other_way = one["value"] * entry["value"] < 0 or _WAYS[one["op"]] * _WAYS[entry["op"]] < 0
    silent = {"unit": wrong["unit"], "op": other_way}
    found.silent += any(is_wrong and not _asks(one, name) for name, is_wrong in silent.items())
    subject = fold(f"{one['scope'] or ''} {one['subject'] or ''}").lower()
    if entry.get("title"):
        own = fold(one["subject"] or "").lower()
        is_right = any(
            _shares(name, subject) >= 0.5 or (len(own) > 3 and _shares(own, name) > 0.75)
            for name in entry["title"]
        )
    else:
        is_right = all(fold(word).lower() in subject for word in entry["about"])
    if is_right:
        found.subjects += 1
    else:
        found.wrong.append(
            f"{entry['at']}: subject {one['scope']}|{one['subject']}, not {entry['about']}"
        )
    if one["indicator"] and "indicator" in entry:
        found.prefilled += 1
        found.prefilled_right += one["indicator"] == entry["indicator"]
        if one["indicator"] != entry["indicator"]:
            found.wrong.append(
                f"{entry['at']}: indicator {one['indicator']}, not {entry['indicator']}"
            )


def _asks(one: Promise, name: str) -> bool:
    """Tell whether a draft asks about a field: what it asks of others warns nobody."""
    return one.fields[name]["sure"] == "ask" or bool(_ABOUT[name] & {*one.questions})


def _shares(name: str, subject: str) -> float:
    pairs = [name[n : n + 2] for n in range(len(name) - 1)]
    return sum(pair in subject for pair in pairs) / max(len(pairs), 1)


def lost(text: str, made: Draft) -> int:
    """Count the digits that are neither in a promise nor listed."""
    spans = [(one.start, one.end) for one in made.promises]
    spans += [(one["start"], one["end"]) for one in made.not_taken]
    return sum(not any(first <= m.start() < last for first, last in spans)
               for m in re.finditer(r"\d+(?:[.,]\d+)*", text))  # fmt: skip


def offers(language: str, catalog: Any) -> Offers:
    """Offer what the project defines."""
    known = [Offer(one.id, tuple(one.name.by_language.values()), one.unit)
             for one in catalog.indicators.values()]  # fmt: skip
    return Offers(known, language)


def of_plan(catalog: Any, name: str) -> list[dict[str, Any]]:
    """Write a plan's numeric targets as an encoding."""
    plan = catalog.plans[name]
    text = text_of_plan(catalog, plan)
    return [
        {
            **_asked(target),
            "at": target.quote,
            "span": _span_of(text, target),
            "unit": target.unit,
            "year": plan.deadline_of(target),
            "about": [],
            "title": [
                fold(re.sub("[（）“”]", "", words))
                for words in (target.title.zh, catalog.indicators[target.indicator].name.zh)
            ],
            "indicator": target.indicator,
        }
        for target in plan.targets
        if target.numeric
    ]


def _asked(target: Any) -> dict[str, Any]:
    """Give value, comparator and type of a target's default reading."""
    conditions, base = target.default_reading.conditions, target.baseline
    one = conditions[0]
    kinds = {"yearly_change": "yearly", "total_change": "total", "sum_over_years": "cumulative"}
    kind = kinds.get(one.type, one.type)
    bounds = (
        [one.at[max(one.at)]]
        if one.type == "level"
        else getattr(one, "change", None) or getattr(one, "bounds", None) or [one.bound]
    )
    from_base = base is not None and bounds[0].value == base.value and len(conditions) > 1
    if target.kind == "only_increase" or from_base:
        kind, bounds = "rise", conditions[-1].change
    elif base is not None and base.value == 100:
        kind = "level"
    return {"value": bounds[0].value, "op": bounds[0].op, "type": kind}


def _span_of(text: str, target: Any) -> tuple[int, int]:
    squeezed = [(i, c) for i, c in enumerate(text) if not c.isspace()]
    wanted = re.sub(r"\s", "", target.quote)
    flat = "".join(c for _, c in squeezed)
    begin = 0
    if target.locator.startswith("第"):
        begin = re.search(
            rf"(?<=。){target.article}\.|(?<![\d.]){target.article}\.(?=\D)", flat
        ).start()
    first = flat.find(wanted, begin)
    assert first >= 0, target.id
    return squeezed[first][0], squeezed[first + len(wanted) - 1][0] + 1


def tables(names: Iterable[str], catalog: Any) -> list[Judged]:
    """Judge the texts of the tests, and the plan that is shipped with its text."""
    judged = []
    for path in sorted(TEXTS.glob("*.txt")):
        if names and path.stem not in names:
            continue
        entry = yaml.safe_load(path.with_suffix(".yaml").read_text("utf-8"))
        text = path.read_text("utf-8")
        made = draft(text, entry["first"], entry["last"], offers(entry["language"], catalog))
        judged.append(judge(path.stem, text, entry["promises"], made))
    for name, plan in catalog.plans.items():
        text = text_of_plan(catalog, plan)
        if text is not None and (not names or name in names):
            made = draft(text, plan.first_year, plan.last_year, offers("zh", catalog))
            others = [_span_of(text, one) for one in plan.targets if not one.numeric
                      and not one.locator.startswith("总体")]  # fmt: skip
            judged.append(judge(name, text, of_plan(catalog, name), made, others))
    return judged


def main() -> None:
    """Print the measures, and with -v what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("-v", action="store_true", help="print what is wrong")
    asked = parser.parse_args()
    catalog = load_catalog(ROOT)
    print(f"| {' | '.join(HEADS)} |\n|{' --- |' * len(HEADS)}")
    for one in tables(asked.names, catalog):
        print(f"| {' | '.join(map(str, one.cells()))} |")
        if asked.v:
            print("\n".join(f"    {line}" for line in one.wrong))


if __name__ == "__main__":
    sys.exit(main())
