"""Debezium's change events: what happened to a row, and not why.

The type is made of the table and the operation, the stream of the table and the row's ``id``
where it has one. Everything is data: the row before, and after.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from esbank_core.sources.pointers import look
from esbank_core.sources.records import Note
from esbank_core.sources.table import Fields, Parts, Table, at

OPERATIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "c": "RowCreated",
        "u": "RowUpdated",
        "d": "RowDeleted",
        "r": "RowRead",
        "t": "TableTruncated",
        "m": "MessageWritten",
    }
)


_PLACES: Final = ("lsn", "pos", "scn")
"""Where in ``source`` PostgreSQL, MySQL and Oracle say where in their logs a change stands."""


def _derived(fields: Fields) -> dict[str, object]:
    operation, table = fields.get("op"), look(fields, ("source", "table"))
    happened = OPERATIONS.get(operation, operation) if isinstance(operation, str) else operation
    if not isinstance(table, str) or not table:
        return {"=type": happened}
    ids = (look(fields, (side, "id")) for side in ("after", "before"))
    row = next((one for one in ids if isinstance(one, (str, int)) and one != ""), None)
    stream = table if row is None else f"{table}/{row}"
    derived: dict[str, object] = {"=type": f"{table}.{happened}", "=row": stream}
    place = next((one for at in _PLACES if (one := look(fields, ("source", at))) is not None), None)
    if isinstance(place, (str, int)):
        file = look(fields, ("source", "file"))
        derived["=id"] = f"{stream}@{file}:{place}" if file else f"{stream}@{place}"
    return derived


DEBEZIUM: Final = Table(
    name="debezium",
    marks=("/op", "/source/connector"),
    also=("before", "after", "transaction", "ts_us", "ts_ns"),
    derived=_derived,
    always=Note.INTENT_MISSING,
    parts=Parts(
        type=at("/=type"),
        stream=at("/=row"),
        data=at(""),
        id=at("/=id"),
        position=at("/source/lsn", "/source/pos", "/source/scn"),
        group=at("/source/file"),
        time=at("/source/ts_ms", "/ts_ms"),
        recorded_time=at("/ts_ms"),
    ),
)
