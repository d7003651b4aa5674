"""The examples are what they promise: one of every message, and a story told in time."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from esbank_core import Command, Event
from esbank_core.bank.commands import DepositMoney, WithdrawMoney
from esbank_core.bank.examples import (
    ADA,
    COMMANDS,
    EVENTS,
    FIRST_STORY,
    beginning_of_first_story,
)
from esbank_core.bank.states import Open
from esbank_core.kernel.decider import Rejection
from tests.core.histories import Bank


def test_there_is_one_of_every_command_and_of_every_event() -> None:
    assert [type(command) for command in COMMANDS] == list(get_args(Command))
    assert [type(event) for event in EVENTS] == list(get_args(Event))


def told(bank: Bank) -> list[Rejection]:
    """The first story, told to a bank; what was refused of it."""
    for step in FIRST_STORY:
        bank.do(step.command)
    return bank.rejections


def test_the_first_story_is_a_dozen_events_and_one_refusal() -> None:
    bank = Bank()
    assert [rejection.code for rejection in told(bank)] == ["account-frozen"]
    assert bank.ledger.head == 12
    assert bank.ledger.state_of("ACC-1") == Open("Ada Lovelace", "USD", 617_20)
    assert bank.ledger.state_of("ACC-2") == Open("Grace Hopper", "USD", 400_00)


def test_the_first_story_goes_forward_in_time_through_ten_days() -> None:
    offsets = [step.after for step in FIRST_STORY]
    assert offsets == sorted(set(offsets))
    assert (offsets[-1] - offsets[0]).days == 10


def test_in_the_first_story_money_goes_out_four_minutes_after_it_came_in() -> None:
    (first,) = [step for step in FIRST_STORY if step.command == DepositMoney(ADA, 125000, "salary")]
    (then,) = [step for step in FIRST_STORY if step.command == WithdrawMoney(ADA, 48000, "rent")]
    assert then.after - first.after == timedelta(minutes=4)


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),
    st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
def test_the_first_story_ends_on_the_last_tuesday_before_today(
    moment: datetime, zone: timezone
) -> None:
    now = moment.replace(tzinfo=zone)
    last = beginning_of_first_story(now) + FIRST_STORY[-1].after
    assert last.strftime("%A") == "Tuesday"
    assert last.tzinfo == zone
    assert timedelta(0) < now - last < timedelta(days=8)
    assert 1 <= (now.date() - last.date()).days <= 7
