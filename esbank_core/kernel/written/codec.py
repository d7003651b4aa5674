"""The codec: events to plain JSON data and back, whatever schema version they were written in.

The names in a codec are the storage format; a class may be renamed, they may not. An old
schema version is brought up to date by upcasters, one version at a time. What the codec
does not know, it keeps as it is (``UnknownEvent``); what contradicts its schema is damage.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, NamedTuple, TypeVar, get_type_hints

from esbank_core.kernel.errors import Damage
from esbank_core.kernel.recorded import UnknownEvent

Event = TypeVar("Event")

JSON_NAME: Final = "json_name"
"""The key of a dataclass field's metadata under which its name in JSON stands, if another."""

Upcast = Callable[[Mapping[str, object]], Mapping[str, object]]


class Encoded(NamedTuple):
    """An event as it is stored: the name of its type, the schema's version, its data."""

    type: str
    schema_version: int
    data: object


@dataclass(frozen=True, slots=True)
class EventType(Generic[Event]):
    """How one class of events is stored: under which name and schema version.

    ``upcasts[n]`` turns data of schema version n into data of version n + 1; there is one
    for each version before ``schema_version`` that was ever written.
    """

    name: str
    event_class: type[Event]
    schema_version: int = 1
    upcasts: Mapping[int, Upcast] = dataclasses.field(default_factory=dict)


class Field(NamedTuple):
    """A field of an event's class: its name there, its name in JSON, and its built-in type."""

    attribute: str
    json_name: str
    type: type
    is_required: bool


class Codec(Generic[Event]):
    """The stored form of each event of a domain.

    Event classes are dataclasses of strings and integers; a field with a default may be
    missing from the data.
    """

    def __init__(self, event_types: Iterable[EventType[Event]]) -> None:
        types = list(event_types)
        self._by_name = {event_type.name: event_type for event_type in types}
        self._by_class = {event_type.event_class: event_type for event_type in types}
        self._fields = {event_type.name: _fields_of(event_type.event_class) for event_type in types}

    @property
    def event_types(self) -> Iterable[EventType[Event]]:
        """Every type of event that the codec knows."""
        return self._by_name.values()

    def fields_of(self, type_name: str) -> tuple[Field, ...]:
        """The fields of a type of event, in the order in which they are written."""
        return self._fields[type_name]

    def name_of(self, event: Event | UnknownEvent) -> str:
        """The name under which an event's type is stored.

        Raises:
            ValueError: the codec has no name for events of this class.
        """
        return event.type if isinstance(event, UnknownEvent) else self._type_of(event).name

    def encode(self, event: Event | UnknownEvent) -> Encoded:
        """The stored form of an event: its type's name, schema version and JSON data.

        Raises:
            ValueError: the codec has no name for events of this class.
        """
        if isinstance(event, UnknownEvent):
            return Encoded(event.type, event.schema_version, event.data)
        event_type = self._type_of(event)
        data = {
            field.json_name: getattr(event, field.attribute)
            for field in self._fields[event_type.name]
        }
        return Encoded(event_type.name, event_type.schema_version, data)

    def _type_of(self, event: Event) -> EventType[Event]:
        event_type = self._by_class.get(type(event))
        if event_type is None:
            raise ValueError(f"No type of event is stored as {type(event).__name__}.")
        return event_type

    def decode(self, encoded: Encoded) -> Event | UnknownEvent:
        """The event that was stored, brought up to today's schema.

        Raises:
            Damage: the data contradicts the schema that it claims.
        """
        event_type = self._by_name.get(encoded.type)
        if event_type is None or encoded.schema_version > event_type.schema_version:
            return UnknownEvent(*encoded)
        data = _upcast(event_type, encoded)
        fields = self._fields[event_type.name]
        values: list[object] = []
        taken = 0
        for field in fields:
            if field.json_name in data:
                values.append(_checked(event_type.name, field, data[field.json_name]))
                taken += 1
            elif field.is_required:
                raise Damage(f"{event_type.name} has no “{field.json_name}” in its data.")
            else:
                values.append(_default_of(event_type.event_class, field))
        if taken != len(data):
            known = {field.json_name for field in fields}
            surplus = ", ".join(f"“{name}”" for name in data if name not in known)
            raise Damage(
                f"{event_type.name} has {surplus} in its data, "
                f"which schema {event_type.schema_version} does not know."
            )
        return event_type.event_class(*values)


def _upcast(event_type: EventType[Any], encoded: Encoded) -> Mapping[str, object]:
    data = encoded.data
    if not isinstance(data, Mapping):
        raise Damage(f"The data of {event_type.name} is not a JSON object.")
    for version in range(encoded.schema_version, event_type.schema_version):
        upcast = event_type.upcasts.get(version)
        if upcast is None:
            raise Damage(f"Nothing turns {event_type.name} of schema {version} into the next.")
        data = upcast(data)
    return data


def _checked(type_name: str, field: Field, value: object) -> object:
    # ``type is`` and not ``isinstance``: JSON's true is not the integer 1.
    if type(value) is not field.type:
        wanted = "an integer" if field.type is int else "a text"
        raise Damage(f"“{field.json_name}” of {type_name} is not {wanted}.")
    return value


def _fields_of(event_class: type) -> tuple[Field, ...]:
    hints = get_type_hints(event_class)
    return tuple(
        Field(
            attribute=field.name,
            json_name=field.metadata.get(JSON_NAME, field.name),
            type=_plain(hints[field.name]),
            is_required=field.default is dataclasses.MISSING,
        )
        for field in dataclasses.fields(event_class)
    )


def _plain(hint: Any) -> type:
    """The built-in type under a ``NewType``, however deep."""
    while hasattr(hint, "__supertype__"):
        hint = hint.__supertype__
    if hint not in (int, str):
        raise TypeError(f"An event's field is an int or a str, not {hint!r}.")
    return int if hint is int else str


def _default_of(event_class: Any, field: Field) -> object:
    return next(
        declared.default
        for declared in dataclasses.fields(event_class)
        if declared.name == field.attribute
    )
