"""A mapping set by hand: which fields there are, and what the first three events would be."""

from __future__ import annotations

import pytest

from esbank_core.sources.dump import open_dump
from esbank_core.sources.known import chosen
from esbank_core.sources.mapping import PARTS, Mapping
from esbank_core.sources.pointers import format_pointer
from esbank_core.sources.previewing import (
    Previewed,
    fields_found,
    mapping_to_begin_with,
    preview,
    with_part,
)
from esbank_core.sources.records import Record, Unplaced, Why
from tests.core.sources import examples

TILLS = b"""stamp;happened;till;blob
2026-03-02 10:00:00;till.made;T-1;"{""cents"": 0}"
2026-03-02 10:00:01;till.opened;T-1;"{""cents"": 500, ""by"": {""name"": ""Ada""}}"
yesterday;till.opened;T-2;
2026-03-02 10:00:03;till.opened;T-2;
"""


def sample() -> tuple[Record, ...]:
    return open_dump([TILLS]).sample


def test_fields_are_offered_with_an_example_nested_ones_too() -> None:
    found = {format_pointer(one.pointer): one.example for one in fields_found(sample())}
    assert found == {
        "/stamp": "2026-03-02 10:00:00",
        "/happened": "till.made",
        "/till": "T-1",
        "/blob": '{"cents": 0}',
        "/blob/cents": "0",
        "/blob/by": '{"name":"Ada"}',
        "/blob/by/name": "Ada",
    }


def test_a_long_value_is_shown_by_its_beginning() -> None:
    (found,) = fields_found([Record(1, 1, {"a": "x" * 10_000_000})])
    assert found.example == "x" * 59 + "…"


def test_a_mapping_begins_with_what_fields_look_like_whatever_they_are_called() -> None:
    mapping = mapping_to_begin_with(sample())
    assert (mapping.type, mapping.time, mapping.data) == (("happened",), ("stamp",), ("blob",))
    nameless = mapping_to_begin_with([Record(1, 1, {"1": 2, "3": None})])
    assert (nameless.type, nameless.data) == (("1",), ())


def test_the_first_three_events_are_shown_as_the_mapping_changes() -> None:
    mapping = with_part(mapping_to_begin_with(sample()), "stream", ("till",))
    first, second, third = preview(sample(), mapping)
    assert isinstance(first, Previewed)
    assert (first.stream, first.type, first.data) == ("T-1", "till.made", {"cents": 0})
    assert isinstance(second, Previewed)
    assert second.data == {"cents": 500, "by": {"name": "Ada"}}
    assert isinstance(third, Unplaced)
    assert (third.why, third.field, third.number) == (Why.OTHER_KIND, "/stamp", 3)
    timeless = with_part(mapping, "time", None)
    assert all(isinstance(one, Previewed) for one in preview(sample(), timeless))


def test_each_part_can_be_set_and_all_but_the_type_be_left_out() -> None:
    mapping = Mapping(type=("a",))
    for part in PARTS:
        assert getattr(with_part(mapping, part, ("b", "c")), part) == ("b", "c")
        if part != "type":
            assert with_part(with_part(mapping, part, ("b",)), part, None) == mapping
    for part, pointer in (("type", None), ("shape", ("a",)), ("colour", ("a",))):
        with pytest.raises(ValueError, match=part):
            with_part(mapping, part, pointer)


def test_a_source_that_is_known_is_previewed_as_it_would_be_read() -> None:
    for data in (examples.json_lines(examples.debezium_wrapped()), examples.csv(examples.marten())):
        dump = open_dump([data])
        source = chosen(dump.recognitions)
        assert source is not None
        shown = preview(dump.sample, source)
        assert len(shown) == 3
        assert all(isinstance(one, Previewed) for one in shown)
    ours = open_dump([examples.json_lines(examples.cloud_events())])
    assert preview(ours.sample, ours.recognitions[0]) == ()


def test_data_kept_as_it_was_written_is_looked_into() -> None:
    record = Record(1, 1, {"t": "x", "d": '{"n": 9007199254740993}'})
    (shown,) = preview([record], Mapping(type=("t",), data=("d",)))
    assert isinstance(shown, Previewed)
    assert shown.data == {"n": 9007199254740993}
