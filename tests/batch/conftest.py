"""The shipped definitions and data in a folder of their own, as the tests of reports have them."""

from __future__ import annotations

from tests.report.conftest import catalog, opened, root

__all__ = ["catalog", "opened", "root"]
