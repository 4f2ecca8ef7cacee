"""From an executed notebook to a page: one language, nothing of the run, nothing from outside."""

from __future__ import annotations

import copy
import io
import re

import nbformat
import pytest
import tinyhtml5
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from edu_metrics.report.html import CONTENTS, DOWNLOADS, chip
from edu_metrics.report.page import in_one_language, link_pages, normalised, to_page


def code(source, *outputs, tags=(), **metadata):
    cell = new_code_cell(source, outputs=list(outputs), execution_count=3)
    cell.metadata.update({"tags": list(tags), **metadata})
    return cell


def shown(html):
    return new_output("execute_result", {"text/html": html, "text/plain": "<Html>"})


def stream(name, text):
    return new_output("stream", name=name, text=text)


def executed(started="2020-12-02T08:00", root="/srv/somebody/project", warning="at 0x7f01"):
    """Make a notebook as papermill leaves it."""
    run = {"start_time": started, "duration": 1.5, "status": "completed"}
    parameters = {"study": "s", "lang": "en", "root": root, "out": f"{root}/.draft"}
    cells = [
        code('study = ""', tags=["parameters"], papermill=run),
        code(f'study = "s"\nroot = "{root}"', tags=["injected-parameters"], papermill=run),
        new_markdown_cell("## Question <1> & more", metadata={"tags": ["en"]}),
        code(
            "show(1)", stream("stderr", warning), shown("<p>an answer</p>"),
            papermill=run, execution={"iopub.execute_input": started},
        ),
        code("save()", shown("summary.json"), tags=["hidden"], papermill=run),
    ]  # fmt: skip
    book = new_notebook(cells=cells)
    book.metadata["papermill"] = {
        "parameters": parameters, "start_time": started, "output_path": f"{root}/x",
        "environment_variables": {"HOME": root},
    }  # fmt: skip
    return book


@pytest.fixture
def two_tongues():
    cells = [
        new_markdown_cell("中文", metadata={"tags": ["zh"]}),
        new_markdown_cell("English", metadata={"tags": ["en"]}),
        new_markdown_cell("2 + 2 = 4"),
        code("show()"),
    ]
    return new_notebook(cells=cells)


@pytest.mark.parametrize(("lang", "kept"), [("zh", "中文"), ("en", "English")])
def test_prose_of_the_other_language_goes_and_all_else_stays(two_tongues, lang, kept):
    sources = [cell.source for cell in in_one_language(two_tongues, lang).cells]
    assert sources == [kept, "2 + 2 = 4", "show()"]


def test_the_notebook_that_was_given_keeps_both_languages(two_tongues):
    before = copy.deepcopy(two_tongues)
    in_one_language(two_tongues, "zh").cells[0].source = "changed"
    assert two_tongues == before


def test_two_runs_at_other_times_in_other_places_come_to_the_same_notebook():
    first = nbformat.writes(normalised(executed()))
    again = nbformat.writes(
        normalised(executed("2021-01-01T09:30", "/opt/other", warning="at 0x55aa"))
    )
    assert first == again
    for trace in ("somebody", "2020-12-02", "0x7f01", "duration", "HOME"):
        assert trace not in first


def test_what_was_said_on_stdout_and_shown_is_kept():
    book = executed()
    book.cells[3].outputs.append(stream("stdout", "seen"))
    outputs = normalised(book).cells[3].outputs
    assert [out.output_type for out in outputs] == ["execute_result", "stream"]


def test_the_parameters_stay_in_the_notebook_without_folders():
    book = normalised(executed())
    assert book.metadata["papermill"] == {"parameters": {"study": "s", "lang": "en"}}
    assert book.cells[1].source == "# Parameters\nlang = 'en'\nstudy = 's'"
    assert book.cells[0].source == 'study = ""'


def test_a_normalised_notebook_is_a_valid_one_and_stays_as_it_is():
    book = normalised(executed())
    nbformat.validate(book)
    assert normalised(copy.deepcopy(book)) == book
    assert len({cell["id"] for cell in book.cells}) == len(book.cells)


def page(**changes):
    given = {"title": "A & B", "lang": "en", "home": "../../index.html", **changes}
    return to_page(normalised(executed()), **given)


def test_a_page_shows_prose_and_answers_and_no_code():
    text = page()
    assert "<h2>Question &lt;1&gt; &amp; more</h2>" in text
    assert "<p>an answer</p>" in text
    for absent in ("show(1)", "save()", "summary.json", "# Parameters", "[3]", "0x7f01"):
        assert absent not in text


def test_a_page_names_its_title_language_and_way_home():
    text = page()
    assert "<title>A &amp; B</title>" in text
    assert '<html lang="en">' in text
    assert '<a href="../../index.html">' in text
    assert '<html lang="zh-CN">' in page(lang="zh")


def test_a_page_needs_nothing_from_outside():
    text = page()
    for outside in ("http:", "https:", "<script", "<link", "@import", "url("):
        assert outside not in text


def styled():
    """Style a table and draw an SVG as pandas and matplotlib do: with ids of chance."""
    import pandas as pd
    from matplotlib.figure import Figure

    file = io.StringIO()
    figure = Figure()
    figure.subplots().plot([1, 2])
    figure.savefig(file, format="svg")
    table = pd.DataFrame({"a": [1, 2]}).style.highlight_max()
    data = {"text/html": table.to_html(), "text/plain": repr(object()), "image/svg+xml": ""}
    data["image/svg+xml"] = file.getvalue()
    cell = nbformat.v4.new_code_cell("x")
    cell.outputs = [nbformat.v4.new_output("display_data", data)]
    return nbformat.v4.new_notebook(cells=[cell])


def test_tables_and_drawings_with_ids_of_chance_come_out_the_same_and_whole():
    one, two = styled(), styled()
    raw = one.cells[0].outputs[0].data
    assert raw["text/html"] != two.cells[0].outputs[0].data["text/html"]
    one, two = normalised(one), normalised(two)
    one.cells[0]["id"] = two.cells[0]["id"] = "x"
    assert one == two
    found = one.cells[0].outputs[0].data
    ids = re.findall(r'id="([^"]+)"', found["image/svg+xml"])
    assert len(set(ids)) == len(ids) == len(re.findall(r'id="', found["image/svg+xml"]))
    for used in re.findall(r'(?:href="#|url\(#)([^")]+)', found["image/svg+xml"]):
        assert used in ids
    (style,) = re.findall(r"#(T_\w+?)_row", found["text/html"].split("</style>")[0])
    assert f'id="{style}"' in found["text/html"]


def test_a_notebook_makes_the_same_page_twice():
    assert page() == page()


def test_parameters_of_any_kind_are_written_as_python_reads_them():
    book = executed()
    given = {"area": "海勃湾", "first": 3, "nothing": None, "quoted": "a 'b' \"c\""}
    book.metadata["papermill"]["parameters"] = given
    found: dict[str, object] = {}
    exec(normalised(book).cells[1].source, found)
    assert {name: found[name] for name in given} == given


def headed(files=()):
    """Give a notebook with headings before and behind the place for a list of contents."""
    book = nbformat.v4.new_notebook()
    shown = f"<h2>before</h2>{CONTENTS}{DOWNLOADS}<h2>one &amp; only</h2>"
    output = nbformat.v4.new_output("display_data", {"text/html": shown})
    book.cells = [
        nbformat.v4.new_code_cell("x", outputs=[output]),
        nbformat.v4.new_markdown_cell("## two"),
    ]
    book.metadata["edu_metrics"] = {"files": list(files)}
    return book


def test_contents_lead_to_every_heading_behind_them_and_to_no_other():
    text = to_page(headed(), title="t", lang="en", home="index.html")
    listed = re.findall(r'<li><a href="#(\w+)">(.*?)</a></li>', text)
    assert [title for _, title in listed] == ["one &amp; only", "two"]
    assert re.findall(r'<h2 id="(\w+)">(.*?)</h2>', text) == listed
    assert "<h2>before</h2>" in text


@pytest.mark.parametrize("files", [(), ("data.csv",), ("data.csv", "data.columns.csv")])
def test_only_files_that_are_there_are_offered(files):
    text = to_page(headed(files), title="t", lang="zh", home="index.html")
    assert re.findall(r'href="(data[^"]*)"', text) == list(files)


def pair(folder):
    for lang, other in (("zh", "en"), ("en", "zh")):
        home = folder / lang / "here"
        home.mkdir(parents=True)
        (home / "report.html").write_text(
            page(lang=lang, others={other: f"../../{other}/here/report.html"}), "utf-8"
        )
    return [folder / lang / "here" / "report.html" for lang in ("zh", "en")]


def test_two_languages_are_linked_where_both_are_there_and_only_then(tmp_path):
    pages = pair(tmp_path)
    before = [one.read_bytes() for one in pages]
    assert not any(b'href="../../en' in text for text in before)
    both = {("zh", "here"), ("en", "here")}
    link_pages(tmp_path, both)
    zh, en = (one.read_text("utf-8") for one in pages)
    link = r'<a class="sibling" href *="../../{0}/here/report.html" hreflang="{0}"[^>]*>{1}</a>'
    assert re.search(link.format("en", "English"), zh)
    assert re.search(link.format("zh", "中文"), en)
    linked = [one.read_bytes() for one in pages]
    link_pages(tmp_path, both)
    assert linked == [one.read_bytes() for one in pages]
    link_pages(tmp_path, {("zh", "here")})
    assert before == [one.read_bytes() for one in pages]


def test_a_page_leads_to_those_of_the_whole_study_that_are_there(tmp_path):
    whole = {"../overview/report.html": "Overview", "../plan_audit/report.html": "Audit"}
    home = tmp_path / "en" / "here"
    home.mkdir(parents=True)
    (home / "report.html").write_text(page(lang="en", whole=whole), "utf-8")
    link_pages(tmp_path, {("en", "here"), ("en", "plan_audit"), ("zh", "overview")})
    text = (home / "report.html").read_text("utf-8")
    assert re.findall(r'<a class="sibling" href *="([^"]*)">(\w+)</a>', text) == [
        ("../plan_audit/report.html", "Audit")
    ]


def test_a_folder_without_pages_is_no_fault(tmp_path):
    link_pages(tmp_path, {("zh", "nowhere")})


def test_what_labels_say_alike_is_said_once_and_stays_what_it_was():
    """Each label finds its side in the rules; no cell is lost."""
    cells = "".join(f"<td>{chip('x', kind, '▲')}</td>" for kind in ("red", "green", "red"))
    drawn = '<text class="year" x="1" y="2" text-anchor="end">9</text>'
    plain = '<text class="year" x="1" y="2">8</text>'
    facts = "<dl><dt>a</dt><dd>b</dd><dt>c</dt><dd>d</dd></dl>"
    rows = f"<table><tbody><tr>{cells}</tr><tr><td>{drawn}{plain}</td></tr></tbody></table>{facts}"
    html = nbformat.v4.new_output("execute_result", {"text/html": rows}, execution_count=1)
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("s", outputs=[html])])
    text = to_page(book, title="t", lang="en", home="index.html")
    rules = dict(re.findall(r"\.([\w-]+)\{(.*?)\}", text))
    side, nine = re.search(r'<text class="year( [\w-]+)?" x="1" y="2">(9)</text>', text).groups()
    assert (rules[side.strip()], nine) == ("text-anchor:end;", "9")
    assert plain in text
    parsed = tinyhtml5.parse(text, namespace_html_elements=False)
    table, facts = parsed.find(".//table"), parsed.find(".//dl")
    assert [len(row) for row in table.iter("tr")] == [3, 1]
    assert [(one.tag, one.text) for one in facts] == [*zip(("dt", "dd") * 2, "abcd", strict=True)]
