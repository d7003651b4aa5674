"""Parts of a history, for where there is no room for all of it: a stream, a span, the newest.

Which part an event belongs to is told by its record alone, so that the others need not be held.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final


@dataclass(frozen=True, slots=True)
class Part:
    """Which events are wanted: those that are all that is said here."""

    stream: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Inclusive."""
    newest: int | None = None
    """So many, and no older ones."""

    def takes(self, stream: str, time: datetime | None) -> bool:
        """Whether an event belongs to it, as far as it does not matter which came after."""
        if self.stream is not None and stream != self.stream:
            return False
        if self.since is None and self.until is None:
            return True
        if time is None:
            return False
        return (self.since is None or self.since <= time) and (
            self.until is None or time <= self.until
        )


ALL: Final = Part()
"""All events."""
