"""Numbers and promises that mislead are named by the commands, and not only by a function."""

from __future__ import annotations

import openpyxl
import pytest
import yaml

from edu_metrics.observations import read_processed


def city(quantity, value, year=2020):
    return f"port,{quantity},{year},{value},exact,persons,reported,rules,{year + 1}-03-01,"


def test_a_city_that_is_not_the_sum_of_its_districts_is_named_by_build_and_by_check(
    project, add_raw, command
):
    """Three districts of 50 pupils, 41 + 43 + 36 of whom pass; the city says 160 and 120."""
    add_raw(project, "city.csv", [city("pupils", 160), city("passing", 120)])
    for verb in ("build", "check"):
        found = command(verb, "--root", project)
        told = [line for line in found.err.splitlines() + found.out.splitlines() if "160" in line]
        assert any("150" in line for line in told), (verb, found.out, found.err)


def test_two_plans_may_call_their_targets_alike(project, command):
    plans = project / "data" / "definitions" / "plans"
    other = yaml.safe_load((plans / "harbour.yaml").read_text("utf-8"))
    text = yaml.safe_dump({**other, "id": "other"}, allow_unicode=True)
    (plans / "other.yaml").write_text(text, "utf-8")
    assert command("check", "--root", project).status == 0


def test_a_fraction_among_percentages_is_named_by_inspect_and_said_at_the_verdict(
    project, add_raw, command
):
    definitions = project / "data" / "definitions"
    rate = "{id: rate_pct, name: {zh: 率, en: Rate}, unit: percent, form: printed_rate}"
    with (definitions / "quantities.yaml").open("a", encoding="utf-8") as file:
        file.write(f"- {rate}\n")
    indicators = (definitions / "indicators.yaml").read_text("utf-8")
    indicators = indicators.replace("formula: share", "formula: as_published")
    indicators = indicators.replace("{part: passing, whole: pupils}", "{value: rate_pct}")
    (definitions / "indicators.yaml").write_text(indicators, "utf-8")
    values = (74.0, 75.5, 76.1, 0.77, 78.2, 79.0, 79.9)
    lines = [
        f"port,rate_pct,{year},{value},exact,%,reported,rules,{year + 1}-03-01,"
        for year, value in enumerate(values, start=2014)
    ]
    add_raw(project, "rates.csv", lines)
    found = command("inspect", "harbour", "--root", project)
    assert "2017: 0.77" in found.out
    assert "[fraction]" in found.out


def test_a_place_among_areas_is_not_held_against_a_level(project, command):
    path = project / "data" / "definitions" / "plans" / "harbour.yaml"
    plan = yaml.safe_load(path.read_text("utf-8"))
    readings = plan["targets"][1]["readings"]
    rank = {"type": "rank", "year": 2022, "bound": "<=1", "among": ["east", "west", "south"]}
    named = {"zh": "第一", "en": "the first of three"}
    readings.append({"id": "first", "label": named, "conditions": [rank]})
    path.write_text(yaml.safe_dump(plan, allow_unicode=True, sort_keys=False), "utf-8")
    found = command("audit", "harbour", "--format", "json", "--root", project).rows["findings"]
    (told,) = [one["message_en"] for one in found
               if one["targets"] == ["pass_2022"] and one["kind"] == "ambiguous"]  # fmt: skip
    assert "points apart" not in told
    assert "1 %" not in told


SCORES = """school,year,sex,score
""" + "".join(
    f"{school},2021,{sex},{70 if at < passing else 40}\n"
    for school, sex, number, passing in (
        ("east", "girls", 30, 24), ("east", "boys", 20, 15), ("west", "girls", 40, 30),
        ("west", "boys", 6, 5), ("south", "girls", 25, 20), ("south", "boys", 25, 22),
    )
    for at in range(number)
)  # fmt: skip


@pytest.fixture
def scores(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text(SCORES, "utf-8")
    return path


def numbers(project):
    table = read_processed(project, "harbour")
    rows = table[table["year"] == 2021]
    keys = zip(rows["area"], rows["quantity"], rows["group"], strict=True)
    return dict(zip(keys, rows["value"], strict=True))


#: Of 50 pupils in the east 39 pass, of 46 in the west 35, of 50 in the south 42.
COUNTED = {("east", "pupils", "all"): 50, ("east", "passing", "all"): 39,
           ("west", "pupils", "all"): 46, ("west", "passing", "all"): 35,
           ("south", "pupils", "all"): 50, ("south", "passing", "all"): 42}  # fmt: skip
TOLD = ("--source", "rules", "--published", "2022-03-01")


@pytest.mark.parametrize("way", ["intake", "raw"])
def test_counts_of_pupils_come_into_a_study_as_a_table_or_as_a_raw_file(
    project, command, scores, tmp_path, way
):
    raw = project / "data" / "raw" / "bureau" / "counted.csv"
    to = raw if way == "raw" else tmp_path / "counted.csv"
    asked = ("--area", "school", "--year", "year", "--count", "pupils=score", "--count",
             "passing=score >= 60")  # fmt: skip
    more = (*TOLD, "--root", project) if way == "raw" else ()
    assert command("aggregate", scores, *asked, "--to", to, *more).status == 0
    if way == "intake":
        assert command("intake", to, "--study", "harbour", *TOLD, "--root", project).status == 0
    else:
        assert command("build", "harbour", "--root", project).status == 0
    assert numbers(project) == COUNTED


def test_counts_by_group_come_in_with_their_groups_and_without_the_few(
    project, command, scores, tmp_path
):
    groups = "- {id: girls, name: {zh: 女, en: girls}}\n- {id: boys, name: {zh: 男, en: boys}}\n"
    (project / "data" / "definitions" / "groups.yaml").write_text(groups, "utf-8")
    to = tmp_path / "counted.csv"
    renamed = scores.read_text("utf-8").replace("sex", "group", 1)
    scores.write_text(renamed, "utf-8")
    asked = ("--area", "school", "--year", "year", "--by", "group", "--count", "pupils=score")
    assert command("aggregate", scores, *asked, "--to", to).status == 0
    assert command("intake", to, "--study", "harbour", *TOLD, "--root", project).status == 0
    # Six boys are few, and the girls beside them would tell how many.
    assert numbers(project) == {
        ("east", "pupils", "girls"): 30, ("east", "pupils", "boys"): 20,
        ("south", "pupils", "girls"): 25, ("south", "pupils", "boys"): 25,
    }  # fmt: skip


@pytest.mark.slow
def test_a_form_asks_for_group_and_half_of_the_year_and_comes_back_as_such(
    project, command, tmp_path
):
    groups = "- {id: girls, name: {zh: 女, en: girls}}\n"
    definitions = project / "data" / "definitions"
    (definitions / "groups.yaml").write_text(groups, "utf-8")
    path = definitions / "plans" / "harbour.yaml"
    plan = yaml.safe_load(path.read_text("utf-8"))
    plan["targets"][0] |= {"group": "girls", "period": "h1"}
    path.write_text(yaml.safe_dump(plan, allow_unicode=True, sort_keys=False), "utf-8")
    form = tmp_path / "form.xlsx"
    asked = ("harbour", "--area", "port", "--lang", "en", "--root", project)
    assert command("template", *asked, "--out", form).status == 0
    book = openpyxl.load_workbook(form)
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    rows = [row for row in sheet.iter_rows(min_row=2) if row[heads.index("group")].value == "girls"]
    assert {row[heads.index("period")].value for row in rows} == {"h1"}
    # 21 of 25 girls passed in the first half of 2020: 84 %, and 80 was asked.
    for row in rows:
        told = {"Value": 21 if "assing" in row[1].value else 25, "Source": "rules",
                "Publication date": "2021-03-01"}  # fmt: skip
        for head, value in told.items():
            row[heads.index(head)].value = value
    book.save(form)
    taken = command("intake", form, "--study", "harbour", "--root", project)
    assert taken.status == 0, taken.err
    found = command("assess", "harbour", "--area", "port", "--root", project, "--format", "json")
    verdicts = {row["target"]: row["verdict"] for row in found.rows}
    assert verdicts["pass_2020"] == "met"
