"""What the questions' rows are made of: what a change did to an account, as plain cells."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from esbank_core.bank.events import Event
from esbank_core.bank.money import NO_CURRENCY
from esbank_core.bank.states import NoAccount, State, currency_in, flow
from esbank_core.kernel.history import Change
from esbank_core.kernel.identity import StreamId
from esbank_core.questions.ask import Cell

BankChange = Change[State, Event]


def flow_of(change: BankChange) -> int:
    """What a change added to the balance, in minor units."""
    return flow(change.before, change.after)


def owner_after(change: BankChange) -> str:
    """What the owner was called right after a change; empty where nobody knows."""
    return "" if isinstance(change.after, NoAccount) else change.after.owner


def milliseconds(span: timedelta) -> int:
    """A span of time as a cell."""
    return span // timedelta(milliseconds=1)


def gist(within: timedelta, **counts: int) -> dict[str, Cell]:
    """The gist of what was found within a span of time."""
    return {"within": milliseconds(within), **counts}


class Currencies:
    """Each account's currency, also for what stands before the account's opening."""

    def __init__(self, revised: Callable[[], None] = lambda: None) -> None:
        """``revised`` is called when an account's currency becomes known after it was asked for."""
        self._of_account: dict[StreamId, str] = {}
        self._asked_in_vain: set[StreamId] = set()
        self._revised = revised

    def see(self, change: BankChange) -> None:
        """Take notice of the next change."""
        code = currency_in(change.after).code
        if code != NO_CURRENCY.code:
            account_id = change.recorded.stream_id
            self._of_account[account_id] = code
            if account_id in self._asked_in_vain:
                self._asked_in_vain.discard(account_id)
                self._revised()

    def of(self, change: BankChange) -> str:
        """The currency of a change, as far as it is known."""
        code = currency_in(change.after).code
        return code if code != NO_CURRENCY.code else self.of_account(change.recorded.stream_id)

    def of_account(self, account_id: StreamId) -> str:
        """The currency of an account, as far as it is known."""
        code = self._of_account.get(account_id)
        if code is None:
            self._asked_in_vain.add(account_id)
            return NO_CURRENCY.code
        return code
