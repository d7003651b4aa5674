"""A reader's own evolve belongs to the page, and its states come with the subject."""

from __future__ import annotations

import json
from typing import Any

import pytest
from bankpage.house.messages import LiveSought
from bankpage.house.rooms import LabToggled
from bankpage.labs.contract import AskStates, EvolveWith
from bankpage.paper.own_states import OwnField
from bankpage.stage.messages import PlayToggled, SpeedChosen, Step, Stepped, Ticked
from bankpage.stage.model import Speed

from esbank_core.kernel.identity import Position
from tests.core.own.histories import EVOLVE, recorded
from tests.page.evolving_page import EvolvingPage

TOTALS = """\
initial = {"total": 0, "events": {"of": 0}}


def evolve(state, event):
    if event.type == "MoneyDeposited":
        state["total"] += event.data["amount"]
    state["events"]["of"] += 1
    return state
"""


def page() -> EvolvingPage:
    return EvolvingPage().opens("Ada").deposits("1").deposits("2")


def test_its_states_stand_in_current_state_and_in_the_change() -> None:
    desk = page().evolves(TOTALS)
    assert desk.shows("own-state") == (
        "ACC-1, by your own evolve: as of event 3total:300events.of:3"
    )
    assert desk.shows("change") == (
        "What event 3 changed in ACC-1, by your own evolveFieldBeforeAftertotal100300events.of23"
    )
    assert desk.shows("states-counting") == "Your evolve takes all 3 events."


def test_they_follow_steps_jumps_and_new_events_whatever_lab_is_open() -> None:
    desk = page().evolves(TOTALS).does(LabToggled("debug"))
    assert (
        desk.does(Stepped(Step.BACK))
        .comes_to_rest()
        .shows("change")
        .startswith("What event 2 changed in ACC-1, by your own evolve")
    )
    assert "total:0" in desk.looks_at(1).shows("own-state")
    assert "total:800" in desk.deposits("5").comes_to_rest().shows("own-state")
    assert "as of event 0" in desk.does(Stepped(Step.GENESIS)).comes_to_rest().shows("own-state")


def test_play_shows_them_event_by_event_and_ends_at_now() -> None:
    desk = page()
    for _ in range(37):
        desk.deposits("1")
    desk.evolves(TOTALS).does(SpeedChosen(Speed.ONE_A_SECOND), PlayToggled())
    ticks = desk.holds_back(Ticked)
    assert "Nothing of this stream has happened yet." in desk.shows("own-state")
    shown = []
    while ticks:  # a slow machine skips events
        ticks = desk.does(*ticks).holds_back(Ticked)
        position = desk.subject.position
        shown.append(position)
        assert f"as of event {position}total:" in desk.shows("own-state")
        assert f"events.of:{position}" in desk.shows("own-state")
        assert f"What event {position} changed in ACC-1, by your own" in desk.shows("change")
    assert len(shown) > 2
    assert shown == sorted(set(shown))
    assert (shown[-1], desk.model.stage.playing) == (40, None)


def test_a_play_that_is_paused_stays_with_the_state_of_its_event() -> None:
    desk = page()
    for _ in range(37):
        desk.deposits("1")
    desk.evolves(TOTALS).does(PlayToggled())
    (first,) = desk.holds_back(Ticked)
    (late,) = desk.does(first).holds_back(Ticked)
    desk.does(PlayToggled(), late).comes_to_rest()
    position = desk.subject.position
    assert 0 < position < 40
    assert f"events.of:{position}" in desk.shows("own-state")


def test_new_events_are_handed_over_alone() -> None:
    desk = page().evolves(TOTALS).deposits("5").comes_to_rest()
    kept = [json.loads(text) for text in desk.ferry.kept]
    assert [(some["after"], len(json.loads(some["copies"]))) for some in kept] == [(0, 3), (3, 1)]


def test_a_study_has_states_by_it_too_and_so_has_the_live_ledger_after_it() -> None:
    desk = page().evolves(EVOLVE).studies(recorded())
    assert "order-2, by your own evolve: as of event 5owed:100" in desk.shows("own-state")
    assert desk.shows("states-counting") == "Your evolve takes all 5 events."
    assert "ACC-1, by your own evolve" in desk.does(LiveSought()).comes_to_rest().shows("own-state")


def test_the_banks_own_ends_it_and_what_still_comes_is_not_heard() -> None:
    desk = page().evolves(TOTALS).looks_at(2)
    desk.does(Stepped(Step.BACK)).carries()
    late = desk.ferry.asked[-1] if desk.ferry.asked else {"nth": 99}
    desk.gestures("states", "bank")
    assert desk.slot("own-state").attributes["hidden"]
    assert "by your own" not in desk.shows("change")
    assert desk.model.own is None
    assert "states" not in desk.model.rooms.open
    desk.answers(late, answer="{}").comes_to_rest()
    assert "states" not in desk.model.rooms.open


def test_the_way_back_is_in_the_projection_lab_while_that_is_open_and_on_the_stage_else() -> None:
    desk = page().evolves(TOTALS)
    assert not desk.slot("own-end").attributes["hidden"]
    desk.does(LabToggled("projection"))
    assert desk.slot("own-end").attributes["hidden"]
    assert not desk.slot("projection-bank").attributes["hidden"]


def test_a_value_that_the_reader_names_stands_in_the_place_of_the_balance() -> None:
    desk = page().evolves(TOTALS)
    assert desk.shows("states-field") == "Balancetotalevents.of"
    desk.gestures("states", "field", value="events.of")
    assert desk.shows("balances") == "ACC-1 Ada 3 just changed"
    assert desk.shows("bar-balance") == "3"
    assert desk.looks_at(1).shows("balances") == "ACC-1 Ada 1 just changed"
    desk.gestures("states", "field", value="")
    assert "$0.00" in desk.shows("balances")


def test_a_field_beyond_those_that_are_told_can_be_named() -> None:
    many = "initial = {}\ndef evolve(s, e):\n    return {f'f{n}': n for n in range(100)}\n"
    desk = page().evolves(many)
    assert "…:60" in desk.shows("own-state")
    desk.gestures("states", "field", value="f99")
    assert desk.shows("bar-balance") == "99"


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("def (", "Your program is not Python: invalid syntax (line 1)"),
        ("initial = 0", "Your program has no “evolve”"),
        ("def evolve(s, e):\n    return s", "Your program has no “initial”"),
        ("initial = 0\nevolve = 3", "In your program “evolve” is no function."),
        (
            "initial = 0\n\n1 / 0",
            "failed as it was read: ZeroDivisionError: division by zero (line",
        ),
        (
            "initial = 0\ndef evolve(s, e):\n    return s + e.data['sum']",
            (
                "Your evolve fails on event 1, AccountOpened of ACC-1: KeyError: 'sum' (line 3)."
                " The stream keeps the state before. It fails on 2 others, too."
            ),
        ),
        (
            "initial = 0\ndef evolve(s, e):\n    if e.position != 2: return s",
            "event 2, MoneyDeposited of ACC-1: it returned None, and no state.",
        ),
    ],
)
def test_a_program_that_fails_is_said_in_its_own_lines_and_the_page_works(
    program: str, said: str
) -> None:
    desk = page().evolves(program)
    assert said in desk.shows("states-said")
    assert desk.deposits("4").comes_to_rest().shows("balance") == "$7.00"
    assert "total:700" in desk.evolves(TOTALS).shows("own-state")
    assert desk.shows("states-said") == ""


def test_the_event_on_which_it_fails_says_so_in_the_change() -> None:
    program = TOTALS.replace("    return state", "    1 / (event.position - 2)\n    return state")
    desk = page().evolves(program).looks_at(2)
    assert "Nothing in the state" in desk.shows("change")
    assert "Your evolve fails on event 2" in desk.shows("change")
    assert "total:0" in desk.shows("own-state")
    assert "total:200" in desk.looks_at(3).shows("own-state")


@pytest.mark.parametrize("ended", ["late", "talkative", "broken", "gone", "missing"])
def test_a_python_that_ends_is_said_and_tried_again_when_the_reader_says_so(ended: str) -> None:
    desk = page().wishes(EvolveWith(TOTALS))
    for _ in range(3):  # handed over
        desk.time_passes().carries()
    desk.answers(desk.ferry.asked.pop(), ended=ended, reason="")
    assert desk.shows("states-said")
    assert desk.deposits("5").comes_to_rest().shows("balance") == "$8.00"
    desk.ferry.desk, desk.ferry.fed = type(desk.ferry.desk)(lambda: 0.0), 0
    assert "total:800" in desk.gestures("states", "again").shows("own-state")


@pytest.mark.parametrize(
    "answer",
    ["", "[]", "{", "{}", '{"states": 1}', '{"stream": 3, "states": {"ACC-1": {}}}',
     '{"stream": null, "states": {"ACC-1": {"a": 1}}}',
     '{"stream": null, "states": {"ACC-1": {"a": "%s"}}}' % ("x" * 201),
     json.dumps({"stream": None, "states": {"ACC-1": dict.fromkeys(map(str, range(99)), "")}}),
     '{"told": 99, "sought": [], "failures": 0, "first": null}',
     '{"told": 1e999, "sought": [], "failures": 0, "first": null}'],
)  # fmt: skip
@pytest.mark.parametrize("do", ["moment", "tell"])
def test_an_answer_may_be_anything_and_breaks_nothing(answer: str, do: str) -> None:
    desk = page().wishes(EvolveWith(TOTALS))
    while not desk.carries().ferry.asked or json.loads(desk.ferry.asked[0]["text"])["do"] != do:
        if desk.ferry.asked:
            asked = desk.ferry.asked.pop()
            desk.answers(asked, answer=desk.ferry.answer(asked))
        desk.time_passes()
    desk.answers(desk.ferry.asked.pop(), answer=answer).comes_to_rest()
    assert "broke" in desk.shows("states-said")
    assert desk.shows("balance") == "$3.00"


def test_the_slider_comes_first_and_only_its_last_place_is_asked_for() -> None:
    desk = page().evolves(TOTALS)
    count = len(desk.ferry.seen)
    for _ in range(3):
        desk.does(Stepped(Step.BACK))
    desk.comes_to_rest()
    assert [asked["position"] for asked in desk.ferry.seen[count:]] == [2, 0]


def test_what_takes_long_is_told_in_slices_and_the_slider_is_between_them() -> None:
    ticks = iter(range(10**9))
    desk = EvolvingPage(lambda: next(ticks) * 0.1).opens("Ada")
    for _ in range(99):
        desk.deposits("1")
    desk.evolves(TOTALS)
    asked = [one["do"] for one in desk.ferry.seen]
    assert asked.count("tell") > 1
    assert desk.shows("states-counting") == "Your evolve takes all 100 events."
    assert "total:9900" in desk.shows("own-state")


def test_what_is_sought_in_the_states_is_told_as_far_as_it_was_looked_at() -> None:
    desk = page().evolves(TOTALS)
    field, nested = OwnField("total", "equals", "100"), OwnField("events.of", "contains", "3")
    desk.wishes(AskStates(sought=(field, nested))).comes_to_rest()
    own = desk.subject.own
    assert own is not None
    assert {one: (found.seen, tuple(found.positions)) for one, found in own.found.items()} == {
        field: (3, (2,)),
        nested: (3, (3,)),
    }
    desk.deposits("5").comes_to_rest()
    own = desk.subject.own
    assert own is not None
    assert own.found[field].seen == 4


def test_differences_and_tests_come_with_the_subject() -> None:
    desk = page().evolves(TOTALS)
    desk.wishes(AskStates(compares=(Position(1), Position(3)), tests=Position(3))).comes_to_rest()
    own = desk.subject.own
    assert own is not None
    assert own.differences is not None
    rows: list[Any] = [(one.field, one.before, one.after) for one in own.differences.rows]
    assert rows == [("total", "0", "300"), ("events.of", "1", "3")]
    assert own.test is not None
    assert "assert state == {'total': 300, 'events': {'of': 3}}" in own.test.text


def test_another_evolve_is_asked_what_the_one_before_was() -> None:
    desk = page().evolves(TOTALS).gestures("states", "field", value="total")
    desk.evolves(TOTALS.replace('"total"', '"sum"')).gestures("states", "field", value="sum")
    assert desk.shows("bar-balance") == "300"


def test_names_and_values_of_any_length_and_kind_are_shown_cut() -> None:
    story = (("s" * 900, "t" * 900, {"total": 1}), ("\ud800", "e", {"total": 2}))
    program = "initial = {}\ndef evolve(s, e):\n    return {'<b>' * 200: '\\ud800' * 300, 'n': 1}"
    desk = page().evolves(program).studies(recorded(story))
    assert desk.shows("states-counting") == "Your evolve takes all 2 events."
    assert "n:1" in desk.shows("own-state")
    assert "n:1" in desk.looks_at(1).shows("own-state")
    failing = desk.evolves("initial = 0\ndef evolve(s, e):\n    raise ValueError(e.stream_id * 9)")
    assert "Your evolve fails on event 1" in failing.shows("states-said")


def test_a_history_that_is_empty_has_no_states_and_breaks_nothing() -> None:
    desk = page().evolves(TOTALS).studies([])
    assert desk.shows("states-said") == ""
    assert "as of event" not in desk.shows("own-state")
