"""The suspect: the first event that does not follow, and what the events after it say of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, NamedTuple

from esbank_core.kernel.errors import UnfitLine
from esbank_core.kernel.identity import Position
from esbank_core.kernel.written.chain import hash_of

NO_HASH: Final = ""


class Break(StrEnum):
    """What was done to a history."""

    ALTERED = "altered"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"
    CUT_SHORT = "cut short"
    UNREADABLE = "unreadable"
    """Perhaps nothing: it is more than this program reads."""


class Sign(StrEnum):
    """By what a break shows."""

    HASH_DIFFERS = "hash-differs"
    """Its hash is not that of what it says; the chain goes on behind it if ``goes_on``."""
    NO_HASH = "no-hash"
    """It carries no hash, as other events do."""
    NO_HASHES = "no-hashes"
    """No event carries a hash: there is no chain."""
    HASHED_ANEW = "hashed-anew"
    """Its hash follows, yet it was event ``stated``: the hashes were made anew."""
    PASSED_OVER = "passed-over"
    """The event after it was written before it was there."""
    OTHER_STANDS_HERE = "other-stands-here"
    """The event that belongs here stands at ``found_at``; this one was event ``stated``."""
    ONE_TOO_MANY = "one-too-many"
    """The event that belongs here stands at ``found_at``, and knows nothing of this one."""
    NUMBERS_SKIPPED = "numbers-skipped"
    """It says that it is event ``stated``, a later one: those between are gone."""
    NUMBER_REPEATED = "number-repeated"
    """It says that it is event ``stated``, an earlier one, and nothing was written after it."""
    MISSING = "missing"
    """Nothing stands at its place."""
    HEAD_MISSING = "head-missing"
    """No event has the hash that is known."""
    ENDS_WITHIN = "ends-within"
    """The file ends in the middle of it."""
    NOT_JSON = "not-json"
    UNFIT = "unfit"
    """It is JSON, and no line of events; ``unfit`` says why."""
    BEYOND = "beyond"
    """It is longer or deeper than what this program reads."""
    ROW_DIFFERS = "row-differs"
    """A database keeps it as another event than its line says."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The first broken event: where it stands or should stand, what was done, how it shows.

    ``stated`` and ``found_at`` are positions, as ``sign`` says; ``unfit`` is why a line is none.
    """

    position: Position
    kind: Break
    sign: Sign
    stated: int | None = None
    found_at: Position | None = None
    goes_on: bool = True
    unfit: UnfitLine | None = field(default=None, compare=False)


class Seal(NamedTuple):
    """What the audit looks at of an event: its place, the content as hashed, the hash."""

    position: Position
    content: str
    """Canonical JSON without the hash."""
    chainhash: str
    sequence: int | None
    """The position that the event says it is at, if it says so."""

    def follows(self, previous: str) -> bool:
        """Whether this event was written right after the one of that hash."""
        return hash_of(previous, self.content) == self.chainhash


@dataclass(frozen=True, slots=True)
class Suspect:
    """An event that does not follow ``head``, and what was seen since.

    ``before`` is the hash before ``head``. ``goes_on``: the chain goes on behind this event, as
    behind one that belongs here. ``here`` is where the event stands that does belong here.
    ``is_genuine``: this event belongs elsewhere; ``is_copied``: it stands there as well.
    """

    seal: Seal
    before: str
    head: str
    has_hashes: bool
    is_last: bool = True
    goes_on: bool = False
    next_sequence: int | None = None
    here: Position | None = None
    is_genuine: bool = False
    is_copied: bool = False

    @classmethod
    def of(cls, seal: Seal, before: str, head: str) -> Suspect:
        """The suspect as it is met, before anything after it is seen."""
        return cls(seal, before, head, has_hashes=seal.chainhash != NO_HASH or seal.position > 1)

    def after(self, later: Seal) -> Suspect:
        """The suspect once one more event is seen."""
        seal, position = self.seal, self.seal.position
        is_next = later.position == position + 1
        here = self.here
        if here is None and later.sequence in (None, position) and later.follows(self.head):
            here = later.position
        is_genuine = self.is_genuine
        if seal.sequence is None or later.sequence == seal.sequence - 1:
            is_genuine = is_genuine or seal.follows(later.chainhash)
        return replace(
            self,
            is_last=False,
            has_hashes=self.has_hashes or later.chainhash != NO_HASH,
            goes_on=later.follows(seal.chainhash) if is_next else self.goes_on,
            next_sequence=later.sequence if is_next else self.next_sequence,
            here=here,
            is_genuine=is_genuine,
            is_copied=self.is_copied or later.chainhash == seal.chainhash != NO_HASH,
        )

    def diagnosis(self) -> Broken:
        """What was done here, as far as it shows by now."""
        seal, position = self.seal, self.seal.position
        stated = seal.sequence
        if seal.follows(self.head):
            # The hash follows, yet not the position: a chain hashed anew, with a trace left.
            is_later = stated is not None and stated > position
            kind = Break.REMOVED if is_later else Break.INSERTED
            return Broken(position, kind, Sign.HASHED_ANEW, stated)
        if position > 1 and seal.chainhash != self.head and seal.follows(self.before):
            return Broken(Position(position - 1), Break.INSERTED, Sign.PASSED_OVER)
        if not self.has_hashes:
            return Broken(position, Break.ALTERED, Sign.NO_HASHES)
        if self.here is not None:
            if self.is_genuine and not self.is_copied:
                kind, sign = Break.REORDERED, Sign.OTHER_STANDS_HERE
            else:
                kind, sign = Break.INSERTED, Sign.ONE_TOO_MANY
            return Broken(position, kind, sign, stated, self.here)
        if stated is not None and stated > position and self.next_sequence != position + 1:
            return Broken(position, Break.REMOVED, Sign.NUMBERS_SKIPPED, stated)
        if not self.goes_on and stated is not None and stated < position:
            return Broken(position, Break.INSERTED, Sign.NUMBER_REPEATED, stated)
        sign = Sign.NO_HASH if seal.chainhash == NO_HASH else Sign.HASH_DIFFERS
        goes_on = self.goes_on or self.is_last
        return Broken(position, Break.ALTERED, sign, stated, goes_on=goes_on)
