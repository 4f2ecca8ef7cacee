"""
Make the documentation that follows from the definitions: ``docs/assumptions.md``.

    python scripts/make_docs.py

Run it after every change of ``data/definitions/assumptions.yaml``; a test compares the file with
what this script makes.
"""

from __future__ import annotations

from pathlib import Path

from edu_metrics.catalog import Assumption, Catalog, load_catalog

ROOT = Path(__file__).resolve().parents[1]

HEAD = """\
<!-- Made by scripts/make_docs.py from data/definitions/assumptions.yaml: edit that instead. -->

# Assumptions 假定

What is taken for granted where the sources are silent or can be read in more than one way. A report
lists those that it rests on.

来源没有说明、或可以有几种理解的地方，本项目作了下列假定。每份报告都列出它所依据的几条。

| rating 等级 | quality: how well founded 依据 | impact: what it can change 影响 |
| --- | --- | --- |
| red 红 | hardly 薄弱 | can turn a verdict 能改变判定 |
| amber 黄 | partly 部分有据 | moves a verdict near its limit 只影响临界情形 |
| green 绿 | well 充分 | hardly matters 影响很小 |

The weakest and weightiest stand first. “Unverified” marks a statement for which no page was found
that says so.

最薄弱、影响最大的排在前面。“未核实”表示没有找到写明此事的原文。

"""

RATINGS = {"red": "red 红", "amber": "amber 黄", "green": "green 绿"}
_WEIGHT = {"red": 0, "amber": 1, "green": 2}


def assumptions_page(catalog: Catalog) -> str:
    """
    Write the page of all assumptions, the weakest and weightiest first.

    Parameters
    ----------
    catalog : Catalog
        The definitions.

    Returns
    -------
    str
        The page in Markdown, Chinese and English side by side.
    """
    ordered = sorted(
        catalog.assumptions.values(),
        key=lambda entry: (_WEIGHT[entry.quality] + _WEIGHT[entry.impact], entry.id),
    )
    return HEAD + "\n".join(_section(catalog, entry) for entry in ordered)


def _section(catalog: Catalog, entry: Assumption) -> str:
    facts = [
        f"`{entry.id}`",
        f"quality 依据: {RATINGS[entry.quality]}",
        f"impact 影响: {RATINGS[entry.impact]}",
    ]
    if entry.unverified:
        facts.append("**unverified 未核实**")
    lines = [
        f"## {_plain(entry.title.en)} · {_plain(entry.title.zh)}",
        "",
        " · ".join(facts),
        "",
        "| English | 中文 |",
        "| --- | --- |",
        f"| {_cell(entry.text.en)} | {_cell(entry.text.zh)} |",
    ]
    if entry.citation:
        source = catalog.sources[entry.citation.source]
        words = f" “{_plain(entry.citation.quote)}”" if entry.citation.quote else ""
        lines += [
            "",
            f"Source 来源: {_plain(source.title.en)} · {_plain(source.title.zh)}, "
            f"{_plain(entry.citation.locator)}{words}",
        ]
    return "\n".join([*lines, ""])


def _plain(text: str) -> str:
    """Put a text on one line."""
    return " ".join(text.split())


def _cell(text: str) -> str:
    """Put a text into a cell of a table, where a bar would end it."""
    return _plain(text).replace("|", "\\|")


def main() -> None:
    """Write the page to its place."""
    page = ROOT / "docs" / "assumptions.md"
    page.write_text(assumptions_page(load_catalog(ROOT)), "utf-8", newline="\n")


if __name__ == "__main__":
    main()
