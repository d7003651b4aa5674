"""A source described by hand: which field is which, as a value that travels as a small file.

The file is one JSON object: a pointer (RFC 6901) for each part, and the shape of the records
that it is for, the names of their fields. Nothing in it is run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final

from esbank_core.sources import json_text
from esbank_core.sources.instants import parse_instant
from esbank_core.sources.pointers import (
    Pointer,
    format_pointer,
    found_in,
    look,
    opened,
    parse_pointer,
)
from esbank_core.sources.records import Record, names_of
from esbank_core.sources.table import NOWHERE, Part, Parts, Table

NAME: Final = "mapping"
"""What events are said to come from that a mapping read."""

_FORMAT: Final = 1
_SHAPE: Final = "shape"

Shape = tuple[str, ...]
"""The names of the fields of records, sorted: by what a mapping is kept."""


class Unfit(StrEnum):
    """Why a file is no mapping."""

    NOT_JSON = "not JSON"
    NOT_A_MAPPING = "not a mapping"
    UNKNOWN_PART = "unknown part"
    NOT_A_POINTER = "not a pointer"
    TYPE_MISSING = "type missing"


class UnfitMappingError(ValueError):
    """A file that is no mapping: ``code`` says why, ``part`` names the member at fault."""

    def __init__(self, code: Unfit, part: str = "") -> None:
        self.code = code
        self.part = part
        super().__init__(f"{code}: {part}" if part else code)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Where each part of an event stands in a record; ``None`` where it stands nowhere."""

    type: Pointer
    stream: Pointer | None = None
    version: Pointer | None = None
    position: Pointer | None = None
    time: Pointer | None = None
    data: Pointer | None = None
    """The record itself where the pointer has no steps."""
    actor: Pointer | None = None
    correlation: Pointer | None = None
    causation: Pointer | None = None
    shape: Shape = ()


PARTS: Final = tuple(field.name for field in fields(Mapping) if field.name != _SHAPE)
"""What a mapping says, in the order in which it is asked."""


def shape_of(sample: Iterable[Record]) -> Shape:
    """The shape of records, by which a mapping is kept and found again."""
    return tuple(sorted(names_of(sample)))


def table_of(mapping: Mapping) -> Table:
    """A mapping as the table that reads with it."""

    def part(name: str) -> Part:
        pointer: Pointer | None = getattr(mapping, name)
        return NOWHERE if pointer is None else Part((pointer,))

    return Table(
        name=NAME, marks=(), parts=Parts(**{name: part(name) for name in PARTS}), is_binary=True
    )


def write_mapping(mapping: Mapping) -> str:
    """A mapping as the text of its file."""
    document: dict[str, object] = {"mapping": _FORMAT}
    for name in PARTS:
        pointer = getattr(mapping, name)
        if pointer is not None:
            document[name] = format_pointer(pointer)
    document[_SHAPE] = list(mapping.shape)
    return json.dumps(document, ensure_ascii=True, indent=1) + "\n"


def parse_mapping(text: str) -> Mapping:
    """The mapping that a file holds.

    Raises:
        UnfitMappingError: it holds none.
    """
    try:
        document = json_text.decode(text.removeprefix("\ufeff"))
    except ValueError:
        raise UnfitMappingError(Unfit.NOT_JSON) from None
    if not isinstance(document, dict) or document.pop("mapping", None) != _FORMAT:
        raise UnfitMappingError(Unfit.NOT_A_MAPPING)
    shape = document.pop(_SHAPE, [])
    if not isinstance(shape, list) or not all(isinstance(name, str) for name in shape):
        raise UnfitMappingError(Unfit.NOT_A_MAPPING, _SHAPE)
    pointers: dict[str, Pointer] = {}
    for name, written in document.items():
        if name not in PARTS:
            raise UnfitMappingError(Unfit.UNKNOWN_PART, name)
        try:
            pointers[name] = parse_pointer(written if isinstance(written, str) else "-")
        except ValueError:
            raise UnfitMappingError(Unfit.NOT_A_POINTER, name) from None
    if "type" not in pointers:
        raise UnfitMappingError(Unfit.TYPE_MISSING, "type")
    return Mapping(**pointers, shape=tuple(shape))


def suggested_mapping(sample: Iterable[Record]) -> Mapping | None:
    """A mapping to begin with, by what fields are usually called, else by what is in them.

    None where nothing looks like a type.
    """
    records = list(sample)
    found = found_in(record.fields for record in records)
    taken: dict[str, Pointer] = {}
    for name, usual in _USUAL.items():
        for word in usual:
            pointer = next(
                (
                    pointer
                    for pointer in sorted(found, key=len)
                    if _letters(pointer[-1]) == word
                    and pointer not in taken.values()
                    and (len(pointer) == 1 or word not in _VAGUE)
                    and _suits(name, found[pointer])
                ),
                None,
            )
            if pointer is not None:
                taken[name] = pointer
                break
    for name, is_like in _LIKE.items():
        if name not in taken:
            alike = [p for p in found if p not in taken.values() and is_like(found[p])]
            if name == "type":  # of which there are some, and each is met again
                alike.sort(key=lambda pointer: not _recurs(records, pointer))
                pointer = next(iter(alike), None)
            else:
                pointer = min(alike, key=len, default=None)
            if pointer is not None:
                taken[name] = pointer
    if "stream" not in taken and (stream := _like_a_stream(records, found, taken)):
        taken["stream"] = stream
    if "type" not in taken:
        return None
    taken.setdefault("data", ())
    return Mapping(**taken, shape=shape_of(records))


_USUAL: Final[dict[str, tuple[str, ...]]] = {
    "type": ("eventtype", "type", "eventname", "event", "name", "kind", "action", "messagetype"),
    "stream": (
        *("streamid", "stream", "streamname", "aggregateid", "aggregate", "entityid", "entity"),
        *("subject", "accountid", "account", "orderid", "order", "customerid", "userid", "key"),
    ),
    "version": (
        *("version", "streamversion", "aggregateversion", "revision", "sequencenumber"),
        *("streamposition", "eventnumber"),
    ),
    "position": (
        *("globalposition", "position", "globalsequence", "seqid", "sequence", "seq", "offset"),
        *("no", "id"),
    ),
    "time": (
        *("occurredat", "occurredon", "happenedat", "timestamp", "time", "createdat", "created"),
        *("recordedat", "date", "datetime", "at", "ts", "when"),
    ),
    "data": ("data", "payload", "body", "eventdata", "content", "attributes", "details"),
    "actor": ("actor", "userid", "user", "username", "createdby", "author"),
    "correlation": ("correlationid", "correlation", "traceid", "requestid"),
    "causation": ("causationid", "causation", "parentid"),
}
"""What a part is usually called, the likeliest first, without case, blanks and underscores."""


_VAGUE: Final = frozenset(("event", "name", "kind", "action", "id", "no", "at", "key", "date"))
"""What may be called so in any payload, and means a part only in the record itself."""


def _recurs(records: Sequence[Record], pointer: Pointer) -> bool:
    """Whether several values stand at a pointer, and not another one in every record."""
    values = [value for one in records if (value := look(one.fields, pointer)) is not None]
    distinct = {value if isinstance(value, (str, int)) else None for value in values}
    return None not in distinct and 1 < len(distinct) < len(values)


def _like_a_stream(
    records: Sequence[Record], found: Iterable[Pointer], taken: dict[str, Pointer]
) -> Pointer | None:
    """Where names stand that several events have in common: called an id, or like one to see."""
    best: Pointer | None = None
    for pointer in found:
        if pointer in taken.values() or not _recurs(records, pointer):
            continue
        value = look(records[0].fields, pointer)
        is_called = _letters(pointer[-1]).endswith(_ENDS_OF_NAMES) or (
            len(pointer) > 1 and _letters(pointer[-1]) == "id"
        )
        is_like_one = isinstance(value, str) and _WITH_A_DIGIT.fullmatch(value) is not None
        if is_called and isinstance(value, (str, int)):
            return pointer
        if is_like_one and (best is None or len(pointer) < len(best)):
            best = pointer
    return best


_ENDS_OF_NAMES: Final = ("id", "nr", "no", "key", "number", "uuid", "guid", "ref", "code")
_WITH_A_DIGIT: Final = re.compile(r"(?=.*\d)(?=.*[^\W\d_])[^\s,;]{2,64}")


def _is_written_time(value: object) -> bool:
    if type(value) is int:
        return any(_SINCE_2001 <= value // unit < _UNTIL_2100 for unit in (1, 10**3, 10**6, 10**9))
    if isinstance(value, str) and value.isdecimal():
        return len(value) <= _MOST_TIME_DIGITS and _is_written_time(int(value))
    return isinstance(value, str) and parse_instant(value) is not None


_SINCE_2001: Final = 10**9
_UNTIL_2100: Final = 4_102_444_800
_MOST_TIME_DIGITS: Final = 19


def _is_object(value: object) -> bool:
    return isinstance(opened(value).value if isinstance(value, str) else value, dict)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


_NAME: Final = re.compile(r"[^\W\d_](?:[\w.:\\/$-]*\w)?")
_LIKE: Final[dict[str, Callable[[object], bool]]] = {
    "time": _is_written_time,
    "data": _is_object,
    "type": _is_name,
}
"""What a value of a part looks like, whatever its field is called."""


def _letters(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())


def _suits(part: str, value: object) -> bool:
    """Whether a value is of the kind that a part takes."""
    if part == "data":
        return True
    if part == "time":
        return parse_instant(value) is not None
    if part in ("version", "position"):
        return type(value) is int or (isinstance(value, str) and value.isdecimal())
    return (isinstance(value, str) and bool(value)) or type(value) is int
