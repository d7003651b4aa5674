"""Import: the same is skipped, the new is added, a contradiction is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core import CODEC, DepositMoney, OpenAccount, empty_ledger
from esbank_core.bank.events import MoneyDeposited, MoneyWithdrawn
from esbank_core.kernel.errors import ImportConflict, RefusedLine
from esbank_core.kernel.recorded import UnknownEvent
from esbank_core.kernel.written.event_file import read_events
from esbank_core.kernel.written.importing import Importing, import_events
from tests.core.histories import Bank, file_of, ledgers


def two_deposits() -> Bank:
    bank = Bank().do(OpenAccount("ACC-1", "Ada"))
    return bank.do(DepositMoney("ACC-1", 500)).do(DepositMoney("ACC-1", 700))


@given(ledgers(), st.data())
def test_importing_what_is_there_changes_nothing(ledger, data) -> None:
    imported = import_events(ledger, read_events([file_of(ledger.recorded)], CODEC))
    assert imported.history == ledger
    assert imported.added == ()
    assert imported.skipped == ledger.head


@given(ledgers(), st.integers(0, 100))
def test_a_longer_export_adds_its_tail(ledger, cut) -> None:
    earlier = empty_ledger().extend(ledger.recorded[:cut])
    imported = import_events(earlier, read_events([file_of(ledger.recorded)], CODEC))
    assert imported.history == ledger
    assert imported.skipped == earlier.head
    assert earlier.head == min(cut, ledger.head)


def test_another_ledger_comes_after_this_one() -> None:
    ours = two_deposits().ledger
    theirs = Bank().do(OpenAccount("ACC-9", "Grace")).do(DepositMoney("ACC-9", 1)).ledger
    imported = import_events(ours, theirs.recorded)
    assert [(event.id, event.position) for event in imported.added] == [
        ("ACC-9/1", 4),
        ("ACC-9/2", 5),
    ]
    assert imported.history.state_of("ACC-9") == theirs.state_of("ACC-9")


def test_the_same_name_with_other_content_is_a_conflict_and_named() -> None:
    ours = two_deposits().ledger
    changed = replace(ours.at(3), event=MoneyWithdrawn(700))
    with pytest.raises(ImportConflict) as conflict:
        import_events(ours, [*ours.recorded[:2], changed])
    assert conflict.value.event_id == "ACC-1/3"
    assert conflict.value.position == 3
    assert str(conflict.value) == (
        "Event ACC-1/3 is in the ledger already, at position 3, with another event. "
        "Nothing was imported."
    )
    assert ours == two_deposits().ledger


def test_a_conflict_names_everything_that_differs() -> None:
    ours = two_deposits().ledger
    changed = replace(ours.at(2), event=MoneyDeposited(1), stream_id="ACC-7")
    with pytest.raises(ImportConflict, match="another event and another subject"):
        import_events(ours, [changed])


def test_the_same_event_is_the_same_whatever_a_transport_has_added() -> None:
    ours = two_deposits().ledger
    again = replace(
        ours.at(2),
        time=ours.at(2).time + timedelta(seconds=1),
        actor=None,
        correlation_id="another way",
        attributes={"traceparent": "00-7"},
    )
    imported = import_events(ours, [again])
    assert (imported.history, imported.skipped) == (ours, 1)


@pytest.mark.parametrize("other", [{"a": True}, {"a": 2}, {"a": [1]}, None, {}])
def test_data_that_python_takes_for_equal_is_not(other) -> None:
    def scored(data):
        return replace(two_deposits().ledger.at(1), event=UnknownEvent("Scored", 1, data), id="x")

    ours = empty_ledger().extend([scored({"a": 1})])
    assert import_events(ours, [scored({"a": 1.0})]).skipped == 1
    with pytest.raises(ImportConflict, match="another event"):
        import_events(ours, [scored(other)])


def test_binary_data_is_data_as_well() -> None:
    def sent(data: str, nth: int) -> bytes:
        return (
            f'{{"specversion":"1.0","id":"x","source":"s","type":"T","data_base64":"{data}",'
            f'"traceparent":"{nth}"}}\n'
        ).encode()

    again = read_events([sent("TWE=", 1), sent("TWE=", 2)], CODEC)
    assert import_events(empty_ledger(), again).skipped == 1
    with pytest.raises(ImportConflict, match="another event"):
        import_events(empty_ledger(), read_events([sent("TWE=", 1), sent("TWI=", 1)], CODEC))


def test_events_of_one_id_from_two_sources_are_two_events() -> None:
    ours = two_deposits().ledger
    foreign = replace(
        ours.at(3),
        event=MoneyDeposited(9),
        attributes={"source": "elsewhere"},
        version=1,
        position=1,
    )
    imported = import_events(ours, [replace(foreign, id="x"), foreign])
    assert [(event.version, event.position) for event in imported.added] == [(4, 4), (5, 5)]


def test_a_place_that_is_taken_is_a_conflict() -> None:
    theirs = two_deposits().ledger.recorded
    ours = empty_ledger().extend([replace(theirs[0], id="their-own-name")])
    with pytest.raises(ImportConflict, match="version 1 of ACC-1, which event their-own-name"):
        import_events(ours, theirs)


def test_a_stream_does_not_begin_in_its_middle() -> None:
    theirs = two_deposits().ledger.recorded
    with pytest.raises(ImportConflict, match="before it are missing"):
        import_events(empty_ledger(), [replace(theirs[2], position=1)])


def test_an_event_twice_in_a_file_is_one_event() -> None:
    deposit = (
        b'{"specversion":"1.0","id":"x","source":"s","type":"MoneyDeposited","subject":"A",'
        b'"time":"2026-01-01T00:00:00Z","data":{"amount":5}}\n'
    )
    imported = import_events(empty_ledger(), read_events([deposit * 2], CODEC))
    assert (len(imported.added), imported.skipped) == (1, 1)


def test_a_refused_file_imports_nothing() -> None:
    ours = two_deposits().ledger
    theirs = Bank().do(OpenAccount("ACC-9", "Grace")).ledger
    with pytest.raises(RefusedLine):
        import_events(ours, read_events([file_of(theirs.recorded), b"oops"], CODEC))
    assert ours == two_deposits().ledger


@given(ledgers(), st.integers(0, 100), st.integers(1, 7))
def test_importing_slice_by_slice_is_importing_at_once(ledger, cut, size) -> None:
    earlier = empty_ledger().extend(ledger.recorded[:cut])
    twice = [*ledger.recorded, *ledger.recorded]
    importing = Importing(earlier)
    taken = []
    for start in range(0, len(twice), size):
        taken += importing.take(twice[start : start + size])
    at_once = import_events(earlier, twice)
    assert importing.history == at_once.history == ledger
    assert importing.skipped == at_once.skipped
    assert tuple(filter(None, taken)) == at_once.added
    assert len(taken) == len(twice)


def test_what_is_refused_in_a_later_slice_leaves_the_first_history_as_it_was() -> None:
    ours = two_deposits().ledger
    theirs = Bank().do(OpenAccount("ACC-9", "Grace")).ledger
    importing = Importing(ours)
    importing.take(theirs.recorded)
    with pytest.raises(ImportConflict, match="at position 2, with another event"):
        importing.take([replace(ours.at(2), event=MoneyDeposited(1))])
    assert ours == two_deposits().ledger
