"""An event as its record says it: with its source's own places, and none of ours yet.

What comes of it is a recorded event whose position and version follow from the order of all
(``ordering``). Nothing of the record is lost: what became ``data`` stands there, and the rest
goes along as one attribute, the JSON of the record without it.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from esbank_core.kernel.recorded import Actor, RecordedEvent, UnknownEvent
from esbank_core.sources.pointers import opened
from esbank_core.sources.records import Noted

RECORD_ATTRIBUTE: Final = "sourcerecord"
"""The extension attribute with the record as it came, as JSON, without what became the data."""

RECORDED_TIME_ATTRIBUTE: Final = "recordedtime"
"""The extension attribute with the time of recording, where the event has one of its own."""

BASE64_ATTRIBUTE: Final = "data_base64"
"""The data's own JSON bytes, where they would not be the same if they were written again."""


class Found(NamedTuple):
    """What one record says of its event; ``None`` where it says nothing."""

    number: int
    line: int
    id: str
    """Empty where the source has no name for it."""
    stream: str
    type: str
    data: object
    version: int | None
    """The place in its stream as the source counts, from 0 or from 1."""
    position: int | None
    """The place in ``group`` as the source counts."""
    group: str
    """Within which positions compare: a Kafka partition; empty where there is but one."""
    time: datetime | None
    actor: Actor | None
    correlation_id: str | None
    causation_id: str | None
    attributes: Mapping[str, object]
    notes: tuple[Noted, ...]


def data_of(recorded: RecordedEvent[object]) -> object:
    """What an event of an unknown type carries, as near as Python comes; None where nothing.

    Data in base64 is opened where it is JSON, and is its text where it is text.
    """
    event = recorded.event
    if not isinstance(event, UnknownEvent):
        return None
    return _opened(event.data, recorded.attributes)


def written_data(recorded: RecordedEvent[object]) -> str | None:
    """The JSON that an event's data came as, where it was kept so; None elsewhere.

    None as well where it is nested too deep to be opened, or is no JSON.
    """
    encoded = recorded.attributes.get(BASE64_ATTRIBUTE)
    if not isinstance(encoded, str):
        return None
    try:
        text = b64decode(encoded, validate=True).decode()
    except ValueError:
        return None
    found = opened(text)
    return text if found.is_json and found.value is not None else None


def data_found(found: Found) -> object:
    """The same of what a record says."""
    return _opened(found.data, found.attributes)


def _opened(data: object, attributes: Mapping[str, object]) -> object:
    encoded = attributes.get(BASE64_ATTRIBUTE)
    if not isinstance(encoded, str):
        return data
    try:
        text = b64decode(encoded, validate=True).decode()
    except ValueError:
        return None
    return opened(text).value


def content(found: Found) -> tuple[object, ...]:
    """What two records of the same event agree on."""
    return found[2:-1]
