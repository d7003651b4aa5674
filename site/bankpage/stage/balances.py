"""Balances: all accounts as of the cursor, side by side, the one just touched marked."""

from __future__ import annotations

from collections.abc import Iterator

from bankpage.paper.figures import money
from bankpage.paper.own_states import OwnStates
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Element, Node, Slot, text
from bankpage.stage.accounts import (
    MOST_BALANCES,
    accounts_beside,
    found_accounts,
    shown_account,
    touched_account,
)
from bankpage.stage.model import Stage
from bankpage.stage.own import value_beside
from esbank_core.bank.account import Ledger
from esbank_core.bank.money import currency_of
from esbank_core.bank.states import NoAccount
from esbank_core.kernel.identity import Position, StreamId


def balances(
    history: Ledger, stage: Stage, phrases: Phrases, own: OwnStates | None = None
) -> Iterator[Slot]:
    """The list, its way to find any account, and which of how many it holds.

    With an evolve of the reader's own, the value that they have named stands in the place of it.
    """
    position = stage.position(history.head)
    beside = accounts_beside(history, stage)
    touched, shown = touched_account(history, stage), shown_account(history, stage)
    rows = tuple(
        _row(
            history,
            name,
            position,
            phrases,
            value_beside(own, name),
            is_touched=name == touched,
            is_shown=name == shown,
        )
        for name in beside
    )
    total = len(history.places)
    yield Slot("find-account", {"hidden": total <= MOST_BALANCES})
    yield Slot("balances", {}, rows)
    yield text("balances-note", _note(history, stage, len(beside), phrases))


def _note(history: Ledger, stage: Stage, shown: int, phrases: Phrases) -> str:
    total = len(history.places)
    if not total:
        return phrases("balances-none")
    if stage.sought:
        found = len(found_accounts(history, stage.sought))
        return phrases("balances-found", found=found, total=total)
    return phrases("balances-some", shown=shown, total=total) if total > MOST_BALANCES else ""


def _row(
    history: Ledger,
    name: StreamId,
    position: Position,
    phrases: Phrases,
    own_value: str | None,
    *,
    is_touched: bool,
    is_shown: bool,
) -> Element:
    """One account: a button that keeps it on show."""
    state = history.state_of(name, position)
    if isinstance(state, NoAccount):
        owner, balance = phrases("not-opened"), "\u2013"
    else:
        owner, balance = state.owner, money(state.balance, currency_of(state.currency))
    if own_value is not None:
        balance, owner = own_value, "" if isinstance(state, NoAccount) else owner
    cells: list[Node] = [
        Element("span", {"class": "balance-account"}, (name,)),
        " ",
        Element("span", {"class": "balance-owner"}, (owner,)),
        " ",
        Element("span", {"class": "balance-amount"}, (balance,)),
    ]
    if is_touched:
        cells += [" ", Element("span", {"class": "out-of-sight"}, (phrases("just-changed"),))]
    button = Element(
        "button",
        {
            "type": "button",
            "data-gesture": "pin-account",
            "data-account": name,
            "aria-current": "true" if is_shown else None,
        },
        tuple(cells),
    )
    return Element("li", {"class": "is-touched" if is_touched else None}, (button,), f"held-{name}")
