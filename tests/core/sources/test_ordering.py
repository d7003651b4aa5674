"""By what events are ordered, and that it is said; what is told twice, and what is missing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core import CODEC
from esbank_core.sources.dump import open_dump
from esbank_core.sources.ordering import Order, OutOfOrder
from esbank_core.sources.reading import EventsInOrder, Reading, read_all, read_in_slices
from esbank_core.sources.records import Note, Why
from tests.core.sources import examples
from tests.core.sources.examples import TABLES, Fields


def read(records: list[Fields]) -> Reading[object]:
    return read_all(open_dump([examples.json_lines(records)]), CODEC)


def in_order(records: list[Fields]) -> EventsInOrder[object]:
    return EventsInOrder(open_dump([examples.json_lines(records)]), CODEC)


def without(records: list[Fields], *names: str) -> list[Fields]:
    return [{name: one[name] for name in one if name not in names} for one in records]


def seconds(reading: Reading[object]) -> list[int]:
    return [event.time.second for event in reading.events]


def kcat(*records: tuple[int, int, int]) -> list[Fields]:
    """Kafka records by partition, offset and second."""
    first = examples.kcat()[0]
    return [
        first | {"partition": partition, "offset": offset, "ts": 1_772_445_600_000 + 1000 * second}
        for partition, offset, second in records
    ]


def test_the_stores_own_position_comes_first() -> None:
    records = examples.marten()
    late = records[0] | {"timestamp": "2030-01-01 00:00:00+00"}  # the clock was wrong
    reading = read([*records[:0:-1], late])
    assert reading.outcome.order is Order.POSITION
    assert [event.id[-1] for event in reading.events] == ["1", "2", "3", "4", "5"]


def test_partitions_keep_their_own_order_and_are_merged_by_time() -> None:
    # In partition 0, offset 2 was written with a clock that went back.
    reading = read(kcat((1, 7, 2), (0, 3, 4), (0, 2, 1), (1, 8, 5), (0, 1, 3)))
    assert reading.outcome.order is Order.PARTITION
    assert [event.id for event in reading.events] == [
        *("accounts/1/7", "accounts/0/1", "accounts/0/2", "accounts/0/3", "accounts/1/8")
    ]


def test_without_a_position_streams_keep_their_versions_and_are_merged_by_time() -> None:
    records = without(examples.commanded(), "event_number")
    by_stream = sorted(records, key=lambda one: (str(one["stream_uuid"]), one["stream_version"]))
    for mixed in (records, by_stream, records[::-1]):
        reading = read(mixed)
        assert reading.outcome.order is Order.VERSION
        assert seconds(reading) == [0, 1, 2, 3, 4]


def test_without_times_streams_keep_the_places_that_their_events_stood_in() -> None:
    records = without(examples.commanded(), "event_number", "created_at")
    mixed = [records[nth] for nth in (3, 4, 0, 2, 1)]
    reading = read(mixed)
    assert reading.outcome.order is Order.VERSION
    assert [event.id[-1] for event in reading.events] == ["1", "3", "2", "5", "4"]


def test_positions_that_repeat_are_none() -> None:
    records = examples.commanded()
    for one in records:  # as where single streams were dumped one after another
        one["event_number"] = one["stream_version"]
    assert read(records).outcome.order is Order.VERSION


def test_without_versions_events_are_ordered_by_time() -> None:
    records = without(examples.rails_event_store(), "id", "position")
    mixed = [records[nth] for nth in (3, 1, 0, 2, 4)]
    reading = read(mixed)
    assert reading.outcome.order is Order.TIME
    assert seconds(reading) == [0, 1, 2, 3, 4]


def test_events_of_one_instant_stay_as_they_stood_unless_newest_stands_first() -> None:
    records = without(examples.rails_event_store(), "id", "position")
    for one in records[1:3]:
        one["valid_at"] = records[1]["valid_at"]
    assert [event.id[-1] for event in read(records).events] == ["1", "2", "3", "4", "5"]
    assert [event.id[-1] for event in read(records[::-1]).events] == ["1", "2", "3", "4", "5"]


def test_with_nothing_to_go_by_they_stay_as_they_stood() -> None:
    records = without(examples.rails_event_store(), "id", "position", "created_at", "valid_at")
    records = [one | {"created_at": None} for one in records]
    reading = read(records[::-1])
    assert reading.outcome.order is Order.AS_THEY_STOOD
    assert [event.id[-1] for event in reading.events] == ["5", "4", "3", "2", "1"]
    assert {tally.code: tally.count for tally in reading.outcome.notes} == {Note.NO_TIME: 5}


def test_an_event_without_a_time_stands_at_the_time_of_the_one_before_it() -> None:
    records = examples.marten()
    records[3]["timestamp"] = None
    reading = read(records)
    assert seconds(reading) == [0, 1, 2, 2, 4]
    (tally,) = reading.outcome.notes
    assert (tally.code, tally.example.number, tally.example.field) == (
        *(Note.NO_TIME, 4),
        "/timestamp",
    )


def test_versions_count_from_one_and_what_is_missing_is_said() -> None:
    records = examples.message_db()  # which counts from 0
    assert [event.version for event in read(records).events] == [1, 2, 1, 3, 2]
    assert Note.VERSIONS_MISSING not in {tally.code for tally in read(records).outcome.notes}
    reading = read([records[0], *records[2:]])
    assert [event.version for event in reading.events] == [1, 1, 2, 2]
    tally = next(t for t in reading.outcome.notes if t.code is Note.VERSIONS_MISSING)
    assert (tally.count, tally.example.number) == (1, 3)
    late = read(records[3:])
    tally = next(t for t in late.outcome.notes if t.code is Note.VERSIONS_MISSING)
    assert (tally.count, tally.example.number) == (1, 1)


def test_two_events_in_one_place_of_a_stream_are_said() -> None:
    records = without(examples.commanded(), "event_number")
    fork = records[3] | {"event_id": "another", "created_at": "2026-03-02T10:00:03.300Z"}
    reading = read([*records, fork])
    assert len(reading.events) == 6
    (tally,) = reading.outcome.notes
    assert (tally.code, tally.example.number) == (Note.SAME_PLACE, 6)


def test_another_event_under_the_same_id_has_no_place() -> None:
    records = examples.marten()
    reading = read([*records, records[2] | {"data": {"owner": "Mallory"}, "seq_id": 99}])
    assert len(reading.events) == 5
    (tally,) = reading.outcome.unplaced
    assert (tally.code, tally.example.number) == (Why.CONFLICT, 6)
    assert tally.example.evidence == records[2]["id"]


def test_an_event_of_no_stream_belongs_to_its_source() -> None:
    reading = read(without(examples.rails_event_store(), "stream", "position"))
    assert {event.stream_id for event in reading.events} == {"rails-event-store"}
    assert [event.version for event in reading.events] == [1, 2, 3, 4, 5]
    assert Note.NO_STREAM in {tally.code for tally in reading.outcome.notes}


@pytest.mark.parametrize("name", [name for name in TABLES if name != "kurrentdb-http"])
def test_records_that_stand_in_order_are_read_one_by_one(name: str) -> None:
    make = TABLES[name][1]
    streaming = in_order(make())
    whole = read(make())
    assert tuple(streaming) == whole.events
    assert streaming.outcome() == whole.outcome


def test_a_record_out_of_order_is_named_so_that_all_are_sorted() -> None:
    for records in (
        *(examples.marten(), without(examples.commanded(), "event_number")),
        *(without(examples.rails_event_store(), "id", "position"), kcat((0, 1, 1), (0, 2, 2))),
    ):
        swapped = [*records]
        swapped[0], swapped[1] = records[1], records[0]
        with pytest.raises(OutOfOrder) as out:
            list(in_order(swapped))
        assert out.value.number == 2


def test_a_record_that_has_less_to_go_by_is_out_of_order() -> None:
    first, *rest = examples.commanded()
    with pytest.raises(OutOfOrder):
        list(in_order([first, *without(rest, "event_number")]))


def test_the_same_record_twice_in_a_row_is_one_event_either_way() -> None:
    records = examples.marten()
    twice = [*records[:2], records[1], *records[2:]]
    streaming = in_order(twice)
    assert tuple(streaming) == read(twice).events
    assert streaming.outcome() == read(twice).outcome


def test_a_dump_is_read_in_slices_that_leave_time_for_others() -> None:
    records = [
        examples.marten()[0] | {"seq_id": nth, "id": str(nth), "version": nth}
        for nth in range(1, 1001)
    ]
    dump = open_dump(examples.in_chunks(examples.json_lines(records), 1000))
    slices = read_in_slices(dump, CODEC, size=100)
    seen = list(slices)
    assert len(seen) >= 20
    assert seen == sorted(seen)


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 20), st.integers(0, 9)),
        unique_by=(lambda one: one[:2],),
    )
)
def test_whatever_the_clocks_say_each_partition_keeps_its_order(
    records: list[tuple[int, int, int]],
) -> None:
    if not records:
        return
    told = [event.id.split("/")[1:] for event in read(kcat(*records)).events]
    assert len(told) == len(records)
    for partition in "012":
        offsets = [int(offset) for of, offset in told if of == partition]
        assert offsets == sorted(offsets)
