"""Recalling: the last command that anybody gave, from what the ledger holds of it.

A rejection left no event, so what is recalled is the last command that was accepted.
"""

from __future__ import annotations

from bankpage.live.requests import PROCESS_MANAGER
from bankpage.live.results import Decision
from esbank_core.bank.account import Ledger
from esbank_core.bank.command_of import command_of
from esbank_core.bank.states import currency_in
from esbank_core.kernel.identity import Position
from esbank_core.kernel.recorded import OPAQUE

FURTHEST: int = 1000
"""How many events are looked through for one that somebody asked for."""


def last_decision_in(ledger: Ledger) -> Decision | None:
    """The decision behind the last event that a process manager did not ask for."""
    for position in range(ledger.head, max(0, ledger.head - FURTHEST), -1):
        recorded = ledger.at(Position(position))
        if isinstance(recorded.event, OPAQUE) or recorded.actor == PROCESS_MANAGER:
            continue
        change = ledger.change_at(Position(position))
        currency = currency_in(change.before).code
        command = command_of(recorded.stream_id, recorded.event, currency)
        result = (recorded.event,)
        return Decision(command, change.before, result, change.after, recorded.time, recorded.actor)
    return None
