"""The draft of an event: one of history that is being changed, or one of the reader's own.

What it becomes is checked: an event that could never have been, whatever had happened before, is
refused with the bank's own sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from bankpage.paper.figures import money, refusal_in_words
from esbank_core.bank.account import ACCOUNT, CODEC, Ledger
from esbank_core.bank.command_of import command_of
from esbank_core.bank.events import (
    AccountClosed,
    AccountFrozen,
    AccountOpened,
    AccountUnfrozen,
    Event,
)
from esbank_core.bank.money import NO_CURRENCY, Currency, NotAnAmount, parse_amount
from esbank_core.bank.states import NO_ACCOUNT, Open, State, currency_in
from esbank_core.kernel.decider import Rejection
from esbank_core.kernel.errors import Damage
from esbank_core.kernel.identity import Position, StreamId
from esbank_core.kernel.recorded import OPAQUE, UnknownEvent
from esbank_core.kernel.written.codec import Encoded

_SCHEMAS: Final = {one.name: one.schema_version for one in CODEC.event_types}

TYPES: Final = tuple(_SCHEMAS)
"""The types of event that can be inserted."""

_PLENTY: Final = 10**18
"""More than anybody asks for, in minor units."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An event that is being changed, or put together to be inserted."""

    position: Position
    stream: str
    type: str
    values: Mapping[str, str]
    """What is typed for each field of its data, by its name in JSON."""
    is_new: bool
    problem: str = ""


def drafted(history: Ledger, position: Position, *, is_new: bool) -> Draft | None:
    """The draft to begin with; None where there is no event, or none that the bank knows."""
    if not position:
        return None
    recorded = history.at(position)
    event = recorded.event
    if is_new:
        return Draft(position, recorded.stream_id, "MoneyDeposited", {}, is_new=True)
    if isinstance(event, OPAQUE):
        return None
    encoded = CODEC.encode(event)
    data = encoded.data if isinstance(encoded.data, dict) else {}
    currency = currency_in(history.states[position - 1])
    values = {
        name: money(value, currency) if isinstance(value, int) else str(value)
        for name, value in data.items()
    }
    return Draft(position, recorded.stream_id, encoded.type, values, is_new=False)


def filled_in(draft: Draft, fields: Mapping[str, str]) -> Draft:
    """The draft with what its form holds now; whose event is changed, and its type, stay."""
    typed = {
        name.removeprefix("data-"): value
        for name, value in fields.items()
        if name.startswith("data-")
    }
    draft = replace(draft, values={**draft.values, **typed}, problem="")
    if not draft.is_new:
        return draft
    kind, stream = fields.get("type", ""), fields.get("stream", "").strip()
    return replace(
        draft,
        type=kind if kind in _SCHEMAS else draft.type,
        stream=stream or draft.stream,
    )


def event_of(draft: Draft, history: Ledger) -> Event | str:
    """The event that was put together, or the sentence that says why it is none."""
    stream_id = StreamId(draft.stream)
    currency = _currency(history, stream_id, draft.position)
    data: dict[str, object] = {}
    for wanted in CODEC.fields_of(draft.type):
        typed = draft.values.get(wanted.json_name, "")
        if wanted.type is not int:
            data[wanted.json_name] = typed
            continue
        amount = parse_amount(typed, currency)
        if isinstance(amount, NotAnAmount):
            return amount.sentence
        data[wanted.json_name] = amount
    try:
        event = CODEC.decode(Encoded(draft.type, _SCHEMAS[draft.type], data))
    except Damage as damage:
        return damage.reason
    assert not isinstance(event, UnknownEvent)
    return _never_possible(stream_id, event, currency) or event


def _currency(history: Ledger, stream_id: StreamId, position: Position) -> Currency:
    """The currency of an account at a position, or the one that it comes to have."""
    before = currency_in(history.state_of(stream_id, Position(position - 1)))
    return currency_in(history.state_of(stream_id)) if before == NO_CURRENCY else before


def _never_possible(stream_id: StreamId, event: Event, currency: Currency) -> str | None:
    """Why an event could never have been, whatever had happened before; None if it could.

    What the rules make of it where it stands is another question, and the one that is asked.
    """
    if isinstance(event, AccountFrozen | AccountUnfrozen | AccountClosed):
        return None
    able: State = Open("", currency.code, _PLENTY)
    state = NO_ACCOUNT if isinstance(event, AccountOpened) else able
    decided = ACCOUNT.decide(command_of(stream_id, event, currency.code), state)
    return refusal_in_words(decided) if isinstance(decided, Rejection) else None
