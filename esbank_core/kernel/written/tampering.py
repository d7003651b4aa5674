"""Tampering: what may be done to a history behind its program's back, as values.

Made to be found out: by the page that lets a reader try it, and by tests. A tampering is worked
out on the lines of a history and gives the lines of another; the history itself stays as it
was. Every line of the new one also says which event it still holds, so that only what was forged
has to be read again. All is done in slices of any size.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Generic, NamedTuple, TypeVar

from esbank_core.kernel.errors import Damage, UnfitLine
from esbank_core.kernel.identity import NO_STREAM, NOWHERE, Position, StreamId, Version
from esbank_core.kernel.recorded import Opaque, RecordedEvent, unreadable
from esbank_core.kernel.written.canonical_json import canonical_json
from esbank_core.kernel.written.chain import GENESIS_HASH, HASH_ATTRIBUTE, hash_of
from esbank_core.kernel.written.cloud_events import (
    ABSENT,
    NO_TIME,
    from_cloud_event,
    stream_named_in,
)
from esbank_core.kernel.written.codec import Codec
from esbank_core.kernel.written.heads import carried_hash
from esbank_core.kernel.written.json_lines import check_text, parse_text
from esbank_core.kernel.written.own_form import OwnForm

Event = TypeVar("Event")
EventIn = TypeVar("EventIn", covariant=True)


class Edit(StrEnum):
    """What is done to the lines, at a position."""

    REPLACE = "replace"
    REMOVE = "remove"
    INSERT = "insert"
    """Before the line at the position."""
    SWAP = "swap"
    """With the line after it."""
    CUT_OFF = "cut-off"
    """The line at the position, and all after it."""
    REHASH = "rehash"
    """Replaced, and everything from there on hashed anew."""
    CHAIN = "chain"
    """Everything from the position on is given the hash that it lacks, or another."""


class Row(NamedTuple):
    """A line of a history that was tampered with."""

    line: str
    origin: Position | None
    """The position of the event that it holds in the history as it was; None if it is forged."""


@dataclass(frozen=True, slots=True)
class Tampering:
    """An edit at a position, and the line that is forged for it, if one is."""

    edit: Edit
    position: Position
    line: str = ""

    def count(self, before: int) -> int:
        """How many lines there are afterwards, of so many."""
        match self.edit:
            case Edit.REMOVE:
                return before - 1
            case Edit.INSERT:
                return before + 1
            case Edit.CUT_OFF:
                return self.position - 1
            case _:
                return before

    def rows(
        self,
        lines: Sequence[str],
        start: int,
        stop: int,
        last: str = "",
        form: OwnForm[Event] | None = None,
    ) -> list[Row]:
        """The lines afterwards, from index ``start`` to before ``stop``.

        ``last`` is the line right before ``start``, as it is afterwards: what is hashed anew goes
        on from it. With the ``form`` of most lines that takes a third of the time.
        """
        rows = self._moved(lines, start, stop)
        for nth in (self.position, self.position + 1):
            if start < nth <= stop:
                rows[nth - 1 - start] = self._row(lines, nth)
        if self.edit not in (Edit.REHASH, Edit.CHAIN):
            return rows
        previous = carried_hash(last) if start else GENESIS_HASH
        for index, row in enumerate(rows):
            if start + index + 1 < self.position:
                previous = carried_hash(row.line) or previous
                continue
            line, previous = _sealed(row.line, previous, form)
            rows[index] = Row(line, row.origin)
        return rows

    def _moved(self, lines: Sequence[str], start: int, stop: int) -> list[Row]:
        """The lines as they were before the position, and as they follow behind it."""
        shift = 1 if self.edit is Edit.REMOVE else -1 if self.edit is Edit.INSERT else 0
        middle = max(start, min(self.position - 1, stop))
        origins = [*range(start + 1, middle + 1), *range(middle + 1 + shift, stop + 1 + shift)]
        texts = [*lines[start:middle], *lines[max(0, middle + shift) : stop + shift]]
        if len(texts) < len(origins):  # the line right at the position, which is forged
            texts.insert(middle - start, "")
        return [Row(text, Position(origin)) for text, origin in zip(texts, origins, strict=True)]

    def _row(self, lines: Sequence[str], nth: int) -> Row:
        """The line at the position, or right behind it."""
        is_here = nth == self.position
        match self.edit:
            case Edit.REPLACE | Edit.REHASH | Edit.INSERT if is_here:
                return Row(self.line, None)
            case Edit.REMOVE:
                origin = nth + 1
            case Edit.INSERT:
                origin = nth - 1
            case Edit.SWAP:
                origin = nth + 1 if is_here else nth - 1
            case _:
                origin = nth
        return Row(lines[origin - 1], Position(origin))


def altered(
    lines: Sequence[str], position: Position, data: Mapping[str, object], **attributes: object
) -> str:
    """The line at a position, saying something else under the hash that it had.

    Raises:
        UnfitLine: the line is none, and nothing can be altered in it.
    """
    document = _document(lines[position - 1])
    held = document.get("data")
    if data:
        document["data"] = {**(held if isinstance(held, dict) else {}), **data}
    document.update(attributes)
    return _line(document)


def invented(
    lines: Sequence[str], position: Position, type_name: str, data: Mapping[str, object]
) -> str:
    """An event that never happened, to be inserted before the one at a position.

    It is made after that one: of the same stream, at the same time, by the same actor; and hashed
    as well as can be, to follow the one before it.

    Raises:
        UnfitLine: the line there is none, and nothing can be made after it.
    """
    document = _document(lines[position - 1])
    is_chained = document.pop(HASH_ATTRIBUTE, None) is not None
    document["id"] = f"{document.get('id')}.2"
    document["type"] = type_name
    if "dataschema" in document:
        document["dataschema"] = f"urn:esbank:{type_name}:1"
    document["data"] = dict(data)
    if not is_chained:
        return _line(document)
    before = carried_hash(lines[position - 2]) if position > 1 else GENESIS_HASH
    return _sealed(_line(document), before, None)[0]


@dataclass(frozen=True, slots=True)
class Retelling(Generic[EventIn]):
    """The events of a tampered history, as far as it has been read: a value, to be fed with rows.

    Places follow from the order of the lines, whatever a line says of its own: that is what the
    chain is asked about, and the history shows what a program would that asks nobody.
    """

    position: int = 0
    versions: Mapping[StreamId, Version] | None = None
    time: datetime = NO_TIME

    def fed(
        self,
        rows: Iterable[Row],
        recorded: Sequence[RecordedEvent[EventIn | Opaque]],
        codec: Codec[EventIn],
    ) -> tuple[Retelling[EventIn], list[RecordedEvent[EventIn | Opaque]]]:
        """The next events, ``recorded`` being those of the history as it was."""
        position, time = self.position, self.time
        versions = dict(self.versions or {})
        read: list[RecordedEvent[EventIn | Opaque]] = []
        for line, origin in rows:
            position += 1
            if origin is None:
                one = _read(line, Position(position), versions, time, codec)
            else:
                one = recorded[origin - 1]
                version = versions.get(one.stream_id, NO_STREAM) + 1
                if one.position == position and one.version == version:
                    versions[one.stream_id] = one.version
                else:
                    one = _placed(one, Position(position), versions)
            time = one.time
            read.append(one)
        return Retelling(position, versions, time), read


def _placed(
    one: RecordedEvent[Event], position: Position, versions: MutableMapping[StreamId, Version]
) -> RecordedEvent[Event]:
    stream_id = one.stream_id
    if stream_id == NOWHERE:
        version = Version(position)
    else:
        version = versions[stream_id] = Version(versions.get(stream_id, NO_STREAM) + 1)
    # Spelt out: ``dataclasses.replace`` takes three times as long, and most of a copy is moved.
    return RecordedEvent(
        one.event,
        one.id,
        stream_id,
        version,
        position,
        one.time,
        one.actor,
        one.correlation_id,
        one.causation_id,
        one.attributes,
    )


def _read(
    line: str,
    position: Position,
    versions: MutableMapping[StreamId, Version],
    time: datetime,
    codec: Codec[Event],
) -> RecordedEvent[Event | Opaque]:
    try:
        document = _document(line)
        document.pop("sequence", None)
        document.pop("streamversion", None)
        stream_id = stream_named_in(document)
        known = NO_STREAM if stream_id is None else versions.get(stream_id, NO_STREAM)
        version = Version(known + 1)
        one = from_cloud_event(
            document, codec, position=position, version=version, time_before=time
        )
    except Damage as damage:
        return unreadable(line, damage.reason, position=position, time=time)
    versions[one.stream_id] = version
    return one


def _sealed(line: str, previous: str, form: OwnForm[Event] | None) -> tuple[str, str]:
    """A line with the hash that follows ``previous``; one that is none stays as it is."""
    own = form.content(line) if form is not None else None
    if own is not None:
        content, carried, _ = own
        sealed = hash_of(previous, content)
        # A line in our own form holds no escape, and so its first such member is the hash.
        return line.replace(f'"{_MEMBER}{carried}"', f'"{_MEMBER}{sealed}"', 1), sealed
    try:
        document = _document(line)
        document.pop(HASH_ATTRIBUTE, None)
        sealed = hash_of(previous, canonical_json(document))
    except (UnfitLine, ValueError):
        return line, previous
    data = document.pop("data", ABSENT)
    document[HASH_ATTRIBUTE] = sealed
    if data is not ABSENT:
        document["data"] = data  # last, where a reader looks for it
    return _line(document), sealed


_MEMBER: Final = f'{HASH_ATTRIBUTE}":"'


def _document(line: str) -> dict[str, object]:
    check_text(line)
    return parse_text(line)


def _line(document: Mapping[str, object]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
