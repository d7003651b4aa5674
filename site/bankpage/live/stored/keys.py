"""The keys of localStorage that are ours, and what a key says.

One key an append, ``esbank/ledger/<generation>/<position of its first event>``; of old events
one key for many, ``esbank/ledger/<generation>/<first>-<last>`` (``segments``).
``edge/storage/keys.js`` knows the same.
"""

from __future__ import annotations

import re
from typing import Final

from esbank_core.kernel.identity import Position
from esbank_core.kernel.written.cloud_events import SEQUENCE_DIGITS

PREFIX: Final = "esbank/"
GENERATION_KEY: Final = "esbank/generation"
HEAD_KEY: Final = "esbank/head"
FORMAT_KEY: Final = "esbank/format"
SNAPSHOT_KEY: Final = "esbank/snapshot"
GLANCE_KEY: Final = "esbank/glance"

OWN_FORMAT: Final = 2
"""The version of the form that this page reads and writes; one without a number is the first.

The second has segments.
"""

_NUMBER: Final = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
LEDGER_KEY: Final = re.compile(
    rf"esbank/ledger/([1-9][0-9]{{0,8}})/(?!0{{{SEQUENCE_DIGITS}}})([0-9]{{{SEQUENCE_DIGITS}}})",
    re.ASCII,
)


def key_of(generation: int, position: Position) -> str:
    """The key of the append whose first event stands at ``position``."""
    return f"{PREFIX}ledger/{generation}/{position:0{SEQUENCE_DIGITS}d}"


def position_of(key: str) -> Position:
    """Where what stands under a key of the ledger begins."""
    return Position(int(key.rpartition("/")[2].partition("-")[0]))


def number_in(value: str) -> int:
    """The number that a value is, from 1; 0 where it is none."""
    return int(value) if _NUMBER.fullmatch(value) else 0
