"""Recorded events as CloudEvents 1.0, in the JSON format: one line of a file each.

The one form in which events are stored, exported and imported. Extensions that CloudEvents
documents are used for what they were made for: ``partitionkey``, ``sequence`` (the
position, padded because it is compared as text), ``correlationid`` and ``causationid``,
``authtype`` and ``authid``. ``streamversion`` and ``chainhash`` are ours. Whatever else an
event carries goes out as it came in.

Source: CloudEvents 1.0.2, core specification, JSON event format, and documented extensions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Final, TypeVar

from esbank_core.kernel.errors import Damage, Misplaced
from esbank_core.kernel.identity import EventId, Position, StreamId, Version
from esbank_core.kernel.recorded import NO_ATTRIBUTES, Actor, RecordedEvent, UnknownEvent
from esbank_core.kernel.written.chain import HASH_ATTRIBUTE, chain_hash
from esbank_core.kernel.written.codec import Codec, Encoded

Event = TypeVar("Event")
Place = TypeVar("Place", Position, Version)

SOURCE: Final = "esbank"
SEQUENCE_DIGITS: Final = 12

_SCHEMA: Final = re.compile(r"urn:esbank:([A-Za-z0-9]+):([1-9][0-9]{0,5})")
_RFC_3339: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_READ_HERE: Final = frozenset(
    (
        *("specversion", "id", "type", "subject", "data", "sequence"),
        *("streamversion", "correlationid", "causationid", "authtype", "authid", "chainhash"),
    )
)


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
        "dataschema": f"urn:esbank:{encoded.type}:{encoded.schema_version}",
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
    document.update(recorded.attributes)
    document["data"] = encoded.data
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
    data = document.pop("data")
    document[HASH_ATTRIBUTE] = own_hash
    document["data"] = data  # last, where a reader looks for it
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")), own_hash


def from_cloud_event(
    document: Mapping[str, object],
    codec: Codec[Event],
    *,
    position: Position,
    version: Version,
) -> RecordedEvent[Event | UnknownEvent]:
    """Read a CloudEvent that should stand at ``position``, as ``version`` of its stream.

    Raises:
        Misplaced: it names another place than it stands at.
        Damage: it is not a CloudEvent 1.0 with a subject, a time and data; or its data
            contradicts its schema.
    """
    if document.get("specversion") != "1.0":
        raise Damage("It does not say that it is a CloudEvent of specversion 1.0.")
    type_name = _text(document, "type")
    stream_id = StreamId(_text(document, "subject"))
    source = _text(document, "source")
    if "data" not in document:
        raise Damage("It has no “data”.")
    _agree(document, "sequence", format_sequence(position))
    _agree(document, "streamversion", version)
    time_text = _text(document, "time")
    time = parse_time(time_text)
    schema = document.get("dataschema")
    schema_version = _schema_version(schema, type_name)

    attributes = {
        name: value
        for name, value in document.items()
        if name not in _READ_HERE
        and not _is_written_anyway(name, value, type_name, schema_version)
        and not (name == "partitionkey" and value == stream_id)
    }
    if format_time(time) != time_text:
        attributes["time"] = time_text
    if source != SOURCE:
        attributes["source"] = source
    actor = None
    match document.get("authtype"), document.get("authid"):
        case str(kind), str(actor_id) if kind and actor_id:
            actor = Actor(kind, actor_id)
        case None, None:
            pass
        case kind, actor_id:
            given = {"authtype": kind, "authid": actor_id}
            attributes |= {name: value for name, value in given.items() if value is not None}
    return RecordedEvent(
        event=codec.decode(Encoded(type_name, schema_version, document["data"])),
        id=EventId(_text(document, "id")),
        stream_id=stream_id,
        version=version,
        position=position,
        time=time,
        actor=actor,
        correlation_id=_optional_text(document, "correlationid"),
        causation_id=_optional_text(document, "causationid"),
        attributes=attributes or NO_ATTRIBUTES,
    )


def format_sequence(position: Position) -> str:
    """A position as CloudEvents' ``sequence``: digits that sort as text as they do as numbers."""
    return f"{position:0{SEQUENCE_DIGITS}d}"


def format_time(time: datetime) -> str:
    """An aware instant in RFC 3339, in UTC, to the millisecond (microsecond where it has any).

    Raises:
        ValueError: it has no offset from UTC, or leaves the calendar in UTC.
    """
    utc = in_utc(time)
    precision = "microseconds" if utc.microsecond % 1000 else "milliseconds"
    return utc.replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def in_utc(time: datetime) -> datetime:
    """The same instant in UTC.

    Raises:
        ValueError: it has no offset from UTC, or leaves the calendar in UTC.
    """
    if not isinstance(time, datetime) or time.utcoffset() is None:
        raise ValueError("Its time is no instant: it has no offset from UTC.")
    try:
        return time.astimezone(timezone.utc)
    except OverflowError:
        raise ValueError("Its time leaves the calendar in UTC.") from None


def parse_time(text: str) -> datetime:
    """An RFC 3339 instant, in UTC; digits beyond the microsecond are passed over.

    Raises:
        Damage: the text is not an RFC 3339 date and time with an offset, or names a leap second,
            which no ``datetime`` can hold.
    """
    if not _RFC_3339.fullmatch(text):
        raise Damage("Its “time” is not a date and time with an offset, as RFC 3339 writes them.")
    if text[11:13] == "24":  # which Python takes from 3.13 on
        raise Damage("Its “time” is not in the calendar: the hours of a day are 00 to 23.")
    if text[17:19] == "60":
        raise _leap_second(text)
    try:
        return datetime.fromisoformat(text.upper()).astimezone(timezone.utc)
    except (ValueError, OverflowError) as impossible:
        raise Damage("Its “time” is not in the calendar.") from impossible


def _leap_second(text: str) -> Damage:
    """What to say of a second 60: whether there can have been one (RFC 3339, section 5.7)."""
    before = parse_time(f"{text[:17]}59{text[19:]}")
    is_last_of_a_month = (before.hour, before.minute) == (23, 59) and (
        before.month != (before + timedelta(days=1)).month
    )
    if not is_last_of_a_month:
        return Damage(
            "Its “time” is not in the calendar: only the last minute of a month, in UTC, can have "
            "a second 60."
        )
    return Damage(
        "Its “time” is a leap second, which has no place of its own on the clock used here; "
        "write the second before it or after it."
    )


def _is_written_anyway(name: str, value: object, type_name: str, schema_version: int) -> bool:
    """Whether ``to_cloud_event`` writes just this for every event of this type."""
    return (
        name in ("source", "time")  # kept by the caller where they say something else
        or (name == "datacontenttype" and value == "application/json")
        or (name == "dataschema" and value == f"urn:esbank:{type_name}:{schema_version}")
    )


def _schema_version(schema: object, type_name: str) -> int:
    """The version in a schema's name; the first where none of ours is given."""
    named = _SCHEMA.fullmatch(schema) if isinstance(schema, str) else None
    return int(named[2]) if named and named[1] == type_name else 1


def _text(document: Mapping[str, object], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not value:
        raise Damage(f"It has no “{name}” that is a text.")
    return value


def _optional_text(document: Mapping[str, object], name: str) -> str | None:
    value = document.get(name)
    if value is not None and (not isinstance(value, str) or not value):
        raise Damage(f"Its “{name}” is not a text, or an empty one.")
    return value


def _agree(document: Mapping[str, object], name: str, expected: object) -> None:
    given = document.get(name)
    if given is not None and (type(given) is not type(expected) or given != expected):
        raise Misplaced(f"It says that its “{name}” is {given!r}, where {expected!r} follows.")


def _checked_place(place: Place) -> Place:
    if type(place) is not int or not 0 < place < 10**SEQUENCE_DIGITS:
        raise ValueError(f"A place is a whole number from 1 of at most {SEQUENCE_DIGITS} digits.")
    return place
