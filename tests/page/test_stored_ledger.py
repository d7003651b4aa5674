"""What localStorage may hold, and what is made of it. Nothing there is trusted."""

from __future__ import annotations

import json

import pytest
from bankpage.live.stored_ledger import (
    GENERATION_KEY,
    LARGEST_GAP,
    Entry,
    key_of,
    read_entries,
    read_ledger,
)
from hypothesis import given
from hypothesis import strategies as st

from esbank_core.bank.account import empty_ledger
from esbank_core.kernel.identity import Position
from esbank_core.kernel.recorded import UnknownEvent, UnreadableEvent
from tests.page.desk import Desk

STORY = Desk().hears_the_story()
ENTRIES = STORY.storage.all()


def changed(key: str, value: str | None) -> list[Entry]:
    """The story's entries with one value changed, or taken away."""
    kept = {entry.key: entry.value for entry in ENTRIES} | {key: value}
    return [Entry(name, text) for name, text in kept.items() if text is not None]


def test_what_was_written_is_read_back() -> None:
    stored = read_ledger(reversed(ENTRIES))
    assert stored.recorded == tuple(STORY.model.live.ledger.recorded)
    assert stored.head_hash == STORY.model.live.head_hash
    assert stored.damaged == ()


def test_the_browser_hands_entries_over_as_pairs() -> None:
    assert read_entries('[["a", "b"]]') == [Entry("a", "b")]


@pytest.mark.parametrize(
    "value",
    [
        "",
        "garbage",
        "{",
        "[]",
        "null",
        "NaN",
        '{"specversion":"1.0"}',
        "[" * 100_000,
        ENTRIES[4].value[:-20],
        ENTRIES[5].value,
        ENTRIES[4].value.replace('"amount":30000', '"amount":"30000"'),
        ENTRIES[4].value.replace('"amount":30000', '"amount":true'),
        ENTRIES[4].value.replace('"time":"2026', '"time":"then'),
        ENTRIES[4].value.replace('"streamversion":2', '"streamversion":1'),
    ],
)
def test_an_event_that_cannot_be_read_keeps_its_place_and_its_text(value: str) -> None:
    key = key_of(1, Position(5))
    stored = read_ledger(changed(key, value))
    assert [damaged.entry for damaged in stored.damaged] == [Entry(key, value)]
    assert isinstance(stored.recorded[4].event, UnreadableEvent)
    assert stored.recorded[4].event.text == value.split("\n")[0]
    healthy = [recorded for nth, recorded in enumerate(stored.recorded) if nth != 4]
    expected = [one for nth, one in enumerate(STORY.model.live.ledger.recorded) if nth != 4]
    assert [one.id for one in healthy] == [one.id for one in expected]
    assert empty_ledger().extend(stored.recorded).head == 12


def test_an_event_that_is_gone_leaves_its_place() -> None:
    stored = read_ledger(changed(key_of(1, Position(5)), None))
    assert len(stored.recorded) == 12
    assert stored.recorded[4].event == UnreadableEvent(
        "", "No record of this event is left in this browser."
    )


def test_an_event_of_a_future_schema_is_kept_and_not_understood() -> None:
    value = ENTRIES[4].value.replace("MoneyDeposited:1", "MoneyDeposited:2")
    stored = read_ledger(changed(key_of(1, Position(5)), value))
    assert stored.damaged == ()
    assert stored.recorded[4].event == UnknownEvent(
        "MoneyDeposited", 2, {"amount": 30000, "note": "savings"}
    )


@pytest.mark.parametrize(
    "key",
    [
        "esbank/settings",
        "esbank/ledger/1/5",
        "esbank/ledger/0/000000000005",
        "esbank/ledger/1/00000000000\u0665",
        key_of(1, Position(14 + LARGEST_GAP)),
    ],
)
def test_what_has_no_place_is_set_aside_and_named(key: str) -> None:
    entry = Entry(key, ENTRIES[0].value)
    stored = read_ledger([*ENTRIES, entry])
    assert [damaged.entry for damaged in stored.damaged] == [entry]
    assert stored.recorded == tuple(STORY.model.live.ledger.recorded)


def test_only_the_generation_that_counts_is_read() -> None:
    stored = read_ledger([*ENTRIES, Entry(GENERATION_KEY, "2")])
    assert stored.recorded == ()
    assert stored.generation == 2
    assert stored.damaged == ()


def test_an_append_of_several_events_is_one_entry() -> None:
    text = "\n".join(entry.value for entry in ENTRIES)
    stored = read_ledger([Entry(key_of(1, Position(1)), text)])
    assert stored.recorded == tuple(STORY.model.live.ledger.recorded)


def test_two_entries_for_one_place_leave_the_first() -> None:
    both = "\n".join(entry.value for entry in ENTRIES[:2])
    stored = read_ledger([Entry(key_of(1, Position(1)), both), *ENTRIES[1:]])
    assert len(stored.recorded) == 12
    assert [damaged.entry for damaged in stored.damaged] == [ENTRIES[1]]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(sorted(json.loads(ENTRIES[4].value)))


@given(st.dictionaries(FIELDS, JSON, max_size=4))
def test_no_value_of_any_field_stops_the_reading(fields: dict[str, object]) -> None:
    document = json.loads(ENTRIES[4].value) | fields
    key = key_of(1, Position(5))
    stored = read_ledger(changed(key, json.dumps(document)))
    assert len(stored.recorded) == 12
    assert empty_ledger().extend(stored.recorded).head == 12


@given(st.dictionaries(st.text(), st.text(), max_size=5))
def test_no_keys_and_values_stop_the_reading(entries: dict[str, str]) -> None:
    found = [Entry(f"esbank/{key}", value) for key, value in entries.items()]
    stored = read_ledger(found)
    assert len(stored.damaged) <= len(found)
    assert stored.recorded == ()
