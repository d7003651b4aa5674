"""Events as texts, to be handed to a Python that has nothing of ours but the code.

A copy is a list of JSON values; where it stands among the others is its position. What comes back
from copies is what there was, so that a program is given the same in either place; what was kept as
it was written is opened.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from esbank_core.bank.account import CODEC, Ledger, Recorded
from esbank_core.bank.events import Event
from esbank_core.kernel.identity import GENESIS, EventId, Position, StreamId, Version
from esbank_core.kernel.recorded import (
    Actor,
    Opaque,
    RecordedEvent,
    UnknownEvent,
    UnreadableEvent,
)
from esbank_core.kernel.written.codec import Encoded
from esbank_core.sources.found import data_of

SLICE: Final = 500
"""Events that are copied in one go: some 15 ms in a browser."""


@dataclass(frozen=True, slots=True)
class Copied:
    """How many events of which history have been copied: a value, to be taken further."""

    count: Position = GENESIS
    last: Recorded | None = None
    """The last of them, by which the history is known."""

    def is_of(self, history: Ledger) -> bool:
        """Whether they are how a history begins."""
        if self.count > history.head:
            return False
        return not self.count or history.at(self.count) is self.last

    def has_all_of(self, history: Ledger) -> bool:
        """Whether they are all of a history."""
        return self.count == history.head and self.is_of(history)

    def further(self, history: Ledger) -> tuple[Copied, dict[str, Any]]:
        """The same and the next slice of a history, and by what a desk takes that in.

        Where these are of another history, it begins anew: where that is empty, with nothing.
        """
        after = self.count if self.is_of(history) else GENESIS
        end = Position(min(after + SLICE, history.head))
        some = history.recorded[after:end]
        handed = {"do": "events", "after": after, "copies": write_copies(some)}
        return Copied(end, some[-1] if some else None), handed


NOT_COPIED: Final = Copied()


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
    elif isinstance(event, UnknownEvent):
        # In a list: though its type may be one of the bank's, its schema is not.
        encoded = (event.type, [event.schema_version], data_of(one))
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
    return RecordedEvent(
        _event_of(name, schema, data),
        EventId(event_id),
        StreamId(stream_id),
        Version(version),
        position,
        datetime.fromisoformat(time),
        None if kind is None else Actor(kind, actor),
        correlated,
        caused,
    )


def _event_of(name: str | None, schema: Any, data: Any) -> Event | Opaque:
    if name is None:
        return UnreadableEvent(data, schema)
    if isinstance(schema, list):
        return UnknownEvent(name, schema[0], data)
    return CODEC.decode(Encoded(name, schema, data))
