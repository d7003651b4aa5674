"""message-db's and Eventide's ``messages`` (PostgreSQL).

A stream is named ``category-id``; a category that ends in ``:command`` holds commands.
"""

from __future__ import annotations

import re
from typing import Final

from esbank_core.sources.records import Why
from esbank_core.sources.table import Fields, Parts, Table, at, joined

_COMMANDS: Final = re.compile(r"[^-]*[:+]command(?:[-+].*)?", re.DOTALL)


def _refuses(fields: Fields) -> Why | None:
    stream = fields.get("stream_name")
    return Why.COMMAND if isinstance(stream, str) and _COMMANDS.fullmatch(stream) else None


MESSAGE_DB: Final = Table(
    name="message-db",
    marks=("/stream_name", "/type", "/position", "/global_position"),
    also=("metadata",),
    required=("type", "stream", "version", "position"),
    refuses=_refuses,
    parts=Parts(
        type=at("/type"),
        stream=at("/stream_name"),
        data=at("/data"),
        id=at("/id"),
        version=at("/position"),
        position=at("/global_position"),
        time=at("/time"),
        correlation=at("/metadata/correlationStreamName"),
        causation=joined(
            "/metadata/causationMessageStreamName", "/metadata/causationMessagePosition"
        ),
    ),
)
