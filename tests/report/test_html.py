"""What comes from data is text and never markup."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.limits import inert
from edu_metrics.report.html import Html, chip, details, facts, join, note, quote, table, tag

#: Text as an HTML parser gives it back: it turns every line end into one.
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).filter(
    lambda text: inert(text) == text
)


class Seen(HTMLParser):
    """Tags, attributes and text as a browser would see them."""

    def __init__(self, html: object) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.values: list[str] = []
        self.text = ""
        self.feed(str(html))
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.values += [value for _, value in attrs]

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize(
    "piece",
    [
        lambda text: tag("p", text),
        lambda text: join([text]),
        lambda text: note(text),
        lambda text: details(text, Html("")),
        lambda text: table([text], [], caption=""),
        lambda text: table([], [[text]], caption=""),
        lambda text: table([], [], caption=text),
    ],
    ids=["tag", "join", "note", "summary", "head", "cell", "caption"],
)
@given(text=TEXT)
def test_any_text_is_shown_as_it_is_and_makes_no_tag(piece, text):
    assert Seen(piece(text)).text == text
    assert Seen(piece(text)).tags == Seen(piece("plain")).tags


@given(text=TEXT)
def test_a_fact_of_any_text_stands_behind_its_title(text):
    seen = Seen(facts({"report.area": text}, "en"))
    assert (seen.text, seen.tags) == (f"Area{text}", ["dl", "dt", "dd"])


@given(text=TEXT)
def test_any_text_can_stand_in_an_attribute(text):
    assert Seen(tag("a", "here", title=text)).values == [text]
    assert Seen(tag("p", "here", css=text)).values == [text]


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,<script>",
        "file:///etc/passwd",
        "vbscript:x",
    ],
)
def test_a_link_leads_to_pages_alone(address):
    assert Seen(tag("a", "here", href=address)).values == ["#"]


@pytest.mark.parametrize(
    "address",
    ["https://example.org/a?b=c:d", "HTTP://example.org", "../en/a/report.html#s1", "#s1", ""],
)
def test_a_link_to_a_page_stands(address):
    assert Seen(tag("a", "here", href=address)).values == [address]


@pytest.mark.parametrize("sign", ["\x1b", "\x9b", "\x07", "\u202e", "\u2066"])
def test_what_steers_a_terminal_or_turns_a_line_stands_on_no_page(sign):
    assert Seen(tag("p", f"a{sign}b", title=f"a{sign}b")).text == "a\ufffdb"
    assert sign not in str(tag("p", f"a{sign}b", title=f"a{sign}b"))


def test_a_quote_says_its_language_and_which_way_it_runs():
    assert str(quote("到2022年", "en")) == '<q lang="zh-CN">到2022年</q>'
    assert str(quote("By 2022", "zh")) == '<q lang="en">By 2022</q>'
    assert str(quote("Até 2022", "pt")) == "<q>Até 2022</q>"
    assert str(quote("עד 2022", "en")) == '<q dir="auto">עד 2022</q>'


def test_a_chip_shows_its_mark_before_its_words():
    seen = Seen(chip("<b>", "high", "▲"))
    assert (seen.tags, seen.text) == (["span"], "▲ <b>")


def test_what_is_html_already_is_left_alone():
    inner = tag("b", "bold")
    assert str(tag("p", inner)) == "<p><b>bold</b></p>"
    assert str(join(["a < b", inner], " ")) == "a &lt; b <b>bold</b>"
    assert str(inner + inner) == "<b>bold</b><b>bold</b>"


def test_columns_of_numbers_are_marked_in_head_and_body():
    shown = str(table(["name", "count"], [["x", "1"]], caption="c", numeric=(1,)))
    assert '<th scope="col">name</th><th class="n" scope="col">count</th>' in shown
    assert '<td>x</td><td class="n">1</td>' in shown


def test_the_lines_of_a_card_name_their_columns():
    shown = str(table(["name", "a & b"], [["x", "1"]], caption="c", css="cards"))
    assert '<td>x</td><td data-label="a &amp; b">1</td>' in shown


def test_what_is_folded_away_is_closed_unless_it_is_to_be_open():
    assert str(details("s", Html("c"))).startswith("<details><summary>s</summary>c")
    assert str(details("s", Html("c"), open_=True)).startswith("<details open>")


def test_a_notebook_shows_it_as_html_and_keeps_it_once():
    piece = tag("p", "word " * 1000)
    # JupyterLab passes over elements of this class where it looks for formulas.
    assert piece._repr_html_() == f'<div class="mathjax_ignore">{piece}</div>'
    assert "word" not in repr(piece)
