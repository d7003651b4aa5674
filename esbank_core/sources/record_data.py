"""The data of an event as it stands in a record: in cells, packed, or not exactly its value.

Data that would change if it were written again is found here, so that its own JSON can be kept.
"""

from __future__ import annotations

import binascii
import re
import zlib
from base64 import b64decode
from typing import Final

from esbank_core.kernel.written.canonical_json import LARGEST_EXACT_INTEGER
from esbank_core.sources import json_text
from esbank_core.sources.pointers import Pointer, opened, text_at
from esbank_core.sources.records import Record
from esbank_core.sources.table import Fields

MOST_UNPACKED: Final = 1 << 25
"""Bytes that one event's data may unpack to."""

_BASE64: Final = re.compile(r"[A-Za-z0-9+/]{8,}={0,2}", re.ASCII)
_ZLIB: Final = b"\x78"


def opened_cells(cells: Fields) -> Fields:
    """The fields of a row, with the JSON in its cells opened where that changes nothing."""
    found = {name: opened(cell) if isinstance(cell, str) else None for name, cell in cells.items()}
    return {
        name: cells[name] if one is None or one.written is not None else one.value
        for name, one in found.items()
    }


def is_large(value: object) -> bool:
    """Whether what stands in cells has an integer that no double holds: a database may."""
    cells = value.values() if isinstance(value, dict) else (value,)
    return any(type(cell) is int and abs(cell) > LARGEST_EXACT_INTEGER for cell in cells)


def inexact_at(text: str | None, pointer: Pointer) -> str | None:
    """The JSON of the value at a pointer, as written, where it would change otherwise."""
    if pointer and text is not None:
        text = text_at(text, pointer)
    if text is None:
        return None
    try:
        json_text.decode(text)
    except ValueError:
        return text
    return None


def unpacked(text: str) -> str | None:
    """The text in a column of bytes, as databases and dumps write one; None if it is no text."""
    try:
        if text.startswith("\\x"):
            data = bytes.fromhex(text[2:])
        elif _BASE64.fullmatch(text):
            data = b64decode(text, validate=True)
        else:
            return None
        if data.startswith(_ZLIB):
            unpacking = zlib.decompressobj()
            data = unpacking.decompress(data, MOST_UNPACKED)
            if not unpacking.eof:
                return None
        return data.decode()
    except (ValueError, binascii.Error, zlib.error):
        return None


def without(fields: Fields, pointer: Pointer | None) -> Fields:
    """The fields without the value at a pointer; a text that holds it is left whole."""
    if pointer is None:
        return fields
    if not pointer:
        return {}
    first, *rest = pointer
    if not rest:
        return {name: value for name, value in fields.items() if name != first}
    inner = fields.get(first)
    if not isinstance(inner, dict):
        return fields
    return {**fields, first: without(inner, tuple(rest))}


def as_it_stood(record: Record, name: str, value: object) -> str:
    """A field of a record as JSON, as it was written where that is known."""
    written = record.written.get(name)
    return json_text.compact(value) if written is None else json_text.on_one_line(written)
