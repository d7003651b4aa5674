"""The sections that explain, told with the learner's own last command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import assert_never

from bankpage.live.model import Live
from bankpage.live.requests import VISITOR
from bankpage.live.results import Decision
from bankpage.paper.figures import refusal_in_words
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Slot, text
from bankpage.stage.readings import code_of
from esbank_core.bank.account import CODEC
from esbank_core.bank.events import (
    AccountClosed,
    AccountFrozen,
    AccountOpened,
    AccountUnfrozen,
    Event,
    MoneyDeposited,
    MoneyWithdrawn,
    OwnerRenamed,
    TransferReceived,
    TransferReturned,
    TransferSent,
)
from esbank_core.bank.examples import STORYTELLER
from esbank_core.bank.money import Currency
from esbank_core.bank.states import NoAccount, State, balance_in, currency_in
from esbank_core.kernel.decider import Rejection
from esbank_core.kernel.written.times import format_time


def explanation(live: Live, phrases: Phrases) -> Iterator[Slot]:
    """How It Works, and CRUD against Event Sourcing."""
    decision = live.last_decision or live.recalled
    yield text("works-whose", phrases(_whose(live)))
    told = _told(decision, phrases) if decision else {}
    for name in ("works-command", "works-events", "works-state", "crud-sql", "event-sql"):
        yield Slot(f"{name}-example", {"hidden": decision is not None})
        yield text(name, told.get(name, ""), hidden=decision is None)


def _whose(live: Live) -> str:
    """Whose command it is that stands there, as the name of a phrase."""
    decision = live.last_decision or live.recalled
    if decision is None:
        return "works-example"
    if decision.actor == STORYTELLER:
        return "works-story"
    # What was given in this tab is the reader's, in whatever name.
    is_own = live.last_decision is not None or decision.actor == VISITOR
    return "works-own" if is_own else "works-last"


def decided_as(live: Live) -> str:
    """What came of the last decision, in the word that the diagram goes by."""
    if live.last_decision is None:
        return "none"
    return "rejected" if isinstance(live.last_decision.result, Rejection) else "accepted"


def _told(decision: Decision, phrases: Phrases) -> dict[str, str]:
    result = decision.result
    if isinstance(result, Rejection):
        events = phrases("rejected", sentence=refusal_in_words(result))
        update, insert = phrases("sql-nothing-updated"), phrases("sql-nothing-inserted")
    else:
        events = "\n".join(map(code_of, result))
        account_id = decision.command.account_id
        update = "\n".join(_update_sql(account_id, event, decision, phrases) for event in result)
        insert = "\n".join(_insert_sql(account_id, event, decision) for event in result)
        insert += f"\n-- {phrases('sql-kept')}"
    before, after = code_of(decision.before), code_of(decision.after)
    return {
        "works-command": code_of(decision.command),
        "works-events": events,
        "works-state": phrases("state-same", state=after)
        if before == after
        else f"{before}\n\u2192 {after}",
        "crud-sql": update,
        "event-sql": insert,
    }


# The same in SQL ---------------------------------------------------------------------------


def _update_sql(account_id: str, event: Event, decision: Decision, phrases: Phrases) -> str:
    """What a system that keeps only current values would do, and what it would lose."""
    before, after = decision.before, decision.after
    where = f"WHERE id = {_quoted(account_id)};"
    match event:
        case AccountOpened(owner=owner):
            return (
                "INSERT INTO accounts (id, owner, balance)\n"
                f"VALUES ({_quoted(account_id)}, {_quoted(owner)}, 0);\n"
                f"-- {phrases('sql-opened')}"
            )
        case (
            MoneyDeposited()
            | MoneyWithdrawn()
            | TransferSent()
            | TransferReceived()
            | TransferReturned()
        ):
            lost = _decimal(balance_in(before), currency_in(before))
            balance = _decimal(balance_in(after), currency_in(after))
            column, value = "balance", balance
        case OwnerRenamed(owner=owner):
            lost = "" if isinstance(before, NoAccount) else before.owner
            column, value = "owner", _quoted(owner)
        case AccountFrozen() | AccountUnfrozen() | AccountClosed():
            lost = _status(before)
            column, value = "status", _quoted(_status(after))
        case _:
            assert_never(event)
    return (
        f"UPDATE accounts\nSET {column} = {value}\n{where}\n"
        f"-- {phrases('sql-lost', column=column, lost=_one_line(lost))}"
    )


def _insert_sql(account_id: str, event: Event, decision: Decision) -> str:
    """What an event store does, whatever the event."""
    encoded = CODEC.encode(event)
    data = json.dumps(encoded.data, ensure_ascii=False)
    time = format_time(decision.time)
    return (
        "INSERT INTO events\n(stream, type, data, time)\n"
        f"VALUES ({_quoted(account_id)}, {_quoted(encoded.type)},\n"
        f"  {_quoted(data)},\n  {_quoted(time)});"
    )


def _status(state: State) -> str:
    return type(state).__name__.lower()


def _quoted(value: str) -> str:
    """A text as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def _one_line(value: str) -> str:
    """A text that cannot break out of an SQL comment."""
    return " ".join(value.split())


def _decimal(minor_units: int, currency: Currency) -> str:
    whole, fraction = divmod(abs(minor_units), 10**currency.digits)
    sign = "-" if minor_units < 0 else ""
    return f"{sign}{whole}.{fraction:0{currency.digits}d}" if currency.digits else f"{sign}{whole}"
