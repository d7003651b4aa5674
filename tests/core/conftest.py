"""What holds for all tests of the core."""

from __future__ import annotations

import pytest
from hypothesis import Phase, settings

# A slow machine is no failed test; and the suite is run often, which finds more than running long.
# A failing example is made small, but not explained: that takes minutes.
settings.register_profile(
    "esbank",
    deadline=None,
    max_examples=60,
    phases=[phase for phase in Phase if phase is not Phase.explain],
    report_multiple_bugs=False,
)
settings.load_profile("esbank")

pytest.register_assert_rewrite(
    "tests.core.store_conformance", "tests.core.concurrent_store_conformance"
)
