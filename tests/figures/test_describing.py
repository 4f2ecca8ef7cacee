"""The sentence that stands in for a figure says the numbers of the figure."""

from __future__ import annotations

from edu_metrics.figures.describing import describe_contributions


def test_contributions_are_told_from_the_largest_to_the_smallest():
    told = describe_contributions(
        names=["a", "b"], contributions=[-1.5, 0.5], total=-1.0, unit_label="个百分点", lang="zh"
    )
    assert told == "各地区的贡献（个百分点）：b+0.5、a−1.5；合计−1.0。"
