"""What `check` calls sound can be reported: pounds, places, per thousand, indexes, real prices."""

from __future__ import annotations

import hashlib
import html
import re
import shutil
from pathlib import Path

import pytest
import yaml

from edu_metrics.words import texts

pytestmark = pytest.mark.slow

#: Id, unit, formula, inputs, bounds, which way is better, type of measure, and what is promised.
INDICATORS = (
    ("spending", "gbp_per_pupil", "per_head", {"amount": "budget", "persons": "pupils"}, [0, None],
     "higher", "money", ">=5600"),
    ("budget_total", "gbp", "own.total", {"budget": "budget"}, [0, None], "higher", "money",
     ">=6000000"),
    ("places_rate", "per_thousand", "places / children * 1000",
     {"places": "places", "children": "children"}, [0, None], "higher", "ratios", ">=4.5"),
    ("places_total", "places", "count", {"value": "places"}, [0, None], "higher", "counts", ">=60"),
    ("climate", "index_points", "as_published", {"value": "climate_printed"}, [0, 10], "higher",
     None, ">=7.5"),
    ("pisa", "index_points", "as_published", {"value": "pisa_printed"}, [200, 1000], "higher",
     "scores", ">=510"),
    ("absent", "percent", "100 - present", {"present": "present_pct"}, [0, 100], "lower",
     "adverse", "<=4"),
    ("parity", "ratio", "parity_index", {"first": "girls_pct", "second": "boys_pct"}, [0, None],
     "higher", "ratios", ">=0.97"),
    ("balance", "gbp", "budget - cost", {"budget": "budget", "cost": "cost"}, [None, None],
     "higher", None, ">=100000"),
)  # fmt: skip

QUANTITIES = (
    ("budget", "gbp", "money", (5.0e6, 5.1e6, 5.2e6, 5.1e6, 5.4e6, 5.5e6, 5.6e6)),
    ("cost", "gbp", "money", (5.1e6, 5.1e6, 5.15e6, 5.2e6, 5.3e6, 5.45e6, 5.5e6)),
    ("pupils", "persons", "count", (1000, 1010, 1005, 1020, 1030, 1025, 1040)),
    ("children", "persons", "count", (20000, 20100, 20200, 20300, 20100, 20000, 20000)),
    ("places", "places", "count", (40, 41, 43, 44, 46, 46, 47)),
    ("climate_printed", "index_points", "printed_rate", (6.1, 6.3, 6.2, 6.6, 6.8, 6.7, 7.0)),
    ("pisa_printed", "index_points", "printed_rate", (492, 495, 493, 498, 499, 503, 502)),
    ("present_pct", "percent", "printed_rate", (94.1, 94.6, 94.4, 95.0, 95.3, 95.2, 95.6)),
    ("girls_pct", "percent", "printed_rate", (80.1, 81.0, 82.2, 83.1, 84.0, 84.4, 85.2)),
    ("boys_pct", "percent", "printed_rate", (88.0, 88.2, 88.1, 88.4, 88.9, 89.0, 89.3)),
    ("cpi", "index_points", "printed_rate", (98, 100, 102, 104, 106, 108, 110)),
)

UNITS = [
    {
        "id": "gbp",
        "name": {"en": {"one": "pound", "other": "pounds"}},
        "symbol": "£",
        "dimension": "gbp",
        "money": True,
    },
    {
        "id": "gbp_per_pupil",
        "name": {"en": "pounds a pupil"},
        "dimension": "gbp / count",
        "money": True,
    },
]


def named(name: str, languages: tuple[str, ...]) -> dict[str, str]:
    return {lang: f"{name.replace('_', ' ').capitalize()} {lang}" for lang in languages}


def target(name: str, unit: str, better: str, promised: str, texts: tuple[str, ...]) -> dict:
    return {
        "id": name,
        "title": named(name, texts),
        "article": "1",
        "tier": "numeric",
        "kind": "level",
        "indicator": name,
        "areas": ["shire"],
        "population": named("all", texts),
        "unit": unit,
        "better": better,
        "deadline": 2022,
        "quote": promised,
        "locator": "p. 1",
        "readings": [
            {
                "id": "level",
                "label": named("level", texts),
                "default": True,
                "conditions": [{"type": "level", "at": {2022: promised}}],
            }
        ],
    }


def definitions(texts: tuple[str, ...], languages: tuple[str, ...]) -> dict[str, object]:
    source = {
        "id": "yearbook",
        "title": named("yearbook", texts),
        "publisher": named("county council", texts),
        "licence": "public",
        "read": "original",
    }
    return {
        "units": [
            {**unit, "name": dict.fromkeys(texts, unit["name"]["en"])}  # type: ignore[index]
            for unit in UNITS
        ],
        "settings": {"python_formulas": "formulas.py"},
        "sources": [source],
        "areas": [{"id": "shire", "name": named("shire", texts), "level": "district"}],
        "quantities": [
            {"id": name, "name": named(name, texts), "unit": unit, "form": form}
            for name, unit, form, _ in QUANTITIES
        ],
        "indicators": [
            {
                "id": name,
                "name": named(f"{name} rate", texts),
                "unit": unit,
                "formula": formula,
                "inputs": inputs,
                "bounds": bounds,
                "better": better,
                "citation": {"source": "yearbook", "locator": "p. 2"},
                **({"measure_type": kind} if kind else {}),
                **({"prices": {"year": 2015, "deflator": "cpi"}} if name == "spending" else {}),
            }
            for name, unit, formula, inputs, bounds, better, kind, _ in INDICATORS
        ],
        "breaks": [],
        "assumptions": [],
        "plans/plan": {
            "id": "plan",
            "title": named("plan", texts),
            "source": "yearbook",
            "issued": "2020-12-02",
            "first_year": 2020,
            "last_year": 2022,
            "areas": ["shire"],
            "targets": [
                target(name, unit, better, promised, texts)
                for name, unit, _, _, _, better, _, promised in INDICATORS
            ],
        },
        "studies/odd": {
            "id": "odd",
            "title": named("study", texts),
            "plan": "plan",
            "areas": ["shire"],
            "observations": [{"type": "file", "path": "yearbook/*.csv"}],
            "as_of": "2021-12-31",
            "disclosure": "published",
            "languages": list(languages),
            "note": named("note", texts),
        },
    }


def write_project(
    root: Path, shipped: Path, texts: tuple[str, ...], languages: tuple[str, ...]
) -> Path:
    for name, held in definitions(texts, languages).items():
        path = root / "data" / "definitions" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = yaml.safe_dump(held, allow_unicode=True, sort_keys=False)
        # Dates stand bare, as a person writes them.
        path.write_text(text.replace("'2020-12-02'", "2020-12-02").replace("'2021-12-31'",
                        "2021-12-31"), "utf-8")  # fmt: skip
    (path.parents[1] / "formulas.py").write_text("def total(budget):\n    return budget\n", "utf-8")
    lines = ["place,quantity,year,value,bound,unit,status,source,published,note"]
    lines += [
        f"shire,{name},{year},{value},exact,{unit},reported,yearbook,{year + 1}-03-01,"
        for name, unit, _, values in QUANTITIES
        for year, value in enumerate(values, start=2014)
    ]
    raw = root / "data" / "raw" / "yearbook" / "table.csv"
    raw.parent.mkdir(parents=True)
    content = ("\n".join(lines) + "\n").encode()
    raw.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    raw.with_name("table.csv.source.yaml").write_text(
        f"source: yearbook\nsha256: {digest}\n", "utf-8"
    )
    shutil.copytree(shipped / "notebooks", root / "notebooks")
    return root


def page_of(root: Path, lang: str) -> str:
    page = root / "reports" / "odd" / lang / "shire" / "report.html"
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", page.read_text("utf-8"), flags=re.S)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)))


def test_odd_units_and_bounds_get_through_to_report_and_figures(tmp_path, shipped_root, command):
    root = write_project(tmp_path / "odd", shipped_root, ("en", "zh"), ("en", "zh"))
    assert command("check", "--root", root).status == 0
    made = command("report", "odd", "--root", root)
    assert made.status == 0, made.out + made.err
    rows = command("assess", "odd", "--root", root, "--format", "json").rows
    found = {row["target"]: row for row in rows}
    # 47 places for 20 000 children are 2.35 per thousand, and 4.5 lacks 2.15 of them.
    assert found["places_rate"]["gap"] == pytest.approx(2.15)
    assert found["absent"]["gap"] == pytest.approx(0.4)
    # The forecast of an index stays within its own bounds.
    for name, low, high in (("climate", 0, 10), ("pisa", 200, 1000)):
        ends = found[name]["interval"]
        assert low <= ends[0] < ends[1] <= high
        assert 0 < found[name]["probability"] < 1
    english, chinese = page_of(root, "en"), page_of(root, "zh")
    for shown in ("£5,600,000", "2.35 per thousand", "47 places", "502 points", "4.4 %"):
        assert shown in english
    for shown in ("2.35‰", "47个学位", "502分", "£5,600,000"):
        assert shown in chinese
    # 5 600 000 for 1 040 pupils, when prices had risen by a tenth.
    assert f"{5_600_000 / 1040 / 1.1:,.0f} pounds a pupil" in english
    # Formulas of the project's own, and how money is told, stand beside the sources.
    assert "Budget total rate en (own.total)" in english
    assert "(places / children * 1000)" in english
    assert "Spending rate en: in prices of 2015 (deflated by Cpi en)" in english
    assert "Budget total rate en: as paid (nominal)" in english


def test_a_project_in_english_and_portuguese_needs_no_chinese(tmp_path, shipped_root, command):
    root = write_project(tmp_path / "odd", shipped_root, ("en", "pt"), ("en", "pt"))
    words = root / "data" / "definitions" / "words" / "pt.yaml"
    words.parent.mkdir()
    words.write_text(
        "index.language: Português\nverdict.uncertain: incerta\n"
        'report.untranslated: "{language}: {number} textos em inglês."\n',
        "utf-8",
    )
    made = command("report", "odd", "--root", root)
    assert made.status == 0, made.out + made.err
    portuguese, english = page_of(root, "pt"), page_of(root, "en")
    assert "incerta" in portuguese
    assert "uncertain" in english
    assert "incerta" not in english
    assert f"Português: {len(texts()) - 3} textos em inglês." in portuguese
    assert "textos" not in english
