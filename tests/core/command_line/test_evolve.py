"""A stream of any domain at the terminal: last known values, or states by one's own evolve."""

from __future__ import annotations

import json

import pytest

from tests.core.command_line.processes import needs_processes, python
from tests.core.sources import examples
from tests.core.sources.examples import ALL, STORY, Fields

each_source = pytest.mark.parametrize(("reader", "make"), ALL.values(), ids=list(ALL))

ORDERS: list[Fields] = [
    {"seq_id": nth, "stream_id": stream, "version": version, "type": kind, "data": data}
    | {"id": f"e{nth}", "timestamp": f"2026-03-02T10:00:{nth:02d}Z"}
    for nth, (stream, version, kind, data) in enumerate(
        [
            ("order-1", 1, "placed", {"lines": {"tea": 2}, "total": 900}),
            ("order-2", 1, "placed", {"lines": {"milk": 1}, "total": 100}),
            ("order-1", 2, "changed", {"lines": {"milk": 1}, "total": 1000}),
            ("order-1", 3, "paid", {"amount": 1000}),
            ("order-1", 4, "paid", {"amount": 1000}),
            ("order-2", 2, "paid", {"sum": 100}),
            ("order-1", 5, "shipped", {"by": "\x1b[31mpost"}),
        ],
        start=1,
    )
]
MY = '''\
"""What is owed on an order."""
from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Order:
    owed: int = 0
    is_shipped: bool = False


initial = Order()


def evolve(state: Order, event) -> Order:
    match event.type:
        case "placed" | "changed":
            return replace(state, owed=event.data["total"])
        case "paid":
            return replace(state, owed=state.owed - event.data["amount"])
        case "shipped":
            return replace(state, is_shipped=True)
    return state
'''


@pytest.fixture
def orders(tmp_path) -> str:
    path = tmp_path / "orders.jsonl"
    path.write_bytes(examples.json_lines(ORDERS))
    return str(path)


@pytest.fixture
def my(tmp_path) -> str:
    path = tmp_path / "my.py"
    path.write_text(MY)
    return str(path)


def test_without_help_each_field_is_what_its_newest_event_says(run, run_json, orders) -> None:
    found = run_json("replay", orders)
    assert (found["accounts"], found["states"]) == ([], "last known values")
    assert found["streams"] == [
        {
            "stream_id": "order-1",
            "version": 5,
            "state": {
                "lines": {"tea": 2, "milk": 1},
                "total": 1000,
                "amount": 1000,
                "by": "\x1b[31mpost",
            },
        },
        {
            "stream_id": "order-2",
            "version": 2,
            "state": {"lines": {"milk": 1}, "total": 100, "sum": 100},
        },
    ]
    shown = run("replay", orders)
    assert "Last known values" in shown
    assert "\x1b" not in shown
    assert "order-1, version 3, last known values:" in run(
        "replay", orders, "--account", "order-1", "--to", "5"
    ).replace("version 4", "version 3")


def test_with_an_evolve_of_the_readers_own_it_is_their_state(run, run_json, orders, my) -> None:
    found = run_json("replay", orders, "--evolve", my, "--to", "4")
    assert found["states"] == "my.py"
    assert [(one["stream_id"], one["state"]) for one in found["streams"]] == [
        ("order-1", {"owed": 0, "is_shipped": False}),
        ("order-2", {"owed": 100, "is_shipped": False}),
    ]
    assert run_json("replay", orders, "--evolve", my, "--as-of", "2026-03-02T10:00:01Z")[
        "streams"
    ] == [{"stream_id": "order-1", "version": 1, "state": {"owed": 900, "is_shipped": False}}]
    assert "State by my.py" in run("replay", orders, "--evolve", my)


def test_an_event_on_which_it_fails_is_said_with_its_line(run, run_json, orders, my) -> None:
    failures = run_json("replay", orders, "--evolve", my)["failures"]
    assert failures == {
        "count": 1,
        "first": {
            "position": 6,
            "stream_id": "order-2",
            "type": "paid",
            "line": 21,
            "reason": "KeyError: 'amount'",
        },
    }
    assert "evolve failed on 1 event, whose streams keep the state before; first on event 6" in run(
        "replay", orders, "--evolve", my
    )
    found = run_json("find", orders, "evolve-fails", "--evolve", my)["moments"]
    assert [(one["position"], one["failure"]) for one in found] == [(6, "KeyError: 'amount'")]


@pytest.mark.parametrize(
    ("words", "positions"),
    [
        (["field-equals", "state.owed", "0"], [4]),
        (["field-equals", "state.owed", "-1000"], [5]),
        (["where", "after.owed < 0"], [5]),
        (["where", "before.owed > after.owed"], [4, 5]),
        (["where", "state.is_shipped and not before.is_shipped"], [7]),
        (["event-type", "paid", "field-equals", "state.owed", "0"], [4]),
        (["evolve-fails", "and", "event-type", "paid"], [6]),
        (["event-type", "paid", "and", "evolve-fails"], [6]),
        (["evolve-fails", "event-type", "placed"], []),
    ],
)
def test_find_asks_for_the_readers_state(run_json, orders, my, words, positions) -> None:
    found = run_json("find", orders, *words, "--evolve", my)
    assert [one["position"] for one in found["moments"]] == positions


def test_find_asks_for_last_known_values_where_there_is_no_evolve(run, run_json, orders) -> None:
    for words in (
        ["field-equals", "state.lines.milk", "1"],
        ["where", "state.lines and state.lines.milk == 1"],
    ):
        found = run_json("find", orders, *words)
        assert [one["position"] for one in found["moments"]] == [2, 3]
    shown = run("find", orders, "field-equals", "state.total", "1000")
    assert "total: 900 → 1000, lines.milk: none → 1" in shown
    assert "give --evolve" in run("find", orders, "evolve-fails", status=2)


def test_of_our_own_ledger_the_state_is_the_banks(run_json, file) -> None:
    found = run_json("find", file, "field-equals", "state.status", "frozen")
    assert [one["position"] for one in found["moments"]] == [6]
    found = run_json("find", file, "field-equals", "state.balance", "20050")
    assert [one["position"] for one in found["moments"]] == [4]


def test_a_misspelt_field_is_refused_also_where_nothing_is_held(run, orders) -> None:
    assert "No event carries “totla”" in run(
        "find", orders, "where", "event.data.totla == 1", status=2
    )
    assert "0 moments" in run("find", orders, "where", "event.data.total == 1")


def test_diff_compares_their_states(run, run_json, orders, my) -> None:
    found = run_json("diff", orders, "3", "7", "--evolve", my)
    assert [tuple(change.values()) for change in found["changes"]] == [
        ("order-1", "owed", 1000, -1000),
        ("order-1", "is_shipped", False, True),
    ]
    turned = run_json("diff", orders, "7", "3", "--evolve", my)["changes"]
    assert [(one["before"], one["after"]) for one in turned] == [(-1000, 1000), (True, False)]
    last_known = run_json("diff", orders, "1", "3")
    assert last_known["states"] == "last known values"
    assert [tuple(change.values()) for change in last_known["changes"]] == [
        ("order-1", "total", 900, 1000),
        ("order-1", "lines.milk", None, 1),
        ("order-2", "lines.milk", None, 1),
        ("order-2", "total", None, 100),
    ]
    assert "States are last known values." in run("diff", orders, "1", "3")


@needs_processes
@pytest.mark.parametrize("with_evolve", [True, False], ids=["own evolve", "last known values"])
def test_a_written_test_runs_as_it_stands(run, orders, my, tmp_path, with_evolve) -> None:
    own = ["--evolve", my] if with_evolve else []
    for at in ("1", "4", "5", "6", "7"):
        run("test", orders, "--at", at, "--write", str(tmp_path / f"test_{at}.py"), *own)
    ran = python("-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path), cwd=tmp_path)
    assert ran.stdout.decode().splitlines()[-1].startswith("5 passed"), ran.stdout.decode()


def test_a_written_test_shows_the_failure(run, orders, my) -> None:
    text = run("test", orders, "--at", "6", "--evolve", my, "--json")
    text = json.loads(text)["test"]
    assert "pytest.raises(KeyError)" in text
    assert MY.rstrip() in text
    namespace: dict[str, object] = {}
    exec(text, namespace)
    namespace["test_event_6"]()


STATES = {
    "a set": "initial = frozenset()\ndef evolve(s, e):\n    return s | {e.type}\n",
    "none": "initial = None\ndef evolve(s, e):\n    return None\n",
    "not a number": "initial = 0.0\ndef evolve(s, e):\n    return float('nan')\n",
    "an object": "class Odd:\n    pass\ninitial = Odd()\n"
    "def evolve(s, e):\n    s.last = e.type\n    return s\n",
    "a time": "import datetime\ninitial = None\ndef evolve(s, e):\n    return e.time\n",
    "names of ours": "Event = state = before = 7\ninitial = {}\n"
    "def evolve(s, e):\n    return {'n': Event + state + before}\n",
    "an error of its own": "class Odd(Exception):\n    pass\ninitial = 0\n"
    "def evolve(s, e):\n    raise Odd\n",
    "exit": "initial = 0\ndef evolve(s, e):\n    raise SystemExit\n",
    "nothing returned": "initial = 0\ndef evolve(s, e):\n    s + 1\n",
    "changed in place": "initial = []\ndef evolve(s, e):\n    e.data.clear()\n    s.append(e)\n"
    "    return s\n",
    "a repr that fails": "class Odd:\n    def __repr__(self):\n        raise ValueError\n"
    "initial = Odd()\ndef evolve(s, e):\n    return s\n",
}


@pytest.mark.parametrize("text", STATES.values(), ids=list(STATES))
def test_whatever_a_state_is_it_is_shown_and_a_test_of_it_passes(
    run, run_json, orders, tmp_path, text
) -> None:
    path = tmp_path / "odd.py"
    path.write_text(text)
    run("replay", orders, "--evolve", str(path))
    run("diff", orders, "1", "7", "--evolve", str(path))
    run("find", orders, "field-equals", "state.n", "21", "--evolve", str(path))
    written = run_json("test", orders, "--at", "5", "--evolve", str(path))["test"]
    namespace: dict[str, object] = {"__name__": "odd"}
    exec(written, namespace)
    namespace["test_event_5"]()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("initial = 0\ndef evolve(state, event)\n", "line 2: it is not Python: expected ':'"),
        ("initial = 0\nimport no_such_module\n", "line 2: ModuleNotFoundError"),
        ("initial = 0\n", "it has no “evolve”"),
        ("def evolve(state, event): ...\n", "it has no “initial”"),
        ("initial = evolve = 0\n", "its “evolve” is no function"),
    ],
)
def test_what_is_no_evolve_says_why(run, orders, tmp_path, text, sentence) -> None:
    path = tmp_path / "no.py"
    path.write_text(text)
    for command in (["replay"], ["find", "frozen"], ["diff", "1", "2"], ["test", "--at", "1"]):
        name, *rest = command
        assert sentence in run(name, orders, *rest, "--evolve", str(path), status=2)
    path.write_bytes(b"\xff")
    assert "is not UTF-8" in run("replay", orders, "--evolve", str(path), status=2)
    assert "cannot be read" in run("replay", orders, "--evolve", "no-such.py", status=2)


def test_what_lies_beside_it_can_be_imported(run_json, orders, tmp_path) -> None:
    (tmp_path / "beside_my_evolve.py").write_text("def step(s, e):\n    return s + 1\n")
    path = tmp_path / "uses.py"
    path.write_text("from beside_my_evolve import step as evolve\ninitial = 0\n")
    found = run_json("replay", orders, "--evolve", str(path))["streams"]
    assert [one["state"] for one in found] == [5, 2]


@each_source
def test_a_fault_planted_in_a_dump_of_any_source_is_found(run_json, tmp_path, reader, make) -> None:
    asked, right, wrong = ["field-contains", "data", "-99887"], ": 1250", ": -99887"
    if reader == "debezium":  # a row has a balance, and no amount
        asked, right, wrong = ["field-equals", "state.after.balance", "-40"], ": 40", ": -40"
    path = tmp_path / "dump.csv"
    path.write_bytes(examples.csv(json.loads(json.dumps(make()).replace(right, wrong))))
    found = run_json("find", str(path), *asked)
    assert [one["position"] for one in found["moments"]] == [4]
    assert len(STORY) == run_json("replay", str(path))["position"]


def test_what_the_bank_does_not_count_is_no_matter_to_another_domain(
    run_json, tmp_path, my
) -> None:
    records = [one | {"type": "AccountFrozen", "data": {"days": 3}} for one in examples.marten()]
    path = tmp_path / "dump.jsonl"
    path.write_bytes(examples.json_lines(records))
    for command in (["replay"], ["test", "--at", "1"]):
        name, *rest = command
        assert "not_counted" not in run_json(name, str(path), *rest)
    for command in (["replay"], ["find", "mentions", "x"], ["diff", "1", "2"]):
        name, *rest = command
        assert "not_counted" not in run_json(name, str(path), *rest, "--evolve", my)
    assert len(run_json("ask", str(path), "flows")["not_counted"]) == 5
