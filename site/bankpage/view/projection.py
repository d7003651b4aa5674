"""Current State: the chosen account, from the events up to the cursor and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from bankpage.model import Model
from bankpage.phrases import Phrases
from bankpage.view.tree import Slot, text
from bankpage.view.words import status
from esbank_core.bank.money import currency_of, find_currency, format_money
from esbank_core.bank.states import NO_ACCOUNT, NoAccount, Open

NOTHING = "-"


def projection(model: Model, phrases: Phrases) -> Iterator[Slot]:
    """The balance, and who holds which account in what status."""
    chosen = model.chosen
    state = model.ledger.state_of(chosen, model.position) if chosen else NO_ACCOUNT
    if isinstance(state, NoAccount):
        dollars = find_currency("USD")
        assert dollars is not None
        balance, owner = format_money(0, dollars), NOTHING
        standing = phrases("standing-none")
    else:
        balance = format_money(state.balance, currency_of(state.currency))
        owner = state.owner or NOTHING
        standing = phrases("standing-open") if isinstance(state, Open) else status(state, phrases)
    kind = type(state).__name__.lower()
    yield text("balance", balance)
    yield text("status", status(state, phrases), **{"data-status": kind})
    yield text("account-id", NOTHING if isinstance(state, NoAccount) or not chosen else chosen)
    yield text("owner-name", owner)
    yield text("account-status", standing)
    yield text("as-of", _as_of(model, phrases))


def _as_of(model: Model, phrases: Phrases) -> str:
    if not model.is_in_past:
        return phrases("as-of-now")
    if model.position == 0:
        return phrases("as-of-genesis")
    return phrases("as-of-event", position=model.position, total=model.ledger.head)


def glance(model: Model, phrases: Phrases) -> list[tuple[str, str]]:
    """What Current State shows, as element ids and texts: for the next visit's first moment."""
    return [
        (slot.id, "".join(part for part in slot.children or () if isinstance(part, str)))
        for slot in projection(model, phrases)
        if slot.id != "as-of"
    ]
