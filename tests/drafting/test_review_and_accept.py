"""A person confirms: decisions are kept, drafts are refused, what is accepted becomes a plan."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import shutil
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser

import pandas as pd
import pytest
import yaml

from edu_metrics.catalog import find_root, load_catalog
from edu_metrics.drafting import accept_draft, decide, decide_by_id, draft_file, routes
from edu_metrics.drafting.files import read_draft
from edu_metrics.drafting.review import page
from edu_metrics.errors import DataError, DefinitionError
from edu_metrics.observations import COLUMNS
from edu_metrics.observations.documents import check_quotes
from edu_metrics.reachability import assess
from edu_metrics.serving import POLICY, listening

TEXT = """某市教育计划（2023—2025年）
2023年3月1日
1. 到2025年，九年义务教育巩固率达到96%以上。
2. 小学教师培训率90%，每年培训骨干教师30人。
3. 截至2022年，覆盖率为80%。
"""


@pytest.fixture
def drafted(tmp_path):
    path = tmp_path / "plan.txt"
    path.write_text(TEXT, "utf-8")
    draft_file(path, tmp_path / "draft")
    return tmp_path / "draft"


def test_a_draft_overwrites_what_drafts_made_and_nothing_else(tmp_path, drafted):
    path = tmp_path / "plan.txt"
    assert len(draft_file(path, drafted)[0]) == 3
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "source.txt").write_text("mine")
    with pytest.raises(DataError, match=r"holds source\.txt, which no draft has made"):
        draft_file(path, tmp_path / "mine")
    assert (tmp_path / "mine" / "source.txt").read_text() == "mine"


@pytest.mark.parametrize("years", [(1, 3), (2021, 9999), (99999, None)])
def test_a_draft_is_of_years_that_can_be(tmp_path, years):
    (tmp_path / "plan.txt").write_text(TEXT, "utf-8")
    with pytest.raises(DataError, match="expected a year from 1900 to 2100"):
        draft_file(tmp_path / "plan.txt", tmp_path / "draft", *years)


def change(folder, **decisions):
    """Write decisions, indicators and the areas as a person does in the file."""
    content = yaml.safe_load((folder / "draft.yaml").read_text("utf-8"))
    for promise in content["promises"]:
        told = decisions.get(promise["id"])
        if told:
            promise["decision"], indicator = told
            promise["fields"]["indicator"].update({"is": indicator, "rule": "person"})
    content["plan"]["areas"] = ["wuhai"]
    content["plan"]["id"] = "some_plan"
    (folder / "draft.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")


@pytest.fixture
def project(tmp_path):
    shutil.copytree(find_root() / "data" / "definitions", tmp_path / "p" / "data" / "definitions")
    raw = find_root() / "data" / "raw" / "wuhai_city_offices"
    shutil.copytree(raw, tmp_path / "p" / "data" / "raw" / "wuhai_city_offices")
    return tmp_path / "p"


def test_a_draft_has_its_text_with_a_hash_and_every_field_its_rule(drafted):
    content = read_draft(drafted)
    text = (drafted / "source.txt").read_text("utf-8")
    assert content["source"]["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert content["plan"]["issued"] == dt.date(2023, 3, 1)
    assert len(content["promises"]) == 3
    for promise in content["promises"]:
        first, last = promise["span"]
        assert text[first:last] == promise["quote"]
        for held in promise["fields"].values():
            assert held["rule"]
            assert held["sure"] in ("yes", "ask")
    assert {one["why"] for one in content["not_taken"]} >= {"year", "past", "number_of_a_heading"}


def test_a_second_draft_keeps_decisions_by_the_hash_of_the_quote(drafted, tmp_path):
    change(drafted, p002=("accept", "compulsory_retention_rate"))
    longer = TEXT.replace("1. 到", "1. 高中毛入学率达到93%以上。到")
    (tmp_path / "plan.txt").write_text(longer, "utf-8")
    draft_file(tmp_path / "plan.txt", drafted)
    found = {one["quote"]: one for one in read_draft(drafted)["promises"]}
    kept = next(one for quote, one in found.items() if "培训率90%" in quote)
    assert kept["decision"] == "accept"
    assert kept["fields"]["indicator"]["is"] == "compulsory_retention_rate"
    assert found["高中毛入学率达到93%以上"]["decision"] == "open"


def test_everything_that_is_missing_is_said_at_once(drafted, project):
    catalog = load_catalog(project)
    with pytest.raises(DataError) as raised:
        accept_draft(drafted, catalog)
    told = "\n".join(raised.value.faults)
    assert "areas" in told
    assert "decision accept" in told
    change(drafted, p002=("accept", None), p003=("accept", "no_such_thing"))
    with pytest.raises(DataError) as raised:
        accept_draft(drafted, catalog)
    assert [fault.split(":")[0] for fault in raised.value.faults] == [
        "promise 'p002'", "promise 'p003'"]  # fmt: skip
    assert not (project / "data" / "definitions" / "plans" / "some_plan.yaml").exists()


def test_what_is_accepted_is_a_plan_whose_quotes_are_verified(drafted, project):
    change(drafted, p001=("accept", "compulsory_retention_rate"),
           p003=("accept", "young_key_teachers_trained"), p002=("reject", None))  # fmt: skip
    accept_draft(drafted, load_catalog(project))
    catalog = load_catalog(project)
    plan = catalog.plans["some_plan"]
    assert not plan.draft
    assert "some_plan" not in check_quotes(catalog)
    first, third = plan.targets
    assert (first.indicator, first.deadline, first.locator) == (
        "compulsory_retention_rate", 2025, "第1条")  # fmt: skip
    assert str(first.default_reading.conditions[0].at[2025]) == "≥ 96"
    assert third.default_reading.conditions[0].type == "each_year"
    assert third.steps == (2, 3)
    # Again with another decision: the plan is written anew, its source once.
    accept_draft(drafted, load_catalog(project))
    listed = (project / "data" / "definitions" / "sources.yaml").read_text("utf-8")
    assert listed.count("some_plan_document\n") == 1


def of_sentence(tmp_path, words):
    """Draft a plan of one sentence, and accept its first promise for an indicator."""
    path = tmp_path / "one.txt"
    path.write_text(f"Plan 2023-2025\n1 March 2023\n{words}\n", "utf-8")
    draft_file(path, tmp_path / "one", 2023, 2025)
    change(tmp_path / "one", p001=("accept", "compulsory_retention_rate"))
    return tmp_path / "one"


def edit(folder, **fields):
    """Edit fields as a person does who writes no rule beside."""
    content = yaml.safe_load((folder / "draft.yaml").read_text("utf-8"))
    for name, value in fields.items():
        content["promises"][0]["fields"].setdefault(name, {})["is"] = value
    (folder / "draft.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")


@pytest.mark.parametrize(("words", "steps"), [
    ("The retention rate will rise by 5 percentage points.", (2, 3)),
    ("The number of pupils who stay will double.", (2, 3)),
    ("By 2024, the retention rate will rise by 5 percentage points.", (1, 2)),
])  # fmt: skip
def test_a_change_in_all_is_accepted_with_the_steps_that_it_may_mean(
    tmp_path, project, words, steps
):
    accept_draft(of_sentence(tmp_path, words), load_catalog(project))
    (target,) = load_catalog(project).plans["some_plan"].targets
    assert target.steps == steps


def test_a_plan_that_would_not_be_sound_is_not_written(tmp_path, project):
    folder = of_sentence(tmp_path, "The retention rate will reach 95%.")
    edit(folder, obligation="perhaps")
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    with pytest.raises(DataError, match="would not be sound") as raised:
        accept_draft(folder, load_catalog(project))
    assert "'p001': obligation" in raised.value.faults[0]
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(("fields", "bound"), [
    ({"value": 97}, {2025: ">=97"}),
    ({"op": "<="}, {2025: "<=95"}),
    ({"year": 2024}, {2024: ">=95"}),
])  # fmt: skip
def test_what_a_person_wrote_into_a_field_is_in_the_plan(tmp_path, project, fields, bound):
    folder = of_sentence(tmp_path, "The retention rate will reach 95%.")
    edit(folder, **fields)
    accept_draft(folder, load_catalog(project))
    made = (project / "data" / "definitions" / "plans" / "some_plan.yaml").read_text("utf-8")
    assert yaml.safe_load(made)["targets"][0]["readings"][0]["conditions"][0]["at"] == bound


@pytest.mark.parametrize(("words", "fields", "fault"), [
    ("The retention rate will reach 95%.", {"value": "many"}, "value: expected a number"),
    ("The retention rate will rise by 5-8 points.", {"value": 9}, "take range out"),
    ("Indicator\t2024\t2025\nRetention rate (%)\t90\t95", {"value": 96}, "take levels out"),
])  # fmt: skip
def test_what_can_not_be_meant_by_a_field_is_not_accepted(tmp_path, project, words, fields, fault):
    folder = of_sentence(tmp_path, words)
    edit(folder, **fields)
    with pytest.raises(DataError) as raised:
        accept_draft(folder, load_catalog(project))
    assert fault in "\n".join(raised.value.faults)


def test_readings_that_a_person_wrote_stand(tmp_path, project):
    folder = of_sentence(tmp_path, "The retention rate will reach 95%.")
    text = (folder / "draft.yaml").read_text("utf-8")
    (folder / "draft.yaml").write_text(text.replace("'>=95'", "'>=96'"), "utf-8")
    accept_draft(folder, load_catalog(project))
    made = (project / "data" / "definitions" / "plans" / "some_plan.yaml").read_text("utf-8")
    assert ">=96" in made


def test_years_that_are_told_again_are_those_of_the_draft(tmp_path, drafted):
    draft_file(tmp_path / "plan.txt", drafted, 2022, 2026)
    plan = read_draft(drafted)["plan"]
    assert (plan["first_year"], plan["last_year"]) == (2022, 2026)


def test_yes_and_no_to_one_promise_is_refused(drafted):
    with pytest.raises(DataError, match="found yes and no: p001"):
        decide_by_id(drafted, ["p001"], ["p001", "p002"])


def test_a_plan_of_somebody_else_is_not_written_over(drafted, project):
    change(drafted, p001=("accept", "compulsory_retention_rate"))
    text = (drafted / "draft.yaml").read_text("utf-8").replace("some_plan", "wuhai_2020_2022")
    (drafted / "draft.yaml").write_text(text, "utf-8")
    with pytest.raises(DataError, match="nothing was accepted") as raised:
        accept_draft(drafted, load_catalog(project))
    assert "another plan" in raised.value.faults[0]


def test_a_plan_with_open_promises_is_a_draft_and_is_not_judged(drafted, project):
    change(drafted, p001=("accept", "compulsory_retention_rate"))
    accept_draft(drafted, load_catalog(project))
    catalog = load_catalog(project)
    assert catalog.plans["some_plan"].draft
    study = next(iter(catalog.studies.values())).model_copy(update={"plan": "some_plan"})
    with pytest.raises(DefinitionError, match="is a draft"):
        assess(catalog, study, pd.DataFrame(columns=list(COLUMNS)))


def test_words_that_hold_a_place_are_a_fault_unless_the_plan_is_a_draft(project):
    path = project / "data" / "definitions" / "plans" / "michigan_hypothetical.yaml"
    text = re.sub("quote: .*", "quote: TODO", path.read_text("utf-8"), count=1)
    path.write_text(text, "utf-8")
    with pytest.raises(DefinitionError) as raised:
        load_catalog(project)
    assert any("found TODO" in fault for fault in raised.value.faults)
    path.write_text(f"draft: true\n{text}", "utf-8")
    assert load_catalog(project).plans["michigan_hypothetical"].draft


@pytest.mark.parametrize(("old", "new", "fault"), [
    ("decision: open", "decision: maybe", "expected one of open, accept, reject"),
    ("sha256: ", "sha256: x", "not the text that the draft was made from"),
])  # fmt: skip
def test_a_draft_that_was_spoilt_is_told_so(drafted, old, new, fault):
    path = drafted / "draft.yaml"
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(DataError) as raised:
        read_draft(drafted)
    assert fault in "\n".join(raised.value.faults)


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("served", [True, False])
def test_the_page_marks_every_promise_and_number_and_asks_nobody_else(drafted, lang, served):
    content, text = read_draft(drafted), (drafted / "source.txt").read_text("utf-8")
    shown = page(content, text, lang, served=served)
    tags = _Tags()
    tags.feed(shown)
    assert not [a for _, a in tags.found if any(k.startswith("on") or k == "style" for k in a)]
    assert not [t for t, _ in tags.found if t == "script"]
    assert not re.search(r"(?:src|href)=.https?:", shown)
    assert sum(t == "a" and "promise" in a.get("class", "") for t, a in tags.found) >= 3
    assert sum(t == "mark" for t, _ in tags.found) >= 4
    assert sum(t == "article" for t, _ in tags.found) == 3
    assert (sum(t == "form" for t, _ in tags.found) == 4) is served
    assert "{" not in re.sub(r"<style>.*?</style>", "", shown, flags=re.DOTALL)


def test_words_of_the_plan_cannot_become_tags(tmp_path):
    path = tmp_path / "plan.txt"
    path.write_text("到2025年，<script>alert(1)</script>覆盖率达到95%以上。", "utf-8")
    draft_file(path, tmp_path / "draft", 2021, 2025)
    assert "<script" not in (tmp_path / "draft" / "review.html").read_text("utf-8")


def opener():
    return urllib.request.build_opener(urllib.request.HTTPCookieProcessor())


def test_a_decision_in_the_page_is_saved_to_the_file(drafted):
    browser = opener()
    with listening(routes(drafted), lang="zh") as address:
        answer = browser.open(address)
        assert answer.headers["Content-Security-Policy"] == POLICY
        shown = answer.read().decode()
        key = re.search(r'name="hash" value="(\w+)"', shown)[1]
        form = {"id": "p001", "hash": key, "decision": "accept", "value": "97", "year": "2024",
                "op": ">", "indicator": "compulsory_retention_rate"}  # fmt: skip
        origin = address.split("/?")[0]
        post = urllib.request.Request(f"{origin}/decide", urllib.parse.urlencode(form).encode(),
                                      {"Origin": origin})  # fmt: skip
        assert browser.open(post).status == 200
        plan = {"id": "some_plan", "issued": "2023-03-02", "areas": "wuhai, haibowan"}
        browser.open(urllib.request.Request(f"{origin}/plan", urllib.parse.urlencode(plan).encode(),
                                            {"Origin": origin}))  # fmt: skip
        with pytest.raises(urllib.error.HTTPError, match="403"):
            opener().open(f"{origin}/")
    content = read_draft(drafted)
    one = content["promises"][0]
    assert one["decision"] == "accept"
    assert one["readings"][0]["conditions"] == [{"type": "level", "at": {2024: ">97"}}]
    assert one["fields"]["value"] == {"is": 97.0, "sure": "yes", "rule": "person"}
    assert one["fields"]["unit"]["rule"] != "person"
    assert content["plan"]["issued"] == dt.date(2023, 3, 2)
    assert content["plan"]["areas"] == ["wuhai", "haibowan"]


@pytest.mark.parametrize("form", [
    {"hash": "no", "decision": "accept"}, {"decision": "perhaps"}, {"value": "many"},
    {"op": "=>"}, {"year": "soon"}, {"value": "nan"}, {"value": "inf"}, {"year": "99999"},
])  # fmt: skip
def test_what_can_not_be_is_not_saved(drafted, form):
    before = (drafted / "draft.yaml").read_bytes()
    key = read_draft(drafted)["promises"][0]["hash"]
    with pytest.raises(DataError):
        decide(drafted, {"id": "p001", "hash": key, "decision": "accept", **form})
    assert (drafted / "draft.yaml").read_bytes() == before
