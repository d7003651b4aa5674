"""The occasion of a message: the only time and the only chance that an update ever sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Occasion:
    """When a message came, and an id that no other message has; made at the edge.

    ``time`` is an aware instant in the reader's own zone: its days are the reader's.
    """

    time: datetime
    id: str
