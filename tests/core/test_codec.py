"""The codec: events to plain data and back, from whatever schema version they were written in."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from hypothesis import given

from esbank_core import CODEC, Damage, Event
from esbank_core.bank.events import MoneyDeposited, TransferReceived
from esbank_core.bank.examples import EVENTS
from esbank_core.kernel.recorded import UnknownEvent
from esbank_core.kernel.written.codec import Codec, Encoded, EventType
from tests.core.strategies import events


@given(events)
def test_an_event_survives_being_stored_as_json(event: Event) -> None:
    encoded = CODEC.encode(event)
    stored = Encoded(*json.loads(json.dumps(encoded)))
    assert CODEC.decode(stored) == event


@pytest.mark.parametrize(
    ("event", "data"),
    list(
        zip(
            EVENTS,
            [
                {"owner": "Ada Lovelace", "currency": "USD"},
                {"owner": "Ada King"},
                {"amount": 5000, "note": "salary"},
                {"amount": 2000, "note": "rent"},
                {"amount": 1000, "transfer_id": "TRF-1", "to": "ACC-2"},
                {"amount": 1000, "transfer_id": "TRF-1", "from": "ACC-1"},
                {"amount": 1000, "transfer_id": "TRF-1", "reason": "This account is closed."},
                {"reason": "card lost"},
                {},
                {},
            ],
            strict=True,
        )
    ),
    ids=lambda value: type(value).__name__,
)
def test_the_stored_form_of_each_event_never_changes(event: Event, data: object) -> None:
    assert CODEC.encode(event) == (type(event).__name__, 1, data)


def test_there_is_an_example_of_every_type_of_event() -> None:
    assert [type(event) for event in EVENTS] == [each.event_class for each in CODEC.event_types]


def test_a_field_with_a_default_may_be_missing() -> None:
    assert CODEC.decode(Encoded("MoneyDeposited", 1, {"amount": 5})) == MoneyDeposited(5, "")


def test_fields_may_come_in_any_order() -> None:
    data = {"from": "ACC-1", "amount": 5, "transfer_id": "TRF-1"}
    assert CODEC.decode(Encoded("TransferReceived", 1, data)) == TransferReceived(
        5, "TRF-1", "ACC-1"
    )


def test_an_event_of_an_unknown_type_is_kept_as_it_is() -> None:
    unknown = UnknownEvent("LoanGranted", 3, {"amount": [1, None, {"deep": 1.5}]})
    assert CODEC.decode(Encoded("LoanGranted", 3, unknown.data)) == unknown
    assert CODEC.encode(unknown) == ("LoanGranted", 3, unknown.data)


def test_an_event_of_a_schema_of_the_future_is_kept_as_it_is() -> None:
    future = UnknownEvent("MoneyDeposited", 2, {"money": "5.00 USD"})
    assert CODEC.decode(Encoded("MoneyDeposited", 2, future.data)) == future


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (None, "The data of MoneyDeposited is not a JSON object."),
        ([5], "The data of MoneyDeposited is not a JSON object."),
        ({}, "MoneyDeposited has no “amount” in its data."),
        ({"amount": "5"}, "“amount” of MoneyDeposited is not an integer."),
        ({"amount": 5.0}, "“amount” of MoneyDeposited is not an integer."),
        ({"amount": True}, "“amount” of MoneyDeposited is not an integer."),
        ({"amount": None}, "“amount” of MoneyDeposited is not an integer."),
        ({"amount": 5, "note": 7}, "“note” of MoneyDeposited is not a text."),
        ({"amount": 5, "fee": 1}, "MoneyDeposited has “fee” in its data, which schema 1"),
    ],
)
def test_data_that_contradicts_its_schema_is_damage(data: object, reason: str) -> None:
    with pytest.raises(Damage) as damage:
        CODEC.decode(Encoded("MoneyDeposited", 1, data))
    assert damage.value.reason.startswith(reason)


@dataclass(frozen=True, slots=True)
class Paid:
    """An event that has changed its schema twice."""

    cents: int
    currency: str


def _to_cents(data):
    """Version 2 counts in cents, where version 1 counted in whole dollars."""
    return {"cents": data["dollars"] * 100}


def _with_currency(data):
    """Version 3 says the currency, where there had been only one."""
    return {**data, "currency": "USD"}


PAID: Codec[Paid] = Codec([EventType("Paid", Paid, 3, {1: _to_cents, 2: _with_currency})])


@pytest.mark.parametrize(
    ("schema_version", "data"),
    [(1, {"dollars": 5}), (2, {"cents": 500}), (3, {"cents": 500, "currency": "USD"})],
)
def test_an_old_schema_is_brought_up_to_date_step_by_step(schema_version, data) -> None:
    assert PAID.decode(Encoded("Paid", schema_version, data)) == Paid(500, "USD")


def test_what_is_written_is_written_in_the_newest_schema() -> None:
    assert PAID.encode(Paid(500, "USD")) == ("Paid", 3, {"cents": 500, "currency": "USD"})


def test_upcasting_leaves_the_stored_data_as_it_was() -> None:
    stored = {"dollars": 5}
    PAID.decode(Encoded("Paid", 1, stored))
    assert stored == {"dollars": 5}


def test_a_schema_that_nothing_brings_up_to_date_is_damage() -> None:
    forgetful: Codec[Paid] = Codec([EventType("Paid", Paid, 3, {1: _to_cents})])
    with pytest.raises(Damage, match="Nothing turns Paid of schema 2 into the next"):
        forgetful.decode(Encoded("Paid", 1, {"dollars": 5}))


def test_an_event_may_be_stored_under_another_name_than_its_class() -> None:
    renamed: Codec[Paid] = Codec([EventType("InvoicePaid", Paid)])
    assert renamed.encode(Paid(5, "USD")).type == "InvoicePaid"
    assert renamed.decode(Encoded("InvoicePaid", 1, {"cents": 5, "currency": "USD"})) == Paid(
        5, "USD"
    )


@dataclass(frozen=True, slots=True)
class Measured:
    """An event that holds what no file holds exactly."""

    temperature: float


def test_an_event_of_other_fields_than_texts_and_integers_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match=r"An event's field is an int or a str, not .*float"):
        Codec([EventType("Measured", Measured)])
