"""What localStorage may hold, and what is made of it. Nothing there is trusted."""

from __future__ import annotations

import json
from datetime import timedelta, timezone
from operator import attrgetter

import pytest
from bankpage.house.model import Model
from bankpage.house.screen import view
from bankpage.live.effects import Append
from bankpage.live.files import export_damaged
from bankpage.live.messages import Loaded, OpenAsked, ReadForExport
from bankpage.live.stored.entries import Entry, read_entries
from bankpage.live.stored.keys import GENERATION_KEY, key_of
from bankpage.live.stored.reading import MOST_LOST, read_ledger
from bankpage.page import update
from bankpage.paper.effects import Download
from bankpage.paper.occasion import Occasion
from bankpage.paper.patches import patches
from bankpage.stage.messages import CursorMoved, PayloadToggled, Step, Stepped
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esbank_core.bank.account import empty_ledger
from esbank_core.kernel.identity import Position
from esbank_core.kernel.recorded import UnknownEvent, UnreadableEvent
from tests.page.desk import START, Desk, page_phrases

STORY = Desk().hears_the_story()
ENTRIES = tuple(entry for entry in STORY.storage.all() if "/rejected/" not in entry.key)


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
        key_of(1, Position(14 + MOST_LOST)),
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
    assert [damaged.entry for damaged in stored.damaged] == list(ENTRIES)


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


# Whatever is stored, the page starts.

TIMES = st.sampled_from(
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999Z", "then"]
)
ODD_TEXTS = st.sampled_from(["", "\ud800", "\x00", "__proto__", "[" * 5000, "\n" * 9, "9" * 5000])
KEYS = st.one_of(
    st.sampled_from(["generation", "head", "format", "glance", "__proto__", "", "ledger/"]),
    st.builds(
        "ledger/{}/{:012d}".format,
        st.sampled_from([0, 1, 2, 10**9 - 1, 10**12]),
        st.one_of(st.integers(0, 20), st.integers(0, 10**12 - 1)),
    ),
    st.text(),
)
LINES = st.builds(
    lambda entry, fields: json.dumps(json.loads(entry.value or "") | fields),
    st.sampled_from(ENTRIES),
    st.dictionaries(FIELDS, JSON | TIMES, max_size=2)
    | st.fixed_dictionaries({"time": TIMES, "sequence": st.none()}),
)
VALUES = st.one_of(
    *(LINES, st.lists(LINES, max_size=3).map("\n".join), JSON.map(json.dumps), ODD_TEXTS),
    *(
        st.text(),
        st.integers().map(str),
        st.none(),
        st.sampled_from(ENTRIES).map(attrgetter("value")),
    ),
    st.builds("{}/{:012d}/{}".format, st.integers(0, 3), st.integers(0, 2000), st.just("0" * 64)),
)
ZONES = st.sampled_from([timezone(timedelta(hours=hours)) for hours in (-12, 0, 14)])


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(KEYS.map("esbank/{}".format), VALUES, max_size=6),
    st.booleans(),
    ZONES,
)
def test_whatever_is_stored_the_page_starts_shows_it_and_goes_on(
    odd: dict[str, str | None], has_story: bool, zone: timezone
) -> None:
    story = {entry.key: entry.value for entry in ENTRIES} if has_story else {}
    stored = [Entry(key, value) for key, value in (story | odd).items()]
    model, effects = Model(), ()
    for message in (
        *(Loaded(tuple(stored), is_kept=True), CursorMoved(Position(1)), Stepped(Step.FORWARD)),
        *(PayloadToggled(Position(2)), ReadForExport(tuple(stored)), OpenAsked("Eve")),
    ):
        model, effects = update(model, message, Occasion(START, "id"))
        screen = view(model, page_phrases(), zone)
        assert json.dumps(patches(None, screen)).isascii()
        for effect in effects:
            if isinstance(effect, Download):
                assert effect.text.encode() is not None
    assert len(model.live.lines) == model.live.ledger.head
    assert export_damaged(model.live).encode()
    if not model.live.is_later:
        named = {damaged.entry.key for damaged in model.live.damaged}
        read = model.live.ledger.head > 0
        assert {key for key in odd if not _is_ours(key)} <= named
        assert any(isinstance(effect, Append) for effect in effects) or read


def _is_ours(key: str) -> bool:
    return key.startswith("esbank/ledger/") or key in (
        *("esbank/generation", "esbank/head", "esbank/format"),
    )
