"""Every block of the page on kinds of promise is sound."""

import re
from pathlib import Path

import pytest
import yaml

from edu_metrics.catalog import Target

PAGE = (Path(__file__).parents[2] / "docs" / "promises.md").read_text("utf-8")
BLOCKS = [yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]
NAME = {"zh": "名", "en": "Name"}


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_a_block_of_the_page_makes_a_target(block):
    said = {key: block.pop(key) for key in ("conditions", "milestones") if key in block}
    said = said or {"conditions": [{"type": "level", "at": {2025: ">=95"}}]}
    better = "lower" if "halving" in str(said) else "higher"
    target = Target.model_validate(
        {
            "id": "t", "title": NAME, "article": "1", "tier": "numeric", "kind": "level",
            "indicator": "i", "areas": ["wuhai"], "population": NAME, "unit": "percent",
            "better": better, "baseline": {"value": 80, "year": 2020}, "deadline": 2025,
            "quote": "q", "locator": "l",
            "readings": [{"id": "r", "label": NAME, "default": True, **said}],
        }
        | block
    )  # fmt: skip
    assert target.readings[0].conditions
