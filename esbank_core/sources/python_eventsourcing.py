"""The ``stored_events`` of Python's ``eventsourcing`` library.

``topic`` names a class that is never looked for; ``state`` is JSON in bytes, maybe compressed,
and the time is in it. Encrypted ones are kept as they are.
"""

from __future__ import annotations

from typing import Final

from esbank_core.sources.table import Parts, Table, at, joined

PYTHON_EVENTSOURCING: Final = Table(
    name="python-eventsourcing",
    marks=("/originator_id", "/originator_version", "/topic", "/state"),
    required=("type", "stream", "version"),
    is_binary=True,
    parts=Parts(
        type=at("/topic"),
        stream=at("/originator_id"),
        data=at("/state"),
        id=joined("/originator_id", "/originator_version"),
        version=at("/originator_version"),
        position=at("/notification_id"),
        time=at("/state/timestamp/_data_", "/state/timestamp"),
    ),
)
