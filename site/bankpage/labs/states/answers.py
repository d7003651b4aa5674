"""Answers of the other Python, read.

They come from where a reader's code runs, and may be anything: each function raises ValueError,
KeyError, TypeError, AttributeError or OverflowError for what the desk never answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

from bankpage.labs.states.model import Differ, TellMoment, Unusable
from bankpage.paper.own_states import (
    Fields,
    OwnChange,
    OwnDifference,
    OwnDifferences,
    OwnFailure,
    OwnFound,
    OwnMoment,
)
from esbank_core.kernel.identity import GENESIS, Position, StreamId
from esbank_core.programs.shown import LONGEST_CELL
from esbank_core.programs.states_desk import LONGEST_TEST, MOST_DIFFERENCES, MOST_FIELDS

_MOST_FIELDS: Final = MOST_FIELDS + 2
"""With the one that was named, and how many more there are."""

Told = Mapping[str, Any]


def moment_of(asked: TellMoment, told: Told, stream_id: StreamId) -> OwnMoment:
    """The states as of the position that was asked for, whose event is of a stream."""
    states = told["states"]
    streams = {name: _fields(states[name]) for name in asked.streams}
    change = None
    if told["stream"] is not None:
        failure = told["failure"]
        change = OwnChange(
            stream_id,
            _fields(told["before"]),
            _fields(told["after"]),
            None if failure is None else failure_of(failure),
        )
        streams = streams or {change.stream_id: change.after}
    return OwnMoment(asked.position, change, streams, asked.field)


def failure_of(told: Told) -> OwnFailure:
    """An event on which the evolve fails."""
    return OwnFailure(
        Position(int(told["position"])),
        _text(told["stream"]),
        _text(told["type"]),
        max(0, int(told["line"])),
        _text(told["reason"]),
    )


def found_of(before: OwnFound, told: Told, head: Position) -> OwnFound:
    """What was found until now, and what was found since."""
    seen = int(told["seen"])
    positions = [Position(int(one)) for one in told["found"]]
    places = [before.seen, *positions]
    is_ascending = all(one < other for one, other in pairwise(places))
    if not before.seen <= seen <= head or not is_ascending or places[-1] > seen:
        raise ValueError("They are no places that come next.")
    return OwnFound(Position(seen), before.positions.plus(positions))


def told_to(told: Told, head: Position) -> Position:
    """Up to where all events have been told."""
    position = int(told["told"])
    if not GENESIS <= position <= head:
        raise ValueError("There is no such place.")
    return Position(position)


def differences_of(asked: Differ, told: Told) -> OwnDifferences:
    """What two positions differ in."""
    rows = [
        OwnDifference(_text(stream), _text(field), _value(before), _value(after))
        for stream, field, before, after in told["rows"]
    ]
    if len(rows) > MOST_DIFFERENCES:
        raise ValueError("They are more than the desk tells.")
    return OwnDifferences(asked.earlier, asked.later, tuple(rows), max(len(rows), told["count"]))


def unusable_of(told: Told) -> Unusable:
    """Why the program cannot be begun with."""
    return Unusable(_text(told["fault"]), _text(told["reason"]), max(0, int(told["line"])))


def text_of_test(told: Told) -> str:
    """The text of a test."""
    text = told["test"]
    if not isinstance(text, str) or len(text) > LONGEST_TEST:
        raise ValueError("It is no test that the desk writes.")
    return text


def _fields(told: Told) -> Fields:
    fields = {_text(name): _text(value) for name, value in told.items()}
    if len(fields) > _MOST_FIELDS:
        raise ValueError("It is no state that the desk tells.")
    return fields


def _value(told: object) -> str | None:
    return None if told is None else _text(told)


def _text(told: object) -> str:
    if not isinstance(told, str) or len(told) > LONGEST_CELL:
        raise ValueError("It is no text that the desk tells.")
    return told
