"""Asking: what was typed or pressed, as a request in the line of those to be decided.

What is typed is parsed here, once. What cannot be read is said where it was typed, and reaches
no rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bankpage.live.deciding import Updated, decide_next, next_account_id
from bankpage.live.effects import ReturnToNow
from bankpage.live.model import Form, Live, Mistyped, OpenNextAccount, Outcome, Request
from bankpage.paper.effects import Focus
from bankpage.paper.occasion import Occasion
from esbank_core.bank.commands import Command, SendTransfer
from esbank_core.bank.events import TransferId
from esbank_core.bank.examples import first_story
from esbank_core.bank.money import NotAnAmount, parse_amount
from esbank_core.bank.states import currency_in
from esbank_core.kernel.identity import StreamId

FromAmount = Callable[[StreamId, int], Command]
FromAccount = Callable[[StreamId], Command]


def ask(live: Live, intent: Command | OpenNextAccount, form: Form, occasion: Occasion) -> Updated:
    """Put a command in the line. The present answers it, so the slider returns to now."""
    return _in_line(live, (Request(intent, form, occasion.id, occasion.id),), occasion)


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
    """Ask to send an amount to the account that was typed, whatever its capitals."""
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


def ask_example(live: Live, occasion: Occasion) -> Updated:
    """A first story: each command goes through the rules, in the same line as any other."""
    ada = next_account_id(live.ledger)
    grace = next_account_id(live.ledger, after=ada)
    story = first_story(ada, grace, TransferId(f"TRF-{occasion.id}"))
    requests = tuple(
        Request(command, Form.EXAMPLE, id=f"{occasion.id}.{nth}", correlation_id=occasion.id)
        for nth, command in enumerate(story, start=1)
    )
    return _in_line(live, requests, occasion)


def _in_line(live: Live, requests: tuple[Request, ...], occasion: Occasion) -> Updated:
    asked = replace(live, outcome=None, waiting=live.waiting + requests)
    decided, effects = decide_next(asked, occasion)
    return decided, (ReturnToNow(), *effects)


def _acting_on(live: Live) -> StreamId:
    return live.account or StreamId("")
