"""Actions: what can be asked of the chosen account now."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from bankpage.live.model import Live
from bankpage.live.outcomes import why_not
from bankpage.live.requests import VISITOR
from bankpage.live.results import Mistyped, Note
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Element, Slot, text
from bankpage.stage.readings import status
from esbank_core.bank.account import Ledger
from esbank_core.bank.states import NO_ACCOUNT, Closed, Frozen, NoAccount, Open, State
from esbank_core.kernel.identity import StreamId

MOST_ACCOUNTS_LISTED = 1000
"""A list to choose from is no use beyond this; the ledger's rows choose any account."""

_ALLOWED = {
    NoAccount: frozenset[str](),
    Open: frozenset({"deposit", "withdraw", "transfer", "freeze", "close"}),
    Frozen: frozenset({"deposit", "unfreeze", "close"}),
    Closed: frozenset[str](),
}
"""Which commands each kind of state has rules for that can say yes."""


def actions(live: Live, phrases: Phrases, *, is_on_stage: bool = True) -> Iterator[Slot]:
    """In whose name one acts, the account's choice, every button, and why some are disabled.

    All are while another history is on the stage: its past is not ours to add to.
    """
    is_named = live.actor != VISITOR
    yield Slot("acting", {"hidden": not is_named})
    yield text("acting-as", phrases("acting-as", actor=live.actor.id) if is_named else "")
    yield Slot("commands", {"disabled": not is_on_stage})
    now = live.ledger.state_of(live.account) if live.account else NO_ACCOUNT
    choices, receivers = _accounts(live, phrases)
    yield Slot("account", {"disabled": not live.ledger.places}, choices)
    allowed = _ALLOWED[type(now)]
    for command in ("deposit", "withdraw", "transfer", "freeze", "unfreeze", "close"):
        yield Slot(command, {"disabled": command not in allowed})
    yield text("why-not", why_not(now, phrases) if is_on_stage else phrases("why-not-study"))
    result = live.outcome.result if live.outcome else None
    for field, is_wrong in (
        ("amount", isinstance(result, Mistyped)),
        ("transfer-to", result is Note.NO_RECEIVER),
    ):
        yield Slot(field, {"aria-invalid": "true" if is_wrong else None})
    yield Slot("receivers", {}, receivers)


_Listed = tuple[tuple[Element, ...], tuple[Element, ...]]
_listed: list[tuple[Ledger, StreamId | None, _Listed]] = []
"""The accounts listed last. Only a memory: moving the cursor changes neither list."""


def _accounts(live: Live, phrases: Phrases) -> _Listed:
    """The accounts to act on, and those that a transfer can go to."""
    if _listed and _listed[0][0] is live.ledger and _listed[0][1] == live.account:
        return _listed[0][2]
    both = _choices(live, phrases), _receivers(live)
    _listed[:] = [(live.ledger, live.account, both)]
    return both


def _choices(live: Live, phrases: Phrases) -> tuple[Element, ...]:
    accounts = list(live.ledger.places)
    if not accounts:
        return (Element("option", {"value": ""}, (phrases("no-account-yet"),)),)
    listed = accounts[:MOST_ACCOUNTS_LISTED]
    if live.account and live.account not in listed:
        listed.append(live.account)
    return tuple(
        Element(
            "option",
            {"value": name, "selected": name == live.account},
            (_label(name, live.ledger.state_of(name), phrases),),
        )
        for name in listed
    )


def _receivers(live: Live) -> tuple[Element, ...]:
    """The accounts that a transfer can go to, to choose from while one types."""
    others = (name for name in live.ledger.places if name != live.account)
    listed = ((name, live.ledger.state_of(name)) for name in islice(others, MOST_ACCOUNTS_LISTED))
    return tuple(
        Element("option", {"value": name}, (f"{name} · {state.owner}",))
        for name, state in listed
        if isinstance(state, Open | Frozen)
    )


def _label(name: str, state: State, phrases: Phrases) -> str:
    owner = "" if isinstance(state, NoAccount) else state.owner
    label = f"{name} · {owner}" if owner else name
    return label if isinstance(state, Open) else f"{label} ({status(state, phrases)})"
