"""What can be chosen, and what is chosen where nothing was named."""

from __future__ import annotations

import pytest

from edu_metrics.errors import DefinitionError
from edu_metrics.explorer import show_explorer
from edu_metrics.explorer.desk import Choice


def test_where_nothing_is_named_a_target_with_a_probability_comes_first(desk):
    choice = desk.choose("mock_city")
    assert choice.area == desk.areas("mock_city")[0]
    assert desk.assessment(choice).probability is not None


def test_without_any_probability_the_first_target_with_a_start_is_taken(desk):
    choice = desk.choose("wuhai")
    assert desk.assessment(choice).probability is None
    assert desk.workbench(choice).reason is None


def test_an_area_may_be_called_by_its_name(desk):
    assert desk.choose("wuhai", "海南区", "T02_retention").area == "hainan"


@pytest.mark.parametrize(
    ("named", "told"),
    [
        (("mock_cty",), "did you mean 'mock_city'?"),
        (("mock_city", "mock_souht"), "did you mean 'mock_south'?"),
        (("mock_city", "mock_east", "T02_retantion"), "did you mean 'T02_retention'?"),
    ],
)
def test_a_name_that_does_not_exist_is_refused_with_the_nearest_one(desk, named, told):
    with pytest.raises(DefinitionError) as caught:
        desk.choose(*named)
    assert told in str(caught.value)


def test_a_language_that_does_not_exist_is_refused(root):
    with pytest.raises(DefinitionError, match="zh, en"):
        show_explorer("mock_city", lang="fr", root=root)


def test_a_workbench_is_made_once(desk):
    choice = Choice("mock_city", "mock_city", "T02_retention")
    assert desk.workbench(choice) is desk.workbench(choice)


def test_readings_are_those_of_the_assessment_the_default_one_first(desk):
    choice = Choice("mock_city", "mock_city", "T02_retention")
    listed = desk.readings(choice)
    assert listed[0] is desk.assessment(choice)
    assert listed[1:] == listed[0].others
    assert len({(one.reading, one.steps) for one in listed}) == len(listed) > 1
