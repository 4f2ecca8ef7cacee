"""What a reader must be able to see: every character, every colour and verdict, always alike."""

from __future__ import annotations

import io
import itertools
import re
import shutil
import unicodedata
import warnings
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from fontTools.ttLib import TTFont
from matplotlib import font_manager
from matplotlib.figure import Figure

from edu_metrics.errors import ReportError
from edu_metrics.figures import style
from edu_metrics.figures.svg import VERDICT_COLOURS, VERDICT_MARKS
from edu_metrics.plan_audit import Severity
from edu_metrics.report.html import stylesheet
from edu_metrics.words import texts

ROOT = Path(__file__).resolve().parents[2]
FONTS = ROOT / "lib/edu_metrics/figures/fonts"
FILES = {weight: FONTS / f"NotoSansSC-{weight}.ttf" for weight in ("Regular", "Bold")}
STAND_INS = {
    "Regular": Path(mpl.get_data_path(), "fonts/ttf/DejaVuSans.ttf"),
    "Bold": Path(mpl.get_data_path(), "fonts/ttf/DejaVuSans-Bold.ttf"),
}
SAMPLE = "海勃湾区 乌达区 海南区 高中阶段毛入学率 ≥95% − “以上” ①②③"

CSS = stylesheet()
#: A wide figure that is not square. [inches]
STRIP = (7.2, 2.2)


@pytest.fixture
def bare_machine(monkeypatch):
    """Let matplotlib know no font but the DejaVu family that it brings along."""
    own = [font for font in font_manager.fontManager.ttflist if font.name == "DejaVu Sans"]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", own)
    monkeypatch.setattr(font_manager.fontManager, "afmlist", [])


def characters_of(path: Path) -> set[str]:
    return {chr(code) for code in TTFont(path, lazy=True).getBestCmap()}


def picture(text: str, *, kind: str = "png", weight: str = "normal") -> bytes:
    figure = Figure(figsize=STRIP)
    axes = figure.add_subplot()
    axes.plot([2020, 2021, 2022], [93.0, 95.0, 95.5], marker="o")
    axes.set_title(text, weight=weight)
    file = io.BytesIO()
    figure.savefig(file, format=kind, metadata={"Date": None} if kind == "svg" else None)
    return file.getvalue()


def gb2312() -> set[str]:
    """Take a standard's characters from its rows and cells; the codec refuses the empty ones."""
    places = itertools.product(range(0xA1, 0xF8), range(0xA1, 0xFF))
    return set("".join(bytes(place).decode("gb2312", errors="ignore") for place in places))


@pytest.mark.parametrize("weight", ["normal", "bold"])
@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_chinese_is_drawn_without_a_missing_glyph_where_no_chinese_font_is_installed(
    bare_machine, kind, weight
):
    with style.use_style(), warnings.catch_warnings():
        warnings.simplefilter("error")
        picture(SAMPLE, kind=kind, weight=weight)


def test_without_the_style_the_same_text_has_missing_glyphs(bare_machine):
    with mpl.rc_context({"font.family": ["DejaVu Sans"]}), pytest.warns(UserWarning, match="Glyph"):
        picture(SAMPLE)


def test_bold_text_is_drawn_from_a_bold_font_and_regular_text_is_not(bare_machine):
    with style.use_style():
        chosen = {
            weight: Path(
                font_manager.fontManager.findfont(
                    font_manager.FontProperties(family="Noto Sans SC", weight=weight)
                )
            )
            for weight in ("normal", "bold")
        }
        assert chosen == {"normal": FILES["Regular"], "bold": FILES["Bold"]}
        assert picture("海勃湾区", weight="bold") != picture("海勃湾区")


def test_bold_strokes_cover_more_of_the_square_than_regular_ones():
    def ink(weight: str) -> float:
        font = TTFont(FILES[weight], lazy=True)
        glyph = font["glyf"][font.getBestCmap()[ord("一")]]  # one horizontal stroke
        return glyph.yMax - glyph.yMin

    assert ink("Bold") > 1.3 * ink("Regular")


def test_the_carried_font_is_taken_before_a_system_font_of_the_same_name(bare_machine, tmp_path):
    rival = shutil.copy(FILES["Regular"], tmp_path / "NotoSansSC-of-the-system.ttf")
    font_manager.fontManager.addfont(rival)
    assert Path(font_manager.fontManager.findfont("Noto Sans SC")) == rival
    with style.use_style():
        assert Path(font_manager.fontManager.findfont("Noto Sans SC")) == FILES["Regular"]


def test_registering_twice_adds_nothing_the_second_time(bare_machine):
    style.register_fonts()
    once = [font.fname for font in font_manager.fontManager.ttflist]
    style.register_fonts()
    assert [font.fname for font in font_manager.fontManager.ttflist] == once
    assert {str(file) for file in FILES.values()} < set(once)


def test_a_lost_font_file_is_an_error_that_names_it(monkeypatch, tmp_path):
    monkeypatch.setattr(style, "_FONT_FOLDER", tmp_path)
    with pytest.raises(ReportError, match=r"NotoSansSC-Regular\.ttf\n.*NotoSansSC-Bold\.ttf"):
        style.register_fonts()


@pytest.mark.parametrize("weight", FILES)
def test_the_fonts_draw_all_of_gb_2312(weight):
    standard = gb2312()
    hanzi = {character for character in standard if "CJK UNIFIED" in unicodedata.name(character)}
    assert (len(standard), len(hanzi)) == (7445, 6763)  # as the standard itself counts
    assert standard - characters_of(FILES[weight]) == set()


@pytest.mark.parametrize("weight", FILES)
@pytest.mark.parametrize(
    "needed",
    [
        pytest.param("".join(map(chr, range(0x20, 0x7F))), id="ascii"),
        pytest.param("".join(map(chr, range(0xA0, 0x100))), id="latin-1"),
        pytest.param("αβγδεζηθικλμνξοπρστυφχψωΔΣΩ", id="greek"),
        pytest.param("“”‘’—–…·、。《》【】（）％－", id="punctuation"),
        pytest.param("①②③④⑤⑥⑦⑧⑨⑩ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ", id="numerals"),
        pytest.param("≥≤≈≠±×÷−‰℃→←↑↓■□▲△▼●○★", id="signs"),
        pytest.param("磴赉鄂畲硚猇瀍浉埇酂鄠垚圐圙", id="place names"),
    ],
)
def test_the_fonts_draw_what_reports_are_written_with(weight, needed):
    assert set(needed) - characters_of(FILES[weight]) == set()


@pytest.mark.parametrize("weight", FILES)
def test_every_character_of_the_definitions_and_of_our_words_can_be_drawn(weight):
    files = [
        *ROOT.glob("data/definitions/**/*.yaml"),
        *(file for file in ROOT.glob("lib/edu_metrics/words/**/*") if file.suffix != ".pyc"),
    ]
    texts = {file: file.read_text("utf-8") for file in files if file.is_file()}
    assert {file.suffix for file in texts} >= {".yaml", ".py"}
    drawable = characters_of(FILES[weight]) | characters_of(STAND_INS[weight]) | {"\n"}
    lacking = {
        f"U+{ord(character):04X} {character} in {file.relative_to(ROOT)}"
        for file, text in texts.items()
        for character in set(text) - drawable
    }
    assert lacking == set()


@pytest.mark.parametrize("weight", FILES)
def test_the_fonts_keep_their_licence_and_stay_clear_of_its_reserved_name(weight):
    names = TTFont(FILES[weight], lazy=True)["name"]
    assert "SIL Open Font License, Version 1.1" in names.getDebugName(13)
    assert not any("Source" in (names.getDebugName(number) or "") for number in (1, 3, 4, 6, 16))
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FONTS / "OFL.txt").read_text("utf-8")


def test_the_style_ends_with_its_block():
    before = dict(mpl.rcParams)
    with style.use_style():
        assert dict(mpl.rcParams) != before
    assert dict(mpl.rcParams) == before


def test_a_picture_has_the_size_that_was_asked_for_and_nothing_is_cropped():
    with style.use_style():
        width, height = np.frombuffer(picture("海")[16:24], dtype=">u4")
    assert (width, height) == tuple(round(150 * inches) for inches in STRIP)


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_the_same_figure_has_the_same_bytes(kind):
    with style.use_style():
        assert picture(SAMPLE, kind=kind) == picture(SAMPLE, kind=kind)


# Linear light of a full colour-vision deficiency: Machado, Oliveira and Fernandes (2009),
# "A physiologically-based model for simulation of color vision deficiency", table 1, severity 1.
EYES = {
    "normal": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def linear(colour: str) -> np.ndarray:
    part = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(TO_XYZ[1] @ linear(colour))


def lab(light: np.ndarray) -> np.ndarray:
    """CIE 1976 L*a*b* under D65, in which 2.3 is a just noticeable difference."""
    xyz = TO_XYZ @ light / TO_XYZ.sum(axis=1)
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("eye", EYES)
def test_any_two_roles_can_be_told_apart_by_every_kind_of_eye(eye):
    seen = {
        role: lab(np.clip(EYES[eye] @ linear(colour), 0, 1))
        for role, colour in style.COLOURS.items()
    }
    distances = {
        (one, other): float(np.linalg.norm(seen[one] - seen[other]))
        for one, other in itertools.combinations(seen, 2)
    }
    assert min(distances.values()) > 15, min(distances, key=distances.__getitem__)


@pytest.mark.parametrize("role", style.COLOURS)
def test_every_colour_stands_out_from_a_white_page(role):
    assert (
        1.05 / (luminance(style.COLOURS[role]) + 0.05) >= 3.0
    )  # WCAG 2.2, success criterion 1.4.11


# -- verdicts ---------------------------------------------------------------------------------


def test_every_verdict_that_has_a_word_has_a_colour_and_a_mark():
    words = {key.removeprefix("verdict.") for key in texts() if key.startswith("verdict.")}
    verdicts = {word for word in words if not word.endswith("_means")}
    assert set(VERDICT_COLOURS) == set(VERDICT_MARKS) == verdicts


@pytest.mark.parametrize("verdict", VERDICT_COLOURS)
def test_text_upon_a_chip_can_be_read(verdict):
    light, dark = sorted(map(luminance, VERDICT_COLOURS[verdict]), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2.2, success criterion 1.4.3


@pytest.mark.parametrize("eye", EYES)
def test_any_two_chips_can_be_told_apart_by_every_kind_of_eye(eye):
    seen = {
        verdict: lab(np.clip(EYES[eye] @ linear(colour), 0, 1))
        for verdict, (colour, _) in VERDICT_COLOURS.items()
    }
    distances = {
        pair: float(np.linalg.norm(seen[pair[0]] - seen[pair[1]]))
        for pair in itertools.combinations(seen, 2)
    }
    assert min(distances.values()) > 15, min(distances, key=distances.__getitem__)


def test_no_two_chips_are_equally_light():
    lightness = sorted(lab(linear(colour))[0] for colour, _ in VERDICT_COLOURS.values())
    assert min(np.diff(lightness)) > 5


def test_each_mark_is_one_character_of_its_own_that_the_fonts_can_draw():
    assert len(set(VERDICT_MARKS.values())) == len(VERDICT_MARKS)
    for weight, file in FILES.items():
        drawable = characters_of(file) | characters_of(STAND_INS[weight])
        assert set(VERDICT_MARKS.values()) <= drawable


def test_pages_show_verdicts_in_the_colours_of_figures():
    rules = re.findall(r"\.chip\.(\w+) \{ background: (#\w{6}); color: (#\w{6}); \}", CSS)
    shown = {verdict: (under, ink) for verdict, under, ink in rules}
    assert {verdict: shown[verdict] for verdict in VERDICT_COLOURS} == dict(VERDICT_COLOURS)


@pytest.mark.parametrize("kind", [*Severity, "red", "amber", "green"])
def test_text_upon_a_severity_or_a_rating_can_be_read(kind):
    look = rf"\.chip\.{kind} {{ background: (#\w{{6}}); color: (#\w{{6}}); }}"
    light, dark = sorted(map(luminance, re.search(look, CSS).groups()), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2.2, success criterion 1.4.3
