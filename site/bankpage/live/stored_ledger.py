"""The ledger as localStorage holds it: keys and values, read and written purely.

One key an append, ``esbank/ledger/<generation>/<position of its first event>``, and under it
a line for each event, in the very format of an exported file; of old events one key for many,
``esbank/ledger/<generation>/<first>-<last>``, and under it a segment of them (``segments``). An
export is the lines in order of their positions. Nothing that is found here is trusted. What can
be read is history; what cannot keeps its place in the ledger as an unreadable event; what has no
place at all is set aside. Each is named, none is changed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from typing import Final

from bankpage.live.segments import Name, Segment, most_lost, segment_in, unpack
from esbank_core.bank.account import CODEC, is_readable
from esbank_core.bank.events import Event
from esbank_core.kernel.errors import Damage, UnfitLine
from esbank_core.kernel.identity import GENESIS, Position, StreamId, Version
from esbank_core.kernel.recorded import Opaque, RecordedEvent, UnknownEvent, unreadable
from esbank_core.kernel.rejected import RejectedCommand
from esbank_core.kernel.written.chain import GENESIS_HASH, HASH_ATTRIBUTE
from esbank_core.kernel.written.cloud_events import SEQUENCE_DIGITS
from esbank_core.kernel.written.line_codec import LineCodec
from esbank_core.kernel.written.rejected_lines import read_rejected, write_rejected

PREFIX: Final = "esbank/"
GENERATION_KEY: Final = "esbank/generation"
HEAD_KEY: Final = "esbank/head"
FORMAT_KEY: Final = "esbank/format"
SNAPSHOT_KEY: Final = "esbank/snapshot"
GLANCE_KEY: Final = "esbank/glance"

OWN_FORMAT: Final = 2
"""The version of the form that this module reads and writes; one without a number is the first.

The second has segments.
"""

MOST_LOST: Final = 1000
"""How many events may be missing before the rest is not believed.

A single key may name any position, and a single value hold millions of empty lines.
"""

MOST_REJECTED: Final = 200
"""How many rejected commands are kept beside the ledger, the newest of them."""

NOTHING_LEFT: Final = "No record of this event is left in this browser."

_NUMBER: Final = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_LEDGER_KEY: Final = re.compile(
    rf"esbank/ledger/([1-9][0-9]{{0,8}})/(?!0{{{SEQUENCE_DIGITS}}})([0-9]{{{SEQUENCE_DIGITS}}})",
    re.ASCII,
)
_REJECTED_KEY: Final = re.compile(
    r"esbank/rejected/([1-9][0-9]{0,8})/[0-9]{15}/[0-9A-Za-z-]{1,64}", re.ASCII
)
_NO_KEY_CHARACTER: Final = re.compile(r"[^0-9A-Za-z-]", re.ASCII)
_HASH_DIGITS: Final = 64
_HASH: Final = re.compile(rf"[0-9a-f]{{{_HASH_DIGITS}}}")
_HEAD: Final = re.compile(
    rf"([1-9][0-9]{{0,8}})/([0-9]{{{SEQUENCE_DIGITS}}})/([0-9a-f]{{{_HASH_DIGITS}}})", re.ASCII
)
_LINES: Final = LineCodec(CODEC)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of localStorage and its value; None, where the browser would not hand it over.

    Where only the beginning of the value was handed over, ``length`` is how long it is.
    """

    key: str
    value: str | None
    length: int | None = None


class Fault(StrEnum):
    """Why an entry is set aside; an unreadable event says for itself what is wrong with it."""

    NOT_HANDED_OVER = "not-handed-over"
    UNKNOWN_KEY = "unknown-key"
    NO_NUMBER = "no-number"
    NO_HEAD = "no-head"
    NO_GLANCE = "no-glance"
    OTHER_GENERATION = "other-generation"
    PLACE_TAKEN = "place-taken"
    TOO_FAR = "too-far"
    TOO_MANY_LINES = "too-many-lines"
    NO_REJECTION = "no-rejection"


@dataclass(frozen=True, slots=True)
class DamagedEntry:
    """An entry that is not what its key promises, and why; it stays where it is."""

    entry: Entry
    reason: Fault | str


@dataclass(frozen=True, slots=True)
class Head:
    """How far the ledger went when it was last written: its last event, and that one's hash."""

    generation: int
    position: Position
    hash: str


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


def read_entries(text: str) -> list[Entry]:
    """The entries that the browser hands over, as the JSON text of a list of lists."""
    return [Entry(*parts) for parts in json.loads(text)]


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
    units = sorted(found.units.get(found.generation, ()), key=_place)
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


@dataclass(frozen=True, slots=True)
class StoredLines:
    """Lines by position, as they are stored, whatever they are worth; segments opened if asked."""

    values: Mapping[str, str]
    """Of every key of the ledger."""
    appends: Mapping[Position, str]
    names: Sequence[Name]

    def line_at(self, position: Position) -> str:
        """The line that stands at a position; empty, if there is none."""
        if (alone := self.appends.get(position)) is not None:
            return alone
        for name in self.names:
            if name.first <= position <= name.last:
                try:
                    lines = unpack(segment_in(name, self.values[name.key])).lines
                except Damage:
                    return ""
                return lines[position - name.first]
        return ""


def lines_stored(found: SortedOut) -> StoredLines:
    """The lines that were found, by position."""
    units = found.units.get(found.generation, ())
    appends: dict[Position, str] = {}
    for unit in units:
        if isinstance(unit, Append):
            lines = (unit.entry.value or "").split("\n")
            appends |= {Position(unit.first + nth): line for nth, line in enumerate(lines)}
    return StoredLines(
        {unit.entry.key: unit.entry.value or "" for unit in units},
        appends,
        [unit.name for unit in units if isinstance(unit, Packed)],
    )


def position_of(key: str) -> Position:
    """Where what stands under a key of the ledger begins."""
    return Position(int(key.rpartition("/")[2].partition("-")[0]))


def key_of(generation: int, position: Position) -> str:
    """The key of the append whose first event stands at ``position``."""
    return f"{PREFIX}ledger/{generation}/{position:0{SEQUENCE_DIGITS}d}"


def write_append(
    recorded: Sequence[RecordedEvent[Event | UnknownEvent]], head_hash: str
) -> tuple[str, str]:
    """The value of one append, and the hash of its last event.

    Raises:
        Unwritable: it could not be read back.
    """
    lines, head_hash = write_lines(recorded, head_hash)
    return "\n".join(lines), head_hash


def write_lines(
    recorded: Iterable[RecordedEvent[Event | UnknownEvent]], head_hash: str
) -> tuple[list[str], str]:
    """The lines of events that follow a hash, and the hash of the last.

    Raises:
        Unwritable: one of them could not be read back.
    """
    lines = []
    for event in recorded:
        line, head_hash = _LINES.write(event, head_hash)
        lines.append(line)
    return lines, head_hash


def write_beside(generation: int, rejected: RejectedCommand) -> Entry:
    """A rejected command as it is kept beside the ledger.

    Each has a key of its own, so that no tab writes over what another has written; the keys stand
    in order of time.
    """
    milliseconds = max(0, (rejected.time - _EPOCH) // timedelta(milliseconds=1))
    name = _NO_KEY_CHARACTER.sub("-", rejected.id)[:64] or "-"
    key = f"{PREFIX}rejected/{generation}/{milliseconds:015d}/{name}"
    return Entry(key, write_rejected(rejected))


def newest_rejected(rejected: Mapping[str, RejectedCommand]) -> dict[str, RejectedCommand]:
    """As many rejected commands as are kept, in order of their keys."""
    return {key: rejected[key] for key in sorted(rejected)[-MOST_REJECTED:]}


def head_after(key: str, text: str) -> Head:
    """How far the ledger goes after an append of our own."""
    _, _, generation, first = key.split("/")
    lines = text.split("\n")
    return Head(int(generation), Position(int(first) + len(lines) - 1), _hash_of(lines[-1]))


def write_head(head: Head) -> str:
    """How far the ledger goes, as it is kept beside it."""
    return f"{head.generation}/{head.position:0{SEQUENCE_DIGITS}d}/{head.hash}"


def _hash_of(line: str) -> str:
    """The hash that a line carries, empty if none."""
    own = line.partition(f'"{HASH_ATTRIBUTE}":"')[2][:_HASH_DIGITS]
    if _HASH.fullmatch(own):
        return own
    given = json.loads(line).get(HASH_ATTRIBUTE)  # in another producer's spelling
    return given if isinstance(given, str) and _HASH.fullmatch(given) else ""


@dataclass(frozen=True, slots=True)
class Append:
    """The entry of one append, by the position of its first event."""

    first: Position
    entry: Entry

    @property
    def place(self) -> tuple[int, int]:
        """What it is sorted by: behind the segment that took its place."""
        return self.first, 1


@dataclass(frozen=True, slots=True)
class Packed:
    """The entry of a segment."""

    name: Name
    entry: Entry

    @property
    def place(self) -> tuple[int, int]:
        """What it is sorted by."""
        return self.name.first, 0


Unit = Append | Packed


@dataclass(frozen=True, slots=True)
class SortedOut:
    """Entries by what their keys say they are."""

    generation: int
    units: Mapping[int, Sequence[Unit]]
    """By generation."""
    head: Head | None
    is_later: bool
    damaged: tuple[DamagedEntry, ...]
    rejected: Mapping[str, RejectedCommand]
    snapshot: str | None


def sorted_out(entries: Iterable[Entry], *, is_part: bool = False) -> SortedOut:
    """Entries by what their keys say they are. ``is_part`` is as for ``read_ledger``."""
    units: dict[int, list[Unit]] = {}
    beside: list[tuple[int, Entry]] = []
    generation, head, is_later, snapshot = 0, None, False, None
    damaged: list[DamagedEntry] = []
    for entry in entries:
        fault: Fault | None = None
        if entry.value is None:
            fault = Fault.NOT_HANDED_OVER
        elif named := _LEDGER_KEY.fullmatch(entry.key):
            append = Append(Position(int(named[2])), entry)
            units.setdefault(int(named[1]), []).append(append)
        elif name := Name.of(entry.key):
            units.setdefault(name.generation, []).append(Packed(name, entry))
        elif named := _REJECTED_KEY.fullmatch(entry.key):
            beside.append((int(named[1]), entry))
        elif entry.key == GENERATION_KEY:
            generation = _number(entry.value)
            fault = None if generation else Fault.NO_NUMBER
        elif entry.key == FORMAT_KEY:
            is_later = _number(entry.value) > OWN_FORMAT
            fault = None if _number(entry.value) else Fault.NO_NUMBER
        elif entry.key == HEAD_KEY:
            head = _read_head(entry.value)
            fault = None if head else Fault.NO_HEAD
        elif entry.key == SNAPSHOT_KEY:
            snapshot = entry.value
        else:
            fault = Fault.NO_GLANCE if entry.key == GLANCE_KEY else Fault.UNKNOWN_KEY
        if fault:
            damaged.append(DamagedEntry(entry, fault))
    # Where the number is lost, the first generation of which there is anything counts.
    generation = generation or min(units, default=1)
    for other, found in units.items():
        if other != generation:
            damaged += (DamagedEntry(unit.entry, Fault.OTHER_GENERATION) for unit in found)
    rejected, unread = _read_beside(entry for other, entry in beside if other == generation)
    if generation in units and not is_part:
        units[generation] = _counted(units[generation], head)
    every = (*damaged, *unread)
    return SortedOut(generation, units, head, is_later, every, rejected, snapshot)


def _place(unit: Unit) -> tuple[int, int]:
    return unit.place


def _counted(units: Sequence[Unit], head: Head | None) -> list[Unit]:
    """All of them but segments of an import that was cut off before it counted."""
    reached = max(
        (_end_of(unit) for unit in units if isinstance(unit, Append) or not unit.name.until),
        default=0,
    )
    reached = max(reached, head.position if head else 0)
    return [
        unit
        for unit in units
        if isinstance(unit, Append) or unit.name.until is None or unit.name.until <= reached
    ]


def _end_of(unit: Unit) -> Position:
    return unit.first if isinstance(unit, Append) else unit.name.last


def _read_beside(
    entries: Iterable[Entry],
) -> tuple[dict[str, RejectedCommand], list[DamagedEntry]]:
    """The rejected commands of this generation. Of one that was erased nothing is told."""
    rejected: dict[str, RejectedCommand] = {}
    unread: list[DamagedEntry] = []
    for entry in entries:
        try:
            rejected[entry.key] = read_rejected(entry.value or "")
        except UnfitLine:
            unread.append(DamagedEntry(entry, Fault.NO_REJECTION))
    return rejected, unread


def _number(value: str) -> int:
    """The number that a value is, from 1; 0 where it is none."""
    return int(value) if _NUMBER.fullmatch(value) else 0


def _read_head(value: str) -> Head | None:
    named = _HEAD.fullmatch(value)
    return Head(int(named[1]), Position(int(named[2])), named[3]) if named else None


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
            if is_readable(recorded) and (own := _hash_of(line)):
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
            self._set_aside(entry, Fault.PLACE_TAKEN)
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
