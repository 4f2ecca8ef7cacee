"""Documents of several kinds give one text: paragraphs, and tables with their rows."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import zipfile
import zlib
from collections import Counter
from pathlib import Path

import pytest
import yaml

from edu_metrics.drafting import draft, draft_file, read_document
from edu_metrics.errors import DataError

ROWS = [["指标", "2020年", "2025年"], ["巩固率（%）", "95.2", "96"], ["毛入学率（%）", "91", "≥92"]]
PARAGRAPH = "到2025年，普惠性幼儿园覆盖率高于85%。"


def word(path: Path) -> Path:
    import docx

    document = docx.Document()
    document.add_paragraph(PARAGRAPH)
    table = document.add_table(rows=3, cols=3)
    for row, cells in zip(table.rows, ROWS, strict=True):
        for cell, words in zip(row.cells, cells, strict=True):
            cell.text = words
    document.add_paragraph("结尾。")
    document.save(path)
    return path


def web(path: Path) -> Path:
    rows = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for row in ROWS)
    path.write_text(
        f"<html><head><title>x</title><style>p{{}}</style></head><body><nav>99%</nav>"
        f"<p>{PARAGRAPH}</p><table>{rows}</table><script>var a = 5;</script></body></html>",
        "utf-8",
    )
    return path


def plain(path: Path) -> Path:
    rows = "\n".join("\t".join(row) for row in ROWS)
    path.write_text(f"{PARAGRAPH}\n{rows}\n", "gb18030")
    return path


def marked(path: Path) -> Path:
    rows = [f"| {' | '.join(row)} |" for row in ROWS]
    path.write_text("\n".join([PARAGRAPH, rows[0], "| --- | --- | --- |", *rows[1:]]), "utf-8")
    return path


@pytest.mark.parametrize(
    ("make", "name"), [(word, "p.docx"), (web, "p.html"), (plain, "p.txt"), (marked, "p.md")]
)
def test_every_kind_of_document_gives_the_same_promises(tmp_path, make, name):
    text = read_document(make(tmp_path / name))
    assert "99%" not in text
    assert "var a" not in text
    made = draft(text, 2021, 2025)
    assert [(p["value"], p["op"], p["base"]) for p in made.promises] == [
        (85, ">", None), (96, ">=", 95.2), (92, ">=", 91)]  # fmt: skip


def page_of_lines(*lines: str) -> bytes:
    """Write a PDF by hand: one page, its lines in Helvetica from the top down."""
    shown = "".join(f"1 0 0 1 50 {750 - 20 * n} Tm ({line}) Tj\n" for n, line in enumerate(lines))
    stream = f"BT /F1 12 Tf\n{shown}ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    content, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = len(content)
    trailer = b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % end
    return content + b"xref\n0 6\n0000000000 65535 f \n" + table + trailer


def test_the_lines_of_a_pdf_are_put_together_to_paragraphs(tmp_path):
    path = tmp_path / "plan.pdf"
    lines = ("The graduation rate of all high schools in the state will",
             "increase to 90 percent by 2030, and no later.", "", "12")  # fmt: skip
    path.write_bytes(page_of_lines(*lines))
    text = read_document(path)
    assert "state will increase to 90 percent by 2030" in text
    (found,) = draft(text, 2024, 2030).promises
    assert (found["value"], found["year"]) == (90, 2030)


def test_radicals_that_a_pdf_prints_are_written_as_characters(tmp_path):
    path = tmp_path / "plan.txt"
    path.write_text("到2025年，覆盖率⾼于85％。⻅下表。", "utf-8")
    text = read_document(path)
    assert "高于" in text
    assert "见下表" in text


@pytest.mark.parametrize(("name", "content", "fault"), [
    ("plan.doc", b"x", "expected one of .txt"),
    ("plan.txt", b"  \n", "no text was found"),
    ("plan.docx", b"no zip", "can't be read as .docx"),
    ("plan.pdf", b"no pdf", "can't be read as .pdf"),
    ("plan.txt", b"\xff\xff\xff", "UTF-8 or GB18030"),
])  # fmt: skip
def test_what_is_no_document_is_told_in_a_sentence(tmp_path, name, content, fault):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataError, match=re.escape(fault)):
        read_document(path)


def test_a_draft_is_not_written_among_definitions(tmp_path):
    path = plain(tmp_path / "p.txt")
    with pytest.raises(DataError, match="no definition"):
        draft_file(path, tmp_path / "data" / "definitions" / "plans")


def test_the_lines_of_a_cell_are_put_together_without_a_space_in_a_word():
    from edu_metrics.drafting.reading import _one_line

    assert _one_line("90以\n上") == "90以上"
    assert _one_line("预期\n性") == "预期性"
    assert _one_line("优质均衡县数\n（个）") == "优质均衡县数（个）"
    assert _one_line("Completion\nrate (%)") == "Completion rate (%)"


@pytest.mark.slow
def test_a_pdf_that_a_browser_prints_gives_every_row_of_its_table(tmp_path):
    chromium = shutil.which("chromium")
    assert chromium, "expected Chromium; install it with: apt-get install chromium"
    texts = Path(__file__).parent / "texts"
    body = ""
    for line in (texts / "five_year_table.txt").read_text("utf-8").splitlines():
        cells = "".join(f"<td>{html.escape(cell)}</td>" for cell in line.split("\t"))
        body += (
            f"<table><tr>{cells}</tr></table>" if "\t" in line else f"<p>{html.escape(line)}</p>"
        )
    body = body.replace("</table><table>", "")
    style = "td{border:1px solid #000}table{border-collapse:collapse}body{width:560px}"
    page = tmp_path / "plan.html"
    page.write_text(f"<meta charset=utf-8><style>{style}</style>{body}", "utf-8")
    told = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    printed = tmp_path / "plan.pdf"
    subprocess.run(
        [chromium, *told, f"--print-to-pdf={printed}", page.as_uri()],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    wanted = yaml.safe_load((texts / "five_year_table.yaml").read_text("utf-8"))["promises"]
    for path in (printed, page):
        made = draft(read_document(path), 2021, 2025)
        found = Counter(one["value"] for one in made.promises if one["value"] is not None)
        assert Counter(one["value"] for one in wanted) - found == Counter()


def test_everything_that_a_word_document_shows_is_read(tmp_path):
    import docx
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    def run(words, tag="t"):
        return f"<w:r><w:{tag}>{words}</w:{tag}></w:r>"

    def boxed(words):
        return f"<w:txbxContent><w:p>{run(words)}</w:p></w:txbxContent>"

    document = docx.Document()
    cell = document.add_table(rows=1, cols=1).cell(0, 0)
    cell.text = "outer"
    cell.add_table(rows=1, cols=1).cell(0, 0).text = "nested"
    for inner in (
        f"<w:p>{run('kept')}<w:ins>{run(' inserted')}</w:ins>"
        f"<w:del>{run('deleted', 'delText')}</w:del></w:p>",
        f"<w:sdt><w:sdtContent><w:p>{run('control')}</w:p></w:sdtContent></w:sdt>",
        f"<w:p><w:sdt><w:sdtContent>{run('inline')}</w:sdtContent></w:sdt></w:p>",
        f"<w:p><w:r><w:pict>{boxed('boxed')}</w:pict></w:r></w:p>",
    ):
        document.element.body.insert(-1, parse_xml(
            inner.replace(">", f" {nsdecls('w')}>", 1)))  # fmt: skip
    document.save(tmp_path / "p.docx")
    read = read_document(tmp_path / "p.docx").split("\n")
    wanted = ["outer", "nested", "kept inserted", "control", "inline", "boxed"]
    assert [line for line in read if line] == wanted


def test_a_word_document_that_unfolds_without_end_is_refused(tmp_path):
    path = word(tmp_path / "p.docx")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/zeros.bin", bytes(110_000_000))
    assert path.stat().st_size < 1_000_000
    with pytest.raises(DataError, match="unfolds to more than 100,000,000 bytes"):
        read_document(path)


@pytest.mark.parametrize("folded", [pytest.param(True, marks=pytest.mark.slow), False])
def test_a_pdf_without_end_is_refused(tmp_path, folded):
    page = zlib.compress(b"0 0 m\n" * 20_000_000) if folded else b""
    number = 1 if folded else 3_001
    kids = b"".join(b"%d 0 R " % (at + 5) for at in range(number))
    path = tmp_path / "p.pdf"
    path.write_bytes(
        b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
        b"2 0 obj\n<</Type/Pages/Count 1/Kids[" + kids + b"]>>\nendobj\n"
        b"4 0 obj\n<</Length "
        + str(len(page)).encode()
        + b"/Filter/FlateDecode>>\nstream\n"
        + page
        + b"\nendstream\nendobj\n"
        + b"".join(
            b"%d 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>\nendobj\n"
            % (at + 5)
            for at in range(number)
        )
        + b"trailer\n<</Root 1 0 R>>\n%%EOF\n"
    )
    expected = "unfolds to more than" if folded else "expected 3,000 pages at most, found 3,001"
    with pytest.raises(DataError, match=expected):
        read_document(path)
