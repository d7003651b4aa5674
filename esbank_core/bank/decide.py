"""Decide: the bank's rule book. Read from top to bottom, each case is one rule.

A case that refuses stands before the case that it protects. What comes out is the events
to append, or the rejection; nothing is read from anywhere but the two arguments.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Final, assert_never, get_args

from esbank_core.bank import rejections
from esbank_core.bank.commands import (
    CloseAccount,
    Command,
    DepositMoney,
    FreezeAccount,
    OpenAccount,
    ReceiveTransfer,
    RenameOwner,
    ReturnTransfer,
    SendTransfer,
    UnfreezeAccount,
    WithdrawMoney,
)
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
from esbank_core.bank.money import currency_of, find_currency
from esbank_core.bank.rejections import LARGEST_AMOUNT, LONGEST_NAME
from esbank_core.bank.states import Closed, Frozen, NoAccount, Open, Opened, State
from esbank_core.kernel.decider import Rejection

Decision = Sequence[Event] | Rejection

_UNPRINTABLE: Final = frozenset(("Cc", "Cs", "Zl", "Zp"))
"""Unicode's categories of controls, of halves of surrogate pairs (which no file can hold), and of
the separators of lines and of paragraphs."""

_TURNING: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
"""The characters that turn the direction of text around them (Unicode Standard Annex 9, 2)."""

_BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0\U0001d159")
"""Letters and symbols that are drawn as nothing: fillers, the empty Braille cell."""


def decide(command: Command, state: State) -> Decision:
    """What a command leads to on an account in this state: events, or a rejection."""
    if refused := _refused_form(command):
        return refused
    match command, state:
        # An account is opened once, by an owner with a name, in a real currency.
        case OpenAccount(owner=owner, currency=currency), NoAccount():
            return (
                _refused_name(owner)
                or _refused_currency(currency)
                or [AccountOpened(owner.strip(), currency)]
            )
        case OpenAccount(), _:
            return rejections.account_already_open()
        case _, NoAccount():
            return rejections.account_not_open(command.account_id)

        # Money that could not be delivered goes home, even to an account closed meanwhile:
        # the bank may refuse a customer, but it may not lose money.
        case ReturnTransfer(amount=amount, transfer_id=transfer_id, reason=reason), _:
            return [TransferReturned(amount, transfer_id, reason)]

        # A closed account takes nothing, and does nothing.
        case _, Closed():
            return rejections.account_closed()

        # A frozen account lets no money out.
        case WithdrawMoney() | SendTransfer(), Frozen():
            return rejections.account_frozen()

        # Money in.
        case DepositMoney(amount=amount, note=note), _:
            return _refused_amount(amount, state) or [MoneyDeposited(amount, note)]
        case ReceiveTransfer(currency=currency), _ if currency != state.currency:
            return rejections.currency_differs(currency, state.currency)
        case ReceiveTransfer(amount=amount, transfer_id=transfer_id, sender=sender), _:
            return [TransferReceived(amount, transfer_id, sender)]

        # Money out: never beyond the balance, and never to the account itself.
        case WithdrawMoney(amount=amount, note=note), _:
            return (
                _refused_amount(amount, state)
                or _refused_for_funds(amount, state)
                or [MoneyWithdrawn(amount, note)]
            )
        case SendTransfer(receiver=""), _:
            return rejections.receiver_missing()
        case SendTransfer(account_id=sender, receiver=receiver), _ if sender == receiver:
            return rejections.transfer_to_itself()
        case SendTransfer(amount=amount, transfer_id=transfer_id, receiver=receiver), _:
            return (
                _refused_amount(amount, state)
                or _refused_for_funds(amount, state)
                or [TransferSent(amount, transfer_id, receiver)]
            )

        # The owner's name; a name that is the same already changes nothing.
        case RenameOwner(owner=owner), _:
            if refused := _refused_name(owner):
                return refused
            return [] if owner.strip() == state.owner else [OwnerRenamed(owner.strip())]

        # Freezing and unfreezing take turns.
        case FreezeAccount(), Frozen():
            return rejections.account_already_frozen()
        case FreezeAccount(reason=reason), _:
            return [AccountFrozen(reason)]
        case UnfreezeAccount(), Open():
            return rejections.account_not_frozen()
        case UnfreezeAccount(), _:
            return [AccountUnfrozen()]

        # Only an account with a zero balance closes.
        case CloseAccount(), _ if state.balance != 0:
            return rejections.balance_not_zero(state.balance, currency_of(state.currency))
        case CloseAccount(), _:
            return [AccountClosed()]

        case _:
            assert_never((command, state))


def _refused_form(command: Command) -> Rejection | None:
    """What no rule could even look at: an amount that is no number, a note that is no text.

    Types say so already, yet nothing holds a caller to them, and an event is for ever.
    """
    for name in _FIELDS[type(command)]:
        value = getattr(command, name)
        if name == "amount":
            if type(value) is not int:  # True is one, for ``isinstance``
                return rejections.amount_not_whole()
        elif not isinstance(value, str) or (name != "owner" and _has_half(value)):
            return rejections.text_not_whole(name)
    return None


_FIELDS: Final[Mapping[type, tuple[str, ...]]] = {
    kind: tuple(field.name for field in fields(kind)) for kind in get_args(Command)
}
"""The names of each command's fields: a whole history may be decided again."""


def _has_half(text: str) -> bool:
    """Whether a text holds half of a surrogate pair, which is no character."""
    return not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text)


def _refused_name(owner: str) -> Rejection | None:
    name = owner.strip()
    if not name:
        return rejections.owner_missing()
    if len(name) > LONGEST_NAME:
        return rejections.owner_too_long(len(name))
    categories = {unicodedata.category(character) for character in name}
    if categories & _UNPRINTABLE:
        return rejections.owner_unprintable()
    if not _TURNING.isdisjoint(name):
        return rejections.owner_turns_text()
    if all(character in _BLANK or _is_unseen(character) for character in name):
        return rejections.owner_invisible()
    return None


def _is_unseen(character: str) -> bool:
    """Whether a character shows nothing by itself: a blank, a format, a mark with no letter."""
    return unicodedata.category(character)[0] in "ZCM"


def _refused_currency(code: str) -> Rejection | None:
    return None if find_currency(code) else rejections.currency_unknown(code)


def _refused_amount(amount: int, account: Opened) -> Rejection | None:
    currency = currency_of(account.currency)
    if amount <= 0:
        return rejections.amount_not_positive()
    if amount > LARGEST_AMOUNT * 10**currency.digits:
        return rejections.amount_too_large(currency)
    return None


def _refused_for_funds(amount: int, account: Opened) -> Rejection | None:
    if amount > account.balance:
        return rejections.insufficient_funds(amount, account.balance, currency_of(account.currency))
    return None
