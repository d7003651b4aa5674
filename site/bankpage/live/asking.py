"""Asking: what was typed or pressed, as a request in the line of those to be decided.

What is typed is parsed here, once. What cannot be read is said where it was typed, and reaches
no rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bankpage.live.deciding import Updated, decide_next
from bankpage.live.effects import ReturnToNow
from bankpage.live.model import Live
from bankpage.live.requests import Form, OpenNextAccount, Request
from bankpage.live.results import Mistyped, Note, NotPossible, Outcome
from bankpage.paper.effects import Focus
from bankpage.paper.occasion import Occasion
from esbank_core.bank.commands import Command, SendTransfer
from esbank_core.bank.events import TransferId
from esbank_core.bank.money import NotAnAmount, parse_amount
from esbank_core.bank.states import currency_in
from esbank_core.kernel.identity import StreamId

FromAmount = Callable[[StreamId, int], Command]
FromAccount = Callable[[StreamId], Command]


def ask(live: Live, intent: Command | OpenNextAccount, form: Form, occasion: Occasion) -> Updated:
    """Put a command in the line. The present answers it, so the slider returns to now."""
    request = Request(
        intent,
        form,
        occasion.id,
        occasion.id,
        live.actor,
        generation=live.generation,
        since=live.ledger.head,
    )
    # What the reader does is not part of the story, which waits.
    story = replace(live.story, telling=None)
    asked = replace(live, outcome=None, story=story, waiting=(*live.waiting, request))
    decided, effects = decide_next(asked, occasion)
    return decided, (ReturnToNow(), *effects)


def ask_amount(
    live: Live, typed: str, form: Form, occasion: Occasion, command: FromAmount
) -> Updated:
    """Ask for what an amount makes a command of, if what was typed is an amount."""
    account_id = _acting_on(live)
    amount = parse_amount(typed, currency_in(live.ledger.state_of(account_id)))
    if isinstance(amount, NotAnAmount):
        outcome = Outcome(form, Mistyped(amount.sentence))
        return replace(live, outcome=outcome), (Focus("amount"),)
    return ask(live, command(account_id, amount), form, occasion)


def ask_transfer(live: Live, typed: str, receiver: str, occasion: Occasion) -> Updated:
    """Ask to send an amount to the account that was typed, whatever its capitals.

    Where none was typed nothing is sent that could come back: the page asks for one.
    """
    if not receiver.strip():
        asked = replace(live, outcome=Outcome(Form.TRANSFER, Note.NO_RECEIVER))
        return asked, (Focus("transfer-to"),)
    transfer_id = TransferId(f"TRF-{occasion.id}")
    wanted = receiver.strip().casefold()
    known = next((name for name in live.ledger.places if name.casefold() == wanted), None)
    to = known or StreamId(receiver.strip())
    return ask_amount(
        live,
        typed,
        Form.TRANSFER,
        occasion,
        lambda of, amount: SendTransfer(of, amount, transfer_id, to),
    )


def ask_chosen(live: Live, command: FromAccount, occasion: Occasion) -> Updated:
    """Ask for a command that needs nothing but the account that is acted on."""
    return ask(live, command(_acting_on(live)), Form.LIFECYCLE, occasion)


def asked_too_soon(live: Live, form: Form) -> Live:
    """Say why a form does nothing now: the keyboard reaches what the pointer sees disabled."""
    state = live.ledger.state_of(_acting_on(live))
    return replace(live, outcome=Outcome(form, NotPossible(state)))


def _acting_on(live: Live) -> StreamId:
    return live.account or StreamId("")
