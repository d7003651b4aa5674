"""Events that go by a name of the bank's and could not be read: no state counts them.

They are kept as events of an unknown type, which change nothing. Where a state is shown that such
an event may have changed, that is worth a word: the balance may be another one. So is the mark of
an event that was lost, which may have been anybody's.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from esbank_core.bank.account import CODEC
from esbank_core.bank.events import Event
from esbank_core.kernel.recorded import Opaque, RecordedEvent, UnknownEvent
from esbank_core.kernel.written.cloud_events import ABSENT
from esbank_core.kernel.written.marks import is_mark

_SCHEMAS: Final = {known.name: known.schema_version for known in CODEC.event_types}


class NotCounted(StrEnum):
    """Why an event of a type that the bank knows is not counted."""

    NEWER_SCHEMA = "newer-schema"
    OTHER_SCHEMA = "other-schema"
    NO_DATA = "no-data"
    LOST = "lost"


def why_not_counted(recorded: RecordedEvent[Event | Opaque]) -> NotCounted | None:
    """Why an event is not counted that the bank has a name for; None for any other event."""
    event = recorded.event
    if is_mark(recorded) and "source" not in recorded.attributes:
        return NotCounted.LOST
    if not isinstance(event, UnknownEvent) or event.type not in _SCHEMAS:
        return None
    if recorded.attributes.get("data") is ABSENT:
        return NotCounted.NO_DATA
    if event.schema_version > _SCHEMAS[event.type]:
        return NotCounted.NEWER_SCHEMA
    return NotCounted.OTHER_SCHEMA
