"""What is sorted on disk comes as what is sorted in memory does: whatever the records hold."""

from __future__ import annotations

import json
import sqlite3
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core import CODEC
from esbank_core.sources.dump import open_dump
from esbank_core.sources.ordering import Order
from esbank_core.sources.reading import EventsSortedOnDisk, Outcome, Reading, read_all
from tests.core.sources import examples
from tests.core.sources.examples import ALL, LAYOUTS, Fields

Make = Callable[[], list[Fields]]

each_source = pytest.mark.parametrize("make", [m for _, m in ALL.values()], ids=list(ALL))


def sorted_on_disk(data: bytes) -> Reading[object]:
    with closing(sqlite3.connect(":memory:")) as database:
        events = EventsSortedOnDisk(open_dump([data]), CODEC, database)
        told = tuple(events)
        return Reading(told, events.outcome())


def by_code(reading: Reading[object]) -> Outcome:
    """What became of the records; kinds of equal number in one order."""
    outcome = reading.outcome
    return replace(outcome, unplaced=tuple(sorted(outcome.unplaced, key=lambda one: one.code)))


def is_the_same(data: bytes) -> Order:
    on_disk, in_memory = sorted_on_disk(data), read_all(open_dump([data]), CODEC)
    assert on_disk.events == in_memory.events
    assert by_code(on_disk) == by_code(in_memory)
    return on_disk.outcome.order


@each_source
@pytest.mark.parametrize("layout", ["JSON Lines", "array, indented", "CSV", "CSV, gzipped"])
def test_each_source_in_any_order(make: Make, layout: str) -> None:
    records = make()
    if "specversion" in str(records):
        mixed = records  # the order of CloudEvents is that of their lines
    else:
        mixed = [records[nth] for nth in (3, 0, 4, 2, 1, 0)]
    is_the_same(LAYOUTS[layout](mixed))


few_places = st.none() | st.integers(-2, 4) | st.sampled_from([2**53, 10**18, 10**19, 0])
seconds = st.none() | st.integers(0, 4)


def rows_without_places(second: object) -> Fields:
    source = {"connector": "postgresql", "table": "t"}
    milliseconds = None if second is None else 1_772_445_600_000 + 1000 * int(str(second))
    return {"op": "u", "after": {"id": str(second)}, "source": source, "ts_ms": milliseconds}


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "seq_id": few_places,
                "id": st.none() | st.sampled_from("abcdef"),
                "stream_id": st.sampled_from(["s", "t"]),
                "version": few_places,
                "type": st.sampled_from(["x", "y"]),
                "second": seconds,
                "number": st.sampled_from(["1", "9007199254740993"]),
            }
        ),
        max_size=8,
    ),
    st.sampled_from(["kafka", "commanded", "debezium"]),
)
def test_whatever_places_records_claim(drawn: list[Fields], kind: str) -> None:
    lines = []
    for one in drawn:
        time = None if one["second"] is None else f"2026-03-02T10:00:0{one['second']}Z"
        if kind == "kafka":
            record = examples.kcat()[0] | {
                "partition": one["stream_id"],
                "offset": one["seq_id"],
                "ts": time,
                "key": one["type"],
            }
        elif kind == "commanded":
            record = examples.commanded()[0] | {
                "event_number": one["seq_id"],
                "event_id": one["id"],
                "stream_uuid": one["stream_id"],
                "stream_version": one["version"],
                "created_at": time,
                "data": {"n": "N"},
            }
        else:
            record = rows_without_places(one["second"])
        text = examples.json_lines([record]).decode()
        lines.append(text.replace('"N"', str(one["number"])))
    if lines:
        is_the_same("".join(lines).encode())


def test_what_stands_newest_first_is_turned_round() -> None:
    records = [rows_without_places(9 - nth // 2) for nth in range(6)]
    assert is_the_same(examples.json_lines(records)) is Order.TIME
    assert is_the_same(examples.json_lines(records[::-1])) is Order.TIME


def test_groups_without_times_keep_the_places_that_their_events_stood_in() -> None:
    records = [
        one | {"event_number": None, "created_at": None, "event_id": None}
        for one in examples.commanded()
    ]
    mixed = [records[nth] for nth in (3, 4, 1, 2, 0)]
    assert is_the_same(examples.json_lines(mixed)) is Order.VERSION


def turned_round(count: int) -> Iterator[bytes]:
    """Records of 2 kB, newest first but in pairs, so that nothing stands in order."""
    first = examples.marten()[0] | {"data": {"note": "x" * 2_000}}
    for nth in range(count, 0, -2):
        for seq in (nth - 1, nth):
            record = first | {"seq_id": seq, "id": str(seq), "version": seq}
            yield json.dumps(record).encode() + b"\n"


def test_memory_is_for_one_record_at_a_time_however_they_stand() -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        with closing(sqlite3.connect("")) as database:
            events = EventsSortedOnDisk(open_dump(turned_round(count)), CODEC, database)
            assert [one.position for one in events] == list(range(1, count + 1))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    assert peak(2_000) < 1.2 * peak(600)
