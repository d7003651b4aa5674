"""Instants as exact as they were written: what a ``datetime`` holds, and the digits beyond.

An event keeps the text of its time where a ``datetime`` cannot hold it (nanoseconds). What had
happened by an instant is asked of the whole text, so that nothing counts that came later.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from esbank_core.kernel.recorded import RecordedEvent

AFTER_ALL_DIGITS: Final = ":"
"""What sorts after every digit there could be beyond the microsecond."""

_BEYOND: Final = re.compile(r"\.[0-9]{6}([0-9]+)")


@dataclass(frozen=True, slots=True, order=True)
class Instant:
    """An aware instant, in order of time.

    ``beyond`` are the digits after the microsecond, as text and without zeros at the end.
    """

    time: datetime
    beyond: str = ""

    @classmethod
    def last_before(cls, time: datetime) -> Instant:
        """The last instant of all before a whole microsecond, however fine the clock."""
        return cls(time - time.resolution, AFTER_ALL_DIGITS)


def digits_beyond(text: str) -> str:
    """The digits after the microsecond in an RFC 3339 time, without zeros at the end."""
    found = _BEYOND.search(text)
    return found[1].rstrip("0") if found else ""


def instant_of(recorded: RecordedEvent[object]) -> Instant:
    """When an event happened, as exactly as it says."""
    text = recorded.attributes.get("time") if recorded.attributes else None
    return Instant(recorded.time, digits_beyond(text) if isinstance(text, str) else "")
