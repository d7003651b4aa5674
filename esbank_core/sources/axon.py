"""Axon's domain events in JPA or JDBC (JVM), in columns of either spelling.

``type`` is the aggregate's, the event's is ``payload_type``. Among its metadata, ``traceId`` is
the message that began it all and ``correlationId`` the one right before. PostgreSQL's large
objects leave but their number in a dump.
"""

from __future__ import annotations

from typing import Final

from esbank_core.sources.table import Parts, Table, at

AXON: Final = Table(
    name="axon",
    marks=("/aggregate_identifier", "/sequence_number", "/payload_type"),
    also=("type", "payload_revision"),
    required=("type", "stream", "version"),
    is_binary=True,
    oid_is_elsewhere=True,
    parts=Parts(
        type=at("/payload_type"),
        stream=at("/aggregate_identifier"),
        data=at("/payload"),
        id=at("/event_identifier"),
        version=at("/sequence_number"),
        position=at("/global_index"),
        time=at("/time_stamp"),
        correlation=at("/meta_data/traceId"),
        causation=at("/meta_data/correlationId"),
    ),
)
