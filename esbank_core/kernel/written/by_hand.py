"""One event checked by hand: what is hashed, and the commands that hash it on any machine.

Nobody has to believe a program about a chain. What an event's hash covers is the hash before it
and the event's canonical JSON, one after the other, as bytes of UTF-8; ``sha256sum`` and Python
give the same hash of them as this program does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from esbank_core.kernel.identity import Position
from esbank_core.kernel.written.canonical_json import canonical_json
from esbank_core.kernel.written.chain import GENESIS_HASH, HASH_ATTRIBUTE, hash_of
from esbank_core.kernel.written.heads import carried_hash
from esbank_core.kernel.written.json_lines import check_text, parse_text

PYTHON: Final = "python3"

_PLAIN: Final = frozenset(range(0x20, 0x7F)) - {ord("'"), ord("\\"), ord("%")}
"""Bytes that stand for themselves in a shell's quotes and in printf's format."""


@dataclass(frozen=True, slots=True)
class ByHand:
    """What the hash of one event is made of, what it is, and what its line says it is."""

    position: Position
    before: str
    content: str
    hash: str
    carried: str

    @property
    def hashed(self) -> str:
        """The text whose UTF-8 is hashed."""
        return self.before + self.content

    @property
    def holds(self) -> bool:
        """Whether the event is the one that was written after the one before it."""
        return self.hash == self.carried


def by_hand(lines: Sequence[str], position: Position) -> ByHand:
    """The event at a position, from 1 to the number of lines, to be checked by hand.

    Raises:
        UnfitLine: its line is none.
        ValueError: it has no canonical form.
    """
    line = lines[position - 1]
    check_text(line)
    document = parse_text(line)
    carried = document.pop(HASH_ATTRIBUTE, "")
    content = canonical_json(document)
    before = GENESIS_HASH if position == 1 else carried_hash(lines[position - 2])
    return ByHand(
        position,
        before,
        content,
        hash_of(before, content),
        carried if isinstance(carried, str) else "",
    )


def sha256sum_command(text: str) -> str:
    """A line for a POSIX shell that prints the SHA-256 of a text; of ASCII alone, in any locale."""
    if text.isascii() and text.isprintable() and "'" not in text:
        return f"printf %s '{text}' | sha256sum"
    escaped = "".join(
        chr(byte) if byte in _PLAIN else f"\\{byte:03o}" for byte in text.encode("utf-8")
    )
    return f"printf '{escaped}' | sha256sum"


def python_command(text: str) -> str:
    """A line that prints the same by Python, for the shells of POSIX and of Windows.

    What one of them would take for its own is written as Python writes it, in digits.
    """
    literal = "".join(map(_in_python, text))
    program = f"import hashlib; print(hashlib.sha256('{literal}'.encode()).hexdigest())"
    return f'{PYTHON} -c "{program}"'


def _in_python(character: str) -> str:
    code = ord(character)
    if 0x20 <= code < 0x7F and character not in "'\"\\$`!%^&|<>":
        return character
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
