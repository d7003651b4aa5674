"""Programs to start from, by the names that index.html has phrases for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

COUNT_BY_TYPE: Final = '''\
"""How many events there are of each type."""

initial = {}


def apply(state, event):
    return {**state, event.type: state.get(event.type, 0) + 1}
'''

BALANCE_PER_OWNER: Final = '''\
"""What each owner has, all accounts together, in minor units (cents)."""

initial = {"owners": {}, "balances": {}}

IN = {"MoneyDeposited", "TransferReceived", "TransferReturned"}
OUT = {"MoneyWithdrawn", "TransferSent"}


def apply(state, event):
    owners = {**state["owners"]}
    balances = {**state["balances"]}
    if event.type in {"AccountOpened", "OwnerRenamed"}:
        owners[event.stream_id] = event.data["owner"]
    owner = owners.get(event.stream_id, event.stream_id)
    if event.type in IN:
        balances[owner] = balances.get(owner, 0) + event.data["amount"]
    if event.type in OUT:
        balances[owner] = balances.get(owner, 0) - event.data["amount"]
    return {"owners": owners, "balances": balances}
'''

MONTHLY_REPORT: Final = '''\
"""What came in and went out, month by month, in minor units (cents)."""

initial = {}

IN = {"MoneyDeposited", "TransferReceived", "TransferReturned"}
OUT = {"MoneyWithdrawn", "TransferSent"}


def apply(state, event):
    if event.type not in IN | OUT:
        return state
    month = event.time.strftime("%Y-%m")
    row = {"events": 0, "in": 0, "out": 0, **state.get(month, {})}
    row["events"] += 1
    row["in" if event.type in IN else "out"] += event.data["amount"]
    return {**state, month: row}
'''

LAST_KNOWN_VALUES: Final = '''\
"""The newest value of every field, stream by stream, whatever the events are."""

initial = {}


def apply(state, event):
    known = state.get(event.stream_id, {})
    return {**state, event.stream_id: {**known, **event.data, "last event": event.type}}
'''

FAULT_TO_FIND: Final = '''\
"""The largest deposit of each account. It is wrong: where, and at which event does it show?"""

initial = {}


def apply(state, event):
    if event.type == "MoneyDeposited":
        amount = str(event.data["amount"])
        if amount > state.get(event.stream_id, "0"):
            return {**state, event.stream_id: amount}
    return state
'''

STATE_OF_EACH: Final = '''\
"""An evolve of your own: the state of each stream, which begins at initial."""

initial = {"balance": 0, "deposits": 0, "open": False}


def evolve(state, event):
    match event.type:
        case "AccountOpened":
            return {**state, "open": True}
        case "AccountClosed":
            return {**state, "open": False}
        case "MoneyDeposited":
            balance = state["balance"] + event.data["amount"]
            return {**state, "balance": balance, "deposits": state["deposits"] + 1}
        case "MoneyWithdrawn" | "TransferSent":
            return {**state, "balance": state["balance"] - event.data["amount"]}
        case "TransferReceived" | "TransferReturned":
            return {**state, "balance": state["balance"] + event.data["amount"]}
    return state
'''

TEMPLATES: Final[Mapping[str, str]] = {
    "count-by-type": COUNT_BY_TYPE,
    "balance-per-owner": BALANCE_PER_OWNER,
    "monthly-report": MONTHLY_REPORT,
    "last-known-values": LAST_KNOWN_VALUES,
    "fault-to-find": FAULT_TO_FIND,
    "state-of-each": STATE_OF_EACH,
}
