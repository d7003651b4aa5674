"""What a record says is kept as it was written, whatever JSON numbers and names it holds."""

from __future__ import annotations

import json
from base64 import b64decode
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core import CODEC, RecordedEvent
from esbank_core.kernel.recorded import UnknownEvent
from esbank_core.kernel.written.event_file import read_events, write_events
from esbank_core.sources import json_text
from esbank_core.sources.dump import open_dump
from esbank_core.sources.found import RECORD_ATTRIBUTE, data_of
from esbank_core.sources.reading import Reading, read_all
from esbank_core.sources.records import Note, Why
from tests.core.sources import examples

INEXACT = [
    '{"n": 9007199254740993}',
    '{"n":-123456789012345678901234567890}',
    '{"n": [ 0.1234567890123456789 ]}',
    '{"n": 1e400}',
    '{"n": ' + "9" * 5000 + "}",
    '{"n": "\\ud800"}',
    '{"a": 1, "a": 2}',
    '{"deep": ' + "[" * 100 + "]" * 100 + "}",
]
EXACT = [
    '{"n": 9007199254740992}',
    '{"n": 0.30000000000000004}',
    '{"n": 1.10}',
    '{"n": 1e3}',
    '{"n": "\\ud83d\\ude00"}',
    '{"n": "12345678901234567890"}',
    '{"deep": ' + "[" * 30 + "]" * 30 + "}",
]


def marten_with(data: str) -> bytes:
    records = examples.marten()[:2]
    return examples.json_lines(records).replace(
        json.dumps(records[0]["data"]).encode(), data.encode()
    )


def read(data: bytes) -> Reading[object]:
    return read_all(open_dump([data]), CODEC)


def base64_of(event: RecordedEvent[object]) -> str | None:
    encoded = event.attributes.get("data_base64")
    return b64decode(str(encoded)).decode() if encoded is not None else None


@pytest.mark.parametrize("data", INEXACT, ids=lambda data: data[:30])
def test_data_that_json_would_change_is_kept_as_its_own_bytes(data: str) -> None:
    lines = marten_with(data)
    array = b"[" + lines.replace(b"\n", b",").rstrip(b",") + b"]"
    rows = examples.csv([one | {"data": data} for one in examples.marten()[:1]])
    inner = examples.json_lines([one | {"data": data} for one in examples.message_db()[:1]])
    for written in (lines, array, rows, inner):
        reading = read(written)
        assert reading.outcome.unplaced == ()
        first = reading.events[0]
        assert base64_of(first) == data
        assert isinstance(first.event, UnknownEvent)
        assert first.event.data is None
        tally = next(t for t in reading.outcome.notes if t.code is Note.KEPT_AS_WRITTEN)
        assert (tally.count, tally.example.field) == (1, "/data")


@pytest.mark.parametrize("data", EXACT, ids=lambda data: data[:30])
def test_data_that_json_carries_is_data(data: str) -> None:
    first = read(marten_with(data)).events[0]
    assert base64_of(first) is None
    assert data_of(first) == json.loads(data)


def test_readers_look_into_what_was_kept() -> None:
    assert data_of(read(marten_with(INEXACT[0])).events[0]) == {"n": 9007199254740993}
    assert data_of(read(marten_with('{"a": 1, "b": 1e400}')).events[0]) == {"a": 1, "b": "1e400"}


def test_a_large_number_elsewhere_in_the_record_leaves_the_data_alone() -> None:
    written = examples.json_lines(examples.kurrentdb_grpc()[:1]).replace(
        b'"commitPosition": "1152921504606846977"', b'"commitPosition": 1152921504606846977'
    )
    (event,) = read(written).events
    assert "data_base64" not in event.attributes
    kept = str(event.attributes[RECORD_ATTRIBUTE])
    assert '"commitPosition":1152921504606846977' in kept.replace(" ", "")


def test_a_large_number_keeps_its_digits_in_the_record() -> None:
    written = marten_with('{"a": 1}').replace(b'"*DEFAULT*"', b"1.00000000000000000001")
    assert "1.00000000000000000001" in str(read(written).events[0].attributes[RECORD_ATTRIBUTE])


def test_a_name_given_twice_in_the_record_itself_has_no_answer() -> None:
    reading = read(
        marten_with('{"a": 1}').replace(b'{"seq_id": 41,', b'{"seq_id": 1, "seq_id": 2,')
    )
    (tally,) = reading.outcome.unplaced
    assert (tally.code, tally.example.number, tally.example.field) == (
        *(Why.NAME_TWICE, 1),
        "/seq_id",
    )
    assert len(reading.events) == 1


def test_names_with_control_characters_are_written_out() -> None:
    records = [one | {"stream_id": "a\x00b\u0085\ufffe"} for one in examples.marten()[:1]]
    written = examples.json_lines(records).decode().replace("*DEFAULT*", "\\ud800").encode()
    (event,) = read(written).events
    assert event.stream_id == "a\\x00b\\x85\\ufffe"
    assert json.loads(str(event.attributes[RECORD_ATTRIBUTE]))["stream_id"] == "a\x00b\x85\ufffe"
    assert str(event.attributes[RECORD_ATTRIBUTE]).isprintable()


@pytest.mark.parametrize("data", INEXACT + EXACT, ids=lambda data: data[:30])
def test_what_is_kept_is_written_and_read_again(data: str) -> None:
    events = read(marten_with(data)).events
    lines = list(write_events(events, CODEC))
    assert tuple(read_events([line.encode() for line in lines], CODEC)) == events
    first = json.loads(lines[0])
    assert ("data" in first) != ("data_base64" in first)
    assert ("data_base64" in first) == (data in INEXACT)


def test_what_has_no_time_or_another_schema_is_written_and_read_again() -> None:
    records = [one | {"timestamp": None, "type": "AccountFrozen"} for one in examples.marten()]
    events = read(examples.json_lines(records)).events
    lines = list(write_events(events, CODEC))
    assert tuple(read_events([line.encode() for line in lines], CODEC)) == events
    assert json.loads(lines[0])["untimed"] is True
    assert json.loads(lines[0])["dataschema"] == "urn:marten:AccountFrozen"


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), json_values))
def test_whatever_json_carries_comes_back(data: dict[str, object]) -> None:
    for text in (json.dumps(data), json.dumps(data, ensure_ascii=False, indent=1)):
        try:
            text.encode()
        except UnicodeEncodeError:
            continue
        in_lines = marten_with(" ".join(text.split("\n")))
        first = read(in_lines).events[0]
        kept = base64_of(first)
        assert kept is None or json.loads(kept) == data
        assert kept is not None or data_of(first) == data


@given(json_values)
def test_decoding_is_exact_or_says_so(value: object) -> None:
    text = json.dumps(value)
    try:
        assert json.dumps(json_text.decode(text)) == text
    except json_text.InexactError:
        assert json_text.decode_nearly(text) == value


@given(st.text(alphabet='{}[]",:0123456789.eE+-\\u \ntrfalsn', max_size=60))
def test_any_text_is_json_or_not_as_python_says(text: str) -> None:
    try:
        value = json.loads(text)
    except ValueError:
        with pytest.raises(ValueError):  # noqa: PT011 - whichever it is
            json_text.decode(text)
        return
    with suppress(json_text.InexactError):
        assert json_text.decode(text) == value
    if isinstance(value, dict):
        found, end = json_text.members(text.strip())
        assert end == len(text.strip())
        assert {member.name for member in found} == value.keys()
