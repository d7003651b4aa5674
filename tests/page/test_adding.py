"""Adding a study to the live ledger: by the core's rules, all or none, whoever else writes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bankpage.live.adding import SLICE
from bankpage.live.messages import (
    AddingSliced,
    AddingStopped,
    EraseAsked,
    ExportAsked,
    StudyAdded,
    TransferAsked,
)
from bankpage.live.results import Added, NoRoomFor, NotAddable
from bankpage.live.stored.reading import read_ledger
from bankpage.paper.effects import Download
from hypothesis import given, settings
from hypothesis import strategies as st

from esbank_core import CODEC, DepositMoney, OpenAccount, SendTransfer, verify
from esbank_core.bank.events import MoneyDeposited, TransferReceived
from esbank_core.bank.states import balance_in
from esbank_core.kernel.identity import Position, StreamId, Version
from esbank_core.kernel.recorded import UnknownEvent, unreadable
from tests.core.histories import Bank
from tests.page.desk import START, Desk, Storage


def study(count: int = 3, account: str = "ACC-9") -> list:
    """So many events of an account of somebody else's."""
    bank = Bank().do(OpenAccount(account, "Grace"))
    for amount in range(1, count):
        bank = bank.do(DepositMoney(account, amount))
    return list(bank.ledger.recorded)


def added(desk: Desk, recorded: list, name: str = "their.jsonl") -> Desk:
    return desk.does(StudyAdded(name, recorded)).time_passes()


def result(desk: Desk) -> object:
    outcome = desk.model.live.outcome
    return outcome.result if outcome else None


def stored(desk: Desk) -> list:
    return [one.id for one in read_ledger(desk.storage.all()).recorded]


def exported(desk: Desk) -> str:
    desk.does(ExportAsked())
    return next(effect.text for effect in reversed(desk.effects) if isinstance(effect, Download))


def test_what_is_new_comes_after_everything_that_is_there() -> None:
    desk = added(Desk().opens("Ada").deposits("5"), study())
    assert result(desk) == Added("their.jsonl", 3, 0)
    assert stored(desk) == ["ACC-1/1", "ACC-1/2", "ACC-9/1", "ACC-9/2", "ACC-9/3"]
    assert desk.shows("store-outcome") == "Added 3 events of “their.jsonl” to your ledger."
    ledger = desk.model.live.ledger
    assert [one.position for one in ledger.recorded] == [1, 2, 3, 4, 5]
    assert balance_in(ledger.state_of(StreamId("ACC-9"))) == 3


def test_what_was_added_is_exported_with_a_chain_that_holds() -> None:
    desk = added(Desk().opens("Ada"), study(30))
    text = exported(desk)
    audit = verify([text.encode()], CODEC)
    assert audit.is_intact
    assert audit.events == 31
    assert desk.shows("chain-verdict") == "Chain intact"


def test_adding_twice_is_adding_once() -> None:
    desk = added(added(Desk(), study(4)), study(6))
    assert result(desk) == Added("their.jsonl", 2, 4)
    said = "Added 2 events of “their.jsonl” to your ledger. 4 were in it already."
    assert desk.shows("store-outcome") == said
    added(desk, study(6))
    assert desk.shows("store-outcome").startswith("Nothing was added: all")
    assert len(stored(desk)) == 6


def test_how_far_it_has_come_is_said_where_it_can_be_stopped() -> None:
    desk = Desk()
    desk.only(StudyAdded("their.jsonl", study(SLICE + 10)))
    desk.only(AddingSliced())
    assert desk.shows("stop-adding") == f"Stop adding ({SLICE} of {SLICE + 10})"
    assert desk.slot("stop-adding").attributes["hidden"] is False
    desk.does(AddingStopped())
    assert desk.slot("stop-adding").attributes["hidden"] is True


@pytest.mark.parametrize("at", [0, SLICE - 1, SLICE, SLICE + 7])
def test_a_contradiction_keeps_all_of_it_out_and_its_line_is_named(at: int) -> None:
    theirs = study(SLICE + 10)
    desk = added(Desk(), theirs[: at + 1])
    before = stored(desk)
    other = UnknownEvent("Other", 1, None)
    theirs[at] = replace(theirs[at], event=other)
    added(desk, theirs)
    found = result(desk)
    assert isinstance(found, NotAddable)
    assert (found.position, f"Event {theirs[at].id} is in the ledger" in found.reason) == (
        at + 1,
        True,
    )
    assert f"Line {at + 1} of" in desk.shows("store-outcome")
    assert stored(desk) == before
    assert desk.model.live.adding is None


def test_a_place_of_which_nothing_is_left_is_not_added() -> None:
    theirs = study()
    theirs[1] = unreadable("", "", position=Position(2), time=START)
    desk = added(Desk(), theirs)
    assert isinstance(result(desk), NotAddable)
    assert stored(desk) == []


def test_what_does_not_fit_is_said_and_nothing_is_written() -> None:
    desk = Desk().opens("Ada")
    desk.storage.is_full = True
    before = dict(desk.storage.entries)
    added(desk, study(40))
    assert result(desk) == NoRoomFor("their.jsonl", 40)
    assert "more than this browser’s storage has room for" in desk.shows("store-outcome")
    assert desk.storage.entries == before
    assert desk.model.live.ledger.head == 1
    desk.storage.is_full = False
    assert result(added(desk.deposits("1"), study(40))) == Added("their.jsonl", 40, 0)


def test_a_long_study_is_looked_at_in_slices() -> None:
    desk = Desk()
    desk.does(StudyAdded("long", study(5 * SLICE)))
    seen = []
    while desk.model.live.adding is not None:
        seen.append(desk.model.live.adding.taken)
        desk.does(AddingSliced())
    assert seen == [0, *(SLICE * nth for nth in range(1, 6))]
    assert len(stored(desk)) == 5 * SLICE


def test_a_command_given_meanwhile_is_carried_out_and_stands_before_it() -> None:
    desk = Desk().opens("Ada")
    desk.does(StudyAdded("long", study(3 * SLICE)), AddingSliced(), AddingSliced())
    desk.deposits("5").time_passes()
    assert stored(desk)[:3] == ["ACC-1/1", "ACC-1/2", "ACC-9/1"]
    assert desk.model.live.ledger.head == 3 * SLICE + 2
    assert tuple(desk.model.live.ledger.recorded) == read_ledger(desk.storage.all()).recorded


@settings(max_examples=30)
@given(st.integers(0, 12), st.integers(0, 12))
def test_two_tabs_that_add_the_same_add_it_once(one: int, other: int) -> None:
    storage = Storage()
    first, second = Desk(storage, name="first"), Desk(storage, name="second")
    first.opens("Ada")
    second.sees()
    for desk in (first, second):
        desk.inbox.append(StudyAdded("same", study(2 * SLICE)))
    for _ in range(12):
        for desk, steps in ((first, one), (second, other)):
            for _ in range(steps):
                desk.goes_on()
            desk.inbox += [effect.message for effect in desk.effects if hasattr(effect, "message")]
            desk.effects.clear()
    for _ in range(3):
        for desk in (first, second):
            desk.sees()
            desk.settles()
            desk.time_passes()
    found = read_ledger(storage.all())
    assert len({event.id for event in found.recorded}) == len(found.recorded) == 2 * SLICE + 1
    assert found.damaged == ()
    for desk in (first, second):
        assert tuple(desk.model.live.ledger.recorded) == found.recorded
        assert desk.model.live.adding is None


def test_a_tab_that_is_closed_before_it_writes_has_added_nothing() -> None:
    desk = Desk().opens("Ada")
    desk.does(StudyAdded("long", study(2 * SLICE)), AddingSliced(), AddingSliced())
    desk.crashes()
    assert stored(Desk(desk.storage)) == ["ACC-1/1"]


def test_what_is_stopped_is_not_added() -> None:
    desk = Desk()
    desk.does(StudyAdded("long", study(2 * SLICE)), AddingSliced(), AddingStopped()).time_passes()
    assert stored(desk) == []
    assert result(added(desk, study(3))) == Added("their.jsonl", 3, 0)


def test_erasing_ends_an_import_that_is_under_way() -> None:
    desk = Desk().opens("Ada")
    desk.does(StudyAdded("long", study(2 * SLICE)), AddingSliced(), EraseAsked()).time_passes()
    assert stored(desk) == []


def test_a_transfer_under_way_in_what_was_added_is_carried_on() -> None:
    bank = Bank().do(OpenAccount("ACC-8", "Grace")).do(OpenAccount("ACC-9", "Linus"))
    bank = bank.do(DepositMoney("ACC-8", 500)).do(SendTransfer("ACC-8", 200, "T", "ACC-9"))
    desk = added(Desk(), list(bank.ledger.recorded)[:4])
    last = desk.model.live.ledger.recorded[-1]
    assert isinstance(last.event, TransferReceived)
    assert balance_in(desk.model.live.ledger.state_of(StreamId("ACC-9"))) == 200


def test_events_of_others_keep_their_names_and_get_places_here() -> None:
    theirs = [
        replace(one, id=f"urn:x:{nth}", attributes={"source": "https://else.where/"})
        for nth, one in enumerate(study(3, "ACC-1"))
    ]
    desk = added(Desk().opens("Ada"), theirs)
    recorded = desk.model.live.ledger.recorded
    assert [(one.id, one.version) for one in recorded[1:]] == [
        ("urn:x:0", 2),
        ("urn:x:1", 3),
        ("urn:x:2", 4),
    ]
    assert isinstance(recorded[-1].event, MoneyDeposited)
    assert Version(4) == desk.model.live.ledger.version_of(StreamId("ACC-1"))
    fresh = Desk(desk.storage)
    assert tuple(fresh.model.live.ledger.recorded) == tuple(recorded)
    assert fresh.does(TransferAsked("x", "")).model.live.ledger.head == 4
