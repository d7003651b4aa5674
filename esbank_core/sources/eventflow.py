"""EventFlow's ``EventFlow`` table (.NET): type and time are in the metadata."""

from __future__ import annotations

from typing import Final

from esbank_core.sources.table import Parts, Table, at

EVENTFLOW: Final = Table(
    name="eventflow",
    marks=("/AggregateId", "/AggregateSequenceNumber", "/Metadata", "/Data"),
    also=("BatchId", "AggregateName"),
    required=("type", "stream", "version"),
    parts=Parts(
        type=at("/Metadata/event_name"),
        stream=at("/AggregateId"),
        data=at("/Data"),
        id=at("/Metadata/event_id"),
        version=at("/AggregateSequenceNumber"),
        position=at("/GlobalSequenceNumber"),
        time=at("/Metadata/timestamp", "/Metadata/timestamp_epoch"),
        causation=at("/Metadata/source_id"),
    ),
)
