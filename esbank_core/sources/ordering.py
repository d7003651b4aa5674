"""The order of events: the store's own, wherever it left one.

By position where every event has its own; where positions compare only within a group, such as
Kafka's partitions, by position there and by time across. Else by version within each stream,
and by time across; else by time; else as the records stand. What stands newest first is turned
round. The same event told twice is one event, and another one under a taken id has no place.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from enum import StrEnum
from itertools import pairwise
from typing import Final

from esbank_core.sources.found import Found, content
from esbank_core.sources.records import Unplaced, Why

SLICE: Final = 5_000
"""Events that are looked at between two looks at whether something else is to be done."""

_BEFORE_ALL: Final = datetime.min.replace(tzinfo=timezone.utc)


class Order(StrEnum):
    """By what events were put in order."""

    POSITION = "position"
    PARTITION = "position within each partition"
    VERSION = "stream and version"
    TIME = "time"
    AS_THEY_STOOD = "as they stood"


@dataclass(frozen=True, slots=True)
class Arranged:
    """Events in order, by what, and the records that turned out to have no place."""

    order: Order
    found: tuple[Found, ...]
    unplaced: tuple[Unplaced, ...]


def arrange(found: Iterable[Found]) -> Generator[None, None, Arranged]:
    """Put events in the order in which they happened, as far as their records tell.

    It stops between whiles, so that something else may be done.
    """
    events, unplaced = yield from _once_each(found)
    yield
    order = _order_of(events)
    yield
    match order:
        case Order.POSITION:
            events.sort(key=_position)
        case Order.PARTITION:
            events = yield from _merged(events, _group, _position)
        case Order.VERSION:
            events = yield from _merged(events, _stream, _version)
        case Order.TIME:
            if _is_newest_first(events):
                events.reverse()
            events.sort(key=_time)
        case Order.AS_THEY_STOOD:
            pass
    return Arranged(order, tuple(events), unplaced)


class OutOfOrder(Exception):  # noqa: N818 - it says how the records stand
    """The records do not stand in order, and have to be sorted; ``number`` is the first."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(f"record {number}")


class OrderCheck:
    """Sees whether events stand in order, one by one, in memory for their streams alone.

    The first event decides by what; each after it must have the same, and come later by it.
    Events that have neither position nor version are remembered by their ids.
    """

    def __init__(self) -> None:
        self.order = Order.AS_THEY_STOOD
        self._last: Found | None = None
        self._versions: dict[str, int] = {}
        self._ids: set[str] = set()

    def see(self, found: Found) -> Unplaced | None:
        """See one more event; why it has no place, if it is the one before it again.

        Raises:
            OutOfOrder: it does not come after those before it.
        """
        last = self._last
        if last is None:
            self.order = _order_of([found])
        elif found.id and found.id == last.id:
            return twice(found, last)
        elif not self._is_later(found, last):
            raise OutOfOrder(found.number)
        if self.order is Order.VERSION and found.version is not None:
            self._versions[found.stream] = found.version
        elif found.id and self.order in (Order.TIME, Order.AS_THEY_STOOD):
            self._ids.add(found.id)
        self._last = found
        return None

    def _is_later(self, found: Found, last: Found) -> bool:
        match self.order:
            case Order.POSITION:
                is_comparable = found.position is not None and found.group == last.group
                return is_comparable and _position(found) > _position(last)
            case Order.VERSION:
                before = self._versions.get(found.stream)
                is_next = before is None or _version(found) > before
                is_alike = found.version is not None and (found.time is None) == (last.time is None)
                return is_alike and is_next and _time(found) >= _time(last)
            case Order.TIME:
                is_alike = found.time is not None and found.id not in self._ids
                return is_alike and _time(found) >= _time(last)
            case _:
                return found.id not in self._ids and found.time is None


def _order_of(events: Sequence[Found]) -> Order:
    if not events:
        return Order.AS_THEY_STOOD
    if all(one.position is not None for one in events):
        places = {(one.group, one.position) for one in events}
        if len(places) == len(events):
            is_one_group = len({one.group for one in events}) == 1
            return Order.POSITION if is_one_group else Order.PARTITION
    if all(one.version is not None for one in events):
        return Order.VERSION
    if all(one.time is not None for one in events):
        return Order.TIME
    return Order.AS_THEY_STOOD


def _once_each(
    found: Iterable[Found],
) -> Generator[None, None, tuple[list[Found], tuple[Unplaced, ...]]]:
    by_name: dict[object, Found] = {}
    events: list[Found] = []
    unplaced: list[Unplaced] = []
    for nth, one in enumerate(found):
        if not nth % SLICE:
            yield
        name: object = one.id or place_of(one)
        if name is not None:
            first = by_name.setdefault(name, one)
            # A place is no name: two events may claim it.
            if first is not one and (one.id or content(one) == content(first)):
                unplaced.append(twice(one, first))
                continue
        events.append(one)
    return events, tuple(unplaced)


def place_of(found: Found) -> object:
    """Where an event stands that has no name, as its source says; None where it does not."""
    if found.version is None and found.position is None:
        return None
    return found.stream, found.version, found.group, found.position


def twice(found: Found, first: Found) -> Unplaced:
    """Why an event has no place whose name another has: it is the same again, or another."""
    why = Why.REPEATED if content(found) == content(first) else Why.CONFLICT
    return Unplaced(found.number, found.line, why, "", found.id)


def _merged(
    events: Sequence[Found], group_of: Callable[[Found], str], place: Callable[[Found], int]
) -> Generator[None, None, list[Found]]:
    """Each group in its own order, and all of them by time as far as that leaves the order be.

    Where not every event has a time, each group keeps the places that its events stood in.
    """
    groups: dict[str, list[Found]] = {}
    for one in events:
        groups.setdefault(group_of(one), []).append(one)
    yield
    for group in groups.values():
        group.sort(key=place)
    yield
    if any(one.time is None for one in events):
        following = {name: iter(group) for name, group in groups.items()}
        return [next(following[group_of(one)]) for one in events]
    keyed: list[tuple[datetime, int, Found]] = []
    for group in groups.values():
        latest = _BEFORE_ALL
        for one in group:
            latest = max(latest, _time(one))
            keyed.append((latest, len(keyed), one))
            if not len(keyed) % SLICE:
                yield
    keyed.sort()  # no two have the same number, so that nothing behind it is compared
    yield
    return [one for _, _, one in keyed]


def _is_newest_first(events: Sequence[Found]) -> bool:
    falls = rises = False
    for before, after in pairwise(events):
        falls |= _time(after) < _time(before)
        rises |= _time(after) > _time(before)
    return falls and not rises


def _position(found: Found) -> int:
    return -1 if found.position is None else found.position


def _version(found: Found) -> int:
    return -1 if found.version is None else found.version


def _time(found: Found) -> datetime:
    return _BEFORE_ALL if found.time is None else found.time


def _group(found: Found) -> str:
    return found.group


def _stream(found: Found) -> str:
    return found.stream
