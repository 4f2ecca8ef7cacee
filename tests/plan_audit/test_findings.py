"""How what a rule sees becomes a finding."""

import pytest

from edu_metrics.plan_audit import RULES, Finding, Kind, Severity
from edu_metrics.plan_audit.context import rule
from edu_metrics.plan_audit.joint import whole_from_parts


@pytest.fixture
def marked():
    """Mark a function as a rule for one test only."""
    before = list(RULES)
    yield lambda see: rule(Kind.VACUOUS)(see)
    RULES[:] = before


def test_a_finding_bears_the_name_and_the_kind_of_its_rule_and_its_first_targets_title(
    marked, shipped
):
    first, second = shipped.plan.targets[:2]

    def two_of_a_kind(context):
        """Find two."""
        yield Finding(Severity.LOW, "audit_vacuous.at_limit", (first.id, second.id), part="a")
        yield Finding(
            Severity.HIGH, "audit_vacuous.at_limit", (first.id,), {"title": "mine"},
            kind=Kind.IMPOSSIBLE,
        )  # fmt: skip

    find = marked(two_of_a_kind)
    assert RULES[-1] is find
    assert (find.__name__, find.__doc__) == ("two_of_a_kind", "Find two.")
    usual, other = find(shipped)
    assert (usual.kind, usual.rule) == (Kind.VACUOUS, "two_of_a_kind")
    assert usual.values["title"] == first.title
    assert usual.id == f"two_of_a_kind:{first.id}+{second.id}:a"
    assert (other.kind, other.values["title"]) == (Kind.IMPOSSIBLE, "mine")


def test_a_rule_of_a_target_concerns_the_one_that_it_looks_at(marked, shipped):
    second = shipped.plan.targets[1]

    def not_the_second(context, target):
        """Find all but one."""
        if target is not second:
            yield Finding(Severity.LOW, "audit_vacuous.at_limit", numbers={"limit": 1})

    before = list(RULES)
    found = list(rule(Kind.VACUOUS)(not_the_second)(shipped))
    RULES[:] = before
    others = [target for target in shipped.plan.targets if target is not second]
    assert [finding.targets for finding in found] == [(target.id,) for target in others]
    assert {finding.rule for finding in found} == {"not_the_second"}
    assert (found[0].values["limit"], found[0].values["count"]) == (1, 1)


def test_a_whole_with_a_pace_of_its_own_is_impossible_and_one_without_is_joint(shipped):
    findings = list(whole_from_parts(shipped))
    assert {finding.kind for finding in findings} == {Kind.IMPOSSIBLE, Kind.JOINT}
    for finding in findings:
        paced = bool(finding.numbers["base_of_whole_pct"])
        assert finding.kind is (Kind.IMPOSSIBLE if paced else Kind.JOINT)
