"""KurrentDB, formerly EventStoreDB: its HTTP feeds (rich embed) and what its gRPC clients give.

A feed stands newest first and is put in its own order. The gRPC clients wrap an event with
the link that led to it; home-made dumps often keep the event alone.
"""

from __future__ import annotations

from typing import Final

from esbank_core.sources.records import Why
from esbank_core.sources.table import Fields, Parts, Table, at

KURRENTDB_HTTP: Final = Table(
    name="kurrentdb-http",
    marks=("/eventId", "/eventType", "/eventNumber", "/streamId"),
    also=(
        *("isJson", "isMetaData", "isLinkMetaData", "isLink", "linkMetaData"),
        *("title", "id", "author", "summary", "links", "metaData"),
    ),
    required=("type", "stream", "version"),
    parts=Parts(
        type=at("/eventType"),
        stream=at("/streamId"),
        data=at("/data"),
        id=at("/eventId"),
        version=at("/eventNumber"),
        position=at("/positionEventNumber"),
        group=at("/positionStreamId"),
        time=at("/updated"),
        correlation=at("/metaData/$correlationId"),
        causation=at("/metaData/$causationId"),
    ),
)


def _refuses(fields: Fields) -> Why | None:
    is_there = isinstance(fields.get("event"), dict)
    return Why.NO_EVENT if not is_there and "event" in fields else None


KURRENTDB_GRPC: Final = Table(
    name="kurrentdb-grpc",
    marks=("/event/streamId", "/event/revision", "/event/type"),
    also=("link",),
    required=("type", "stream", "version"),
    refuses=_refuses,
    is_binary=True,
    parts=Parts(
        type=at("/event/type"),
        stream=at("/event/streamId"),
        data=at("/event/data"),
        id=at("/event/id"),
        version=at("/event/revision"),
        position=at("/commitPosition", "/event/position/commit", "/event/commitPosition"),
        time=at("/event/created"),
        correlation=at("/event/metadata/$correlationId"),
        causation=at("/event/metadata/$causationId"),
    ),
)

KURRENTDB_EVENT: Final = Table(
    name="kurrentdb-event",
    marks=("/streamId", "/revision", "/type", "/created"),
    also=("isJson", "contentType"),
    required=("type", "stream", "version"),
    is_binary=True,
    parts=Parts(
        type=at("/type"),
        stream=at("/streamId"),
        data=at("/data"),
        id=at("/id"),
        version=at("/revision"),
        position=at("/commitPosition", "/position/commit"),
        time=at("/created"),
        correlation=at("/metadata/$correlationId"),
        causation=at("/metadata/$causationId"),
    ),
)
