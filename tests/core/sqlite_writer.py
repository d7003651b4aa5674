"""A process that writes to an SQLite ledger, for tests that run several, or kill one.

Run as ``python -m tests.core.sqlite_writer PATH DEED ARGUMENT``.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from datetime import datetime, timezone

from esbank_core import ACCOUNT, CODEC, Conflict, DepositMoney, Metadata, handle
from esbank_core.bank.events import MoneyDeposited
from esbank_core.kernel.stores.sqlite_store import SqliteStore

NOON = Metadata(datetime(2026, 11, 23, 12, tzinfo=timezone.utc))


def append_until_killed(store: SqliteStore, name: str) -> None:
    """Append three events at a time to a stream of one's own, and say so after each time."""
    version = 0
    while True:
        store.append(name, version, [MoneyDeposited(version + n) for n in (1, 2, 3)], NOON)
        version += 3
        sys.stdout.write(f"{version}\n")
        sys.stdout.flush()


def deposit(store: SqliteStore, times: str) -> None:
    """Pay into an account that others pay into at the same time."""
    for _ in range(int(times)):
        while True:
            try:
                handle(store, ACCOUNT, "A", DepositMoney("A", 1), NOON)
                break
            except Conflict:
                continue


def deposit_once(store: SqliteStore, command_id: str) -> None:
    """Carry out a command that others carry out at the same time."""
    handle(store, ACCOUNT, "A", DepositMoney("A", 5), NOON, command_id)


def append_and_die(store: SqliteStore, steps: str) -> None:
    """Append three events, but be killed after some steps of SQLite's virtual machine."""
    left = int(steps)

    def step() -> int:
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0

    connection: sqlite3.Connection = store._file.connection
    connection.set_progress_handler(step, 1)
    store.append("A", 0, [MoneyDeposited(n) for n in (1, 2, 3)], NOON)
    connection.set_progress_handler(None, 1)
    sys.stdout.write(f"{int(steps) - left}\n")


def open_it(store: SqliteStore, _: str) -> None:
    """Only open the ledger, which may be new."""


DEEDS: dict[str, Callable[[SqliteStore, str], None]] = {
    deed.__name__: deed
    for deed in (append_until_killed, deposit, deposit_once, append_and_die, open_it)
}

if __name__ == "__main__":
    path, deed, argument = sys.argv[1:]
    with SqliteStore(path, CODEC) as opened:
        DEEDS[deed](opened, argument)
