"""Dumps with one fault in them: the fourth event took out far too much."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.core.sources import examples
from tests.core.sources.examples import Fields

AMOUNT = 987_654
AT = 4

LAYOUTS = ("JSON Lines", "array, indented", "entries", "CSV, gzipped")


def field_of(reader: str) -> str:
    """Where the amount stands."""
    return "data.after.balance" if reader == "debezium" else "data.amount"


def with_a_fault(make: Callable[[], list[Fields]], monkeypatch: pytest.MonkeyPatch) -> list[Fields]:
    """The records of a source, with the fault."""
    stream, version, kind, data, second = examples.STORY[AT - 1]
    faulty = stream, version, kind, {**data, "amount": AMOUNT}, second
    story = (*examples.STORY[: AT - 1], faulty, *examples.STORY[AT:])
    monkeypatch.setattr(examples, "STORY", story)
    records = make()
    row = records[AT - 1]
    inner = row.get("payload", row)
    if isinstance(inner, dict) and isinstance(after := inner.get("after"), dict):
        after["balance"] = AMOUNT
    return records
