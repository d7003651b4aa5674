"""The rejected commands that are kept beside the ledger: no history, and the newest of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Final

from bankpage.live.stored.entries import DamagedEntry, Entry, Fault
from bankpage.live.stored.keys import PREFIX
from esbank_core.kernel.errors import UnfitLine
from esbank_core.kernel.rejected import RejectedCommand
from esbank_core.kernel.written.rejected_lines import read_rejected, write_rejected

MOST_REJECTED: Final = 200
"""How many rejected commands are kept beside the ledger, the newest of them."""

REJECTED_KEY: Final = re.compile(
    r"esbank/rejected/([1-9][0-9]{0,8})/[0-9]{15}/[0-9A-Za-z-]{1,64}", re.ASCII
)
_NO_KEY_CHARACTER: Final = re.compile(r"[^0-9A-Za-z-]", re.ASCII)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)


def write_beside(generation: int, rejected: RejectedCommand) -> Entry:
    """A rejected command as it is kept beside the ledger.

    Each has a key of its own, so that no tab writes over what another has written; the keys stand
    in order of time.
    """
    milliseconds = max(0, (rejected.time - _EPOCH) // timedelta(milliseconds=1))
    name = _NO_KEY_CHARACTER.sub("-", rejected.id)[:64] or "-"
    key = f"{PREFIX}rejected/{generation}/{milliseconds:015d}/{name}"
    return Entry(key, write_rejected(rejected))


def newest_rejected(rejected: Mapping[str, RejectedCommand]) -> dict[str, RejectedCommand]:
    """As many rejected commands as are kept, in order of their keys."""
    return {key: rejected[key] for key in sorted(rejected)[-MOST_REJECTED:]}


def read_beside(
    entries: Iterable[Entry],
) -> tuple[dict[str, RejectedCommand], list[DamagedEntry]]:
    """The rejected commands of this generation. Of one that was erased nothing is told."""
    rejected: dict[str, RejectedCommand] = {}
    unread: list[DamagedEntry] = []
    for entry in entries:
        try:
            rejected[entry.key] = read_rejected(entry.value or "")
        except UnfitLine:
            unread.append(DamagedEntry(entry, Fault.NO_REJECTION))
    return rejected, unread
