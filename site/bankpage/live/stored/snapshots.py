"""The snapshot that is kept beside the ledger: where every account stood at the end of a segment.

It is derived, and lets a long ledger take commands before all of it has been read. It counts only
for the very segment that it names by position and hash; once the events have been read, it is held
against them, and thrown away where they say something else.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import astuple, dataclass
from typing import Final

from bankpage.live.stored.characters import from_narrow, from_wide, to_narrow, to_wide
from esbank_core.bank.account import Ledger
from esbank_core.bank.events import TransferId, TransferSent
from esbank_core.bank.states import Closed, Frozen, NoAccount, Open, State
from esbank_core.bank.transfer import Transfers, UnderWay
from esbank_core.kernel.identity import EventId, Position, StreamId, Version
from esbank_core.kernel.process_manager import Cause
from esbank_core.kernel.projection import Projected
from esbank_core.kernel.snapshot import Snapshot, Standing, snapshot_of

VERSION: Final = 1
MOST_TAKEN: Final = 1000
"""Names that no new event may have; where there are more, no snapshot is kept."""

_LONGEST: Final = 2**24
"""Bytes of a snapshot, unpacked."""


@dataclass(frozen=True, slots=True)
class KeptSnapshot:
    """Where every account and transfer stood at the end of a segment, which ``hash`` names."""

    generation: int
    hash: str
    accounts: Snapshot[State]
    transfers: Projected[Transfers]

    @property
    def position(self) -> Position:
        """The position of the last event that is in it."""
        return self.accounts.position


def taken(
    ledger: Ledger, transfers: Projected[Transfers], generation: int, hash_there: str
) -> KeptSnapshot:
    """The snapshot of a ledger at the checkpoint of its transfers."""
    return KeptSnapshot(
        generation, hash_there, snapshot_of(ledger, transfers.checkpoint), transfers
    )


def write_snapshot(kept: KeptSnapshot, *, is_narrow: bool) -> str:
    """A snapshot as it is kept; empty, if it is better not kept."""
    if len(kept.accounts.taken) > MOST_TAKEN:
        return ""
    document = {
        "version": VERSION,
        "generation": kept.generation,
        "position": kept.position,
        "hash": kept.hash,
        "accounts": [
            [name, one.first, one.last, one.version, type(one.state).__name__, *astuple(one.state)]
            for name, one in kept.accounts.standings.items()
        ],
        "taken": sorted(kept.accounts.taken),
        "under_way": [
            [name, one.sender, *astuple(one.sent), *astuple(one.cause)]
            for name, one in kept.transfers.read_model.under_way.items()
        ],
        "currencies": dict(kept.transfers.read_model.currencies),
    }
    try:
        data = zlib.compress(json.dumps(document, separators=(",", ":")).encode(), 6)
    except UnicodeEncodeError:
        return ""
    return f"n{to_narrow(data)}" if is_narrow else f"w{to_wide(data)}"


def read_snapshot(text: str) -> KeptSnapshot | None:
    """The snapshot that a text holds; None if it is none that can be used, whatever it is."""
    try:
        data = from_narrow(text[1:]) if text[:1] == "n" else from_wide(text[1:])
        unpacking = zlib.decompressobj()
        document = json.loads(unpacking.decompress(data, _LONGEST))
        if not unpacking.eof or document["version"] != VERSION:
            return None
        return _snapshot_in(document)
    except (ValueError, TypeError, KeyError, AttributeError, zlib.error, RecursionError):
        return None


def _snapshot_in(document: dict[str, object]) -> KeptSnapshot | None:
    position = Position(_number(document["position"]))
    standings: dict[StreamId, Standing[State]] = {}
    for name, first, last, version, kind, *values in _lists(document["accounts"]):
        standings[StreamId(_text(name))] = Standing(
            Position(_number(first)),
            Position(_number(last)),
            Version(_number(version)),
            _state(_text(kind), values),
        )
    if not all(0 < one.first <= one.last <= position for one in standings.values()):
        return None
    under_way: dict[EventId, UnderWay] = {}
    for name, sender, amount, transfer_id, receiver, cause, correlation, at in _lists(
        document["under_way"]
    ):
        sent = TransferSent(
            _number(amount), TransferId(_text(transfer_id)), StreamId(_text(receiver))
        )
        why = Cause(EventId(_text(cause)), _text(correlation), Position(_number(at)))
        under_way[EventId(_text(name))] = UnderWay(StreamId(_text(sender)), sent, why)
    currencies = document["currencies"]
    if not isinstance(currencies, dict):
        return None
    named = {StreamId(name): _text(currency) for name, currency in currencies.items()}
    taken_names = document["taken"]
    if not isinstance(taken_names, list):
        return None
    names = frozenset(EventId(_text(name)) for name in taken_names)
    return KeptSnapshot(
        _number(document["generation"]),
        _text(document["hash"]),
        Snapshot(position, standings, names),
        Projected(Transfers(under_way, named), position),
    )


def _state(kind: str, values: list[object]) -> State:
    match kind, values:
        case "NoAccount", []:
            return NoAccount()
        case "Open", [owner, currency, balance]:
            return Open(_text(owner), _text(currency), _number(balance))
        case "Frozen", [owner, currency, balance, reason]:
            return Frozen(_text(owner), _text(currency), _number(balance), _text(reason))
        case "Closed", [owner, currency, balance]:
            return Closed(_text(owner), _text(currency), _number(balance))
        case _:
            raise ValueError(kind)


def _lists(value: object) -> list[list[object]]:
    if not isinstance(value, list) or not all(isinstance(one, list) for one in value):
        raise TypeError("No list of lists.")
    return value


def _number(value: object) -> int:
    if type(value) is not int:
        raise TypeError("No whole number.")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("No text.")
    return value
