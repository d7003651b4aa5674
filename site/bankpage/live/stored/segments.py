"""Segments: a run of old events packed into one value, a tenth as long as their lines.

    1 w 1000 <hash before the first event> <hash of the last> <packed lines>

The lines are packed without their hashes, which cannot be compressed and can be computed again:
from the hash before the first event, one after the other. They have to lead to the hash of the
last; where they do not, that one still stands in the last line, and whoever verifies the chain
finds it broken within the segment. A line is packed only if it comes out letter by letter as it
went in, so that one whose hash does not follow never is.
"""

from __future__ import annotations

import re
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Final, NamedTuple, overload

from bankpage.live.stored.characters import from_narrow, from_wide, to_narrow, to_wide
from esbank_core.bank.account import CODEC
from esbank_core.kernel.errors import Damage, UnfitLine
from esbank_core.kernel.identity import Position
from esbank_core.kernel.written.chain import HASH_ATTRIBUTE
from esbank_core.kernel.written.cloud_events import SEQUENCE_DIGITS
from esbank_core.kernel.written.sealing import Sealing

MOST_EVENTS: Final = 1000
"""How many events a segment holds at most."""

HEADER_LENGTH: Final = 160
"""More characters of a segment than stand before what is packed, as ``edge/storage`` has it."""

LEVEL: Final = 6
"""How hard zlib tries: at its hardest it takes three times as long for a twentieth less."""

VERSION: Final = 1
_LONGEST_PACKED: Final = 2**22
"""Bytes of lines in a segment: as much as memory is given to one, whatever it says it holds."""

_MOST_EVENTS_A_CHARACTER: Final = 4
"""No more are believed to be lost in a damaged segment than could ever have been packed in it."""

_HEADER: Final = re.compile(
    r"([1-9][0-9]{0,8}) ([wn]) ([1-9][0-9]{0,3}) ([0-9a-f]{64}) ([0-9a-f]{64}) ", re.ASCII
)
_KEY: Final = re.compile(
    rf"esbank/ledger/([1-9][0-9]{{0,8}})/([0-9]{{{SEQUENCE_DIGITS}}})-([0-9]{{{SEQUENCE_DIGITS}}})"
    rf"(?:-([0-9]{{{SEQUENCE_DIGITS}}}))?",
    re.ASCII,
)
_HASH: Final = re.compile(rf'"{HASH_ATTRIBUTE}":"([0-9a-f]{{64}})"')
_SEALING: Final = Sealing(CODEC)


class Name(NamedTuple):
    """What the key of a segment says.

    ``until`` is there where the segment was written by an import: the position of the append
    that was written last of it. It counts once the ledger goes as far.
    """

    generation: int
    first: Position
    last: Position
    until: Position | None = None

    @classmethod
    def of(cls, key: str) -> Name | None:
        """What a key says; None if it is not that of a segment."""
        named = _KEY.fullmatch(key)
        if named is None:
            return None
        generation, first, last = int(named[1]), int(named[2]), int(named[3])
        if not 0 < first <= last < first + MOST_EVENTS:
            return None
        until = Position(int(named[4])) if named[4] else None
        return cls(generation, Position(first), Position(last), until)

    @property
    def key(self) -> str:
        """The key in localStorage."""
        places = [self.first, self.last, *([] if self.until is None else [self.until])]
        numbers = "-".join(f"{place:0{SEQUENCE_DIGITS}d}" for place in places)
        return f"esbank/ledger/{self.generation}/{numbers}"

    @property
    def events(self) -> int:
        """How many events there are in it."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment as it is stored: where it stands, the hash before it and the one it ends with.

    ``text`` is its whole value, or as much of it as has been handed over.
    """

    name: Name
    hash_before: str
    hash_after: str
    text: str


class Unpacked(NamedTuple):
    """The lines of a segment, and whether their hashes lead to the one that it says."""

    lines: tuple[str, ...]
    is_whole: bool

    @property
    def last_hashes(self) -> tuple[str, str]:
        """The hash of the last line but one (empty, if there is none), and of the last."""
        return (
            hash_in(self.lines[-2]) if len(self.lines) > 1 else "",
            hash_in(self.lines[-1]),
        )


def hash_in(line: str) -> str:
    """The hash that a line of ours carries; empty if it carries none."""
    found = _HASH.search(line)
    return found[1] if found else ""


def pack(
    lines: Iterable[str], name: Name, hash_before: str, *, is_narrow: bool = False
) -> Segment | None:
    """A run of lines as a segment; None if they would not come out again as they are."""
    packed: list[str] = []
    hash_after = hash_before
    for line in lines:
        unsealed = _SEALING.unseal(line, hash_after)
        if unsealed is None:
            return None
        packed.append(unsealed[0])
        hash_after = unsealed[1]
    try:
        payload = "\n".join(packed).encode()
    except UnicodeEncodeError:
        return None
    if len(payload) > _LONGEST_PACKED or len(packed) != name.events:
        return None
    data = zlib.compress(payload, LEVEL)
    kind, body = ("n", to_narrow(data)) if is_narrow else ("w", to_wide(data))
    text = f"{VERSION} {kind} {len(packed)} {hash_before} {hash_after} {body}"
    return Segment(name, hash_before, hash_after, text)


def packable(lines: Sequence[str], hash_before: str) -> int:
    """How many of these lines, from the first on, come out again as they are."""
    for nth, line in enumerate(lines):
        unsealed = _SEALING.unseal(line, hash_before)
        if unsealed is None:
            return nth
        hash_before = unsealed[1]
    return len(lines)


def segment_in(name: Name, text: str) -> Segment:
    """The segment that a value, or the beginning of one, is.

    Raises:
        Damage: it is none, or one of a later version.
    """
    found = _HEADER.match(text)
    if found is None:
        raise Damage("It does not begin as a segment does.", text)
    if int(found[1]) != VERSION:
        raise Damage("It was packed by another version of this page.", text)
    if int(found[3]) != name.events:
        raise Damage("It says that it holds another number of events than its key.", text)
    return Segment(name, found[4], found[5], text)


@lru_cache(maxsize=4)  # only a memory: whoever goes through a history asks for one after the other
def unpack(segment: Segment) -> Unpacked:
    """The lines of a segment.

    Raises:
        Damage: it cannot be unpacked.
    """
    kind, body = segment.text.split(" ", 5)[1::4]
    try:
        data = from_narrow(body) if kind == "n" else from_wide(body)
        unpacking = zlib.decompressobj()
        payload = unpacking.decompress(data, _LONGEST_PACKED)
        if not unpacking.eof:
            raise Damage("It is cut, or holds more than a segment does.", segment.text)
        texts = payload.decode().split("\n")
        if len(texts) != segment.name.events:
            raise Damage("It holds another number of events than it says.", segment.text)
        lines, hash_after = _SEALING.seal(texts, segment.hash_before)
    except (ValueError, zlib.error, UnfitLine):
        raise Damage("It cannot be unpacked.", segment.text) from None
    is_whole = hash_after == segment.hash_after
    if not is_whole:
        stated = f'"{HASH_ATTRIBUTE}":"{segment.hash_after}"'
        lines[-1] = _HASH.sub(stated, lines[-1], count=1)
    return Unpacked(tuple(lines), is_whole)


def most_lost(name: Name, text: str) -> int:
    """How many events are believed to be lost in a segment that cannot be unpacked."""
    return min(name.events, _MOST_EVENTS_A_CHARACTER * len(text))


Run = Segment | tuple[str, ...]
"""Lines that stand one after the other: in a segment, or as they are."""


class Lines(Sequence[str]):
    """The lines of runs that follow one another, those of segments unpacked when asked for."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self._runs = runs
        self._ends = list(accumulate(map(_length, runs)))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __iter__(self) -> Iterator[str]:
        for run in self._runs:
            yield from _lines_of(run)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            return list(self._between(start, max(start, stop)))[::step]
        place = index if index >= 0 else len(self) + index
        if not 0 <= place < len(self):
            raise IndexError(f"no line {index} of {len(self)}")
        nth = bisect_right(self._ends, place)
        lines = _lines_of(self._runs[nth])
        return lines[place - self._ends[nth] + len(lines)]

    def _between(self, start: int, stop: int) -> Iterator[str]:
        nth = bisect_right(self._ends, start)
        while start < stop:
            lines = _lines_of(self._runs[nth])
            begin = self._ends[nth] - len(lines)
            yield from lines[start - begin : stop - begin]
            start = self._ends[nth]
            nth += 1


def _length(run: Run) -> int:
    return run.name.events if isinstance(run, Segment) else len(run)


def _lines_of(run: Run) -> tuple[str, ...]:
    return unpack(run).lines if isinstance(run, Segment) else run
