"""Prooph's event streams (PHP): stream and version are in the metadata."""

from __future__ import annotations

from typing import Final

from esbank_core.sources.table import Parts, Table, at

PROOPH: Final = Table(
    name="prooph",
    marks=("/event_name", "/payload", "/metadata/_aggregate_id"),
    required=("type", "stream"),
    parts=Parts(
        type=at("/event_name"),
        stream=at("/metadata/_aggregate_id"),
        data=at("/payload"),
        id=at("/event_id"),
        version=at("/metadata/_aggregate_version"),
        position=at("/no"),
        time=at("/created_at"),
        causation=at("/metadata/_causation_id"),
    ),
)
