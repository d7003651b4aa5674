"""The mark of an unreadable event: what stands in a file where a line is lost or broken.

A file is whole or refused, so the line itself cannot stand there. The mark is an event of a type
of its own, in a stream of its own, and it carries no hash: whoever verifies the file finds the
chain broken just there, and whoever reads it goes on behind it.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final, TypeVar

from esbank_core.kernel.identity import NO_STREAM, Position
from esbank_core.kernel.recorded import Opaque, RecordedEvent, UnknownEvent
from esbank_core.kernel.written.cloud_events import SOURCE, format_sequence
from esbank_core.kernel.written.times import format_time

Event = TypeVar("Event")

MARK: Final = "Unreadable"
"""The type of a mark."""


def mark(reason: str, *, position: Position, time: datetime) -> str:
    """The line, without a line feed, that marks the place of an event unreadable for a reason."""
    stream_id = f"unreadable/{position}"
    document = {
        "specversion": "1.0",
        "id": f"{stream_id}/{NO_STREAM + 1}",
        "source": SOURCE,
        "type": MARK,
        "subject": stream_id,
        "time": format_time(time),
        "sequence": format_sequence(position),
        "data": {"reason": reason},
    }
    return json.dumps(document, separators=(",", ":"))


def is_mark(recorded: RecordedEvent[Event | Opaque]) -> bool:
    """Whether an event that was read marks the place of one that could not be."""
    return isinstance(recorded.event, UnknownEvent) and recorded.event.type == MARK
