"""Every source, in every layout, is recognised without help and read in its own order."""

from __future__ import annotations

import json
import sqlite3
import zlib
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest

from esbank_core import CODEC, RecordedEvent
from esbank_core.bank.events import AccountOpened
from esbank_core.kernel.recorded import UnknownEvent
from esbank_core.kernel.written.event_file import read_events, write_events
from esbank_core.sources.dump import open_database, open_dump
from esbank_core.sources.found import RECORD_ATTRIBUTE, data_of
from esbank_core.sources.known import BY_NAME, SOURCES
from esbank_core.sources.ordering import Order
from esbank_core.sources.reading import Reading, read_all
from esbank_core.sources.records import Note, Why
from esbank_core.sources.table import Recognition
from tests.core.sources import examples
from tests.core.sources.examples import ADA, ALL, BOB, LAYOUTS, STORY, TABLES, Fields

Make = Callable[[], list[Fields]]


def read(data: bytes, chunk: int = 1 << 16) -> Reading[object]:
    return read_all(open_dump(examples.in_chunks(data, chunk)), CODEC)


def told(reading: Reading[object]) -> list[tuple[str, int, int]]:
    """Of each event its account, version and position."""
    return [
        (ADA if ADA in one.stream_id or one.stream_id.endswith("1") else BOB, one.version, nth)
        for nth, one in enumerate(reading.events, start=1)
        if one.position == nth
    ]


THE_STORY = [(stream, version, nth) for nth, (stream, version, *_) in enumerate(STORY, start=1)]

each_source = pytest.mark.parametrize(("reader", "make"), ALL.values(), ids=list(ALL))
each_table = pytest.mark.parametrize(("reader", "make"), TABLES.values(), ids=list(TABLES))
each_layout = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=list(LAYOUTS))


@each_source
@each_layout
def test_a_source_is_recognised_in_any_layout(
    reader: str, make: Make, layout: Callable[[list[Fields]], bytes]
) -> None:
    reading = read(layout(make()))
    assert reading.outcome.source == reader
    assert reading.outcome.records == len(STORY)
    assert reading.outcome.unplaced == ()
    assert told(reading) == THE_STORY


@each_source
def test_wherever_the_chunks_are_cut(reader: str, make: Make) -> None:
    for layout in ("array, indented", "CSV", "JSON Lines, UTF-16", "CSV, gzipped"):
        data = LAYOUTS[layout](make())
        whole = read(data)
        for size in (1, 7, 1000):
            cut = read(data, size)
            assert cut.events == whole.events
            assert cut.outcome == whole.outcome


@each_source
def test_a_table_of_a_database_is_recognised(reader: str, make: Make) -> None:
    rows = make()
    names = list(rows[0])
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE other (a, b)")
    connection.execute("INSERT INTO other VALUES (1, 2)")
    columns = ", ".join(f'"{name}"' for name in names)
    connection.execute(f"CREATE TABLE dump ({columns})")
    for row in rows:
        cells = [
            json.dumps(row[name]).encode() if isinstance(row[name], dict | list) else row[name]
            for name in names
        ]
        marks = ", ".join("?" for _ in cells)
        connection.execute(f"INSERT INTO dump VALUES ({marks})", cells)
    connection.commit()
    for dump in (open_dump([connection.serialize()]), open_database(connection)):
        reading = read_all(dump, CODEC)
        assert reading.outcome.source == reader
        assert reading.outcome.unplaced == ()
        assert told(reading) == THE_STORY
    connection.close()


@each_table
def test_shuffled_records_come_in_their_own_order(reader: str, make: Make) -> None:
    records = make()
    mixed = [records[nth] for nth in (3, 0, 4, 2, 1)]
    assert read(examples.json_lines(mixed)).events == read(examples.json_lines(make())).events


@each_table
def test_every_field_of_a_record_is_kept_when_it_is_converted(reader: str, make: Make) -> None:
    records = make()
    reading = read(examples.json_lines(records))
    again = list(
        read_events([line.encode() for line in write_events(reading.events, CODEC)], CODEC)
    )
    assert again == list(reading.events)
    if reader == "kurrentdb-http":
        records.reverse()  # they stand newest first
    for event, record in zip(again, records, strict=True):
        (pointer,) = BY_NAME[reader].parts.data.pointers
        *path, name = (*reading.outcome.recognitions[0].within, *pointer) or (None,)
        outer = record
        for step in path:
            outer = outer[step]
        name = next((n for n in outer if name and n.lower() == name.replace("_", "").lower()), name)
        data = record if name is None else outer.pop(name)
        assert _data(event) == (json.loads(data) if isinstance(data, str) else data)
        kept = json.loads(str(event.attributes[RECORD_ATTRIBUTE]))
        assert kept == ({} if name is None else record)


def _data(event: RecordedEvent[object]) -> object:
    is_unknown = isinstance(event.event, UnknownEvent)
    return data_of(event) if is_unknown else CODEC.encode(event.event).data


FIRST = {name: read(examples.json_lines(make())).events[0] for name, (_, make) in ALL.items()}


def test_the_type_is_the_events_and_not_the_aggregates() -> None:
    assert {name: CODEC.encode(one.event).type for name, one in FIRST.items()} == {
        "kurrentdb-http": "AccountOpened",
        "kurrentdb-grpc": "AccountOpened",
        "kurrentdb-event": "AccountOpened",
        "marten": "account_opened",
        "message-db": "AccountOpened",
        "axon": "com.example.bank.AccountOpened",
        "axon in camelCase": "com.example.bank.AccountOpened",
        "python-eventsourcing": "bank.domain:Account.AccountOpened",
        "commanded": "Elixir.Bank.AccountOpened",
        "rails-event-store": "Bank::AccountOpened",
        "emmett": "AccountOpened",
        "prooph": "Bank\\Event\\AccountOpened",
        "eventflow": "AccountOpened",
        "kcat": "bank.AccountOpened",
        "debezium": "accounts.RowCreated",
        "debezium in an envelope": "accounts.RowCreated",
        "cloudevents": "example.AccountOpened",
        "eventsourcingdb": "example.bank.AccountOpened",
        "eventsourcingdb in an envelope": "example.bank.AccountOpened",
    }


def test_every_event_happened_when_its_source_says() -> None:
    times = {name: one.time for name, one in FIRST.items()}
    at = datetime(2026, 3, 2, 10, 0, 0, 250_000, timezone.utc)
    digits = {"kurrentdb-http": 123, "eventsourcingdb": 123}
    assert times == {
        name: at + timedelta(microseconds=digits.get(name.partition(" ")[0], 0)) for name in times
    }


def test_where_a_source_knows_two_times_both_are_kept() -> None:
    recorded = {name: one.attributes.get("recordedtime") for name, one in FIRST.items()}
    assert {name: time for name, time in recorded.items() if time} == {
        "rails-event-store": "2026-03-03T08:00:00.000Z",
        "debezium": "2026-03-02T10:00:00.650Z",
        "debezium in an envelope": "2026-03-02T10:00:00.650Z",
    }


def test_what_led_to_an_event_is_read_where_its_source_says_it() -> None:
    said = {
        name: (one.correlation_id, one.causation_id)
        for name, one in FIRST.items()
        if one.correlation_id or one.causation_id
    }
    assert said == {
        "kurrentdb-http": ("c-1", "m-1"),
        "kurrentdb-grpc": ("c-1", None),
        "kurrentdb-event": ("c-1", None),
        "message-db": ("teller-1", "account:command-ACC-1/2"),
        "axon": ("m-0", "m-1"),
        "axon in camelCase": ("m-0", "m-1"),
        "commanded": (
            "6f1c0d5e-0000-4000-8000-000000000900",
            "6f1c0d5e-0000-4000-8000-000000000901",
        ),
        "rails-event-store": ("c-1", "m-1"),
        "emmett": ("c-1", None),
        "prooph": (None, "m-1"),
        "eventflow": (None, "command-1"),
        "kcat": ("c-1", None),
    }


def test_an_event_that_the_bank_knows_is_one_of_the_banks() -> None:
    opened = FIRST["kurrentdb-grpc"]
    assert opened.event == AccountOpened("Ada", "USD")
    assert opened.attributes["source"] == "kurrentdb-grpc"
    assert "dataschema" not in opened.attributes
    assert FIRST["marten"].attributes["dataschema"] == "urn:marten:account_opened"


def test_an_event_of_a_known_name_and_another_schema_is_an_unknown_one() -> None:
    records = [one | {"type": "AccountFrozen", "data": {"days": 3}} for one in examples.marten()]
    reading = read(examples.json_lines(records))
    unknown = UnknownEvent("AccountFrozen", 1, {"days": 3})
    assert [one.event for one in reading.events] == [unknown] * 5
    (tally,) = reading.outcome.notes
    assert (tally.code, tally.count) == (Note.ANOTHER_SCHEMA, 5)


def test_rows_without_intent_are_said_to_be_some() -> None:
    (tally,) = read(examples.json_lines(examples.debezium())).outcome.notes
    assert (tally.code, tally.count) == (Note.INTENT_MISSING, 5)


def test_a_time_without_an_offset_is_taken_for_utc_and_that_is_said() -> None:
    (tally,) = read(examples.csv(examples.prooph())).outcome.notes
    assert (tally.code, tally.count) == (Note.OFFSET_ASSUMED, 5)
    assert (tally.example.field, tally.example.number, tally.example.line) == ("/created_at", 1, 2)


def test_every_source_that_is_known_has_its_records_here() -> None:
    assert {reader for reader, _ in ALL.values()} == {source.name for source in SOURCES}


@each_source
def test_its_own_records_are_the_surest(reader: str, make: Make) -> None:
    recognitions = open_dump([examples.json_lines(make())]).recognitions
    assert recognitions[0].source == reader
    assert recognitions[0].certainty >= 90
    assert all(one.certainty < recognitions[0].certainty for one in recognitions[1:])
    assert set(recognitions[0].marks) == set(BY_NAME[reader].marks)


def test_another_reader_can_be_chosen() -> None:
    dump = open_dump([examples.json_lines(examples.commanded())])
    reading = read_all(dump, CODEC, Recognition("rails-event-store", 0, ()))
    assert reading.outcome.source == "rails-event-store"
    assert len(reading.events) == 5


def test_records_of_nothing_known_are_counted_and_shown() -> None:
    reading = read(b'{"a": 1, "b": 2}\n{"a": 3, "b": 4}\n')
    assert reading.events == ()
    assert reading.outcome.source == ""
    (tally,) = reading.outcome.unplaced
    assert (tally.count, tally.example.evidence) == (2, '{"a": 1, "b": 2}')


def test_records_of_another_source_among_them_are_counted() -> None:
    mixed = examples.marten() + examples.message_db()[:2]
    reading = read(examples.json_lines(mixed))
    assert reading.outcome.source == "marten"
    assert len(reading.events) == 5
    (tally,) = reading.outcome.unplaced
    assert (tally.code, tally.count, tally.example.number) == (Why.FIELD_MISSING, 2, 6)


@pytest.mark.parametrize(
    ("make", "change", "why"),
    [
        (examples.emmett, {"message_kind": "C"}, Why.COMMAND),
        (examples.message_db, {"stream_name": "account:command-ACC-1"}, Why.COMMAND),
        (examples.kurrentdb_grpc, {"event": None}, Why.NO_EVENT),
    ],
)
def test_what_is_no_event_is_counted_as_what_it_is(make: Make, change: Fields, why: Why) -> None:
    reading = read(examples.json_lines([*make(), make()[-1] | change]))
    assert len(reading.events) == 5
    (tally,) = reading.outcome.unplaced
    assert (tally.code, tally.count, tally.example.number) == (why, 1, 6)


def test_what_eventsourcingdb_sends_between_events_is_passed_over_and_counted() -> None:
    first, *rest = examples.eventsourcingdb_wrapped()
    reading = read(examples.json_lines([first, {"type": "heartbeat", "payload": {}}, *rest]))
    assert len(reading.events) == 5
    (tally,) = reading.outcome.unplaced
    assert (tally.code, tally.example.number) == (Why.NO_EVENT, 2)


def test_a_payload_that_is_but_a_number_is_said_to_be_elsewhere() -> None:
    records = [{**record, "payload": 16_400 + nth} for nth, record in enumerate(examples.axon())]
    for data in (examples.csv(records), examples.json_lines(records)):
        reading = read(data)
        assert len(reading.events) == 5
        (tally,) = reading.outcome.notes
        assert (tally.code, tally.count, tally.example.field) == (
            Note.DATA_ELSEWHERE,
            5,
            "/payload",
        )


def test_bytes_are_opened_as_databases_and_dumps_write_them() -> None:
    plain = examples.python_eventsourcing()
    ways: list[Callable[[bytes], str]] = [
        lambda data: "\\x" + data.hex(),
        lambda data: b64encode(data).decode(),
        lambda data: "\\x" + zlib.compress(data).hex(),
        lambda data: b64encode(zlib.compress(data)).decode(),
    ]
    whole = read(examples.json_lines(plain))
    for way in ways:
        written = [{**one, "state": way(str(one["state"]).encode())} for one in plain]
        reading = read(examples.csv(written))
        assert [data_of(one) for one in reading.events] == [data_of(one) for one in whole.events]
        assert [one.time for one in reading.events] == [one.time for one in whole.events]


def test_encrypted_state_is_kept_as_it_is_and_said() -> None:
    sealed = "\\x" + bytes(range(200, 256)).hex()
    records = [{**one, "state": sealed} for one in examples.python_eventsourcing()]
    reading = read(examples.csv(records))
    assert {data_of(one) for one in reading.events} == {sealed}
    assert {tally.code for tally in reading.outcome.notes} == {Note.DATA_NOT_OPENED, Note.NO_TIME}
    assert reading.outcome.order is Order.VERSION
