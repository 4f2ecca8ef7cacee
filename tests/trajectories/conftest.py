"""Histories for these tests, and the settings of the property tests."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings

# How long an example takes depends on the machine, and says nothing of a trend.
settings.register_profile("trajectories", settings(), deadline=None, max_examples=40)
settings.load_profile("trajectories")


@pytest.fixture(scope="session")
def history():
    """Make one series from values by year; ``whole`` is the number behind a rate."""

    def make(values, area="here", whole=np.nan):
        return pd.DataFrame(
            {
                "area": area,
                "year": np.array(list(values), dtype="int64"),
                "value": np.array(list(values.values()), dtype=float),
                "denominator": float(whole),
            }
        )

    return make


@pytest.fixture(scope="session")
def nobody(history):
    """Give a table of peers that holds none."""
    return history({})
