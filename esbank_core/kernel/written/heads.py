"""Kept heads: the last hash of a chain as a small text that is kept elsewhere, and held against it.

A chain shows what was altered within it, and not what is missing at its end, nor that all of it
was hashed anew: both show against a head that somebody kept where the history is not. The text
is made for people and for printers; page and command line read the same one, and a bare hash.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from esbank_core.kernel.errors import Damage, UnfitLine
from esbank_core.kernel.identity import GENESIS, Position
from esbank_core.kernel.written.audit import Audit
from esbank_core.kernel.written.chain import GENESIS_HASH, HASH_ATTRIBUTE
from esbank_core.kernel.written.json_lines import parse_text
from esbank_core.kernel.written.times import format_time, parse_time

LONGEST_HEAD: Final = 1000
"""Characters in a text that may be a head; ours has some 120."""

_HASH: Final = re.compile("[0-9a-f]{64}")
_KEPT: Final = re.compile(
    r"esbank head of ([0-9]{1,12}) events?\s*kept (\S{10,40}?)\s*sha256 ([0-9a-f]{64})"
)


class NoHeadError(ValueError):
    """A text that is no head: neither one that was kept nor a hash."""


@dataclass(frozen=True, slots=True)
class KeptHead:
    """The hash of the last event of a history, of how many it was, and when it was kept.

    A bare hash says neither.
    """

    hash: str
    events: int | None = None
    kept: datetime | None = None


class Relation(StrEnum):
    """What a history is to one whose head is known."""

    SAME = "same"
    GROWN = "grown"
    ANOTHER = "another"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of a known head: where its event stands, and how many came after."""

    relation: Relation
    position: Position | None = None
    since: int = 0


def write_head(head: KeptHead) -> str:
    """The text of a head, to be kept; three lines, or one where little is known."""
    if head.events is None or head.kept is None:
        return f"{head.hash}\n"
    events = "event" if head.events == 1 else "events"
    return (
        f"esbank head of {head.events} {events}\n"
        f"kept {format_time(head.kept)}\n"
        f"sha256 {head.hash}\n"
    )


def read_head(text: str) -> KeptHead:
    """The head in a text, whatever white space it came with.

    Raises:
        NoHeadError: there is none.
    """
    if len(text) > LONGEST_HEAD:
        raise NoHeadError("It is too long for a head.")
    typed = text.strip().strip("\ufeff").strip()
    if _HASH.fullmatch(typed.lower()):
        return KeptHead(typed.lower())
    named = _KEPT.fullmatch(typed)
    if named is None:
        raise NoHeadError("It is neither a kept head nor a hash of 64 hexadecimal digits.")
    try:
        return KeptHead(named[3], int(named[1]), parse_time(named[2]))
    except Damage:
        raise NoHeadError(f"“{named[2]}” is not a time at which a head was kept.") from None


def compare(lines: Sequence[str], audit: Audit, head: KeptHead) -> Comparison:
    """Hold a history, as lines and what its audit found, against a head that is known.

    Only what is as it was written counts: what stands behind a break may say any hash.
    """
    intact = audit.events if audit.broken is None else audit.broken.position - 1
    position = place_of(lines[:intact], head.hash)
    if position is None:
        return Comparison(Relation.ANOTHER)
    since = len(lines) - position
    return Comparison(Relation.GROWN if since else Relation.SAME, position, since)


def place_of(lines: Sequence[str], hash_: str) -> Position | None:
    """Where the event stands whose line carries a hash; Genesis has one as well."""
    if hash_ == GENESIS_HASH:
        return GENESIS
    for nth in range(len(lines), 0, -1):
        line = lines[nth - 1]
        if hash_ in line and carried_hash(line) == hash_:
            return Position(nth)
    return None


def carried_hash(line: str) -> str:
    """The hash that a line says it has; empty where it says none, or is no line."""
    before, _, after = line.partition(f'"{HASH_ATTRIBUTE}":"')
    # Of the line itself and of nothing within it, and the only one: then it need not be parsed.
    if before.rfind("{") == 0 and HASH_ATTRIBUTE not in after and _HASH.fullmatch(after[:64]):
        return after[:64]
    try:
        given = parse_text(line).get(HASH_ATTRIBUTE)
    except UnfitLine:
        return ""
    return given if isinstance(given, str) else ""
