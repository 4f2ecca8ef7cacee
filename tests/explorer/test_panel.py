"""What the page says when something is chosen or moved, without a browser."""

from __future__ import annotations

import re

import pytest

from edu_metrics.errors import DataError
from edu_metrics.explorer.panel import Explorer
from edu_metrics.explorer.selection import Selection
from edu_metrics.explorer.what_if import LEVERS, OWN_PACE
from edu_metrics.words import say


@pytest.fixture
def opened(selection):
    def open_(study="mock_city", area=None, target="T06_primary_bachelor", lang="en"):
        return Explorer(selection, selection.choose(study, area, target), lang)

    return open_


def shown(explorer):
    """Give all text on the page, without its marks."""
    boxes, texts = [explorer.page], []
    while boxes:
        box = boxes.pop()
        boxes += getattr(box, "children", ())
        texts += [str(getattr(box, name, "")) for name in ("value", "description")]
    return re.sub(r"<style>.*?</style>|data:image[^\"]*", "", " ".join(texts), flags=re.S)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_of_invented_numbers_says_so_in_words_and_in_its_figure(opened, lang):
    explorer = opened(lang=lang)
    assert say("report.invented", lang) in explorer.head.value
    assert f"[{say('explore.simulated_mark', lang)}]" in explorer.figure.value


def test_a_page_of_real_numbers_does_not(opened):
    explorer = opened("wuhai", target="T06_primary_bachelor")
    assert "invented" not in shown(explorer)
    assert "simulated" not in explorer.figure.value


def test_a_hypothetical_plan_is_called_so(opened):
    assert "hypothetical" in opened("michigan", target="M1_pass_gain").head.value


def test_a_moved_pace_changes_verdict_figure_and_sentence(opened):
    explorer = opened()
    before = (explorer.answer.value, explorer.figure.value, explorer.assumes.value)
    assert explorer.course.value == "as_usual"
    explorer.pace.value = 5.0
    assert explorer.course.value == OWN_PACE
    after = (explorer.answer.value, explorer.figure.value, explorer.assumes.value)
    assert all(one != other for one, other in zip(before, after, strict=True))
    assert "likely" in explorer.answer.value
    assert "a rise of 5.0 pts a year" in explorer.assumes.value


def test_a_moved_lever_is_assumed_and_the_pace_slider_follows(opened):
    explorer = opened()
    explorer.levers["upgrades"].value = 60
    assert (explorer.course.value, explorer.assumed.levers["upgrades"]) == (LEVERS, 60)
    found = explorer.what_if.answer(explorer.assumed)
    assert explorer.pace.value == pytest.approx(found.pace, abs=0.06) != 0


def test_a_moved_pace_puts_the_levers_back_to_usual(opened):
    explorer = opened()
    explorer.levers["upgrades"].value = 60
    explorer.pace.value = 1.0
    assert explorer.levers["upgrades"].value == 0
    assert explorer.course.value == OWN_PACE


def test_start_again_puts_everything_back(opened):
    explorer = opened()
    before = (explorer.answer.value, explorer.figure.value)
    explorer.pace.value, explorer.shock.value = 4.0, 3.0
    explorer.reset.click()
    assert (explorer.answer.value, explorer.figure.value) == before
    assert explorer.shock.value == 0


def test_another_language_says_the_same_of_the_same_sliders(opened):
    explorer = opened()
    explorer.pace.value = 5.0
    explorer.shock.value = 2.0
    assumed = explorer.assumed
    explorer.language.value = "zh"
    assert explorer.assumed == assumed
    assert "难以企及" in explorer.answer.value
    assert not re.search(r"[A-Za-z]{4,}", re.sub("<[^>]*>", "", explorer.answer.value))
    explorer.language.value = "en"
    assert not re.search(r"[\u4e00-\u9fff]", re.sub("<[^>]*>", "", explorer.answer.value))


def test_no_data_is_called_that_with_the_numbers_to_ask_for(opened):
    explorer = opened("wuhai", target="A12a_primary_pass_increment")
    missing = explorer.what_if.assessment.missing
    assert missing
    for item in missing:
        name = explorer.selection.catalog.quantities[item.quantity].name.en
        assert name in explorer.gap.value.replace("&#x27;", "'")
    assert "no data" in explorer.answer.value
    assert explorer.controls.layout.visibility == "hidden"
    assert "%" not in re.sub("<[^>]*>", "", explorer.answer.value)


def test_a_start_that_nobody_observed_is_called_that(opened):
    explorer = opened("wuhai", target="T06_primary_bachelor")
    assert "85.0 % in 2020" in explorer.gap.value
    assert "no probability" in explorer.answer.value
    assert explorer.controls.layout.visibility == "visible"


def test_another_study_brings_its_own_areas_targets_and_levers(opened):
    explorer = opened()
    explorer.study.value = "michigan"
    assert explorer.choice.study == "michigan"
    assert len(explorer.area.options) == 550
    assert explorer.levers == {}
    assert "No lever" in explorer.lever_note.value
    explorer.study.value = "mock_city"
    assert len(explorer.area.options) == 4


def test_an_area_keeps_the_target_and_a_reading_is_judged_for_itself(opened):
    explorer = opened(target="T02_retention")
    explorer.area.value = "mock_east"
    assert explorer.target.value == "T02_retention"
    assert explorer.what_if.assessment.area == "mock_east"
    explorer.reading.value = 1
    assert explorer.what_if.assessment == explorer.selection.assessment(explorer.choice).others[0]


def test_a_study_that_cannot_be_read_says_why_and_the_page_lives_on(selection):
    def broken(catalog, study):
        if study.id == "wuhai":
            raise DataError("expected a table, found none; make it with edu-metrics build")

    fragile = Selection(selection.catalog, broken)
    explorer = Explorer(fragile, fragile.choose("mock_city", None, "T02_retention"), "en")
    with pytest.raises(DataError):
        fragile.choose("wuhai")
    explorer.study.value = "wuhai"
    assert "edu-metrics build" in explorer.gap.value
    assert explorer.answer.value == explorer.figure.value == ""
    explorer.study.value = "mock_city"
    assert "edu-metrics build" not in explorer.gap.value
    assert explorer.answer.value


@pytest.mark.slow
@pytest.mark.parametrize("study", ["mock_city", "wuhai"])
def test_every_kind_of_target_opens_under_every_reading_in_every_language(
    selection, opened, study, monkeypatch
):
    # Drawing each of them would take minutes, and draws the same kinds of lines.
    monkeypatch.setattr("edu_metrics.explorer.render.Picture.draw", lambda *_: "")
    explorer = opened()
    kinds = {}
    for target in selection.targets(study):
        mechanism = selection.catalog.indicator(target.indicator).mechanism
        kinds.setdefault((target.kind, target.unit, mechanism and mechanism.flow), target)
    assert len(kinds) > 10
    for target in kinds.values():
        explorer._open(selection.choose(study, None, target.id))
        for at in range(len(selection.readings(explorer.choice))):
            explorer._move(reading=at)
            for lang in ("zh", "en"):
                explorer.language.value = lang
                assert explorer.answer.value
                assert not re.search(r"\bNone\b(?! of)|\bnan\b", shown(explorer))
