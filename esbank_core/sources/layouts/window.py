"""A window that moves over a text of any length: what is being read, and as much as that takes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from esbank_core.sources import json_text

LONGEST_RECORD: Final = 1 << 25
"""Characters in a record. An event is a few hundred; this leaves room for one with a document."""

_SEPARATORS: Final = re.compile(r"[ \t\n\r,\x1e]*")
"""Between records: white space, commas, and the separator of JSON text sequences (RFC 7464)."""
_SHOWN: Final = 1_000
_PIECE: Final = 1 << 16
"""Characters taken at once: what is broken costs as much as is held."""


class Window:
    """A text that comes in chunks, read from ``at`` on; what was read is let go."""

    def __init__(self, chunks: Iterable[str]) -> None:
        self._chunks = _in_pieces(chunks)
        self.buffer = ""
        self.at = 0
        self.has_ended = False
        self.is_kept = False
        """Whether what was read is still wanted."""
        self.patience = 1 << 27
        """Characters that may yet be looked at in vain, so that no file takes for ever."""
        self._may_be_deep = False
        self._line = 1
        self._counted = 0

    def more(self, least: int = 1) -> bool:
        """Hold at least so many characters more; whether there was one. Moves ``at``."""
        if self.has_ended:
            return False
        if not self.is_kept:
            self.count_lines()
            self.buffer = self.buffer[self.at :]
            self.at = self._counted = 0
        pieces: list[str] = []
        count = 0
        while count < least:
            piece = next(self._chunks, None)
            if piece is None:
                self.has_ended = True
                break
            pieces.append(piece)
            count += len(piece)
        self.buffer += "".join(pieces)
        self._may_be_deep = json_text.may_be_deep(self.buffer, self.at)
        return count > 0

    def is_deep(self) -> bool:
        """Whether what is read next is nested too deep to be decoded."""
        deep = json_text.deep_at(self.buffer, self.at) if self._may_be_deep else -1
        if deep < 0:
            return False
        try:
            json_text.end_at(self.buffer[self.at : deep], 0)
        except ValueError as broken:
            # Brackets of broken records, which nothing closes, add up as well.
            return getattr(broken, "pos", 0) >= deep - self.at
        return False

    def count_lines(self) -> int:
        """The line that the reading stands on, from 1."""
        self._line += self.buffer.count("\n", self._counted, self.at)
        self._counted = self.at
        return self._line

    def skip(self) -> None:
        """Pass over what may stand between records."""
        while True:
            found = _SEPARATORS.match(self.buffer, self.at)
            self.at = found.end() if found else self.at
            if self.at < len(self.buffer) or not self.more():
                return

    def peek(self) -> str:
        """The character that is read next; empty at the end."""
        return self.buffer[self.at : self.at + 1]

    def rest(self) -> str:
        """The beginning of what is read next."""
        return self.buffer[self.at : self.at + _SHOWN]

    def held(self) -> int:
        """Characters held that were not read yet."""
        return len(self.buffer) - self.at

    def value_end(self, most: int = LONGEST_RECORD) -> int:
        """Where the value ends that is read next; -1 where it is not whole, or too long."""
        while True:
            end = json_text.end_of_value(self.buffer, self.at)
            is_closed = self.peek() in ("{", "[", '"') or end < len(self.buffer)
            if end >= 0 and (is_closed or self.has_ended):
                return end if end - self.at <= most else -1
            if self.has_ended or self.held() > most or not self.more(self.held()):
                return end if 0 <= end - self.at <= most else -1


def _in_pieces(chunks: Iterable[str]) -> Iterator[str]:
    for chunk in chunks:
        for start in range(0, len(chunk), _PIECE):
            yield chunk[start : start + _PIECE]
