"""The shipped notebooks, run by papermill on the shipped data, from nothing."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser

import nbformat
import pytest

from edu_metrics.batch import How, make_reports, plan_reports, run
from edu_metrics.catalog import load_catalog

pytestmark = pytest.mark.slow

LANGUAGES = ("zh", "en")


class Page(HTMLParser):
    """What a page is made of, as a browser would see it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.headings: list[str] = []
        self.captions: list[str] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in ("img", "meta", "br", "hr", "link", "input"):
            self._open.append(tag)

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        if "style" in self._open:
            return
        self.words.append(data)
        if self._open and self._open[-1] in ("h2", "h3"):
            self.headings.append(data.strip())

    @property
    def text(self) -> str:
        return " ".join(self.words)


@pytest.fixture(scope="session")
def root(tmp_path_factory, shipped_root):
    """Copy what a new clone has: definitions, raw files and notebooks, and nothing made."""
    folder = tmp_path_factory.mktemp("clone")
    for part in ("data/definitions", "data/raw", "notebooks"):
        shutil.copytree(
            shipped_root / part, folder / part, ignore=shutil.ignore_patterns("simulated")
        )
    return folder


@pytest.fixture(scope="session")
def outcomes(root):
    """Make the city's report and the overview, in both languages."""
    return make_reports(root, ["wuhai"], first=1, how=How(workers=2))


@pytest.fixture(scope="session")
def folder(root, outcomes):
    return root / "reports" / "wuhai"


@pytest.fixture(scope="session")
def pages(folder):
    return {
        (area, lang): Page((folder / lang / area / "report.html").read_text("utf-8"))
        for area in ("wuhai", "overview", "plan_audit")
        for lang in LANGUAGES
    }


@pytest.fixture(scope="session")
def plan(root):
    return load_catalog(root).plan("wuhai_2020_2022")


def test_all_reports_are_made_from_nothing(root, outcomes):
    assert [(study, outcome.name, outcome.status) for study, outcome in outcomes] == [
        ("wuhai", f"{lang}/{area}", "made")
        for lang in LANGUAGES
        for area in ("overview", "plan_audit", "wuhai")
    ]
    assert (root / "data" / "processed" / "wuhai.parquet").is_file()


def test_each_report_has_its_files_and_no_other(folder, left_behind):
    for lang in LANGUAGES:
        assert sorted(path.name for path in (folder / lang / "wuhai").iterdir()) == [
            "data.columns.csv", "data.csv", "form.xlsx", "glance.json", "report.html",
            "report.ipynb", "summary.json", "tables",
        ]  # fmt: skip
        assert sorted(path.name for path in (folder / lang / "overview").iterdir()) == [
            "report.html", "report.ipynb", "tables"
        ]  # fmt: skip
    tables = {f"verdicts.{end}" for end in ("csv", "columns.csv", "xlsx")}
    assert {path.name for path in folder.iterdir()} == {
        "zh", "en", "index.html", "index.en.html", "manifest.json", *tables
    }  # fmt: skip
    assert (folder.parent / "index.html").is_file()
    assert (folder.parent / "index.en.html").is_file()
    assert left_behind(folder.parent) == []


def test_every_link_of_the_indexes_and_of_the_pages_leads_to_a_file(folder):
    for page in folder.parent.rglob("*.html"):
        found = Page(page.read_text("utf-8"))
        links = [given for tag, given in found.tags if tag == "a"]
        # A page of the same study that was not made is led to by nothing that is seen.
        absent = [given for given in links if "href" not in given]
        assert all({"class", "data-to"} <= given.keys() for given in absent)
        assert not any((page.parent / given["data-to"]).is_file() for given in absent)
        inner = [
            given["href"]
            for given in links
            if "href" in given and not given["href"].startswith(("http://", "https://"))
        ]
        assert inner
        ids = {given["id"] for _, given in found.tags if "id" in given}
        for link in inner:
            file, _, place = link.partition("#")
            assert (page.parent / file).is_file() or (not file and place in ids), (page, link)


def test_the_two_languages_of_a_page_lead_to_each_other(folder):
    for area in ("wuhai", "overview", "plan_audit"):
        for lang, other in (("zh", "en"), ("en", "zh")):
            found = Page((folder / lang / area / "report.html").read_text("utf-8"))
            links = [given.get("href") for tag, given in found.tags if tag == "a"]
            assert f"../../{other}/{area}/report.html" in links
            home = "index.html" if lang == "zh" else "index.en.html"
            assert f"../../{home}" in links


def test_tables_have_heads_and_figures_are_told_apart(folder):
    for page in folder.parent.rglob("*.html"):
        found = Page(page.read_text("utf-8"))
        scopes = {given.get("scope") for tag, given in found.tags if tag == "th"}
        assert scopes <= {"col", "row", "rowgroup"}, page
        alts = [given["alt"] for tag, given in found.tags if tag == "img"]
        assert len(set(alts)) == len(alts), page
        assert all(alts)


@pytest.mark.parametrize("area", ["wuhai", "overview"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_fetches_nothing_from_outside(pages, area, lang):
    for tag, given in pages[area, lang].tags:
        assert tag not in ("script", "link", "iframe", "object", "input")
        assert not {name for name in given if name.startswith("on")}
        for name in ("src", "srcset", "data", "poster"):
            assert given.get(name, "data:image/png;base64,").startswith("data:image/png;base64,")
        assert "href" not in given or tag == "a"


def test_the_style_fetches_nothing_from_outside(folder):
    text = (folder / "zh" / "wuhai" / "report.html").read_text("utf-8")
    style = text[text.index("<style>") : text.index("</style>")]
    assert "@import" not in style
    assert "url(" not in style


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_shows_neither_code_nor_what_went_to_stderr(folder, pages, lang):
    for area in ("wuhai", "overview"):
        raw = (folder / lang / area / "report.html").read_text("utf-8")
        assert "import report" not in pages[area, lang].text
        assert "output_stderr" not in raw
        assert "input_area" not in raw
        assert "Warning" not in pages[area, lang].text
        assert "summary.json" not in pages[area, lang].text


@pytest.mark.parametrize(
    ("lang", "name", "tongue"), [("zh", "乌海市", "zh-CN"), ("en", "Wuhai", "en")]
)
def test_the_title_names_the_area_in_the_language_of_the_page(folder, lang, name, tongue):
    text = (folder / lang / "wuhai" / "report.html").read_text("utf-8")
    title = text[text.index("<title>") : text.index("</title>")]
    assert name in title
    assert f'<html lang="{tongue}">' in text


@pytest.mark.parametrize("area", ["wuhai", "overview"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_sections_stand_in_the_order_of_the_notebook_in_one_language(root, pages, area, lang):
    name = "district_report" if area == "wuhai" else "city_overview"
    cells = nbformat.read(root / "notebooks" / f"{name}.ipynb", as_version=4).cells
    headings = {
        tongue: [
            line.lstrip("# ")
            for cell in cells
            if cell.cell_type == "markdown" and tongue in cell.metadata.get("tags", [])
            for line in cell.source.splitlines()
            if line.startswith("#")
        ]
        for tongue in LANGUAGES
    }
    found = [title for title in pages[area, lang].headings if title in headings[lang]]
    assert found == headings[lang]
    other = headings["en" if lang == "zh" else "zh"]
    assert not set(other) & set(pages[area, lang].headings)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_prose_of_the_other_language_is_left(root, pages, folder, lang):
    for name, area in (("district_report", "wuhai"), ("city_overview", "overview")):
        cells = nbformat.read(root / "notebooks" / f"{name}.ipynb", as_version=4).cells
        made = nbformat.read(folder / lang / area / "report.ipynb", as_version=4).cells
        prose = [cell.source for cell in made if cell.cell_type == "markdown"]
        assert prose == [
            cell.source
            for cell in cells
            if cell.cell_type == "markdown" and cell.metadata.tags == [lang]
        ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_target_of_the_plan_stands_in_the_city_s_report(pages, plan, lang):
    assert len(plan.targets) == 93
    text = pages["wuhai", lang].text.replace("\N{NO-BREAK SPACE}", " ")
    assert [target.id for target in plan.targets if target.title.in_(lang) not in text] == []
    assert [target.id for target in plan.targets if target.quote not in text] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_numeric_target_stands_in_the_overview(pages, plan, lang):
    text = pages["overview", lang].text.replace("\N{NO-BREAK SPACE}", " ")
    titles = [target.title.in_(lang) for target in plan.targets if target.numeric]
    assert [title for title in titles if title not in text] == []


@pytest.mark.parametrize("area", ["wuhai", "overview"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_figure_has_a_text_alternative_and_a_caption(pages, area, lang):
    page = pages[area, lang]
    told = [given["alt"] for tag, given in page.tags if tag == "img"]
    told += [given["aria-label"] for tag, given in page.tags if given.get("class") == "course"]
    assert told or area == "overview", "no part of this city has figures to split"
    assert all(len(one) > 10 for one in told)
    assert sum(tag == "figcaption" for tag, _ in page.tags) == len(told)


def test_summary_and_command_line_come_to_the_same_verdicts(root, folder, plan, command):
    summary = json.loads((folder / "zh" / "wuhai" / "summary.json").read_text("utf-8"))
    rows = command(
        "assess", "wuhai", "--area", "乌海", "--root", root, "--format", "json"
    ).rows  # fmt: skip
    assert summary["verdicts"] == {row["target"]: row["verdict"] for row in rows}
    assert list(summary["verdicts"]) == [target.id for target in plan.targets]
    assert summary["assessments"] == rows
    assert (summary["simulated"], summary["hypothetical"]) == (False, False)


def test_both_languages_say_the_same(folder):
    zh, en = (
        json.loads((folder / lang / "wuhai" / "summary.json").read_text("utf-8"))
        for lang in LANGUAGES
    )
    assert zh.pop("lang") == "zh"
    assert en.pop("lang") == "en"
    assert zh == en


def test_page_summary_and_manifest_carry_the_same_hash_of_the_inputs(folder, pages):
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    digests = {(e["area"], e["lang"]): e["inputs_sha256"] for e in manifest["areas"]}
    summary = json.loads((folder / "en" / "wuhai" / "summary.json").read_text("utf-8"))
    assert summary["inputs_sha256"] == digests["wuhai", "en"] == digests["wuhai", "zh"]
    for key, page in pages.items():
        assert digests[key] in page.text
        book = nbformat.read(folder / key[1] / key[0] / "report.ipynb", as_version=4)
        assert book.metadata["edu_metrics"]["inputs_sha256"] == digests[key]


def test_no_folder_of_the_machine_is_told(root, folder):
    for path in folder.rglob("*"):
        if path.is_file():
            assert str(root).encode() not in path.read_bytes(), path


@pytest.mark.parametrize("area", ["wuhai", "overview", "plan_audit"])
def test_a_kernel_in_another_folder_gives_the_same_bytes(root, folder, tmp_path, area):
    """
    The first run forked; this one starts a kernel, and writes elsewhere: neither may show.

    So all outputs are the same, cell by cell.
    """
    planned = plan_reports(root, ["wuhai"], out=tmp_path / "elsewhere", lang="zh", first=1)
    (job,) = [found.job for found in planned if found.job.folder.name == area]
    assert run(job).status == "made"
    names, others = (
        sorted(str(path.relative_to(one)) for path in one.rglob("*") if path.is_file())
        for one in (folder / "zh" / area, job.folder)
    )
    assert names == others
    cells = [nbformat.read(f / "report.ipynb", 4).cells for f in (folder / "zh" / area, job.folder)]
    for first, again in zip(*cells, strict=True):
        assert first == again
    for name in names:
        # A batch links the languages with each other once all reports are made.
        alone = (folder / "zh" / area / name).read_bytes().replace(b"href   =", b"data-to=")
        assert alone == (job.folder / name).read_bytes(), name


@pytest.fixture(scope="module")  # two browsers of one process can't be driven at once
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        found = started.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        yield found
        found.close()


AREAS = ("wuhai", "overview", "plan_audit")


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_folded_on_a_screen_stands_on_paper(folder, browser, area, lang):
    page = browser.new_page(viewport={"width": 700, "height": 1000})  # A4 less its margins
    page.goto((folder / lang / area / "report.html").as_uri())
    hidden = """() => [...document.querySelectorAll('details')].flatMap(one => [...one.children])
        .filter(one => one.tagName !== 'SUMMARY' && !one.matches('.csv') &&
            !one.checkVisibility())
        .map(one => one.textContent.slice(0, 50))"""
    folded = page.evaluate("document.querySelectorAll('details:not([open])').length")
    assert bool(page.evaluate(hidden)) == bool(folded)
    page.emulate_media(media="print")
    assert page.evaluate(hidden) == []
    cut = """() => [...document.querySelectorAll('main *')].filter(one =>
        one.getBoundingClientRect().right > innerWidth + 1)
        .map(one => one.outerHTML.slice(0, 60))"""
    assert page.evaluate(cut) == []
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    page.close()


def _luminance(colour):
    red, green, blue = (int(one) / 255 for one in re.findall(r"\d+", colour)[:3])
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in
              (red, green, blue)]  # fmt: skip
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stand_out_from_the_page_by_day_and_by_night(folder, browser, scheme):
    page = browser.new_page(color_scheme=scheme)
    page.goto((folder / "zh" / "wuhai" / "report.html").as_uri())
    pick = "(name) => {const e = document.querySelector(name); return e && getComputedStyle(e)"
    ground = _luminance(page.evaluate(f"({pick}.backgroundColor}})('main')"))
    assert (ground < 0.1) == (scheme == "dark")
    for name in ("main p", "main a", "small", "dt.lacking", "dt.met", "q", "caption"):
        text = _luminance(page.evaluate(f"({pick}.color}})('{name}')"))
        lighter, darker = max(text, ground), min(text, ground)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, name
    page.close()
