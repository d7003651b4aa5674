"""An entry of localStorage, and what may be wrong with it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of localStorage and its value; None, where the browser would not hand it over.

    Where only the beginning of the value was handed over, ``length`` is how long it is.
    """

    key: str
    value: str | None
    length: int | None = None


class Fault(StrEnum):
    """Why an entry is set aside; an unreadable event says for itself what is wrong with it."""

    NOT_HANDED_OVER = "not-handed-over"
    UNKNOWN_KEY = "unknown-key"
    NO_NUMBER = "no-number"
    NO_HEAD = "no-head"
    NO_GLANCE = "no-glance"
    OTHER_GENERATION = "other-generation"
    PLACE_TAKEN = "place-taken"
    TOO_FAR = "too-far"
    TOO_MANY_LINES = "too-many-lines"
    NO_REJECTION = "no-rejection"


@dataclass(frozen=True, slots=True)
class DamagedEntry:
    """An entry that is not what its key promises, and why; it stays where it is."""

    entry: Entry
    reason: Fault | str


def read_entries(text: str) -> list[Entry]:
    """The entries that the browser hands over: the JSON text of a list of them, and pairs.

    Before each key and each value of the pairs is a U+0000, which is in none of them. A line of
    ours is full of quotation marks: to have a thousand of them out of JSON takes longer than to
    read them.
    """
    listed, *plain = text.split("\0")
    pairs = zip(plain[0::2], plain[1::2], strict=True)
    return [*(Entry(*parts) for parts in json.loads(listed)), *(Entry(*pair) for pair in pairs)]
