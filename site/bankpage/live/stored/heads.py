"""How far the ledger went when it was last written, kept beside it: so a missing end is noticed."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

from esbank_core.kernel.identity import Position
from esbank_core.kernel.written.chain import HASH_ATTRIBUTE
from esbank_core.kernel.written.cloud_events import SEQUENCE_DIGITS

_HASH_DIGITS: Final = 64
_HASH: Final = re.compile(rf"[0-9a-f]{{{_HASH_DIGITS}}}")
_HEAD: Final = re.compile(
    rf"([1-9][0-9]{{0,8}})/([0-9]{{{SEQUENCE_DIGITS}}})/([0-9a-f]{{{_HASH_DIGITS}}})", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Head:
    """How far the ledger went when it was last written: its last event, and that one's hash."""

    generation: int
    position: Position
    hash: str


def head_after(key: str, text: str) -> Head:
    """How far the ledger goes after an append of our own."""
    _, _, generation, first = key.split("/")
    lines = text.split("\n")
    return Head(int(generation), Position(int(first) + len(lines) - 1), hash_of(lines[-1]))


def write_head(head: Head) -> str:
    """How far the ledger goes, as it is kept beside it."""
    return f"{head.generation}/{head.position:0{SEQUENCE_DIGITS}d}/{head.hash}"


def read_head(value: str) -> Head | None:
    """How far a ledger went, as it was kept beside it; None where that is none."""
    named = _HEAD.fullmatch(value)
    return Head(int(named[1]), Position(int(named[2])), named[3]) if named else None


def hash_of(line: str) -> str:
    """The hash that a line carries, empty if none."""
    own = line.partition(f'"{HASH_ATTRIBUTE}":"')[2][:_HASH_DIGITS]
    if _HASH.fullmatch(own):
        return own
    given = json.loads(line).get(HASH_ATTRIBUTE)  # in another producer's spelling
    return given if isinstance(given, str) and _HASH.fullmatch(given) else ""
