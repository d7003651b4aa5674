"""What is asked of the live ledger, by whom and where; and a decision on its way into it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from esbank_core.bank.commands import Command
from esbank_core.bank.events import Event
from esbank_core.bank.states import State
from esbank_core.kernel.command_machine import Appending
from esbank_core.kernel.identity import GENESIS, Position
from esbank_core.kernel.recorded import Actor, RecordedEvent

VISITOR: Final = Actor("user", "visitor")
"""Who gives the commands on the page, until they say that they are somebody else."""


PROCESS_MANAGER: Final = Actor("system", "transfer")
"""Who gives the commands that carry a transfer on."""


class Form(StrEnum):
    """Where on the page something is asked, and so where its outcome is said."""

    ACTING = "acting"
    OPEN = "open"
    AMOUNT = "amount"
    TRANSFER = "transfer"
    LIFECYCLE = "lifecycle"
    STORE = "store"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class OpenNextAccount:
    """Open an account under the next free id, which is known when it is decided."""

    owner: str


@dataclass(frozen=True, slots=True)
class Request:
    """A command on its way: what is asked, where, and by whom.

    ``id`` becomes the causation id of its events. ``time`` is when it was given, where that is
    told and not now: only a story knows. It was asked when the ledger of ``generation`` ended at
    ``since``: whatever it has caused stands after that.
    """

    intent: Command | OpenNextAccount
    form: Form
    id: str
    correlation_id: str
    actor: Actor = VISITOR
    time: datetime | None = None
    generation: int = 0
    since: Position = GENESIS


@dataclass(frozen=True, slots=True)
class InFlight:
    """A decision whose events are being written, and are not history before they are.

    ``asked`` is the request that waited for it; None where the process manager asked, whose
    requests do not wait: what is due is asked of the history, each time.
    """

    asked: Request | None
    step: Appending[Command, State, Event]
    recorded: tuple[RecordedEvent[Event], ...]
    text: str
    """Their lines, letter by letter as they are to be stored."""
    head_hash: str
