"""Conditions as they are typed, such as ``frozen balance-below 20.00``."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from esbank_core.bank.account import Ledger
from esbank_core.bank.events import Event
from esbank_core.bank.money import NO_CURRENCY, Currency, NotAnAmount, currency_of, parse_amount
from esbank_core.bank.states import State, currency_in
from esbank_core.kernel.identity import StreamId
from esbank_core.questions.bank.conditions import (
    balance_below,
    balance_changed_by_more_than,
    closed_with_money,
    frozen,
    gap_above,
    out_of_time_order,
)
from esbank_core.questions.moments import Condition, all_of
from esbank_core.questions.wording.misread import Misread, MisreadError
from esbank_core.questions.wording.times import parse_span

CONDITIONS: Final = (
    *("balance-below", "balance-changed-by", "frozen", "closed-with-money", "gap-above"),
    *("out-of-order", "where"),
)
"""The names of all conditions."""

_WITH_VALUE: Final = re.compile(
    "(balance-below|balance-changed-by|gap-above|where)=(.*)", re.DOTALL
)

Expression = Callable[[str], Condition[State, Event]]
"""What makes a condition of a Python expression, where such may be run at all."""


def parse_condition(
    words: Sequence[str],
    ledger: Ledger,
    account_id: StreamId | None,
    expression: Expression | None = None,
) -> Condition[State, Event]:
    """The condition that words spell out; of several, that all hold at once.

    Amounts are in the currency of the account, or in the ledger's own. Without ``expression``,
    ``where`` is no condition: the core itself runs nothing that was typed.

    Raises:
        MisreadError: a word is no condition, or a value is missing or none.
    """
    spelt = [part for word in words for part in _split(word)]
    found: list[Condition[State, Event]] = []
    while spelt:
        name = spelt.pop(0)
        match name:
            case "balance-below":
                found.append(balance_below(_amount(_next(spelt, name), ledger, account_id)))
            case "balance-changed-by":
                limit = _amount(_next(spelt, name), ledger, account_id)
                found.append(balance_changed_by_more_than(limit))
            case "frozen":
                found.append(frozen())
            case "closed-with-money":
                found.append(closed_with_money())
            case "gap-above":
                found.append(gap_above(parse_span(_next(spelt, name))))
            case "out-of-order":
                found.append(out_of_time_order())
            case "where" if expression is not None:
                found.append(expression(_next(spelt, name)))
            case _:
                raise MisreadError(Misread.CONDITION, name)
    return found[0] if len(found) == 1 else all_of(*found)


def _split(word: str) -> list[str]:
    """``balance-below=20`` says the same as ``balance-below 20``."""
    named = _WITH_VALUE.fullmatch(word)
    return [named[1], named[2]] if named else [word]


def _next(spelt: list[str], name: str) -> str:
    if not spelt:
        raise MisreadError(Misread.VALUE_MISSING, name)
    return spelt.pop(0)


def _amount(typed: str, ledger: Ledger, account_id: StreamId | None) -> int:
    """An amount in whole units, such as ``20.00``, in minor units of the ledger's currency."""
    parsed = parse_amount(typed, _currency(typed, ledger, account_id))
    if isinstance(parsed, NotAnAmount):
        raise MisreadError(Misread.AMOUNT, typed, parsed.sentence)
    return parsed


def _currency(typed: str, ledger: Ledger, account_id: StreamId | None) -> Currency:
    accounts = ledger.places if account_id is None else [account_id]
    codes = {currency_in(ledger.state_of(account)).code for account in accounts}
    currencies = [currency_of(code) for code in sorted(codes - {NO_CURRENCY.code})]
    if len({currency.digits for currency in currencies}) > 1:
        raise MisreadError(Misread.MIXED_DECIMALS, typed)
    return currencies[0] if currencies else NO_CURRENCY
