"""Which accounts are on show: the one whose state is told, and those that stand beside it."""

from __future__ import annotations

from typing import Final

from bankpage.stage.model import Stage
from esbank_core.bank.account import Ledger
from esbank_core.bank.states import NoAccount
from esbank_core.kernel.identity import NOWHERE, StreamId

MOST_BALANCES: Final = 6
"""How many accounts stand side by side; of more, those touched last do, or those found."""

FARTHEST_LOOK_BACK: Final = 64
"""How many events are looked back over for accounts lately touched: a step costs no more."""


def shown_account(history: Ledger, stage: Stage) -> StreamId | None:
    """The account whose state is told: pinned, or acted on just now, or of the last event."""
    return stage.pinned or stage.held or touched_account(history, stage)


def touched_account(history: Ledger, stage: Stage) -> StreamId | None:
    """The account of the last event applied; where that cannot be read, of one before it."""
    position = stage.position(history.head)
    for n in range(position, max(position - FARTHEST_LOOK_BACK, 0), -1):
        if (account_id := history.recorded[n - 1].stream_id) != NOWHERE:
            return account_id
    return None


def accounts_beside(history: Ledger, stage: Stage) -> list[StreamId]:
    """The accounts to show side by side, in the order in which they were opened."""
    if stage.sought:
        return found_accounts(history, stage.sought)[:MOST_BALANCES]
    if len(history.places) <= MOST_BALANCES:
        return list(history.places)
    position = stage.position(history.head)
    shown = shown_account(history, stage)
    chosen = dict.fromkeys([shown] if shown else [])
    for n in range(position, max(position - FARTHEST_LOOK_BACK, 0), -1):
        if len(chosen) >= MOST_BALANCES:
            break
        if (account_id := history.recorded[n - 1].stream_id) != NOWHERE:
            chosen[account_id] = None
    return sorted(chosen, key=lambda name: history.places[name][0] if name in history.places else 0)


def streams_shown(history: Ledger, stage: Stage) -> tuple[StreamId, ...]:
    """All of them, the one whose state is told first."""
    shown = shown_account(history, stage)
    beside = accounts_beside(history, stage)
    return tuple(dict.fromkeys([*([shown] if shown else ()), *beside]))


_last_found: list[tuple[Ledger, str, list[StreamId]]] = []
"""The last search. Only a memory: a step does not search again."""


def found_accounts(history: Ledger, sought: str) -> list[StreamId]:
    """The accounts whose id, or whose owner as of now, has the text in it."""
    if _last_found and _last_found[0][0] is history and _last_found[0][1] == sought:
        return _last_found[0][2]
    wanted = sought.casefold()
    found = [
        name
        for name in history.places
        if wanted in name.casefold() or wanted in _owner(history, name).casefold()
    ]
    _last_found[:] = [(history, sought, found)]
    return found


def _owner(history: Ledger, name: StreamId) -> str:
    state = history.state_of(name)
    return "" if isinstance(state, NoAccount) else state.owner
