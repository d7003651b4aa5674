"""Records of every source, made up here exactly after each one's published schema.

Each source tells the same story: two accounts, five events, in the store's own order; and each
layout holds the same records.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from hashlib import sha256
from typing import Final

Fields = dict[str, object]

ADA, BOB = "ACC-1", "ACC-2"
STORY: Final = (
    # stream, version from 1, type, data, second of the day
    (ADA, 1, "AccountOpened", {"owner": "Ada", "currency": "USD"}, 0),
    (ADA, 2, "MoneyDeposited", {"amount": 5000, "note": 'a "salary", paid\nin two'}, 1),
    (BOB, 1, "AccountOpened", {"owner": "Bob", "currency": "USD"}, 2),
    (ADA, 3, "MoneyWithdrawn", {"amount": 1250, "note": "=1+1 <b>rent</b>"}, 3),
    (BOB, 2, "MoneyDeposited", {"amount": 70, "note": "žluťoučký kůň"}, 4),
)
HALF: Final = {"traceId": "m-0", "correlationId": "m-1"}


def _uuid(nth: int) -> str:
    return f"6f1c0d5e-0000-4000-8000-{nth:012d}"


def _time(second: int) -> str:
    return f"2026-03-02T10:00:{second:02d}.250"


def _text(value: object) -> str:
    return json.dumps(value)


def _each(make: Callable[[int, str, int, str, Fields, int], Fields]) -> list[Fields]:
    return [make(nth, *told) for nth, told in enumerate(deepcopy(STORY), start=1)]


def cloud_events() -> list[Fields]:
    return _each(
        lambda nth, stream, version, type_name, data, second: {
            "specversion": "1.0",
            "id": f"{stream}/{version}",
            "source": "https://bank.example/core",
            "type": f"example.{type_name}",
            "subject": stream,
            "time": _time(second) + "Z",
            "data": data,
        }
    )


def eventsourcingdb() -> list[Fields]:
    events = []
    before = "0" * 64
    for nth, (stream, _, type_name, data, second) in enumerate(deepcopy(STORY)):
        event: Fields = {
            "specversion": "1.0",
            "id": str(nth),
            "time": _time(second) + "123456Z",
            "source": "https://bank.example",
            "subject": f"/accounts/{stream}",
            "type": f"example.bank.{type_name}",
            "datacontenttype": "application/json",
            "data": data,
            "predecessorhash": before,
        }
        about = "|".join(
            str(event[name])
            for name in (
                *("specversion", "id", "predecessorhash", "time"),
                *("source", "subject", "type", "datacontenttype"),
            )
        )
        compact = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
        both = sha256(about.encode()).hexdigest() + sha256(compact.encode()).hexdigest()
        before = sha256(both.encode()).hexdigest()
        events.append(event | {"hash": before, "signature": None})
    return events


def eventsourcingdb_wrapped() -> list[Fields]:
    return [{"type": "event", "payload": event} for event in eventsourcingdb()]


def kurrentdb_http() -> list[Fields]:
    newest_first = _each(
        lambda nth, stream, version, type_name, data, second: {
            "eventId": _uuid(nth),
            "eventType": type_name,
            "eventNumber": version - 1,
            "data": _text(data),
            "metaData": _text({"$correlationId": "c-1", "$causationId": f"m-{nth}"}),
            "streamId": f"account-{stream}",
            "isJson": True,
            "isMetaData": True,
            "isLinkMetaData": False,
            "positionEventNumber": nth - 1,
            "positionStreamId": "$ce-account",
            "title": f"{version - 1}@account-{stream}",
            "updated": _time(second) + "1234Z",
        }
    )
    return newest_first[::-1]


def kurrentdb_grpc() -> list[Fields]:
    return _each(
        lambda nth, stream, version, type_name, data, second: {
            "event": {
                "streamId": f"account-{stream}",
                "id": _uuid(nth),
                "revision": str(version - 1),
                "type": type_name,
                "created": _time(second) + "Z",
                "metadata": {"$correlationId": "c-1"},
                "isJson": True,
                "data": data,
                "position": {"commit": str(2**60 + nth), "prepare": str(2**60 + nth)},
            },
            "link": None,
            "commitPosition": str(2**60 + nth),
        }
    )


def kurrentdb_event() -> list[Fields]:
    return [record["event"] for record in kurrentdb_grpc()]


def marten() -> list[Fields]:
    return _each(
        lambda nth, stream, version, type_name, data, second: {
            "seq_id": nth + 40,
            "id": _uuid(nth),
            "stream_id": stream,
            "version": version,
            "data": data,
            "type": "".join("_" * c.isupper() + c.lower() for c in type_name).strip("_"),
            "timestamp": f"2026-03-02 10:00:{second:02d}.25+00",
            "tenant_id": "*DEFAULT*",
            "mt_dotnet_type": f"Bank.{type_name}, Bank",
        }
    )


def message_db() -> list[Fields]:
    return _each(
        lambda nth, stream, version, type_name, data, second: {
            "id": _uuid(nth),
            "stream_name": f"account-{stream}",
            "type": type_name,
            "position": version - 1,
            "global_position": nth + 7,
            "data": _text(data),
            "metadata": _text(
                {
                    "causationMessageStreamName": f"account:command-{stream}",
                    "causationMessagePosition": 2,
                    "correlationStreamName": "teller-1",
                }
            ),
            "time": f"2026-03-02T10:00:{second:02d}.25",
        }
    )


def axon() -> list[Fields]:
    return _each(
        lambda nth, stream, version, type_name, data, second: {
            "global_index": nth,
            "event_identifier": _uuid(nth),
            "aggregate_identifier": stream,
            "sequence_number": version - 1,
            "type": "Account",
            "payload_type": f"com.example.bank.{type_name}",
            "payload_revision": "1.0",
            "payload": _text(data),
            "meta_data": _text(HALF),
            "time_stamp": _time(second) + "Z",
        }
    )


def axon_camel_case() -> list[Fields]:
    def camel(name: str) -> str:
        first, *rest = name.split("_")
        return first + "".join(word.capitalize() for word in rest)

    return [{camel(name): value for name, value in record.items()} for record in axon()]


def python_eventsourcing() -> list[Fields]:
    return _each(
        lambda nth, stream, version, type_name, data, second: {
            "originator_id": _uuid(1 if stream == ADA else 2),
            "originator_version": version,
            "topic": f"bank.domain:Account.{type_name}",
            "state": _text(
                data
                | {"timestamp": {"_type_": "datetime_iso", "_data_": _time(second) + "000+00:00"}}
            ),
        }
    )


def commanded() -> list[Fields]:
    return _each(
        lambda nth, stream, version, type_name, data, second: {
            "event_number": nth,
            "event_id": _uuid(nth),
            "stream_uuid": stream,
            "stream_version": version,
            "correlation_id": _uuid(900),
            "causation_id": _uuid(900 + nth),
            "event_type": f"Elixir.Bank.{type_name}",
            "data": data,
            "metadata": {"teller": "t-1"},
            "created_at": _time(second) + "000Z",
        }
    )


def rails_event_store() -> list[Fields]:
    return _each(
        lambda nth, stream, version, type_name, data, second: {
            "id": nth,
            "event_id": _uuid(nth),
            "event_type": f"Bank::{type_name}",
            "metadata": {"correlation_id": "c-1", "causation_id": f"m-{nth}"},
            "data": data,
            "created_at": f"2026-03-03 08:00:{second:02d}.000000",
            "valid_at": f"2026-03-02 10:00:{second:02d}.250000",
            "stream": f"Account${stream}",
            "position": version - 1,
        }
    )


def emmett() -> list[Fields]:
    return _each(
        lambda nth, stream, version, type_name, data, second: {
            "stream_id": stream,
            "stream_position": version,
            "partition": "global",
            "message_kind": "E",
            "message_data": data,
            "message_metadata": {"correlationId": "c-1"},
            "message_schema_version": "1",
            "message_type": type_name,
            "message_id": _uuid(nth),
            "is_archived": False,
            "global_position": str(nth),
            "created": f"2026-03-02 10:00:{second:02d}.25+00",
        }
    )


def prooph() -> list[Fields]:
    return _each(
        lambda nth, stream, version, type_name, data, second: {
            "no": nth,
            "event_id": _uuid(nth),
            "event_name": f"Bank\\Event\\{type_name}",
            "payload": _text(data),
            "metadata": _text(
                {
                    "_aggregate_id": stream,
                    "_aggregate_type": "account",
                    "_aggregate_version": version,
                    "_causation_id": f"m-{nth}",
                }
            ),
            "created_at": f"2026-03-02 10:00:{second:02d}.250000",
        }
    )


def eventflow() -> list[Fields]:
    return _each(
        lambda nth, stream, version, type_name, data, second: {
            "GlobalSequenceNumber": nth,
            "BatchId": _uuid(500),
            "AggregateId": f"account-{stream}",
            "AggregateName": "AccountAggregate",
            "Data": _text(data),
            "Metadata": _text(
                {
                    "timestamp": f"2026-03-02T11:00:{second:02d}.2500000+01:00",
                    "aggregate_sequence_number": str(version),
                    "event_name": type_name,
                    "event_version": "1",
                    "event_id": f"event-{_uuid(nth)}",
                    "source_id": f"command-{nth}",
                }
            ),
            "AggregateSequenceNumber": version,
        }
    )


def kcat() -> list[Fields]:
    milliseconds = 1_772_445_600_250
    return _each(
        lambda nth, stream, version, type_name, data, second: {
            "topic": "accounts",
            "partition": 0,
            "offset": 100 + nth,
            "tstype": "create",
            "ts": milliseconds + 1000 * second,
            "broker": 1,
            "headers": ["trace", "t-1", "correlationId", "c-1"],
            "key": stream,
            "payload": _text({"type": f"bank.{type_name}", **data}),
        }
    )


def debezium() -> list[Fields]:
    milliseconds = 1_772_445_600_250
    return _each(
        lambda nth, stream, version, type_name, data, second: {
            "before": None if version == 1 else {"id": stream, "balance": 10 * (nth - 1)},
            "after": {"id": stream, "balance": 10 * nth},
            "source": {
                "version": "3.0.0.Final",
                "connector": "postgresql",
                "name": "bank",
                "ts_ms": milliseconds + 1000 * second,
                "snapshot": "false",
                "db": "bank",
                "schema": "public",
                "table": "accounts",
                "txId": 700 + nth,
                "lsn": 24_000_000 + nth,
            },
            "op": "c" if version == 1 else "u",
            "ts_ms": milliseconds + 1000 * second + 400,
        }
    )


def debezium_wrapped() -> list[Fields]:
    return [{"schema": {"type": "struct"}, "payload": record} for record in debezium()]


TABLES: Final[Mapping[str, tuple[str, Callable[[], list[Fields]]]]] = {
    "kurrentdb-http": ("kurrentdb-http", kurrentdb_http),
    "kurrentdb-grpc": ("kurrentdb-grpc", kurrentdb_grpc),
    "kurrentdb-event": ("kurrentdb-event", kurrentdb_event),
    "marten": ("marten", marten),
    "message-db": ("message-db", message_db),
    "axon": ("axon", axon),
    "axon in camelCase": ("axon", axon_camel_case),
    "python-eventsourcing": ("python-eventsourcing", python_eventsourcing),
    "commanded": ("commanded", commanded),
    "rails-event-store": ("rails-event-store", rails_event_store),
    "emmett": ("emmett", emmett),
    "prooph": ("prooph", prooph),
    "eventflow": ("eventflow", eventflow),
    "kcat": ("kcat", kcat),
    "debezium": ("debezium", debezium),
    "debezium in an envelope": ("debezium", debezium_wrapped),
}
"""Sources that are read by a table: the reader's name, and the records."""

CLOUD: Final[Mapping[str, tuple[str, Callable[[], list[Fields]]]]] = {
    "cloudevents": ("cloudevents", cloud_events),
    "eventsourcingdb": ("eventsourcingdb", eventsourcingdb),
    "eventsourcingdb in an envelope": ("eventsourcingdb", eventsourcingdb_wrapped),
}
"""Sources whose records are CloudEvents."""

ALL: Final = {**TABLES, **CLOUD}


def json_lines(records: Iterable[object]) -> bytes:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()


def json_array(records: Iterable[object]) -> bytes:
    return json.dumps(list(records), separators=(",", ":")).encode()


def indented(records: Iterable[object]) -> bytes:
    return json.dumps(list(records), indent=2, ensure_ascii=False).encode()


def entries(records: Iterable[object]) -> bytes:
    links = [{"uri": "http://127.0.0.1:2113/streams/x", "relation": "self"}]
    feed = {"title": "x", "author": {"name": "db"}, "headOfStream": True, "links": links}
    return json.dumps({**feed, "entries": list(records), "eTag": "1;2"}).encode()


def in_payload(records: Iterable[object]) -> bytes:
    return json.dumps({"ok": True, "payload": {"events": list(records)}}, indent=1).encode()


def one_after_another(records: Iterable[object]) -> bytes:
    return "\n".join(json.dumps(record, indent=1) for record in records).encode()


def csv(records: Iterable[Fields]) -> bytes:
    """As PostgreSQL's ``COPY … CSV HEADER`` writes it."""
    rows = list(records)
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [",".join(names), *(",".join(_cell(row.get(name)) for name in names) for row in rows)]
    return ("\n".join(lines) + "\n").encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "t" if value else "f"
    text = value if isinstance(value, str) else json.dumps(value, indent=1, ensure_ascii=False)
    if isinstance(value, (int, float)):
        return text
    return '"' + text.replace('"', '""') + '"' if set(text) & set('",\n\r') or not text else text


def _with_semicolons(records: Iterable[Fields]) -> bytes:
    rows = list(records)
    names = list(dict.fromkeys(name for row in rows for name in row))

    def cell(value: object) -> str:
        text = value if isinstance(value, str) else "" if value is None else json.dumps(value)
        return '"' + text.replace('"', '""') + '"' if value is not None else ""

    lines = [";".join(names), *(";".join(cell(row.get(name)) for name in names) for row in rows)]
    return ("\n".join(lines) + "\n").encode()


LAYOUTS: Final[Mapping[str, Callable[[list[Fields]], bytes]]] = {
    "JSON Lines": json_lines,
    "JSON Lines, gzipped": lambda records: gzip.compress(json_lines(records)),
    "JSON Lines, CRLF": lambda records: json_lines(records).replace(b"\n", b"\r\n"),
    "JSON Lines, byte order mark": lambda records: b"\xef\xbb\xbf" + json_lines(records),
    "JSON Lines, UTF-16": lambda records: json_lines(records).decode().encode("utf-16"),
    "JSON Lines, UTF-16 without a mark": lambda r: json_lines(r).decode().encode("utf-16-be"),
    "array": json_array,
    "array, indented": indented,
    "array, gzipped": lambda records: gzip.compress(json_array(records)),
    "entries": entries,
    "payload": in_payload,
    "one after another": one_after_another,
    "CSV": csv,
    "CSV, gzipped": lambda records: gzip.compress(csv(records)),
    "CSV, CRLF, byte order mark": lambda r: b"\xef\xbb\xbf" + csv(r).replace(b"\n", b"\r\n"),
    "CSV, semicolons": _with_semicolons,
}


def in_chunks(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]
