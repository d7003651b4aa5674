"""What is made of changes in order of time, though they are seen in order of position.

While each comes later than all before it, what it adds is made at once, so that an answer is ready
whenever it is asked for. A late row changes what was made after it: then all is made anew, once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Generic, TypeVar

from esbank_core.kernel.history import Change
from esbank_core.kernel.identity import Position
from esbank_core.kernel.instant import digits_beyond

State = TypeVar("State")
Event = TypeVar("Event")
Item = TypeVar("Item")


When = tuple[datetime, str, Position]
"""An instant as exact as it was written, and a place among events of one."""


def when(change: Change[State, Event]) -> When:
    """When a change happened, as exactly as it says (``instant_of``); of one instant, by place."""
    recorded = change.recorded
    text = recorded.attributes.get("time") if recorded.attributes else None
    return recorded.time, digits_beyond(text) if isinstance(text, str) else "", recorded.position


class InTime(Generic[State, Event, Item]):
    """The items that changes come to, taken in one after another in order of time.

    ``begin`` gives a function that takes the next change in and returns what it adds; what that
    function remembers is forgotten whenever it begins again.
    """

    def __init__(
        self, begin: Callable[[], Callable[[Change[State, Event]], Iterable[Item]]]
    ) -> None:
        self._begin = begin
        self._take = begin()
        self._changes: list[Change[State, Event]] = []
        self._times: list[When] = []
        """When each of them happened."""
        self._items: list[Item] = []
        self._is_behind = False

    def see(self, change: Change[State, Event]) -> None:
        """Take notice of the next change, in order of position."""
        changes, times, time = self._changes, self._times, when(change)
        if times and time < times[-1]:
            place = bisect_right(times, time)
            times.insert(place, time)
            changes.insert(place, change)
            self._is_behind = True
            return
        times.append(time)
        changes.append(change)
        if not self._is_behind:
            self._items.extend(self._take(change))

    def make_anew(self) -> None:
        """Forget what was made: something that it rests on has become known otherwise."""
        self._is_behind = True

    @property
    def items(self) -> Sequence[Item]:
        """What all that was seen comes to, in order of time."""
        if self._is_behind:
            take = self._take = self._begin()
            self._items = [item for change in self._changes for item in take(change)]
            self._is_behind = False
        return self._items
