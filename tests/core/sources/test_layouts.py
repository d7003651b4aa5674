"""What records stand in: told by its beginning, read in memory for one record at a time."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import Callable, Iterable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esbank_core import CODEC
from esbank_core.sources.dump import open_dump
from esbank_core.sources.layouts.layout import Layout
from esbank_core.sources.reading import EventsInOrder
from esbank_core.sources.records import Record
from tests.core.sources import examples
from tests.core.sources.examples import Fields


def fields(data: bytes, size: int = 1 << 16) -> list[Fields]:
    """The fields of every record in a file that is whole."""
    records = list(open_dump(examples.in_chunks(data, size)).records())
    assert all(isinstance(record, Record) for record in records), records
    assert [record.number for record in records] == [*range(1, len(records) + 1)]
    return [dict(record.fields) for record in records if isinstance(record, Record)]


A, B = {"a": 1, "b": "x"}, {"a": 2, "b": "y"}


@pytest.mark.parametrize(
    ("data", "layout"),
    [
        (b'{"a":1,"b":"x"}\n{"a":2,"b":"y"}\n', Layout.JSON_LINES),
        (b'{"a":1,"b":"x"}\r\n\r\n  {"a":2,"b":"y"}', Layout.JSON_LINES),
        (b'\n{"a":1,"b":"x"},\n{"a":2,"b":"y"},\n', Layout.JSON_LINES),
        (b'\x1e{"a":1,"b":"x"}\n\x1e{"a":2,"b":"y"}\n', Layout.JSON_LINES),
        (b'[{"a":1,"b":"x"},{"a":2,"b":"y"}]', Layout.JSON_ARRAY),
        (b'[\n{"a":1,"b":"x"}\n,\n{"a":2,"b":"y"},\n]\n', Layout.JSON_ARRAY),
        (b'[{"a":1,"b":"x"}]\n[{"a":2,"b":"y"}]', Layout.JSON_ARRAY),
        (b'{"a":1,\n"b":"x"}{"a":2,\n"b":"y"}', Layout.JSON_OBJECT),
        (b'{"entries":[{"a":1,"b":"x"},{"a":2,"b":"y"}],"more":[{"c":3}]}', Layout.JSON_OBJECT),
        (
            b'{"ok":true,"result":{"of":{"rows":[{"a":1,"b":"x"},{"a":2,"b":"y"}]}}}',
            Layout.JSON_OBJECT,
        ),
        (
            b'{"links":[{"rel":"self"}],"entries":[{"a":1,"b":"x"},{"a":2,"b":"y"}]}',
            Layout.JSON_OBJECT,
        ),
        (b'{"whatever":[{"a":1,"b":"x"},{"a":2,"b":"y"}],"n":2}', Layout.JSON_OBJECT),
    ],
)
def test_records_of_json_are_found_however_they_stand(data: bytes, layout: Layout) -> None:
    assert open_dump([data]).layout is layout
    for size in (1, 9, 1 << 16):
        assert fields(data, size) == [A, B]


@pytest.mark.parametrize(
    ("data", "records"),
    [
        (b"a,b\n1,x\n2,y\n", [{"a": "1", "b": "x"}, {"a": "2", "b": "y"}]),
        (b"a,b\r\n1,x\r\n\r\n2,y", [{"a": "1", "b": "x"}, {"a": "2", "b": "y"}]),
        (b"a\tb\n1\tx\n", [{"a": "1", "b": "x"}]),
        (b'"a";"b"\n"1,5";x\n', [{"a": "1,5", "b": "x"}]),
        (b"sep=;\na;b\n1;x\n", [{"a": "1", "b": "x"}]),
        (b'a,b\n,""\n', [{"b": ""}]),
        (b"a,b,c\n,,\n1,,\n", [{}, {"a": "1"}]),
        (b'a,b\n"say ""hi""",x\n', [{"a": 'say "hi"', "b": "x"}]),
        (b'a,b\n"two\r\nlines, one cell",x\r\n', [{"a": "two\r\nlines, one cell", "b": "x"}]),
        (b'a,b\nit is 5" long,x" y"\n', [{"a": 'it is 5" long', "b": 'x" y"'}]),
        (b'"a,1","b\nc"\n1,2\n', [{"a,1": "1", "b\nc": "2"}]),
        (b"id,id,v,id\n1,2,3,4\n", [{"id": "1", "id_2": "2", "v": "3", "id_3": "4"}]),
    ],
)
def test_cells_are_read_as_postgresql_writes_them(data: bytes, records: list[Fields]) -> None:
    dump = open_dump([data])
    assert dump.layout is Layout.CSV
    for size in (1, 5, 1 << 16):
        assert fields(data, size) == records


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=5), st.data())
def test_whatever_stands_in_cells_comes_out_of_them(rows: list[list[str]], data) -> None:
    written = "a,b,c\n" + "".join(
        ",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in rows
    )
    size = data.draw(st.sampled_from([1, 7, 1 << 16]))
    assert fields(written.encode(), size) == [dict(zip("abc", row, strict=True)) for row in rows]


@settings(max_examples=12)
@given(
    st.lists(
        st.dictionaries(cells, st.recursive(cells | st.integers(-9, 9), st.lists), min_size=1),
        min_size=2,
        max_size=4,
    ),
    st.sampled_from([3, 1 << 16]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_whatever_stands_in_json_comes_out_of_it(
    records: list[Fields], size: int, encoding: str
) -> None:
    for layout in (examples.json_lines, examples.json_array, examples.indented):
        data = layout(records).decode().encode(encoding)
        assert fields(data, size) == records
        assert fields(gzip.compress(data), size) == records


def test_a_file_says_how_it_stands() -> None:
    data = examples.json_lines(examples.marten())
    for written, encoding, is_packed in (
        (data, "utf-8", False),
        (data.decode().encode("utf-16"), "utf-16-le", False),
        (gzip.compress(data.decode().encode("utf-16-be")), "utf-16-be", True),
        (gzip.compress(gzip.compress(data)), "utf-8", True),
    ):
        dump = open_dump([written])
        assert (dump.encoding, dump.is_packed) == (encoding, is_packed)
        assert len(list(dump.records())) == 5


def test_records_say_on_which_line_they_begin() -> None:
    for layout, lines in (
        ("JSON Lines", [1, 2, 3, 4, 5]),
        ("array", [1, 1, 1, 1, 1]),
        ("array, indented", [2, 16, 30, 44, 58]),
    ):
        dump = open_dump(examples.in_chunks(examples.LAYOUTS[layout](examples.marten()), 50))
        assert [record.line for record in dump.records()] == lines
    dump = open_dump([b'a,b\n"x\ny",1\nz,2\n'])
    assert [record.line for record in dump.records()] == [2, 4]


def marten(count: int) -> Iterator[Fields]:
    first = examples.marten()[0] | {"data": {"note": "x" * 5_000}}
    for nth in range(1, count + 1):
        yield first | {"seq_id": nth, "id": str(nth), "version": nth}


def lines(records: Iterable[Fields]) -> Iterator[bytes]:
    for record in records:
        yield json.dumps(record).encode() + b"\n"


def array(records: Iterable[Fields]) -> Iterator[bytes]:
    yield b'{"title":"x","entries":['
    for record in records:
        yield json.dumps(record, indent=1).encode() + b","
    yield b"]}"


def rows(records: Iterable[Fields]) -> Iterator[bytes]:
    for nth, record in enumerate(records):
        header, row = examples.csv([record]).split(b"\n", 1)
        yield (b"" if nth else header + b"\n") + row


@pytest.mark.parametrize("layout", [lines, array, rows])
def test_memory_is_for_one_record_at_a_time(
    layout: Callable[[Iterable[Fields]], Iterator[bytes]],
) -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        events = EventsInOrder(open_dump(layout(marten(count))), CODEC)
        assert sum(1 for _ in events) == count
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    assert peak(1_200) < 1.2 * peak(400)
