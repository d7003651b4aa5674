"""The store in memory, held to what every store promises."""

from __future__ import annotations

import pytest

from esbank_core import CODEC, MemoryStore
from tests.core.store_conformance import NewStore, StoreConformance


class TestMemoryStore(StoreConformance):
    @pytest.fixture
    def new_store(self) -> NewStore:
        return lambda: MemoryStore(CODEC)
