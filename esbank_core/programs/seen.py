"""An event as a reader's program sees it: plain values, and a copy of its data.

What the program does to the copy changes nothing; whatever type of event it is, it has the same
few fields. Times are aware instants.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any, Final, NamedTuple

from esbank_core.bank.account import CODEC, Recorded
from esbank_core.kernel.identity import Position, StreamId, Version
from esbank_core.kernel.recorded import Actor, UnknownEvent, UnreadableEvent

UNREADABLE: Final = "Unreadable"
"""The type of an event of which only its place is known."""


class ActorName(str):
    """An actor's id, which is a text; its ``kind`` is what CloudEvents calls ``authtype``."""

    __slots__ = ("kind",)

    kind: str

    @classmethod
    def of(cls, actor: Actor) -> ActorName:
        """The name of an actor."""
        name = cls(actor.id)
        name.kind = actor.kind
        return name

    @property
    def id(self) -> str:
        """The same, as an actor of the kernel has it."""
        return str(self)


class SeenEvent(NamedTuple):
    """A fact and its place, in a reader's terms."""

    type: str
    data: dict[str, Any]
    stream_id: StreamId
    version: Version
    position: Position
    time: datetime
    actor: ActorName | None


def seen(recorded: Recorded) -> SeenEvent:
    """A recorded event as a program sees it; each time another copy."""
    event, actor = recorded.event, recorded.actor
    if isinstance(event, UnreadableEvent):
        name, data = UNREADABLE, {"reason": event.reason}
    elif isinstance(event, UnknownEvent):
        name, data = event.type, _data_of(event.data)
    else:
        name, data = _KNOWN[type(event)](event)
    return SeenEvent(
        name,
        data,
        recorded.stream_id,
        recorded.version,
        recorded.position,
        recorded.time,
        None if actor is None else ActorName.of(actor),
    )


def _data_of(data: object) -> dict[str, Any]:
    """What an event of an unknown type carried, as a dictionary whatever it was."""
    match data:
        case None:
            return {}
        case Mapping():
            return {str(name): deepcopy(value) for name, value in data.items()}
        case _:
            return {"value": deepcopy(data)}


def _reader_of(name: str) -> Callable[[Any], tuple[str, dict[str, Any]]]:
    fields = [(field.json_name, field.attribute) for field in CODEC.fields_of(name)]
    return lambda event: (name, {json: getattr(event, attribute) for json, attribute in fields})


_KNOWN: Final = {
    event_type.event_class: _reader_of(event_type.name) for event_type in CODEC.event_types
}
