"""The lines that this program itself writes, read without a JSON parser.

``cloud_events.to_line`` writes every event with the same attributes in the same order and
without white space. One regular expression for each type of event knows that form, data
included, and takes a line apart in a third of the time that parsing it would take, checks
included: where the form fits, no name is given twice, no text holds an escape, no number is out
of range. A line in any other form, with an escape, an unknown type or a place out of order, is
none of this module's business: it says so, and the reader of every CloudEvent
(``cloud_events.from_cloud_event``) has the word. What both can read, both read alike; a test
holds them to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from esbank_core.kernel.identity import Position, StreamId, Version
from esbank_core.kernel.recorded import NO_ATTRIBUTES, Actor, RecordedEvent
from esbank_core.kernel.written.cloud_events import SEQUENCE_DIGITS, SOURCE
from esbank_core.kernel.written.codec import Codec, EventType, Field

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

_BEFORE_TYPE: Final = f'","source":"{SOURCE}","type":"'


@dataclass(slots=True)
class _Unfrozen(Generic[Event]):
    """A recorded event while it is being made.

    A frozen dataclass sets its fields through ``object.__setattr__``, which for ten of them takes
    longer than the rest of reading a line. This twin has the same slots and is not frozen; once it
    is complete it becomes a ``RecordedEvent``, and is frozen from then on.
    """

    event: Any
    id: Any
    stream_id: Any
    version: Any
    position: Any
    time: Any
    actor: Any
    correlation_id: Any
    causation_id: Any
    attributes: Any


@dataclass(frozen=True, slots=True)
class _Shape:
    """How one type of event is written."""

    event_class: Callable[..., Any]
    match: Callable[[str], re.Match[str] | None]
    integers: tuple[int, ...]
    """Which of its fields are integers."""
    canonical: Callable[[tuple[Any, ...]], str]
    """The canonical JSON of a line without its hash, from the groups of ``match``."""


class OwnForm(Generic[Event]):
    """Reads the lines that ``to_line`` wrote with this codec."""

    def __init__(self, codec: Codec[Event]) -> None:
        self._actors: dict[tuple[str, str], Actor] = {}
        self._shapes: dict[str, _Shape] = {
            event_type.name: _shape_of(event_type, codec.fields_of(event_type.name))
            for event_type in codec.event_types
        }

    def read(
        self, text: str, position: Position, versions: MutableMapping[StreamId, Version]
    ) -> RecordedEvent[Event] | None:
        """The event that a line holds, if it is in our own form and follows in place.

        ``versions`` are those of the streams so far; the event's own is brought up to date. The
        text is Unicode, of whole characters.
        """
        run = self.read_run((text,), 0, position, versions)
        return run[0] if run else None

    def read_run(
        self,
        texts: Sequence[str],
        start: int,
        position: int,
        versions: MutableMapping[StreamId, Version],
    ) -> list[RecordedEvent[Event]]:
        """The events of the lines from ``start`` on, up to the first that ``read`` would not read.

        All in one loop, since a call for each would take as long as what it does.
        """
        run: list[RecordedEvent[Event]] = []
        shapes, actors = self._shapes, self._actors
        known_version, time_of = versions.get, datetime.fromisoformat
        for index in range(start, len(texts)):
            text = texts[index]
            begin = text.find(_BEFORE_TYPE) + _TYPE_OFFSET
            shape = shapes.get(text[begin : text.find('"', begin)])
            match = shape and shape.match(text)
            if not shape or not match:
                break
            groups: tuple[Any, ...] = match.groups()  # texts, taken for the ids that they are
            (
                event_id, subject, time, sequence, streamversion,
                kind, actor_id, correlation_id, causation_id, _, *values,
            ) = groups  # fmt: skip
            version: Any = known_version(subject, 0) + 1
            if int(sequence) != position or int(streamversion) != version:
                break
            try:
                instant = time_of(time)
            except ValueError:
                break
            for nth in shape.integers:
                values[nth] = int(values[nth])
            actor = None
            if kind is not None:
                actor = actors.get((kind, actor_id)) or self._meet(kind, actor_id)
            versions[subject] = version
            recorded: Any = _Unfrozen(
                shape.event_class(*values),
                event_id,
                subject,
                version,
                position,
                instant,
                actor,
                correlation_id,
                causation_id,
                NO_ATTRIBUTES,
            )
            recorded.__class__ = RecordedEvent
            run.append(recorded)
            position += 1
        return run

    def content(self, text: str) -> tuple[str, str, int] | None:
        """The canonical JSON of a line without its hash, its hash, and the position that it says.

        None, if the line is not in our form.
        """
        begin = text.find(_BEFORE_TYPE) + _TYPE_OFFSET
        shape = self._shapes.get(text[begin : text.find('"', begin)])
        match = shape and shape.match(text)
        if not shape or not match:
            return None
        groups = match.groups()
        return shape.canonical(groups), groups[_CHAINHASH], int(groups[_SEQUENCE])

    def _meet(self, kind: str, actor_id: str) -> Actor:
        if len(self._actors) == _MOST_ACTORS:
            self._actors.clear()
        actor = self._actors[kind, actor_id] = Actor(kind, actor_id)
        return actor


_TYPE_OFFSET: Final = len(_BEFORE_TYPE)
_SEQUENCE: Final = 3
_CHAINHASH: Final = 9
_FIRST_FIELD: Final = 10
"""Groups of the regular expression, counted from 0; the fields of the data are the last."""


def _shape_of(event_type: EventType[Any], event_fields: tuple[Field, ...]) -> _Shape:
    name = event_type.name
    data = ",".join(
        f'"{re.escape(field.json_name)}":'
        + (_INTEGER if field.type is int else f'"{_TEXT_OR_NONE}"')
        for field in event_fields
    )
    # The partition key is the subject again: group 2.
    line = re.compile(
        rf'\{{"specversion":"1\.0","id":"{_TEXT}","source":"{SOURCE}","type":"{re.escape(name)}",'
        rf'"subject":"{_TEXT}","time":"{_TIME}","datacontenttype":"application/json",'
        rf'"dataschema":"urn:esbank:{re.escape(name)}:{event_type.schema_version}",'
        rf'"partitionkey":"\2","sequence":"([0-9]{{{SEQUENCE_DIGITS}}})",'
        rf'"streamversion":([1-9][0-9]{{0,11}})(?:,"authtype":"{_TEXT}","authid":"{_TEXT}")?'
        rf'(?:,"correlationid":"{_TEXT}")?(?:,"causationid":"{_TEXT}")?'
        rf',"chainhash":"([0-9a-f]{{64}})","data":\{{{data}\}}\}}'
    )
    return _Shape(
        event_type.event_class,
        line.fullmatch,
        tuple(nth for nth, field in enumerate(event_fields) if field.type is int),
        _canonical_writer(event_type, event_fields),
    )


def _canonical_writer(
    event_type: EventType[Any], event_fields: tuple[Field, ...]
) -> Callable[[tuple[Any, ...]], str]:
    """Writes the members in the order of RFC 8785, which for these names is the alphabet's."""
    name = event_type.name
    schema = f"urn:esbank:{name}:{event_type.schema_version}"
    order = sorted(range(len(event_fields)), key=lambda nth: event_fields[nth].json_name)
    is_as_written = order == list(range(len(event_fields)))
    members = ",".join(
        f'"{event_fields[nth].json_name}":'.replace("%", "%%")
        + ("%s" if event_fields[nth].type is int else '"%s"')
        for nth in order
    )

    def write(groups: tuple[Any, ...]) -> str:
        (
            event_id, subject, time, sequence, streamversion,
            kind, actor_id, correlation_id, causation_id, _, *_values,
        ) = groups  # fmt: skip
        actor = f'"authid":"{actor_id}","authtype":"{kind}",' if kind else ""
        causation = f'"causationid":"{causation_id}",' if causation_id else ""
        correlation = f'"correlationid":"{correlation_id}",' if correlation_id else ""
        values = groups[_FIRST_FIELD:]
        data = members % (values if is_as_written else tuple(values[nth] for nth in order))
        return (
            f'{{{actor}{causation}{correlation}"data":{{{data}}},'
            f'"datacontenttype":"application/json","dataschema":"{schema}","id":"{event_id}",'
            f'"partitionkey":"{subject}","sequence":"{sequence}","source":"{SOURCE}",'
            f'"specversion":"1.0","streamversion":{streamversion},"subject":"{subject}",'
            f'"time":"{time}","type":"{name}"}}'
        )

    return write
