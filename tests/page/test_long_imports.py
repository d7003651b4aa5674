"""A long history that is added is packed at once, and counts whole or not at all."""

from __future__ import annotations

import pytest
from bankpage.live.messages import (
    AddingSliced,
    StudyAdded,
)
from bankpage.live.model import Opening
from bankpage.live.results import Added, NoRoomFor
from bankpage.live.stored.keys import HEAD_KEY
from bankpage.live.stored.reading import read_ledger

from esbank_core import CODEC, verify
from esbank_core.kernel.written.chain import GENESIS_HASH
from tests.page.desk import Desk, Storage
from tests.page.packed_page import exported, reopened, segments_in, with_events
from tests.page.test_adding import result, study

pytestmark = pytest.mark.usefixtures("few_in_a_segment")


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
