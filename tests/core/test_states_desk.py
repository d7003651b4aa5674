"""The desk of a reader's own states: asked by texts, answered by texts, a slice at a time."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from esbank_core.bank.account import empty_ledger
from esbank_core.programs.copies import NOT_COPIED, Copied, write_copies
from esbank_core.programs.states_desk import StatesDesk
from tests.core.own.histories import EVOLVE, recorded


def asked(desk: StatesDesk, do: str, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(desk.answer(json.dumps({"do": do, **more})))
    return answer


def begun(program: str = EVOLVE, clock: Callable[[], float] = lambda: 0.0) -> StatesDesk:
    desk = StatesDesk(clock)
    assert asked(desk, "events", after=0, copies=write_copies(recorded())) == {"held": 5}
    assert asked(desk, "begin", program=program) == {}
    return desk


def test_states_as_of_a_position_are_told_with_what_its_event_changed() -> None:
    told = asked(begun(), "moment", position=4, streams=["order-2"], field="owed")
    assert told["stream"] == "order-1"
    assert (told["before"]["owed"], told["after"]["owed"]) == ("1000", "0")
    assert told["states"] == {"order-2": {"owed": "100", "events": "['order_placed']"}}
    assert told["failure"] is None


def test_before_its_first_event_a_stream_has_no_state() -> None:
    told = asked(begun(), "moment", position=1, streams=["order-2"], field="")
    assert (told["before"], told["states"]) == ({}, {"order-2": {}})
    assert asked(begun(), "moment", position=0, streams=[], field="")["stream"] is None


def test_all_events_are_told_with_what_is_sought_and_where_it_fails() -> None:
    program = EVOLVE.replace(
        '    state["events"]', '    1 / (event.version - 3)\n    state["events"]'
    )
    told = asked(begun(program), "tell", sought=[["owed", "equals", "100"]])
    assert told["told"] == 5
    assert told["sought"] == [{"seen": 5, "found": [2, 5]}]
    assert told["failures"] == 1
    assert (told["first"]["position"], told["first"]["line"]) == (4, 11)


def test_what_does_not_fit_into_a_slice_is_asked_for_again() -> None:
    ticks = iter(range(10**6))
    desk = begun(clock=lambda: next(ticks) * 0.2)
    more = recorded(tuple(("s", "order_placed", {"total": n}) for n in range(200)))
    asked(desk, "events", after=0, copies=write_copies(more))
    asks = 1
    while (told := asked(desk, "tell", sought=[["owed", "contains", "19"]]))["told"] < 200:
        asks += 1
        assert told["sought"][0]["seen"] < 200 or told["told"] < 200
    assert asks > 3
    while "is_late" in (told := asked(desk, "differ", earlier=0, later=200)):
        asks += 1
    assert told["rows"][0] == ["s", "owed", None, "199"]


def test_a_field_can_be_sought_anywhere_in_the_state() -> None:
    told = asked(begun(), "tell", sought=[["events.1", "equals", "order_changed"]])
    assert told["sought"][0]["found"] == [3, 4]


@pytest.mark.parametrize("position", [1, 4, 5])
def test_a_test_has_the_evolve_and_the_events_in_it_and_passes(position: int) -> None:
    text = asked(begun(), "test", position=position)["test"]
    names: dict[str, Any] = {}
    exec(compile(text, "test_event.py", "exec"), names)
    names[f"test_event_{position}"]()
    assert EVOLVE.strip() in text


@pytest.mark.parametrize(
    ("program", "fault"),
    [("def (", "not Python"), ("initial = 0", "name missing"), ("1/0", "failed as it was read")],
)
def test_a_program_that_cannot_be_used_says_why(program: str, fault: str) -> None:
    told = asked(StatesDesk(lambda: 0.0), "begin", program=program)
    assert told["fault"] == fault


def test_copies_go_on_with_a_history_that_grows_and_begin_anew_with_another() -> None:
    history = empty_ledger().extend(recorded())
    copied, handed = NOT_COPIED.further(history.until(history.at(3).position))
    assert (copied.count, handed["after"]) == (3, 0)
    assert not copied.has_all_of(history)
    copied, handed = copied.further(history)
    assert (copied.count, handed["after"]) == (5, 3)
    assert copied.has_all_of(history)
    copied, handed = copied.further(empty_ledger())
    assert (copied, handed) == (Copied(), {"do": "events", "after": 0, "copies": "[]"})
