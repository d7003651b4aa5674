"""The file of events: what is written is read, by us and by others; the rest is refused."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, dataclass, replace
from datetime import datetime, timezone
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core import CODEC, Ledger, OpenAccount, RecordedEvent, Unwritable
from esbank_core.bank.events import MoneyDeposited
from esbank_core.bank.examples import EVENTS
from esbank_core.kernel.errors import RefusedLine
from esbank_core.kernel.recorded import UnknownEvent
from esbank_core.kernel.written.canonical_json import canonical_json
from esbank_core.kernel.written.cloud_events import from_cloud_event
from esbank_core.kernel.written.codec import Codec, EventType
from esbank_core.kernel.written.event_file import EventReader, read_events, write_events
from esbank_core.kernel.written.json_lines import Line, parse_object, read_many_lines
from esbank_core.kernel.written.own_form import OwnForm
from tests.core.histories import NOON, Bank, file_of, ledgers, lines_of, refusal_of

SHARED = Path(__file__).parents[3] / "shared" / "data"

FOREIGN = {
    "specversion": "1.0",
    "id": "7f3a",
    "source": "https://bank.example/ledger",
    "type": "MoneyDeposited",
    "subject": "ACC-1",
    "time": "2026-11-23T13:00:00+01:00",
    "data": {"amount": 5000},
}


def read(*documents: object) -> list[RecordedEvent[object]]:
    text = "".join(json.dumps(document) + "\n" for document in documents)
    return list(read_events([text.encode()], CODEC))


def refusal(*documents: object) -> RefusedLine:
    with pytest.raises(RefusedLine) as refused:
        read(*documents)
    return refused.value


def all_events() -> Ledger:
    return Bank().happened("ACC-1", EVENTS).ledger


@given(ledgers(), st.integers(1, 4000))
def test_a_reader_gives_one_event_for_each_line_that_it_is_fed(ledger, size) -> None:
    ours = file_of(ledger.recorded)
    foreign = json.dumps(FOREIGN).encode() + b"\n"
    whole = ours + foreign + foreign.replace(b"7f3a", b"7f3b")
    reader = EventReader(CODEC)
    events = []
    for lines in read_many_lines(whole[n : n + size] for n in range(0, len(whole), size)):
        read_now = [event for run in reader.read(lines) for event in run]
        assert len(read_now) == lines.text.count("\n") + 1
        events += read_now
    assert events == list(read_events([whole], CODEC))


@given(ledgers())
def test_what_is_written_is_read(ledger: Ledger) -> None:
    assert list(read_events([file_of(ledger.recorded)], CODEC)) == list(ledger.recorded)


def test_every_type_of_event_survives() -> None:
    ledger = all_events()
    assert list(read_events([file_of(ledger.recorded)], CODEC)) == list(ledger.recorded)


def test_a_foreign_event_needs_no_more_than_cloudevents_asks_for() -> None:
    (read_back,) = read(FOREIGN)
    assert read_back.event == MoneyDeposited(5000)
    assert (read_back.position, read_back.version) == (1, 1)
    assert read_back.time == datetime(2026, 11, 23, 12, tzinfo=timezone.utc)


def test_position_and_version_follow_from_the_order() -> None:
    other = {**FOREIGN, "subject": "ACC-2"}
    places = [
        (recorded.stream_id, recorded.version, recorded.position)
        for recorded in read(FOREIGN, other, {**FOREIGN, "id": "8"})
    ]
    assert places == [("ACC-1", 1, 1), ("ACC-2", 1, 2), ("ACC-1", 2, 3)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"sequence": "000000000002"},
        {"sequence": "000000000000"},
        {"sequence": 1},
        {"streamversion": 2},
        {"streamversion": "1"},
        {"streamversion": True},
    ],
)
def test_a_place_that_contradicts_the_order_is_refused(wrong: dict[str, object]) -> None:
    refused = refusal({**FOREIGN, "source": "esbank", **wrong})
    assert refused.line == 1
    assert "follow from the order" in refused.remedy


def test_lines_out_of_order_are_refused_in_our_own_form_as_well() -> None:
    first, second, *_ = lines_of(all_events().recorded)
    with pytest.raises(RefusedLine, match=r"^Line 1: .*sequence"):
        list(read_events([(second + first).encode()], CODEC))


@pytest.mark.parametrize("missing", ["specversion", "id", "source", "type"])
@pytest.mark.parametrize("instead", ["nothing", None, "", 7, ["x"]])
def test_each_required_attribute_is_a_text(missing: str, instead: object) -> None:
    document = {**FOREIGN, missing: instead}
    if instead == "nothing":
        del document[missing]
    refused = refusal(FOREIGN, document)
    assert refused.line == 2
    assert missing in str(refused)


@pytest.mark.parametrize(
    "wrong",
    [
        {"specversion": "0.3"},
        {"time": "2026-02-30T00:00:00Z"},
        {"time": "2026-11-23T12:00:00"},
        {"time": "2026-11-23T12:00:61Z"},
        {"time": "0001-01-01T00:00:00+23:59"},
        {"data": None},
        {"data": []},
        {"data": {"amount": "5000"}},
        {"data": {"amount": 50.5}},
        {"data": {"amount": True}},
        {"data": {"note": "x"}},
        {"data": {"amount": 1, "note": 7}},
        {"data": {"amount": 1, "surplus": 1}},
        {"correlationid": 7},
        {"causationid": []},
    ],
)
def test_what_contradicts_its_schema_is_refused(wrong: dict[str, object]) -> None:
    refused = refusal(FOREIGN, {**FOREIGN, **wrong})
    assert refused.line == 2
    assert "CloudEvents 1.0" in refused.remedy


def test_what_is_read_before_a_refusal_is_not_mistaken_for_a_file() -> None:
    lines = lines_of(all_events().recorded)
    events = read_events(["".join(lines[:5]).encode() + b"oops\n"], CODEC)
    with pytest.raises(RefusedLine, match=r"^Line 6: "):
        list(events)


def test_unknown_types_and_attributes_survive_untouched() -> None:
    document = {
        **FOREIGN,
        "type": "com.example.Audited",
        "dataschema": "https://bank.example/audited.json",
        "datacontenttype": "application/vnd.example+json",
        "partitionkey": "tenant-7",
        "authtype": "service_account",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "ours": 7,
        "data": {"deep": [1, 2.5, None, {"ř": "\U0001f600"}]},
    }
    first = read(document)
    assert first[0].event == UnknownEvent("com.example.Audited", 1, document["data"])
    (line,) = write_events(first, CODEC)
    written = json.loads(line)
    assert {name: written[name] for name in document} == document
    assert list(read_events([line.encode()], CODEC)) == first


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("12:01:00.000Z", "12:01:00.000000Z"),
        ("12:01:00.000Z", "12:01:00.123000Z"),
        ("12:01:00.000Z", "12:01:00Z"),
        ('"partitionkey":"ACC-1"', '"partitionkey":"tenant-7"'),
        ("urn:esbank:AccountOpened:1", "urn:esbank:AccountOpened:2"),
        ("urn:esbank:AccountOpened:1", "urn:example:opened"),
    ],
)
def test_what_is_almost_our_own_form_survives_as_well(ours: str, theirs: str) -> None:
    ledger = Bank().do(OpenAccount("ACC-1", "Ada")).ledger
    (line,) = lines_of(ledger.recorded)
    assert ours in line
    first = list(read_events([line.replace(ours, theirs).encode()], CODEC))
    (again,) = lines_of(first)
    assert theirs in again
    assert list(read_events([again.encode()], CODEC)) == first


@dataclass(frozen=True, slots=True)
class Paid:
    amount: int
    currency: str


def _with_currency(data):
    return {**data, "currency": "USD"}


def _in_minor_units(data):
    return {**data, "amount": data["amount"] * 100}


PAID = Codec([EventType("Paid", Paid, 3, {1: _with_currency, 2: _in_minor_units})])


@pytest.mark.parametrize(
    ("schema", "data"),
    [
        (1, {"amount": 5}),
        (2, {"amount": 5, "currency": "USD"}),
        (3, {"amount": 500, "currency": "USD"}),
    ],
)
def test_old_schemas_are_brought_up_to_date(schema: int, data: object) -> None:
    document = {**FOREIGN, "type": "Paid", "dataschema": f"urn:esbank:Paid:{schema}", "data": data}
    (recorded,) = read_events([json.dumps(document).encode()], PAID)
    assert recorded.event == Paid(500, "USD")


@given(st.integers(1, 3), st.integers(0, 10**6), st.sampled_from(["EUR", "USD"]))
def test_whatever_its_schema_an_event_means_the_same(schema, amount, currency) -> None:
    data = {"amount": amount * 100 if schema == 3 else amount}
    if schema > 1:
        data["currency"] = currency
    document = {**FOREIGN, "type": "Paid", "dataschema": f"urn:esbank:Paid:{schema}", "data": data}
    (recorded,) = read_events([json.dumps(document).encode()], PAID)
    assert recorded.event == Paid(amount * 100, currency if schema > 1 else "USD")
    (line,) = write_events([recorded], PAID)
    assert '"dataschema":"urn:esbank:Paid:3"' in line
    assert list(read_events([line.encode()], PAID)) == [recorded]


def test_old_schemas_in_our_own_form_are_brought_up_to_date() -> None:
    old = Codec([EventType("Paid", Paid, 2)])
    recorded = replace(all_events().at(1), event=Paid(5, "USD"))
    (line,) = write_events([recorded], old)
    (brought_up,) = read_events([line.encode()], PAID)
    assert brought_up.event == Paid(500, "USD")


def test_a_schema_of_the_future_is_kept_and_not_guessed_at() -> None:
    document = {**FOREIGN, "type": "Paid", "dataschema": "urn:esbank:Paid:4", "data": {"x": 1}}
    (recorded,) = read_events([json.dumps(document).encode()], PAID)
    assert recorded.event == UnknownEvent("Paid", 4, {"x": 1})


def test_what_cannot_be_hashed_cannot_be_written() -> None:
    recorded = replace(all_events().at(3), event=MoneyDeposited(2**60))
    with pytest.raises(Unwritable, match="Event ACC-1/3 cannot be written"):
        list(write_events([recorded], CODEC))


# The fast way of reading our own form is only faster.


@given(ledgers())
def test_our_own_form_is_read_as_any_cloudevent_is(ledger: Ledger) -> None:
    form, versions = OwnForm(CODEC), {}
    for line, recorded in zip(lines_of(ledger.recorded), ledger.recorded, strict=True):
        fast = form.read(line[:-1], recorded.position, versions)
        document = parse_object(Line(1, line, is_cut=False))
        slow = from_cloud_event(
            document, CODEC, position=recorded.position, version=recorded.version
        )
        assert slow == recorded
        if fast is None:
            assert "\\" in line
            versions[recorded.stream_id] = recorded.version
        else:
            assert fast == slow


def _mutations(line: str) -> st.SearchStrategy[str]:
    places = st.integers(0, len(line))
    scraps = st.sampled_from(['"', "\\", ",", "{", "}", " ", "0", "-", "x", "é", "\\u0041", "\n"])
    return st.builds(
        lambda start, length, scrap: line[:start] + scrap + line[start + length :],
        places,
        st.integers(0, 3),
        scraps | st.text(max_size=2),
    )


OWN_LINES = [line[:-1] for line in lines_of(all_events().recorded)]


@given(
    st.sampled_from(range(len(EVENTS))).flatmap(
        lambda nth: st.tuples(st.just(nth), _mutations(OWN_LINES[nth]))
    )
)
def test_whatever_the_fast_way_reads_the_slow_way_reads_alike(case: tuple[int, str]) -> None:
    nth, line = case
    versions = {"ACC-1": nth}
    fast = OwnForm(CODEC).read(line, nth + 1, versions)
    if fast is not None:
        document = parse_object(Line(1, line, is_cut=False))
        assert fast == from_cloud_event(document, CODEC, position=nth + 1, version=nth + 1)
    content = OwnForm(CODEC).content(line)
    if content is not None:
        document = parse_object(Line(1, line, is_cut=False))
        canonical, chainhash, sequence = content
        assert document.pop("chainhash") == chainhash
        assert canonical_json(document) == canonical
        assert int(document["sequence"]) == sequence


@given(st.integers(0, len(EVENTS) - 1), st.data())
def test_a_file_with_any_line_damaged_is_read_or_refused(nth: int, data: st.DataObject) -> None:
    lines = list(OWN_LINES)
    lines[nth] = data.draw(_mutations(lines[nth]))
    refused = refusal_of(lambda: list(read_events(["\n".join(lines).encode()], CODEC)))
    assert refused is None or (refused.line >= nth + 1 and str(refused))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    refused = refusal_of(lambda: list(read_events([content], CODEC)))
    assert refused is None or refused.line >= 1


@given(ledgers(), st.data())
def test_in_whichever_chunks_a_file_comes_it_is_read_alike(ledger: Ledger, data) -> None:
    lines = lines_of(ledger.recorded)
    nth = data.draw(st.integers(0, len(lines) - 1))
    lines[nth] = json.dumps(json.loads(lines[nth]), sort_keys=True) + "\n"  # in another form
    content = "".join(lines).encode()
    if data.draw(st.booleans()):
        content = content.removesuffix(b"\n")
    cuts = sorted(data.draw(st.lists(st.integers(0, len(content)), max_size=6)))
    chunks = [content[start:end] for start, end in pairwise([0, *cuts, len(content)])]
    assert list(read_events(chunks, CODEC)) == list(ledger.recorded)


@pytest.mark.parametrize("nth", [1, 3, len(OWN_LINES)])
@pytest.mark.parametrize("size", [1, 100, 1_000, 5_000_000])
@pytest.mark.parametrize("bad", [b"oops", b"\xff", b"", b'"' + b"9" * 1_048_576 + b'"'])
def test_the_line_that_is_refused_is_named_in_whichever_chunks(nth, size, bad) -> None:
    lines = [line.encode() for line in OWN_LINES]
    lines.insert(nth - 1, bad)
    content = b"\n".join(lines) + b"\n"
    size = max(size, len(bad) // 100)
    chunks = [content[start : start + size] for start in range(0, len(content), size)]
    refused = refusal_of(lambda: list(read_events(chunks, CODEC)))
    assert refused is not None
    assert refused.line == nth


@pytest.mark.parametrize("note", ["x" * 300_000, "\N{SNOWMAN}" * 300_000, "x" * 1_000_000])
def test_a_line_of_our_own_may_be_as_long_as_any(note: str) -> None:
    bank = Bank().do(OpenAccount("ACC-1", "Ada")).happened("ACC-1", [MoneyDeposited(1, note)])
    content = file_of(bank.happened("ACC-1", [MoneyDeposited(2)]).ledger.recorded)
    assert list(read_events([content], CODEC)) == list(bank.ledger.recorded)
    longer = content.replace(note.encode(), note.encode() + b"x" * 200_000)
    refused = refusal_of(lambda: list(read_events([longer], CODEC)))
    assert (refused is not None) == (len(longer) > 1_048_576 + 1_000)
    assert refused is None or (refused.line, refused.is_beyond) == (2, True)


@pytest.mark.parametrize("end", ["\n", "\n\n", " ", "\r\n\n"])
def test_an_empty_line_is_none_of_ours_wherever_it_stands(end: str) -> None:
    refused = refusal_of(lambda: list(read_events([(OWN_LINES[0] + "\n" + end).encode()], CODEC)))
    assert refused is not None
    assert refused.line == 2
    assert "empty" in refused.reason


def test_what_was_read_stays_as_it_was_read() -> None:
    read_back = next(iter(read_events([OWN_LINES[0].encode()], CODEC)))
    assert type(read_back) is RecordedEvent
    with pytest.raises(FrozenInstanceError):
        read_back.version = 7
    with pytest.raises((FrozenInstanceError, TypeError)):
        read_back.surplus = 7
    assert replace(read_back, version=1) == read_back
    assert hash(read_back.event) == hash(EVENTS[0])
    assert repr(read_back).startswith("RecordedEvent(event=AccountOpened(")


# What others read and write.


def _schema_validator():
    jsonschema = pytest.importorskip("jsonschema")
    path = SHARED / "cloudevents-1.0.schema.json"
    if not path.exists():
        pytest.skip(f"CloudEvents' JSON Schema is not at {path}")
    return jsonschema.Draft7Validator(json.loads(path.read_text()))


def test_every_line_passes_the_schema_of_cloudevents() -> None:
    validator = _schema_validator()
    for line in lines_of(all_events().recorded):
        validator.validate(json.loads(line))


def test_the_cloudevents_sdk_reads_what_we_write() -> None:
    sdk = pytest.importorskip("cloudevents.core.v1.event")
    json_format = pytest.importorskip("cloudevents.core.formats.json").JSONFormat()
    ledger = all_events()
    for line, recorded in zip(lines_of(ledger.recorded), ledger.recorded, strict=True):
        event = json_format.read(sdk.CloudEvent, line)
        assert event.get_id() == recorded.id
        assert event.get_subject() == recorded.stream_id
        assert event.get_time() == recorded.time
        assert event.get_extension("partitionkey") == recorded.stream_id
        assert event.get_data() == CODEC.encode(recorded.event).data


def test_we_read_what_the_cloudevents_sdk_writes() -> None:
    sdk = pytest.importorskip("cloudevents.core.v1.event")
    json_format = pytest.importorskip("cloudevents.core.formats.json").JSONFormat()
    lines = []
    for recorded in all_events().recorded:
        encoded = CODEC.encode(recorded.event)
        attributes = {
            "specversion": "1.0",
            "id": recorded.id,
            "source": "sdk",
            "type": encoded.type,
            "subject": recorded.stream_id,
            "time": recorded.time,
            "datacontenttype": "application/json",
        }
        lines.append(json_format.write(sdk.CloudEvent(attributes, encoded.data)) + b"\n")
    read_back = list(read_events(lines, CODEC))
    assert [recorded.event for recorded in read_back] == list(EVENTS)
    assert [recorded.time for recorded in read_back] == [NOON] * len(EVENTS)
    assert list(read_events([file_of(read_back)], CODEC)) == read_back
