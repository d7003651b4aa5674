"""Every source that is known, and which of them records are of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from esbank_core.sources import cloud_events, table
from esbank_core.sources.axon import AXON
from esbank_core.sources.cloud_events import CLOUD_EVENTS, EVENTSOURCINGDB, CloudEvents
from esbank_core.sources.commanded import COMMANDED
from esbank_core.sources.debezium import DEBEZIUM
from esbank_core.sources.emmett import EMMETT
from esbank_core.sources.eventflow import EVENTFLOW
from esbank_core.sources.kcat import KCAT
from esbank_core.sources.kurrentdb import KURRENTDB_EVENT, KURRENTDB_GRPC, KURRENTDB_HTTP
from esbank_core.sources.marten import MARTEN
from esbank_core.sources.message_db import MESSAGE_DB
from esbank_core.sources.prooph import PROOPH
from esbank_core.sources.python_eventsourcing import PYTHON_EVENTSOURCING
from esbank_core.sources.rails_event_store import RAILS_EVENT_STORE
from esbank_core.sources.records import Record
from esbank_core.sources.table import Recognition, Table

Source = Table | CloudEvents

SOURCES: Final[tuple[Source, ...]] = (
    *(EVENTSOURCINGDB, CLOUD_EVENTS, KURRENTDB_HTTP, KURRENTDB_GRPC, KURRENTDB_EVENT, MARTEN),
    *(MESSAGE_DB, AXON, PYTHON_EVENTSOURCING, COMMANDED, RAILS_EVENT_STORE, EMMETT, PROOPH),
    *(EVENTFLOW, KCAT, DEBEZIUM),
)

BY_NAME: Final[Mapping[str, Source]] = {source.name: source for source in SOURCES}

_SHARE: Final = 25
"""Certainty, of 100, from which a source is chosen: half of the records are surely its own."""


def recognise(sample: Sequence[Record]) -> tuple[Recognition, ...]:
    """The sources that some of these records may be of, the surest first."""
    found = [
        cloud_events.recognise(source, sample)
        if isinstance(source, CloudEvents)
        else table.recognise(source, sample)
        for source in SOURCES
    ]
    return tuple(sorted((one for one in found if one.certainty), key=lambda one: -one.certainty))


def chosen(recognitions: Iterable[Recognition]) -> Recognition | None:
    """The source to read with: CloudEvents wherever there are some, else the surest."""
    surest = next(iter(recognitions), None)
    return surest if surest is not None and surest.certainty >= _SHARE else None


def is_known(fields: Mapping[str, object]) -> bool:
    """Whether some source takes an object for a record of its own."""
    return chosen(recognise([Record(1, 1, fields)])) is not None
