"""The ledger as localStorage holds it, read purely: what is history, and what is not.

Under a key of an append stands a line for each event, in the very format of an exported file,
and under that of a segment many of them, packed. An export is the lines in order of their
positions. Nothing that is found here is trusted. What can be read is history; what cannot keeps
its place in the ledger as an unreadable event; what has no place at all is set aside. Each is
named, none is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Final

from bankpage.live.stored.beside import newest_rejected
from bankpage.live.stored.entries import DamagedEntry, Entry, Fault
from bankpage.live.stored.heads import Head, hash_of, write_head
from bankpage.live.stored.keys import HEAD_KEY
from bankpage.live.stored.segments import Name, Segment, most_lost, segment_in, unpack
from bankpage.live.stored.sorting import Append, Packed, sorted_out
from esbank_core.bank.account import CODEC, is_readable
from esbank_core.bank.events import Event
from esbank_core.kernel.errors import Damage, UnfitLine
from esbank_core.kernel.identity import GENESIS, Position, StreamId, Version
from esbank_core.kernel.recorded import Opaque, RecordedEvent, unreadable
from esbank_core.kernel.rejected import RejectedCommand
from esbank_core.kernel.written.chain import GENESIS_HASH
from esbank_core.kernel.written.line_codec import LineCodec

_LINES: Final = LineCodec(CODEC)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)
MOST_LOST: Final = 1000
"""How many events may be missing before the rest is not believed.

A single key may name any position, and a single value hold millions of empty lines.
"""
NOTHING_LEFT: Final = "No record of this event is left in this browser."


@dataclass(frozen=True, slots=True)
class StoredLedger:
    """What localStorage was found to hold.

    ``lines`` are the events' lines as they were found, empty where an event is missing.
    ``rejected`` are the rejected commands beside it, by their keys and in order of them.
    ``is_later`` says that a later version of the page keeps the ledger in a form of its own;
    then nothing of it was read.
    """

    generation: int
    recorded: tuple[RecordedEvent[Event | Opaque], ...]
    lines: tuple[str, ...]
    head_hash: str
    head_seen: Head | None
    damaged: tuple[DamagedEntry, ...]
    is_later: bool = False
    rejected: Mapping[str, RejectedCommand] = field(default_factory=dict)
    appends: tuple[Position, ...] = ()
    """Where each append that was read begins."""
    segments: tuple[Segment, ...] = ()
    """Those that were read, and could be."""
    packed: tuple[Name, ...] = ()
    """All segments of which anything was seen, whether read or not."""
    waiting: tuple[Entry, ...] = ()
    """What comes after the first segment that was not read, in order of position."""
    leftovers: tuple[Entry, ...] = ()
    """Appends whose events are in a segment as well, letter by letter."""
    snapshot: str | None = None


def read_ledger(
    entries: Iterable[Entry],
    *,
    after: Position = GENESIS,
    versions: Mapping[StreamId, Version] | None = None,
    head_hash: str = GENESIS_HASH,
    is_any_lost: bool = False,
    most_segments: int | None = None,
    is_to_the_end: bool | None = None,
    is_part: bool = False,
    packed_before: Segment | None = None,
) -> StoredLedger:
    """Read what stands after position ``after``; never raises, whatever is there.

    ``versions`` and ``head_hash`` are those of the ledger up to ``after``; ``is_any_lost`` says
    whether any event up to there is unreadable. Of segments, no more than ``most_segments`` are
    read; and none of which only the beginning was handed over. ``is_to_the_end`` has what is
    missing at the end filled in, up to the head that was seen last: so it is by itself where all
    is read from the first event on. ``is_part`` says that it is known of all of them already that
    they count; ``packed_before`` is the segment that was read before them.
    """
    found = sorted_out(entries, is_part=is_part)
    if found.is_later:
        return StoredLedger(found.generation, (), (), head_hash, None, (), is_later=True)
    reader = _Reader(
        after, dict(versions or {}), head_hash, is_any_lost=is_any_lost, is_part=is_part
    )
    if packed_before is not None:
        reader.packed_before.append(packed_before)
    units = sorted(found.units.get(found.generation, ()), key=lambda unit: unit.place)
    waiting: tuple[Entry, ...] = ()
    for nth, unit in enumerate(units):
        is_enough = most_segments is not None and len(reader.segments) >= most_segments
        if isinstance(unit, Append):
            reader.read(unit.first, unit.entry)
        elif unit.name.last > after and (unit.entry.length is not None or is_enough):
            waiting = tuple(later.entry for later in units[nth:])
            break
        else:
            reader.read_segment(unit.name, unit.entry)
    if is_to_the_end is None:
        is_to_the_end = after == GENESIS
    seen = found.head
    if is_to_the_end and not waiting and seen and seen.generation == found.generation:
        reader.read_end(seen)
    return StoredLedger(
        found.generation,
        tuple(reader.recorded),
        tuple(reader.lines),
        reader.head_hash,
        found.head,
        (*found.damaged, *reader.damaged),
        rejected=newest_rejected(found.rejected),
        appends=tuple(reader.appends),
        segments=tuple(reader.segments),
        packed=tuple(unit.name for unit in units if isinstance(unit, Packed)),
        waiting=waiting,
        leftovers=tuple(reader.leftovers),
        snapshot=found.snapshot,
    )


class _Reader:
    """Reads appends in order of their keys, and fills in for what is broken or missing."""

    def __init__(
        self,
        after: Position,
        versions: dict[StreamId, Version],
        head_hash: str,
        *,
        is_any_lost: bool,
        is_part: bool,
    ) -> None:
        self.recorded: list[RecordedEvent[Event | Opaque]] = []
        self.lines: list[str] = []
        self.damaged: list[DamagedEntry] = []
        self.appends: list[Position] = []
        self.segments: list[Segment] = []
        self.leftovers: list[Entry] = []
        self.packed_before: list[Segment] = []
        self._hash_before = head_hash
        self._hash_of_lost_end = ""
        self._versions = versions
        self._start = after
        self._time = _EPOCH
        self._may_be_lost = MOST_LOST
        self._is_any_lost = is_any_lost
        self._is_part = is_part

    @property
    def _next(self) -> Position:
        return Position(self._start + len(self.recorded) + 1)

    @property
    def head_hash(self) -> str:
        """The hash that the next event follows: of the last event of which one is known."""
        if self._hash_of_lost_end:
            return self._hash_of_lost_end
        for recorded, line in zip(reversed(self.recorded), reversed(self.lines), strict=True):
            if is_readable(recorded) and (own := hash_of(line)):
                return own
        return self._hash_before

    def read(self, position: Position, entry: Entry) -> None:
        if position <= self._start and not self._is_part:
            return  # it was read before
        missing = position - self._next
        if missing < 0 and self._is_packed(position, entry):
            self.leftovers.append(entry)
        elif missing < 0:
            self._set_aside(entry, Fault.PLACE_TAKEN)
        elif missing > self._may_be_lost:
            self._set_aside(entry, Fault.TOO_FAR)
        else:
            self._fill_in_missing(missing)
            self.appends.append(position)
            self._read_lines(entry, (entry.value or "").split("\n"))

    def read_segment(self, name: Name, entry: Entry) -> None:
        if name.last <= self._start and not self._is_part:
            return  # it was read before
        missing = name.first - self._next
        if missing < 0:
            self._read_tail(name, entry)
        elif missing > self._may_be_lost:
            self._set_aside(entry, Fault.TOO_FAR)
        else:
            self._fill_in_missing(missing)
            self._unpack(name, entry)

    def _unpack(self, name: Name, entry: Entry) -> None:
        text = entry.value or ""
        try:
            segment = segment_in(name, text)
            lines = unpack(segment).lines
        except Damage as damage:
            self._set_aside(entry, damage.reason)
            for _ in range(most_lost(name, text)):
                self._fill_in("", damage.reason)
            self._fill_in_missing(min(self._may_be_lost, name.last - self._next + 1))
            return
        self._read_packed(segment, entry, lines)

    def _read_tail(self, name: Name, entry: Entry) -> None:
        """What a segment has beyond what was read, where it goes on from there.

        So it is for a tab that knows its first events as appends, and none of the others.
        """
        known = self._next - name.first
        try:
            segment = segment_in(name, entry.value or "")
            lines = unpack(segment).lines
        except Damage as damage:
            self._set_aside(entry, damage.reason)
            return
        if known >= len(lines) or hash_of(lines[known - 1]) != self.head_hash:
            self._set_aside(entry, Fault.PLACE_TAKEN)
        else:
            self._read_packed(segment, entry, lines[known:])

    def _read_packed(self, segment: Segment, entry: Entry, lines: Sequence[str]) -> None:
        self.segments.append(segment)
        run, _ = _LINES.read_run("\n".join(lines), 0, self._next, self._versions)
        self.recorded += run
        self.lines += lines[: len(run)]
        if run:
            self._time = run[-1].time
        self._read_lines(entry, lines[len(run) :])

    def _is_packed(self, position: Position, entry: Entry) -> bool:
        """Whether the same lines were read from a segment, where this append would stand."""
        for segment in (*self.packed_before, *self.segments):
            if segment.name.first <= position <= segment.name.last:
                lines = (entry.value or "").split("\n")
                start = position - segment.name.first
                return list(unpack(segment).lines[start : start + len(lines)]) == lines
        return False

    def read_end(self, head: Head) -> None:
        """Fill in for what is missing at the end, up to the head that was seen last."""
        missing = head.position - self._next + 1
        if 0 < missing <= self._may_be_lost:
            self._fill_in_missing(missing)
            self._hash_of_lost_end = head.hash
        elif missing > 0:
            self._set_aside(Entry(HEAD_KEY, write_head(head)), Fault.TOO_FAR)

    def _read_lines(self, entry: Entry, lines: Sequence[str]) -> None:
        is_damaged = False
        for line in lines:
            reason = self._read_line(line)
            if reason is None:
                continue
            if not is_damaged:
                self._set_aside(entry, reason)
                is_damaged = True
            elif self._may_be_lost:
                self._may_be_lost -= 1
            else:
                self._set_aside(entry, Fault.TOO_MANY_LINES)
                return
            self._fill_in(line, reason)

    def _read_line(self, line: str) -> str | None:
        """Read a line at the next position; the reason, if it cannot be read."""
        try:
            # Where events were lost, those of the same stream after them seem to skip a version.
            read = _LINES.read(line, self._next, self._versions, may_skip=self._is_any_lost)
        except UnfitLine as unfit:
            return unfit.reason
        self.recorded.append(read)
        self.lines.append(line)
        self._time = read.time
        return None

    def _set_aside(self, entry: Entry, reason: Fault | str) -> None:
        self.damaged.append(DamagedEntry(entry, reason))

    def _fill_in_missing(self, missing: int) -> None:
        self._may_be_lost -= missing
        for _ in range(missing):
            self._fill_in("", NOTHING_LEFT)

    def _fill_in(self, text: str, reason: str) -> None:
        self._is_any_lost = True
        lost = unreadable(text, reason, position=self._next, time=self._time)
        self.recorded.append(lost)
        self.lines.append(text)
