"""Files of the live ledger: its export, and the export of what could not be read."""

from __future__ import annotations

import json

from bankpage.live.model import Live
from esbank_core.bank.account import Ledger
from esbank_core.bank.events import Event
from esbank_core.kernel.append_only import AppendOnly
from esbank_core.kernel.recorded import Opaque, RecordedEvent, UnreadableEvent
from esbank_core.kernel.written.line_codec import is_text
from esbank_core.kernel.written.marks import mark


def export(live: Live) -> str:
    """The whole ledger as a file, line by line as it is stored.

    What could not be read is exported by itself, as it was found; here, its place is marked.
    """
    return file_of(live.lines, live.ledger)


def file_of(lines: AppendOnly[str], history: Ledger) -> str:
    """A history as a file, by its lines as they were found."""
    pairs = zip(lines, history.recorded, strict=True)
    return "".join(f"{_line_of(recorded, line)}\n" for line, recorded in pairs)


def _line_of(recorded: RecordedEvent[Event | Opaque], line: str) -> str:
    event = recorded.event
    if not isinstance(event, UnreadableEvent):
        return line
    return mark(event.reason, position=recorded.position, time=recorded.time)


def export_damaged(live: Live) -> str:
    """What was found damaged, key by key, with the reason and the text as it is stored."""
    found = [
        {"key": damaged.entry.key, "reason": damaged.reason, "value": damaged.entry.value}
        for damaged in live.damaged
    ]
    text = json.dumps(found, ensure_ascii=False, indent=2)
    if not is_text(text):
        text = json.dumps(found, indent=2)  # half a surrogate pair goes into no file as it is
    return text + "\n"
