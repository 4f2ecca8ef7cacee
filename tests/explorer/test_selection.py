"""What can be chosen, and what is chosen where nothing was named."""

from __future__ import annotations

import pytest

from edu_metrics.errors import DefinitionError
from edu_metrics.explorer import show_explorer
from edu_metrics.explorer.selection import Choice


def test_where_nothing_is_named_a_target_with_a_probability_comes_first(selection):
    choice = selection.choose("mock_city")
    assert choice.area == selection.areas("mock_city")[0]
    assert selection.assessment(choice).probability is not None


def test_without_any_probability_the_first_target_with_a_start_is_taken(selection):
    choice = selection.choose("wuhai")
    assert selection.assessment(choice).probability is None
    assert selection.what_if(choice).reason is None


def test_an_area_may_be_called_by_its_name(selection):
    assert selection.choose("wuhai", "海南区", "T02_retention").area == "hainan"


@pytest.mark.parametrize(
    ("named", "told"),
    [
        (("mock_cty",), "did you mean 'mock_city'?"),
        (("mock_city", "mock_souht"), "did you mean 'mock_south'?"),
        (("mock_city", "mock_east", "T02_retantion"), "did you mean 'T02_retention'?"),
    ],
)
def test_a_name_that_does_not_exist_is_refused_with_the_nearest_one(selection, named, told):
    with pytest.raises(DefinitionError) as caught:
        selection.choose(*named)
    assert told in str(caught.value)


def test_a_language_that_does_not_exist_is_refused(root):
    with pytest.raises(DefinitionError, match="zh, en"):
        show_explorer("mock_city", lang="fr", root=root)


def test_a_what_if_is_made_once(selection):
    choice = Choice("mock_city", "mock_city", "T02_retention")
    assert selection.what_if(choice) is selection.what_if(choice)


def test_readings_are_those_of_the_assessment_the_default_one_first(selection):
    choice = Choice("mock_city", "mock_city", "T02_retention")
    listed = selection.readings(choice)
    assert listed[0] is selection.assessment(choice)
    assert listed[1:] == listed[0].others
    assert len({(one.reading, one.steps) for one in listed}) == len(listed) > 1
