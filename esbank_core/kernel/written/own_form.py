"""The lines that this program itself writes, read without a JSON parser.

``cloud_events.to_line`` writes every event with the same attributes in the same order and
without white space. One regular expression knows that form, data included, and takes line after
line apart in a third of the time that parsing them would take, checks included: where the form
fits, no name is given twice, no text holds an escape, no number is out of range. A line in any
other form, with an escape, an unknown type or a place out of order, is none of this module's
business: it says so, and the reader of every CloudEvent (``cloud_events.from_cloud_event``) has
the word. What both can read, both read alike; a test holds them to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from esbank_core.kernel.identity import Position, StreamId, Version
from esbank_core.kernel.recorded import NO_ATTRIBUTES, Actor, RecordedEvent
from esbank_core.kernel.written.cloud_events import SEQUENCE_DIGITS, SOURCE
from esbank_core.kernel.written.codec import Codec, Field
from esbank_core.kernel.written.json_lines import LONGEST_LINE

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

_MOST_TEXTS: Final = 2000
"""How many names of streams and texts of events are kept at hand."""

_LONGEST: Final = LONGEST_LINE // 4
"""Characters of a line that is surely not too long, as a character takes up to 4 bytes."""


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
    schema_version: str
    last_group: int
    """The last group of a match in which the data is of this type's shape."""
    fields: slice
    """Its fields among the groups of the data."""
    integers: tuple[int, ...]
    """Which of its fields are integers."""
    texts: tuple[int, ...]
    """Which are texts."""
    template: str
    """The data as RFC 8785 orders it, with a place for each field."""
    in_order: tuple[int, ...]
    """Which field, by its group, stands in which place."""


class OwnForm(Generic[Event]):
    """Reads the lines that ``to_line`` wrote with this codec.

    What many events name is one text for all of them, as is an actor: a history of a hundred
    thousand events would be a fifth larger otherwise.
    """

    def __init__(self, codec: Codec[Event]) -> None:
        self._actors: dict[tuple[str, str], Actor] = {}
        self._texts: dict[Any, Any] = {}  # texts, taken for the ids that they are
        line, self._shapes = _form_of(codec)
        self._line = re.compile(line)
        self._line_of_text = re.compile(line + r"(?=\n|\Z)")

    def read(
        self, text: str, position: Position, versions: MutableMapping[StreamId, Version]
    ) -> RecordedEvent[Event] | None:
        """The event that a line holds, if it is in our own form and follows in place.

        ``versions`` are those of the streams so far; the event's own is brought up to date. The
        text is Unicode, of whole characters.
        """
        match = self._line.fullmatch(text)
        if match is None:
            return None
        run, _ = self._events_of((match,), 0, position, versions)
        return run[0] if run else None

    def read_run(
        self,
        text: str,
        start: int,
        position: int,
        versions: MutableMapping[StreamId, Version],
    ) -> tuple[list[RecordedEvent[Event]], int]:
        """The events of the lines in a text, up to the first that is in another form.

        ``start`` is where the first line starts, and what comes back with the events is where the
        next one does. All are read in one loop, since a call for each would take as long as what
        it does.
        """
        if self._line_of_text.match(text, start) is None:
            return [], start  # ``finditer`` would look for one that fits through all the rest
        return self._events_of(self._line_of_text.finditer(text, start), start, position, versions)

    def _events_of(
        self,
        matches: Iterable[re.Match[str]],
        start: int,
        position: int,
        versions: MutableMapping[StreamId, Version],
    ) -> tuple[list[RecordedEvent[Event]], int]:
        run: list[RecordedEvent[Event]] = []
        shapes, actors, texts = self._shapes, self._actors, self._texts
        known_version, time_of, same = versions.get, datetime.fromisoformat, texts.setdefault
        correlation = None
        for match in matches:
            groups: tuple[Any, ...] = match.groups()  # texts, taken for the ids that they are
            (
                event_id, name, subject, time, schema_version, sequence, streamversion,
                kind, actor_id, correlation_id, causation_id, _, *values,
            ) = groups  # fmt: skip
            begin, end = match.span()
            shape = shapes.get(name)
            version: Any = known_version(subject, 0) + 1
            if (
                begin != start
                or shape is None
                or match.lastindex != shape.last_group
                or schema_version != shape.schema_version
                or int(sequence) != position
                or int(streamversion) != version
                or end - begin > _LONGEST
            ):
                break
            try:
                instant = time_of(time)
            except ValueError:
                break
            values = values[shape.fields]
            for nth in shape.integers:
                values[nth] = int(values[nth])
            for nth in shape.texts:
                values[nth] = same(values[nth], values[nth])
            subject = same(subject, subject)
            if len(texts) > _MOST_TEXTS:
                texts.clear()
            if correlation_id == correlation:
                correlation_id = correlation
            correlation = correlation_id
            if causation_id == correlation:
                causation_id = correlation
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
            start = end + 1
        return run, start

    def content(self, text: str) -> tuple[str, str, int] | None:
        """The canonical JSON of a line without its hash, its hash, and the position that it says.

        None, if the line is not in our form.
        """
        match = self._line.fullmatch(text)
        if match is None or len(text) > _LONGEST:
            return None
        shape = self._shapes.get(match[_TYPE])
        if shape is None or match.lastindex != shape.last_group:
            return None
        (
            event_id, name, subject, time, schema_version, sequence, streamversion,
            kind, actor_id, correlation_id, causation_id, chainhash, *_,
        ) = match.groups()  # fmt: skip
        actor = f'"authid":"{actor_id}","authtype":"{kind}",' if kind else ""
        causation = f'"causationid":"{causation_id}",' if causation_id else ""
        correlation = f'"correlationid":"{correlation_id}",' if correlation_id else ""
        data = shape.template % tuple(match[group] for group in shape.in_order)
        # The members in the order of RFC 8785, which for these names is the alphabet's.
        canonical = (
            f'{{{actor}{causation}{correlation}"data":{data},'
            f'"datacontenttype":"application/json","dataschema":"urn:esbank:{name}:{schema_version}",'
            f'"id":"{event_id}","partitionkey":"{subject}","sequence":"{sequence}",'
            f'"source":"{SOURCE}","specversion":"1.0","streamversion":{streamversion},'
            f'"subject":"{subject}","time":"{time}","type":"{name}"}}'
        )
        return canonical, chainhash, int(sequence)

    def _meet(self, kind: str, actor_id: str) -> Actor:
        if len(self._actors) == _MOST_ACTORS:
            self._actors.clear()
        actor = self._actors[kind, actor_id] = Actor(kind, actor_id)
        return actor


# The schema names the type again, and the partition key the subject: groups 2 and 3.
_ATTRIBUTES: Final = (
    rf'\{{"specversion":"1\.0","id":"{_TEXT}","source":"{SOURCE}","type":"{_TEXT}",'
    rf'"subject":"{_TEXT}","time":"{_TIME}","datacontenttype":"application/json",'
    rf'"dataschema":"urn:esbank:\2:([1-9][0-9]{{0,5}})","partitionkey":"\3",'
    rf'"sequence":"([0-9]{{{SEQUENCE_DIGITS}}})","streamversion":([1-9][0-9]{{0,11}})'
    rf'(?:,"authtype":"{_TEXT}","authid":"{_TEXT}")?'
    rf'(?:,"correlationid":"{_TEXT}")?(?:,"causationid":"{_TEXT}")?'
    rf',"chainhash":"([0-9a-f]{{64}})"'
)
_TYPE: Final = 2
_CHAINHASH: Final = 12
"""Groups of the attributes; those of the data come after the hash."""


def _form_of(codec: Codec[Event]) -> tuple[str, dict[str, _Shape]]:
    """The regular expression of a line, and what it means for each type of event.

    Types whose data is of one shape share its groups.
    """
    shapes: dict[str, _Shape] = {}
    first_groups: dict[str, int] = {}
    next_group = _CHAINHASH + 1
    for event_type in codec.event_types:
        event_fields = codec.fields_of(event_type.name)
        pattern = ",".join(map(_pattern_of, event_fields))
        first = first_groups.setdefault(pattern, next_group)
        next_group = max(next_group, first + len(event_fields))
        order = sorted(range(len(event_fields)), key=lambda nth: event_fields[nth].json_name)
        members = ",".join(_template_of(event_fields[nth]) for nth in order)
        shapes[event_type.name] = _Shape(
            event_type.event_class,
            str(event_type.schema_version),
            first + len(event_fields) - 1 if event_fields else _CHAINHASH,
            slice(first - _CHAINHASH - 1, first - _CHAINHASH - 1 + len(event_fields)),
            tuple(nth for nth, field in enumerate(event_fields) if field.type is int),
            tuple(nth for nth, field in enumerate(event_fields) if field.type is str),
            f"{{{members}}}",
            tuple(first + nth for nth in order),
        )
    data = "|".join(first_groups)
    return rf'{_ATTRIBUTES},"data":\{{(?:{data})\}}\}}', shapes


def _pattern_of(field: Field) -> str:
    value = _INTEGER if field.type is int else f'"{_TEXT_OR_NONE}"'
    return f'"{re.escape(field.json_name)}":{value}'


def _template_of(field: Field) -> str:
    value = "%s" if field.type is int else '"%s"'
    return f'"{field.json_name.replace("%", "%%")}":{value}'
