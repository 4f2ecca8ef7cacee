"""How a flaw becomes a finding."""

import pytest

from edu_metrics.plan_audit import Kind, Severity
from edu_metrics.plan_audit.findings import RULES, Flaw, rule
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
        yield Flaw(Severity.LOW, (first.id, second.id), "audit_vacuous.at_limit", part="a")
        yield Flaw(
            Severity.HIGH, (first.id,), "audit_vacuous.at_limit", {"title": "mine"},
            kind=Kind.IMPOSSIBLE,
        )  # fmt: skip

    find = marked(two_of_a_kind)
    assert RULES[-1] is find
    assert (find.__name__, find.__doc__) == ("two_of_a_kind", "Find two.")
    usual, other = find(shipped)
    assert (usual.kind, usual.rule) == (Kind.VACUOUS, "two_of_a_kind")
    assert usual.values["title"] == {"zh": first.title.zh, "en": first.title.en}
    assert usual.id == f"two_of_a_kind:{first.id}+{second.id}:a"
    assert (other.kind, other.values["title"]) == (Kind.IMPOSSIBLE, "mine")


def test_a_whole_with_a_pace_of_its_own_is_impossible_and_one_without_is_joint(shipped):
    findings = list(whole_from_parts(shipped))
    assert {finding.kind for finding in findings} == {Kind.IMPOSSIBLE, Kind.JOINT}
    for finding in findings:
        paced = bool(finding.numbers["base_of_whole_pct"])
        assert finding.kind is (Kind.IMPOSSIBLE if paced else Kind.JOINT)
