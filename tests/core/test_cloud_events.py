"""CloudEvents: what goes out comes in again, ours and other people's, word for word."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core import CODEC, Actor, Damage, Event, Metadata
from esbank_core.bank.events import MoneyDeposited
from esbank_core.kernel.recorded import UnknownEvent, record
from esbank_core.kernel.written.chain import GENESIS_HASH, chain_hash
from esbank_core.kernel.written.cloud_events import (
    format_sequence,
    from_cloud_event,
    to_cloud_event,
    to_line,
)
from esbank_core.kernel.written.times import format_time, parse_time
from tests.core.strategies import events, instants, metadata, names

DEPOSIT = {
    "specversion": "1.0",
    "id": "ACC-1/3",
    "source": "esbank",
    "type": "MoneyDeposited",
    "subject": "ACC-1",
    "time": "2026-11-23T16:20:27.125Z",
    "datacontenttype": "application/json",
    "dataschema": "urn:esbank:MoneyDeposited:1",
    "partitionkey": "ACC-1",
    "sequence": "000000000017",
    "streamversion": 3,
    "authtype": "user",
    "authid": "teller",
    "correlationid": "c-1",
    "causationid": "c-2",
    "data": {"amount": 5000, "note": "salary"},
}
(RECORDED,) = record(
    [MoneyDeposited(50_00, "salary")],
    Metadata(
        datetime(2026, 11, 23, 16, 20, 27, 125_000, timezone.utc),
        Actor("user", "teller"),
        "c-1",
        "c-2",
    ),
    stream_id="ACC-1",
    version=2,
    position=16,
)


def read(document: dict[str, object]):
    return from_cloud_event(document, CODEC, position=17, version=3)


def rewritten(document: dict[str, object]) -> dict[str, object]:
    return to_cloud_event(read(document), CODEC)


def test_an_event_is_written_as_the_design_says() -> None:
    assert list(to_cloud_event(RECORDED, CODEC).items()) == list(DEPOSIT.items())


def test_and_read_as_what_it_was() -> None:
    assert read(DEPOSIT) == RECORDED


def test_what_is_not_known_is_not_written() -> None:
    (bare,) = record(
        [MoneyDeposited(1)], Metadata(RECORDED.time), stream_id="ACC-1", version=0, position=0
    )
    absent = {"authtype", "authid", "correlationid", "causationid"}
    assert to_cloud_event(bare, CODEC).keys() == DEPOSIT.keys() - absent


@given(events, metadata, names)
def test_every_event_survives_the_round_trip(event: Event, about: Metadata, stream_id: str) -> None:
    (recorded,) = record([event], about, stream_id=stream_id, version=6, position=41)
    line, _ = to_line(recorded, CODEC, GENESIS_HASH)
    assert "\n" not in line
    assert from_cloud_event(json.loads(line), CODEC, position=42, version=7) == recorded


@pytest.mark.parametrize(
    "foreign",
    [
        {"traceparent": "00-4bf9", "priority": 7, "flagged": True, "nothing": None},
        {"correlationid": None, "causationid": None, "authtype": None, "partitionkey": None},
        {"datacontenttype": None, "dataschema": None, "subject": None},
        {"source": "https://bank.example/core"},
        {"time": "2026-11-23T17:20:27.125+01:00"},
        {"time": "2026-11-23t16:20:27z"},
        {"time": "2026-11-23T16:20:27.123456789Z"},
        {"datacontenttype": "application/vnd.bank+json"},
        {"dataschema": "https://bank.example/schemas/deposit"},
        {"partitionkey": "eu-central"},
        {"authtype": "user"},
        {"authid": "teller"},
        {"authtype": 1, "authid": False},
    ],
    ids=str,
)
def test_what_others_add_or_write_otherwise_goes_out_as_it_came_in(foreign) -> None:
    kept = {name: value for name, value in DEPOSIT.items() if not name.startswith("auth")}
    assert rewritten(kept | foreign) == kept | foreign


def test_an_unknown_type_goes_out_as_it_came_in() -> None:
    loan = DEPOSIT | {"type": "LoanGranted", "dataschema": "urn:esbank:LoanGranted:4", "data": [1]}
    assert read(loan).event == UnknownEvent("LoanGranted", 4, [1])
    assert rewritten(loan) == loan


@pytest.mark.parametrize("missing", ["specversion", "id", "source", "type"])
def test_without_what_makes_it_an_event_it_is_damage(missing: str) -> None:
    with pytest.raises(Damage, match=missing):
        read({name: value for name, value in DEPOSIT.items() if name != missing})


@pytest.mark.parametrize("optional", sorted(set(DEPOSIT) - {"specversion", "data"}))
def test_only_what_cloudevents_requires_must_be_there(optional: str) -> None:
    document = {name: value for name, value in DEPOSIT.items() if name != optional}
    if optional in ("id", "source", "type"):
        with pytest.raises(Damage):
            read(document)
    else:
        assert read(document).event == RECORDED.event


@pytest.mark.parametrize(
    ("elsewhere", "reason"),
    [
        ({"sequence": "000000000018"}, "sequence"),
        ({"sequence": "17"}, "sequence"),
        ({"sequence": 17}, "sequence"),
        ({"streamversion": 4}, "streamversion"),
        ({"streamversion": "3"}, "streamversion"),
        ({"streamversion": 3.0}, "streamversion"),
    ],
    ids=str,
)
def test_an_event_that_says_it_stands_elsewhere_is_damage(elsewhere, reason: str) -> None:
    with pytest.raises(Damage, match=f"“{reason}” is .* follows"):
        read(DEPOSIT | elsewhere)


@pytest.mark.parametrize("position", [1, 17, 10**12 - 1])
def test_positions_sort_as_text_as_they_do_as_numbers(position: int) -> None:
    assert len(format_sequence(position)) == 12
    assert int(format_sequence(position)) == position
    assert format_sequence(position - 1) < format_sequence(position)


@given(instants)
def test_an_instant_is_kept_to_the_microsecond(instant: datetime) -> None:
    assert parse_time(format_time(instant)) == instant
    assert format_time(instant).endswith("Z")


@given(instants, st.integers(-1439, 1439))
def test_an_instant_is_the_same_in_every_zone(instant: datetime, minutes: int) -> None:
    elsewhere = instant.astimezone(timezone(timedelta(minutes=minutes)))
    assert format_time(elsewhere) == format_time(instant)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-23T16:20:27Z", datetime(2026, 11, 23, 16, 20, 27)),
        ("2026-11-23t16:20:27z", datetime(2026, 11, 23, 16, 20, 27)),
        ("2026-11-23T16:20:27+00:00", datetime(2026, 11, 23, 16, 20, 27)),
        ("2026-11-23T16:20:27-00:00", datetime(2026, 11, 23, 16, 20, 27)),
        ("2026-11-24T01:20:27+09:00", datetime(2026, 11, 23, 16, 20, 27)),
        ("2026-11-23T10:50:27-05:30", datetime(2026, 11, 23, 16, 20, 27)),
        ("2026-11-23T16:20:27.1Z", datetime(2026, 11, 23, 16, 20, 27, 100_000)),
        ("2026-11-23T16:20:27.123456789Z", datetime(2026, 11, 23, 16, 20, 27, 123_456)),
        ("2024-02-29T00:00:00Z", datetime(2024, 2, 29)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1)),
        ("9999-12-31T23:59:59.999999Z", datetime(9999, 12, 31, 23, 59, 59, 999_999)),
    ],
)
def test_an_rfc_3339_time_is_read(text: str, utc: datetime) -> None:
    assert parse_time(text) == utc.replace(tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-11-23",
        "2026-11-23T16:20:27",
        "2026-11-23 16:20:27Z",
        "2026-11-23T16:20Z",
        "20261123T162027Z",
        "2026-W48-1T16:20:27Z",
        "2026-11-23T16:20:27+0100",
        "2026-11-23T16:20:27,5Z",
        "2026-11-23T16:20:27Z\n",
        "２０２６-11-23T16:20:27Z",
        "1700756427",
    ],
)
def test_other_forms_of_time_are_refused(text: str) -> None:
    with pytest.raises(Damage, match="RFC 3339"):
        parse_time(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-11-23T24:30:00Z",
        "2026-11-23T16:60:00Z",
        "2026-11-23T16:20:27+24:00",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
    ],
)
def test_a_time_that_is_in_no_calendar_is_refused(text: str) -> None:
    with pytest.raises(Damage, match="calendar"):
        parse_time(text)


def test_a_line_carries_the_hash_of_itself_after_what_was_before() -> None:
    line, own_hash = to_line(RECORDED, CODEC, GENESIS_HASH)
    document = json.loads(line)
    assert document == DEPOSIT | {"chainhash": own_hash}
    assert own_hash == chain_hash(GENESIS_HASH, DEPOSIT)
    assert list(document)[-1] == "data"
