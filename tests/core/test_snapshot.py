"""Snapshots: a history goes on from where each stream stood, as if all had been read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from esbank_core.bank.account import ACCOUNT
from esbank_core.kernel.identity import NOWHERE, Position
from esbank_core.kernel.recorded import Metadata
from esbank_core.kernel.snapshot import NOT_READ_YET, resumed, snapshot_of
from tests.core.histories import ledgers


@given(ledgers(), st.integers(0, 60))
def test_what_comes_after_a_snapshot_is_as_if_all_had_been_read(ledger, cut) -> None:
    cut = Position(min(cut, ledger.head))
    history = resumed(ACCOUNT, snapshot_of(ledger, cut)).extend(ledger.recorded[cut:])
    assert history.head == ledger.head
    assert history.unread == cut
    assert list(history.places) == list(ledger.places)
    for stream_id in ledger.places:
        for to in range(cut, ledger.head + 1):
            assert history.state_of(stream_id, to) == ledger.state_of(stream_id, to)
            assert history.version_of(stream_id, to) == ledger.version_of(stream_id, to)
    for position in range(cut + 1, ledger.head + 1):
        assert history.change_at(position) == ledger.change_at(position)


@given(ledgers(), st.integers(0, 60))
def test_in_the_places_of_what_is_not_read_stand_ins_say_so(ledger, cut) -> None:
    cut = Position(min(cut, ledger.head))
    history = resumed(ACCOUNT, snapshot_of(ledger, cut))
    for position, recorded in enumerate(history.recorded, start=1):
        assert recorded.position == position
        assert recorded.event.reason == NOT_READ_YET
        assert recorded.stream_id in (NOWHERE, ledger.at(position).stream_id)
    assert len(history.recorded) == len(history.states) == cut


@given(ledgers(), st.integers(0, 60))
def test_no_new_event_takes_a_name_that_is_taken(ledger, cut) -> None:
    cut = Position(min(cut, ledger.head))
    history = resumed(ACCOUNT, snapshot_of(ledger, cut)).extend(ledger.recorded[cut:])
    metadata = Metadata(ledger.recorded[0].time if ledger.head else None)
    for stream_id in ledger.places:
        new = history.recorded_next(stream_id, ["new"], metadata)
        assert new == ledger.recorded_next(stream_id, ["new"], metadata)
