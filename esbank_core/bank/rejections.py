"""Rejections: every way in which the rules say no, with a stable code and a sentence.

The code is for programs and never changes; the sentence is for the customer, and is the
same on the page, on the command line and in the tests.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from esbank_core.bank.money import Currency, format_money
from esbank_core.kernel.decider import Rejection

LONGEST_NAME: Final = 80
"""Characters in an owner's name, after trimming."""

LARGEST_AMOUNT: Final = 1_000_000_000
"""The most that one command moves, in whole units of the currency."""


class RejectionCode(StrEnum):
    """The names by which programs tell rejections apart."""

    ACCOUNT_ALREADY_OPEN = "account-already-open"
    ACCOUNT_NOT_OPEN = "account-not-open"
    ACCOUNT_FROZEN = "account-frozen"
    ACCOUNT_ALREADY_FROZEN = "account-already-frozen"
    ACCOUNT_NOT_FROZEN = "account-not-frozen"
    ACCOUNT_CLOSED = "account-closed"
    BALANCE_NOT_ZERO = "balance-not-zero"
    OWNER_MISSING = "owner-missing"
    OWNER_TOO_LONG = "owner-too-long"
    OWNER_UNPRINTABLE = "owner-unprintable"
    OWNER_INVISIBLE = "owner-invisible"
    OWNER_TURNS_TEXT = "owner-turns-text"
    CURRENCY_UNKNOWN = "currency-unknown"
    TEXT_NOT_WHOLE = "text-not-whole"
    RECEIVER_MISSING = "receiver-missing"
    AMOUNT_NOT_WHOLE = "amount-not-whole"
    AMOUNT_NOT_POSITIVE = "amount-not-positive"
    AMOUNT_TOO_LARGE = "amount-too-large"
    INSUFFICIENT_FUNDS = "insufficient-funds"
    TRANSFER_TO_ITSELF = "transfer-to-itself"
    CURRENCY_DIFFERS = "currency-differs"
    TRANSFER_NOT_SENT = "transfer-not-sent"


def account_already_open() -> Rejection:
    """An account is opened once."""
    return Rejection(RejectionCode.ACCOUNT_ALREADY_OPEN, "This account has been opened before.")


def account_not_open(account_id: str) -> Rejection:
    """Nothing is done with an account that nobody opened."""
    return Rejection(
        RejectionCode.ACCOUNT_NOT_OPEN, f"There is no account {account_id}. Open it first."
    )


def account_frozen() -> Rejection:
    """A frozen account lets no money out."""
    return Rejection(
        RejectionCode.ACCOUNT_FROZEN,
        "This account is frozen: money can come in, but none can go out.",
    )


def account_already_frozen() -> Rejection:
    """A frozen account is not frozen again."""
    return Rejection(RejectionCode.ACCOUNT_ALREADY_FROZEN, "This account is frozen already.")


def account_not_frozen() -> Rejection:
    """Only a frozen account is unfrozen."""
    return Rejection(RejectionCode.ACCOUNT_NOT_FROZEN, "This account is not frozen.")


def account_closed() -> Rejection:
    """A closed account takes nothing."""
    return Rejection(
        RejectionCode.ACCOUNT_CLOSED, "This account is closed, and nothing can be done with it."
    )


def balance_not_zero(balance: int, currency: Currency) -> Rejection:
    """Only an account with a zero balance closes."""
    return Rejection(
        RejectionCode.BALANCE_NOT_ZERO,
        "Only an empty account can be closed, "
        f"and this one holds {format_money(balance, currency)}.",
    )


def owner_missing() -> Rejection:
    """An owner has a name."""
    return Rejection(RejectionCode.OWNER_MISSING, "An account needs the name of its owner.")


def owner_too_long(length: int) -> Rejection:
    """An owner's name has its limits."""
    return Rejection(
        RejectionCode.OWNER_TOO_LONG,
        f"An owner's name has at most {LONGEST_NAME} characters, and this one has {length}.",
    )


def owner_unprintable() -> Rejection:
    """An owner's name can be printed."""
    return Rejection(
        RejectionCode.OWNER_UNPRINTABLE,
        "An owner's name cannot hold control characters, such as a line break.",
    )


def owner_invisible() -> Rejection:
    """Something of an owner's name can be seen."""
    return Rejection(
        RejectionCode.OWNER_INVISIBLE,
        "An owner's name needs a letter, a digit or a sign that can be seen.",
    )


def owner_turns_text() -> Rejection:
    """An owner's name leaves the text around it as it runs."""
    return Rejection(
        RejectionCode.OWNER_TURNS_TEXT,
        "An owner's name cannot hold invisible characters that turn the direction of text.",
    )


def currency_unknown(code: str) -> Rejection:
    """An account's currency is one of ISO 4217."""
    return Rejection(
        RejectionCode.CURRENCY_UNKNOWN, f"“{code}” is not a currency of ISO 4217, such as USD."
    )


def text_not_whole(name: str) -> Rejection:
    """What is a text is one, of whole characters."""
    return Rejection(
        RejectionCode.TEXT_NOT_WHOLE,
        f"The {name.replace('_', ' ')} has to be a text, of whole characters.",
    )


def receiver_missing() -> Rejection:
    """A transfer goes to somebody."""
    return Rejection(RejectionCode.RECEIVER_MISSING, "A transfer needs an account that it goes to.")


def amount_not_whole() -> Rejection:
    """Amounts are counted."""
    return Rejection(
        RejectionCode.AMOUNT_NOT_WHOLE,
        "An amount must be a whole number of the currency's smallest unit.",
    )


def amount_not_positive() -> Rejection:
    """Amounts are above zero."""
    return Rejection(RejectionCode.AMOUNT_NOT_POSITIVE, "An amount must be more than zero.")


def amount_too_large(currency: Currency) -> Rejection:
    """Amounts have a limit."""
    limit = format_money(LARGEST_AMOUNT * 10**currency.digits, currency)
    return Rejection(RejectionCode.AMOUNT_TOO_LARGE, f"An amount can be {limit} at the most.")


def insufficient_funds(amount: int, balance: int, currency: Currency) -> Rejection:
    """Nothing leaves beyond the balance."""
    return Rejection(
        RejectionCode.INSUFFICIENT_FUNDS,
        f"The balance is {format_money(balance, currency)}, "
        f"which is less than {format_money(amount, currency)}.",
    )


def transfer_to_itself() -> Rejection:
    """A transfer goes to another account."""
    return Rejection(
        RejectionCode.TRANSFER_TO_ITSELF, "A transfer goes to another account, not to its own."
    )


def currency_differs(sent: str, held: str) -> Rejection:
    """A transfer keeps its currency."""
    return Rejection(
        RejectionCode.CURRENCY_DIFFERS,
        f"The account holds {held}, and cannot take in a transfer of {sent}.",
    )


def transfer_not_sent() -> Rejection:
    """What was not sent does not arrive. No command meets this; an edited history does."""
    return Rejection(
        RejectionCode.TRANSFER_NOT_SENT, "The transfer that it belongs to was not sent."
    )
