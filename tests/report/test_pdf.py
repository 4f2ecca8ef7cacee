"""A page on paper: its first page alone, in the package's own letters, nothing from outside."""

from __future__ import annotations

import re
import sys
import zlib
from unicodedata import normalize

import pypdfium2
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from edu_metrics.errors import MissingExtraError
from edu_metrics.figures.svg import course
from edu_metrics.report import pdf
from edu_metrics.report.page import normalised, to_page
from edu_metrics.report.pdf import to_pdf

DRAWN = course({2019: 64.0, 2020: 70.0}, [(2022, 90.0, "目标")], labels={}, alt="a line")
BULLETIN = (
    '<section class="bulletin"><h1>模拟东区</h1><p class="dates">判定日期</p>'
    f'<p class="note invented">都是模拟的</p><p>答案在此 (the answer)</p><p>{DRAWN}</p>'
    '<h2 class="annex">附录</h2></section><p>细节</p>'
)  # fmt: skip


def page_of(shown, lang="zh"):
    output = new_output("display_data", {"text/html": shown})
    book = new_notebook(cells=[new_code_cell("x", outputs=[output])])
    return to_page(normalised(book), title="t", lang=lang, home="index.html")


def text_of(made):
    """Read a PDF; what a radical stands for counts as the letter that it looks like."""
    document = pypdfium2.PdfDocument(made)
    return normalize("NFKC", "".join(one.get_textpage().get_text_range() for one in document))


@pytest.fixture(scope="module")
def printed():
    return to_pdf(page_of(BULLETIN))


def test_the_first_page_of_a_report_is_printed_and_its_annex_is_not(printed):
    text = text_of(printed)
    assert "答案在此" in text
    assert "附录" not in text
    assert "细节" not in text


def test_a_page_without_a_bulletin_is_printed_whole():
    page = page_of("<h1>各区对照</h1><details><summary>更多</summary>折起</details>")
    text = text_of(to_pdf(page))
    assert "各区对照" in text
    assert "折起" in text


def test_the_foot_names_place_dates_and_what_warns(printed):
    (foot,) = re.findall(r"模拟东区 · .*", text_of(printed))
    assert "判定日期 · 都是模拟的" in foot
    assert "1 / 1" in text_of(printed)


def test_the_same_page_gives_the_same_bytes(printed):
    assert to_pdf(page_of(BULLETIN)) == printed


def test_quotation_marks_are_as_wide_as_the_language_around_them():
    """The carried letters have only those of Chinese."""
    shown = '<h1>the plan’s “pace”</h1><q lang="zh-CN">每年“提升”</q><p>it’s</p>'
    assert 'the plan\'s "pace"' in (text := text_of(to_pdf(page_of(shown, "en"))))
    assert "每年“提升”" in text
    assert "it's" in text
    assert "“pace”" in text_of(to_pdf(page_of(shown, "zh")))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_letters_are_the_carried_ones_in_two_weights(lang):
    made = to_pdf(page_of(BULLETIN, lang))
    packed = re.findall(rb"/ObjStm.*?stream\n(.*?)\nendstream", made, re.DOTALL)
    told = b"".join(zlib.decompress(one) for one in packed)
    fonts = set(re.findall(rb"/FontName /[A-Z]{6}\+([\w-]+)", told))
    assert fonts == {b"Carried-Noto-Sans-SC", b"Carried-Noto-Sans-SC-Bold"}


def colours(made):
    """Give the share of the pixels that have each colour."""
    picture = pypdfium2.PdfDocument(made)[0].render(scale=2).to_pil().convert("RGB")
    counted = picture.getcolors(1 << 24)
    return {colour: count for count, colour in counted}


def test_drawings_have_the_colours_of_a_light_page(printed):
    seen = colours(printed)
    assert seen.get((0xB3, 0x47, 0x00), 0) > 20, "what is asked"
    plain = page_of(BULLETIN.replace(DRAWN, ""))
    assert (0xB3, 0x47, 0x00) not in colours(to_pdf(plain))


def test_nothing_is_fetched(tmp_path, monkeypatch):
    import urllib.request

    def refuse(*_, **__):
        raise AssertionError("something was opened")

    monkeypatch.setattr(urllib.request.OpenerDirector, "open", refuse)
    picture = tmp_path / "x.png"
    picture.write_bytes(b"")
    asked = f'<img alt="" src="https://example.org/x.png"><img alt="" src="{picture.as_uri()}">'
    assert to_pdf(page_of(f"<h1>a</h1>{asked}")).startswith(b"%PDF-")


def test_a_machine_without_pango_is_told_what_to_install(monkeypatch):
    class Finder:
        def find_spec(self, name, path=None, target=None):
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'")

    for name in [one for one in sys.modules if one.partition(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(pdf, "require_extra", lambda _: None)
    monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])
    with pytest.raises(MissingExtraError, match=r"Pango.*apt-get install"):
        to_pdf("<html></html>")
