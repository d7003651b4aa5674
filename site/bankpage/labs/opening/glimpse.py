"""What a file is, by its first bytes: told before the rest of it is asked for."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from esbank_core.kernel.written.json_lines import LONGEST_LINE
from esbank_core.sources import NoRecords, Why
from esbank_core.sources.layouts.layout import layout_of
from esbank_core.sources.layouts.text import GZIP, SQLITE, Decoded

HEAD: Final = LONGEST_LINE + 4096
"""Bytes that are looked at: no line of events is longer than these."""

_WITH_HEADER: Final = 16 + zlib.MAX_WBITS
_LOG_BYTES: Final = slice(18, 20)
"""Where SQLite's header says whether a write-ahead log goes with the file: 2 where one does."""
_DEEPEST_PACKING: Final = 2

# No text has these; a form feed or a vertical tab may stray into one.
_NO_TEXT: Final = re.compile(r"[\x00-\x08\x0e-\x1a\x1c\x1d]")
_BLANK: Final = " \t\r\n\x1e"
_WITH_HASHES: Final = {"predecessorhash", "hash"}
"""What CloudEvents of EventSourcingDB have beside theirs, which its reader verifies."""
_OPENING: Final = re.compile(r'\{|\[\s*[\[{"]')
"""How a text begins of which the first value should end some time."""
_ARRAY_OF_OBJECTS: Final = re.compile(r"\[\s*\{")


class Kind(Enum):
    """What a file may be worth trying as."""

    EVENT_LINES = auto()
    """JSON Lines, of CloudEvents that carry no other store's hashes."""
    DATABASE = auto()
    RECORDS = auto()
    """Any other text: an array, a table of values, somebody's lines."""


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What the beginning of a file tells."""

    kind: Kind
    expands: float = 1.0
    """How many bytes each of its bytes unpacks to, as far as that was seen."""
    encoding: str = "utf-8"
    has_log: bool = False
    """Whether a database was left with a write-ahead log beside it."""
    per_event: int = 0
    """Bytes of a line, of those that were seen; 0 where that is not known."""
    first: Mapping[str, object] = field(default_factory=dict)
    """The first object that stands in the text, if one does."""


def glimpse(head: bytes, *, is_all: bool) -> Glimpse:
    """What a file is that begins with ``head``; ``is_all``, if it ends there.

    Raises:
        NoRecords: whatever comes after it, there is nothing in it to be read.
    """
    content, expands = _unpacked(head, is_all=is_all)
    if content.startswith(SQLITE):
        return Glimpse(Kind.DATABASE, expands, "", has_log=2 in content[_LOG_BYTES])
    decoded = Decoded([content])
    text = "".join(decoded)
    if _NO_TEXT.search(text):
        raise NoRecords(Why.NOT_TEXT, 1)
    layout_of(text, is_all=is_all and content is head)
    text = text.lstrip(_BLANK)
    lines = text.count("\n")
    first, end = _first_object(text)
    is_long = not end and not lines and len(text) > LONGEST_LINE
    is_within = text.startswith("{") and _ARRAY_OF_OBJECTS.search(text)
    if is_long and _OPENING.match(text) and not is_within:
        raise NoRecords(Why.TOO_LONG, 1, text)
    is_line = text.startswith("{") and (text.find("\n") >= end or not lines)
    is_plain = "specversion" in first and not first.keys() >= _WITH_HASHES
    kind = Kind.EVENT_LINES if is_line and is_plain else Kind.RECORDS
    per_event = len(content) // lines if lines else 0
    return Glimpse(kind, expands, decoded.encoding, False, per_event, first)


def _unpacked(head: bytes, *, is_all: bool) -> tuple[bytes, float]:
    """The beginning of a file, unpacked as often as it is packed, and how much larger that is.

    Raises:
        NoRecords: it is damaged, or cut off before there is anything in it.
    """
    expands = 1.0
    for _ in range(_DEEPEST_PACKING):
        if not head.startswith(GZIP):
            break
        unpacking = zlib.decompressobj(_WITH_HEADER)
        try:
            content = unpacking.decompress(head, HEAD)
        except zlib.error:
            raise NoRecords(Why.BROKEN_GZIP, 0) from None
        if is_all and not content and not unpacking.eof:
            raise NoRecords(Why.CUT_SHORT, 0)
        rest = len(unpacking.unconsumed_tail) + len(unpacking.unused_data)
        expands *= len(content) / (len(head) - rest)
        head = content
    return head, expands


def _first_object(text: str) -> tuple[Mapping[str, object], int]:
    """The first object in a text or in its array, and where it ends; an empty one if none does."""
    start = len(text) - len(text[1:].lstrip(_BLANK)) if text.startswith("[") else 0
    try:
        value, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return {}, 0
    return (value, end) if isinstance(value, dict) else ({}, end)
