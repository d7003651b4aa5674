"""The Debug lab with a reader's own states: Find, Compare and the written test go by them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bankpage.house.rooms import LabGestured
from bankpage.labs.contract import Gesture
from bankpage.paper.effects import Download
from bankpage.paper.tree import Element

from esbank_core.bank.views import type_of
from tests.core.own.histories import EVOLVE, recorded
from tests.page.desk import text_of
from tests.page.evolving_page import EvolvingPage


def page(clock: Any = lambda: 0.0) -> EvolvingPage:
    return EvolvingPage(clock).opens("Ada").evolves(EVOLVE).studies(recorded())


def finds(desk: EvolvingPage, *rows: tuple[str, str, str], stream: str = "") -> str:
    fields = {"in": stream}
    for nth, (condition, field, value) in enumerate(rows):
        if nth:
            desk.gestures("debug", "one-more", **fields)
        fields |= {f"condition-{nth}": condition, f"field-{nth}": field, f"value-{nth}": value}
        desk.gestures("debug", "choose", **fields)
    return desk.gestures("debug", "find", **fields).shows("debug-found-count")


def moments(desk: EvolvingPage) -> list[str | None]:
    listed = desk.slot("debug-moments").children or ()
    return [part.key for part in listed if isinstance(part, Element)]


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (("field-equals", "state.owed", "100"), [2]),
        (("field-equals", "state.owed", "1000"), [3]),
        (("field-contains", "state.events", "paid"), [4]),
        (("field-equals", "state.events.1", "order_changed"), [3]),
        (("field-equals", "state.nothing", "1"), []),
    ],
)
def test_a_field_of_the_state_is_found_where_it_begins_to_be_so(
    row: tuple[str, str, str], found: list[int]
) -> None:
    desk = page()
    finds(desk, row)
    assert moments(desk) == [f"debug-moment-{position}-row" for position in found]
    assert desk.shows("debug-found-beside") == ""


FAILING = (
    EVOLVE.replace("def evolve(", "def evolve_well(")
    + """

def evolve(state, event):
    if event.type == "order_changed" or event.position == 5:
        return None if event.position == 5 else state.gone
    return evolve_well(state, event)
"""
)


def conditions(desk: EvolvingPage) -> list[str]:
    shown = desk.slot("debug-conditions").children or ()
    return re.findall(r"Your evolve fails on it", "".join(map(text_of, shown)))


def test_events_on_which_the_evolve_fails_are_found_alone_and_beside_other_conditions() -> None:
    desk = EvolvingPage().opens("Ada").evolves(FAILING).studies(recorded())
    failed = [
        1 + nth for nth, one in enumerate(recorded()) if type_of(one.event) == "order_changed"
    ]
    failed = sorted({*failed, 5})
    assert finds(desk, ("evolve-fails", "", "")).startswith(f"{len(failed)} moments")
    assert moments(desk) == [f"debug-moment-{position}-row" for position in failed]
    finds(desk, ("event-type", "", "order_changed"), ("evolve-fails", "", ""))
    assert moments(desk) == [f"debug-moment-{position}-row" for position in failed if position != 5]


def test_a_text_that_reads_like_that_condition_is_a_text() -> None:
    desk = page()
    said = finds(desk, ("field-equals", "data.note", "evolve-fails"), ("evolve-fails", "", ""))
    assert said.startswith("0 moments")
    assert finds(page(), ("field-equals", "data.note", "evolve-fails")).startswith("0 moments")


def test_that_condition_is_there_with_an_evolve_of_ones_own_and_else_means_nothing() -> None:
    desk = page()
    assert len(conditions(desk)) == 1
    desk.gestures("states", "bank")
    assert conditions(desk) == []
    assert "means nothing here" in finds(desk, ("evolve-fails", "", ""))


def test_several_conditions_and_one_stream_go_together_with_the_states() -> None:
    desk = page()
    rows = (("field-contains", "state.owed", "0"), ("event-type", "", "order_changed"))
    assert finds(desk, *rows).startswith("1 moment")
    assert moments(desk) == ["debug-moment-3-row"]
    desk = page()
    assert finds(desk, ("field-contains", "state.owed", "0"), stream="order-2").startswith("1 mom")
    assert moments(desk) == ["debug-moment-2-row"]


def test_a_long_history_is_searched_in_slices_as_far_as_the_states_are_told() -> None:
    ticks = iter(range(10**9))
    story = tuple((f"s-{n % 7}", "order_placed", {"total": n}) for n in range(2_000))
    desk = EvolvingPage(lambda: next(ticks) * 0.05).opens("Ada").evolves(EVOLVE)
    desk.studies(recorded(story))
    assert finds(desk, ("field-equals", "state.owed", "1501")) == "1 moment in 1 of 7 streams"
    assert moments(desk) == ["debug-moment-1502-row"]


def test_events_that_come_are_searched_as_well() -> None:
    program = "initial = 0\ndef evolve(state, event):\n    return event.data.get('amount', 0)\n"
    desk = EvolvingPage().opens("Ada").deposits("1").evolves(program)
    assert finds(desk, ("field-equals", "state.value", "700")).startswith("0 moments")
    assert desk.deposits("7").comes_to_rest().shows("debug-found-count").startswith("1 moment")


def test_another_evolve_or_the_banks_own_drops_what_was_found_by_this_one() -> None:
    desk = page()
    finds(desk, ("field-equals", "state.owed", "100"))
    desk.evolves(EVOLVE + "# changed")
    assert desk.shows("debug-found-count") == ""
    finds(desk, ("field-equals", "state.owed", "100"))
    desk.gestures("states", "bank")
    assert desk.shows("debug-found-count") == ""
    assert desk.slot("debug-results").attributes["hidden"]


def test_an_evolve_that_has_ended_says_that_it_is_not_all() -> None:
    desk = page()
    fields = {"condition-0": "field-equals", "field-0": "state.owed", "value-0": "100", "in": ""}
    desk.does(LabGestured("debug", Gesture("find", fields))).carries()
    desk.answers(desk.ferry.asked.pop(), ended="late").comes_to_rest()
    assert desk.shows("debug-found-beside").startswith("Your evolve tells nothing more")
    assert desk.shows("debug-found-counting")
    desk.gestures("debug", "remember")
    assert "nothing can be compared" in desk.shows("debug-point")
    desk.gestures("states", "again")
    assert desk.shows("debug-found-count").startswith("1 moment")


def test_two_points_are_compared_stream_by_stream_and_field_by_field() -> None:
    desk = page().looks_at(1).gestures("debug", "remember").looks_at(5)
    assert desk.shows("debug-point") == (
        "By your own evolve, from A, event 1, to here, event 5: 4 fields differ."
    )
    assert "order-1owed9000" in desk.shows("debug-differences")
    assert "order-2owednothing100" in desk.shows("debug-differences")
    assert "4 fields" not in desk.looks_at(1).shows("debug-point")
    desk.gestures("states", "bank")
    assert "By your own evolve" not in desk.shows("debug-point")


@pytest.mark.parametrize("position", [1, 4, 5])
def test_the_written_test_has_the_evolve_in_it_and_passes(position: int) -> None:
    desk = page().looks_at(position).gestures("debug", "write-test")
    assert "needs nothing but pytest" in desk.shows("debug-test-said")
    desk.gestures("debug", "download-test")
    (saved,) = (one for one in desk.effects if isinstance(one, Download))
    names: dict[str, Any] = {}
    exec(compile(saved.text, saved.name, "exec"), names)
    names[f"test_event_{position}"]()


def test_a_test_by_an_evolve_is_never_without_names() -> None:
    desk = page().gestures("debug", "write-test", anonymous="yes")
    assert "Only the bank’s own events" in desk.shows("debug-test-said")


def test_an_event_on_which_the_evolve_fails_is_a_test_that_shows_it() -> None:
    program = EVOLVE.replace('event.data["amount"]', 'event.data["sum"]')
    desk = EvolvingPage().opens("Ada").evolves(program).studies(recorded())
    desk.looks_at(4).gestures("debug", "write-test")
    assert "pytest.raises(KeyError)" in desk.shows("debug-test-code")
