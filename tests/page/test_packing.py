"""Old events are packed while the page is open, by one tab or by two, and nothing is lost."""

from __future__ import annotations

import pytest
from bankpage.live.messages import (
    LedgerDiffers,
    PackingDue,
)
from bankpage.live.stored.keys import FORMAT_KEY, SNAPSHOT_KEY, key_of
from bankpage.live.stored.reading import read_ledger
from bankpage.live.stored.segments import Name
from bankpage.paper.effects import Download
from hypothesis import given, settings
from hypothesis import strategies as st

from esbank_core import CODEC, verify
from esbank_core.kernel.identity import Position
from tests.page.desk import Desk
from tests.page.packed_page import (
    exported,
    packed,
    reopened,
    segments_in,
    texts_within,
    with_events,
)
from tests.page.small_segments import small_segments

pytestmark = pytest.mark.usefixtures("few_in_a_segment")


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
