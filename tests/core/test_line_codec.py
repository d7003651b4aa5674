"""The one door: what goes out comes in as it was, and nothing else goes out or comes in."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from esbank_core import CODEC, DepositMoney, OpenAccount, RecordedEvent, Unwritable
from esbank_core.bank.events import AccountOpened, MoneyDeposited
from esbank_core.kernel.errors import UnfitLine
from esbank_core.kernel.recorded import Actor, Metadata, UnknownEvent, record
from esbank_core.kernel.written.chain import GENESIS_HASH
from esbank_core.kernel.written.cloud_events import ABSENT
from esbank_core.kernel.written.codec import Codec, EventType
from esbank_core.kernel.written.event_file import read_events
from esbank_core.kernel.written.json_lines import LONGEST_LINE
from esbank_core.kernel.written.line_codec import KEEP_ORDER, LineCodec
from tests.core.histories import NOON, Bank, ledgers, lines_of
from tests.core.store_conformance import BY_TELLER, unfit_events, unfit_metadata, unfit_texts
from tests.core.strategies import events, metadata

FORM = LineCodec(CODEC)
(DEPOSITED,) = record([MoneyDeposited(500)], BY_TELLER, stream_id="ACC-7", version=2, position=8)
LINES = [
    line[:-1]
    for line in lines_of(
        Bank().do(OpenAccount("ACC-7", "Zoë")).do(DepositMoney("ACC-7", 3)).ledger.recorded
    )
]


def written(recorded: RecordedEvent[object]) -> str:
    return FORM.write(recorded, GENESIS_HASH)[0]


def read_back(recorded: RecordedEvent[object]) -> RecordedEvent[object]:
    before = {recorded.stream_id: recorded.version - 1}
    return FORM.read(written(recorded), recorded.position, before)


# Out.


@given(events | unfit_events, metadata | unfit_metadata, unfit_texts)
@example(MoneyDeposited(5, "\udfff"), BY_TELLER, "ACC-1")
def test_what_is_vouched_for_at_a_glance_is_read_back_as_it_is(event, about, stream_id) -> None:
    (recorded,) = record([event], about, stream_id=stream_id, version=0, position=0)
    try:
        FORM.vouch(recorded)
    except Unwritable:
        with pytest.raises(Unwritable):
            FORM.write(recorded, GENESIS_HASH)
        return
    assert read_back(recorded) == recorded


attributes_of_others = st.fixed_dictionaries(
    {},
    optional={
        "source": st.sampled_from(["https://till.example", "/till/3", "esbank", "a b", "", 7]),
        "datacontenttype": st.sampled_from([ABSENT, None, "application/json", "text/json", ""]),
        "dataschema": st.sampled_from([ABSENT, None, "urn:x:y", "urn:esbank:MoneyDeposited:1"]),
        "time": st.sampled_from(
            ["2026-11-23T12:00:00Z", "2026-11-23T13:00:00+01:00", "2026-11-23T12:00:00.000Z", "x"]
        ),
        "subject": st.sampled_from([ABSENT, None, "ACC-1"]),
        "data": st.sampled_from([ABSENT, {"amount": 5}, {"amount": 5, "note": ""}]),
        "sequence": st.sampled_from(["7", "000000000007", "000000000001", 7, None]),
        "streamversion": st.sampled_from(["7", 7, 1, None]),
        "untimed": st.booleans(),
        "anything": st.text(max_size=3) | st.integers() | st.none() | st.floats(),
    },
)


@settings(max_examples=300)
@given(
    events,
    st.just(BY_TELLER) | metadata,
    st.sampled_from(["ACC-1", "https://till.example", "a\tb", "\x85"]),
    attributes_of_others,
    st.sampled_from([1, 2**31 - 1, 2**31]),
)
def test_so_is_what_came_from_others(event, about, stream_id, attributes, version) -> None:
    (made,) = record([event], about, stream_id=stream_id, version=version - 1, position=0)
    recorded = replace(made, attributes=attributes)
    try:
        FORM.vouch(recorded)
    except Unwritable:
        with pytest.raises(Unwritable):
            FORM.write(recorded, GENESIS_HASH)
        return
    assert read_back(recorded) == recorded


def test_what_others_send_mostly_shows_at_a_glance() -> None:
    document = {
        "specversion": "1.0",
        "id": "a",
        "source": "https://till.example",
        "type": "MoneyDeposited",
        "subject": "A",
        "time": "2026-05-01T08:00:00Z",
        "data": {"amount": 100, "note": "x"},
    }
    for extra in ({}, {"datacontenttype": "application/json"}, {"correlationid": "c"}):
        (recorded,) = read_events([json.dumps({**document, **extra}).encode()], CODEC)
        assert recorded.attributes
        assert FORM._is_plain(recorded)


@given(ledgers())
def test_all_that_the_rules_allow_shows_at_a_glance(ledger) -> None:
    assert all(map(FORM._is_plain, ledger.recorded))


@pytest.mark.parametrize(
    "attributes",
    [
        {"id": "other"},
        {"type": "MoneyWithdrawn"},
        {"subject": "ACC-8"},
        {"data": {"amount": 1}},
        {"chainhash": "0" * 64},
        {"sequence": "000000000001"},
        {"streamversion": 1},
        {"specversion": "0.3"},
        {"time": "2031-01-01T00:00:00Z"},
        {"authtype": "user", "authid": "boss"},
        {"correlationid": "request-9"},
        {"dataschema": "urn:esbank:MoneyDeposited:2"},
        {"traceparent": 2**60},
        {"traceparent": float("nan")},
        {"traceparent": "\ud800"},
        {7: "x"},
        {"traceparent": frozenset()},
    ],
    ids=str,
)
def test_no_attribute_goes_out_that_would_come_in_as_something_else(attributes) -> None:
    with pytest.raises(Unwritable, match="Event ACC-7/3 cannot be written"):
        written(replace(DEPOSITED, attributes=attributes))


def test_attributes_of_others_go_out_as_they_came_in() -> None:
    kept = {"source": "https://bank.example", "traceparent": "00-4bf9", "tenant": 7}
    assert read_back(replace(DEPOSITED, attributes=kept)).attributes == kept


@pytest.mark.parametrize(
    "place",
    [
        {"position": 10**12},
        {"position": 0},
        {"position": -3},
        {"position": True},
        {"position": 8.0},
        {"version": 10**12},
        {"version": 0},
        {"version": True},
        {"version": 3.0},
        {"id": ""},
        {"id": None},
        {"id": "\udead"},
    ],
    ids=str,
)
def test_a_place_or_name_that_is_none_is_refused(place: dict[str, object]) -> None:
    recorded = replace(DEPOSITED, **place)
    for refuse in (written, FORM.vouch):
        with pytest.raises(Unwritable):
            refuse(recorded)


def test_the_last_places_of_all_are_written() -> None:
    last = replace(DEPOSITED, position=10**12 - 1, version=10**12 - 1)
    assert read_back(last) == last


class PreciseTime(datetime):
    """A time of another library, finer than a microsecond."""

    nanosecond = 1

    def __eq__(self, other: object) -> bool:
        return False

    def __ne__(self, other: object) -> bool:
        return True

    __hash__ = datetime.__hash__


def test_a_time_finer_than_what_is_written_is_refused() -> None:
    with pytest.raises(Unwritable, match="Its time would be read back otherwise"):
        written(replace(DEPOSITED, time=PreciseTime(2026, 1, 1, tzinfo=timezone.utc)))


@pytest.mark.parametrize("minutes", [-839, 0, 345, 840])
def test_an_instant_is_the_same_from_every_zone(minutes: int) -> None:
    zone = timezone(timedelta(minutes=minutes))
    assert read_back(replace(DEPOSITED, time=NOON.astimezone(zone))).time == NOON


def test_a_class_that_no_codec_knows_is_refused() -> None:
    @dataclass(frozen=True, slots=True)
    class Renamed(AccountOpened):
        """As an event, yet not one."""

    with pytest.raises(Unwritable, match="No type of event is stored as Renamed"):
        written(replace(DEPOSITED, event=Renamed("Ada", "USD")))


@dataclass(frozen=True, slots=True)
class Noted:
    first: str
    second: str
    third: str
    least: int
    most: int


NOTED = LineCodec(Codec([EventType("Noted", Noted)]))


@given(st.builds(Noted, *[unfit_texts] * 3, *[st.integers(-(2**54), 2**54)] * 2))
def test_every_field_is_looked_at(event: Noted) -> None:
    recorded = replace(DEPOSITED, event=event)
    try:
        line, _ = NOTED.write(recorded, GENESIS_HASH)
    except Unwritable:
        assert not NOTED._is_plain(recorded)
    else:
        assert NOTED.read(line, 9, {"ACC-7": 2}) == recorded


# In.


def test_a_line_is_read_in_any_form() -> None:
    expected = FORM.read(LINES[1], 2, {"ACC-7": 1})
    spread = json.dumps(json.loads(LINES[1]), sort_keys=True, indent=1).replace("\n", "\r")
    escaped = json.dumps(json.loads(LINES[0]))
    assert FORM.read(spread, 2, {"ACC-7": 1}) == expected
    assert "\\u00eb" in escaped
    assert FORM.read(escaped, 1, {}) == FORM.read(LINES[0], 1, {})


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", "is empty"),
        ("{" * 6_000, "nested deeper"),
        ("[null]", "a JSON array"),
        (LINES[0].replace("Zoë", "Zo\udc80"), "half of a surrogate pair"),
        (LINES[0].replace("Zoë", "Zo\\udc80"), "half of a surrogate pair"),
        (LINES[0].replace("Zoë", "ë" * (LONGEST_LINE // 2)), "longer than"),
        (LINES[0].replace("Zoë", "e" * LONGEST_LINE), "longer than"),
        (json.dumps(json.loads(LINES[0]), indent=1), "a line feed"),
        (LINES[0].replace('"type"', '"type":"x","type"'), "twice"),
        (LINES[0].replace("000000000001", "000000000004"), "“sequence”"),
        (LINES[0].replace('"streamversion":1', '"streamversion":2'), "“streamversion”"),
        (LINES[0].replace("ACC-7", ""), "“subject”"),
        (LINES[0].replace('"authid":"teller"', '"authid":"teller","causationid":""'), "causation"),
    ],
    ids=lambda text: text[:20].encode("ascii", "replace").decode(),
)
def test_what_is_no_line_is_refused_wherever_it_was_found(line: str, reason: str) -> None:
    with pytest.raises(UnfitLine, match=reason) as unfit:
        FORM.read(line, 1, {})
    assert unfit.value.remedy


def test_a_place_that_contradicts_the_order_is_told_from_other_faults() -> None:
    with pytest.raises(UnfitLine) as unfit:
        FORM.read(LINES[1], 1, {"ACC-7": 1})
    assert unfit.value.remedy == KEEP_ORDER


@pytest.mark.parametrize("claimed", [2, 3, 17])
def test_a_version_may_be_skipped_where_events_were_lost(claimed: int) -> None:
    line = LINES[1].replace('"streamversion":2', f'"streamversion":{claimed}')
    versions = {"ACC-7": 1}
    assert FORM.read(line, 2, versions, may_skip=True).version == claimed
    assert versions == {"ACC-7": claimed}


@pytest.mark.parametrize("claimed", ["1", "0", "true", '"4"', "10000000000000"])
def test_no_version_is_skipped_backwards(claimed: str) -> None:
    line = LINES[1].replace('"streamversion":2', f'"streamversion":{claimed}')
    with pytest.raises(UnfitLine):
        FORM.read(line, 2, {"ACC-7": 1}, may_skip=True)


def test_unknown_events_pass_through() -> None:
    loan = UnknownEvent("org.example.LoanGranted", 1, {"of": [1.5, None, "\u2028"]})
    recorded = replace(DEPOSITED, event=loan, actor=Actor("service", "importer"))
    assert read_back(recorded) == recorded


def test_what_many_events_name_is_one_text_for_all() -> None:
    cause = Metadata(NOON, Actor("user", "teller"), "c" * 32, "".join(["c" * 16] * 2))
    deposits = [MoneyDeposited(nth, "groceries") for nth in range(1, 4)]
    names = {"stream_id": "ACC-7", "version": 0, "position": 0}
    text = "\n".join(map(written, record(deposits, cause, **names)))
    first, *others = FORM.read_run(text, 0, 1, {})[0]
    assert len(others) == 2
    assert first.causation_id is first.correlation_id
    for other in others:
        assert other.stream_id is first.stream_id
        assert other.event.note is first.event.note
        assert other.correlation_id is first.correlation_id
