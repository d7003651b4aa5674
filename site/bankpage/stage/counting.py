"""Counting: a balance that a command has changed gets there in a few steps that one can see.

Only a way of showing it: the balance itself is on the page already, and is what the steps end with.
"""

from __future__ import annotations

from typing import Final

from bankpage.paper.effects import Count
from bankpage.paper.figures import money
from bankpage.stage.accounts import shown_account
from bankpage.stage.model import Stage
from esbank_core.bank.account import Ledger
from esbank_core.bank.money import currency_of
from esbank_core.bank.states import NoAccount, balance_in

STEPS: Final = 10


def counting(before: Ledger, after: Ledger, stage: Stage) -> tuple[Count, ...]:
    """What the shown account's balance counts through, if these histories differ in it."""
    account_id = shown_account(after, stage)
    if account_id is None or stage.is_in_past:
        return ()
    state = after.state_of(account_id)
    was, now = balance_in(before.state_of(account_id)), balance_in(state)
    if isinstance(state, NoAccount) or was == now:
        return ()
    currency = currency_of(state.currency)
    # Quick at first, and slower towards the end: what is left shrinks by the square.
    left = [(STEPS - step) ** 2 for step in range(1, STEPS + 1)]
    balances = [now - (now - was) * share // STEPS**2 for share in left]
    return (Count("balance", tuple(money(balance, currency) for balance in balances)),)
