"""The one door: recorded events to lines and back, wherever the lines are kept.

Files, the rows of a database and the entries of a browser's storage hold the same lines. What
comes in goes through ``read`` and what goes out through ``write``; a store that keeps no lines
asks ``vouch``. Never written is what could not be read back, and what that is, the reader alone
says: an event is written only where reading its line gives an equal one. Nearly every event can
be seen at a glance to be such a one, and is spared the proof; a test holds the glance to it.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from dataclasses import fields, replace
from datetime import datetime, timezone
from operator import attrgetter
from typing import Any, Final, Generic, NamedTuple, TypeVar

from esbank_core.kernel.errors import Damage, Misplaced, UnfitLine, Unwritable
from esbank_core.kernel.identity import NO_STREAM, Position, StreamId, Version
from esbank_core.kernel.recorded import RecordedEvent, UnknownEvent
from esbank_core.kernel.written.canonical_json import LARGEST_EXACT_INTEGER
from esbank_core.kernel.written.chain import GENESIS_HASH
from esbank_core.kernel.written.cloud_events import (
    ABSENT,
    SEQUENCE_DIGITS,
    SOURCE,
    from_cloud_event,
    stream_named_in,
    to_line,
)
from esbank_core.kernel.written.codec import Codec, Field
from esbank_core.kernel.written.conformance import LARGEST_INTEGER, is_uri_reference
from esbank_core.kernel.written.json_lines import LONGEST_LINE, check_text, parse_text
from esbank_core.kernel.written.own_form import OwnForm
from esbank_core.kernel.written.times import format_time, in_utc, parse_time

Event = TypeVar("Event")

WRITE_CLOUD_EVENTS: Final = (
    "A line is a CloudEvents 1.0 event with at least specversion, id, source and type."
)
KEEP_ORDER: Final = (
    "Put the lines back in the order in which they were written, from the first on, or leave "
    "“sequence” and “streamversion” out of every line: they follow from the order. The parts of a "
    "log are given together."
)

_SURELY_SHORT: Final = LONGEST_LINE // 16
"""Characters of texts that make no line too long, though each be written twice in 6 bytes."""

_LARGEST_PLACE: Final = 10**SEQUENCE_DIGITS - 1


class LineCodec(Generic[Event]):
    """Recorded events of a domain as the lines of a file, and back."""

    def __init__(self, codec: Codec[Event]) -> None:
        self.codec: Final = codec
        self._own_form = OwnForm(codec)
        self._glances: dict[type, _Glance] = {
            event_type.event_class: _glance_at(codec.fields_of(event_type.name))
            for event_type in codec.event_types
        }
        self._of_first_schema = {
            event_type.event_class
            for event_type in codec.event_types
            if event_type.schema_version == 1
        }

    def read(
        self,
        text: str,
        position: Position,
        versions: MutableMapping[StreamId, Version],
        *,
        may_skip: bool = False,
        time_before: datetime | None = None,
    ) -> RecordedEvent[Event | UnknownEvent]:
        """The event in a line (without its line feed) that stands at ``position``.

        ``versions`` are those of the streams so far; the event's own is brought up to date.
        With ``may_skip`` an event may claim a later version than the next one of its stream, as
        it does where events before it were lost. ``time_before`` is the time of the event before,
        for one that has none.

        Raises:
            UnfitLine: the text is no such line.
        """
        if not text.isascii() or len(text) > LONGEST_LINE:
            check_text(text)
        return self._own_form.read(text, position, versions) or self._read_any(
            text, position, versions, may_skip=may_skip, time_before=time_before
        )

    def read_run(
        self,
        text: str,
        start: int,
        position: Position,
        versions: MutableMapping[StreamId, Version],
    ) -> tuple[list[RecordedEvent[Event]], int]:
        """As many events as can be read in one go from the lines that start at ``start``.

        They are those that this program wrote; ``read`` has the word on the line behind them,
        whatever it is. Where that one starts comes back with them. The text is that of a file
        (``json_lines.read_many_lines``).
        """
        return self._own_form.read_run(text, start, position, versions)

    def write(
        self, recorded: RecordedEvent[Event | UnknownEvent], previous_hash: str
    ) -> tuple[str, str]:
        """The line of an event (without a line feed) that follows ``previous_hash``, and its hash.

        Raises:
            Unwritable: the line would not be read, or not as this event.
        """
        try:
            line, own_hash = to_line(recorded, self.codec, previous_hash)
        except (ValueError, TypeError, RecursionError) as unfit:
            raise Unwritable(f"Event {recorded.id}", _sentence(unfit)) from None
        if not self._is_plain(recorded):
            self._prove(recorded, line)
        return line, own_hash

    def vouch(self, recorded: RecordedEvent[Event | UnknownEvent]) -> None:
        """Refuse an event that ``write`` would refuse.

        Raises:
            Unwritable: its line would not be read, or not as this event.
        """
        if not self._is_plain(recorded):
            self.write(recorded, GENESIS_HASH)

    def _read_any(
        self,
        text: str,
        position: Position,
        versions: MutableMapping[StreamId, Version],
        *,
        may_skip: bool = False,
        time_before: datetime | None = None,
    ) -> RecordedEvent[Event | UnknownEvent]:
        check_text(text)
        document = parse_text(text)
        stream_id, claimed = stream_named_in(document), document.get("streamversion")
        known = NO_STREAM if stream_id is None else versions.get(stream_id, NO_STREAM)
        version = Version(known + 1)
        if may_skip and type(claimed) is int and version < claimed <= _LARGEST_PLACE:
            version = Version(claimed)
        try:
            read = from_cloud_event(
                document, self.codec, position=position, version=version, time_before=time_before
            )
        except Misplaced as misplaced:
            raise UnfitLine(misplaced.reason, KEEP_ORDER, text) from None
        except Damage as damage:
            raise UnfitLine(damage.reason, WRITE_CLOUD_EVENTS, text) from None
        versions[read.stream_id] = version
        return read

    def _prove(self, recorded: RecordedEvent[Event | UnknownEvent], line: str) -> None:
        """Read a line back that was just written, and compare."""
        before = {recorded.stream_id: Version(recorded.version - 1)}
        try:
            read = self._read_any(line, recorded.position, before)
        except UnfitLine as unfit:
            raise Unwritable(f"Event {recorded.id}", unfit.reason) from None
        meant = replace(recorded, time=in_utc(recorded.time))
        differing = [
            field.name
            for field in fields(meant)
            if getattr(meant, field.name) != getattr(read, field.name)
        ]
        if differing:
            names = " and ".join(differing).replace("_", " ")
            raise Unwritable(f"Event {recorded.id}", f"Its {names} would be read back otherwise.")

    def _is_plain(self, recorded: RecordedEvent[Event | UnknownEvent]) -> bool:
        """Whether it shows at a glance that the event is read back as it is."""
        glance = self._glances.get(type(recorded.event))
        if (
            glance is None
            or type(recorded.time) is not datetime
            or recorded.time.tzinfo is not timezone.utc
        ):
            return False
        names = [recorded.id, recorded.stream_id]
        if (actor := recorded.actor) is not None:
            names += actor.kind, actor.id
        if (correlation_id := recorded.correlation_id) is not None:
            names.append(correlation_id)
        if (causation_id := recorded.causation_id) is not None:
            names.append(causation_id)
        if not all(names):
            return False
        if recorded.attributes and not self._is_plain_of_others(recorded, names):
            return False
        texts, integers = glance
        try:
            text = "".join(names) + texts(recorded.event)
        except TypeError:  # one of them is no text
            return False
        return (
            len(text) <= _SURELY_SHORT
            and (text.isascii() or _is_unicode(text))
            and _are_places(recorded.version, recorded.position)
            and integers(recorded.event)
        )

    def _is_plain_of_others(
        self, recorded: RecordedEvent[Event | UnknownEvent], names: list[str]
    ) -> bool:
        """The same of an event that came from elsewhere, without its texts and integers."""
        source = recorded.attributes.get("source")
        if (
            not isinstance(source, str)
            or source == SOURCE
            or not is_uri_reference(source)
            or not _are_places(recorded.version, recorded.position)
            or recorded.version > LARGEST_INTEGER
            or not all(isinstance(name, str) and name.isprintable() for name in names)
        ):
            return False
        for name, value in recorded.attributes.items():
            match name:
                case "source":
                    is_plain = True
                case "datacontenttype":
                    is_plain = value is ABSENT
                case "dataschema":
                    is_plain = value is ABSENT and type(recorded.event) in self._of_first_schema
                case "time":
                    is_plain = isinstance(value, str) and _is_written(value, recorded.time)
                case _:
                    is_plain = False
            if not is_plain:
                return False
        return True


def _is_written(text: str, time: datetime) -> bool:
    """Whether a text is a time otherwise than we write it."""
    try:
        return parse_time(text) == time and format_time(time) != text
    except Damage:
        return False


def check_name(name: str) -> None:
    """Refuse a name of a stream or of a command that no event could carry.

    Raises:
        Unwritable: it is no text, an empty one, or not Unicode.
    """
    if not name or not is_text(name):
        raise Unwritable(f"The name {name!a}", "A name is a text that is not empty.")


def is_text(value: object) -> bool:
    """Whether a value is a text that every program can hold: Unicode, of whole characters."""
    return isinstance(value, str) and (value.isascii() or _is_unicode(value))


class _Glance(NamedTuple):
    """What to look at of one class of events."""

    texts: Callable[[Any], str]
    """All its texts in a row; TypeError where one is none."""
    are_integers: Callable[[Any], bool]
    """Whether all its integers are some, and not too large for JSON."""


def _glance_at(event_fields: tuple[Field, ...]) -> _Glance:
    return _Glance(
        _texts_of([field.attribute for field in event_fields if field.type is str]),
        _integers_of([field.attribute for field in event_fields if field.type is int]),
    )


def _texts_of(names: list[str]) -> Callable[[Any], str]:
    match names:
        case []:
            return lambda _: ""
        case [name]:
            return lambda event: "" + getattr(event, name)
        case _:
            values = attrgetter(*names)
            return lambda event: "".join(values(event))


def _integers_of(names: list[str]) -> Callable[[Any], bool]:
    def are_integers(event: Any) -> bool:
        for name in names:
            value = getattr(event, name)
            if type(value) is not int or abs(value) > LARGEST_EXACT_INTEGER:
                return False
        return True

    return are_integers


def _are_places(version: Version, position: Position) -> bool:
    return (
        type(version) is int
        and type(position) is int
        and 0 < version <= _LARGEST_PLACE
        and 0 < position <= _LARGEST_PLACE
    )


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _sentence(unfit: Exception) -> str:
    said = str(unfit)
    return (
        said if isinstance(unfit, ValueError) and said.endswith(".") else f"It is no JSON: {said}."
    )
