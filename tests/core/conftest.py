"""What holds for all tests of the core."""

from __future__ import annotations

import pytest
from hypothesis import settings

# A slow machine is no failed test; and the suite is run often, which finds more than running long.
settings.register_profile("esbank", deadline=None, max_examples=60)
settings.load_profile("esbank")

pytest.register_assert_rewrite(
    "tests.core.store_conformance", "tests.core.concurrent_store_conformance"
)
