"""A part of a history is what reading all of it and leaving out the others would have left."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core import CODEC
from esbank_core.bank.events import Event
from esbank_core.kernel.identity import GENESIS, NO_STREAM, EventId
from esbank_core.kernel.recorded import RecordedEvent, UnknownEvent
from esbank_core.sources import Dump, Order, Part, Reading, Why, open_dump, read_all
from esbank_core.sources.reading import read_in_slices, read_together
from tests.core.sources import examples
from tests.core.sources.examples import ALL, LAYOUTS, Fields
from tests.core.sources.test_layouts import lines, marten

Make = Callable[[], list[Fields]]
Result = TypeVar("Result")
Events = list[RecordedEvent[Event | UnknownEvent]]

each_source = pytest.mark.parametrize("make", [m for _, m in ALL.values()], ids=list(ALL))


def done(slices: Generator[int, None, Result]) -> Result:
    while True:
        try:
            next(slices)
        except StopIteration as stopped:
            result: Result = stopped.value
            return result


def part_of(dump: Dump, part: Part) -> Reading[Event]:
    return done(read_in_slices(dump, CODEC, None, 2, part))


def without_places(events: Events) -> Events:
    """Events as their records tell of them: ids that follow from a place go with the place."""
    return [
        replace(
            one,
            position=GENESIS,
            version=NO_STREAM,
            id=EventId("" if one.id.startswith(f"{one.stream_id}/") else one.id),
        )
        for one in events
    ]


@each_source
@pytest.mark.parametrize("layout", ["JSON Lines", "array", "CSV, gzipped"])
def test_of_every_source_and_layout(make: Make, layout: str) -> None:
    data = LAYOUTS[layout](make())
    whole = list(read_all(open_dump([data]), CODEC).events)
    stream, middle = whole[0].stream_id, whole[2].time
    parts = {
        Part(stream=stream): [one for one in whole if one.stream_id == stream],
        Part(since=middle): whole[2:],
        Part(until=middle): whole[:3],
        Part(since=middle, until=middle): whole[2:3],
        Part(newest=2): whole[-2:],
        Part(stream="nobody's"): [],
    }
    for part, wanted in parts.items():
        found = part_of(open_dump([data]), part).events
        assert without_places(list(found)) == without_places(wanted)
        assert [one.position for one in found] == list(range(1, len(found) + 1))


@given(st.permutations(range(30)), st.integers(1, 40))
def test_the_newest_are_those_of_the_store_however_the_records_stand(
    order: list[int], count: int
) -> None:
    records = list(islice(marten(30), 30))
    data = examples.json_lines([records[nth] | {"data": {}} for nth in order])
    found = part_of(open_dump([data]), Part(newest=count)).events
    assert [one.id for one in found] == [str(nth) for nth in range(31 - min(count, 30), 31)]


def test_what_is_not_wanted_is_not_held() -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        reading = part_of(open_dump(lines(marten(count))), Part(newest=20))
        assert len(reading.events) == 20
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    assert peak(1_200) < 1.2 * peak(400)


def test_versions_that_were_left_out_are_said_to_be_missing() -> None:
    dump = open_dump([examples.json_lines(examples.marten())])
    reading = part_of(dump, Part(newest=2))
    assert {tally.code for tally in reading.outcome.notes} == {"versions missing"}
    assert reading.outcome.records == 5


# Several dumps.


def test_parts_of_one_dump_are_put_together_by_position_and_what_is_in_both_is_once() -> None:
    records = examples.emmett()
    dumps = [open_dump([examples.json_lines(part)]) for part in (records[2:], records[:3])]
    first, second = done(read_together([(dump, None) for dump in dumps], CODEC, 2))
    assert list(first.events) == list(
        read_all(open_dump([examples.json_lines(records)]), CODEC).events
    )
    assert (first.outcome.order, second.events) == (Order.POSITION, ())
    assert [tally.code for tally in first.outcome.unplaced] == [Why.REPEATED]


def test_positions_of_different_stores_do_not_compare() -> None:
    kafka = [record | {"offset": 10**6 + n} for n, record in enumerate(examples.kcat())]
    dumps = [open_dump([examples.json_lines(one)]) for one in (kafka, examples.marten()[::-1])]
    readings = done(read_together([(dump, None) for dump in dumps], CODEC, 2))
    told = [one.attributes["source"] for one in readings[0].events]
    assert told == ["kcat", "marten"] * 5
    assert readings[0].outcome.order is Order.PARTITION
    assert [reading.outcome.source for reading in readings] == ["kcat", "marten"]
    times = [one.time for one in readings[0].events]
    assert max(abs(a - b) for a, b in zip(times[::2], times[1::2], strict=True)) == timedelta(0)
