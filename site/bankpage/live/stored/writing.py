"""Events as the lines that are stored: one append, or the lines of many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from esbank_core.bank.account import CODEC
from esbank_core.bank.events import Event
from esbank_core.kernel.recorded import RecordedEvent, UnknownEvent
from esbank_core.kernel.written.line_codec import LineCodec

_LINES: Final = LineCodec(CODEC)


def write_append(
    recorded: Sequence[RecordedEvent[Event | UnknownEvent]], head_hash: str
) -> tuple[str, str]:
    """The value of one append, and the hash of its last event.

    Raises:
        Unwritable: it could not be read back.
    """
    lines, head_hash = write_lines(recorded, head_hash)
    return "\n".join(lines), head_hash


def write_lines(
    recorded: Iterable[RecordedEvent[Event | UnknownEvent]], head_hash: str
) -> tuple[list[str], str]:
    """The lines of events that follow a hash, and the hash of the last.

    Raises:
        Unwritable: one of them could not be read back.
    """
    lines = []
    for event in recorded:
        line, head_hash = _LINES.write(event, head_hash)
        lines.append(line)
    return lines, head_hash
