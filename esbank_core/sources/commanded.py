"""Commanded's EventStore (Elixir, PostgreSQL)."""

from __future__ import annotations

from typing import Final

from esbank_core.sources.table import Parts, Table, at

COMMANDED: Final = Table(
    name="commanded",
    marks=("/stream_uuid", "/stream_version", "/event_type"),
    also=("metadata",),
    required=("type", "stream", "version"),
    is_binary=True,
    parts=Parts(
        type=at("/event_type"),
        stream=at("/stream_uuid"),
        data=at("/data"),
        id=at("/event_id"),
        version=at("/stream_version"),
        position=at("/event_number"),
        time=at("/created_at"),
        correlation=at("/correlation_id"),
        causation=at("/causation_id"),
    ),
)
