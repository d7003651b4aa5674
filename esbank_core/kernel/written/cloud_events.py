"""Recorded events as CloudEvents 1.0, in the JSON format: one line of a file each.

The one form in which events are stored, exported and imported. Extensions that CloudEvents
documents are used for what they were made for: ``partitionkey``, ``sequence`` (the
position, padded because it is compared as text), ``correlationid`` and ``causationid``,
``authtype`` and ``authid``. ``streamversion`` and ``chainhash`` are ours. Whatever else an
event carries goes out as it came in, and what it does not carry stays away.

What others send need not be like ours. An event without ``subject`` belongs to the stream of
its ``source``; one without ``time`` stands at the time of the event before it, and says so from
then on (``untimed``); data of another schema, in base64, or none at all is that of an unknown
type. A place that others merely count or spell otherwise is theirs, and contradicts nothing.

Source: CloudEvents 1.0.2, core specification, JSON event format, and documented extensions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from enum import Enum
from typing import Final, TypeVar
from urllib.parse import quote

from esbank_core.kernel.errors import Damage, Misplaced
from esbank_core.kernel.identity import EventId, Position, StreamId, Version
from esbank_core.kernel.recorded import NO_ATTRIBUTES, Actor, RecordedEvent, UnknownEvent
from esbank_core.kernel.written.chain import HASH_ATTRIBUTE, chain_hash
from esbank_core.kernel.written.codec import Codec, Encoded
from esbank_core.kernel.written.conformance import (
    check_attributes,
    optional_text,
    required_text,
)
from esbank_core.kernel.written.times import format_time, parse_time

Event = TypeVar("Event")
Place = TypeVar("Place", Position, Version)

SOURCE: Final = "esbank"
SEQUENCE_DIGITS: Final = 12

UNTIMED: Final = "untimed"
"""The attribute, true, of an event that came without a time, and has that of the one before it."""

NO_TIME: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)
"""Where an event without a time stands that has no event before it."""


OF_PAYLOAD: Final = frozenset(("data", "data_base64", "dataschema", "datacontenttype"))
"""The attributes that are about an event's data, and go with them."""


class Absent(Enum):
    """What an attribute is that every event of ours has, where an event came without it."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT

_SCHEMA: Final = re.compile(r"urn:esbank:(.+):([1-9][0-9]{0,5})", re.DOTALL)
_OUR_SEQUENCE: Final = re.compile(f"[0-9]{{{SEQUENCE_DIGITS}}}")
_READ_HERE: Final = frozenset(
    (
        *("specversion", "id", "source", "type", "subject", "time", "datacontenttype"),
        *("dataschema", "data", "sequence", "streamversion", "correlationid", "causationid"),
        *("authtype", "authid", HASH_ATTRIBUTE),
    )
)
_NAMES_OF_OURS: Final = frozenset(
    (
        *("id", "type", "subject", "partitionkey", "correlationid", "causationid"),
        *("authtype", "authid", "streamversion"),
    )
)
"""Texts that are anybody's choice in a ledger of ours, which holds them whatever is in them."""


def to_cloud_event(
    recorded: RecordedEvent[Event | UnknownEvent], codec: Codec[Event]
) -> dict[str, object]:
    """A recorded event as a CloudEvent, without its hash. Attributes stand in reading order.

    Raises:
        ValueError: it has no such form: its type is not known, or its time or place is none.
    """
    encoded = codec.encode(recorded.event)
    document: dict[str, object] = {
        "specversion": "1.0",
        "id": recorded.id,
        "source": SOURCE,
        "type": encoded.type,
        "subject": recorded.stream_id,
        "time": format_time(recorded.time),
        "datacontenttype": "application/json",
        "dataschema": f"urn:esbank:{_in_urn(encoded.type)}:{encoded.schema_version}",
        "partitionkey": recorded.stream_id,
        "sequence": format_sequence(_checked_place(recorded.position)),
        "streamversion": _checked_place(recorded.version),
    }
    if recorded.actor is not None:
        document["authtype"] = recorded.actor.kind
        document["authid"] = recorded.actor.id
    if recorded.correlation_id is not None:
        document["correlationid"] = recorded.correlation_id
    if recorded.causation_id is not None:
        document["causationid"] = recorded.causation_id
    document["data"] = encoded.data
    for name, value in recorded.attributes.items():
        if value is ABSENT:
            document.pop(name, None)
        else:
            document[name] = value
    return document


def to_line(
    recorded: RecordedEvent[Event | UnknownEvent], codec: Codec[Event], previous_hash: str
) -> tuple[str, str]:
    """A recorded event as a line of a file (no line feed), and the hash that it ends with.

    Raises:
        ValueError: the event has no canonical form, so that it could not be hashed.
    """
    document = to_cloud_event(recorded, codec)
    own_hash = chain_hash(previous_hash, document)
    data = document.pop("data", ABSENT)
    document[HASH_ATTRIBUTE] = own_hash
    if data is not ABSENT:
        document["data"] = data  # last, where a reader looks for it
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")), own_hash


def stream_named_in(document: Mapping[str, object]) -> StreamId | None:
    """The stream that an event belongs to: its subject's, or that of its source."""
    for name in ("subject", "source"):
        value = document.get(name)
        if value is not None:
            return StreamId(value) if isinstance(value, str) else None
    return None


def from_cloud_event(
    document: Mapping[str, object],
    codec: Codec[Event],
    *,
    position: Position,
    version: Version,
    time_before: datetime | None = None,
) -> RecordedEvent[Event | UnknownEvent]:
    """Read a CloudEvent that should stand at ``position``, as ``version`` of its stream.

    ``time_before`` is the time of the event before it, for an event that has none.

    Raises:
        Misplaced: it names another place than it stands at.
        Damage: it is not a CloudEvent 1.0; or its data contradicts its schema.
    """
    source = required_text(document, "source")
    place = _place_of_theirs(document, position, version)
    check_attributes(document, lenient=_NAMES_OF_OURS if source == SOURCE else frozenset())
    type_name = required_text(document, "type")
    subject = optional_text(document, "subject")
    stream_id = StreamId(source if subject is None else subject)
    event = _event_in(document, type_name, codec)

    # What ``to_cloud_event`` would not write by itself.
    attributes = {
        name: value
        for name, value in document.items()
        if name not in _READ_HERE and not (name == "partitionkey" and value == stream_id)
    }
    attributes |= place
    attributes |= _payload_of_theirs(document, event, codec)
    if source != SOURCE:
        attributes["source"] = source
    if subject is None:
        attributes["subject"] = document.get("subject", ABSENT)
    time_text = optional_text(document, "time")
    if time_text is None:
        time = NO_TIME if time_before is None else time_before
        attributes[UNTIMED] = True
    else:
        time = parse_time(time_text)
        if format_time(time) != time_text:
            attributes["time"] = time_text
    actor = None
    match document.get("authtype"), document.get("authid"):
        case str(kind), str(actor_id) if kind and actor_id:
            actor = Actor(kind, actor_id)
        case _:
            attributes |= _given(document, "authtype", "authid")
    attributes |= _null_in(document, "correlationid", "causationid")
    return RecordedEvent(
        event=event,
        id=EventId(required_text(document, "id")),
        stream_id=stream_id,
        version=version,
        position=position,
        time=time,
        actor=actor,
        correlation_id=optional_text(document, "correlationid"),
        causation_id=optional_text(document, "causationid"),
        attributes=attributes or NO_ATTRIBUTES,
    )


def claimed_position(document: Mapping[str, object]) -> Position | None:
    """The position in a ledger of this program's that an event says it had; None where none."""
    sequence = document.get("sequence")
    if _is_place_of_ours(document) and isinstance(sequence, str):
        return Position(int(sequence)) if _OUR_SEQUENCE.fullmatch(sequence) else None
    return None


def format_sequence(position: Position) -> str:
    """A position as CloudEvents' ``sequence``: digits that sort as text as they do as numbers."""
    return f"{position:0{SEQUENCE_DIGITS}d}"


def _event_in(
    document: Mapping[str, object], type_name: str, codec: Codec[Event]
) -> Event | UnknownEvent:
    """The event that a document tells of: one of ours, or of a type that is not known here."""
    schema_version = _schema_version(document.get("dataschema"), type_name)
    if "data" not in document:
        return UnknownEvent(type_name, schema_version or 1, None)
    data = document["data"]
    if schema_version is None or not _is_json(document.get("datacontenttype")):
        return UnknownEvent(type_name, 1, data)  # somebody else's, whatever they call it
    return codec.decode(Encoded(type_name, schema_version, data))


def _payload_of_theirs(
    document: Mapping[str, object], event: Event | UnknownEvent, codec: Codec[Event]
) -> dict[str, object]:
    """An event's data, and what it says of them, that is not just what we write for the event."""
    found: dict[str, object] = {}
    content_type = document.get("datacontenttype", ABSENT)
    if content_type != "application/json":
        found["datacontenttype"] = content_type
    if "data" not in document:
        found["data"] = ABSENT
    schema = document.get("dataschema", ABSENT)
    is_none = schema is None or schema is ABSENT
    version = _schema_version(schema, required_text(document, "type"))
    if isinstance(event, UnknownEvent):
        if is_none or version != event.schema_version:
            found["dataschema"] = schema
        return found
    encoded = codec.encode(event)
    if version != encoded.schema_version:
        return found  # the data were brought up to date, and need to say so
    if is_none:
        found["dataschema"] = schema
    if document["data"] != encoded.data:
        found["data"] = document["data"]  # such as an amount without a note
    return found


def _schema_version(schema: object, type_name: str) -> int | None:
    """The version in a schema's name, the first where no schema is given; None if not of ours."""
    if schema is None or schema is ABSENT:
        return 1
    named = _SCHEMA.fullmatch(schema) if isinstance(schema, str) else None
    return int(named[2]) if named and named[1] == _in_urn(type_name) else None


def _in_urn(type_name: str) -> str:
    """The name of a type as a part of a URN, which it is by itself unless it is an odd one."""
    return type_name if type_name.isalnum() and type_name.isascii() else quote(type_name, safe="")


def _is_json(content_type: object) -> bool:
    """Whether data are JSON, as they are where nothing is said (JSON format, 3.1.1)."""
    if content_type == "application/json" or not isinstance(content_type, str):
        return True
    _, _, subtype = content_type.partition(";")[0].strip().lower().partition("/")
    return subtype == "json" or subtype.endswith("+json")


def _is_place_of_ours(document: Mapping[str, object]) -> bool:
    """Whether the place that an event names is one in a ledger of this program's.

    Whoever else sends an event has an order of their own, counted and spelt in their own way.
    """
    if document.get("source") == SOURCE:
        return document.get("sequencetype") is None
    sequence = document.get("sequence")
    return (
        type(document.get("streamversion")) is int
        and isinstance(sequence, str)
        and _OUR_SEQUENCE.fullmatch(sequence) is not None
    )


def _place_of_theirs(
    document: Mapping[str, object], position: Position, version: Version
) -> dict[str, object]:
    """What an event says of its place that is not ours to say, as it goes out again.

    What is spelt as ours is, and is not ours, is not kept: it would be taken for ours.

    Raises:
        Misplaced: it is ours to say, and is not so.
    """
    if _is_place_of_ours(document):
        _agree(document, "sequence", format_sequence(position))
        _agree(document, "streamversion", version)
        return {}
    kept: dict[str, object] = {}
    sequence, stream_version = document.get("sequence"), document.get("streamversion")
    if sequence == "":
        raise Damage("Its “sequence” is an empty text.")
    if sequence is not None and not (
        isinstance(sequence, str) and _OUR_SEQUENCE.fullmatch(sequence)
    ):
        kept["sequence"] = sequence
    if stream_version is not None and type(stream_version) is not int:
        kept["streamversion"] = stream_version
    return kept


def _given(document: Mapping[str, object], *names: str) -> dict[str, object]:
    return {name: document[name] for name in names if name in document}


def _null_in(document: Mapping[str, object], *names: str) -> dict[str, object]:
    """What was said to be not there, which goes out again as it came in."""
    return {name: None for name in names if name in document and document[name] is None}


def _agree(document: Mapping[str, object], name: str, expected: object) -> None:
    given = document.get(name)
    if given is not None and (type(given) is not type(expected) or given != expected):
        raise Misplaced(f"It says that its “{name}” is {given!r}, where {expected!r} follows.")


def _checked_place(place: Place) -> Place:
    if type(place) is not int or not 0 < place < 10**SEQUENCE_DIGITS:
        raise ValueError(f"A place is a whole number from 1 of at most {SEQUENCE_DIGITS} digits.")
    return place
