"""Audit: is this the history that was written? The hash chain says where it is not, and why.

Each event's hash covers the event and the hash before it (``chain``), so the first event
whose hash does not follow is where history was broken. What kind of break it is shows from
what comes after: whether the chain goes on behind the event, or goes on past it, and whether
the event that belongs here stands elsewhere. For that the rest of the file is read once more
by eye, never kept: memory stays bounded however long the file.

What no chain can tell by itself: events missing at the end, or a history hashed anew from some
event on. Both show against a head hash that was kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Generic, NamedTuple, TypeVar

from esbank_core.kernel.errors import RefusedLine, UnfitLine
from esbank_core.kernel.identity import GENESIS, Position
from esbank_core.kernel.written.canonical_json import canonical_json
from esbank_core.kernel.written.chain import GENESIS_HASH, HASH_ATTRIBUTE, hash_of
from esbank_core.kernel.written.cloud_events import SEQUENCE_DIGITS
from esbank_core.kernel.written.codec import Codec
from esbank_core.kernel.written.json_lines import Line, parse_object, read_lines, refused
from esbank_core.kernel.written.own_form import OwnForm

Event = TypeVar("Event")


class Break(StrEnum):
    """What was done to a history."""

    ALTERED = "altered"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"
    CUT_SHORT = "cut short"


@dataclass(frozen=True, slots=True)
class Broken:
    """The first broken event: where it stands or should stand, and what was done there."""

    position: Position
    kind: Break
    reason: str


@dataclass(frozen=True, slots=True)
class Audit:
    """The outcome: how many events there are, and how far they are what was written.

    ``head`` is the hash of the last event before any break; an auditor keeps it elsewhere.
    """

    events: int
    head: str
    broken: Broken | None

    @property
    def is_intact(self) -> bool:
        """Whether every event is what was written."""
        return self.broken is None


def verify(chunks: Iterable[bytes], codec: Codec[Event], known_head: str | None = None) -> Audit:
    """Check the hash chain of a file, given as its bytes in pieces of any size.

    ``known_head`` is the hash that some event is known to have had, kept from an earlier
    audit: a history without it is not the one that was audited then.

    Raises:
        RefusedLine: the file is no file of events, or its events carry no hashes at all.
    """
    seals = _Seals(read_lines(chunks), codec)
    head, has_known_head = GENESIS_HASH, known_head in (None, GENESIS_HASH)
    before = GENESIS_HASH  # the hash before ``head``
    position = GENESIS
    for seal in seals:
        position = Position(position + 1)
        if seal.follows(head) and seal.sequence in (None, position):
            before, head = head, seal.chainhash
            has_known_head = has_known_head or head == known_head
            continue
        broken = _diagnose(position, seal, before, head, seals)
        if broken.position < position:
            head = before
        return Audit(seals.count, head, broken)
    if seals.unreadable is not None:
        position = Position(position + 1)
        return Audit(seals.count, head, _unreadable(position, seals))
    if not has_known_head:
        reason = (
            f"The history ends after {position} events without the hash that is known: events "
            "at its end are missing, or it was written anew."
        )
        return Audit(seals.count, head, Broken(Position(position + 1), Break.CUT_SHORT, reason))
    return Audit(seals.count, head, None)


_NO_HASH: Final = ""


class _Seal(NamedTuple):
    """What the audit looks at of an event: the content as hashed, the hash, the position."""

    line: Line
    content: str
    """Canonical JSON without the hash."""
    chainhash: str
    sequence: int | None
    """The position that the event says it is at, if it says so."""

    def follows(self, previous: str) -> bool:
        """Whether this event was written right after the one of that hash."""
        return hash_of(previous, self.content) == self.chainhash


class _Seals(Generic[Event]):
    """The seals of a file's events, until one cannot be read."""

    def __init__(self, lines: Iterator[Line], codec: Codec[Event]) -> None:
        self.count = 0
        self.unreadable: RefusedLine | None = None
        self.is_cut = False
        self._lines = lines
        self._own_form = OwnForm(codec)

    def __iter__(self) -> Iterator[_Seal]:
        line: Line | None = None
        try:
            for line in self._lines:
                own = self._own_form.content(line.text)
                if own is None:
                    seal = _seal_of(line, parse_object(line))
                else:
                    content, parts = own
                    seal = _Seal(line, content, parts.chainhash, int(parts.sequence))
                self.count += 1
                yield seal
        except RefusedLine as unreadable:
            if self.count == 0:
                raise
            self.unreadable = unreadable
            self.is_cut = line is not None and line.is_cut


def _seal_of(line: Line, document: dict[str, object]) -> _Seal:
    own_hash = document.pop(HASH_ATTRIBUTE, None)
    sequence = document.get("sequence")
    is_position = isinstance(sequence, str) and sequence.isdecimal() and sequence.isascii()
    return _Seal(
        line,
        canonical_json(document),
        own_hash if isinstance(own_hash, str) else _NO_HASH,
        int(str(sequence)[: SEQUENCE_DIGITS + 1]) if is_position else None,
    )


def _unreadable(position: Position, seals: _Seals[Event]) -> Broken:
    assert seals.unreadable is not None
    kind = Break.CUT_SHORT if seals.is_cut else Break.ALTERED
    return Broken(position, kind, str(seals.unreadable))


def _diagnose(
    position: Position, seal: _Seal, before: str, head: str, rest: Iterable[_Seal]
) -> Broken:
    """What was done at a position where ``seal`` does not follow ``head``."""
    if seal.follows(head):
        return _misnumbered(position, seal)
    if position > 1 and seal.chainhash != head and seal.follows(before):
        return Broken(
            Position(position - 1),
            Break.INSERTED,
            f"Event {position - 1} was not there when the one after it was written.",
        )
    next_sequence: int | None = None
    goes_on = False  # the chain goes on behind this event, as behind one that belongs here
    here: Line | None = None  # the line of the event that belongs here
    is_genuine = is_copied = False  # this event belongs elsewhere; it stands there as well
    has_hashes = seal.chainhash != _NO_HASH
    nth = position
    for later in rest:
        nth = Position(nth + 1)
        if nth == position + 1:
            goes_on = later.follows(seal.chainhash)
            next_sequence = later.sequence
        if here is None and later.sequence in (None, position) and later.follows(head):
            here = later.line
        if seal.sequence is None or later.sequence == seal.sequence - 1:
            is_genuine = is_genuine or seal.follows(later.chainhash)
        is_copied = is_copied or later.chainhash == seal.chainhash != _NO_HASH
        has_hashes = has_hashes or later.chainhash != _NO_HASH
    if position == 1 and not has_hashes:
        raise refused(
            seal.line,
            UnfitLine(
                "Neither it nor any other event of the file carries a “chainhash” to verify.",
                "`esbank convert` writes a file in which each does, from then on.",
            ),
        )

    if here is not None and is_genuine and not is_copied:
        stands = "Another event" if seal.sequence is None else f"Event {seal.sequence}"
        reason = f"{stands} stands here; the one that belongs here is on line {here.number}."
        return Broken(position, Break.REORDERED, reason)
    if here is not None:
        reason = f"It was not there when the event that belongs here, on line {here.number}, was."
        return Broken(position, Break.INSERTED, reason)
    if seal.sequence is not None and seal.sequence > position and next_sequence != position + 1:
        missing = seal.sequence - position
        events = "1 event is" if missing == 1 else f"{missing} events are"
        return Broken(position, Break.REMOVED, f"{events} missing before event {seal.sequence}.")
    if not goes_on and seal.sequence is not None and seal.sequence < position:
        reason = f"It says that it is event {seal.sequence}, and nothing was written after it."
        return Broken(position, Break.INSERTED, reason)
    if seal.chainhash == _NO_HASH:
        return Broken(position, Break.ALTERED, "It carries no hash, as the events before it do.")
    reason = "Its hash is not that of what it says"
    if not goes_on and nth > position:
        reason += ", and the next event does not follow it"
    if seal.sequence is None:
        reason += "; or events before it are missing"
    return Broken(position, Break.ALTERED, reason + ".")


def _misnumbered(position: Position, seal: _Seal) -> Broken:
    """The hash follows, yet not the position: a chain hashed anew, with a trace left."""
    assert seal.sequence is not None
    if seal.sequence > position:
        kind, what = Break.REMOVED, "Events before it are missing"
    else:
        kind, what = Break.INSERTED, "Events before it were added"
    return Broken(
        position, kind, f"{what}: it was event {seal.sequence}. The hashes were made anew."
    )
