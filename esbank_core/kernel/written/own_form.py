"""The lines that this program itself writes, read without a JSON parser.

``cloud_events.to_line`` writes every event with the same attributes in the same order and
without white space. One regular expression knows that form, and takes a line apart in half
the time that parsing it would take, checks included: where the form fits, no name is given
twice, no text holds an escape, no number is out of range. A line in any other form, with an
escape, an unknown type or a place out of order, is none of this module's business: it says
None, and the reader of every CloudEvent (``cloud_events.from_cloud_event``) has the word.
What both can read, both read alike; a test holds them to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, MutableMapping
from datetime import datetime
from operator import itemgetter
from typing import Any, Final, Generic, NamedTuple, TypeVar

from esbank_core.kernel.identity import Position, StreamId, Version
from esbank_core.kernel.recorded import Actor, RecordedEvent
from esbank_core.kernel.written.cloud_events import SEQUENCE_DIGITS, SOURCE
from esbank_core.kernel.written.codec import Codec, Field

Event = TypeVar("Event")

# What neither JSON nor its canonical form writes with an escape.
_TEXT: Final = r'([^"\\\x00-\x1f]+)'
_TEXT_OR_NONE: Final = r'([^"\\\x00-\x1f]*)'
_INTEGER: Final = r"(0|-?[1-9][0-9]{0,14})"
_TIME: Final = (
    r"([0-9]{4}-[01][0-9]-[0-3][0-9]T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"\.[0-9]{3}(?:(?!000)[0-9]{3})?Z)"
)
_MOST_ACTORS: Final = 1000
"""How many actors are kept at hand; most events are of the same few."""

# The schema names the type again, and the partition key the subject: groups 2 and 3.
_LINE: Final = re.compile(
    rf'\{{"specversion":"1\.0","id":"{_TEXT}","source":"{SOURCE}","type":"{_TEXT}",'
    rf'"subject":"{_TEXT}","time":"{_TIME}","datacontenttype":"application/json",'
    rf'"dataschema":"urn:esbank:\2:([1-9][0-9]{{0,5}})","partitionkey":"\3",'
    rf'"sequence":"([0-9]{{{SEQUENCE_DIGITS}}})","streamversion":([1-9][0-9]{{0,11}})'
    rf'(?:,"authtype":"{_TEXT}","authid":"{_TEXT}")?'
    rf'(?:,"correlationid":"{_TEXT}")?(?:,"causationid":"{_TEXT}")?'
    rf',"chainhash":"([0-9a-f]{{64}})","data":(\{{.*\}})\}}'
)


class OwnLine(NamedTuple):
    """The parts of a line in our own form, as text; None where the event has no such part."""

    id: Any
    type: Any
    subject: Any
    time: Any
    schema_version: Any
    sequence: Any
    streamversion: Any
    authtype: Any
    authid: Any
    correlationid: Any
    causationid: Any
    chainhash: Any
    data: Any


class _Shape(NamedTuple):
    """How the data of one type of event is written."""

    schema_version: str
    event_class: Callable[..., Any]
    match: Callable[[str], re.Match[str] | None]
    integers: tuple[int, ...]
    canonical: Callable[[re.Match[str]], str]


class OwnForm(Generic[Event]):
    """Reads the lines that ``to_line`` wrote with this codec."""

    def __init__(self, codec: Codec[Event]) -> None:
        self._shapes: dict[str, _Shape] = {}
        self._actors: dict[tuple[Any, Any], Actor] = {}
        for event_type in codec.event_types:
            fields = codec.fields_of(event_type.name)
            self._shapes[event_type.name] = _Shape(
                schema_version=str(event_type.schema_version),
                event_class=event_type.event_class,
                match=re.compile(_pattern_of(fields)).fullmatch,
                integers=tuple(nth for nth, field in enumerate(fields) if field.type is int),
                canonical=_canonical_writer(fields),
            )

    def read(
        self, text: str, position: Position, versions: MutableMapping[StreamId, Version]
    ) -> RecordedEvent[Event] | None:
        """The event that a line holds, if it is in our own form and follows in place.

        ``versions`` are those of the streams so far; the event's own is brought up to date.
        """
        match = _LINE.fullmatch(text)
        if match is None:
            return None
        groups: tuple[Any, ...] = match.groups()  # texts, taken for the ids that they are
        (
            event_id, type_name, subject, time, schema_version, sequence, streamversion,
            kind, actor_id, correlation_id, causation_id, _, data,
        ) = groups  # fmt: skip
        shape = self._shapes.get(type_name)
        version: Any = versions.get(subject, 0) + 1
        if (
            shape is None
            or schema_version != shape.schema_version
            or int(sequence) != position
            or streamversion != str(version)
        ):
            return None
        fitting = shape.match(data)
        if fitting is None:
            return None
        values: list[Any] = list(fitting.groups())
        for nth in shape.integers:
            values[nth] = int(values[nth])
        try:
            instant = datetime.fromisoformat(time)
        except ValueError:
            return None
        versions[subject] = version
        actor = self._actors.get((kind, actor_id))
        if actor is None and kind is not None:
            if len(self._actors) == _MOST_ACTORS:
                self._actors.clear()
            actor = self._actors[kind, actor_id] = Actor(kind, actor_id)
        return RecordedEvent(
            shape.event_class(*values),
            event_id,
            subject,
            version,
            position,
            instant,
            actor,
            correlation_id,
            causation_id,
        )

    def content(self, text: str) -> tuple[str, OwnLine] | None:
        """The canonical JSON of a line without its hash, and its parts, if it is in our form."""
        match = _LINE.fullmatch(text)
        if match is None:
            return None
        line = OwnLine._make(match.groups())
        shape = self._shapes.get(line.type)
        if shape is None:
            return None
        fitting = shape.match(line.data)
        if fitting is None:
            return None
        return _canonical(line, shape.canonical(fitting)), line


def _canonical(line: OwnLine, data: str) -> str:
    """The members in the order of RFC 8785, which for these names is the alphabet's."""
    actor = f'"authid":"{line.authid}","authtype":"{line.authtype}",' if line.authtype else ""
    causation = f'"causationid":"{line.causationid}",' if line.causationid else ""
    correlation = f'"correlationid":"{line.correlationid}",' if line.correlationid else ""
    return (
        f'{{{actor}{causation}{correlation}"data":{data},'
        f'"datacontenttype":"application/json","dataschema":"urn:esbank:{line.type}:{line.schema_version}",'
        f'"id":"{line.id}","partitionkey":"{line.subject}","sequence":"{line.sequence}",'
        f'"source":"{SOURCE}","specversion":"1.0","streamversion":{line.streamversion},'
        f'"subject":"{line.subject}","time":"{line.time}","type":"{line.type}"}}'
    )


def _pattern_of(fields: Iterable[Field]) -> str:
    members = (
        f'"{re.escape(field.json_name)}":'
        + (_INTEGER if field.type is int else f'"{_TEXT_OR_NONE}"')
        for field in fields
    )
    return r"\{" + ",".join(members) + r"\}"


def _canonical_writer(fields: tuple[Field, ...]) -> Callable[[re.Match[str]], str]:
    order = sorted(range(len(fields)), key=lambda nth: fields[nth].json_name)
    if order == list(range(len(fields))):
        return itemgetter(0)  # as it is written, so it is canonical
    members = (
        f'"{fields[nth].json_name}":' + ("%s" if fields[nth].type is int else '"%s"')
        for nth in order
    )
    template = "{" + ",".join(members) + "}"
    in_order = itemgetter(*(nth + 1 for nth in order))
    return lambda fitting: template % in_order(fitting)
