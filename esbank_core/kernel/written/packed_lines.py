"""The lines of a long history in little room: packed as they come, unpacked when asked for.

Most lines of a history that is only looked at are asked for once or never, and they take more room
than its events do.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Final, overload

from esbank_core.kernel.append_only import AppendOnly, Continued

RUN: Final = 500
"""How many lines are packed, and unpacked, at once."""

LEVEL: Final = 1
"""How hard zlib tries: harder takes twice as long, and most of a line is a hash and ids anyway."""


class PackedLines(Continued[str]):
    """A sequence of lines that only grows; the last of them, fewer than ``RUN``, are as they came.

    A line is a text without a line break; half a surrogate pair in it stays what it is.
    """

    __slots__ = ("_runs",)

    def __init__(self, lines: Iterable[str] = ()) -> None:
        packed, rest = _packed(list(lines))
        self._go_on(AppendOnly(packed), rest)

    def _go_on(self, runs: AppendOnly[bytes], rest: Iterable[str]) -> None:
        super().__init__(_Unpacked(runs), rest)
        self._runs = runs

    @property
    def packed(self) -> Sequence[bytes]:
        """The runs that are packed: what most of the lines take."""
        return self._runs

    def plus(self, items: Iterable[str]) -> AppendOnly[str]:
        """Return these lines followed by others; these stay as they are."""
        packed, rest = _packed([*self[self._start :], *items])
        longer = PackedLines.__new__(PackedLines)
        longer._go_on(self._runs.plus(packed) if packed else self._runs, rest)
        return longer


class _Unpacked(Sequence[str]):
    """The lines of packed runs, each of ``RUN``."""

    def __init__(self, runs: AppendOnly[bytes]) -> None:
        self._runs = runs

    def __len__(self) -> int:
        return len(self._runs) * RUN

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(map(_unpacked, self._runs))

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            if step != 1:
                return [self[at] for at in range(start, stop, step)]
            first = start // RUN
            runs = map(_unpacked, self._runs[first : -(-stop // RUN)])
            return list(chain.from_iterable(runs))[start - first * RUN : stop - first * RUN]
        place = range(len(self))[index]
        return _unpacked(self._runs[place // RUN])[place % RUN]


def _packed(lines: list[str]) -> tuple[list[bytes], list[str]]:
    """Full runs of lines, packed, and the rest of them."""
    full = len(lines) // RUN * RUN
    texts = ("\n".join(lines[start : start + RUN]) for start in range(0, full, RUN))
    runs = [zlib.compress(text.encode("utf-8", "surrogatepass"), LEVEL) for text in texts]
    return runs, lines[full:]


@lru_cache(maxsize=2)  # only a memory: whoever goes through a history asks for one after the other
def _unpacked(run: bytes) -> list[str]:
    return zlib.decompress(run).decode("utf-8", "surrogatepass").split("\n")
