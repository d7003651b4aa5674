"""Decide's inverse: every event leads back to the command that it is the outcome of."""

from __future__ import annotations

from esbank_core.bank.command_of import command_of
from esbank_core.bank.examples import COMMANDS, EVENTS


def test_every_event_goes_back_into_its_command() -> None:
    for command, event in zip(COMMANDS, EVENTS, strict=True):
        assert command_of(command.account_id, event, "USD") == command
