"""An event-sourced bank account, from the kernel up, in pure Python.

The few names to start from::

    from esbank_core import ACCOUNT, DepositMoney, MemoryStore, OpenAccount, StreamId, handle

``kernel`` is what any event-sourced system has; ``bank`` is a domain on it; ``questions``
is what one can ask of its history. ``kernel.stores.sqlite_store`` keeps a ledger in one file, and
``kernel.given_when_then`` tests a domain of your own.
"""

from __future__ import annotations

from esbank_core.bank.account import ACCOUNT, CODEC, Ledger, empty_ledger
from esbank_core.bank.commands import (
    CloseAccount,
    Command,
    DepositMoney,
    FreezeAccount,
    OpenAccount,
    RenameOwner,
    SendTransfer,
    UnfreezeAccount,
    WithdrawMoney,
)
from esbank_core.bank.events import Event
from esbank_core.bank.states import State
from esbank_core.bank.transfer import TRANSFER
from esbank_core.bank.views import ACCOUNTS, LEDGER
from esbank_core.kernel.decider import Decider, Rejection
from esbank_core.kernel.errors import Conflict, Damage, ImportConflict, RefusedLine, Unwritable
from esbank_core.kernel.history import History
from esbank_core.kernel.identity import EventId, Position, StreamId, Version
from esbank_core.kernel.projection import Projection
from esbank_core.kernel.recorded import Actor, Metadata, RecordedEvent
from esbank_core.kernel.stores.command_handler import handle
from esbank_core.kernel.stores.memory_store import MemoryStore
from esbank_core.kernel.stores.process_runner import run_processes
from esbank_core.kernel.stores.store import EventStore
from esbank_core.kernel.written.audit import verify
from esbank_core.kernel.written.event_file import read_events, write_events
from esbank_core.kernel.written.importing import import_events

__all__ = [
    "ACCOUNT",
    "ACCOUNTS",
    "CODEC",
    "LEDGER",
    "TRANSFER",
    "Actor",
    "CloseAccount",
    "Command",
    "Conflict",
    "Damage",
    "Decider",
    "DepositMoney",
    "Event",
    "EventId",
    "EventStore",
    "FreezeAccount",
    "History",
    "ImportConflict",
    "Ledger",
    "MemoryStore",
    "Metadata",
    "OpenAccount",
    "Position",
    "Projection",
    "RecordedEvent",
    "RefusedLine",
    "Rejection",
    "RenameOwner",
    "SendTransfer",
    "State",
    "StreamId",
    "UnfreezeAccount",
    "Unwritable",
    "Version",
    "WithdrawMoney",
    "empty_ledger",
    "handle",
    "import_events",
    "read_events",
    "run_processes",
    "verify",
    "write_events",
]
