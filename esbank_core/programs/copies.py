"""Events as texts, to be handed to a Python that has nothing of ours but the code.

A copy is a list of JSON values; where it stands among the others is its position. What comes back
from copies is what there was, so that a program is given the same in either place.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from esbank_core.bank.account import CODEC, Recorded
from esbank_core.kernel.identity import EventId, Position, StreamId, Version
from esbank_core.kernel.recorded import Actor, RecordedEvent, UnreadableEvent
from esbank_core.kernel.written.codec import Encoded


def write_copies(recorded: Iterable[Recorded]) -> str:
    """Events that follow one another, as one text."""
    return json.dumps([_copy_of(one) for one in recorded], separators=(",", ":"))


def read_copies(text: str, after: Position) -> list[Recorded]:
    """The events of a text of copies, the first of which stands behind a position."""
    return [
        _recorded(copy, Position(position))
        for position, copy in enumerate(json.loads(text), start=after + 1)
    ]


def _copy_of(one: Recorded) -> list[Any]:
    event, actor = one.event, one.actor
    encoded: tuple[Any, ...]
    if isinstance(event, UnreadableEvent):
        encoded = (None, event.reason, event.text)
    else:
        encoded = CODEC.encode(event)
    return [
        *encoded,
        one.id,
        one.stream_id,
        one.version,
        one.time.isoformat(),
        *((actor.kind, actor.id) if actor else (None, None)),
        one.correlation_id,
        one.causation_id,
    ]


def _recorded(copy: list[Any], position: Position) -> Recorded:
    name, schema, data, event_id, stream_id, version, time, kind, actor, correlated, caused = copy
    event = (
        UnreadableEvent(data, schema) if name is None else CODEC.decode(Encoded(name, schema, data))
    )
    return RecordedEvent(
        event,
        EventId(event_id),
        StreamId(stream_id),
        Version(version),
        position,
        datetime.fromisoformat(time),
        None if kind is None else Actor(kind, actor),
        correlated,
        caused,
    )
