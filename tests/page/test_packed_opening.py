"""A long ledger takes commands before it is read, and is read whole all the same."""

from __future__ import annotations

import pytest
from bankpage.live.messages import (
    EntriesChanged,
    ExportAsked,
    ReadingSliced,
    StudyAdded,
)
from bankpage.live.model import Opening
from bankpage.live.stored.entries import Entry
from bankpage.live.stored.keys import FORMAT_KEY, SNAPSHOT_KEY, key_of
from bankpage.live.stored.reading import read_ledger
from bankpage.live.stored.segments import Name, pack
from bankpage.live.stored.snapshots import read_snapshot, write_snapshot
from bankpage.paper.effects import Download

from esbank_core.bank.states import Open
from esbank_core.kernel.identity import Position, StreamId
from esbank_core.kernel.written.chain import GENESIS_HASH
from tests.page.desk import Desk, Storage
from tests.page.packed_page import exported, packed, reopened, segments_in, slices, with_events
from tests.page.test_adding import study

pytestmark = pytest.mark.usefixtures("few_in_a_segment")


def test_a_long_ledger_takes_commands_before_it_is_read() -> None:
    desk = packed(30)
    fresh = Desk(Storage(dict(desk.storage.entries)))
    live = fresh.model.live
    assert live.opening is Opening.UNCHECKED
    assert live.ledger.head == 30
    assert live.ledger.unread > 20
    fresh.deposits("7")
    assert fresh.model.live.ledger.head == 31
    assert fresh.shows("chain-count").startswith("Opened from a snapshot as of event 24")
    fresh.time_passes()
    live = fresh.model.live
    assert live.opening is Opening.AGREES
    assert live.ledger.unread == 0
    stored = read_ledger(fresh.storage.all())
    assert tuple(live.ledger.recorded) == stored.recorded
    assert tuple(live.lines) == stored.lines
    assert fresh.shows("chain-verdict") == "Chain intact"


def test_a_command_that_is_being_written_down_comes_before_what_is_still_to_be_read() -> None:
    fresh = Desk(Storage(dict(packed(30).storage.entries)), is_settled=False)
    fresh.goes_on()
    fresh.settles()
    assert [type(one) for one in slices(fresh)] == [ReadingSliced]
    fresh.storage.turns.insert(0, "somebody")
    fresh.deposits("7")
    fresh.effects.clear()
    fresh.does(ReadingSliced())
    assert fresh.model.live.in_flight
    assert slices(fresh) == []
    fresh.storage.turns.remove("somebody")
    fresh.settles()
    assert fresh.model.live.ledger.head == 31
    assert [type(one) for one in slices(fresh)] == [ReadingSliced]


def test_what_another_tab_packs_while_this_one_reads_is_known_to_be_packed() -> None:
    desk = with_events(2)
    desk.does(StudyAdded("long", study(20))).time_passes()
    fresh = Desk(desk.storage, name="fresh", is_settled=False)
    fresh.goes_on()
    assert fresh.model.live.opening is Opening.UNCHECKED
    line = "\n".join(desk.model.live.lines[:2]).split("\n")
    segment = pack(line, Name(1, 1, 2), GENESIS_HASH)
    assert segment
    entry = Entry(segment.name.key, segment.text)
    fresh.settles()
    fresh.does(EntriesChanged((entry,)), *[ReadingSliced()] * 9)
    assert fresh.model.live.opening is Opening.AGREES
    assert segment.name in {kept.name for kept in fresh.model.live.packed}
    assert not {1, 2} & set(fresh.model.live.appends)


def test_what_comes_in_two_parts_while_the_rest_is_read_is_taken_in_in_order() -> None:
    desk = packed(30)
    fresh = Desk(Storage(dict(desk.storage.entries)), name="fresh", is_settled=False)
    fresh.goes_on()
    desk.does(StudyAdded("long", study(9)))
    desk.time_passes()
    told = dict(desk.storage.entries)
    imported = [name.key for name in segments_in(desk.storage) if name.until]
    last = key_of(1, Position(37))
    desk.deposits("5")
    ends = {key: told[key] for key in [*imported, last]}
    cut = tuple(Entry(key, ends[key][:160], len(ends[key])) for key in imported)
    fresh.view |= ends
    fresh.does(EntriesChanged((*cut, Entry(last, told[last]))))
    key = key_of(1, Position(40))
    fresh.does(EntriesChanged((Entry(key, desk.storage.entries[key]),)))
    fresh.time_passes()
    assert tuple(fresh.model.live.ledger.recorded) == tuple(desk.model.live.ledger.recorded)
    assert fresh.model.live.missing == 0


def test_without_a_snapshot_commands_wait_until_all_is_read() -> None:
    desk = packed(30)
    fresh = reopened(desk, **{SNAPSHOT_KEY: None})
    assert fresh.model.live.opening is Opening.NONE
    fresh.opens("Grace")
    assert fresh.model.live.ledger.head == 0
    assert fresh.shows("chain-count").startswith("Reading events: 0 of 30. What you ask for")
    fresh.time_passes()
    assert fresh.model.live.ledger.head == 31
    assert isinstance(fresh.model.live.ledger.state_of(StreamId("ACC-1")), Open)
    assert fresh.storage.entries[SNAPSHOT_KEY], "and one is kept for the next visit"


@pytest.mark.parametrize(
    "text", ["", "garbage", "w", "n", "w\ud800", "wcut", "ncut", "n" + "x" * 100]
)
def test_a_snapshot_that_is_none_is_thrown_away(text: str) -> None:
    desk = packed(30)
    kept = desk.storage.entries[SNAPSHOT_KEY]
    fresh = reopened(desk, **{SNAPSHOT_KEY: text.replace("cut", kept[1:-9])})
    assert fresh.model.live.opening is Opening.NONE
    assert fresh.time_passes().model.live.ledger.head == 30


def test_a_snapshot_that_disagrees_with_the_events_is_thrown_away_and_said() -> None:
    desk = packed(30)
    kept = read_snapshot(desk.storage.entries[SNAPSHOT_KEY])
    assert kept is not None
    standing = kept.accounts.standings[StreamId("ACC-1")]
    kept.accounts.standings[StreamId("ACC-1")] = type(standing)(
        standing.first, standing.last, standing.version, Open("Eve", "USD", 99)
    )
    fresh = reopened(desk, **{SNAPSHOT_KEY: write_snapshot(kept, is_narrow=False)})
    assert fresh.model.live.opening is Opening.UNCHECKED
    fresh.time_passes()
    live = fresh.model.live
    assert live.opening is Opening.DISAGREES
    assert tuple(live.ledger.recorded) == read_ledger(fresh.storage.all()).recorded
    assert live.ledger.state_of(StreamId("ACC-1")) == desk.model.live.ledger.state_of(
        StreamId("ACC-1")
    )
    assert "disagreed" in fresh.shows("snapshot")


def test_an_export_that_is_asked_for_too_early_is_given_once_all_is_read() -> None:
    desk = packed(30)
    fresh = Desk(Storage(dict(desk.storage.entries)))
    fresh.does(ExportAsked())
    assert not any(isinstance(effect, Download) for effect in fresh.effects)
    fresh.time_passes()
    text = next(effect.text for effect in fresh.effects if isinstance(effect, Download))
    assert text == exported(desk)


def test_a_segment_that_goes_while_it_is_to_be_read_has_all_read_anew() -> None:
    desk = packed(30)
    fresh = Desk(Storage(dict(desk.storage.entries)), is_settled=False)
    key = Name(1, 1, 4).key
    fresh.view.pop(key)
    fresh.storage.entries.pop(key)
    fresh.settles()
    fresh.time_passes()
    live = fresh.model.live
    assert live.reading is None
    assert live.ledger.head == 30
    assert live.missing == 4


def test_a_ledger_of_an_earlier_version_opens_as_it_is() -> None:
    desk = with_events(12)
    assert FORMAT_KEY not in desk.storage.entries
    fresh = Desk(Storage(dict(desk.storage.entries)))
    assert tuple(fresh.model.live.ledger.recorded) == tuple(desk.model.live.ledger.recorded)
    assert fresh.model.live.reading is None
