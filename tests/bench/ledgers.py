"""Long histories to measure with: as localStorage holds them, and as files."""

from __future__ import annotations

import random
import uuid
from datetime import timedelta
from pathlib import Path

from bankpage.live.packing import SIZE, STAY_PLAIN
from bankpage.live.stored.heads import Head, write_head
from bankpage.live.stored.keys import FORMAT_KEY, HEAD_KEY, OWN_FORMAT, SNAPSHOT_KEY, key_of
from bankpage.live.stored.segments import Name, pack
from bankpage.live.stored.snapshots import taken, write_snapshot
from bankpage.live.stored.writing import write_lines

from esbank_core.bank.account import CODEC, Ledger, empty_ledger
from esbank_core.bank.events import AccountOpened, Event, MoneyDeposited, MoneyWithdrawn
from esbank_core.bank.transfer import TRANSFER
from esbank_core.kernel.identity import Position, StreamId, Version
from esbank_core.kernel.recorded import Actor, Metadata, RecordedEvent, record
from esbank_core.kernel.written.chain import GENESIS_HASH
from esbank_core.kernel.written.event_file import write_events
from esbank_core.kernel.written.times import parse_time

PACKED_FROM = STAY_PLAIN + SIZE
"""Ledgers of so many events are stored as the page has packed them by then."""


def ledger_of(length: int, accounts: int = 1) -> Ledger:
    """So many events of some accounts, each with an id of its own, as commands have."""
    chance = random.Random(length)
    start = parse_time("2026-11-23T16:20:27.125Z")
    recorded: list[RecordedEvent[Event]] = []
    for nth in range(length):
        event: Event = AccountOpened("Ada Lovelace", "USD")
        if nth >= accounts:
            amount = chance.randint(1, 500_000)
            event = MoneyWithdrawn(10_00, "rent") if nth % 3 == 0 else MoneyDeposited(amount, "")
        cause = str(uuid.UUID(int=chance.getrandbits(128), version=4))
        time = start + timedelta(milliseconds=nth * 7919)
        recorded += record(
            [event],
            Metadata(time, Actor("user", "visitor"), cause, cause),
            stream_id=StreamId(f"ACC-{nth % accounts + 1}"),
            version=Version(nth // accounts),
            position=Position(nth),
        )
    return empty_ledger().extend(recorded)


def history(length: int) -> dict[str, str]:
    """A ledger of that many events, as localStorage holds it in Chromium and Firefox."""
    ledger = ledger_of(length)
    lines, head_hash = write_lines(ledger.recorded, GENESIS_HASH)
    packed = length - STAY_PLAIN if length >= PACKED_FROM else 0
    entries: dict[str, str] = {}
    before = GENESIS_HASH
    for start in range(0, packed, SIZE):
        end = min(start + SIZE, packed)
        segment = pack(lines[start:end], Name(1, Position(start + 1), Position(end)), before)
        assert segment is not None
        entries[segment.name.key] = segment.text
        before = segment.hash_after
    for nth, line in enumerate(lines[packed:], start=packed + 1):
        entries[key_of(1, Position(nth))] = line
    entries[HEAD_KEY] = write_head(Head(1, ledger.head, head_hash))
    if packed:
        entries[FORMAT_KEY] = str(OWN_FORMAT)
        transfers = TRANSFER.progress.project(ledger.recorded, to=Position(packed))
        entries[SNAPSHOT_KEY] = write_snapshot(taken(ledger, transfers, 1, before), is_narrow=False)
    return entries


def study_file(path: Path, length: int, accounts: int = 300) -> Path:
    """A file of a history that is not the reader's own, as this program exports them."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(write_events(ledger_of(length, accounts).recorded, CODEC))
    return path
