"""A followed by B within a time, by the same key: what many questions come down to.

What counts as A and as B, and by which key they belong together, is said by two functions
from a change to a key, or to None where the change is neither. Withdrawals soon after
deposits, money that comes back from where it went, freezes after large withdrawals: each is
such a pair of functions and a time.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from esbank_core.kernel.history import Change
from esbank_core.kernel.identity import StreamId
from esbank_core.questions.in_time import InTime

State = TypeVar("State")
Event = TypeVar("Event")
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Pair(Generic[State, Event]):
    """A change and the one that followed it."""

    first: Change[State, Event]
    then: Change[State, Event]

    @property
    def gap(self) -> timedelta:
        """The time from the first to the one that followed."""
        return self.then.recorded.time - self.first.recorded.time


class FollowedBy(Generic[State, Event, Found]):
    """Collects each B with the last A of the same key before it, if it came soon enough.

    ``found`` makes of each pair what is collected.

    Before means earlier in time, wherever it stands in the ledger; of two at the same instant,
    the one at the lower position. Soon enough is at most ``within`` later. A change can end one
    pair and begin another.
    """

    def __init__(
        self,
        first: Callable[[Change[State, Event]], Hashable | None],
        then: Callable[[Change[State, Event]], Hashable | None],
        within: timedelta,
        found: Callable[[Pair[State, Event]], Found],
    ) -> None:
        self._first = first
        self._then = then
        self._within = within
        self._found = found
        self._in_time: InTime[State, Event, Found] = InTime(self._begin)

    def see(self, change: Change[State, Event]) -> None:
        """Take notice of the next change, in order of position."""
        if self._first(change) is not None or self._then(change) is not None:
            self._in_time.see(change)

    def find_anew(self) -> None:
        """Look at all that was seen once more: what counts as A or as B has changed."""
        self._in_time.make_anew()

    @property
    def found(self) -> Sequence[Found]:
        """What was collected of all that was seen, in order of the time of what followed."""
        return self._in_time.items

    def _begin(self) -> Callable[[Change[State, Event]], Iterable[Found]]:
        last: dict[Hashable, Change[State, Event]] = {}

        def take(change: Change[State, Event]) -> Iterable[Found]:
            begins, ends = self._first(change), self._then(change)
            before = None if ends is None else last.get(ends)
            if begins is not None:
                last[begins] = change
            if before is None:
                return ()
            pair = Pair(before, change)
            return (self._found(pair),) if pair.gap <= self._within else ()

        return take


def stream_of(*event_classes: type) -> Callable[[Change[State, Event]], StreamId | None]:
    """The stream of a change as its key, where its event is of one of these classes."""
    return lambda change: (
        change.recorded.stream_id if isinstance(change.recorded.event, event_classes) else None
    )
