"""Settings of the property tests of this folder."""

from hypothesis import settings

# How long an example takes depends on the machine, and says nothing of a formula.
settings.register_profile("formulas", settings(), deadline=None)
settings.load_profile("formulas")
