"""What can be chosen, and what is chosen where nothing was named, or what is not there."""

from __future__ import annotations

import pytest

from edu_metrics.errors import DefinitionError
from edu_metrics.explorer import Choice, routes


def test_where_nothing_is_named_a_target_with_a_probability_comes_first(selection):
    choice = selection.choose("mock_city")
    assert choice.area == selection.areas("mock_city")[0]
    assert selection.what_if(choice).assessment.probability is not None


def test_without_any_probability_the_first_target_with_a_start_is_taken(selection):
    what_if = selection.what_if(selection.choose("wuhai"))
    assert what_if.assessment.probability is None
    assert what_if.reason is None


@pytest.mark.parametrize(
    ("named", "told"),
    [
        (("mock_cty", "", ""), "did you mean 'mock_city'?"),
        (("mock_city", "mock_souht", ""), "did you mean 'mock_south'?"),
        (("mock_city", "", "T02_retantion"), "did you mean 'T02_retention'?"),
    ],
)
def test_a_name_that_does_not_exist_is_refused_with_the_nearest_one(selection, named, told):
    with pytest.raises(DefinitionError) as caught:
        routes(selection.catalog, *named, "en")
    assert told in str(caught.value)


def test_a_target_that_no_number_judges_is_refused(selection):
    milestone = next(one for one in selection.plan("wuhai").targets if not one.numeric)
    with pytest.raises(DefinitionError, match="no number judges"):
        routes(selection.catalog, "wuhai", "", milestone.id, "en")


def test_a_language_that_does_not_exist_is_refused(selection):
    with pytest.raises(DefinitionError, match="zh, en"):
        routes(selection.catalog, "mock_city", "", "", "fr")


def test_what_belongs_to_another_study_is_chosen_anew(selection):
    choice = selection.choose("mock_city", "hainan", "M1_pass_gain", "nothing")
    assert choice == selection.choose("mock_city")


def test_a_what_if_is_made_once(selection):
    choice = Choice("mock_city", "mock_city", "T02_retention")
    assert selection.what_if(choice) is selection.what_if(choice)


def test_readings_are_those_of_the_assessment_the_default_one_first(selection):
    choice = Choice("mock_city", "mock_city", "T02_retention")
    named = selection.readings(choice)
    found = selection.assessment("mock_city", "mock_city", "T02_retention")
    assert list(named.values()) == [found, *found.others]
    assert len(named) > 1
    for name, one in named.items():
        chosen = selection.choose("mock_city", "mock_city", "T02_retention", name)
        assert selection.what_if(chosen).assessment is one
