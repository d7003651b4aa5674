"""Old events in segments: nothing that was acknowledged is lost, whatever happens in between."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from bankpage.live.messages import (
    AddingSliced,
    DamageExportAsked,
    EntriesChanged,
    ExportAsked,
    LedgerDiffers,
    PackingDue,
    ReadingSliced,
    StudyAdded,
)
from bankpage.live.model import Live, Opening
from bankpage.live.opening import opened
from bankpage.live.results import Added, NoRoomFor
from bankpage.live.stored.entries import Entry
from bankpage.live.stored.keys import FORMAT_KEY, HEAD_KEY, SNAPSHOT_KEY, key_of
from bankpage.live.stored.reading import read_ledger
from bankpage.live.stored.segments import Name, hash_in, pack, segment_in, unpack
from bankpage.live.stored.snapshots import read_snapshot, write_snapshot
from bankpage.paper.effects import After, Download
from hypothesis import given, settings
from hypothesis import strategies as st

from esbank_core import CODEC, verify
from esbank_core.bank.states import Open
from esbank_core.kernel.identity import Position, StreamId
from esbank_core.kernel.recorded import UnreadableEvent
from esbank_core.kernel.written.chain import GENESIS_HASH
from tests.page.desk import Desk, Storage
from tests.page.small_segments import small_segments
from tests.page.test_adding import result, study


@pytest.fixture(autouse=True)
def small() -> Iterator[None]:
    with small_segments(size=4, plain=3):
        yield


def with_events(count: int, storage: Storage | None = None) -> Desk:
    """A tab that has recorded so many events, and packed nothing."""
    desk = Desk(storage or Storage())
    desk.opens("Ada")
    for nth in range(1, count):
        desk.deposits(str(nth))
    return desk


def packed(count: int = 12) -> Desk:
    return with_events(count).time_passes()


def exported(desk: Desk) -> str:
    desk.does(ExportAsked())
    if not any(isinstance(effect, Download) for effect in desk.effects):
        desk.time_passes()
    return next(effect.text for effect in reversed(desk.effects) if isinstance(effect, Download))


def texts_within(thing: object) -> set[str]:
    """All texts that something holds, however deep."""
    texts, looked_at, left = set[str](), set[int](), [thing]
    while left:
        one = left.pop()
        if isinstance(one, str):
            texts.add(one)
        elif id(one) not in looked_at and not isinstance(one, type):
            looked_at.add(id(one))
            left += gc.get_referents(one)
    return texts


def slices(desk: Desk) -> list[object]:
    """What of its reading a tab has said that it will go on with."""
    later = [effect.message for effect in desk.effects if isinstance(effect, After)]
    return [message for message in later if isinstance(message, ReadingSliced)]


def segments_in(storage: Storage) -> list[Name]:
    return sorted(name for name in map(Name.of, storage.entries) if name)


def reopened(desk: Desk, **changed: str | None) -> Desk:
    """A tab opened on what another has stored, some of it changed."""
    entries = dict(desk.storage.entries) | changed
    return Desk(Storage({key: value for key, value in entries.items() if value is not None}))


# Packing ------------------------------------------------------------------------------------


def test_old_events_are_packed_and_the_newest_stay_as_they_are() -> None:
    desk = packed()
    assert segments_in(desk.storage) == [Name(1, 1, 4), Name(1, 5, 8)]
    plain = [key for key in desk.storage.entries if key.count("/") == 3 and "-" not in key]
    assert plain == [key_of(1, Position(at)) for at in (9, 10, 11, 12)]
    assert desk.storage.entries[FORMAT_KEY] == "2"


def test_what_is_packed_is_exported_byte_for_byte_as_before() -> None:
    desk = with_events(14)
    before = exported(desk)
    desk.time_passes()
    assert segments_in(desk.storage)
    assert exported(desk) == before
    fresh = Desk(desk.storage)
    assert exported(fresh) == before
    assert verify([before.encode()], CODEC).is_intact
    assert fresh.time_passes().shows("chain-verdict") == "Chain intact"


def test_the_lines_of_a_segment_are_held_once_and_are_the_same() -> None:
    desk = with_events(14)
    before = tuple(desk.model.live.lines)
    lines = desk.time_passes().model.live.lines
    assert segments_in(desk.storage) == [Name(1, 1, 4), Name(1, 5, 8)]
    assert tuple(lines) == before
    assert [*lines[2:6], lines[7], lines[-1]] == [*before[2:6], before[7], before[-1]]
    assert texts_within(lines) & set(before) == set(before[8:])
    desk.deposits("5").time_passes()
    assert tuple(desk.model.live.lines) == read_ledger(desk.storage.all()).lines


def test_nothing_is_packed_while_a_command_waits_for_its_answer() -> None:
    desk = with_events(12)
    desk.effects.clear()
    desk.storage.turns.insert(0, "somebody")
    desk.deposits("5")
    assert desk.model.live.in_flight
    desk.does(PackingDue())
    assert segments_in(desk.storage) == []
    desk.storage.turns.remove("somebody")
    desk.settles()
    desk.time_passes()
    assert segments_in(desk.storage)


def test_a_short_ledger_is_never_packed() -> None:
    desk = with_events(6).time_passes()
    assert FORMAT_KEY not in desk.storage.entries
    assert SNAPSHOT_KEY not in desk.storage.entries


@pytest.mark.parametrize("kill_after", range(40))
def test_a_tab_that_is_killed_at_any_write_of_packing_loses_nothing(kill_after: int) -> None:
    desk = with_events(12)
    before = exported(desk)
    desk.effects = [e for e in desk.effects if not isinstance(e, Download)]
    desk.inbox += [PackingDue()]
    for _ in range(kill_after):
        desk.goes_on()
    desk.crashes()
    found = read_ledger(desk.storage.all())
    assert found.damaged == ()
    assert "".join(f"{line}\n" for line in found.lines) == before
    fresh = Desk(desk.storage).time_passes()
    assert tuple(fresh.model.live.ledger.recorded) == found.recorded
    assert fresh.model.live.damaged == ()
    assert exported(fresh) == before
    assert segments_in(desk.storage) == [Name(1, 1, 4), Name(1, 5, 8)]
    left = [key for key in desk.storage.entries if key == key_of(1, Position(2))]
    assert left == [], "what is in a segment as well is let go of in the end"


def test_where_there_is_no_room_for_a_segment_a_smaller_one_is_tried() -> None:
    desk = with_events(12)
    desk.storage.is_full = True
    desk.effects.clear()
    desk.does(PackingDue())
    assert desk.model.live.packing.share == 4
    assert segments_in(desk.storage) == []
    desk.storage.is_full = False
    desk.time_passes()
    assert segments_in(desk.storage)[0] == Name(1, 1, 1)
    assert exported(Desk(desk.storage)) == exported(desk)


def test_a_line_whose_hash_does_not_follow_stays_as_it_is() -> None:
    desk = with_events(16)
    key = key_of(1, Position(6))
    altered = desk.storage.entries[key].replace('"amount":500', '"amount":900')
    fresh = reopened(desk, **{key: altered}).time_passes()
    assert fresh.storage.entries[key] == altered
    assert not any(name.first <= 6 <= name.last for name in segments_in(fresh.storage))
    assert segments_in(fresh.storage)[0] == Name(1, 1, 4)
    assert fresh.shows("chain-verdict") == "Chain broken at event 6: altered"
    assert exported(fresh) == exported(reopened(desk, **{key: altered}))


def test_what_is_altered_before_it_is_packed_is_not_replaced_by_what_it_was() -> None:
    desk = with_events(12)
    key = key_of(1, Position(2))
    altered = desk.storage.entries[key].replace('"amount":100', '"amount":900')
    desk.view[key] = desk.storage.entries[key] = altered
    desk.time_passes()
    assert desk.storage.entries[key] == altered
    assert desk.shows("chain-verdict") == "Chain broken at event 2: altered"


# Two tabs -----------------------------------------------------------------------------------


def test_a_tab_learns_that_another_has_packed_and_goes_on() -> None:
    desk = with_events(12)
    other = Desk(desk.storage, name="other")
    desk.time_passes()
    other.sees()
    other.settles()
    assert other.model.live.gone is None
    assert [kept.name for kept in other.model.live.packed] == segments_in(desk.storage)
    other.deposits("5")
    assert other.model.live.ledger.head == 13
    assert other.does(LedgerDiffers(other._all())).model.live.gone is None
    assert tuple(other.model.live.ledger.recorded) == read_ledger(desk.storage.all()).recorded


@settings(max_examples=60)
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 7)), max_size=14))
def test_two_tabs_that_pack_at_once_lose_nothing(course) -> None:
    with small_segments(4, 3):
        first = with_events(14)
        second = Desk(first.storage, name="second")
        second.settles()
        before = read_ledger(first.storage.all()).lines
        for desk in (first, second):
            desk.effects.clear()
            desk.inbox += [PackingDue(), PackingDue()]
        for is_first, steps in course:
            for _ in range(steps):
                (first if is_first else second).goes_on()
        for _ in range(3):
            for desk in (first, second):
                desk.sees()
                desk.settles()
                desk.time_passes()
        assert read_ledger(first.storage.all()).lines == before
        for desk in (first, second):
            assert list(desk.model.live.lines) == list(before)
            assert desk.model.live.gone is None


# Damage -------------------------------------------------------------------------------------


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


# Opening ------------------------------------------------------------------------------------


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


# Long imports -------------------------------------------------------------------------------


def test_a_long_import_is_written_packed_and_counts_with_its_last_append() -> None:
    desk = with_events(2)
    desk.does(StudyAdded("long", study(20)), *[AddingSliced()] * 7)
    assert result(desk) == Added("long", 20, 0)
    opened_at_once = Desk(Storage(dict(desk.storage.entries)))
    assert opened_at_once.model.live.opening is Opening.UNCHECKED, "a snapshot comes with it"
    assert opened_at_once.model.live.ledger.head == 22
    assert [name.until for name in segments_in(desk.storage)] == [20] * 5
    found = read_ledger(desk.storage.all())
    assert len(found.recorded) == 22
    assert found.lines == tuple(desk.model.live.lines)
    fresh = Desk(Storage(dict(desk.storage.entries))).time_passes()
    assert tuple(fresh.model.live.ledger.recorded) == found.recorded
    assert verify([exported(fresh).encode()], CODEC).is_intact


@pytest.mark.parametrize("kill_after", range(3, 26))
def test_a_long_import_that_is_killed_at_any_write_counts_whole_or_not_at_all(
    kill_after: int,
) -> None:
    desk = with_events(2)
    desk.does(StudyAdded("long", study(20)), *[AddingSliced()] * 6)
    desk.inbox.append(AddingSliced())
    for _ in range(kill_after):
        desk.goes_on()
    desk.crashes()
    fresh = Desk(desk.storage).time_passes()
    head = fresh.model.live.ledger.head
    assert head in (2, 22)
    assert fresh.model.live.damaged == ()
    fresh.deposits("5").time_passes()
    found = read_ledger(desk.storage.all())
    assert len(found.recorded) == head + 1
    assert found.damaged == ()
    assert verify(["".join(f"{line}\n" for line in found.lines).encode()], CODEC).is_intact
    again = fresh.does(StudyAdded("long", study(20))).time_passes()
    assert again.model.live.ledger.head == 23
    assert len(read_ledger(desk.storage.all()).recorded) == 23


def test_what_is_added_while_the_rest_is_read_is_held_against_all_of_it() -> None:
    desk = with_events(2)
    desk.does(StudyAdded("long", study(20))).time_passes()
    fresh = Desk(Storage(dict(desk.storage.entries)), name="fresh", is_settled=False)
    fresh.goes_on()
    fresh.does(StudyAdded("the same, and more", study(23)))
    assert fresh.model.live.ledger.unread
    fresh.time_passes()
    assert result(fresh) == Added("the same, and more", 3, 20)
    assert fresh.model.live.ledger.unread == 0
    assert tuple(fresh.model.live.ledger.recorded) == read_ledger(fresh.storage.all()).recorded


def test_a_long_import_that_does_not_fit_leaves_nothing() -> None:
    desk = with_events(2)
    before = dict(desk.storage.entries)
    desk.storage.is_full = True
    desk.does(StudyAdded("long", study(20))).time_passes()
    assert result(desk) == NoRoomFor("long", 20)
    assert desk.storage.entries == before


def test_another_tab_follows_a_long_import() -> None:
    desk = with_events(2)
    other = Desk(desk.storage, name="other")
    desk.does(StudyAdded("long", study(20))).time_passes()
    other.sees()
    other.settles()
    other.deposits("5")
    other.time_passes()
    assert other.model.live.reading is None
    found = read_ledger(desk.storage.all())
    assert len(found.recorded) == 23
    assert tuple(other.model.live.ledger.recorded) == found.recorded


def test_what_is_forgotten_of_the_head_does_not_undo_an_import() -> None:
    desk = with_events(2)
    desk.does(StudyAdded("long", study(20))).time_passes()
    fresh = reopened(desk, **{HEAD_KEY: None}).time_passes()
    assert fresh.model.live.ledger.head == 22
    assert GENESIS_HASH not in fresh.model.live.head_hash
