"""The desk at which the states of a reader's own ``evolve`` are asked for by texts of JSON.

Asked are ``{"do": …}`` with “events” (a text of copies, and after which position they stand),
“begin” (the program), “moment” (the states of some streams as of a position), “tell” (all events,
with the fields sought in their states), “differ” (two positions) and “test” (a position). Each is
answered within a slice of time: what is not done then says how far it is, and is asked for again.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, Final

from esbank_core.bank.account import CODEC, Ledger, empty_ledger
from esbank_core.bank.events import Event
from esbank_core.bank.states import State
from esbank_core.kernel.identity import GENESIS, NOWHERE, Position, StreamId
from esbank_core.programs.copies import read_copies
from esbank_core.programs.shown import text_of
from esbank_core.questions.own.as_test import Moment, as_test
from esbank_core.questions.own.code import OwnCodeError
from esbank_core.questions.own.evolving import OwnEvolve
from esbank_core.questions.own.fields import FieldChange, changed_fields, fields_of_any, plain
from esbank_core.questions.own.of_state import How, OfState
from esbank_core.questions.own.seen import seen
from esbank_core.questions.own.states import LateError, States
from esbank_core.questions.own.telling import Failure
from esbank_core.questions.paths import inside, parts_of

SLICE_S: Final = 0.15
"""Seconds for one answer; a single call of ``evolve`` may take longer, and has a deadline."""

FILE: Final = "evolve.py"

MOST_FIELDS: Final = 40
"""Fields of a state that are told; the rest is counted."""

MOST_DIFFERENCES: Final = 200

LONGEST_TEST: Final = 2_000_000
"""Characters of a test."""


class NotBegunError(ValueError):
    """No evolve has been begun with."""


class StatesDesk:
    """A copy of a ledger, and an evolve whose states are asked for. ``clock`` tells seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._ends = 0.0
        self._ledger: Ledger = empty_ledger()
        self._evolve: OwnEvolve | None = None
        self._states: States[State, Event] | None = None
        self._sought: dict[OfState, _Seeking] = {}
        self._differing: _Differing | None = None

    def answer(self, text: str, _tell: object = None) -> str:
        """Do what a text asks for, and say what came of it.

        Raises:
            ValueError, KeyError: it asks for nothing that there is.
        """
        asked = json.loads(text)
        self._ends = self._clock() + SLICE_S
        return json.dumps(self._answered(asked))

    def _answered(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        match asked["do"]:
            case "events":
                return self._given(Position(asked["after"]), asked["copies"])
            case "begin":
                return self._begun(asked["program"])
            case "moment":
                return self._moment(asked)
            case "tell":
                return self._told([OfState(*one) for one in asked["sought"]])
            case "differ":
                return self._differ(Position(asked["earlier"]), Position(asked["later"]))
            case "test":
                return self._test(Position(asked["position"]))
            case other:
                raise ValueError(f"Nobody at the desk knows what “{other}” is.")

    def _given(self, after: Position, copies: str) -> dict[str, Any]:
        kept = empty_ledger() if after == GENESIS else self._ledger
        self._ledger = kept.extend(read_copies(copies, after))
        if after == GENESIS:
            self._anew()
        elif self._states is not None:
            self._states.history = self._ledger
        return {"held": self._ledger.head}

    def _begun(self, program: str) -> dict[str, Any]:
        try:
            self._evolve = OwnEvolve(program, FILE)
        except OwnCodeError as error:
            self._evolve = None
            return {"fault": error.fault, "reason": text_of(error.reason), "line": error.line}
        finally:
            self._anew()
        return {}

    def _anew(self) -> None:
        self._sought, self._differing, self._states = {}, None, None
        if self._evolve is not None:
            self._states = States(self._evolve, CODEC, self._ledger, self._is_late)

    def _is_late(self) -> bool:
        return self._clock() > self._ends

    def _running(self) -> States[State, Event]:
        if self._states is None:
            raise NotBegunError
        return self._states

    # The states as of a position.

    def _moment(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        states, position = self._running(), Position(asked["position"])
        field = str(asked["field"])
        told: dict[str, Any] = {"position": position, "stream": None}
        try:
            shown = {
                stream: self._fields(StreamId(stream), position, field) or {}
                for stream in asked["streams"]
            }
            if position and (stream_id := self._ledger.at(position).stream_id) != NOWHERE:
                told |= {
                    "stream": stream_id,
                    "before": self._fields(stream_id, Position(position - 1), field) or {},
                    "after": self._fields(stream_id, position, field) or {},
                }
        except LateError:
            return {"is_late": True}
        failure = states.failures.get(position)
        return {**told, "states": shown, "failure": failure and _failure(failure)}

    def _fields(self, stream_id: StreamId, position: Position, field: str) -> dict[str, str] | None:
        """A stream's state, field by field; None before its first event."""
        if not self._ledger.version_of(stream_id, position):
            return None
        state = self._running().at(stream_id, position)
        found = fields_of_any(state)
        shown = {text_of(name): text_of(found[name]) for name in islice(found, MOST_FIELDS)}
        if field and field not in shown:  # named by the reader, wherever it stands
            for value in islice(inside(plain(state), parts_of(field)), 1):
                shown[field] = text_of(value)
        if len(found) > MOST_FIELDS:
            shown["…"] = f"{len(found) - MOST_FIELDS:,}"
        return shown

    # All events.

    def _told(self, sought: list[OfState]) -> dict[str, Any]:
        states, head = self._running(), self._ledger.head
        seekings = [self._sought.setdefault(one, _Seeking(one)) for one in sought]
        found: list[dict[str, Any]] = []
        try:
            for seeking in seekings:
                seeking.found = []
                seeking.further(states, head)
            states.tell(head)
        except LateError:
            pass
        for seeking in seekings:
            found.append({"seen": seeking.seen, "found": seeking.found})
            seeking.found = []
        failures = states.failures
        first = failures[min(failures)] if failures else None
        return {
            "told": states.told,
            "sought": found,
            "failures": len(failures),
            "first": first and _failure(first),
        }

    # Two positions.

    def _differ(self, earlier: Position, later: Position) -> dict[str, Any]:
        differing = self._differing
        if differing is None or differing.between != (earlier, later):
            differing = self._differing = _Differing(self._running(), self._ledger, earlier, later)
        try:
            differing.further()
        except LateError:
            return {"is_late": True}
        rows = [
            [
                text_of(stream_id),
                text_of(one.field),
                *(None if value is None else text_of(value) for value in (one.before, one.after)),
            ]
            for stream_id, one in differing.rows
        ]
        return {"rows": rows, "count": differing.count}

    # A test.

    def _test(self, position: Position) -> dict[str, Any]:
        states, evolve = self._running(), self._evolve
        stream_id = self._ledger.at(position).stream_id
        if evolve is None or stream_id == NOWHERE:
            return {"fault": "no-stream"}
        try:
            after = states.at(stream_id, position)
        except LateError:
            return {"is_late": True}
        places = self._ledger.places[stream_id]
        until = [place for place in places if place <= position]
        left_out = [place for place in until if place in states.failures and place != position]
        events = [
            seen(self._ledger.recorded[place - 1], CODEC)
            for place in until
            if place not in left_out
        ]
        moment = Moment(position, events, len(left_out), after, states.failures.get(position))
        text = as_test(moment, evolve.text, evolve.name, evolve.names)
        return {"fault": "too-long"} if len(text) > LONGEST_TEST else {"test": text}


class _Seeking:
    """A field that is sought in the state after each event: the positions at which it is so."""

    def __init__(self, asked: OfState) -> None:
        self._fits = asked.fits()
        self._is_failing = asked.how == How.FAILS
        self.seen: Position = GENESIS
        self.found: list[Position] = []
        """Those of this slice."""

    def further(self, states: States[State, Event], head: Position) -> None:
        fits, is_failing = self._fits, self._is_failing
        while self.seen < head:
            position = Position(self.seen + 1)
            state = states.state_after(position)
            if position in states.failures if is_failing else fits(state):
                self.found.append(position)
            self.seen = position
            states.look(position)


class _Differing:
    """What the streams' states differ in between two positions, stream by stream."""

    def __init__(
        self, states: States[State, Event], ledger: Ledger, earlier: Position, later: Position
    ) -> None:
        self.between = (earlier, later)
        self.rows: list[tuple[StreamId, FieldChange]] = []
        self.count = 0
        self._compared = 0
        self._states = states
        self._ledger = ledger
        first, last = sorted(self.between)
        self._left = iter(
            [
                stream_id
                for stream_id, places in ledger.places.items()
                if bisect_right(places, first) < bisect_right(places, last)
            ]
        )
        self._current: StreamId | None = next(self._left, None)

    def further(self) -> None:
        while (stream_id := self._current) is not None:
            before, after = (self._plain(stream_id, position) for position in self.between)
            for change in changed_fields(before, after):
                self.count += 1
                if len(self.rows) < MOST_DIFFERENCES:
                    self.rows.append((stream_id, change))
            self._current = next(self._left, None)
            self._compared += 1
            self._states.look(self._compared)

    def _plain(self, stream_id: StreamId, position: Position) -> object:
        """The state as it is now: what is looked at next may spend it."""
        if not self._ledger.version_of(stream_id, position):
            return None
        return plain(self._states.at(stream_id, position))


def _failure(failure: Failure) -> dict[str, Any]:
    return {
        "position": failure.position,
        "stream": text_of(failure.stream_id),
        "type": text_of(failure.type),
        "line": failure.line,
        "reason": text_of(failure.reason),
    }
