"""What can be changed of a history, and what then becomes of each of its events."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from esbank_core.bank.account import Ledger
from esbank_core.bank.events import (
    Event,
)
from esbank_core.kernel.decider import Rejection
from esbank_core.kernel.identity import Position, StreamId
from esbank_core.kernel.recorded import Opaque, RecordedEvent


@dataclass(frozen=True, slots=True)
class LeaveOut:
    """The event at this position had not happened."""

    position: Position


@dataclass(frozen=True, slots=True)
class ChangeTo:
    """The event at this position had been another one, of the same stream."""

    position: Position
    event: Event


@dataclass(frozen=True, slots=True)
class Insert:
    """One more event had happened, right before the one at this position.

    A position one beyond the last event inserts at the end.
    """

    position: Position
    stream_id: StreamId
    event: Event


Edit = LeaveOut | ChangeTo | Insert


class EditedTwiceError(ValueError):
    """Two edits of one event contradict each other."""

    def __init__(self, position: Position) -> None:
        self.position = position
        super().__init__(f"Event {position} cannot be edited twice.")


class Outcome(StrEnum):
    """What became of an event in the other history."""

    SAME = "same"
    DIFFERENT = "different"
    REJECTED = "rejected"
    LEFT_OUT = "left-out"
    CHANGED = "changed"
    INSERTED = "inserted"


@dataclass(frozen=True, slots=True)
class Redecided:
    """One event from the first edit on, and what became of it.

    ``original`` is None for an inserted event; ``instead`` is what the other history holds in
    its place, which may be nothing; ``rejection`` says why the rules would now refuse it.
    """

    original: RecordedEvent[Event | Opaque] | None
    outcome: Outcome
    instead: tuple[RecordedEvent[Event | Opaque], ...]
    rejection: Rejection | None = None


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Both histories, and what became of each event from the first edit on."""

    original: Ledger
    alternative: Ledger
    steps: tuple[Redecided, ...]

    @property
    def first_divergence(self) -> Position | None:
        """The first position at which the two histories differ; None where they never do."""
        for nth, (ours, theirs) in enumerate(
            zip(self.original.recorded, self.alternative.recorded, strict=False), start=1
        ):
            if ours is not theirs and ours != theirs:
                return Position(nth)
        shorter, longer = sorted((self.original.head, self.alternative.head))
        return None if shorter == longer else Position(shorter + 1)
