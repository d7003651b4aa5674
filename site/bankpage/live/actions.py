"""Actions: what can be asked of the chosen account now, and what came of the last request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from bankpage.live.model import (
    Accepted,
    Form,
    Live,
    Mistyped,
    NotStored,
    Outcome,
    Rejected,
)
from bankpage.live.stored_ledger import LOST
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Element, Slot, text
from bankpage.stage.readings import status
from esbank_core.bank.states import NO_ACCOUNT, Closed, Frozen, NoAccount, Open, State
from esbank_core.bank.views import type_of

MOST_ACCOUNTS_LISTED = 1000
"""A list to choose from is no use beyond this; the ledger's rows choose any account."""

_ALLOWED = {
    NoAccount: frozenset[str](),
    Open: frozenset({"deposit", "withdraw", "transfer", "freeze", "close"}),
    Frozen: frozenset({"deposit", "unfreeze", "close"}),
    Closed: frozenset[str](),
}
"""Which commands each kind of state has rules for that can say yes."""


def actions(live: Live, phrases: Phrases) -> Iterator[Slot]:
    """The account's choice, every button, and the outcome where it belongs."""
    now = live.ledger.state_of(live.account) if live.account else NO_ACCOUNT
    yield Slot("account", {"disabled": not live.ledger.places}, _choices(live, phrases))
    allowed = _ALLOWED[type(now)]
    for command in ("deposit", "withdraw", "transfer", "freeze", "unfreeze", "close"):
        yield Slot(command, {"disabled": command not in allowed})
    yield text("why-not", _why_not(now, phrases))
    result = live.outcome.result if live.outcome else None
    is_mistyped = isinstance(result, Mistyped)
    yield Slot("amount", {"aria-invalid": "true" if is_mistyped else None})
    for form in (Form.OPEN, Form.AMOUNT, Form.TRANSFER, Form.LIFECYCLE, Form.EXAMPLE):
        yield _outcome(form, live.outcome, phrases)


def _choices(live: Live, phrases: Phrases) -> tuple[Element, ...]:
    accounts = [name for name in live.ledger.places if name != LOST]
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


def _label(name: str, state: State, phrases: Phrases) -> str:
    owner = "" if isinstance(state, NoAccount) else state.owner
    label = f"{name} · {owner}" if owner else name
    return label if isinstance(state, Open) else f"{label} ({status(state, phrases)})"


def _why_not(state: State, phrases: Phrases) -> str:
    match state:
        case NoAccount():
            return phrases("why-not-none")
        case Open():
            return ""
        case Frozen():
            return phrases("why-not-frozen")
        case Closed():
            return phrases("why-not-closed")
        case _:
            assert_never(state)


def _outcome(form: Form, outcome: Outcome | None, phrases: Phrases) -> Slot:
    if outcome is None or outcome.form != form:
        return text(f"{form}-outcome", "", **{"class": "outcome"})
    match outcome.result:
        case Accepted(recorded=recorded):
            kind = "is-accepted"
            types = ", ".join(f"{type_of(one.event)} (#{one.position})" for one in recorded)
            sentence = phrases("accepted", events=types)
        case Rejected(rejection=rejection):
            kind = "is-rejected"
            sentence = phrases("rejected", sentence=rejection.sentence)
        case Mistyped(sentence=reason):
            kind = "is-mistyped"
            sentence = phrases("mistyped", sentence=reason)
        case NotStored(reason=trouble):
            kind = "is-troubled"
            sentence = phrases(f"not-stored-{trouble}")
        case result:
            assert_never(result)
    return text(f"{form}-outcome", sentence, **{"class": f"outcome {kind}"})
