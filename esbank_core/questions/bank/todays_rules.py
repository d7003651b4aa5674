"""Today's rules, put to what happened: would they refuse it?

Each event is turned back into the command that it is the outcome of, and that is decided on the
state right before it. A stream that begins without its opening is one whose beginning was not
copied: its balance, its owner and its currency cannot be known, so that no rule about them is
held against it. What is known of it (that it is frozen, or closed) counts as anywhere.
"""

from __future__ import annotations

from typing import Final

from esbank_core.bank.account import ACCOUNT, Ledger, Recorded
from esbank_core.bank.command_of import command_of
from esbank_core.bank.commands import Command
from esbank_core.bank.events import AccountOpened, Event, TransferReceived
from esbank_core.bank.money import NO_CURRENCY
from esbank_core.bank.rejections import RejectionCode
from esbank_core.bank.states import NoAccount, State, currency_in
from esbank_core.kernel.decider import Rejection
from esbank_core.kernel.identity import Position, StreamId
from esbank_core.kernel.recorded import OPAQUE
from esbank_core.questions.moments import Condition

_NEEDS_THE_BEGINNING: Final = frozenset(
    (
        RejectionCode.ACCOUNT_NOT_OPEN,
        RejectionCode.ACCOUNT_ALREADY_OPEN,
        RejectionCode.INSUFFICIENT_FUNDS,
        RejectionCode.BALANCE_NOT_ZERO,
        RejectionCode.CURRENCY_DIFFERS,
    )
)
"""Rejections for what only the whole stream tells."""


def refused_today(ledger: Ledger) -> Condition[State, Event]:
    """Today's rules would refuse the command that an event of this ledger is the outcome of."""
    return Condition(
        lambda step: refusal(ledger, step.before, step.recorded) is not None, lasts=False
    )


def begins_without_opening() -> Condition[State, Event]:
    """A stream begins, and not with the opening of its account."""
    return Condition(
        lambda step: (
            isinstance(step.before, NoAccount)
            and not isinstance(step.after, NoAccount)
            and not isinstance(step.recorded.event, AccountOpened)
        ),
        lasts=False,
    )


def refusal(ledger: Ledger, before: State, recorded: Recorded) -> Rejection | None:
    """What today's rules would refuse an event with that happened in a state; None if they do not.

    Of what the bank does not know it cannot say what was asked, and so refuses nothing.
    """
    event = recorded.event
    if isinstance(event, OPAQUE):
        return None
    decided = ACCOUNT.decide(command_behind(ledger, before, recorded, event), before)
    if not isinstance(decided, Rejection):
        return None
    if decided.code in _NEEDS_THE_BEGINNING and lacks_opening(ledger, recorded.stream_id):
        return None
    return decided


def command_behind(ledger: Ledger, before: State, recorded: Recorded, event: Event) -> Command:
    """The command that an event is the outcome of; a transfer comes in the sender's currency."""
    currency = currency_in(before)
    if isinstance(event, TransferReceived):
        sent_in = currency_in(ledger.state_of(event.sender, Position(recorded.position - 1)))
        currency = currency if sent_in == NO_CURRENCY else sent_in
    return command_of(recorded.stream_id, event, currency.code)


def lacks_opening(ledger: Ledger, stream_id: StreamId) -> bool:
    """Whether a stream begins with anything but the opening of its account."""
    for place in ledger.places.get(stream_id, ()):
        event = ledger.recorded[place - 1].event
        if not isinstance(event, OPAQUE):
            return not isinstance(event, AccountOpened)
    return False
