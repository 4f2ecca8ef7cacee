"""No code of the library names a place, a plan or a year: these are definitions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from edu_metrics.catalog import find_root, load_catalog
from edu_metrics.words import texts

CATALOG = load_catalog(find_root())
LIB = Path(__file__).resolve().parents[2] / "lib" / "edu_metrics"
FILES = sorted(LIB.rglob("*.py"))
YEAR = re.compile(r"(?<!\d)(?:199\d|20[0-2]\d|203[0-5])(?!\d)")

#: What holds digits but no year that a rule rests on: the example of a form in a message, a
#: colour, and the address of YAML's own tags.
NO_YEAR = re.compile(r"such as (?:\d{4}-\d\d-\d\d|\d{4})\b|#[0-9a-fA-F]{6,8}|tag:yaml\.org,2002")


def names() -> set[str]:
    """Collect every name of a place, and the ids of areas, plans and studies."""
    found = {*CATALOG.plans, *CATALOG.studies, *CATALOG.families}
    for area in CATALOG.areas.values():
        found |= {area.id, area.name.zh, area.name.en, *area.aliases}
    for plan in CATALOG.plans.values():
        found |= {plan.title.zh, plan.title.en}
    # The word for a nation's whole is no name of one.
    return {name.lower() for name in found} - {"nation", "全国"}


def any_of(words: set[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


ASCII = {name for name in names() if name.isascii()}
NAMES = re.compile(rf"(?<![a-z0-9_])(?:{any_of(ASCII)})(?![a-z0-9_])")
OTHERS = re.compile(any_of(names() - ASCII))
#: Where none of these words stands none of the many names is looked for.
WORD = re.compile(r"[a-z0-9_]+")
FIRST_WORDS = {WORD.match(name)[0] for name in ASCII}


def docstrings(nodes: list[ast.AST]) -> set[int]:
    """Give the nodes of every string that stands alone, as a docstring does."""
    return {
        id(node.value)
        for node in nodes
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def literals(source: str) -> Iterator[tuple[int, str]]:
    """Walk over all literals but docstrings, and over the names that the code gives to things."""
    nodes = list(ast.walk(ast.parse(source)))
    outside = docstrings(nodes)
    for node in nodes:
        if isinstance(node, ast.Constant) and id(node) not in outside:
            if isinstance(node.value, str | bytes | int | float):
                yield node.lineno, str(node.value)
        elif isinstance(node, ast.Name | ast.FunctionDef | ast.ClassDef | ast.arg | ast.Attribute):
            shown = next(
                getattr(node, field)
                for field in ("id", "name", "arg", "attr")
                if hasattr(node, field)
            )
            yield node.lineno, shown.replace("_", " ")


def is_named(text: str) -> bool:
    """Tell whether a text names something of the definitions."""
    lower = text.lower()
    return bool(
        (not FIRST_WORDS.isdisjoint(WORD.findall(lower)) and NAMES.search(lower))
        or (not lower.isascii() and OTHERS.search(lower))
    )


@cache
def is_fault(text: str) -> bool:
    return bool(YEAR.search(NO_YEAR.sub("", text))) or is_named(text)


def faults_in(source: str) -> list[str]:
    return [f"line {line}: {text}" for line, text in literals(source) if is_fault(text)]


@pytest.mark.parametrize(
    "source",
    [
        "x = 2022",
        "x = '2022-01-01'",
        "x = 'such as 2021-08-27 and 2022'",
        "x = {'wuhai': 1}",
        "x = f'{y} 乌海市'",
        "def wuhai(): pass",
        "x = plans['wuhai_2020_2022']",
        "x = 'Haibowan District'",
    ],
)
def test_the_scan_finds_what_it_is_for(source):
    assert faults_in(source)


@pytest.mark.parametrize(
    "source",
    [
        '"""Wuhai in 2022."""',
        "def f():\n    '''乌海市'''",
        "x = 1  # 2022, 乌海市",
        "x = 100 * 12022",
        "x = '#1a1995'",
        "x = 'expected a date such as 2021-08-27'",
        "x = first_year + 1",
    ],
)
def test_the_scan_leaves_the_rest_alone(source):
    assert faults_in(source) == []


def test_no_module_names_a_place_a_plan_or_a_year():
    found = {path.relative_to(LIB).as_posix(): faults_in(path.read_text("utf-8")) for path in FILES}
    assert len(found) > 100
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_no_word_that_a_reader_sees_names_a_place_a_plan_or_a_year():
    assert {
        key: text
        for key, entry in texts().items()
        for text in entry.values()
        if YEAR.search(text) or is_named(text)
    } == {}
