"""Bytes to text: unpacked where they are packed, and decoded as what they are.

Gzip is told by its first bytes, UTF-16 and UTF-8 by a byte order mark or by the zeros between
ASCII characters. What goes wrong half-way ends the text and is kept for whoever asks: what
came before it counts. Memory is for one chunk at a time.

Source: RFC 1952 (gzip), the Unicode Standard 3.10 and 23.8 (encoding schemes, byte order mark).
"""

from __future__ import annotations

import codecs
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from esbank_core.sources.records import Why

MOST_UNPACKED: Final = 1 << 33
"""Bytes that a packed file may unpack to: beyond any dump that is stepped through."""

GZIP: Final = b"\x1f\x8b"
SQLITE: Final = b"SQLite format 3\x00"

_PIECE: Final = 1 << 18
"""Bytes unpacked at a time."""
_DEEPEST_PACKING: Final = 2
"""How often a file may be packed within itself."""
_WITH_HEADER: Final = 16 + zlib.MAX_WBITS
"""The window bits by which zlib reads gzip's header itself."""
_LOOK: Final = 64
"""Bytes at which an encoding is told."""

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Unpacked:
    """The bytes of a file, unpacked; whether they were packed, and what went wrong with that."""

    def __init__(self, chunks: Iterable[bytes], most: int = MOST_UNPACKED) -> None:
        self.is_packed = False
        self.trouble: Why | None = None
        self._most = most
        self._count = 0
        self._depth = 0
        self._chunks = self._open(iter(chunks))

    def __iter__(self) -> Iterator[bytes]:
        """The bytes, in chunks none of which is empty."""
        return self._chunks

    def _open(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        head = b""
        for chunk in chunks:
            head += chunk
            if len(head) >= len(GZIP):
                break
        if not head.startswith(GZIP) or self._depth == _DEEPEST_PACKING:
            yield from filter(None, chain([head], chunks))
            return
        self.is_packed = True
        self._depth += 1
        yield from self._open(self._unpack(chain([head], chunks)))

    def _unpack(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        unpacking = zlib.decompressobj(_WITH_HEADER)
        is_whole = False
        for chunk in chunks:
            rest = chunk
            while rest:
                if unpacking.eof:  # another member follows, as of files put together
                    if not rest.strip(b"\0"):
                        break
                    unpacking = zlib.decompressobj(_WITH_HEADER)
                try:
                    piece = unpacking.decompress(rest, _PIECE)
                except zlib.error:
                    self.trouble = Why.BROKEN_GZIP
                    return
                self._count += len(piece)
                if self._count > self._most:
                    self.trouble = Why.UNPACKS_TOO_LARGE
                    return
                if piece:
                    yield piece
                is_whole = unpacking.eof
                rest = unpacking.unused_data if is_whole else unpacking.unconsumed_tail
        if not is_whole:
            self.trouble = Why.CUT_SHORT


class Decoded:
    """The text of a file, in chunks, and its encoding; bytes that are no text stay as halves.

    A byte that does not belong stands as half of a surrogate pair (PEP 383), so that it spoils
    the record that it is in, and no other.
    """

    def __init__(self, chunks: Iterable[bytes]) -> None:
        source = iter(chunks)
        self.head = b""
        for chunk in source:
            self.head += chunk
            if len(self.head) >= _LOOK:
                break
        self.encoding, mark = _encoding_of(self.head)
        self._chunks = chain([self.head[mark:]], source)
        self.is_spoilt = False
        """Whether a byte was found that does not belong."""

    def __iter__(self) -> Iterator[str]:
        """The text, without its byte order mark."""
        decoder = codecs.getincrementaldecoder(self.encoding)("strict")
        for chunk in self._chunks:
            if not self.is_spoilt:
                state = decoder.getstate()
                try:
                    yield decoder.decode(chunk)
                    continue
                except UnicodeDecodeError:
                    self.is_spoilt = True
                    decoder = codecs.getincrementaldecoder(self.encoding)(self._errors)
                    decoder.setstate(state)
            yield decoder.decode(chunk)
        # A character that the end of the file cuts is left out: what it stands in is cut as well.

    def as_bytes(self) -> Iterator[bytes]:
        """The bytes as they are, without their mark, instead of their text."""
        return self._chunks

    def all_bytes(self) -> bytes:
        """The same, all of them at once."""
        return b"".join(self._chunks)

    @property
    def _errors(self) -> str:
        # UTF-16 has no bytes to keep apart: a half of a pair there is what it is.
        return "surrogateescape" if self.encoding == "utf-8" else "surrogatepass"


def is_spoilt(text: str) -> bool:
    """Whether a text holds what is no character."""
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _encoding_of(head: bytes) -> tuple[str, int]:
    """The encoding that the first bytes of a text tell, and how many bytes mark it."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, len(mark)
    even, odd = head[0:_LOOK:2], head[1:_LOOK:2]
    if even and odd:
        if not any(even) and all(odd):
            return "utf-16-be", 0
        if not any(odd) and all(even):
            return "utf-16-le", 0
    return "utf-8", 0
