"""From a value to its cause: which event last changed each part of an account's state.

The positions at which owner and status changed are few and found once, account by account; a
ledger that has grown adds to them. So a step looks up, and folds nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from esbank_core.bank.account import Ledger
from esbank_core.bank.states import NoAccount, State
from esbank_core.kernel.identity import GENESIS, Position, StreamId


class Causes(NamedTuple):
    """The positions of the events that last changed each part; Genesis where none has."""

    account_id: Position
    owner: Position
    status: Position
    balance: Position


NO_CAUSES: Final = Causes(GENESIS, GENESIS, GENESIS, GENESIS)


@dataclass(slots=True)
class _Changes:
    """The positions at which each part of one account changed, among its first ``seen`` events."""

    seen: int = 0
    last: State | None = None
    """The state after those events: by it one sees that the history is still the same."""
    owner: list[Position] = field(default_factory=list)
    status: list[Position] = field(default_factory=list)
    balance: list[Position] = field(default_factory=list)


_changes: dict[StreamId, _Changes] = {}
"""What was found before. Only a memory: it holds what would be found anew."""


def causes(history: Ledger, account_id: StreamId | None, position: Position) -> Causes:
    """What last changed an account's state as of a position."""
    if account_id is None or account_id not in history.places or history.unread:
        return NO_CAUSES
    first = history.places[account_id][0]
    if first > position:
        return NO_CAUSES
    changes = _changes_of(history, account_id)
    return Causes(
        first,
        _last(changes.owner, position),
        _last(changes.status, position),
        _last(changes.balance, position),
    )


def _last(positions: list[Position], to: Position) -> Position:
    count = bisect_right(positions, to)
    return positions[count - 1] if count else GENESIS


def _changes_of(history: Ledger, account_id: StreamId) -> _Changes:
    places = history.places[account_id]
    known = _changes.get(account_id)
    is_same = (
        known is not None
        and 0 < known.seen <= len(places)
        and history.states[places[known.seen - 1] - 1] is known.last
    )
    if known is None or not is_same:
        known = _changes[account_id] = _Changes(last=history.initial_state)
    if known.seen < len(places):
        _look_on(history, places[known.seen :], known)
    return known


def _look_on(history: Ledger, places: Sequence[Position], known: _Changes) -> None:
    states = history.states
    before = known.last
    for place in places:
        after = states[place - 1]
        if after is before:
            continue
        if type(after) is not type(before):
            known.status.append(place)
        if isinstance(after, NoAccount):
            pass
        elif before is None or isinstance(before, NoAccount):
            known.owner.append(place)
            known.balance.append(place)
        else:
            if after.owner is not before.owner and after.owner != before.owner:
                known.owner.append(place)
            if after.balance != before.balance:
                known.balance.append(place)
        before = after
    known.last = before
    known.seen += len(places)
