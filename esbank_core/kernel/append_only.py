"""A sequence that only grows, whose every earlier length stays a value.

``log.plus(items)`` is a new sequence; ``log`` itself still ends where it ended. Both
share one list, so growing costs what the new items cost, however long the log is. Only
a second ``plus`` on the same log, a fork of history, copies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TypeVar, overload

Item = TypeVar("Item")


class AppendOnly(Sequence[Item]):
    """An immutable view of the first ``length`` items of a list shared with its successors.

    Not made for several threads growing one log at once.
    """

    __slots__ = ("_items", "_length")

    def __init__(self, items: Iterable[Item] = ()) -> None:
        self._items: list[Item] = list(items)
        self._length = len(self._items)

    def plus(self, items: Iterable[Item]) -> AppendOnly[Item]:
        """Return this sequence followed by ``items``; this one stays as it is."""
        longer = self._successor()
        is_newest = self._length == len(self._items)
        longer._items = self._items if is_newest else self._items[: self._length]
        longer._items.extend(items)
        longer._length = len(longer._items)
        return longer

    def _successor(self) -> AppendOnly[Item]:
        return AppendOnly.__new__(AppendOnly)

    @property
    def at_hand(self) -> int:
        """How many of the first items can be had at once, and need not be made."""
        return len(self)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Item]:
        return islice(self._items, self._length)

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Item]: ...
    def __getitem__(self, index: int | slice) -> Item | Sequence[Item]:
        if isinstance(index, slice):
            return self._items[: self._length][index] if index.step else self._span(index)
        if not -self._length <= index < self._length:
            raise IndexError(f"no item {index} in a sequence of {self._length}")
        return self._items[index if index >= 0 else self._length + index]

    def _span(self, span: slice) -> list[Item]:
        start, stop, _ = span.indices(self._length)
        return self._items[start:stop]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, AppendOnly):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    def __hash__(self) -> int:
        # Equal logs may share no list, so only the length is a safe, cheap summary.
        return hash((AppendOnly, len(self)))

    def __repr__(self) -> str:
        return f"AppendOnly({list(self)!r})"


class Continued(AppendOnly[Item]):
    """A sequence that goes on after another, whose items may be made when they are asked for."""

    __slots__ = ("_before", "_start")

    def __init__(self, before: Sequence[Item], items: Iterable[Item] = ()) -> None:
        super().__init__(items)
        self._before = before
        self._start = len(before)

    @property
    def at_hand(self) -> int:
        """All, or as many as there are before the first that is still to be made."""
        before = self._before
        ready = before.at_hand if isinstance(before, AppendOnly) else self._start
        return len(self) if ready == self._start else ready

    def _successor(self) -> AppendOnly[Item]:
        longer: Continued[Item] = Continued.__new__(Continued)
        longer._before = self._before
        longer._start = self._start
        return longer

    def __len__(self) -> int:
        return self._start + self._length

    def __iter__(self) -> Iterator[Item]:
        return chain(self._before, super().__iter__())

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Item]: ...
    def __getitem__(self, index: int | slice) -> Item | Sequence[Item]:
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            if step != 1:
                return list(self)[index]
            behind = self._items[max(0, start - self._start) : max(0, stop - self._start)]
            return [*self._before[start:stop], *behind] if start < self._start else behind
        length = len(self)
        if not -length <= index < length:
            raise IndexError(f"no item {index} in a sequence of {length}")
        place = (index if index >= 0 else length + index) - self._start
        return self._items[place] if place >= 0 else self._before[place + self._start]
