"""The model: everything that the page knows, as one frozen value.

The ledger is the only source; balances, rows and the slider are derived from it in the
view. Where the slider looks is a type of its own, so that a command cannot be decided
against the past by mistake.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum
from typing import Final

from bankpage.stored_ledger import DamagedEntry
from esbank_core.bank.account import Ledger, empty_ledger
from esbank_core.bank.commands import Command
from esbank_core.bank.events import Event
from esbank_core.bank.states import State
from esbank_core.bank.transfer import TRANSFER, Transfers
from esbank_core.kernel.decider import Rejection
from esbank_core.kernel.identity import GENESIS, Position, StreamId
from esbank_core.kernel.projection import Projected
from esbank_core.kernel.recorded import Actor, RecordedEvent
from esbank_core.kernel.written.chain import GENESIS_HASH

VISITOR: Final = Actor("user", "visitor")
"""Who gives the commands on the page: whoever sits in front of it."""

PROCESS_MANAGER: Final = Actor("system", "transfer")
"""Who gives the commands that carry a transfer on."""


@dataclass(frozen=True, slots=True)
class Now:
    """The slider stands at its end, and moves along as events are appended."""


@dataclass(frozen=True, slots=True)
class At:
    """The slider looks at the past: only events up to ``position`` are applied."""

    position: Position


Cursor = Now | At
NOW: Final = Now()


class Form(StrEnum):
    """Where on the page a command is given, and so where its outcome is said."""

    OPEN = "open"
    AMOUNT = "amount"
    TRANSFER = "transfer"
    LIFECYCLE = "lifecycle"
    EXAMPLE = "example"


@dataclass(frozen=True, slots=True)
class OpenNextAccount:
    """Open an account under the next free id, which is known when it is decided."""

    owner: str


@dataclass(frozen=True, slots=True)
class Request:
    """A command on its way: what is asked, where, and by whom.

    ``id`` becomes the causation id of its events.
    """

    intent: Command | OpenNextAccount
    form: Form
    id: str
    correlation_id: str
    actor: Actor = VISITOR


@dataclass(frozen=True, slots=True)
class InFlight:
    """A decision whose events are being written, and are not history before they are."""

    request: Request
    decision: Decision
    recorded: tuple[RecordedEvent[Event], ...]
    head_hash: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A command, the state that it was decided on, and what came of it."""

    command: Command
    before: State
    result: tuple[Event, ...] | Rejection
    after: State
    time: datetime


@dataclass(frozen=True, slots=True)
class Accepted:
    """The rules said yes, and these events were appended."""

    recorded: tuple[RecordedEvent[Event], ...]


@dataclass(frozen=True, slots=True)
class Rejected:
    """The rules said no, and nothing was appended."""

    rejection: Rejection


@dataclass(frozen=True, slots=True)
class Mistyped:
    """What was typed is not what the field asks for, so that nothing was decided."""

    sentence: str


@dataclass(frozen=True, slots=True)
class NotStored:
    """The rules said yes, but the browser would not write it down, so it did not happen."""

    reason: Trouble


class Trouble(StrEnum):
    """Why the browser did not write an event down."""

    FULL = "full"
    FAILED = "failed"
    CONTENDED = "contended"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the last command, and where to say so."""

    form: Form
    result: Accepted | Rejected | Mistyped | NotStored


class Speed(Enum):
    """How long each event stays on show while replay plays, in milliseconds."""

    SLOW = 1600
    NORMAL = 700
    FAST = 250


@dataclass(frozen=True, slots=True)
class Model:
    """Everything that the page knows."""

    ledger: Ledger = field(default_factory=empty_ledger)
    transfers: Projected[Transfers] = field(default_factory=TRANSFER.progress.genesis)
    head_hash: str = GENESIS_HASH
    generation: int = 1

    cursor: Cursor = NOW
    chosen: StreamId | None = None
    playing: int | None = None
    """Which run of replay is playing, if one is; a tick of an earlier run is stale."""
    runs: int = 0
    speed: Speed = Speed.NORMAL

    waiting: tuple[Request, ...] = ()
    in_flight: InFlight | None = None
    attempts: int = 0
    outcome: Outcome | None = None
    last_decision: Decision | None = None
    decisions: int = 0
    """How many decisions there have been; the diagram lights up anew with each."""

    open_payload: Position | None = None
    middle_row: int = 1
    """The row in the middle of those in sight, where the ledger is too long to show whole."""
    is_asking_to_erase: bool = False

    is_kept: bool = True
    """Whether the browser keeps the ledger; otherwise it ends with the page."""
    damaged: tuple[DamagedEntry, ...] = ()

    @property
    def position(self) -> Position:
        """The position up to which events are applied."""
        return self.ledger.head if isinstance(self.cursor, Now) else self.cursor.position

    @property
    def is_in_past(self) -> bool:
        """Whether the slider looks at the past."""
        return isinstance(self.cursor, At)

    def cursor_at(self, position: int) -> Cursor:
        """The cursor at a position, kept between Genesis and now."""
        return NOW if position >= self.ledger.head else At(Position(max(position, GENESIS)))
