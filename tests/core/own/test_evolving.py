"""States for any domain: a reader's own evolve, or last known values."""

from __future__ import annotations

import sys
from base64 import b64encode
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core.bank.account import CODEC
from esbank_core.questions.own.code import Fault, OwnCodeError
from esbank_core.questions.own.evolving import LastKnownValues, OwnEvolve
from esbank_core.questions.own.fields import changed_fields, fields_of_any
from esbank_core.questions.own.of_state import How, OfState
from esbank_core.questions.own.telling import Telling
from tests.core.histories import NOON, Bank
from tests.core.own.histories import EVOLVE, STORY, recorded, told


def own(text: str) -> OwnEvolve:
    return OwnEvolve(text, "my.py")


def test_last_known_values_are_each_fields_newest() -> None:
    *_, last = (step for step in told(LastKnownValues()) if step.recorded.stream_id == "order-1")
    assert last.after == {
        "customer": "Ada",
        "lines": {"tea": 2, "milk": 1},
        "total": 1000,
        "amount": 1000,
        "at": {"till": 7},
    }
    assert fields_of_any(last.after) == {
        "customer": "Ada",
        "lines.tea": 2,
        "lines.milk": 1,
        "total": 1000,
        "amount": 1000,
        "at.till": 7,
    }


def test_last_known_values_of_what_has_no_fields_are_one_value() -> None:
    (first, second) = told(LastKnownValues(), (("s", "a", [1, 2]), ("s", "b", "x")))
    assert (first.after, second.after) == ({"value": [1, 2]}, {"value": "x"})


def test_an_evolve_of_the_readers_own_makes_the_states() -> None:
    steps = told(own(EVOLVE))
    assert [step.after["owed"] for step in steps] == [900, 100, 1000, 0, 100]
    assert [change.field for change in changed_fields(steps[2].before, steps[2].after)] == [
        "owed",
        "events",
    ]


def test_a_state_that_evolve_changes_in_place_is_still_two_states() -> None:
    first, second = told(own(EVOLVE), tuple(one for one in STORY if one[0] == "order-2"))
    assert first.before == {"owed": 0, "events": []}
    assert first.after == second.before == {"owed": 100, "events": ["order_placed"]}
    assert second.after == {"owed": 100, "events": ["order_placed", "order_cancelled"]}


def test_what_evolve_does_to_its_event_it_does_to_nothing_else() -> None:
    history = recorded()
    spoil = own("initial = 0\ndef evolve(state, event):\n    event.data.clear()\n    return 1\n")
    assert [step.after for step in Telling(spoil, CODEC).all(history)] == [1] * 5
    assert history == recorded()


@pytest.mark.parametrize(
    "state",
    [
        (
            "from dataclasses import dataclass\n"
            "@dataclass(frozen=True)\nclass Order:\n    total: int = 0\n    by: str = ''\n"
            "initial = Order()\n"
            "def evolve(state, event):\n"
            "    return Order(event.data.get('total', state.total), 'x')\n"
        ),
        (
            "from typing import NamedTuple\n"
            "class Order(NamedTuple):\n    total: int\n    by: str\n"
            "initial = Order(0, '')\n"
            "def evolve(state, event):\n"
            "    return Order(event.data.get('total', state.total), 'x')\n"
        ),
        (
            "class Order:\n    def __init__(self):\n        self.total, self.by = 0, 'x'\n"
            "initial = Order()\n"
            "def evolve(state, event):\n    state.total = event.data.get('total', state.total)\n"
            "    return state\n"
        ),
        (
            "initial = {'total': 0}\n"
            "def evolve(state, event):\n"
            "    return {'total': event.data.get('total', state['total']), 'by': 'x'}\n"
        ),
    ],
    ids=["dataclass", "named tuple", "object", "dictionary"],
)
def test_a_state_may_be_of_any_kind(state: str) -> None:
    last = told(own(state))[3]
    assert fields_of_any(last.after) == {"total": 1000, "by": "x"}
    assert [one.field for one in changed_fields(last.before, last.after)] == []


def test_a_state_of_one_value_has_it_under_value() -> None:
    counted = own("initial = 0\ndef evolve(state, event):\n    return state + 1\n")
    assert [fields_of_any(step.after) for step in told(counted)][-1] == {"value": 2}


def test_events_of_the_bank_come_by_the_names_that_they_have_in_a_file() -> None:
    ledger = Bank().ledger
    names = own(
        "initial = ()\n"
        "def evolve(state, event):\n"
        "    return (*state, (event.type, sorted(event.data), event.version, event.actor))\n"
    )
    telling = Telling(names, CODEC)
    steps = list(telling.all(ledger.recorded))
    assert [step.event.position for step in steps] == list(range(1, ledger.head + 1))
    assert telling.versions == {stream: ledger.version_of(stream) for stream in ledger.places}


def test_data_that_was_kept_as_written_is_looked_into() -> None:
    event = recorded((("s", "a", None),))[0]
    text = b64encode(b'{"n": 9007199254740993}').decode()
    (step,) = Telling(LastKnownValues(), CODEC).all(
        [replace(event, attributes={"data_base64": text})]
    )
    assert step.after == {"n": 9007199254740993}


def test_an_event_that_evolve_fails_on_leaves_the_state_and_is_remembered() -> None:
    failing = own(
        "initial = 0\n"
        "def evolve(state, event):\n"
        "    return state + paid(event)\n"
        "def paid(event):\n"
        "    return event.data['total']\n"
    )
    telling = Telling(failing, CODEC)
    steps = list(telling.all(recorded()))
    assert [step.after for step in steps] == [900, 100, 1900, 1900, 100]
    assert telling.failures == 2
    first = telling.first_failure
    assert first is not None
    assert (first.position, first.stream_id, first.type) == (4, "order-1", "order_paid")
    assert (first.line, first.reason, first.exception) == (5, "KeyError: 'total'", "KeyError")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("pass", "it returned None, and no state"),
        ("yield state", "it returned a generator, and no state"),
        (
            "async def later(): return state\n    return later()",
            "it returned a coroutine, and no state",
        ),
        ("return 1 / 0", "ZeroDivisionError: division by zero"),
        ("raise SystemExit", "SystemExit"),
        pytest.param(
            "return evolve(state, event)",
            "RecursionError: maximum recursion depth exceeded",
            marks=pytest.mark.skipif(
                sys.platform == "emscripten", reason="a browser's stack may end before Python's"
            ),
        ),
        ("raise type('Odd', (Exception,), {'__str__': lambda self: 1 / 0})", "Odd"),
    ],
)
def test_whatever_evolve_does_the_telling_goes_on(body: str, reason: str) -> None:
    failing = own(f"initial = 0\ndef evolve(state, event):\n    {body}\n")
    telling = Telling(failing, CODEC)
    assert [step.after for step in telling.all(recorded())] == [0] * 5
    assert telling.failures == 5
    assert telling.first_failure is not None
    assert telling.first_failure.reason.startswith(reason)


def test_none_is_a_state_where_the_reader_begins_with_it() -> None:
    steps = told(own("initial = None\ndef evolve(state, event):\n    return None\n"))
    assert [step.failure for step in steps] == [None] * 5


@pytest.mark.parametrize(
    ("text", "fault", "line"),
    [
        ("initial = 0\ndef evolve(state, event)\n", Fault.NOT_PYTHON, 2),
        ("\0", Fault.NOT_PYTHON, 0),
        ("(" * 500, Fault.NOT_PYTHON, None),
        ("initial = 0\n\n1 / 0\n", Fault.FAILED, 3),
        ("raise SystemExit(3)\n", Fault.FAILED, 1),
        ("def evolve(state, event):\n    return state\n", Fault.NAME_MISSING, 0),
        ("initial = 0\n", Fault.NAME_MISSING, 0),
        ("initial = 0\nevolve = 7\n", Fault.NOT_A_FUNCTION, 0),
        (
            (
                "class Odd:\n    def __deepcopy__(self, memo):\n        raise ValueError\n"
                "initial = Odd()\ndef evolve(state, event):\n    return state\n"
            ),
            Fault.FAILED,
            0,
        ),
    ],
)
def test_code_that_cannot_be_used_says_what_and_where(
    text: str, fault: Fault, line: int | None
) -> None:
    with pytest.raises(OwnCodeError) as error:
        own(text)
    assert error.value.fault is fault
    assert line in (None, error.value.line)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.lists(json_values, max_size=5))
def test_whatever_events_carry_has_last_known_values(carried: list[object]) -> None:
    for step in told(LastKnownValues(), tuple(("s", "a", data) for data in carried)):
        assert step.failure is None
        for name, value in fields_of_any(step.after).items():
            assert isinstance(name, str)
            assert not isinstance(value, dict) or value == {}


def test_times_are_shown_as_they_are_written() -> None:
    assert fields_of_any({"at": NOON}) == {"at": "2026-11-23T12:00:00.000Z"}


@pytest.mark.parametrize(
    ("state", "path", "typed", "is_so"),
    [
        (700, "value", "700", True),
        ([1, {"a": 2}], "value.1.a", "2", True),
        ([1, {"a": 2}], "1.a", "2", True),
        ({"value": {"a": "x"}}, "value.a", "x", True),
        ({"a": 1}, "value", "1", False),
        (None, "value", "null", True),
    ],
)
def test_a_field_of_any_state_is_asked_for_by_the_name_that_is_shown(
    state: object, path: str, typed: str, is_so: bool
) -> None:
    assert OfState(path, How.EQUALS, typed).fits()(state) is is_so
