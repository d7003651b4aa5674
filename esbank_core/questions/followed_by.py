"""A followed by B within a time, by the same key: what many questions come down to.

What counts as A and as B, and by which key they belong together, is said by two functions
from a change to a key, or to None where the change is neither. Withdrawals soon after
deposits, money that comes back from where it went, freezes after large withdrawals: each is
such a pair of functions and a time.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from esbank_core.kernel.history import Change
from esbank_core.kernel.identity import Position, StreamId
from esbank_core.kernel.instant import Instant, instant_of

State = TypeVar("State")
Event = TypeVar("Event")


@dataclass(frozen=True, slots=True)
class Pair(Generic[State, Event]):
    """A change and the one that followed it."""

    first: Change[State, Event]
    then: Change[State, Event]

    @property
    def gap(self) -> timedelta:
        """The time from the first to the one that followed."""
        return self.then.recorded.time - self.first.recorded.time


class FollowedBy(Generic[State, Event]):
    """Collects each B with the last A of the same key before it, if it came soon enough.

    Before means earlier in time, wherever it stands in the ledger; of two at the same instant,
    the one at the lower position. Soon enough is at most ``within`` later. A change can end one
    pair and begin another.
    """

    def __init__(
        self,
        first: Callable[[Change[State, Event]], Hashable | None],
        then: Callable[[Change[State, Event]], Hashable | None],
        within: timedelta,
    ) -> None:
        self._first = first
        self._then = then
        self._within = within
        self._seen: list[tuple[Change[State, Event], Hashable | None, Hashable | None]] = []

    def see(self, change: Change[State, Event]) -> None:
        """Take notice of the next change, in order of position."""
        begins, ends = self._first(change), self._then(change)
        if begins is not None or ends is not None:
            self._seen.append((change, begins, ends))

    @property
    def pairs(self) -> list[Pair[State, Event]]:
        """The pairs in all that was seen, in order of the time of what followed."""
        pairs: list[Pair[State, Event]] = []
        last: dict[Hashable, Change[State, Event]] = {}
        for change, begins, ends in sorted(self._seen, key=lambda seen: when(seen[0])):
            if ends is not None and ends in last:
                pair = Pair(last[ends], change)
                if pair.gap <= self._within:
                    pairs.append(pair)
            if begins is not None:
                last[begins] = change
        return pairs


def when(change: Change[State, Event]) -> tuple[Instant, Position]:
    """When a change happened; changes of the same instant are in order of position."""
    return instant_of(change.recorded), change.recorded.position


def stream_of(*event_classes: type) -> Callable[[Change[State, Event]], StreamId | None]:
    """The stream of a change as its key, where its event is of one of these classes."""
    return lambda change: (
        change.recorded.stream_id if isinstance(change.recorded.event, event_classes) else None
    )
