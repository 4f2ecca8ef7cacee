"""
Thousands of broken definitions and tables: each is taken or refused with its faults, soon.

Each case is one change of a small sound project; which one follows from the number of the case
alone. What is taken goes through the build, the audit and the verdicts.
"""

from __future__ import annotations

import copy
import csv
import datetime as dt
import hashlib
import io
import shutil
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import yaml

from edu_metrics.catalog import Catalog, load_catalog
from edu_metrics.errors import DataError, EduMetricsError
from edu_metrics.observations import build, validate
from edu_metrics.observations.intake import Mapping, read_mapping, read_table, take_in
from edu_metrics.observations.raw_files import seal
from edu_metrics.plan_audit import as_rows, audit
from edu_metrics.reachability import assess
from edu_metrics.report.summary import as_row
from edu_metrics.simulation import new_project
from edu_metrics.trajectories.panels import read_panels
from edu_metrics.trajectories.reference_classes import new_class

pytestmark = pytest.mark.slow

CASES, LONGEST = 1_000, 5.0  # [s]
#: So many cases share one test: a failure names its own.
CHUNK = 50


class Choice:
    """Choices that follow from a number, and are the same on every machine."""

    def __init__(self, *case: object) -> None:
        self.case, self.turn = case, 0

    def of(self, things):
        things = list(things)
        self.turn += 1
        digest = hashlib.sha256(repr((*self.case, self.turn)).encode()).digest()
        return things[int.from_bytes(digest[:8]) % len(things)]


#: Values that stand where another one was meant.
VALUES = [
    *(None, True, False, 0, -1, 1, 0.5, 100, 1e-320, 1e300, -1e300, 10**30, 9999999999, 2**63),
    *("", " ", "x", "0", "all", "con", "../..", "a/b", "a-b", "A", "年", "=1+1", "$x$ {y} %s", "{"),
    *("\ud800", "\x1b[31m", "\u202e", "😀", "x" * 30_000, "0x10", "1e5", "NaN", ">=5", "<0", "==1"),
    *(">=1e9", ">=99999999999999999999", "2020-02-30", "0001-01-01", "9999-12-31", "201819"),
    *([], [[]], [None], ["a", "a"], {}, {"a": 1}, {2020: ">5"}, {None: None}, [1, "a", {}]),
    *(float("nan"), float("inf"), "2020/2021", "javascript:alert(1)", "１２", b"\x00"),
]


#: Signs that mean something to YAML, and some that mean nothing.
SIGNS = [
    *('"', "'", "[" * 3000, "{", "}", ": ", "\t", "\x00", "&a ", "*a", "!!int ", "#", ","),
    *("\n", "\r", "|", "-", "؟", "\ufeff", ">", "%", "@", "`", "!!timestamp ", "<<: "),
]


def places(content, above=()):
    """Walk over all values of a definition file, each by its keys."""
    inner = content.items() if isinstance(content, dict) else enumerate(content)
    for key, value in inner:
        yield (*above, key)
        if isinstance(value, dict | list):
            yield from places(value, (*above, key))


def changed(content, choice):
    """Change one value: another one, none, twice, or one from elsewhere in the file."""
    content = copy.deepcopy(content)
    *above, key = choice.of(places(content))
    holder = content
    for part in above:
        holder = holder[part]
    other = content
    for part in choice.of(places(content)):
        other = other[part]
    match choice.of(["value", "value", "value", "drop", "twice", "elsewhere", "key"]):
        case "value":
            holder[key] = choice.of(VALUES)
        case "drop":
            del holder[key]
        case "twice" if isinstance(holder, list):
            holder.append(copy.deepcopy(holder[key]))
        case "elsewhere" | "twice":
            holder[key] = copy.deepcopy(other)
        case "key" if isinstance(holder, dict):
            holder[choice.of(["x", "id", 1, None, "zh", 2020])] = holder.pop(key)
    return content


def edited(text, choice):
    """Change the text itself: cut it, put signs in, or take a line away or to elsewhere."""
    place = choice.of(range(len(text) + 1))
    lines = text.splitlines(keepends=True)
    at = choice.of(range(len(lines)))
    match choice.of(["cut", "put", "flip", "drop", "repeat", "indent"]):
        case "cut":
            return text[:place]
        case "put":
            return text[:place] + choice.of(SIGNS) + text[place:]
        case "flip":
            return text[:place] + chr(choice.of(range(1, 0x3000))) + text[place + 1 :]
        case "drop":
            del lines[at]
        case "repeat":
            lines.insert(choice.of(range(len(lines))), lines[at])
        case "indent":
            lines[at] = choice.of(["  ", " ", "- "]) + lines[at]
    return "".join(lines)


#: Definitions of other places, words and units, each with its table.
ODD = sorted(
    path.parent for path in (Path(__file__).parents[1] / "odd_projects").glob("*/areas.yaml")
)


@pytest.fixture(scope="module")
def projects(tmp_path_factory):
    """Make small sound projects that use what definitions can say, with their numbers."""
    folder = tmp_path_factory.mktemp("mutations")
    made = [folder / "new", *(folder / odd.name for odd in ODD)]
    for root, odd in zip(made, [None, *ODD], strict=True):
        new_project(root, lang="en")
        if odd is not None:
            bring(odd, root)
        assert answered(root) == "taken"
    return made


def told_of(odd: Path, catalog: Catalog) -> Mapping:
    mapping = odd / "mapping.yaml"
    told = read_mapping(mapping, catalog) if mapping.exists() else Mapping()
    return told.with_options(source="yearbook", published=dt.date(2024, 6, 1), status="simulated")


def bring(odd: Path, root: Path) -> None:
    folder = root / "data" / "definitions"
    for example in ("plans", "studies"):
        shutil.rmtree(folder / example)
    shutil.rmtree(root / "data" / "raw" / "numbers")
    left = shutil.ignore_patterns("*.csv", "*.txt", "mapping.yaml")
    shutil.copytree(odd, folder, dirs_exist_ok=True, ignore=left)
    catalog = load_catalog(root)
    study = catalog.study("study")
    book = openpyxl.Workbook()
    with (odd / "table.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            book.active.append([cell or None for cell in row])
    book.save(root.parent / "table.xlsx")
    take_in(
        catalog,
        study,
        [root.parent / "table.xlsx"],
        told_of(odd, catalog),
        today=dt.date(2024, 7, 1),
    )


def answered(root: Path) -> str:
    """Ask a project for all it has to say, and tell how that ended."""
    try:
        catalog = load_catalog(root)
        for plan in catalog.plans.values():
            as_rows(audit(catalog, plan))
        for study in catalog.studies.values():
            table = build(catalog, study)
            for one in assess(catalog, study, table):
                as_row(one)
    except EduMetricsError:
        return "refused"
    return "taken"


def hold(case: object, answer) -> str:
    """See to it that a case ends soon, in an answer or in faults."""
    begun = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        try:
            how = answer()
        except Exception as error:
            raise AssertionError(f"case {case}: {type(error).__name__}: {error}") from error
    assert time.process_time() - begun < LONGEST, case
    return how


def definitions(root: Path) -> list[Path]:
    return sorted((root / "data" / "definitions").rglob("*.yaml"))


@pytest.mark.parametrize("first", range(0, CASES, CHUNK))
def test_a_changed_definition_is_taken_or_refused(projects, first):
    ends = []
    for number in range(first, first + CHUNK):
        choice = Choice("definition", number)
        project = choice.of(projects)
        path = choice.of(definitions(project))
        text = path.read_text("utf-8")
        try:
            if choice.of(["content", "content", "text"]) == "content":
                new = yaml.safe_dump(changed(yaml.safe_load(text), choice), allow_unicode=True)
            else:
                new = edited(text, choice)
            path.write_bytes(new.encode("utf-8", "surrogatepass"))
            ends.append(hold((number, path.name), lambda root=project: answered(root)))
        finally:
            path.write_text(text, "utf-8")
    assert set(ends) == {"taken", "refused"}


#: What is typed into cells, by slip or by spite.
CELLS = [
    *("", " ", "-", "—", "…", "*", "n/a", "nan", "inf", "-inf", "1e400", "1e5", "-1", "0x1F"),
    *("9" * 400, "9" * 5000, "1,234", "1,23,4", "８２.5％", ">95", "95以上", "约3万", "12.3亿"),
    *("50%", "2020", "201819", "2018-19", "200506", "9999999999", "1899", "2101", "二〇二〇"),
    *("2020年上半年", "0001-01-01", "9999-12-31", "2020-02-30", "2020/2/3", "Total", "0101"),
    *("合计", "总计", "注：x", "=cmd|'/C calc'!A0", "$x$", "\x1b[31m", "\u202e", "😀", "x" * 5000),
    *('"', "a,b", "\x00", "\r", "exact", "reported", "suppressed", "simulated", "persons"),
    *("万人", "percent", "all", "公斤"),
]


def altered(text: str, choice: Choice) -> bytes:
    """Change a cell, a row or a column of a table, or its bytes."""
    rows = list(csv.reader(io.StringIO(text)))
    row = choice.of(range(len(rows)))
    column = choice.of(range(len(rows[row])))
    match choice.of(["cell"] * 6 + ["drop", "repeat", "short", "long", "column", "swap", "byte"]):
        case "cell":
            rows[row][column] = choice.of(CELLS)
        case "drop":
            del rows[row]
        case "repeat":
            rows.insert(choice.of(range(len(rows))), list(rows[row]))
        case "short":
            rows[row].pop(column)
        case "long":
            rows[row].insert(column, choice.of(CELLS))
        case "column":
            new = choice.of(CELLS)
            rows = [[*cells[:column], new, *cells[column + 1 :]] for cells in rows]
        case "swap":
            other = choice.of(range(len(rows)))
            rows[row], rows[other] = rows[other], rows[row]
        case "byte":
            content = bytearray(text.encode())
            content[choice.of(range(len(content)))] = choice.of(range(256))
            return bytes(content)
    made = io.StringIO()
    csv.writer(made, lineterminator=choice.of(["\n", "\n", "\r\n", "\r"])).writerows(rows)
    return made.getvalue().encode("utf-8", "surrogatepass")


def as_raw_file(root: Path, choice: Choice) -> Callable[[], str]:
    """Bring a changed table in as a raw file that somebody has sealed, and ask the project."""
    (path,) = (root / "data" / "raw" / "numbers").rglob("numbers.csv")
    text, sidecar = path.read_text("utf-8"), path.with_name(f"{path.name}.source.yaml")

    def answer() -> str:
        before = sidecar.read_text("utf-8")
        try:
            path.write_bytes(altered(text, choice))
            seal([path])
            return answered(root)
        except DataError:
            return "refused"
        finally:
            path.write_text(text, "utf-8")
            sidecar.write_text(before, "utf-8")

    return answer


def as_given_table(roots: list[Path], choice: Choice) -> Callable[[], str]:
    """Read a changed table as intake does."""
    odd = choice.of(ODD)
    catalog = load_catalog(next(root for root in roots if root.name == odd.name))
    content = altered((odd / "table.csv").read_text("utf-8"), choice)
    told = told_of(odd, catalog)

    def answer() -> str:
        try:
            validate(read_table(Path("t.csv"), content, catalog, told, "starts").table, catalog)
        except DataError:
            return "refused"
        return "taken"

    return answer


PANEL = "area,year,value,n,group\n" + "".join(
    f"0{area},{year},{60 + area + year % 7},{100 + area},all\n"
    for area in range(1, 6)
    for year in range(2010, 2018)
)


def as_panel(root: Path, choice: Choice) -> Callable[[], str]:
    """Read a changed panel, and make a reference class of it."""
    path = root.parent / "panel.csv"
    path.write_bytes(altered(PANEL, choice))

    def answer() -> str:
        try:
            read_panels(path)
            new_class([path])
        except DataError:
            return "refused"
        return "taken"

    return answer


@pytest.mark.parametrize("first", range(0, CASES, CHUNK))
def test_a_changed_table_is_taken_or_refused(projects, first):
    ends = []
    for number in range(first, first + CHUNK):
        choice = Choice("table", number)
        match number % 3:
            case 0:
                answer = as_raw_file(projects[0], choice)
            case 1:
                answer = as_given_table(projects, choice)
            case _:
                answer = as_panel(projects[0], choice)
        ends.append(hold(number, answer))
    assert set(ends) == {"taken", "refused"}
