"""Rails Event Store's ``event_store_events``, joined with the streams that they are in (Ruby).

``valid_at`` is when an event counts, ``created_at`` when it was written; where the first is
missing, they are the same.
"""

from __future__ import annotations

from typing import Final

from esbank_core.sources.table import Parts, Table, at

RAILS_EVENT_STORE: Final = Table(
    name="rails-event-store",
    marks=("/event_id", "/event_type", "/data", "/created_at"),
    also=("metadata",),
    is_binary=True,
    parts=Parts(
        type=at("/event_type"),
        stream=at("/stream"),
        data=at("/data"),
        id=at("/event_id"),
        version=at("/position"),
        position=at("/id"),
        time=at("/valid_at"),
        recorded_time=at("/created_at"),
        correlation=at("/metadata/correlation_id"),
        causation=at("/metadata/causation_id"),
    ),
)
