"""History: every state of the past is at hand, and is the one that a fold gives."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core import (
    ACCOUNT,
    CODEC,
    Damage,
    DepositMoney,
    Event,
    History,
    Ledger,
    Metadata,
    OpenAccount,
    RecordedEvent,
    WithdrawMoney,
    empty_ledger,
)
from esbank_core.bank.events import AccountOpened, MoneyDeposited
from esbank_core.bank.states import NO_ACCOUNT, Open
from esbank_core.kernel.history import Change
from esbank_core.kernel.identity import NOWHERE
from esbank_core.kernel.recorded import UnknownEvent, UnreadableEvent, record, unreadable
from esbank_core.kernel.written.event_file import read_events
from esbank_core.kernel.written.importing import import_events
from tests.core.histories import ACCOUNT_IDS, NOON, Bank, file_of, ledgers
from tests.core.strategies import any_account_ids, events

AT_NOON = Metadata(NOON)

opaque = st.builds(UnknownEvent, st.just("Audited"), st.just(1), st.integers()) | st.builds(
    UnreadableEvent, st.text(max_size=3), st.just("It is not JSON.")
)


@st.composite
def recorded_events(draw: st.DrawFn) -> list[RecordedEvent[Event]]:
    """Any events of several streams, the unreadable among them, in places that fit."""
    recorded: list[RecordedEvent[Event]] = []
    versions: dict[str, int] = {}
    for stream_id, event in draw(
        st.lists(st.tuples(any_account_ids, events | opaque), max_size=12)
    ):
        recorded += record(
            [event],
            AT_NOON,
            stream_id=stream_id,
            version=versions.get(stream_id, 0),
            position=len(recorded),
        )
        versions[stream_id] = recorded[-1].version
    return recorded


def folded(recorded: list[RecordedEvent[Event]], stream_id: str, to: int):
    """What replay means, in plain words: fold the stream's events up to a position."""
    state = ACCOUNT.initial_state
    for event in recorded[:to]:
        if event.stream_id == stream_id and isinstance(event.event, Event):
            state = ACCOUNT.evolve(state, event.event)
    return state


@given(recorded_events(), st.data())
def test_a_history_until_a_position_is_the_one_that_there_was(recorded, data) -> None:
    recorded = [replace(one, id="taken/7") if data.draw(st.booleans()) else one for one in recorded]
    k = data.draw(st.integers(0, len(recorded)))
    history = empty_ledger().extend(recorded)
    assert history.until(k) == empty_ledger().extend(recorded[:k])
    assert history.until(k).extend(recorded[k:]) == history


@given(recorded_events(), st.data())
def test_replay_to_k_is_the_fold_of_the_first_k(recorded, data) -> None:
    history = empty_ledger().extend(recorded)
    k = data.draw(st.integers(0, len(recorded)))
    for stream_id in ACCOUNT_IDS:
        assert history.state_of(stream_id, k) == folded(recorded, stream_id, k)
        assert history.version_of(stream_id, k) == sum(
            event.stream_id == stream_id for event in recorded[:k]
        )


@given(recorded_events(), st.data())
def test_it_does_not_matter_in_how_many_steps_history_grew(recorded, data) -> None:
    at_once = empty_ledger().extend(recorded)
    cut = data.draw(st.integers(0, len(recorded)))
    earlier = empty_ledger().extend(recorded[:cut])
    assert earlier.extend(recorded[cut:]) == at_once
    assert earlier == empty_ledger().extend(recorded[:cut])


@given(recorded_events())
def test_each_change_leads_from_the_state_before_to_the_state_after(recorded) -> None:
    history = empty_ledger().extend(recorded)
    changes = list(history.changes())
    assert [change.recorded for change in changes] == recorded
    for position, change in enumerate(changes, start=1):
        stream_id = change.recorded.stream_id
        assert change == history.change_at(position)
        assert change.before == folded(recorded, stream_id, position - 1)
        assert change.after == folded(recorded, stream_id, position)


@given(recorded_events())
def test_each_stream_is_its_own_events_in_order(recorded) -> None:
    history = empty_ledger().extend(recorded)
    for stream_id in ACCOUNT_IDS:
        stream = history.stream(stream_id)
        assert stream == [event for event in recorded if event.stream_id == stream_id]
        assert history.state_of(stream_id) == folded(stream, stream_id, len(stream))


@given(ledgers(), st.data())
def test_every_account_is_at_every_position_what_it_was_then(ledger: Ledger, data) -> None:
    cut = data.draw(st.integers(0, ledger.head))
    as_it_was = empty_ledger().extend(ledger.recorded[:cut])
    for account_id in ACCOUNT_IDS:
        assert ledger.state_of(account_id, cut) == as_it_was.state_of(account_id)


def ada() -> Ledger:
    return Bank().do(OpenAccount("ACC-1", "Ada")).do(DepositMoney("ACC-1", 50)).ledger


def test_before_the_first_event_nothing_is_there() -> None:
    history = History.genesis(ACCOUNT)
    assert history.head == 0
    assert history.state_of("ACC-1") == NO_ACCOUNT
    assert history.version_of("ACC-1") == 0
    assert history.stream("ACC-1") == []


def test_what_history_grew_from_stays_as_it_was() -> None:
    before = ada()
    after = before.extend(
        record([MoneyDeposited(7)], AT_NOON, stream_id="ACC-1", version=2, position=2)
    )
    assert (before.head, after.head) == (2, 3)
    assert before.state_of("ACC-1") == Open("Ada", "USD", 50)
    assert after.state_of("ACC-1") == Open("Ada", "USD", 57)


def test_two_histories_can_part_from_one() -> None:
    trunk = ada()
    ours, theirs = (
        trunk.extend(record([event], AT_NOON, stream_id="ACC-1", version=2, position=2))
        for event in (MoneyDeposited(1), AccountOpened("Grace", "EUR"))
    )
    assert ours.state_of("ACC-1") == Open("Ada", "USD", 51)
    assert theirs.state_of("ACC-1") == Open("Grace", "EUR", 50)
    assert ours.recorded[:2] == theirs.recorded[:2] == trunk.recorded[:2]


def test_an_event_in_the_wrong_place_is_damage_and_changes_nothing() -> None:
    history = ada()
    misplaced = record([MoneyDeposited(1)], AT_NOON, stream_id="A", version=0, position=7)
    with pytest.raises(Damage, match="at position 8, but the ledger continues at 3"):
        history.extend(misplaced)
    assert history == ada()


@pytest.mark.parametrize("position", [0, -1, 3])
def test_there_is_no_event_outside_of_history(position: int) -> None:
    with pytest.raises(IndexError, match=f"No event stands at position {position} of 2"):
        ada().at(position)


def test_an_event_that_cannot_be_read_keeps_its_place_and_changes_no_state() -> None:
    broken = UnreadableEvent("{", "It is not JSON.")
    history = ada().extend(record([broken], AT_NOON, stream_id="ACC-1", version=2, position=2))
    assert history.at(3).event == broken
    assert history.state_of("ACC-1") == Open("Ada", "USD", 50)
    assert history.version_of("ACC-1") == 3


def test_what_cannot_be_read_at_all_stands_in_no_account() -> None:
    lost = unreadable("{", "It is not JSON.", position=3, time=NOON)
    history = ada().extend([lost])
    history = history.extend(history.recorded_next("unreadable", [MoneyDeposited(7)], AT_NOON))
    assert list(history.places) == ["ACC-1", "unreadable"]
    assert history.stream(NOWHERE) == []
    assert (history.version_of("ACC-1"), history.version_of("unreadable")) == (2, 1)
    assert history.change_at(3) == Change(NO_ACCOUNT, lost, NO_ACCOUNT)
    assert list(history.changes())[2] == history.change_at(3)
    assert len({recorded.id for recorded in history.recorded}) == 4


def test_a_name_that_is_taken_is_never_given_again() -> None:
    whole = Bank().do(OpenAccount("ACC-1", "Ada"))
    for amount in range(1, 5):
        whole.do(DepositMoney("ACC-1", amount))
    kept = [whole.ledger.at(position) for position in (1, 3, 4)]
    filtered = empty_ledger().extend(
        replace(one, position=nth, version=nth) for nth, one in enumerate(kept, start=1)
    )
    assert filtered.taken == {"ACC-1/3", "ACC-1/4"}
    longer = filtered
    for _ in range(3):
        longer = longer.extend(longer.recorded_next("ACC-1", [MoneyDeposited(9)], AT_NOON))
    assert [one.id for one in longer.recorded[3:]] == ["ACC-1/4.2", "ACC-1/5", "ACC-1/6"]
    assert [one.version for one in longer.recorded] == [1, 2, 3, 4, 5, 6]
    assert list(read_events([file_of(longer.recorded)], CODEC)) == list(longer.recorded)
    imported = import_events(longer, read_events([file_of(longer.recorded)], CODEC))
    assert imported.skipped == 6
    assert filtered.taken == {"ACC-1/3", "ACC-1/4"}


def test_no_name_is_given_that_an_event_of_another_stream_goes_by() -> None:
    odd = replace(ada().at(1), id="ACC-9/1")
    history = empty_ledger().extend([odd])
    (opened,) = history.recorded_next("ACC-9", [AccountOpened("Eve", "USD")], AT_NOON)
    assert opened.id == "ACC-9/1.2"


def test_even_the_second_name_may_be_taken() -> None:
    events = [replace(ada().at(1), id="ACC-1/2"), replace(ada().at(2), id="ACC-1/3")]
    odd = replace(ada().at(2), id="ACC-1/3.2", version=3, position=3)
    history = empty_ledger().extend([*events, replace(odd, version=1, stream_id="B")])
    (third,) = history.recorded_next("ACC-1", [MoneyDeposited(1)], AT_NOON)
    assert (third.id, third.version) == ("ACC-1/3.3", 3)


def test_looking_at_the_past_changes_nothing() -> None:
    bank = Bank().do(OpenAccount("ACC-1", "Ada")).do(DepositMoney("ACC-1", 50))
    bank.do(WithdrawMoney("ACC-1", 20))
    assert [bank.ledger.state_of("ACC-1", position) for position in (3, 2, 1, 0, 2, 3)] == [
        Open("Ada", "USD", 30),
        Open("Ada", "USD", 50),
        Open("Ada", "USD", 0),
        NO_ACCOUNT,
        Open("Ada", "USD", 50),
        Open("Ada", "USD", 30),
    ]
