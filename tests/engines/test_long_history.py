"""A history too long to stand plain, in the other engines."""

from __future__ import annotations

import pytest

from tests.engines.filling import fill
from tests.engines.test_engines import ENGINES

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("default")]

EVENTS = 4_000
PLAIN = 1_000
MOST_OF_A_PLAIN_ONE, MOST_OF_A_PACKED_ONE = 560, 70
"""Characters."""


@pytest.mark.parametrize("engine", ENGINES)
def test_a_long_history_is_kept_packed_and_opens_whole(engine: str) -> None:
    missing, start = ENGINES[engine]
    if reason := missing():
        pytest.skip(reason)
    filled = fill(start, EVENTS)
    assert filled.said == f"Added {EVENTS:,} events of “study.jsonl” to your ledger."
    assert (filled.counted, filled.verdict) == (f"{EVENTS:,} events", "intact")
    packed = EVENTS - PLAIN
    assert filled.characters < PLAIN * MOST_OF_A_PLAIN_ONE + packed * MOST_OF_A_PACKED_ONE
