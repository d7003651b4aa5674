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
from esbank_core.kernel.identity import StreamId

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

    Before means at an earlier position; soon enough, no earlier in time and at most ``within``
    later. A change can end one pair and begin another.
    """

    def __init__(
        self,
        first: Callable[[Change[State, Event]], Hashable | None],
        then: Callable[[Change[State, Event]], Hashable | None],
        within: timedelta,
    ) -> None:
        self.pairs: list[Pair[State, Event]] = []
        self._first = first
        self._then = then
        self._within = within
        self._last: dict[Hashable, Change[State, Event]] = {}

    def see(self, change: Change[State, Event]) -> None:
        """Take notice of the next change, in order of position."""
        ends = self._then(change)
        if ends is not None and ends in self._last:
            pair = Pair(self._last[ends], change)
            if timedelta() <= pair.gap <= self._within:
                self.pairs.append(pair)
        begins = self._first(change)
        if begins is not None:
            self._last[begins] = change


def stream_of(*event_classes: type) -> Callable[[Change[State, Event]], StreamId | None]:
    """The stream of a change as its key, where its event is of one of these classes."""
    return lambda change: (
        change.recorded.stream_id if isinstance(change.recorded.event, event_classes) else None
    )
