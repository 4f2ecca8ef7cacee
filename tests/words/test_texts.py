"""Every text exists, is used, and says the same in both languages."""

from __future__ import annotations

import ast
import functools
import json
import re
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from string import Formatter
from typing import get_args, get_type_hints

import pytest

from edu_metrics.catalog import Assumption, Bound, Source, Target
from edu_metrics.catalog.reading_yaml import read_yaml
from edu_metrics.drafting.rules import load_rules
from edu_metrics.explorer.what_if import REASONS, PaceSlider
from edu_metrics.formulas.flows import FLOWS, LeverUnit
from edu_metrics.observations.table import STATUSES
from edu_metrics.plan_audit import Kind, Severity
from edu_metrics.reachability.precedent import NoPrecedent
from edu_metrics.reachability.published_rules import Rule, Unable
from edu_metrics.reachability.status_rules import BANDS, STANCES, Why
from edu_metrics.reachability.verdicts import Applies, Verdict
from edu_metrics.report.glance import GROUPS
from edu_metrics.trajectories.backtesting import FORECASTERS, SLOW
from edu_metrics.words import LANGUAGES, texts

ROOT = Path(__file__).resolve().parents[2]
LIB = ROOT / "lib" / "edu_metrics"
WORDS = sorted((LIB / "words").glob("*.yaml"))
HAN = re.compile(r"[\u3400-\u9fff]")
WORD = re.compile(r"[A-Za-z]{2,}")


@functools.cache
def trees() -> dict[Path, ast.Module]:
    """Parse all code, where a test reads it: each process collects this file, and one runs it."""
    return {path: ast.parse(path.read_text("utf-8")) for path in sorted(LIB.rglob("*.py"))}


@functools.cache
def said() -> list[ast.Call]:
    """Collect the calls that name a text: what is said, and the headings of a report's columns."""
    return [
        node
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", None)
        in (("say", "Column") if path.parent.name == "report" else ("say",))
    ]


def pattern_of(node: ast.AST) -> str:
    """Write an f-string with ``*`` for what is filled in when it runs."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values
        )
    if isinstance(node, ast.IfExp):
        return f"{pattern_of(node.body)}|{pattern_of(node.orelse)}"
    return "*"


@functools.cache
def patterns() -> set[str]:
    found = {pattern_of(call.args[0]) for call in said() if call.args}
    return {one for pattern in found for one in pattern.split("|")}


@functools.cache
def made_in(folder: str) -> set[str]:
    """Give the pattern of every f-string of a package: a finding says its key before it is said."""
    return {
        pattern_of(node)
        for path, tree in trees().items()
        if path.relative_to(LIB).parts[0] == folder
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
    }


@functools.cache
def constants(*folders: str) -> set[str]:
    """Collect the words that the code of some packages names, out of which keys are made."""
    return {
        node.value
        for path, tree in trees().items()
        if path.relative_to(LIB).parts[0] in folders or not folders
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@functools.cache
def reasons(verdict: str) -> set[str]:
    """Collect the reasons that the code gives for a verdict, up to the colon."""
    found: set[str] = set()
    for path, tree in trees().items():
        if path.parent.name != "reachability":
            continue
        for node in ast.walk(tree):
            given = _fields(node)
            if "reason" in given and ast.unparse(given["verdict"]).endswith(verdict):
                found.add(pattern_of(given["reason"]).split(":")[0])
    return found - {"*", "None"}


def _fields(node: ast.AST) -> dict[str, ast.expr]:
    """Give verdict and reason where a node names them: in a call, in a dict, or as one word."""
    if isinstance(node, ast.Dict):
        keys = [key.value if isinstance(key, ast.Constant) else None for key in node.keys]
        given = {key: value for key, value in zip(keys, node.values, strict=True) if key}
    elif isinstance(node, ast.Call) and ast.unparse(node.func) == "_cannot_tell":
        given = {"verdict": ast.Name("CANNOT_TELL"), "reason": node.args[0]}
    elif isinstance(node, ast.Call):
        given = {word.arg: word.value for word in node.keywords if word.arg}
    else:
        given = {}
    return given if "verdict" in given else {}


@functools.cache
def findings() -> set[str]:
    """Collect what the code finds wrong with a promise beside its probability."""
    return {
        constant.value
        for path, tree in trees().items()
        if path.parent.name == "reachability"
        for node in ast.walk(tree)
        for value in _named(node, "findings")
        for constant in ast.walk(value)
        if isinstance(constant, ast.Constant)
    }


def _named(node: ast.AST, name: str) -> list[ast.expr]:
    """Give what a node says by a name: a word of a call, an entry of a dict, or what it sets."""
    if isinstance(node, ast.keyword):
        return [node.value] if node.arg == name else []
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return [v for key, v in pairs if isinstance(key, ast.Constant) and key.value == name]
    if isinstance(node, ast.Assign):
        return [node.value] if ast.unparse(node.targets[0]) == name else []
    return []


@functools.cache
def measures() -> set[str]:
    """Collect what a check can measure: the words that the code holds ``measure`` against."""
    return {
        constant.value
        for path, tree in trees().items()
        if path.parent.name == "reachability"
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare) and ast.unparse(node.left).endswith(".measure")
        for constant in ast.walk(node)
        if isinstance(constant, ast.Constant)
    }


def rules_of(*tables: str) -> list[dict[str, str]]:
    """Give the rules of drafts, of both languages."""
    return [rule for lang in LANGUAGES for table in tables for rule in load_rules(lang).data[table]]


def family(name: str) -> set[str]:
    """Say which keys a key made by an f-string can become."""
    vocabularies = {
        "bulletin.group_*": lambda: set(GROUPS),
        "period.*": lambda: {"h1", "h2"},
        "verdict.*": lambda: set(Verdict),
        "verdict.*_means": lambda: set(Verdict),
        "audit.ask_*": lambda: set(Kind),
        "audit.kind_*": lambda: set(Kind),
        "audit.kind_*_means": lambda: set(Kind),
        "audit.severity_*": lambda: set(Severity),
        "report.applies_*": lambda: set(Applies),
        "report.*_*": lambda: {
            f"{key}_{word}"
            for key in ("obligation", "priority")
            for word in get_args(get_args(Target.model_fields[key].annotation)[0])
        },
        "report.finding_*": findings,
        "report.remark_*": findings,
        "report.because_*": lambda: (
            reasons("CANNOT_TELL") - {"reading_undecided"} | {"no_data", "forecast"}
        ),
        "report.because_impossible_*": lambda: reasons("IMPOSSIBLE"),
        "report.remark_impossible_*": lambda: reasons("IMPOSSIBLE"),
        # A comparison that is decided is told as the level that it came to.
        "report.check_*": lambda: (
            measures() - {"difference", "ratio", "gap_closed"} | {"bound", "areas_pct"}
        ),
        "report.how_*": lambda: {"computed", "pooled", "printed"},
        "report.quality_*": lambda: set(get_args(Assumption.model_fields["quality"].annotation)),
        "report.impact_*": lambda: set(get_args(Assumption.model_fields["impact"].annotation)),
        "report.read_*": lambda: set(get_args(Source.model_fields["read"].annotation)),
        "report.status_*": lambda: set(STATUSES),
        "status.rule_*": lambda: set(Rule),
        "status.ratio_*": lambda: {Rule.OPEN_SDG, Rule.UN_CHART, Rule.GERMAN, Rule.SDR},
        "status.says_*": lambda: {*STANCES, *BANDS} - set(Verdict),
        "status.unable_*": lambda: set(Unable),
        "status.why_*": lambda: set(Why),
        "explore.because_*": lambda: set(REASONS),
        "explore.pace_*_*": lambda: {
            f"{kind}_{way}"
            for kind in get_args(get_type_hints(PaceSlider)["kind"])
            for way in ("rising", "falling")
        },
        "explore.precedent_*": lambda: (
            set(NoPrecedent) - {NoPrecedent.NO_START, NoPrecedent.NOTHING_COMPARABLE} | {"none"}
        ),
        "explore.unit_*": lambda: set(get_args(LeverUnit)),
        "sensitivity.note_*": lambda: {"mechanism", "trend"},
        "precedent.kept_*": lambda: {"rising", "falling"},
        "precedent.kept_zero_*": lambda: {"rising", "falling"},
        "precedent.total_*": lambda: {"rising", "falling"},
        "precedent.why_*": lambda: set(NoPrecedent) - {NoPrecedent.NO_START},
        "record.skill_*": lambda: {"better", "worse", "undecided", "untested"},
        "bulletin.*_*": lambda: {f"{a}_{b}" for a in ("up", "down") for b in ("points", "amount")},
        "cards.message_*": lambda: {"needed", "needed_past", "needed_recent", "needed_past_recent"},
        "record.model_*": lambda: {*FORECASTERS, *SLOW},
        "requirements.because_*": lambda: {
            "bound_unforeseen",
            "contradiction",
            "earlier_year_unknown",
            "lacks_numbers",
            "no_count",
            "no_start",
            "rank",
            "reading_undecided",
        },
        "drafting.type_*": lambda: (
            {rule["type"] for rule in rules_of("rules", "unnumbered")} - {"base"} | {"range"}
        ),
        "drafting.why_*": lambda: (
            {rule["why"] for rule in rules_of("no_numbers", "passed_over")}
            | {
                "past",
                "no_promise_words",
                "head_of_a_table",
                "table_without_years",
                "number_of_a_row",
            }
        ),
        "noise.reads_*": lambda: {"near", "clear", "beyond", "hidden", "nothing", "seen"},
    }
    stem = name.partition("*")[0]
    rest = name.rpartition("*")[2]
    return {f"{stem}{word}{rest}" for word in vocabularies[name]()}


FAMILIES = (
    "audit.ask_*",
    "audit.kind_*",
    "audit.kind_*_means",
    "audit.severity_*",
    "bulletin.group_*",
    "period.*",
    "verdict.*",
    "verdict.*_means",
    "report.applies_*",
    "report.*_*",
    "report.because_*",
    "report.because_impossible_*",
    "report.check_*",
    "report.remark_impossible_*",
    "report.remark_*",
    "report.finding_*",
    "report.how_*",
    "report.quality_*",
    "report.impact_*",
    "report.read_*",
    "report.status_*",
    "status.rule_*",
    "status.ratio_*",
    "status.says_*",
    "status.unable_*",
    "status.why_*",
    "explore.because_*",
    "explore.pace_*_*",
    "explore.precedent_*",
    "explore.unit_*",
    "sensitivity.note_*",
    "precedent.kept_*",
    "precedent.kept_zero_*",
    "precedent.total_*",
    "precedent.why_*",
    "record.skill_*",
    "bulletin.*_*",
    "cards.message_*",
    "noise.reads_*",
    "record.model_*",
    "requirements.because_*",
    "drafting.type_*",
    "drafting.why_*",
)
#: F-strings whose words stand as constants in the same package: ``say(f"report.{key}", lang)``.
SPELLED_OUT = {
    "report.caution_*": ("reachability",),
    "bulletin.*": ("report",),
    "column.*": ("report", "batch"),
    "beside.*": ("report",),
    "city.*": ("report",),
    "drafting.ask_*": ("drafting",),
    "drafting.decision_*": ("drafting",),
    "drafting.do_*": ("drafting",),
    "drafting.field_*": ("drafting",),
    "drafting.legend_*": ("drafting",),
    "drafting.op_*": ("drafting",),
    "drafting.plan_*": ("drafting",),
    "drafting.reading_*": ("drafting",),
    "drafting.type_*": ("drafting",),
    "drafting.why_*": ("drafting",),
    "index.way_*": ("report",),
    "report.*": ("report", "batch"),
    "report.place_*": ("observations",),
    "figure.*": ("figures", "report"),
    "audit.*": ("report", "batch"),
    "index.*": ("report", "batch"),
    "start.*": ("simulation",),
    "status.*": ("report", "batch"),
    "requirements.*": ("report", "batch"),
    "large_study.*": ("simulation",),
    "intake.*": ("observations",),
    "intake.guide_*": ("observations",),
    "intake.prompt_*": ("observations",),
    "record.*": ("report", "batch"),
    "explore.*": ("explorer",),
    "inspect.*": ("observations", "on_frames"),
    "serving.*": ("serving.py",),
    "comparing.*": ("report", "batch"),
    "sensitivity.*": ("report", "figures"),
}


def test_the_scan_sees_the_calls():
    assert "report.already_there" in patterns()
    assert {"value", "rank"} <= measures()
    assert "break" in reasons("CANNOT_TELL")


def test_every_key_that_the_code_says_exists():
    literal = {pattern for pattern in patterns() if "*" not in pattern}
    assert literal - set(texts()) == set()


def test_every_f_string_key_belongs_to_a_known_family():
    made = {pattern for pattern in patterns() if "*" in pattern and pattern not in ("*", "*.*")}
    # What a rule of the audit says is tested with the rules.
    made = {pattern for pattern in made if not pattern.startswith("audit_")}
    # The page of a draft says what its template names.
    made -= {"drafting.*"}
    assert made - {*FAMILIES, *SPELLED_OUT} == set()


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_of_keys_has_a_text_for_each_word_that_can_occur(name):
    assert family(name) - set(texts()) == set()


def named_by_rules_of_drafts() -> set[str]:
    """Collect what rules that read plans give: kinds of promise, and why a number is none."""
    rules = "".join(path.read_text("utf-8") for path in (LIB / "drafting" / "rules").glob("*"))
    return {"_".join(pair) for pair in re.findall(r"\b(why|type): (\w+)", rules)}


def said_by_a_rule(key: str) -> bool:
    """Tell whether a rule of the audit names a text: by its entry, or in an f-string."""
    entry = key.partition(".")[2]
    return entry in constants("plan_audit") or any(
        fnmatchcase(entry, pattern.rpartition(".")[2])
        for pattern in made_in("plan_audit")
        if re.fullmatch(r"(?:audit_\w+\.)?\w*\w{4}\*?\w*", pattern)
    )


def test_every_text_is_used():
    used = constants() | {key for name in FAMILIES for key in family(name)}
    used |= {f"requirements.{name}" for flow in FLOWS.values() for name in flow.levers}
    used |= {f"drafting.{name}" for name in named_by_rules_of_drafts()}
    used |= {f"sensitivity.{name}" for flow in FLOWS.values() for name in flow.uncertain}
    for name, folders in SPELLED_OUT.items():
        # Columns of a table are named in one text, with spaces between them.
        words = {word for text in constants(*folders) for word in (text, *text.split())}
        used |= {name.replace("*", word) for word in words}
    pages = {"explore": "explorer/page.html.j2", "index": "report/templates/index.html.j2"}
    for name, page in pages.items():
        words = re.findall(r'"(?:index\.)?(\w+)"', (LIB / page).read_text("utf-8"))
        used |= {f"{name}.{word}" for word in words}
    page = (LIB / "drafting" / "review.html.j2").read_text("utf-8")
    used |= {f"drafting.{word}" for word in re.findall(r'say\("(\w+)"', page)}
    unused = {
        key for key in set(texts()) - used if not (key.startswith("audit_") and said_by_a_rule(key))
    }
    assert ", ".join(sorted(unused)) == ""


@pytest.mark.parametrize("path", WORDS, ids=lambda path: path.name)
def test_no_text_stands_twice_in_a_file(path):
    assert read_yaml(path)[1] == []


def test_a_text_has_both_languages_and_nothing_else():
    assert {
        key: entry
        for key, entry in texts().items()
        if set(entry) != set(LANGUAGES) or not all(isinstance(text, str) for text in entry.values())
    } == {}


def placeholders(text: str) -> Counter[str]:
    return Counter(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def test_both_languages_fill_in_the_same():
    assert {
        key: entry
        for key, entry in texts().items()
        if set(placeholders(entry["zh"])) != set(placeholders(entry["en"]))
    } == {}


def test_a_placeholder_has_a_name():
    assert {key for key, entry in texts().items() for text in entry.values()
            if "" in placeholders(text)} == set()  # fmt: skip


def bare(text: str) -> str:
    """Leave out what is filled in when it runs."""
    return re.sub(r"\{[^{}]*\}", "", text)


def test_the_chinese_is_chinese_unless_it_is_only_signs():
    assert {
        key: entry["zh"]
        for key, entry in texts().items()
        if WORD.search(bare(entry["zh"])) and not HAN.search(entry["zh"])
    } == {}
    # And where the English has words, so has the Chinese.
    assert {
        key: entry
        for key, entry in texts().items()
        if WORD.search(bare(entry["en"])) and not HAN.search(entry["zh"])
    } == {}


def test_the_english_holds_no_chinese():
    assert {key: entry["en"] for key, entry in texts().items() if HAN.search(entry["en"])} == {}


def test_english_texts_use_no_full_width_punctuation():
    wide = re.compile("[，。；：（）、！？]")
    assert {key: entry["en"] for key, entry in texts().items() if wide.search(entry["en"])} == {}


def test_every_sign_of_a_bound_can_be_printed():
    assert [str(Bound(op=op, value=1)) for op in get_args(Bound.model_fields["op"].annotation)] == [
        "> 1",
        "≥ 1",
        "< 1",
        "≤ 1",
        "= 1",
    ]


#: Texts that this project wrote in Chinese: words, the prose of notebooks, and the definitions.
CHINESE_FILES = sorted(
    [*WORDS, *ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("data/definitions/**/*.yaml")]
)


def chinese_of(node: object) -> Iterator[str]:
    """Give what stands under ``zh`` in definitions, but for the words of a document."""
    if isinstance(node, dict):
        if isinstance(text := node.get("zh"), str):
            yield text
        yield from (text for value in node.values() for text in chinese_of(value))
    elif isinstance(node, list):
        yield from (text for value in node for text in chinese_of(value))


def chinese_texts(path: Path) -> list[str]:
    """Collect the Chinese texts of a file."""
    if path.suffix == ".ipynb":
        cells = json.loads(path.read_text("utf-8"))["cells"]
        return ["".join(c["source"]) for c in cells if "zh" in c["metadata"].get("tags", [])]
    return [*chinese_of(read_yaml(path)[0])]


#: How Chinese is set: full-width stops and brackets, and no space beside a number.
UNUSUAL = {
    "a half-width stop": re.compile(rf"{HAN.pattern}[,;:!?]|{HAN.pattern}\.(?!\w)"),
    "a half-width bracket": re.compile(rf"{HAN.pattern}\(|\({HAN.pattern}|{HAN.pattern}\)"),
    "a space beside a number": re.compile(
        rf"{HAN.pattern} \d|[\d%] {HAN.pattern}|{HAN.pattern} {{(?!command)\w+}}|[\d}}] %"
    ),
}


def test_chinese_is_set_as_in_a_statistical_bulletin():
    found = [
        (path.name, kind, text)
        for path in CHINESE_FILES
        for text in chinese_texts(path)
        for kind, pattern in UNUSUAL.items()
        if pattern.search(text)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [("提高3个百分点,达到95%", "a half-width stop"), ("及格率(%)", "a half-width bracket"),
     ("到 2020年", "a space beside a number"), ("共 {number}项", "a space beside a number"),
     ("95 %以上", "a space beside a number")],
)  # fmt: skip
def test_unusual_chinese_is_found(text, kind):
    assert [name for name, pattern in UNUSUAL.items() if pattern.search(text)] == [kind]


#: Chinese prose that is not under ``zh`` of a definition: pages, and the notes of templates.
CHINESE_PAGES = sorted(
    [ROOT / "README.zh-CN.md", *ROOT.glob("docs/*.md"), *LIB.rglob("template/*.yaml")]
)


@pytest.mark.parametrize("path", [*CHINESE_FILES, *CHINESE_PAGES], ids=lambda path: path.name)
def test_a_plan_sets_targets_and_promises_nothing(path):
    """A statistician writes 目标 or 任务; 承诺 stands only where a document is quoted."""
    page = path in CHINESE_PAGES
    said = path.read_text("utf-8").splitlines() if page else chinese_texts(path)
    assert [text for text in said if "承诺" in text] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_two_verdicts_and_no_two_groups_read_alike(lang):
    for kind, names in (("verdict.{}", Verdict), ("bulletin.group_{}", GROUPS)):
        words = [texts()[kind.format(name)][lang] for name in names]
        assert len(set(words)) == len(words)
