"""The states of a history's streams at any of its places, by a reader's own ``evolve``.

A stream is folded as far as somebody has asked, once. On the way states are kept, small ones after
each event and large ones more seldom; in between they are folded again from the one before. An
event on which ``evolve`` fails leaves the state as it was, as wherever a history is told.
"""

from __future__ import annotations

import dataclasses
from bisect import bisect_right
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from esbank_core.kernel.history import History
from esbank_core.kernel.identity import GENESIS, NOWHERE, Position, StreamId
from esbank_core.kernel.written.codec import Codec
from esbank_core.questions.own.evolving import EvolveError, OwnEvolve
from esbank_core.questions.own.seen import seen
from esbank_core.questions.own.telling import Failure

State = TypeVar("State")
Event = TypeVar("Event")

VALUES_FOR_AN_EVENT: Final = 16
"""A state of so many values is kept after each event, one of twice as many after every second."""

MOST_COUNTED: Final = 1 << 16

LOOKS_EVERY: Final = 8
"""Events from one look at whether time is up to the next."""


class LateError(Exception):
    """Time is up. What was folded until then is kept, so that asking once more gets further."""


@dataclasses.dataclass(slots=True)
class _Stream:
    kept_at: list[int] = dataclasses.field(default_factory=list)
    """After how many of the stream's events a state is kept, ascending."""
    kept: list[object] = dataclasses.field(default_factory=list)
    due: int = 1
    """After how many events the next one is to be kept."""
    reached: int = 0
    spare: object = None
    """The state after ``reached`` events, where that is kept nowhere else: it may be spent."""


class States(Generic[State, Event]):
    """The states that an ``evolve`` makes of a history, which may grow: ``history`` is set anew.

    ``is_late`` is asked now and then whether time is up.
    """

    def __init__(
        self,
        evolve: OwnEvolve,
        codec: Codec[Event],
        history: History[State, Event],
        is_late: Callable[[], bool] = lambda: False,
    ) -> None:
        self.history = history
        self.failures: dict[Position, Failure] = {}
        """On which events ``evolve`` has failed so far."""
        self.told: Position = GENESIS
        """Up to where all events have been told, so that every failure is known."""
        self._evolve = evolve
        self._codec = codec
        self._is_late = is_late
        self._streams: dict[StreamId, _Stream] = {}

    def at(self, stream_id: StreamId, position: Position) -> object:
        """The state of a stream as of a position, to be looked at and not to be changed.

        Raises:
            LateError: time is up.
        """
        places = self.history.places.get(stream_id)
        return self._after(stream_id, bisect_right(places, position)) if places else None

    def tell(self, position: Position) -> None:
        """Tell all events up to a position.

        Raises:
            LateError: time is up; ``told`` says how far it came.
        """
        while self.told < position:
            following = Position(self.told + 1)
            self.state_after(following)
            self.told = following
            self.look(following)

    def state_after(self, position: Position) -> object:
        """The state of an event's own stream right after it; None for an event of no stream.

        Raises:
            LateError: time is up.
        """
        stream_id = self.history.at(position).stream_id
        return None if stream_id == NOWHERE else self.at(stream_id, position)

    def look(self, count: int) -> None:
        """Whoever has done so much of something looks whether there is time for more of it.

        Raises:
            LateError: there is none.
        """
        if count % LOOKS_EVERY == 0 and self._is_late():
            raise LateError

    def _after(self, stream_id: StreamId, count: int) -> object:
        """The state of a stream after so many of its events."""
        stream = self._streams.setdefault(stream_id, _Stream())
        while True:
            try:
                return self._folded(stream_id, stream, count)
            except EvolveError:  # it is known now, and passed over
                continue

    def _folded(self, stream_id: StreamId, stream: _Stream, count: int) -> object:
        nth = bisect_right(stream.kept_at, count) - 1
        at, state = (stream.kept_at[nth], stream.kept[nth]) if nth >= 0 else (0, None)
        may_spend = nth < 0
        if at < stream.reached <= count:
            at, state, may_spend = stream.reached, stream.spare, True
        elif may_spend:
            state = self._evolve.begin()
        stream.reached, stream.spare = 0, None
        history, codec, places = self.history, self._codec, self.history.places[stream_id]
        try:
            while at < count:
                position = places[at]
                if position not in self.failures:
                    event = seen(history.recorded[position - 1], codec)
                    step = self._evolve.spend if may_spend else self._evolve.step
                    try:
                        state = step(state, event)
                    except EvolveError as error:
                        self.failures[position] = Failure(
                            position,
                            stream_id,
                            event.type,
                            error.line,
                            error.reason,
                            error.exception,
                        )
                        may_spend = False
                        raise
                    may_spend = True
                at += 1
                if at >= stream.due:
                    stream.kept_at.append(at)
                    stream.kept.append(state)
                    stream.due = at + max(1, _values_in(state) // VALUES_FOR_AN_EVENT)
                    may_spend = False
                if at < count:
                    self.look(at)
            return state
        finally:
            if may_spend:
                stream.reached, stream.spare = at, state


def _values_in(state: object) -> int:
    """How many values a state is made of, one within another."""
    count, waiting = 0, [state]
    while waiting and count < MOST_COUNTED:
        value = waiting.pop()
        count += 1
        match value:
            case str() | int() | float() | bytes() | None:
                pass
            case dict():
                waiting.extend(value.values())
            case list() | tuple() | set() | frozenset():
                waiting.extend(value)
            case _ if dataclasses.is_dataclass(value):
                waiting.extend(
                    getattr(value, each.name, None) for each in dataclasses.fields(value)
                )
            case _ if hasattr(value, "__dict__") and not isinstance(value, type):
                waiting.extend(vars(value).values())
            case _:
                pass
    return count
