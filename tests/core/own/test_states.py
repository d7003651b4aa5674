"""The states of streams at any place by a reader's own evolve: what telling gives, at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core.bank.account import CODEC, empty_ledger
from esbank_core.kernel.identity import Position, StreamId
from esbank_core.questions.own.evolving import OwnEvolve
from esbank_core.questions.own.fields import plain
from esbank_core.questions.own.states import LateError, States
from esbank_core.questions.own.telling import Telling
from tests.core.own.histories import EVOLVE, STORY, recorded

IN_PLACE = """\
initial = {"all": [], "n": 0}


def evolve(state, event):
    state["all"].append(event.data)
    state["n"] += 1
    if event.data == 7:
        raise ValueError("seven")
    return None if event.data == 8 else state
"""


def own(text: str) -> OwnEvolve:
    return OwnEvolve(text, "my.py")


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), max_size=60),
    st.lists(st.integers(0, 60), max_size=30),
)
def test_they_are_those_that_telling_gives_wherever_one_looks(
    events: list[tuple[str, int]], places: list[int]
) -> None:
    history = recorded(tuple((stream, "e", data) for stream, data in events))
    telling = Telling(own(IN_PLACE), CODEC)
    told = [plain(telling.tell(one).after) for one in history]
    states = States(own(IN_PLACE), CODEC, empty_ledger().extend(history))
    for place in [one for one in places if 0 < one <= len(history)]:
        position = Position(place)
        assert plain(states.state_after(position)) == told[place - 1]
    states.tell(Position(len(history)))
    assert len(states.failures) == telling.failures
    if telling.first_failure is not None:
        assert states.failures[min(states.failures)] == telling.first_failure


def test_a_large_state_is_kept_seldom_and_told_the_same() -> None:
    story = tuple(("s", "e", n % 5) for n in range(600))
    states = States(own(IN_PLACE), CODEC, empty_ledger().extend(recorded(story)))
    states.tell(Position(600))
    kept = states._streams[StreamId("s")]
    assert sum(len(state["all"]) for state in kept.kept) < 20 * 600
    for place in (599, 3, 311, 312, 310, 600):
        assert plain(states.at(StreamId("s"), Position(place)))["n"] == place


def test_what_is_late_goes_on_from_where_it_was() -> None:
    story = tuple(("s", "e", n % 5) for n in range(300))
    late = iter([False, True] * 1000)
    states = States(
        own(IN_PLACE), CODEC, empty_ledger().extend(recorded(story)), lambda: next(late)
    )
    asked = 0
    while True:
        asked += 1
        try:
            state = states.at(StreamId("s"), Position(300))
            break
        except LateError:
            assert asked < 300
    assert asked > 1
    assert plain(state)["n"] == 300


def test_a_stream_grows_and_nothing_is_folded_twice() -> None:
    history = recorded(STORY)
    states = States(own(EVOLVE), CODEC, empty_ledger().extend(history[:3]))
    states.tell(Position(3))
    states.history = states.history.extend(history[3:])
    states.tell(Position(5))
    assert plain(states.at(StreamId("order-1"), Position(5))) == {
        "owed": 0,
        "events": ["order_placed", "order_changed", "order_paid"],
    }
    assert states.at(StreamId("nobody"), Position(5)) is None


@pytest.mark.parametrize("state", ["{1: {2}}", "(1, [2])", "C()", "D(1)", "frozenset({1})"])
def test_states_of_any_kind_are_kept(state: str) -> None:
    text = f"""
from dataclasses import dataclass
class C:
    def __init__(self): self.n = [1]
@dataclass
class D:
    n: int
initial = {state}
def evolve(state, event):
    return state
"""
    states = States(own(text), CODEC, empty_ledger().extend(recorded(STORY)))
    states.tell(Position(5))
    assert not states.failures
