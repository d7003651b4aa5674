"""Whatever a file holds: never a traceback, never a hang, each record's number and the reason.

Every source in several layouts, cut, doubled, shuffled, with a field of another kind, with bytes
of anything in between; what is not damaged is kept.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
import zlib
from base64 import b64decode
from collections.abc import Callable, Iterable
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esbank_core import CODEC, RefusedLine
from esbank_core.bank.events import Event
from esbank_core.kernel.recorded import RecordedEvent, UnknownEvent
from esbank_core.kernel.written.event_file import read_events, write_events
from esbank_core.kernel.written.json_lines import LONGEST_LINE
from esbank_core.sources import json_text
from esbank_core.sources.dump import open_database, open_dump
from esbank_core.sources.found import data_of
from esbank_core.sources.layouts.layout import Layout
from esbank_core.sources.mapping import Mapping
from esbank_core.sources.reading import Reading, read_all
from esbank_core.sources.records import NoRecords, Note, Tally, Why
from tests.core.sources import examples
from tests.core.sources.examples import ALL, LAYOUTS, STORY, TABLES, Fields

Make = Callable[[], list[Fields]]

SOME_LAYOUTS = ("JSON Lines", "array", "array, indented", "entries", "CSV", "CSV, gzipped")
each_table = pytest.mark.parametrize("make", [m for _, m in TABLES.values()], ids=list(TABLES))
each_source = pytest.mark.parametrize("make", [m for _, m in ALL.values()], ids=list(ALL))
few = settings(max_examples=20)
"""Of each source; there are many."""
sizes = st.sampled_from([1, 13, 1 << 16])


def read(data: bytes, size: int = 1 << 16) -> Reading[object]:
    """Read a file, and see that every record of it is accounted for."""
    reading = read_all(open_dump(examples.in_chunks(data, size)), CODEC)
    outcome = reading.outcome
    assert len(reading.events) + sum(tally.count for tally in outcome.unplaced) == outcome.records
    for tally in outcome.unplaced:
        assert 1 <= tally.example.number <= outcome.records
        assert len(tally.example.evidence) <= 200
    assert [event.position for event in reading.events] == [
        nth for nth, _ in enumerate(reading.events, start=1)
    ]
    return reading


def read_or_refuse(data: bytes, size: int = 1 << 16) -> Reading[object] | None:
    try:
        return read(data, size)
    except (NoRecords, RefusedLine):
        return None


def only(reading: Reading[object]) -> Tally:
    (tally,) = reading.outcome.unplaced
    return tally


@each_source
@few
@given(st.data())
def test_a_file_cut_anywhere(make: Make, data: st.DataObject) -> None:
    layout = data.draw(st.sampled_from(SOME_LAYOUTS))
    whole = LAYOUTS[layout](make())
    cut = whole[: data.draw(st.integers(0, len(whole)))]
    read_or_refuse(cut, data.draw(sizes))


@each_table
def test_what_stands_before_a_cut_is_kept(make: Make) -> None:
    for layout in ("JSON Lines", "array", "array, indented", "CSV"):
        whole = LAYOUTS[layout](make())
        reading = read(whole[: len(whole) * 85 // 100])  # in the fifth record of five
        assert len(reading.events) >= 3
        if layout == "CSV" and make is examples.debezium_wrapped:
            continue  # of two cells a row, as many lines within one have
        assert reading.outcome.records in (4, 5)
        for tally in reading.outcome.unplaced:
            assert tally.example.number == reading.outcome.records


@each_table
def test_an_array_that_nothing_closes_is_said_to_be_cut(make: Make) -> None:
    whole = LAYOUTS["array"](make()).rstrip()
    reading = read(whole.removesuffix(b"]"))
    assert Why.CUT_SHORT in {tally.code for tally in reading.outcome.unplaced}
    assert reading.events == read(whole).events


@each_table
def test_what_follows_an_array_is_counted(make: Make) -> None:
    whole = LAYOUTS["array"](make())
    reading = read(whole + b'"and more"')
    assert Why.NOT_JSON in {tally.code for tally in reading.outcome.unplaced}
    assert reading.events == read(whole).events
    assert read(whole + whole).outcome.records == 2 * read(whole).outcome.records


def test_an_array_of_cloud_events_that_nothing_closes_is_refused() -> None:
    event = b'{"specversion":"1.0","id":"1","source":"s","type":"t"}'
    for cut in (b"[" + event, b"[" + event + b",", b"[" + event + b',{"spec'):
        with pytest.raises(RefusedLine) as refused:
            read(cut)
        assert (refused.value.line, refused.value.reason) == (
            2,
            "The file ends in the middle of it.",
        )


def test_no_end_is_looked_for_where_brackets_never_cease_to_open() -> None:
    deep = json_text.DEEPEST_COUNTED
    assert json_text.end_of_value("[" * deep + "]" * deep, 0) == 2 * deep
    assert json_text.end_of_value("[" * (deep + 1) + "]" * (deep + 1), 0) == -1


@each_table
def test_a_file_told_twice_is_told_once(make: Make) -> None:
    once = read(examples.json_lines(make()))
    for layout in ("JSON Lines", "array", "CSV"):
        twice = read(LAYOUTS[layout](make() + make()))
        assert len(twice.events) == len(once.events)
        assert only(twice).code is Why.REPEATED
        assert only(twice).count == len(STORY)
        assert only(twice).example.number == len(STORY) + 1


@each_table
@few
@given(st.data())
def test_records_in_any_order(make: Make, data: st.DataObject) -> None:
    records = data.draw(st.permutations(make()))
    layout = data.draw(st.sampled_from(SOME_LAYOUTS))
    told = [event.id for event in read(LAYOUTS[layout](records)).events]
    assert told == [event.id for event in read(LAYOUTS[layout](make())).events]


any_value = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(st.characters(codec=None), max_size=20),
    st.sampled_from(["", "=1+1", "{", "[1", "\\x7b", "<b>", "2026-13-45", "NaN", "9" * 30]),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=3),
)


LARGE = "123456789012345678901234567890"


@each_table
@few
@given(st.data())
def test_whatever_is_read_is_written_and_read_again(make: Make, data: st.DataObject) -> None:
    """Nothing is an event of which no line could be written; large numbers keep their digits."""
    records = make()
    record = records[data.draw(st.integers(0, len(records) - 1))]
    inner = data.draw(st.sampled_from([record, *(v for v in record.values() if type(v) is dict)]))
    name = data.draw(st.sampled_from([*record, "x", "", "__proto__", "\u2028"]))
    inner[name] = data.draw(any_value | st.just({"deep": [{"n": int(LARGE)}], "\x7f": "\n"}))
    layout = data.draw(st.sampled_from(SOME_LAYOUTS))
    try:
        dump = open_dump([LAYOUTS[layout](records)])
    except (UnicodeEncodeError, NoRecords):
        return
    dump.longest_event = LONGEST_LINE
    events = list(read_all(dump, CODEC).events)
    assert list(read_events(written(events), CODEC)) == events


def written(events: Iterable[RecordedEvent[Event | UnknownEvent]]) -> list[bytes]:
    return [line.encode() for line in write_events(events, CODEC)]


@each_table
@pytest.mark.parametrize("layout", ["JSON Lines", "array, indented", "entries", "CSV"])
def test_a_number_beyond_any_double_keeps_its_digits_wherever_it_stands(
    make: Make, layout: str
) -> None:
    def with_large(value: object) -> object:
        if isinstance(value, str) and value.startswith("{"):
            return json.dumps(with_large(json.loads(value)))
        if isinstance(value, dict):
            return {**{k: with_large(v) for k, v in value.items()}, "large\n": [int(LARGE)]}
        return value

    records = [
        {name: with_large(value) for name, value in record.items()} | {"beside": int(LARGE)}
        for record in make()
    ]
    lines = written(read(LAYOUTS[layout](records)).events)
    assert len(lines) == len(STORY)
    for line, record in zip(lines, records, strict=True):
        carried = json.loads(line)
        data = b64decode(carried.get("data_base64", "")).decode()
        whole = str(record).count(LARGE)
        assert (data + line.decode()).count(LARGE) >= whole > 0
    assert list(read_events(lines, CODEC))


@pytest.mark.parametrize("cell", [2**63 - 1, -(2**63), 9e999, 2**53, 0.1, b"\\xff", None])
@pytest.mark.parametrize("choice", [None, Mapping(type=("type",), data=()), Mapping(("type",))])
def test_a_cell_of_a_database_may_hold_any_number(cell: object, choice: Mapping | None) -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE e (seq_id, stream_id, version, type, timestamp, data)")
        at = "2026-03-02T10:00:00Z"
        rows = [(1, "a", 1, "made", at, "{}"), (2, "a", 2, "made", at, cell)]
        database.executemany("INSERT INTO e VALUES (?, ?, ?, ?, ?, ?)", rows)
        events = list(read_all(open_database(database), CODEC, choice).events)
    lines = written(events)
    assert list(read_events(lines, CODEC)) == events
    if type(cell) is int:
        data = b64decode(json.loads(lines[1]).get("data_base64", "")).decode()
        assert str(cell) in data + lines[1].decode()


@pytest.mark.parametrize("make", [examples.eventsourcingdb_wrapped])
@pytest.mark.parametrize("kind", [{}, [], None, 3, "heartbeat", "x"])
def test_what_eventsourcingdb_sends_between_events_may_say_anything(make: Make, kind) -> None:
    content = examples.json_lines([*make(), {"type": kind, "payload": {}}])
    reading = read_or_refuse(content)
    assert reading is None or len(reading.events) == len(STORY)


def test_names_that_fill_a_line_by_being_there_more_than_once_are_too_long() -> None:
    records = [record | {"stream_id": "x" * 300_000} for record in examples.marten()[:1]]
    for record in (*records, {name: v for name, v in records[0].items() if name != "id"}):
        dump = open_dump([examples.json_lines([record, *examples.marten()[1:]])])
        dump.longest_event = LONGEST_LINE
        reading = read_all(dump, CODEC)
        assert [tally.code for tally in reading.outcome.unplaced] in ([], [Why.TOO_LONG])
        assert written(reading.events)


@pytest.mark.parametrize("spoilt", [b'"s\xffz": 1', b'"z": "\xff"'])
def test_a_record_with_a_large_number_is_looked_at_as_closely_as_any(spoilt: bytes) -> None:
    broken = b'{"n": ' + LARGE.encode() + b', "d": {' + spoilt + b"}}\n"
    reading = read(examples.json_lines(examples.marten()) + broken)
    assert only(reading).code is Why.NOT_TEXT


@each_source
@few
@given(st.data())
def test_a_field_of_another_kind(make: Make, data: st.DataObject) -> None:
    records = make()
    nth = data.draw(st.integers(0, len(records) - 1))
    record = records[nth]
    inner = [v for v in record.values() if isinstance(v, dict) and v]
    place = data.draw(st.sampled_from([record, *inner]))
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(any_value)
    written = "".join(json.dumps(one) + "\n" for one in records).encode()
    reading = read_or_refuse(written, data.draw(sizes))
    if reading is not None and reading.outcome.source not in ("", "cloudevents"):
        assert len(reading.events) >= len(records) - 1
        for tally in reading.outcome.unplaced:
            assert tally.count == 1
    if reading is not None and reading.outcome.source not in ("cloudevents", "eventsourcingdb"):
        lines = [line.encode() for line in write_events(reading.events, CODEC)]
        assert tuple(read_events(lines, CODEC)) == reading.events


@each_source
@few
@given(st.data())
def test_a_field_that_is_missing(make: Make, data: st.DataObject) -> None:
    records = make()
    del records[2][data.draw(st.sampled_from(sorted(records[2])))]
    read_or_refuse(LAYOUTS[data.draw(st.sampled_from(SOME_LAYOUTS))](records))


@each_source
@few
@given(st.data())
def test_bytes_that_were_hit_on_the_way(make: Make, data: st.DataObject) -> None:
    layout = data.draw(st.sampled_from([*SOME_LAYOUTS, "JSON Lines, UTF-16", "payload"]))
    whole = bytearray(LAYOUTS[layout](make()))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    read_or_refuse(bytes(whole), data.draw(sizes))


@given(st.binary(max_size=200), sizes)
def test_any_bytes_at_all(data: bytes, size: int) -> None:
    read_or_refuse(data, size)
    read_or_refuse(gzip.compress(data), size)
    read_or_refuse(b"SQLite format 3\x00" + data, size)
    read_or_refuse(b'[{"a":1},' + data, size)
    read_or_refuse(b"a,b\n" + data, size)


@pytest.mark.parametrize("layout", ["JSON Lines", "array", "array, indented", "one after another"])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace('"version": 3', '"version": ,').replace(
            '"version":3', '"version":,'
        ),
        lambda text: text.replace('"version": 3', '"version": NaN').replace(
            '"version":3', '"version":NaN'
        ),
        lambda text: text.replace("=1+1", '"=1+1'),
        lambda text: text.replace('"amount": 1250', '"amount": 9007199254740993 1').replace(
            '"amount":1250', '"amount":9007199254740993 1'
        ),
        lambda text: (
            text.replace('"amount": 1250', '"amount": 9007199254740993')
            .replace('"amount":1250', '"amount":9007199254740993')
            .replace('Withdrawn, Bank"', 'Withdrawn, Bank" 1')
        ),
    ],
)
def test_a_broken_record_costs_no_other(layout: str, spoil: Callable[[str], str]) -> None:
    data = spoil(LAYOUTS[layout](examples.marten()).decode()).encode()
    for size in (5, 1 << 16):
        reading = read(data, size)
        assert only(reading).code is Why.NOT_JSON
        assert only(reading).example.number == 4
        assert [event.id[-1] for event in reading.events] == ["1", "2", "3", "5"]


def test_a_record_in_another_encoding_costs_no_other() -> None:
    for layout in ("JSON Lines", "array, indented", "CSV"):
        data = LAYOUTS[layout](examples.marten()).replace("žluť".encode(), "žluť".encode("cp1250"))
        reading = read(data)
        assert only(reading).code is Why.NOT_TEXT
        assert only(reading).example.number == 5
        assert len(reading.events) == 4


def test_a_row_with_other_cells_than_the_header_costs_no_other() -> None:
    records = [one | {"data": "x"} for one in examples.marten()]
    header, _, *rest = examples.csv(records).decode().split("\n")
    reading = read("\n".join([header, "just,two", *rest]).encode())
    assert only(reading).code is Why.OTHER_CELLS
    assert (only(reading).example.number, only(reading).example.line) == (1, 2)
    assert len(reading.events) == 4


def test_quotes_that_never_close_cost_their_row() -> None:
    rows = examples.csv([one | {"data": "x"} for one in examples.marten()]).decode().split("\n")
    rows[2] = rows[2].replace(",x,", ',"x,')
    reading = read("\n".join(rows).encode())
    assert only(reading).code is Why.CUT_SHORT
    assert (only(reading).example.number, only(reading).example.line) == (2, 3)
    assert len(reading.events) == 4


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", Why.NO_RECORDS),
        (b" \n\r\n\t", Why.NO_RECORDS),
        (b"\xef\xbb\xbf", Why.NO_RECORDS),
        (gzip.compress(b"", mtime=0), Why.NO_RECORDS),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(500), Why.NOT_TEXT),
        (b"Dear Ada\nyou owe us\n", Why.NOT_JSON),
        (b"\x1f\x8b\x08\x00nothing that is gzip", Why.BROKEN_GZIP),
        (gzip.compress(b"[" * 1000, mtime=0)[:10], Why.CUT_SHORT),
        (b"SQLite format 3\x00" + bytes(100), Why.BROKEN_DATABASE),
        (b"SQLite format 3\x00", Why.BROKEN_DATABASE),
    ],
)
def test_a_file_without_records_is_refused_with_the_reason(data: bytes, why: Why) -> None:
    with pytest.raises(NoRecords) as none:
        open_dump([data])
    assert none.value.why is why


def test_an_empty_array_and_an_empty_object_hold_no_record() -> None:
    for data in (b"[]", b"[ ]\n", b"{}", b'{"entries":[]}'):
        reading = read_or_refuse(data)
        assert reading is None or reading.events == ()


def test_a_gzip_that_was_cut_keeps_what_came_before() -> None:
    packed = gzip.compress(examples.json_lines(examples.marten() * 1), compresslevel=0)
    reading = read(packed[:-400])
    assert len(reading.events) >= 3
    assert Why.CUT_SHORT in {tally.code for tally in reading.outcome.unplaced}


def test_a_gzip_that_unpacks_to_gigabytes_is_left_where_the_limit_is() -> None:
    line = examples.json_lines(examples.marten())
    bomb = zlib.compressobj(9, wbits=31)
    packed = bomb.compress(line) + b"".join(bomb.compress(bytes(1 << 20)) for _ in range(200))
    packed += bomb.flush()
    reading = read_all(open_dump([packed], most_unpacked=1 << 24), CODEC)
    assert len(reading.events) == 5
    assert Why.UNPACKS_TOO_LARGE in {tally.code for tally in reading.outcome.unplaced}


def test_several_gzips_put_together_are_one_file() -> None:
    first, second = examples.marten()[:2], examples.marten()[2:]
    parts = gzip.compress(examples.json_lines(first)) + gzip.compress(examples.json_lines(second))
    assert len(read(parts, 7).events) == 5


def test_deep_nesting_is_data_that_is_kept_as_it_was_written() -> None:
    deep = '{"a":' * 5_000 + "1" + "}" * 5_000
    record = json.dumps(examples.marten()[0] | {"data": 0}).replace('"data": 0', f'"data": {deep}')
    rest = examples.json_lines(examples.marten()[1:])
    for data in (record.encode() + b"\n" + rest, b"[" + record.encode() + b"]"):
        reading = read(data)
        assert reading.outcome.unplaced == ()
        first = reading.events[0]
        assert first.event == UnknownEvent("account_opened", 1, None)
        assert {t.code: t.count for t in reading.outcome.notes} == {Note.KEPT_AS_WRITTEN: 1}
        assert len(str(first.attributes["data_base64"])) > len(deep)
        assert data_of(first) is None or data_of(first) == deep


def test_deep_nesting_in_a_text_is_a_text() -> None:
    deep = "[" * 100_000
    records = [one | {"data": deep} for one in examples.message_db()]
    reading = read(examples.csv(records))
    assert [data_of(event) for event in reading.events] == [deep] * 5


def test_brackets_without_end_are_told_and_do_not_hang() -> None:
    for data in (b"[" * 500_000, b'[{"a":' * 100_000, b'{"a":[' * 100_000, b'[{"' * 100_000):
        assert read_or_refuse(data) is None or True


def test_broken_records_that_never_close_do_not_hang_and_cost_no_other() -> None:
    broken = '{"seq_id": 1, "stream_id":'
    record = '{{"seq_id": {0}, "stream_id": "a", "version": {0}, "type": "x"}}'
    mixed = [broken if nth % 2 else record.format(nth) for nth in range(2_000)]
    reading = read(("[" + ",".join(mixed) + "]").encode())
    assert len(reading.events) == 1_000
    assert sum(tally.count for tally in reading.outcome.unplaced) == 1_000
    read(("[" + ",".join([broken] * 5_000) + "]").encode())


def test_a_header_of_names_all_alike_does_not_hang() -> None:
    for data in (b"," * 50_000, b"a," * 50_000 + b"\n" + b"1," * 50_000 + b"\n"):
        read_or_refuse(data)


def test_ten_megabytes_of_text_are_data() -> None:
    long = "x" * 10_000_000
    records = [one | {"data": {"document": long}} for one in examples.marten()[:2]]
    for layout in ("array", "CSV"):
        reading = read(LAYOUTS[layout](records))
        assert [data_of(event) for event in reading.events] == [{"document": long}] * 2


def test_a_record_without_end_is_too_long() -> None:
    endless = (b"x" * (1 << 20) for _ in range(40))

    def chunks():
        yield b'{"a": 1, "b": 2}\n{"a": 3, "b": 4}\n{"a": "'
        yield from endless

    reading = read_all(open_dump(chunks()), CODEC)
    assert reading.outcome.records == 3
    assert {t.example.evidence[:8] for t in reading.outcome.unplaced} >= {'{"a": 1,'}


def test_formulas_markup_and_odd_names_are_data() -> None:
    data = {
        "__proto__": {"polluted": True},
        "constructor": "x",
        "": 1,
        "note": "=HYPERLINK(1)",
        "html": "<script>alert(1)</script>",
    }
    for layout in ("JSON Lines", "array", "CSV"):
        records = [one | {"data": data} for one in examples.marten()]
        reading = read(LAYOUTS[layout](records))
        assert [data_of(event) for event in reading.events] == [data] * 5


def test_what_a_database_would_run_is_not_run() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE plain (seq_id, stream_id, version, type, data)")
    connection.execute("INSERT INTO plain VALUES (1, 's', 1, 't', '{}')")
    connection.execute("CREATE TABLE made (a, b AS (printf('%.*c', 9000000, 'x')))")
    connection.execute("INSERT INTO made (a) VALUES (1)")
    connection.execute("CREATE VIEW view AS SELECT load_extension('evil') AS seq_id")
    connection.commit()
    dump = open_dump([connection.serialize()])
    connection.close()
    assert dump.layout is Layout.SQLITE
    assert len(read_all(dump, CODEC).events) == 1
