"""The examples are what they promise: one of every message, and a story that the rules allow."""

from __future__ import annotations

from typing import get_args

from esbank_core import Command, Event
from esbank_core.bank.examples import COMMANDS, EVENTS, first_story
from esbank_core.bank.states import Open
from tests.core.histories import Bank


def test_there_is_one_of_every_command_and_of_every_event() -> None:
    assert [type(command) for command in COMMANDS] == list(get_args(Command))
    assert [type(event) for event in EVENTS] == list(get_args(Event))


def test_the_first_story_is_a_dozen_events_and_nobody_is_refused() -> None:
    bank = Bank()
    for command in first_story("ACC-1", "ACC-2", "TRF-1"):
        bank.do(command)
    assert bank.rejections == []
    assert bank.ledger.head == 12
    assert bank.ledger.state_of("ACC-1") == Open("Ada Lovelace", "USD", 617_20)
    assert bank.ledger.state_of("ACC-2") == Open("Grace Hopper", "USD", 400_00)
