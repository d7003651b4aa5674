"""Lines of events that are written once somebody asks for them, each once and in order.

What another store dumped has no lines: it gets them for an export or an audit, and most of it is
only looked at. A line is asked for together with all before it, for its hash follows theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar, overload

from esbank_core.kernel.append_only import AppendOnly, Continued
from esbank_core.kernel.errors import Unwritable
from esbank_core.kernel.recorded import RecordedEvent, UnknownEvent
from esbank_core.kernel.written.chain import GENESIS_HASH
from esbank_core.kernel.written.heads import carried_hash
from esbank_core.kernel.written.line_codec import LineCodec
from esbank_core.kernel.written.marks import mark
from esbank_core.kernel.written.packed_lines import PackedLines

Event = TypeVar("Event")


class LinesToCome(AppendOnly[str], Generic[Event]):
    """The lines ``before``, which are there, and behind them those of ``events``.

    An event of which no line could be read back has none: its place is marked, with the reason.
    """

    __slots__ = ("_before", "_codec", "_events", "_hash", "_written")

    def __init__(
        self,
        events: AppendOnly[RecordedEvent[Event | UnknownEvent]],
        codec: LineCodec[Event],
        before: AppendOnly[str] | None = None,
    ) -> None:
        super().__init__()
        self._events = events
        self._codec = codec
        self._before: AppendOnly[str] = AppendOnly() if before is None else before
        self._hash: str | None = None
        self._written: AppendOnly[str] = PackedLines()

    @property
    def at_hand(self) -> int:
        """How many of the first lines are there, and need not be written."""
        before = self._before
        are_there = before.at_hand == len(before)
        return before.at_hand + len(self._written) if are_there else before.at_hand

    def followed_by(
        self, events: Iterable[RecordedEvent[Event | UnknownEvent]]
    ) -> LinesToCome[Event]:
        """The same with more events behind; none of its lines is written yet."""
        return LinesToCome(self._events.plus(events), self._codec, self._before)

    def plus(self, items: Iterable[str]) -> AppendOnly[str]:
        """These lines, and behind them some that are there."""
        return Continued(self, items)

    def __len__(self) -> int:
        return len(self._before) + len(self._events)

    def __iter__(self) -> Iterator[str]:
        return map(self.__getitem__, range(len(self)))

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        start = len(self._before)
        if isinstance(index, slice):
            asked = range(*index.indices(len(self)))
            if not asked:
                return []
            self._write(max(asked[0], asked[-1]) + 1 - start)
            if asked.step != 1:
                return [self[place] for place in asked]
            behind = self._written[max(0, asked.start - start) : max(0, asked.stop - start)]
            return [*self._before[asked.start : asked.stop], *behind]
        place = range(len(self))[index]
        if place < start:
            return self._before[place]
        self._write(place + 1 - start)
        return self._written[place - start]

    def _write(self, count: int) -> None:
        """Write until there are so many."""
        if count <= len(self._written):
            return
        previous = self._hash
        if previous is None:
            previous = carried_hash(self._before[-1]) if self._before else ""
            previous = previous or GENESIS_HASH
        lines = []
        for recorded in self._events[len(self._written) : count]:
            try:
                line, previous = self._codec.write(recorded, previous)
            except Unwritable as unwritable:
                line = mark(unwritable.reason, position=recorded.position, time=recorded.time)
            lines.append(line)
        self._written = self._written.plus(lines)
        self._hash = previous
