"""Files of the live ledger: its export, and the export of what could not be read."""

from __future__ import annotations

import json

from bankpage.live.model import Live
from bankpage.live.stored_ledger import write_append
from esbank_core.bank.account import is_readable
from esbank_core.kernel.written.chain import GENESIS_HASH


def export(live: Live) -> str:
    """The whole ledger as a file: CloudEvents in JSON Lines, chained from the first on.

    What could not be read is not in it; it is exported by itself, as it was found.
    """
    readable = [recorded for recorded in live.ledger.recorded if is_readable(recorded)]
    text, _ = write_append(readable, GENESIS_HASH)
    return text + "\n" if text else ""


def export_damaged(live: Live) -> str:
    """What was found damaged, key by key, with the reason and the text as it is stored."""
    found = [
        {"key": damaged.entry.key, "reason": damaged.reason, "value": damaged.entry.value}
        for damaged in live.damaged
    ]
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"
