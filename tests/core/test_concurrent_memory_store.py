"""The store in memory, shared by threads."""

from __future__ import annotations

import pytest

from esbank_core import MemoryStore
from tests.core.concurrent_store_conformance import ConcurrentStoreConformance
from tests.core.store_conformance import NewStore


class TestConcurrentMemoryStore(ConcurrentStoreConformance):
    @pytest.fixture
    def new_store(self) -> NewStore:
        return MemoryStore
