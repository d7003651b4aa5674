"""A CSV that nobody foresaw, mapped by hand; the mapping as a file that travels."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core import CODEC, Actor
from esbank_core.sources.dump import open_dump
from esbank_core.sources.found import data_of
from esbank_core.sources.mapping import (
    Mapping,
    Unfit,
    UnfitMappingError,
    parse_mapping,
    shape_of,
    suggested_mapping,
    write_mapping,
)
from esbank_core.sources.ordering import Order
from esbank_core.sources.pointers import format_pointer, found_in, look, parse_pointer
from esbank_core.sources.reading import read_all
from esbank_core.sources.records import Note, Record, Why
from tests.core.sources.examples import Fields

CSV = b"""when,what,who,blob,n
2026-03-02 10:00:01,till.opened,ada,"{""till"": {""id"": ""T-1""}, ""cents"": 5}",2
2026-03-02 10:00:00,till.made,ada,"{""till"": {""id"": ""T-1""}}",1
2026-03-02 10:00:02,till.opened,bob,"{""till"": {""id"": ""T-2""}}",3
"""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)
MAPPING = Mapping(
    type=("what",),
    stream=("blob", "till", "id"),
    position=("n",),
    time=("when",),
    data=("blob",),
    actor=("who",),
    shape=("blob", "n", "what", "when", "who"),
)


def test_each_part_is_a_field_and_texts_of_json_are_opened() -> None:
    reading = read_all(open_dump([CSV]), CODEC, MAPPING)
    assert reading.outcome.source == "mapping"
    assert reading.outcome.order is Order.POSITION
    assert [(one.stream_id, one.version, one.event.type) for one in reading.events] == [
        ("T-1", 1, "till.made"),
        ("T-1", 2, "till.opened"),
        ("T-2", 1, "till.opened"),
    ]
    second = reading.events[1]
    assert second.actor == Actor("user", "ada")
    assert data_of(second) == {"till": {"id": "T-1"}, "cents": 5}
    assert second.time.isoformat() == "2026-03-02T10:00:01+00:00"


def test_the_record_itself_can_be_the_data() -> None:
    reading = read_all(open_dump([CSV]), CODEC, Mapping(type=("what",), data=()))
    first = data_of(reading.events[0])
    assert first == {
        "when": "2026-03-02 10:00:01",
        "what": "till.opened",
        "who": "ada",
        "blob": {"till": {"id": "T-1"}, "cents": 5},
        "n": "2",
    }


def test_a_mapping_travels_as_a_small_file() -> None:
    text = write_mapping(MAPPING)
    assert json.loads(text) == {
        "mapping": 1,
        "type": "/what",
        "stream": "/blob/till/id",
        "position": "/n",
        "time": "/when",
        "data": "/blob",
        "actor": "/who",
        "shape": ["blob", "n", "what", "when", "who"],
    }
    assert parse_mapping(text) == MAPPING
    assert parse_mapping("\ufeff" + text) == MAPPING


pointers = st.lists(st.text(), min_size=1, max_size=3).map(tuple)


@given(
    st.builds(
        Mapping,
        type=pointers,
        stream=st.none() | pointers,
        data=st.none() | st.just(()) | pointers,
        causation=st.none() | pointers,
        shape=st.lists(st.text(st.characters(codec="utf-8"))).map(tuple),
    )
)
def test_every_mapping_is_read_as_it_was_written(mapping: Mapping) -> None:
    text = write_mapping(mapping)
    if "\\ud" in text:
        return  # half of a character is no name of a field
    assert parse_mapping(text) == mapping


@pytest.mark.parametrize(
    ("text", "code", "part"),
    [
        ("", Unfit.NOT_JSON, ""),
        ("{", Unfit.NOT_JSON, ""),
        ("[" * 100_000, Unfit.NOT_JSON, ""),
        ("[]", Unfit.NOT_A_MAPPING, ""),
        ('{"type": "/a"}', Unfit.NOT_A_MAPPING, ""),
        ('{"mapping": 2, "type": "/a"}', Unfit.NOT_A_MAPPING, ""),
        ('{"mapping": 1, "type": "/a", "shape": "a"}', Unfit.NOT_A_MAPPING, "shape"),
        ('{"mapping": 1, "type": "/a", "colour": "/b"}', Unfit.UNKNOWN_PART, "colour"),
        ('{"mapping": 1, "type": "a"}', Unfit.NOT_A_POINTER, "type"),
        ('{"mapping": 1, "type": "/a", "time": 7}', Unfit.NOT_A_POINTER, "time"),
        ('{"mapping": 1, "stream": "/a"}', Unfit.TYPE_MISSING, "type"),
    ],
)
def test_what_is_no_mapping_is_refused_with_the_part(text: str, code: Unfit, part: str) -> None:
    with pytest.raises(UnfitMappingError) as unfit:
        parse_mapping(text)
    assert (unfit.value.code, unfit.value.part) == (code, part)


@given(st.text())
def test_any_text_is_a_mapping_or_refused(text: str) -> None:
    with pytest.raises(UnfitMappingError):
        parse_mapping(text)


def test_a_mapping_that_names_the_wrong_version_loses_no_event() -> None:
    csv = b"event,of,schema\nmade,A,1\nopened,A,1\nopened,A,1\n"
    mapping = Mapping(type=("event",), stream=("of",), version=("schema",), data=())
    reading = read_all(open_dump([csv]), CODEC, mapping)
    assert [(one.id, one.event.type) for one in reading.events] == [
        ("A/1", "made"),
        ("A/2", "opened"),
        ("A/3", "opened"),
    ]
    notes = {tally.code: tally.count for tally in reading.outcome.notes}
    assert notes == {Note.SAME_PLACE: 2, Note.NO_TIME: 3}


def test_numbers_are_read_as_tables_write_them() -> None:
    csv = b"type,n\na,1.0\nb,2.000\n"
    json_lines = b'{"type": "a", "n": 1.0}\n{"type": "b", "n": "2"}\n'
    for data in (csv, json_lines):
        reading = read_all(open_dump([data]), CODEC, Mapping(type=("type",), position=("n",)))
        assert reading.outcome.order is Order.POSITION
        assert len(reading.events) == 2
    reading = read_all(open_dump([b"type,n\na,1.5\n"]), CODEC, Mapping(("type",), position=("n",)))
    (tally,) = reading.outcome.unplaced
    assert (tally.code, tally.example.field) == (Why.OTHER_KIND, "/n")


def test_json_that_was_written_into_a_text_twice_is_opened() -> None:
    twice = json.dumps(json.dumps({"a": 1}))
    line = json.dumps({"type": "a", "data": twice, "other": '"a text"'}).encode()
    reading = read_all(open_dump([line]), CODEC, Mapping(("type",), data=("data",)))
    assert data_of(reading.events[0]) == {"a": 1}
    reading = read_all(open_dump([line]), CODEC, Mapping(("type",), data=("other",)))
    assert data_of(reading.events[0]) == '"a text"'


def test_a_mapping_that_leads_nowhere_says_which_field_is_missing() -> None:
    reading = read_all(open_dump([CSV]), CODEC, Mapping(type=("blob", "kind")))
    (tally,) = reading.outcome.unplaced
    assert (tally.code, tally.count, tally.example.field) == (Why.FIELD_MISSING, 3, "/blob/kind")


def test_a_mapping_is_kept_by_the_shape_of_the_records() -> None:
    assert shape_of(open_dump([CSV]).sample) == MAPPING.shape


def test_every_field_is_offered_with_an_example_nested_ones_as_well() -> None:
    found = found_in(record.fields for record in open_dump([CSV]).sample)
    assert {format_pointer(pointer): value for pointer, value in found.items()} == {
        "/when": "2026-03-02 10:00:01",
        "/what": "till.opened",
        "/who": "ada",
        "/blob": '{"till": {"id": "T-1"}, "cents": 5}',
        "/blob/till": {"id": "T-1"},
        "/blob/till/id": "T-1",
        "/blob/cents": 5,
        "/n": "2",
    }


def test_a_pointer_is_written_as_rfc_6901_has_it() -> None:
    for text, steps in {
        "": (),
        "/": ("",),
        "/a~1b/m~0n": ("a/b", "m~n"),
        "/~01": ("~1",),
        "/a/0": ("a", "0"),
    }.items():
        assert parse_pointer(text) == steps
        assert format_pointer(steps) == text
    with pytest.raises(ValueError, match="a/b"):
        parse_pointer("a/b")


def test_a_pointer_leads_through_lists_and_the_headers_of_kafka() -> None:
    value = {"a": [{"b": 1}, {"b": 2}], "headers": ["ce_type", "x", "n", "y"]}
    assert look(value, ("a", "1", "b")) == 2
    assert look(value, ("a", "7", "b")) is None
    assert look(value, ("headers", "n")) == "y"
    assert look(value, ("a", "b", "c", "d")) is None


def told(count: int, **fields: Callable[[int], object]) -> list[Record]:
    return [
        Record(n + 1, n + 2, {name: make(n) for name, make in fields.items()}) for n in range(count)
    ]


@pytest.mark.parametrize(
    ("records", "wanted"),
    [
        (
            told(
                9,
                Vorgang=lambda n: ("Bestellt", "Bezahlt", "Versandt")[n // 3],
                KundeNr=lambda n: f"K-{n % 2}",
                Zeitpunkt=lambda n: f"0{n + 1}.03.2026 10:00:00",
                Betrag=lambda n: f"{n},50",
            ),
            ("/Vorgang", "/KundeNr", "/Zeitpunkt"),
        ),
        (
            told(
                9,
                quand=lambda n: str(1_772_445_600_250 + n),
                quoi=lambda n: ("panier.créé", "panier.payé")[n // 5],
                panier=lambda n: f"P{n % 3}",
                montant=lambda n: n % 4,
            ),
            ("/quoi", "/panier", "/quand"),
        ),
        (
            told(
                9,
                level=lambda _: "INFO",
                msg=lambda n: ("made", "packed", "sent")[n // 3],
                ctx=lambda n: {"shipment": {"id": n // 4}, "trace": f"t{n}"},
                at_ns=lambda n: 1_772_445_600_250_000_000 + n,
            ),
            ("/msg", "/ctx/shipment/id", "/at_ns"),
        ),
        (told(3, a=lambda n: n, b=lambda n: "x"), ("/b", None, None)),
        (told(3, a=lambda n: n), None),
    ],
)
def test_a_mapping_is_suggested_by_what_stands_in_fields_whatever_they_are_called(
    records: list[Record], wanted: tuple[str | None, ...] | None
) -> None:
    mapping = suggested_mapping(records)
    found = mapping and tuple(
        pointer and format_pointer(pointer)
        for pointer in (mapping.type, mapping.stream, mapping.time)
    )
    assert found == wanted


@given(st.lists(st.dictionaries(st.text(max_size=3), JSON, max_size=4), max_size=5))
def test_whatever_records_hold_a_mapping_is_suggested_or_none(records: list[Fields]) -> None:
    rows = [Record(nth, nth, fields) for nth, fields in enumerate(records, start=1)]
    mapping = suggested_mapping(rows)
    assert mapping is None or mapping.type in found_in(records)


def test_a_mapping_is_suggested_by_what_fields_are_usually_called() -> None:
    csv = b"id,occurred_at,event_type,account,user,body\n1,2026-03-02,opened,A-1,ada,{}\n"
    assert suggested_mapping(open_dump([csv]).sample) == Mapping(
        type=("event_type",),
        stream=("account",),
        position=("id",),
        time=("occurred_at",),
        data=("body",),
        actor=("user",),
        shape=("account", "body", "event_type", "id", "occurred_at", "user"),
    )
    assert suggested_mapping(open_dump([b"a,b\n1,2\n"]).sample) is None
