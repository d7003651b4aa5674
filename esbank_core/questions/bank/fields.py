"""Fields of events by name, also of those that the bank does not know: ``data.lines[0].sku``.

What follows ``data`` is looked for in the payload, by the names that it has in the file; of a
list, each item is looked at, or the one whose number is given. Any other name is one of the
event's own, such as ``type``, ``causationid`` or an attribute of somebody else's; or, if it is
none, one of the payload.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from esbank_core.bank.account import CODEC, Recorded
from esbank_core.bank.views import type_of
from esbank_core.kernel.recorded import UnknownEvent, UnreadableEvent
from esbank_core.kernel.written.times import format_time
from esbank_core.questions.paths import inside, parts_of
from esbank_core.questions.values import contains
from esbank_core.sources.found import data_of

Values = Callable[[Recorded], Iterator[object]]
"""All values that an event has under a name; mostly one or none."""

_DATA: Final = "data"

_OF_THE_EVENT: Final[dict[str, Callable[[Recorded], object]]] = {
    "id": lambda recorded: recorded.id,
    "type": lambda recorded: type_of(recorded.event),
    "subject": lambda recorded: recorded.stream_id,
    "time": lambda recorded: format_time(recorded.time),
    "position": lambda recorded: recorded.position,
    "streamversion": lambda recorded: recorded.version,
    "authtype": lambda recorded: recorded.actor and recorded.actor.kind,
    "authid": lambda recorded: recorded.actor and recorded.actor.id,
    "correlationid": lambda recorded: recorded.correlation_id,
    "causationid": lambda recorded: recorded.causation_id,
}

_ATTRIBUTES: Final = {
    known.event_class: {field.json_name: field.attribute for field in CODEC.fields_of(known.name)}
    for known in CODEC.event_types
}
"""What a field of the payload is called in each class of the bank's events."""


def values_of(path: str) -> Values:
    """What reads the values of a field from any event."""
    parts = parts_of(path)
    if parts[:1] == [_DATA]:
        return _of_payload(parts[1:])
    in_payload = _of_payload(parts)
    of_the_event = _OF_THE_EVENT.get(path)

    def values(recorded: Recorded) -> Iterator[object]:
        if of_the_event is not None:
            value = of_the_event(recorded)
            if value is not None:
                yield value
        elif path in recorded.attributes:
            yield recorded.attributes[path]
        else:
            yield from in_payload(recorded)

    return values


def _of_payload(parts: list[str]) -> Values:
    path = ".".join(parts)
    names = {
        event_class: fields[path] for event_class, fields in _ATTRIBUTES.items() if path in fields
    }

    def values(recorded: Recorded) -> Iterator[object]:
        event = recorded.event
        if isinstance(event, UnknownEvent):
            yield from inside(data_of(recorded), parts)
        elif not isinstance(event, UnreadableEvent):
            if not parts:
                yield CODEC.encode(event).data
            elif (name := names.get(type(event))) is not None:
                yield getattr(event, name)

    return values


def mentions(typed: str) -> Callable[[Recorded], bool]:
    """Whether an event has a text somewhere: in its type, its names, its payload, its actor."""
    has, sought = contains(typed), typed.casefold()

    def is_mentioned(recorded: Recorded) -> bool:
        event, actor = recorded.event, recorded.actor
        if sought in f"{recorded.id} {recorded.stream_id} {type_of(event)}".casefold():
            return True
        if actor is not None and sought in actor.id.casefold():
            return True
        if isinstance(event, UnreadableEvent):
            return sought in event.text.casefold()
        if isinstance(event, UnknownEvent):
            return has(data_of(recorded))
        return any(has(getattr(event, name)) for name in _ATTRIBUTES[type(event)].values())

    return is_mentioned
