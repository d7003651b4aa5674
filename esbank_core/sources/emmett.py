"""Emmett's ``emt_messages`` (TypeScript); a message of kind ``C`` is a command."""

from __future__ import annotations

from typing import Final

from esbank_core.sources.records import Why
from esbank_core.sources.table import Fields, Parts, Table, at


def _refuses(fields: Fields) -> Why | None:
    return Why.COMMAND if fields.get("message_kind") == "C" else None


EMMETT: Final = Table(
    name="emmett",
    marks=("/stream_id", "/stream_position", "/global_position", "/message_type"),
    also=("message_kind", "message_metadata", "partition", "message_schema_version"),
    required=("type", "stream", "version", "position"),
    refuses=_refuses,
    parts=Parts(
        type=at("/message_type"),
        stream=at("/stream_id"),
        data=at("/message_data"),
        id=at("/message_id"),
        version=at("/stream_position"),
        position=at("/global_position"),
        time=at("/created"),
        correlation=at("/message_metadata/correlationId"),
        causation=at("/message_metadata/causationId"),
    ),
)
