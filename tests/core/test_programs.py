"""Programs of readers: a projection, an evolve or a question, run event by event; their faults."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core import ACCOUNTS, Ledger
from esbank_core.bank.commands import DepositMoney, OpenAccount, WithdrawMoney
from esbank_core.bank.views import type_of
from esbank_core.kernel.identity import Position, StreamId
from esbank_core.kernel.recorded import UnknownEvent, unreadable
from esbank_core.programs.copies import read_copies, write_copies
from esbank_core.programs.desk import LONGEST_OUTPUT, Desk
from esbank_core.programs.faults import Fault, FaultError, What
from esbank_core.programs.program import Program
from esbank_core.programs.run import KEPT_EVERY, Run
from esbank_core.programs.shown import MOST_ROWS, Table, Tree, as_json, shown
from esbank_core.questions.ask import Answer, Column
from tests.core.histories import NOON, Bank, ledgers

ADA, GRACE = StreamId("ACC-1"), StreamId("ACC-2")

COUNT = """
initial = {}

def apply(state, event):
    return {**state, event.type: state.get(event.type, 0) + 1}
"""

IN_PLACE = """
initial = []

def apply(state, event):
    state.append(event.position)
    return state
"""

BALANCE = """
initial = 0

def evolve(state, event):
    match event.type:
        case "MoneyDeposited":
            return state + event.data["amount"]
        case "MoneyWithdrawn":
            return state - event.data["amount"]
    return state
"""

QUESTION = """
from esbank_core.questions.ask import Answer, Column

class Largest:
    def __init__(self):
        self.largest = 0

    def see(self, change):
        self.largest = max(self.largest, getattr(change.recorded.event, "amount", 0))

    def answer(self):
        return Answer((Column("amount"),), ((self.largest,),))
"""


def clock() -> float:
    return next(_ticks)


_ticks = count(0.0, 0.001)


def small() -> Ledger:
    bank = Bank().do(OpenAccount(ADA, "Ada")).do(OpenAccount(GRACE, "Grace"))
    bank.do(DepositMoney(ADA, 100)).do(DepositMoney(GRACE, 50)).do(DepositMoney(ADA, 20))
    return bank.do(WithdrawMoney(ADA, 7)).ledger


def long(length: int) -> Ledger:
    bank = Bank().do(OpenAccount(ADA, "Ada"))
    while bank.ledger.head < length:
        bank.do(DepositMoney(ADA, 1))
    return bank.ledger


def run_of(text: str) -> Run:
    return Run(Program.read(text), clock)


def fault_in(text: str, ledger: Ledger, to: int | None = None) -> Fault:
    with pytest.raises(FaultError) as failed:
        run_of(text).bring_to(ledger, Position(ledger.head if to is None else to))
    return failed.value.fault


def test_a_projection_is_folded() -> None:
    run = run_of(COUNT)
    run.bring_to(small(), Position(5))
    assert run.result() == {"AccountOpened": 2, "MoneyDeposited": 3}
    assert run.checkpoint == 5


def test_an_evolve_is_of_each_stream_from_initial_on() -> None:
    run = run_of(BALANCE)
    run.bring_to(small(), Position(6))
    assert run.result() == {ADA: 113, GRACE: 50}


def test_an_initial_that_is_changed_in_place_is_no_other_streams() -> None:
    run = run_of(IN_PLACE.replace("apply", "evolve"))
    run.bring_to(small(), Position(6))
    assert run.result() == {ADA: [1, 3, 5, 6], GRACE: [2, 4]}


def test_a_question_is_asked() -> None:
    run = run_of(QUESTION)
    run.bring_to(small(), Position(6))
    assert run.result() == Answer((Column("amount"),), ((100,),))
    run.bring_to(small(), Position(2))
    assert run.result().rows == ((0,),)


def test_a_question_may_have_been_made_already_and_what_it_imports_is_none() -> None:
    head = "from esbank_core.questions.bank.questions import Flows\n"
    run = run_of(f"{head}{QUESTION}\nmine = Largest()\nmine.largest = 1000")
    run.bring_to(small(), Position(6))
    assert run.result().rows == ((1000,),)


@given(ledgers(), st.lists(st.floats(0, 1), max_size=6), st.sampled_from([COUNT, IN_PLACE]))
def test_whichever_way_it_came_it_is_what_a_fold_makes(
    ledger: Ledger, ways: list[float], text: str
) -> None:
    run = run_of(text)
    for way in ways:
        position = Position(round(way * ledger.head))
        run.bring_to(ledger, position)
        fresh = run_of(text)
        fresh.bring_to(ledger, position)
        assert run.result() == fresh.result()
        assert run.checkpoint == position


def test_going_back_in_a_long_history_begins_at_what_was_kept_on_the_way() -> None:
    ledger = long(3 * KEPT_EVERY)
    run = run_of(IN_PLACE)
    run.bring_to(ledger, ledger.head)
    for position in (2 * KEPT_EVERY + 1, KEPT_EVERY - 1, 2 * KEPT_EVERY, 0, ledger.head):
        run.bring_to(ledger, Position(position))
        assert run.result() == list(range(1, position + 1))


def test_what_cannot_be_copied_is_made_anew() -> None:
    ledger = long(2 * KEPT_EVERY)
    run = run_of("initial = (n for n in [])\ndef apply(state, event):\n    return state")
    run.bring_to(ledger, ledger.head)
    run.bring_to(ledger, Position(1))
    assert run.checkpoint == 1


def test_the_fields_of_an_event() -> None:
    ledger = small()
    fields = "type data stream_id version position time actor"
    run = run_of(f"""
initial = ()
def apply(state, event):
    return tuple(getattr(event, name) for name in {fields.split()})
""")
    run.bring_to(ledger, Position(3))
    data = {"amount": 100, "note": ""}
    time = ledger.at(Position(3)).time
    assert run.result() == ("MoneyDeposited", data, ADA, 2, 3, time, "teller")


def test_what_a_program_does_to_an_event_changes_nothing() -> None:
    ledger = small()
    text = """
initial = []
def apply(state, event):
    event.data["amount"] = 0
    event.data.clear()
    event.type = event.position = event.time = None
    return state + [len(event.data)]
"""
    before = ledger.recorded[:]
    run = run_of(text)
    run.bring_to(ledger, ledger.head)
    assert ledger.recorded[:] == before


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("initial = 0\n\ndef apply(state, event):\n    return state + 'x'\n", ("TypeError", 4, 1)),
        ("initial = 0\ndef apply(state):\n    return state", ("TypeError", 2, 1)),
        ("initial = 0\ndef apply(s, e):\n    if e.position == 4: raise KeyError(4)\n    return s",
         ("KeyError", 3, 4)),
        ("initial = 0\ndef apply(s, e):\n    return help_me(s)\ndef help_me(s):\n    return 1 / s",
         ("ZeroDivisionError", 5, 1)),
        ("import json\ninitial = 0\ndef apply(s, e):\n    return json.loads('{')",
         ("JSONDecodeError", 4, 1)),
        ("initial = 0\ndef apply(s, e):\n    return apply(s, e)", ("RecursionError", 3, 1)),
        ("initial = 0\ndef apply(s, e):\n    raise SystemExit", ("SystemExit", 3, 1)),
        ("initial = 0\ndef apply(s, e):\n    raise BaseException('x')", ("BaseException", 3, 1)),
        ("initial = 0\n\ndef apply(s, e)\n    return s", ("SyntaxError", 3, None)),
        ("initial = 0\n  def apply(s, e): return s", ("IndentationError", 2, None)),
        ("initial = 1 / 0\ndef apply(s, e): return s", ("ZeroDivisionError", 1, None)),
        ("import nothing_like_it", ("ModuleNotFoundError", 1, None)),
        ("initial = '\0'", (("SyntaxError", "ValueError"), None, None)),
    ],
)  # fmt: skip
def test_an_error_is_told_with_the_readers_own_line(text: str, fault: Any) -> None:
    found = fault_in(text, small())
    error, line, position = fault
    assert found.what is What.RAISED
    assert found.error in ((error,) if isinstance(error, str) else error)
    assert found.position == position
    assert line is None or found.line == line


def test_an_error_whose_words_fail_has_none() -> None:
    text = """
class Wrong(Exception):
    def __str__(self):
        raise ValueError
initial = 0
def apply(state, event):
    raise Wrong
"""
    assert fault_in(text, small()).message == ""


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", What.NO_PROGRAM),
        ("initial = 0", What.NO_PROGRAM),
        ("def apply(state, event): return state", What.NO_INITIAL),
        ("apply = 1\ninitial = 0", What.NO_PROGRAM),
        ("initial = 0\napply = evolve = lambda s, e: s", What.TWO_PROGRAMS),
        ("class Half:\n    def see(self, change): ...", What.NO_PROGRAM),
    ],
)
def test_what_is_no_program_is_told(text: str, what: What) -> None:
    assert fault_in(text, small()).what is what


def test_a_forgotten_return_is_told_at_its_first_event_with_its_function() -> None:
    text = "initial = {}\n\n\ndef apply(state, event):\n    state[event.type] = 1\n"
    assert fault_in(text, small()) == Fault(What.RETURNED_NONE, line=4, position=Position(1))
    evolve = text.replace("apply", "evolve")
    assert fault_in(evolve, small()).what is What.RETURNED_NONE


def test_none_is_a_state_where_it_is_the_first() -> None:
    run = run_of("initial = None\ndef apply(state, event):\n    return state")
    run.bring_to(small(), Position(6))
    assert run.result() is None


def test_what_went_well_before_a_fault_stays() -> None:
    ledger = long(4712)
    run = run_of("initial = 0\ndef apply(s, e):\n    return s + 1 if e.position < 4711 else s + ''")
    with pytest.raises(FaultError) as failed:
        run.bring_to(ledger, ledger.head)
    assert (failed.value.fault.position, failed.value.fault.line) == (4711, 3)
    assert (run.result(), run.checkpoint) == (4710, 4710)
    run.bring_to(ledger, Position(4000))
    assert run.result() == 4000


def test_names_that_shadow_ours_are_the_programs_own() -> None:
    text = """
str = len = dict = print = exec = None
json = seen = ledger = self = __name__ = "mine"
initial = 0
def apply(state, event):
    return state + 1
"""
    run = run_of(text)
    run.bring_to(small(), Position(6))
    assert run.result() == 6


@given(ledgers())
def test_copies_are_what_there_was(ledger: Ledger) -> None:
    half = ledger.head // 2
    first = read_copies(write_copies(ledger.recorded[:half]), Position(0))
    rest = read_copies(write_copies(ledger.recorded[half:]), Position(half))
    assert [*first, *rest] == list(ledger.recorded)


def test_what_cannot_be_read_is_copied_as_well() -> None:
    lost = unreadable("{", "It is cut.", position=Position(1), time=NOON)
    assert read_copies(write_copies([lost]), Position(0)) == [lost]


@pytest.mark.parametrize(
    ("event", "kept"),
    [
        (UnknownEvent("order_placed", 1, {"total": 1}), {"total": 1}),
        (UnknownEvent("AccountFrozen", 1, {"days": 3}), {"days": 3}),
        (UnknownEvent("MoneyDeposited", 7, {"amount": 1}), {"amount": 1}),
        (UnknownEvent("order_placed", 1, None), {"n": 9007199254740993}),
    ],
)
def test_an_event_that_the_bank_does_not_know_is_copied_with_what_it_carries(event, kept) -> None:
    (one,) = Bank().happened("A", [event]).ledger.recorded
    if event.data is None:  # which was kept as it was written
        encoded = b64encode(json.dumps(kept).encode()).decode()
        one = replace(one, attributes={"data_base64": encoded})
    (copy,) = read_copies(write_copies([one]), Position(0))
    assert copy.event == replace(event, data=kept)


@dataclass
class Point:
    x: int
    y: int


@pytest.mark.parametrize(
    ("value", "columns", "rows"),
    [
        ({"a": 1, "b": 2}, ("key", "value"), (("a", "1"), ("b", "2"))),
        ({"a": {"n": 1}, "b": {"n": 2, "m": 3}}, ("", "n", "m"), (("a", "1", ""), ("b", "2", "3"))),
        ([{"n": 1}, {"n": 2}], ("n",), (("1",), ("2",))),
        ([Point(1, 2)], ("x", "y"), (("1", "2"),)),
        (Point(1, 2), ("key", "value"), (("x", "1"), ("y", "2"))),
        ({(2026, 3): True, None: "x"}, ("key", "value"), (("(2026, 3)", "True"), ("None", "x"))),
        (Answer((Column("n", "events"),), ((7,),)), ("n",), (("7",),)),
    ],
)
def test_what_is_like_a_table_is_shown_as_one(value: object, columns: object, rows: object) -> None:
    assert shown(value) == Table(columns, rows)


@pytest.mark.parametrize(
    ("value", "tree"),
    [
        (7, Tree("", "7")),
        ("text", Tree("", "text")),
        (None, Tree("", "None")),
        ({}, Tree("", "{0}")),
        ([1, 2], Tree("", "[2]", (Tree("0", "1"), Tree("1", "2")))),
        ({"a": [1]}, Tree("", "{1}", (Tree("a", "[1]", (Tree("0", "1"),)),))),
    ],
)
def test_anything_else_is_shown_as_a_tree(value: object, tree: Tree) -> None:
    assert shown(value) == tree


def test_too_much_is_counted_and_left_out() -> None:
    table = shown({n: n for n in range(100_000)})
    assert isinstance(table, Table)
    assert (len(table.rows), table.left_out) == (MOST_ROWS, 100_000 - MOST_ROWS)
    tree = shown(list(range(100_000)))
    assert isinstance(tree, Tree)
    assert len(tree.under) + tree.left_out == 100_000
    assert len(tree.under) < 1000
    endless: list[Any] = []
    endless.append(endless)
    assert isinstance(shown(endless), Tree)
    assert len(shown("x" * 10_000).value) == 200


def test_for_programs_all_of_it_is_json() -> None:
    value = {(1, 2): [Point(1, 2), {3}], "none": None, "other": complex(1, 2)}
    assert as_json(value) == {
        "(1, 2)": [{"x": 1, "y": 2}, [3]],
        "none": None,
        "other": "(1+2j)",
    }


class Asked:
    """A desk that has a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self.desk = Desk(clock)
        self("events", after=0, copies=write_copies(ledger.recorded))

    def __call__(self, do: str, **fields: Any) -> dict[str, Any]:
        answer = json.loads(self.desk.answer(json.dumps({"do": do, **fields})))
        assert isinstance(answer, dict)
        return answer

    def run(self, program: str, position: int = 6, *, keeps: bool = True) -> dict[str, Any]:
        return self("run", program=program, position=position, keeps=keeps)


def test_the_desk_runs_a_program_and_follows() -> None:
    desk = Asked(small())
    answer = desk.run(COUNT)
    assert answer["kind"] == "projection"
    assert answer["checkpoint"] == 6
    assert answer["shown"]["rows"] == [
        ["AccountOpened", "2"],
        ["MoneyDeposited", "3"],
        ["MoneyWithdrawn", "1"],
    ]
    assert answer["took"] > 0
    assert desk("at", position=1)["shown"]["rows"] == [["AccountOpened", "1"]]
    more = Bank()
    more.ledger = small()
    more.do(DepositMoney(ADA, 1))
    desk("events", after=6, copies=write_copies(more.ledger.recorded[6:]))
    assert desk("at", position=7)["shown"]["rows"][1] == ["MoneyDeposited", "4"]


def test_the_last_event_twice_changes_nothing_where_a_checkpoint_is_kept() -> None:
    desk = Asked(small())
    before = desk.run(COUNT)
    after = desk("again")
    assert (after["shown"], after["checkpoint"]) == (before["shown"], 6)
    assert not after["doubled"]


def test_the_last_event_twice_doubles_where_none_is() -> None:
    desk = Asked(small())
    desk.run(COUNT, keeps=False)
    doubled = desk("again")
    assert doubled["shown"]["rows"][2] == ["MoneyWithdrawn", "2"]
    assert doubled["doubled"]
    rebuilt = desk("rebuild", position=6)
    assert rebuilt["shown"]["rows"][2] == ["MoneyWithdrawn", "1"]
    assert not rebuilt["doubled"]
    assert rebuilt["took"] > 0


def test_at_genesis_there_is_no_last_event() -> None:
    desk = Asked(small())
    desk.run(COUNT, position=0, keeps=False)
    assert not desk("again")["doubled"]


def test_the_checkpoint_can_be_given_up_and_kept_again() -> None:
    desk = Asked(small())
    desk.run("initial = 0\ndef apply(state, event):\n    return state + 1")
    desk("checkpoint", keeps=False)
    assert desk("again")["shown"]["value"] == "7"
    desk("checkpoint", keeps=True)
    assert desk("again")["shown"]["value"] == "7"


def test_a_fault_is_told_and_what_stood_before_it_is_shown() -> None:
    desk = Asked(small())
    text = "initial = 0\ndef apply(s, e):\n    return s + (1 if e.position < 4 else '')"
    answer = desk.run(text)
    assert answer["fault"]["error"] == "TypeError"
    assert (answer["fault"]["line"], answer["fault"]["position"]) == (3, 4)
    assert (answer["shown"]["value"], answer["checkpoint"]) == ("3", 3)
    assert "fault" not in desk("at", position=2)


def test_a_program_that_cannot_begin_leaves_no_other_running() -> None:
    desk = Asked(small())
    desk.run(COUNT)
    assert "shown" not in desk.run("(")


def test_what_it_prints_is_capped() -> None:
    desk = Asked(small())
    answer = desk.run("initial = 0\ndef apply(s, e):\n    print(e.type, end=';')\n    return s", 2)
    assert answer["printed"] == "AccountOpened;AccountOpened;"
    answer = desk.run("initial = 0\nprint('x' * 1_000_000)\ndef apply(s, e):\n    return s")
    assert len(answer["printed"]) == LONGEST_OUTPUT
    assert answer["unprinted"] == 1_000_001 - LONGEST_OUTPUT


def test_a_result_that_cannot_be_shown_is_a_fault() -> None:
    desk = Asked(small())
    text = """
class Sly:
    def __repr__(self):
        raise ValueError("no")
initial = Sly()
def apply(state, event):
    return state
"""
    assert desk.run(text)["fault"]["error"] == "ValueError"


def test_another_history_ends_the_program() -> None:
    desk = Asked(small())
    desk.run(COUNT)
    assert "shown" not in desk("events", after=0, copies="[]")


def test_a_projection_of_the_cores_own_counts_the_same() -> None:
    ledger = small()
    accounts = ACCOUNTS.project(ledger.recorded).read_model
    run = run_of(BALANCE)
    run.bring_to(ledger, ledger.head)
    assert run.result() == {name: each.state.balance for name, each in accounts.items()}
    counted = run_of(COUNT)
    counted.bring_to(ledger, ledger.head)
    assert sum(counted.result().values()) == len(ledger.recorded)
    assert set(counted.result()) == {type_of(one.event) for one in ledger.recorded}


def test_what_takes_long_is_run_in_slices_and_gone_on_with() -> None:
    ticks = iter(range(10**6))
    desk = Desk(lambda: next(ticks) * 0.3)
    bank = Bank().do(OpenAccount(ADA, "Ada"))
    for _ in range(1_600):
        bank.do(DepositMoney(ADA, 100))
    copies = write_copies(bank.ledger.recorded)
    desk.answer(json.dumps({"do": "events", "after": 0, "copies": copies}))
    text = "initial = 0\ndef apply(state, event):\n    return state + 1"
    ask = {"do": "run", "program": text, "keeps": True, "position": 1_601}
    asks = 1
    while "is_late" in (told := json.loads(desk.answer(json.dumps(ask)))):
        assert told["checkpoint"] < 1_601
        ask, asks = {"do": "on", "position": 1_601}, asks + 1
    assert asks > 1
    assert (told["checkpoint"], told["shown"]["value"]) == (1_601, "1601")
    assert told["took"] >= 600


def test_far_steps_in_either_direction_begin_at_the_nearest_model_that_was_kept() -> None:
    bank = Bank().do(OpenAccount(ADA, "Ada"))
    for _ in range(3_500):
        bank.do(DepositMoney(ADA, 100))
    seen: list[int] = []
    program = Program.read(
        "initial = 0\ndef apply(state, event):\n    print(event.position)\n    return state + 1"
    )
    run = Run(program, lambda: 0.0, seen.append)
    run.bring_to(bank.ledger, Position(3_501))
    for there in (10, 3_400, 2_010, 3_499):
        seen.clear()
        run.bring_to(bank.ledger, Position(there))
        assert (run.model, len(seen) < 1_000) == (there, True)
