"""Current State: one account, from the events up to the cursor and nothing else.

Each value is a button that goes to the event that last changed it.
"""

from __future__ import annotations

from collections.abc import Iterator

from bankpage.paper.figures import money
from bankpage.paper.own_states import OwnStates
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Element, Slot, text
from bankpage.stage.accounts import shown_account
from bankpage.stage.causes import causes
from bankpage.stage.model import Stage
from bankpage.stage.own import value_beside
from bankpage.stage.readings import status
from esbank_core.bank.account import Ledger
from esbank_core.bank.money import currency_of, find_currency
from esbank_core.bank.states import NO_ACCOUNT, NoAccount
from esbank_core.kernel.identity import GENESIS, Position

NOTHING = "-"


def state(
    history: Ledger, stage: Stage, phrases: Phrases, own: OwnStates | None = None
) -> Iterator[Slot]:
    """The balance, and who holds which account in what status.

    The time bar has the value instead that a reader has named, of the states by their own evolve.
    """
    position = stage.position(history.head)
    account_id = shown_account(history, stage)
    shown = history.state_of(account_id, position) if account_id else NO_ACCOUNT
    if isinstance(shown, NoAccount) or not account_id:
        dollars = find_currency("USD")
        assert dollars is not None
        balance, owner, name = money(0, dollars), NOTHING, NOTHING
        standing = phrases("standing-none")
        caused = causes(history, None, position)
    else:
        balance = money(shown.balance, currency_of(shown.currency))
        owner, name = shown.owner or NOTHING, account_id
        standing = status(shown, phrases)
        caused = causes(history, account_id, position)
    kind = type(shown).__name__.lower()
    yield text("balance", balance, **{"--characters": len(balance)})
    yield text("status", status(shown, phrases), **{"data-status": kind})
    yield text("account-id", name)
    yield text("owner-name", owner)
    yield text("account-status", standing)
    yield from _cause("balance", caused.balance, phrases)
    yield from _cause("account-id", caused.account_id, phrases)
    yield from _cause("owner-name", caused.owner, phrases)
    yield from _cause("account-status", caused.status, phrases)
    yield text("as-of", _as_of(history.head, stage, phrases))
    is_pinned = stage.pinned is not None
    yield Slot("pin", {".checked": is_pinned, "disabled": account_id is None})
    is_account = name != NOTHING
    in_bar = f"{name} \u00b7 {owner}" if is_account else status(shown, phrases)
    own_value = value_beside(own, account_id) if account_id else None
    yield text("bar-account", in_bar if own_value is None or is_account else account_id or "")
    yield text("bar-balance", balance if own_value is None else own_value)


def _cause(value: str, position: Position, phrases: Phrases) -> Iterator[Slot]:
    """The way from a value to the event that last changed it, where there is one."""
    is_idle = position == GENESIS
    yield Slot(
        f"{value}-cause",
        {"data-position": position, "aria-disabled": "true" if is_idle else None},
    )
    before = Element("span", {"class": "cause-before"}, (phrases("cause-before"), " "))
    event = phrases("cause-event", position=position)
    yield Slot(f"{value}-event", {}, () if is_idle else (before, event))


def _as_of(head: Position, stage: Stage, phrases: Phrases) -> str:
    if not stage.is_in_past:
        return phrases("as-of-now")
    if stage.position(head) == 0:
        return phrases("as-of-genesis")
    return phrases("as-of-event", position=stage.position(head), total=head)
