"""Packed events that are damaged, doubled or gone: what is lost, and what is not."""

from __future__ import annotations

import pytest
from bankpage.live.messages import (
    DamageExportAsked,
    EntriesChanged,
    LedgerDiffers,
)
from bankpage.live.model import Live
from bankpage.live.opening import opened
from bankpage.live.stored.entries import Entry
from bankpage.live.stored.keys import FORMAT_KEY, key_of
from bankpage.live.stored.reading import read_ledger
from bankpage.live.stored.segments import Name, hash_in, pack, segment_in, unpack
from bankpage.paper.effects import After, Download

from esbank_core import CODEC, verify
from esbank_core.kernel.identity import Position
from esbank_core.kernel.recorded import UnreadableEvent
from esbank_core.kernel.written.chain import GENESIS_HASH
from tests.page.desk import Desk, Storage
from tests.page.packed_page import exported, packed, reopened, segments_in, with_events

pytestmark = pytest.mark.usefixtures("few_in_a_segment")


@pytest.mark.parametrize(
    "value",
    ["", "garbage", "cut", "2 w", "1 n", "gone"],
)
def test_a_damaged_segment_loses_that_segment_alone(value: str) -> None:
    desk = packed()
    key = Name(1, 5, 8).key
    text = desk.storage.entries[key]
    damaged: str | None = {
        "cut": text[:-20],
        "2 w": text.replace("1 w", "2 w", 1),
        "1 n": text.replace("1 w", "1 n", 1),
        "gone": None,
    }.get(value, value)
    fresh = reopened(desk, **{key: damaged}).time_passes()
    live = fresh.model.live
    assert live.reading is None
    assert live.ledger.head == 12
    lost = [one.position for one in live.ledger.recorded if isinstance(one.event, UnreadableEvent)]
    assert lost == [5, 6, 7, 8]
    if damaged is not None:
        assert [one.entry for one in live.damaged] == [Entry(key, damaged)]
        assert fresh.storage.entries[key] == damaged
        fresh.does(DamageExportAsked())
        text = next(e.text for e in reversed(fresh.effects) if isinstance(e, Download))
        assert key in text
    assert fresh.shows("chain-verdict").startswith("Chain broken at event 5")
    assert fresh.deposits("1").model.live.ledger.head == 13


def test_a_segment_whose_hashes_lead_elsewhere_is_told_as_a_whole() -> None:
    desk = packed()
    name = Name(1, 5, 8)
    segment = segment_in(name, desk.storage.entries[name.key])
    forged = desk.storage.entries[name.key].replace(segment.hash_after, "e" * 64, 1)
    fresh = reopened(desk, **{name.key: forged}).time_passes()
    assert fresh.shows("chain-verdict") == "Chain broken within events 5 to 8: altered"
    audit = verify([exported(fresh).encode()], CODEC)
    assert audit.broken is not None
    assert 5 <= audit.broken.position <= 8


def test_a_segment_that_is_there_twice_counts_once() -> None:
    desk = packed()
    other = Name(1, 6, 8)
    lines = read_ledger(desk.storage.all()).lines
    before = segment_in(Name(1, 5, 8), desk.storage.entries[Name(1, 5, 8).key]).hash_before
    copy = pack(lines[5:8], other, unpack(pack(lines[4:5], Name(1, 5, 5), before)).last_hashes[1])
    assert copy is not None
    fresh = reopened(desk, **{other.key: copy.text}).time_passes()
    assert list(fresh.model.live.lines) == list(lines)
    assert [one.entry.key for one in fresh.model.live.damaged] == [other.key]


@pytest.mark.parametrize("first", [2, 4, 5])
def test_of_a_segment_that_begins_within_what_is_read_the_rest_is_read(first: int) -> None:
    desk = with_events(9)
    lines = list(desk.model.live.lines)
    overlapping = pack(lines[first - 1 : 7], Name(1, first, 7), hash_in(lines[first - 2]))
    before = pack(lines[:5], Name(1, 1, 5), GENESIS_HASH)
    assert overlapping
    assert before
    gone = {key_of(1, Position(at)): None for at in range(1, 8)}
    kept = {one.name.key: one.text for one in (before, overlapping)}
    fresh = reopened(desk, **gone, **kept).time_passes()
    assert list(fresh.model.live.lines) == lines
    assert fresh.model.live.damaged == ()
    assert fresh.shows("chain-verdict") == "Chain intact"


def test_a_segment_that_goes_on_from_another_history_is_set_aside() -> None:
    desk, other = with_events(9), Desk(name="other")
    other.opens("Eve")
    for _ in range(8):
        other.deposits("1")
    lines, theirs = list(desk.model.live.lines), list(other.model.live.lines)
    ours = pack(lines[:5], Name(1, 1, 5), GENESIS_HASH)
    strange = pack(theirs[3:7], Name(1, 4, 7), hash_in(theirs[2]))
    assert ours
    assert strange
    gone = {key_of(1, Position(at)): None for at in range(1, 8)}
    kept = {one.name.key: one.text for one in (ours, strange)}
    live = reopened(desk, **gone, **kept).time_passes().model.live
    assert [one.entry.key for one in live.damaged] == [strange.name.key]
    assert list(live.lines) == [*lines[:5], "", "", *lines[7:]]


def test_a_tab_that_knows_only_the_beginning_of_a_segment_follows_it_to_its_end() -> None:
    late = with_events(5)
    desk = Desk(Storage(dict(late.storage.entries)), name="other")
    for nth in range(4):
        desk.deposits(str(nth + 1))
    lines = list(desk.model.live.lines)
    segment = pack(lines[3:7], Name(1, 4, 7), hash_in(lines[2]))
    assert segment
    newest = [key_of(1, Position(at)) for at in (8, 9)]
    late.does(
        EntriesChanged(
            (
                Entry(segment.name.key, segment.text),
                *(Entry(key, desk.storage.entries[key]) for key in newest),
            )
        )
    )
    live = late.model.live
    assert tuple(live.ledger.recorded) == tuple(desk.model.live.ledger.recorded)
    assert list(live.appends) == [1, 2, 3, 8, 9]
    assert live.damaged == ()


def test_what_stands_in_the_way_of_packing_and_is_not_known_is_not_tried_again_and_again() -> None:
    desk = with_events(12)
    (due,) = [effect for effect in desk.effects if isinstance(effect, After)][-1:]
    desk.effects.clear()
    desk.does(due.message)
    assert segments_in(desk.storage), "the first was packed"
    desk.storage.entries[Name(1, 5, 6).key] = desk.view[Name(1, 5, 6).key] = "in the way"
    desk.known.add(Name(1, 5, 6).key)
    desk.time_passes()
    assert segments_in(desk.storage) == [Name(1, 1, 4), Name(1, 5, 6)]
    assert desk.deposits("5").model.live.ledger.head == 13


def test_a_segment_of_another_generation_is_set_aside() -> None:
    desk = packed()
    other = Entry(Name(7, 1, 4).key, desk.storage.entries[Name(1, 1, 4).key])
    live = opened(Live(), (*desk.storage.all(), other))
    assert [one.entry for one in live.damaged] == [other]
    assert read_ledger((*desk.storage.all(), other)).lines == tuple(desk.model.live.lines)


def test_a_later_version_of_the_page_keeps_what_it_has_packed() -> None:
    desk = packed()
    fresh = reopened(desk, **{FORMAT_KEY: "3"})
    assert fresh.model.live.is_later
    assert fresh.deposits("1").model.live.ledger.head == 0


def test_a_segment_that_is_gone_while_the_page_is_open_can_be_stored_again() -> None:
    desk = packed()
    key = Name(1, 1, 4).key
    text = desk.storage.entries.pop(key)
    desk.view.pop(key)
    desk.does(LedgerDiffers(desk._all()))
    gone = desk.model.live.gone
    assert gone is not None
    assert gone.events == 4
    assert gone.lost == (Entry(key, text),)
