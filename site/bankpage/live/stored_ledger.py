"""The ledger as localStorage holds it: keys and values, read and written purely.

One key an append, ``esbank/ledger/<generation>/<position of its first event>``, and under it
a line for each event, in the very format of an exported file: an export is the values in
order of their keys. Nothing that is found here is trusted. What can be read is history;
what cannot keeps its place in the ledger as an unreadable event; what has no place at all
is set aside. Each is named, none is changed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Final

from esbank_core.bank.account import CODEC
from esbank_core.bank.events import Event
from esbank_core.kernel.errors import Damage
from esbank_core.kernel.identity import (
    GENESIS,
    NO_STREAM,
    Position,
    StreamId,
    Version,
    event_id,
)
from esbank_core.kernel.recorded import Opaque, RecordedEvent, UnknownEvent, UnreadableEvent
from esbank_core.kernel.written.chain import GENESIS_HASH, HASH_ATTRIBUTE
from esbank_core.kernel.written.cloud_events import SEQUENCE_DIGITS, from_cloud_event, to_line
from esbank_core.kernel.written.own_form import OwnForm

PREFIX: Final = "esbank/"
GENERATION_KEY: Final = "esbank/generation"
LOST: Final = StreamId("unreadable")
"""The stream under which unreadable events stand: which account they were of is lost."""

LARGEST_GAP: Final = 1000
"""How many positions may be missing in a row before what follows is not believed."""

_LEDGER_KEY: Final = re.compile(
    rf"esbank/ledger/([1-9][0-9]{{0,8}})/([0-9]{{{SEQUENCE_DIGITS}}})", re.ASCII
)
_HASH_DIGITS: Final = 64
_HASH: Final = re.compile(rf"[0-9a-f]{{{_HASH_DIGITS}}}")
_OWN_FORM: Final = OwnForm(CODEC)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of localStorage and its value."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class DamagedEntry:
    """An entry that is not what its key promises, and why; it stays where it is."""

    entry: Entry
    reason: str


@dataclass(frozen=True, slots=True)
class StoredLedger:
    """What localStorage was found to hold."""

    generation: int
    recorded: tuple[RecordedEvent[Event | Opaque], ...]
    head_hash: str
    damaged: tuple[DamagedEntry, ...]


def read_entries(text: str) -> list[Entry]:
    """The entries that the browser hands over, as the JSON text of a list of pairs."""
    return [Entry(key, value) for key, value in json.loads(text)]


def read_ledger(
    entries: Iterable[Entry],
    *,
    after: Position = GENESIS,
    versions: Mapping[StreamId, Version] | None = None,
    head_hash: str = GENESIS_HASH,
) -> StoredLedger:
    """Read what stands after position ``after``; never raises, whatever is there.

    ``versions`` and ``head_hash`` are those of the ledger up to ``after``.
    """
    values: dict[int, dict[int, Entry]] = {}
    generation = 1
    damaged: list[DamagedEntry] = []
    for entry in entries:
        if entry.key == GENERATION_KEY:
            if re.fullmatch("[1-9][0-9]{0,8}", entry.value, re.ASCII):
                generation = int(entry.value)
            else:
                damaged.append(DamagedEntry(entry, "It does not number a generation."))
        elif named := _LEDGER_KEY.fullmatch(entry.key):
            values.setdefault(int(named[1]), {})[int(named[2])] = entry
        else:
            damaged.append(DamagedEntry(entry, "No part of this ledger goes by that key."))

    reader = _Reader(after, dict(versions or {}), head_hash)
    for position, entry in sorted(values.get(generation, {}).items()):
        reader.read(Position(position), entry)
    return StoredLedger(
        generation, tuple(reader.recorded), reader.head_hash, (*damaged, *reader.damaged)
    )


def key_of(generation: int, position: Position) -> str:
    """The key of the append whose first event stands at ``position``."""
    return f"{PREFIX}ledger/{generation}/{position:0{SEQUENCE_DIGITS}d}"


def write_append(
    recorded: Sequence[RecordedEvent[Event | UnknownEvent]], head_hash: str
) -> tuple[str, str]:
    """The value of one append, and the hash of its last event."""
    lines = []
    for event in recorded:
        line, head_hash = to_line(event, CODEC, head_hash)
        lines.append(line)
    return "\n".join(lines), head_hash


class _Reader:
    """Reads appends in order of their keys, and fills in for what is broken or missing."""

    def __init__(self, after: Position, versions: dict[StreamId, Version], head_hash: str) -> None:
        self.recorded: list[RecordedEvent[Event | Opaque]] = []
        self.damaged: list[DamagedEntry] = []
        self.head_hash = head_hash
        self._versions = versions
        self._start = after
        self._time = _EPOCH

    @property
    def _next(self) -> Position:
        return Position(self._start + len(self.recorded) + 1)

    def read(self, position: Position, entry: Entry) -> None:
        if position <= self._start:
            return
        missing = position - self._next
        if missing < 0:
            self._set_aside(entry, "Another entry holds its place in the ledger already.")
        elif missing > LARGEST_GAP:
            self._set_aside(entry, f"{missing} events before it are missing.")
        else:
            for _ in range(missing):
                self._fill_in("", "No record of this event is left in this browser.")
            for line in entry.value.split("\n"):
                self._read_line(line, entry)

    def _read_line(self, line: str, entry: Entry) -> None:
        if own := _OWN_FORM.read(line, self._next, self._versions):
            # As the page itself wrote it, and in its place: nearly every line of nearly all.
            self.recorded.append(own)
            self._time = own.time
            self.head_hash = line.partition(f'"{HASH_ATTRIBUTE}":"')[2][:_HASH_DIGITS]
            return
        try:
            document = _parse(line)
            recorded = self._place(document)
        except Damage as damage:
            self._set_aside(entry, damage.reason)
            self._fill_in(line, damage.reason)
            return
        self.recorded.append(recorded)
        self._versions[recorded.stream_id] = recorded.version
        self._time = recorded.time
        own_hash = document.get(HASH_ATTRIBUTE)
        if isinstance(own_hash, str) and _HASH.fullmatch(own_hash):
            self.head_hash = own_hash

    def _place(self, document: Mapping[str, object]) -> RecordedEvent[Event | Opaque]:
        """Read an event at the next position, as whichever later version it says it is.

        Versions may skip where an event of the stream is among the unreadable ones.
        """
        subject, given = document.get("subject"), document.get("streamversion")
        known = self._versions.get(StreamId(subject), NO_STREAM) if isinstance(subject, str) else 0
        skips = LOST in self._versions
        follows = isinstance(given, int) and given > known and skips
        version = Version(given if follows and isinstance(given, int) else known + 1)
        return from_cloud_event(document, CODEC, position=self._next, version=version)

    def _set_aside(self, entry: Entry, reason: str) -> None:
        self.damaged.append(DamagedEntry(entry, reason))

    def _fill_in(self, text: str, reason: str) -> None:
        version = Version(self._versions.get(LOST, NO_STREAM) + 1)
        self._versions[LOST] = version
        self.recorded.append(
            RecordedEvent(
                event=UnreadableEvent(text, reason),
                id=event_id(LOST, version),
                stream_id=LOST,
                version=version,
                position=self._next,
                time=self._time,
            )
        )


def _parse(line: str) -> Mapping[str, object]:
    try:
        document = json.loads(line, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as broken:
        raise Damage("It is not a line of JSON.", line) from broken
    if not isinstance(document, dict):
        raise Damage("It is not a JSON object.", line)
    return document


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")
