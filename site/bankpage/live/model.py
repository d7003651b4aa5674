"""The live ledger's own model: the history, and what is on its way into it.

The ledger is the only source; balances and rows are derived from it in the views.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import NamedTuple

from bankpage.live.requests import VISITOR, InFlight, Request
from bankpage.live.results import Decision, Outcome, Trouble
from bankpage.live.stored.entries import DamagedEntry, Entry
from bankpage.live.stored.heads import Head
from bankpage.live.stored.segments import Name, Run, Segment
from bankpage.live.stored.snapshots import KeptSnapshot
from esbank_core.bank.account import CODEC, Ledger, Recorded, empty_ledger
from esbank_core.bank.events import Event
from esbank_core.bank.states import State
from esbank_core.bank.transfer import TRANSFER, Transfers
from esbank_core.kernel.append_only import AppendOnly
from esbank_core.kernel.identity import GENESIS, Position, StreamId
from esbank_core.kernel.projection import Projected
from esbank_core.kernel.recorded import Actor
from esbank_core.kernel.rejected import RejectedCommand
from esbank_core.kernel.written.audit import Verifier
from esbank_core.kernel.written.chain import GENESIS_HASH
from esbank_core.kernel.written.importing import Importing


class Place(NamedTuple):
    """How far the ledger goes: two that are equal are the same ledger."""

    generation: int
    head: Position
    hash: str


@dataclass(frozen=True, slots=True)
class Adding:
    """The events of a study on their way into the ledger, all of them or none.

    ``since`` is how far the ledger went when it was begun: once that has moved on, it begins anew.
    ``importing`` is no value, as it grows with what it is fed: it is that of this import alone.
    """

    name: str
    incoming: Sequence[Recorded]
    since: Place
    importing: Importing[State, Event]
    transfers: Projected[Transfers]
    taken: int = 0
    """How many of the incoming events have been looked at."""
    lines: AppendOnly[str] = field(default_factory=AppendOnly)
    """Those that are new, as they are to be stored."""
    head_hash: str = GENESIS_HASH
    segments: tuple[Segment, ...] | None = ()
    """Those of a long import, packed so far; None where its lines cannot be packed."""
    is_narrow: bool = False
    conflicts: int = 0
    """How often another tab was first."""
    is_in_flight: bool = False
    """Whether they are being written; they are no history before they are."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Events that this tab has read or written, and that are not stored any more.

    ``lost`` are the entries that would bring them back; None, where something else has begun
    to stand in their place.
    """

    events: int
    lost: tuple[Entry, ...] | None


@dataclass(frozen=True, slots=True)
class Story:
    """How far this tab has told the first story, and whether it is telling on."""

    told: int = 0
    """The last command given here; those that were refused have left no event to know it by."""
    telling: str | None = None
    """Which run of the telling goes on, if one does; a tick of an earlier run is stale."""
    is_hurrying: bool = False
    """Whether all that is left is to be told at once."""


class Kept(NamedTuple):
    """A segment that is stored; one that another tab has packed is known by its name alone."""

    name: Name
    segment: Segment | None


@dataclass(frozen=True, slots=True)
class Reading:
    """How far a long ledger has been read from its first event on, slice by slice.

    Where it was opened from a snapshot, commands need not wait for it; otherwise they do.
    """

    so_far: Live
    waiting: tuple[Entry, ...]
    """What is to be read next, in order of position."""
    runs: tuple[Run, ...] | None = ()
    """All that was read, as it was found; None where this tab had read the beginning before."""
    base: KeptSnapshot | None = None
    """The snapshot that the ledger was opened from."""
    is_asked: bool = False
    """Whether what is next is on its way."""
    later: tuple[Entry, ...] = ()
    """What another tab has written meanwhile that cannot be taken in before this is done."""

    @property
    def left(self) -> int:
        """How many events are still to be read, about."""
        names = [Name.of(entry.key) for entry in self.waiting]
        return sum(name.events if name else 1 for name in names)


@dataclass(frozen=True, slots=True)
class Packing:
    """How the packing of old events goes on."""

    is_due: bool = False
    """Whether it will be looked at once there is time."""
    in_flight: Segment | None = None
    share: int = 1
    """Into how many parts a segment is divided, where there is hardly any room left."""
    tried_at: Position = GENESIS
    """Where the ledger ended when there was nothing to pack."""
    snapshot_at: Position = GENESIS
    """The position of the snapshot that is kept."""


class Opening(StrEnum):
    """What became of the snapshot that the ledger was opened from."""

    NONE = "none"
    UNCHECKED = "unchecked"
    AGREES = "agrees"
    DISAGREES = "disagrees"


@dataclass(frozen=True, slots=True)
class Live:
    """All that is known of the live ledger."""

    ledger: Ledger = field(default_factory=empty_ledger)
    transfers: Projected[Transfers] = field(default_factory=TRANSFER.progress.genesis)
    lines: AppendOnly[str] = field(default_factory=AppendOnly)
    """Each event's line, letter by letter as it is stored; empty where an event is missing."""
    chain: Verifier[Event] = field(default_factory=partial(Verifier.genesis, CODEC))
    """How far the lines have been verified."""
    is_verifying: bool = False
    """Whether the next slice of the chain is on its way."""
    head_hash: str = GENESIS_HASH
    generation: int = 1

    appends: AppendOnly[Position] = field(default_factory=AppendOnly)
    """Where each append begins that stands by itself, in order."""
    packed: tuple[Kept, ...] = ()
    """The segments, in order."""
    leftovers: tuple[Entry, ...] = ()
    """Appends that are in a segment as well."""
    packing: Packing = Packing()
    transfers_then: Projected[Transfers] = field(default_factory=TRANSFER.progress.genesis)
    """Which transfers were under way at the last snapshot."""
    is_narrow: bool = False
    """Whether narrow characters hold more in this browser."""
    reading: Reading | None = None
    opening: Opening = Opening.NONE
    opened_at: Position = GENESIS
    """The position of the snapshot that the ledger was opened from."""
    is_export_wanted: bool = False
    """Whether an export waits until all is read."""

    rejected: Mapping[str, RejectedCommand] = field(default_factory=dict)
    """The newest commands that were rejected, by the keys under which they are kept."""

    account: StreamId | None = None
    """The account that commands act on."""
    actor: Actor = VISITOR
    """In whose name this tab gives commands: a claim, which nobody checks."""
    waiting: tuple[Request, ...] = ()
    in_flight: InFlight | None = None
    adding: Adding | None = None
    heard: tuple[Entry, ...] = ()
    """What other tabs wrote while an append was in flight; looked at when that is answered."""
    conflicts: int = 0
    """How often in a row another tab was first."""
    resting: frozenset[tuple[str, Position]] = frozenset()
    """What is due and could not be carried on, by its id and the head of the ledger then."""
    outcome: Outcome | None = None
    outcomes: int = 0
    """How many outcomes there have been: one that is the same again is said again."""
    story: Story = Story()
    last_decision: Decision | None = None
    recalled: Decision | None = None
    """The last command of an earlier visit, as far as the ledger tells of it."""
    decisions: int = 0
    """How many decisions there have been; the diagram lights up anew with each."""

    is_asking_to_erase: bool = False

    is_kept: bool = True
    """Whether the browser keeps the ledger; otherwise it ends with the page."""
    is_later: bool = False
    """Whether a later version of the page keeps the ledger now; then this one only looks on."""
    damaged: tuple[DamagedEntry, ...] = ()
    missing: int = 0
    """How many events were missing when the ledger was read; their places are filled in."""
    head_seen: Head | None = None
    """How far the ledger had gone when it was last written, as it was found at the beginning."""
    room: int | None = None
    """How many characters more there is room for, when that was last told."""
    gone: Gone | None = None
    refused: Trouble | None = None
    """Why the browser did not erase, or did not write back, when it was last asked to."""

    @property
    def place(self) -> Place:
        """How far the ledger goes."""
        return Place(self.generation, self.ledger.head, self.head_hash)

    @property
    def is_ready(self) -> bool:
        """Whether a command can be decided now: the ledger is known, and nothing under way."""
        reading = self.reading
        is_known = reading is None or (reading.base is not None and not reading.later)
        return is_known and not self.is_writing

    @property
    def is_writing(self) -> bool:
        """Whether an append is on its way, so that nobody knows yet what comes next."""
        return self.in_flight is not None or (self.adding is not None and self.adding.is_in_flight)
