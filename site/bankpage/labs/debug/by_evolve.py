"""Conditions on states by a reader's own evolve, which runs elsewhere and is told of in slices."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import dropwhile
from typing import Final

from bankpage.labs.contract import Subject
from bankpage.paper.own_states import NOT_FOUND, OwnField, OwnStates
from esbank_core.bank.events import Event
from esbank_core.bank.states import State
from esbank_core.kernel.identity import GENESIS, Position, StreamId
from esbank_core.questions.moments import Condition, all_of
from esbank_core.questions.own.of_state import How, OfState
from esbank_core.questions.wording.conditions import EVOLVE_FAILS, parse_condition

FAILURE: Final = OwnField("", How.FAILS.value, "")
"""What is sought of no field: that the reader's ``evolve`` fails on the event."""


@dataclass(frozen=True, slots=True)
class Worded:
    """A condition as far as it is known, and the fields of the reader's own states in it."""

    condition: Condition[State, Event]
    fields: tuple[OwnField, ...]


def condition_of(words: Sequence[str], subject: Subject, stream_id: StreamId | None) -> Worded:
    """The condition that words spell out; ``state.total`` is of the reader's own states, if any.

    That their evolve fails is said before all others, for it is no condition of an event's own.

    Raises:
        MisreadError: a word is no condition, or a value is missing or none.
    """
    own = subject.own
    if own is None:
        return Worded(parse_condition(words, subject.history, stream_id), ())
    fields: list[OwnField] = []

    def seek(field: OwnField, *, lasts: bool) -> Condition[State, Event]:
        fields.append(field)
        positions = own.found.get(field, NOT_FOUND).positions
        return Condition(lambda step: _is_in(positions, step.recorded.position), lasts=lasts)

    def of_state(asked: OfState) -> Condition[State, Event]:
        return seek(OwnField(asked.path, asked.how.value, asked.typed), lasts=True)

    others = list(dropwhile(EVOLVE_FAILS.__eq__, words))
    conditions = [seek(FAILURE, lasts=False)] if len(others) < len(words) else []
    if others:
        conditions.append(parse_condition(others, subject.history, stream_id, of_state=of_state))
    return Worded(all_of(*conditions), tuple(dict.fromkeys(fields)))


def known_events(fields: tuple[OwnField, ...], subject: Subject, stream_id: StreamId | None) -> int:
    """How many of the events to look at are such that of each the fields sought are known."""
    known = min(_seen(subject.own, field) for field in fields)
    if stream_id is None:
        return known
    return bisect_right(subject.history.places.get(stream_id, ()), known)


def _seen(own: OwnStates | None, field: OwnField) -> Position:
    return own.found.get(field, NOT_FOUND).seen if own else GENESIS


def _is_in(positions: Sequence[Position], position: Position) -> bool:
    at = bisect_left(positions, position)
    return at < len(positions) and positions[at] == position
