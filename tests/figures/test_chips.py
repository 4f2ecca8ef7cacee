"""A verdict can be told from another by colour, by lightness and by mark."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from fontTools.ttLib import TTFont
from matplotlib.colors import to_rgb

from edu_metrics.figures.svg import VERDICT_COLOURS, VERDICT_MARKS
from edu_metrics.plan_audit import Severity
from edu_metrics.report.html import stylesheet
from edu_metrics.words import texts

# Machado, Oliveira and Fernandes (2009), table 1, severity 1.
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
FONTS = Path(__file__).resolve().parents[2] / "lib/edu_metrics/figures/fonts"
CSS = stylesheet()


def linear(colour):
    part = np.array(to_rgb(colour))
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def luminance(colour):
    return float(TO_XYZ[1] @ linear(colour))


def lab(light):
    xyz = TO_XYZ @ light / TO_XYZ.sum(axis=1)
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


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
    for weight, stand_in in (("Regular", "DejaVuSans"), ("Bold", "DejaVuSans-Bold")):
        drawable = set()
        for file in (
            FONTS / f"NotoSansSC-{weight}.ttf",
            Path(mpl.get_data_path(), f"fonts/ttf/{stand_in}.ttf"),
        ):
            drawable |= {chr(code) for code in TTFont(file, lazy=True).getBestCmap()}
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
