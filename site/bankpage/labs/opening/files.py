"""What is read and what comes of it: a file that was fetched, how it is meant, and its events."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from bankpage.labs.opening.glimpse import Glimpse
from esbank_core.bank.account import Readable
from esbank_core.sources import ALL, Mapping, Outcome, Part, Why
from esbank_core.sources.reading import Choice

CHUNK: Final = 1 << 18
"""Bytes of lines that are read at once: of our own, which are quick, some 500 events as well."""


class Run(NamedTuple):
    """Some events, one after another, and the line of each."""

    events: Sequence[Readable]
    lines: Sequence[str] | None
    """None where they come from another store, and have none yet."""


class Sorting(NamedTuple):
    """Nothing yet: records have been read that are to be put in order."""

    records: int


class Pieces:
    """The bytes of a file, handed out once: what has been read is let go of."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = deque(pieces)
        self.all = sum(map(len, self._pieces))
        self.read = 0

    def __iter__(self) -> Iterator[bytes]:
        """The bytes, in chunks of ``CHUNK`` at most."""
        while self._pieces:
            piece = memoryview(self._pieces.popleft())
            for start in range(0, len(piece), CHUNK):
                chunk = piece[start : start + CHUNK].tobytes()
                self.read += len(chunk)
                yield chunk


class File(NamedTuple):
    """A file that has been fetched, or its first part."""

    name: str
    glimpse: Glimpse
    pieces: Pieces
    is_cut: bool = False
    """Whether it goes on after what was fetched, so that its last line is none."""
    is_part: bool = False
    """Whether no more is wanted than there is room for."""

    def may_end_by(self, why: Why | None) -> bool:
        """Whether it may end where this is what ends it."""
        return (why is Why.CUT_SHORT and self.is_cut) or (
            why is Why.UNPACKS_TOO_LARGE and self.is_part
        )


Step = Run | Sorting | Outcome


@dataclass(frozen=True, slots=True)
class Manner:
    """How the records of another store are to be read."""

    choice: Choice = None
    """As whose, or by which fields; None for what they seem to be."""
    mappings: tuple[Mapping, ...] = ()
    """What was set by hand for records of some shapes."""
    is_asked: bool = False
    """Whether the reader is to be asked, whatever they seem to be."""
    part: Part = ALL
    """Which events are wanted."""


SEEMING: Final = Manner()
"""As what they seem to be."""
