"""A sequence that only grows, whose every earlier length stays a value.

``log.plus(items)`` is a new sequence; ``log`` itself still ends where it ended. Both
share one list, so growing costs what the new items cost, however long the log is. Only
a second ``plus`` on the same log, a fork of history, copies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
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
        longer: AppendOnly[Item] = AppendOnly.__new__(AppendOnly)
        is_newest = self._length == len(self._items)
        longer._items = self._items if is_newest else self._items[: self._length]
        longer._items.extend(items)
        longer._length = len(longer._items)
        return longer

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
        return hash((AppendOnly, self._length))

    def __repr__(self) -> str:
        return f"AppendOnly({list(self)!r})"
