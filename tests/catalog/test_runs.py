"""A study with several dates: each is a run with a name of its own."""

from __future__ import annotations

import datetime as dt

import pytest

from edu_metrics.errors import DefinitionError
from edu_metrics.observations import processed_path

EARLY, LATE = dt.date(2017, 12, 31), dt.date(2019, 12, 31)


@pytest.fixture
def catalog(definitions):
    runs = [{"as_of": LATE, "note": {"zh": "晚", "en": "Late"}}, {"as_of": EARLY}]
    definitions.put("studies/real.runs", runs)
    return definitions.load()


def test_each_date_is_a_run_and_the_earliest_comes_first(catalog):
    assert [(run.id, run.as_of) for run in catalog.runs("real")] == [
        ("real_2017-12-31", EARLY),
        ("real_2019-12-31", LATE),
        ("real", catalog.study("real").as_of),
    ]
    assert catalog.runs("real_2017-12-31") == [catalog.study("real_2017-12-31")]


def test_a_run_takes_from_its_study_what_it_does_not_say(catalog):
    study, late = catalog.study("real"), catalog.study("real_2019-12-31")
    assert late.note.in_("en") == "Late"
    assert (late.plan, late.areas) == (study.plan, study.areas)
    assert late.title.in_("en") == f"{study.title.in_('en')} (2019-12-31)"


def test_a_date_names_a_run_and_any_other_date_moves_the_study(catalog):
    assert catalog.as_of("real", LATE).id == "real_2019-12-31"
    assert catalog.as_of("real_2017-12-31", LATE).id == "real_2017-12-31"
    other = catalog.as_of("real", dt.date(2018, 1, 1))
    assert (other.id, other.as_of.year) == ("real", 2018)


def test_a_study_named_by_its_own_date_is_meant_alone(catalog):
    study = catalog.study("real")
    assert catalog.study(f"real_{study.as_of}") is study
    assert catalog.runs(f"real_{study.as_of}") == [study]
    with pytest.raises(DefinitionError, match="no study 'real_2018-01-01'"):
        catalog.study("real_2018-01-01")


def test_the_runs_of_a_study_share_its_table(catalog):
    paths = {processed_path(catalog.root, run.id) for run in catalog.runs("real")}
    assert [path.name for path in paths] == ["real.parquet"]


def test_faults_of_runs_are_named_once_and_where_they_stand(definitions):
    definitions.put("studies/real.areas", ["estuary"])
    definitions.put("studies/real.runs", [{"as_of": EARLY, "plan": "paln"}])
    assert [fault.split(";")[0] for fault in definitions.faults()] == [
        "studies/real.yaml: areas: no area 'estuary'",
        "studies/real.yaml: plan: no plan 'paln'",
    ]


def test_two_runs_of_one_date_are_refused(definitions):
    definitions.put("studies/real.runs", [{"as_of": EARLY}, {"as_of": EARLY}])
    (fault,) = definitions.faults()
    assert "'real_2017-12-31' stands already" in fault
