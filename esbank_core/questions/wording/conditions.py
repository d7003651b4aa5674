"""Conditions as they are worded, such as ``status frozen and balance-below 20.00``.

Typed at a terminal or chosen on a page, they are the same words, and become a condition here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from esbank_core.bank.account import Ledger
from esbank_core.bank.events import Event
from esbank_core.bank.money import (
    NO_CURRENCY,
    Currency,
    NotAnAmount,
    WholeUnits,
    currency_of,
    parse_amount,
)
from esbank_core.bank.states import State, currency_in
from esbank_core.kernel.identity import StreamId
from esbank_core.questions.as_of import fields_of
from esbank_core.questions.bank.conditions import (
    Status,
    amount_at_least,
    balance_below,
    balance_changed_by_more_than,
    closed_with_money,
    event_type_is,
    field_contains,
    field_equals,
    frozen,
    gap_above,
    gap_at_least,
    out_of_time_order,
    status_becomes,
    text_is_mentioned,
    twice_for_one_cause,
)
from esbank_core.questions.bank.todays_rules import begins_without_opening, refused_today
from esbank_core.questions.moments import Condition, Step, all_of
from esbank_core.questions.own.of_state import How, OfState, field_named
from esbank_core.questions.wording.misread import Misread, MisreadError
from esbank_core.questions.wording.times import parse_span


class Asked(StrEnum):
    """What has to follow the name of a condition."""

    AMOUNT = "amount"
    SPAN = "span"
    STATUS = "status"
    TYPE = "type"
    FIELD = "field"
    TEXT = "text"
    EXPRESSION = "expression"


@dataclass(frozen=True, slots=True)
class Wording:
    """A condition by its name, and what has to follow it."""

    name: str
    asked: tuple[Asked, ...] = ()


REFUSED_TODAY: Final = "refused-today"
"""The condition beside which one says how many streams begin without their opening."""

EVOLVE_FAILS: Final = "evolve-fails"
"""Said of a reader's own ``evolve``, where there is one: it raises, or returns nothing."""

WORDINGS: Final = {
    wording.name: wording
    for wording in (
        Wording("balance-below", (Asked.AMOUNT,)),
        Wording("amount-at-least", (Asked.AMOUNT,)),
        Wording("balance-changed-by", (Asked.AMOUNT,)),
        Wording("event-type", (Asked.TYPE,)),
        Wording("status", (Asked.STATUS,)),
        Wording("frozen"),
        Wording("closed-with-money"),
        Wording("field-equals", (Asked.FIELD, Asked.TEXT)),
        Wording("field-contains", (Asked.FIELD, Asked.TEXT)),
        Wording("mentions", (Asked.TEXT,)),
        Wording("gap-at-least", (Asked.SPAN,)),
        Wording("gap-above", (Asked.SPAN,)),
        Wording("out-of-order"),
        Wording("twice-for-one-cause"),
        Wording(REFUSED_TODAY),
        Wording("without-opening"),
        Wording("where", (Asked.EXPRESSION,)),
    )
}
"""All conditions, by name."""

CONDITIONS: Final = tuple(WORDINGS)
"""The names of all conditions."""

AND: Final = "and"
"""What may stand between two conditions."""

Expression = Callable[[str], Condition[State, Event]]
"""What makes a condition of a Python expression, where such may be run at all."""

StateAfter = Callable[[Step[State, Event]], object]
"""The state after an event that ``state.total`` is a field of."""

OnState = Callable[[OfState], Condition[State, Event]]
"""What makes a condition of what is asked of the state: whoever has other states than the bank's,
by a reader's own ``evolve``, gives that."""


def banks_own(step: Step[State, Event]) -> object:
    """The state of the bank's account, and its status."""
    return fields_of(step.after)


def on_state(asked: OfState, state_after: StateAfter = banks_own) -> Condition[State, Event]:
    """The condition that a state is so; it lasts until it is not."""
    fits = asked.fits()
    return Condition(lambda step: fits(state_after(step)), lasts=True)


def parse_condition(
    words: Sequence[str],
    ledger: Ledger,
    account_id: StreamId | None,
    expression: Expression | None = None,
    of_state: OnState = on_state,
) -> Condition[State, Event]:
    """The condition that words spell out; of several, that all hold at once.

    Amounts are in whole units of each account's currency. Without ``expression``, ``where`` is
    no condition: the core itself runs nothing that was typed. A field such as ``state.balance``
    is one of the state after the event, and what is said of it lasts.

    Raises:
        MisreadError: a word is no condition, or a value is missing or none.
    """
    spelt = [part for word in words for part in _split(word)]
    found: list[Condition[State, Event]] = []
    while spelt:
        name = spelt.pop(0)
        if name == AND and found and spelt:
            continue
        wording = WORDINGS.get(name)
        if wording is None or (Asked.EXPRESSION in wording.asked and expression is None):
            raise MisreadError(Misread.CONDITION, name)
        values = [_next(spelt, name) for _ in wording.asked]
        found.append(_condition(name, values, ledger, account_id, expression, of_state))
    if not found:
        raise MisreadError(Misread.CONDITION, " ".join(words))
    return found[0] if len(found) == 1 else all_of(*found)


def _condition(
    name: str,
    values: list[str],
    ledger: Ledger,
    account_id: StreamId | None,
    expression: Expression | None,
    of_state: OnState,
) -> Condition[State, Event]:
    match name, values:
        case "balance-below", [amount]:
            return balance_below(_amount(amount, ledger, account_id))
        case "amount-at-least", [amount]:
            return amount_at_least(_amount(amount, ledger, account_id))
        case "balance-changed-by", [amount]:
            return balance_changed_by_more_than(_amount(amount, ledger, account_id))
        case "event-type", [type_name]:
            return event_type_is(type_name)
        case "status", [status]:
            return status_becomes(_status(status))
        case "frozen", []:
            return frozen()
        case "closed-with-money", []:
            return closed_with_money()
        case "field-equals", [path, text]:
            if (field := field_named(path)) is not None:
                return of_state(OfState(field, How.EQUALS, text))
            return field_equals(path, text)
        case "field-contains", [path, text]:
            if (field := field_named(path)) is not None:
                return of_state(OfState(field, How.CONTAINS, text))
            return field_contains(path, text)
        case "mentions", [text]:
            return text_is_mentioned(text)
        case "gap-at-least", [span]:
            return gap_at_least(parse_span(span))
        case "gap-above", [span]:
            return gap_above(parse_span(span))
        case "out-of-order", []:
            return out_of_time_order()
        case "twice-for-one-cause", []:
            return twice_for_one_cause()
        case "refused-today", []:
            return refused_today(ledger)
        case "without-opening", []:
            return begins_without_opening()
        case "where", [text] if expression is not None:
            return expression(text)
        case _:
            raise MisreadError(Misread.CONDITION, name)


def _split(word: str) -> list[str]:
    """``balance-below=20`` says the same as ``balance-below 20``."""
    name, equals, rest = word.partition("=")
    asked = WORDINGS[name].asked if equals and name in WORDINGS else ()
    return [name, *rest.split("=", len(asked) - 1)] if asked else [word]


def _next(spelt: list[str], name: str) -> str:
    if not spelt:
        raise MisreadError(Misread.VALUE_MISSING, name)
    return spelt.pop(0)


def _status(typed: str) -> Status:
    try:
        return Status(typed.lower())
    except ValueError:
        raise MisreadError(Misread.STATUS, typed) from None


def _amount(typed: str, ledger: Ledger, account_id: StreamId | None) -> WholeUnits:
    """An amount in whole units, such as ``20.00``, of whichever currency."""
    currency = _currency(ledger, account_id)
    parsed = parse_amount(typed, currency)
    if isinstance(parsed, NotAnAmount):
        raise MisreadError(Misread.AMOUNT, typed, parsed.sentence)
    return WholeUnits(parsed, currency.digits)


def _currency(ledger: Ledger, account_id: StreamId | None) -> Currency:
    """The currency of the account, or of all; of several, none, with the most of their decimals."""
    accounts = ledger.places if account_id is None else [account_id]
    codes = {currency_in(ledger.state_of(account)).code for account in accounts}
    currencies = [currency_of(code) for code in sorted(codes - {NO_CURRENCY.code})]
    if len(currencies) > 1:
        return Currency(NO_CURRENCY.code, max(currency.digits for currency in currencies))
    return currencies[0] if currencies else NO_CURRENCY
