"""Current State: one account, from the events up to the cursor and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Slot, text
from bankpage.stage.model import Stage
from bankpage.stage.readings import status
from esbank_core.bank.account import Ledger
from esbank_core.bank.money import currency_of, find_currency, format_money
from esbank_core.bank.states import NO_ACCOUNT, NoAccount
from esbank_core.kernel.identity import Position, StreamId

NOTHING = "-"


def state(
    history: Ledger, stage: Stage, account_id: StreamId | None, phrases: Phrases
) -> Iterator[Slot]:
    """The balance, and who holds which account in what status."""
    position = stage.position(history.head)
    shown = history.state_of(account_id, position) if account_id else NO_ACCOUNT
    if isinstance(shown, NoAccount) or not account_id:
        dollars = find_currency("USD")
        assert dollars is not None
        balance, owner, name = format_money(0, dollars), NOTHING, NOTHING
        standing = phrases("standing-none")
    else:
        balance = format_money(shown.balance, currency_of(shown.currency))
        owner, name = shown.owner or NOTHING, account_id
        standing = status(shown, phrases)
    kind = type(shown).__name__.lower()
    yield text("balance", balance)
    yield text("status", status(shown, phrases), **{"data-status": kind})
    yield text("account-id", name)
    yield text("owner-name", owner)
    yield text("account-status", standing)
    yield text("as-of", _as_of(history.head, stage, phrases))


def _as_of(head: Position, stage: Stage, phrases: Phrases) -> str:
    if not stage.is_in_past:
        return phrases("as-of-now")
    if stage.position(head) == 0:
        return phrases("as-of-genesis")
    return phrases("as-of-event", position=stage.position(head), total=head)
