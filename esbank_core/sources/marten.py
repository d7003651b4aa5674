"""Marten's ``mt_events`` (.NET, PostgreSQL)."""

from __future__ import annotations

from typing import Final

from esbank_core.sources.table import Parts, Table, at

MARTEN: Final = Table(
    name="marten",
    marks=("/seq_id", "/stream_id", "/version", "/type"),
    also=("tenant_id", "mt_dotnet_type", "is_archived", "headers"),
    required=("type", "stream", "version", "position"),
    parts=Parts(
        type=at("/type"),
        stream=at("/stream_id"),
        data=at("/data"),
        id=at("/id"),
        version=at("/version"),
        position=at("/seq_id"),
        time=at("/timestamp"),
        actor=at("/user_name"),
        correlation=at("/correlation_id"),
        causation=at("/causation_id"),
    ),
)
