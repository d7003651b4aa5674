"""Bytes as characters of localStorage, with as many bits each as the browser keeps and counts well.

Wide, a character carries 15 bits: from U+3400 to U+B3FF, all of them characters and none half of a
surrogate pair. Narrow, it carries 8: U+0000 to U+00FF. WebKit counts a wide character as two, so
that narrow ones hold more there; elsewhere a character is a character.

Eight wide characters carry fifteen bytes. Their low halves are bytes as they come; of the seven
bits of their high halves, those of the eighth are the spare top bits of the other seven. So laid
out in planes, every step is one on whole strings and integers, and none on single characters.
"""

from __future__ import annotations

from typing import Final

_BYTES: Final = 15
_CHARACTERS: Final = 8
_FIRST: Final = 0x34
"""The high half of the first wide character."""
_HALVES: Final = 0x80

_UTF_16: Final = "utf-16"
"""As machines that run browsers have it, low half first. Any other name wants a module read."""
_MARK: Final = "".encode(_UTF_16)
"""What it begins with when it is written; none of our characters is taken for it."""

_TO_HIGH: Final = bytes((value + _FIRST) % 256 for value in range(256))
_FROM_HIGH: Final = bytes((value - _FIRST) % 256 for value in range(256))
_OF_HIGH: Final = bytes(range(_FIRST, _FIRST + _HALVES))


def to_wide(data: bytes) -> str:
    """Bytes as wide characters; zeros behind them fill the last eight."""
    groups = -(-len(data) // _BYTES)
    data = data.ljust(groups * _BYTES, b"\0")
    low, rest = data[: groups * _CHARACTERS], data[groups * _CHARACTERS :]
    mask = _repeated(0x7F, groups)
    high = []
    spare = 0
    for nth in range(_CHARACTERS - 1):
        plane = int.from_bytes(rest[nth * groups : (nth + 1) * groups], "little")
        high.append((plane & mask).to_bytes(groups, "little"))
        spare |= ((plane >> 7) & _repeated(0x01, groups)) << nth
    high.append(spare.to_bytes(groups, "little"))
    units = bytearray(2 * groups * _CHARACTERS)
    units[0::2] = low
    units[1::2] = b"".join(high).translate(_TO_HIGH)
    return units.decode(_UTF_16)


def from_wide(text: str) -> bytes:
    """The bytes that wide characters carry, and the zeros that filled them up.

    Raises:
        ValueError: the text is of other characters, or not of whole groups of them.
    """
    units = text.encode(_UTF_16, "surrogatepass")[len(_MARK) :]
    low, high = units[0::2], units[1::2]
    if len(low) % _CHARACTERS or high.translate(None, delete=_OF_HIGH):
        raise ValueError("The text is cut, or holds characters of something else.")
    groups = len(low) // _CHARACTERS
    high = high.translate(_FROM_HIGH)
    spare = int.from_bytes(high[groups * (_CHARACTERS - 1) :], "little")
    ones = _repeated(0x01, groups)
    planes = []
    for nth in range(_CHARACTERS - 1):
        plane = int.from_bytes(high[nth * groups : (nth + 1) * groups], "little")
        plane |= ((spare >> nth) & ones) << 7
        planes.append(plane.to_bytes(groups, "little"))
    return low + b"".join(planes)


def to_narrow(data: bytes) -> str:
    """Bytes as narrow characters, one each."""
    return data.decode("latin-1")


def from_narrow(text: str) -> bytes:
    """The bytes that narrow characters carry.

    Raises:
        ValueError: the text is of other characters.
    """
    return text.encode("latin-1")


def _repeated(value: int, times: int) -> int:
    return int.from_bytes(bytes([value]) * times, "little")
