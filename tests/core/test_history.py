"""History: every state of the past is at hand, and is the one that a fold gives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core import (
    ACCOUNT,
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
from esbank_core.kernel.recorded import UnknownEvent, UnreadableEvent, record
from tests.core.histories import ACCOUNT_IDS, NOON, Bank, ledgers
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
