"""What the live ledger asks: of the browser, beside what any part may, and of the stage."""

from __future__ import annotations

from dataclasses import dataclass

from bankpage.live.messages import LiveMessage
from bankpage.live.stored.entries import Entry
from bankpage.live.stored.segments import Segment
from bankpage.paper.effects import Effect


@dataclass(frozen=True, slots=True)
class Append:
    """Write one append to localStorage; answered by Written, Overtaken or NotWritten."""

    key: str
    text: str
    segments: tuple[Segment, ...] = ()
    """Those of a long import, which are written before it and count with it."""


@dataclass(frozen=True, slots=True)
class Pack:
    """Put a segment in the place of its appends; answered by Packed or NotPacked."""

    segment: Segment
    replaced: tuple[Entry, ...]
    snapshot: str


@dataclass(frozen=True, slots=True)
class LetGoOf:
    """Remove appends that are in a segment as well; answered by nothing."""

    leftovers: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class KeepSnapshot:
    """Keep a snapshot beside the ledger, if there is room; answered by nothing."""

    text: str


@dataclass(frozen=True, slots=True)
class ReadSegments:
    """Hand over some segments whole; answered by SegmentsRead."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeepRejected:
    """Keep a rejected command beside the ledger, if there is room; answered by nothing."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class Erase:
    """Erase the stored ledger; answered by Erased or NotErased."""


@dataclass(frozen=True, slots=True)
class ReadStored:
    """Read everything that is stored now, to hand it out; answered by ReadForExport."""


@dataclass(frozen=True, slots=True)
class ReadAnew:
    """Read everything as at the beginning, and count on that; answered by BegunAnew."""


@dataclass(frozen=True, slots=True)
class WriteBack:
    """Write entries that are gone where they were, over nothing; answered by WrittenBack."""

    lost: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class ReturnToNow:
    """A wish to the stage: the present answers a command, so that is where to look."""


StoreEffect = (
    Append
    | Pack
    | LetGoOf
    | KeepSnapshot
    | ReadSegments
    | KeepRejected
    | Erase
    | ReadStored
    | ReadAnew
    | WriteBack
)
"""What only localStorage can do."""

LiveEffect = Effect[LiveMessage] | StoreEffect | ReturnToNow
