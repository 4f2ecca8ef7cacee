"""A report's page as a PDF: its first page alone where it has one, all of it where not."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

from edu_metrics.errors import MissingExtraError, require_extra

__all__ = ["require_pdf", "to_pdf"]

#: Where the first page of a report ends.
_ANNEX = re.compile(r'<h2 class="annex">.*(?=</main>)', re.DOTALL)
_VARIABLE = re.compile(r"--([\w-]+): ?([^;}]+)")
_RULE = re.compile(r"(?<=[}\s])(svg[^{}]*)\{([^}]*)\}")
_USED = re.compile(r"var\(--([\w-]+)\)")
_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_MIXED = re.compile(r"color-mix\(in srgb, ([^ ,]+) [^)]*\)")

#: A Chinese quotation in a page of another language, and the marks around what is no such one:
#: the carried letters have them as wide as a Chinese sign.
_MARKS = re.compile(r'(<(\w+)[^>]* lang="zh[^>]*>.*?</\2>)|[“”‘’]', re.DOTALL)
_NARROW = str.maketrans("“”‘’", "\"\"''")

#: What paper has and a screen does not: the package's own letters in both weights, and a foot.
#: Columns are parts of the page: of fractions every cell would be laid out twice to be measured.
_PAPER = """
@font-face { font-family: Carried Noto Sans SC; src: url(font:NotoSansSC-Regular.ttf); }
@font-face { font-family: Carried Noto Sans SC; font-weight: 700;
  src: url(font:NotoSansSC-Bold.ttf); }
body { font-family: Carried Noto Sans SC !important; }
dl.lines { grid-template-columns: 22% 78% !important; column-gap: 0 !important; }
.charts { grid-template-columns: 32% 32% 32% !important; column-gap: 2% !important; }
.pair { grid-template-columns: 49% 49% !important; column-gap: 2% !important; }
h1 { string-set: place content(); } .dates { string-set: dates " · " content(); }
.note.invented, .note.hypothetical { string-set: warning " · " content(); }
@page { font-family: Carried Noto Sans SC; font-size: 7.6pt; color: #4f5a65;
  @bottom-left { content: string(place) string(dates) string(warning); width: 85%; }
  @bottom-right { content: counter(page) " / " counter(pages); } }
"""


def require_pdf() -> None:
    """
    Stop with one sentence where a PDF can't be made here.

    Raises
    ------
    MissingExtraError
        If WeasyPrint is not installed, or finds no Pango on this machine.
    """
    require_extra("pdf")
    try:
        import weasyprint  # noqa: F401
    except OSError as error:
        raise MissingExtraError(
            f"WeasyPrint needs Pango, which this machine lacks ({error}): install it with "
            "`apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0`, "
            "`dnf install pango` or `brew install pango`"
        ) from error


def to_pdf(page: str) -> bytes:
    """
    Print a page on A4; the same page gives the same bytes.

    Parameters
    ----------
    page : str
        HTML of a report. Of one that opens with a bulletin that alone is printed.

    Returns
    -------
    bytes
        A PDF that holds its letters. Nothing is fetched for it.

    Raises
    ------
    MissingExtraError
        If it can't be made here.

    Examples
    --------
    >>> made = to_pdf('<html lang="en"><body><main><h1>Place</h1></main></body></html>')
    >>> made[:5]
    b'%PDF-'
    """
    require_pdf()
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    if '<html lang="zh' not in page:
        page = _MARKS.sub(lambda found: found[1] or found[0].translate(_NARROW), page)
    rules = _drawn(page)
    shown = _SVG.sub(lambda found: _styled(found[0], rules), _ANNEX.sub("</section>", page))
    fonts, fetcher = FontConfiguration(), _fetcher()
    paper = CSS(string=_PAPER, font_config=fonts, url_fetcher=fetcher)
    document: Any = HTML(string=shown, url_fetcher=fetcher)
    made: bytes = document.write_pdf(stylesheets=[paper], font_config=fonts)
    return made


def _drawn(page: str) -> list[tuple[str, str]]:
    """Give the rules of a page for its drawings, with the colours of paper written out."""
    style = " ".join(re.findall(r"<style>(.*?)</style>", page, re.DOTALL))
    light = dict(_VARIABLE.findall(style.partition("@media")[0]))
    plain = _MIXED.sub(r"\1", _USED.sub(lambda one: light.get(one[1], "inherit"), style))
    return [
        (name, body)
        for names, body in _RULE.findall(plain)
        for name in names.split(",")
        if "paint-order" not in body  # there the seam of a letter would cover the letter
    ]


def _styled(drawing: str, rules: list[tuple[str, str]]) -> str:
    """Put the rules into a drawing that are about it: nothing of its page's style reaches it."""
    classes = {one for names in re.findall(r'class="([^"]*)"', drawing) for one in names.split()}
    mine = (
        f"{name}{{{body}}}"
        for name, body in rules
        if classes.issuperset(re.findall(r"\.([\w-]+)", name))
    )
    start, end, rest = drawing.partition(">")
    letters = "svg{font-family:Carried Noto Sans SC}"
    return f"{start}{end}<style>{letters}{''.join(mine)}</style>{rest}"


@cache
def _fetcher() -> Any:
    """Make what hands out the carried fonts, pictures that stand in the page, and nothing else."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Fetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            kind, _, name = url.partition(":")
            if kind != "font":
                return super().fetch(url, headers)
            font = files("edu_metrics.figures") / "fonts" / name
            return URLFetcherResponse(url, font.read_bytes())

    return Fetcher(allowed_protocols=("data",))
