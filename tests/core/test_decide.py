"""The bank's rules, each as a story: given what happened, when this is asked, then this."""

from __future__ import annotations

import dataclasses

import pytest

from esbank_core import (
    ACCOUNT,
    CloseAccount,
    Command,
    DepositMoney,
    FreezeAccount,
    OpenAccount,
    RenameOwner,
    SendTransfer,
    UnfreezeAccount,
    WithdrawMoney,
)
from esbank_core.bank import rejections
from esbank_core.bank.commands import ReceiveTransfer, ReturnTransfer
from esbank_core.bank.events import (
    AccountClosed,
    AccountFrozen,
    AccountOpened,
    AccountUnfrozen,
    MoneyDeposited,
    MoneyWithdrawn,
    OwnerRenamed,
    TransferReceived,
    TransferReturned,
    TransferSent,
)
from esbank_core.bank.examples import A_TRANSFER, ADA, COMMANDS, GRACE
from esbank_core.bank.money import currency_of
from esbank_core.bank.rejections import LARGEST_AMOUNT, LONGEST_NAME
from esbank_core.kernel.given_when_then import Stories

given = Stories(ACCOUNT).given

OPENED = AccountOpened("Ada Lovelace", "USD")
HELD = MoneyDeposited(50_00)
EMPTIED = MoneyWithdrawn(50_00)
FROZEN = AccountFrozen("card lost")
UNFROZEN = AccountUnfrozen()
CLOSED = AccountClosed()


def names(commands: list[Command]) -> list[str]:
    return [type(command).__name__ for command in commands]


# Opening.


def test_an_account_is_opened_for_an_owner_in_a_currency() -> None:
    given().when(OpenAccount(ADA, "Ada Lovelace", "EUR")).then(AccountOpened("Ada Lovelace", "EUR"))


def test_an_account_is_opened_once() -> None:
    given(OPENED).when(OpenAccount(ADA, "Ada Lovelace")).then_rejected(
        "account-already-open", "This account has been opened before."
    )


def test_a_closed_account_is_not_opened_again() -> None:
    given(OPENED, CLOSED).when(OpenAccount(ADA, "Ada")).then_rejected("account-already-open")


def test_an_account_is_not_opened_by_money_that_came_first() -> None:
    given(HELD).when(OpenAccount(ADA, "Ada")).then_rejected("account-already-open")


@pytest.mark.parametrize("code", ["", "usd", "US", "USDD", "XXX", "BTC", "$", "U SD"])
def test_an_account_holds_a_currency_of_iso_4217(code: str) -> None:
    given().when(OpenAccount(ADA, "Ada", code)).then_rejected("currency-unknown")


OTHERS = [command for command in COMMANDS if not isinstance(command, OpenAccount)]


@pytest.mark.parametrize("command", OTHERS, ids=names(OTHERS))
def test_nothing_is_done_with_an_account_that_nobody_opened(command: Command) -> None:
    given().when(command).then_rejected(
        "account-not-open", f"There is no account {command.account_id}. Open it first."
    )


# The owner's name, when an account is opened and when its owner is renamed.

NAMING = [
    pytest.param((), OpenAccount(ADA, ""), AccountOpened("", "USD"), id="OpenAccount"),
    pytest.param((OPENED,), RenameOwner(ADA, ""), OwnerRenamed(""), id="RenameOwner"),
]


@pytest.mark.parametrize(("history", "command", "event"), NAMING)
@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Grace", "Grace"),
        ("  Grace Hopper \n", "Grace Hopper"),
        ("李", "李"),
        ("<b>Bobby</b>", "<b>Bobby</b>"),
        ("نجيب محفوظ", "نجيب محفوظ"),
        ("Zoe\u0308", "Zoe\u0308"),
        ("क्षितिज", "क्षितिज"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("7", "7"),
        ("x" * LONGEST_NAME, "x" * LONGEST_NAME),
        (" " * 50 + "x" * LONGEST_NAME, "x" * LONGEST_NAME),
    ],
)
def test_an_owner_goes_by_any_name_that_can_be_printed(history, command, event, typed, name):
    command = dataclasses.replace(command, owner=typed)
    given(*history).when(command).then(dataclasses.replace(event, owner=name))


@pytest.mark.parametrize(("history", "command", "event"), NAMING)
@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "owner-missing"),
        (" \t\n\u00a0", "owner-missing"),
        ("x" * (LONGEST_NAME + 1), "owner-too-long"),
        ("Ada\nLovelace", "owner-unprintable"),
        ("Ada\x00", "owner-unprintable"),
        ("Ada\x7f", "owner-unprintable"),
        ("Ada\x85Lovelace", "owner-unprintable"),
        ("Ada\ud83d", "owner-unprintable"),
        ("Ada\u2028Lovelace", "owner-unprintable"),
        ("Ada\u2029Lovelace", "owner-unprintable"),
        ("Ada \u202egro.live", "owner-turns-text"),
        ("\u2067Ada\u2069", "owner-turns-text"),
        ("Ada\u200f", "owner-turns-text"),
        ("\u200b\u200d\ufeff", "owner-invisible"),
        ("\u3164", "owner-invisible"),
        ("\u2800 \u2800", "owner-invisible"),
        ("\u0301", "owner-invisible"),
        ("\ufe0f\u00ad", "owner-invisible"),
    ],
)
def test_an_owner_has_a_name_that_can_be_printed(history, command, event, typed, code):
    given(*history).when(dataclasses.replace(command, owner=typed)).then_rejected(code)


def test_a_name_that_is_the_same_already_changes_nothing() -> None:
    given(OPENED).when(RenameOwner(ADA, " Ada Lovelace ")).then_nothing_happened()


def test_the_owner_of_a_frozen_account_can_be_renamed() -> None:
    given(OPENED, FROZEN).when(RenameOwner(ADA, "Ada King")).then(OwnerRenamed("Ada King"))


# Amounts.

MOVING = [
    pytest.param(DepositMoney(ADA, 0), MoneyDeposited(0), id="DepositMoney"),
    pytest.param(WithdrawMoney(ADA, 0), MoneyWithdrawn(0), id="WithdrawMoney"),
    pytest.param(
        SendTransfer(ADA, 0, A_TRANSFER, GRACE),
        TransferSent(0, A_TRANSFER, GRACE),
        id="SendTransfer",
    ),
]
CURRENCIES = [("USD", 10**2), ("JPY", 1), ("KWD", 10**3), ("CLF", 10**4)]


@pytest.mark.parametrize(("command", "event"), MOVING)
@pytest.mark.parametrize(("currency", "unit"), CURRENCIES)
def test_an_amount_is_at_most_a_thousand_million(command, event, currency, unit):
    largest = LARGEST_AMOUNT * unit
    rich = given(AccountOpened("Ada", currency), MoneyDeposited(5 * largest))
    rich.when(dataclasses.replace(command, amount=largest)).then(
        dataclasses.replace(event, amount=largest)
    )
    rich.when(dataclasses.replace(command, amount=largest + 1)).then_rejected("amount-too-large")


@pytest.mark.parametrize(("command", "event"), MOVING)
@pytest.mark.parametrize("amount", [0, -1, -(10**30)])
def test_an_amount_is_above_zero(command, event, amount):
    given(OPENED, HELD).when(dataclasses.replace(command, amount=amount)).then_rejected(
        "amount-not-positive", "An amount must be more than zero."
    )


# Money in.


def test_money_is_paid_in_with_a_note() -> None:
    given(OPENED).when(DepositMoney(ADA, 50_00, "salary")).then(MoneyDeposited(50_00, "salary"))


def test_a_frozen_account_takes_money_in() -> None:
    given(OPENED, FROZEN).when(DepositMoney(ADA, 1)).then(MoneyDeposited(1))


# Money out.


def test_money_is_taken_out_with_a_note() -> None:
    given(OPENED, HELD).when(WithdrawMoney(ADA, 20_00, "rent")).then(MoneyWithdrawn(20_00, "rent"))


def test_the_whole_balance_can_be_taken_out() -> None:
    given(OPENED, HELD).when(WithdrawMoney(ADA, 50_00)).then(MoneyWithdrawn(50_00))


def test_nothing_is_taken_out_beyond_the_balance() -> None:
    given(OPENED, HELD).when(WithdrawMoney(ADA, 50_01)).then_rejected(
        "insufficient-funds", "The balance is $50.00, which is less than $50.01."
    )


def test_nothing_is_taken_out_of_an_overdrawn_account() -> None:
    given(OPENED, MoneyWithdrawn(5)).when(WithdrawMoney(ADA, 1)).then_rejected("insufficient-funds")


def test_a_frozen_account_lets_no_money_out() -> None:
    given(OPENED, HELD, FROZEN).when(WithdrawMoney(ADA, 1)).then_rejected("account-frozen")


def test_an_unfrozen_account_lets_money_out_again() -> None:
    given(OPENED, HELD, FROZEN, UNFROZEN).when(WithdrawMoney(ADA, 1)).then(MoneyWithdrawn(1))


# Transfers.


def test_money_is_sent_to_another_account() -> None:
    given(OPENED, HELD).when(SendTransfer(ADA, 10_00, A_TRANSFER, GRACE)).then(
        TransferSent(10_00, A_TRANSFER, GRACE)
    )


def test_nothing_is_sent_beyond_the_balance() -> None:
    given(OPENED, HELD).when(SendTransfer(ADA, 50_01, A_TRANSFER, GRACE)).then_rejected(
        "insufficient-funds"
    )


def test_a_frozen_account_sends_no_money() -> None:
    given(OPENED, HELD, FROZEN).when(SendTransfer(ADA, 1, A_TRANSFER, GRACE)).then_rejected(
        "account-frozen"
    )


def test_a_transfer_goes_to_another_account() -> None:
    given(OPENED, HELD).when(SendTransfer(ADA, 1, A_TRANSFER, ADA)).then_rejected(
        "transfer-to-itself"
    )


RECEIVE = ReceiveTransfer(GRACE, 10_00, A_TRANSFER, ADA, "USD")
RETURN = ReturnTransfer(ADA, 10_00, A_TRANSFER, "This account is closed.")


@pytest.mark.parametrize("history", [(OPENED,), (OPENED, FROZEN)], ids=["open", "frozen"])
def test_a_transfer_arrives_at_an_account_that_takes_money_in(history) -> None:
    given(*history).when(RECEIVE).then(TransferReceived(10_00, A_TRANSFER, ADA))


def test_a_transfer_keeps_its_currency() -> None:
    given(AccountOpened("Grace", "EUR")).when(RECEIVE).then_rejected(
        "currency-differs", "The account holds EUR, and cannot take in a transfer of USD."
    )


@pytest.mark.parametrize(
    "history",
    [(OPENED,), (OPENED, FROZEN), (OPENED, CLOSED)],
    ids=["open", "frozen", "closed"],
)
def test_money_that_could_not_be_delivered_always_goes_home(history) -> None:
    given(*history).when(RETURN).then(
        TransferReturned(10_00, A_TRANSFER, "This account is closed.")
    )


# Freezing and unfreezing.


def test_an_account_is_frozen_for_a_reason() -> None:
    given(OPENED).when(FreezeAccount(ADA, "card lost")).then(AccountFrozen("card lost"))


def test_a_frozen_account_is_not_frozen_again() -> None:
    given(OPENED, FROZEN).when(FreezeAccount(ADA)).then_rejected("account-already-frozen")


def test_a_frozen_account_is_unfrozen() -> None:
    given(OPENED, FROZEN).when(UnfreezeAccount(ADA)).then(AccountUnfrozen())


def test_only_a_frozen_account_is_unfrozen() -> None:
    given(OPENED).when(UnfreezeAccount(ADA)).then_rejected("account-not-frozen")


# Closing.


@pytest.mark.parametrize(
    "history",
    [(OPENED,), (OPENED, HELD, EMPTIED), (OPENED, FROZEN)],
    ids=["never used", "emptied", "frozen"],
)
def test_an_account_with_a_zero_balance_closes(history) -> None:
    given(*history).when(CloseAccount(ADA)).then(AccountClosed())


def test_an_account_with_money_in_it_does_not_close() -> None:
    given(OPENED, HELD).when(CloseAccount(ADA)).then_rejected(
        "balance-not-zero", "Only an empty account can be closed, and this one holds $50.00."
    )


def test_an_overdrawn_account_does_not_close() -> None:
    given(OPENED, MoneyWithdrawn(1)).when(CloseAccount(ADA)).then_rejected("balance-not-zero")


REFUSED_WHEN_CLOSED = [c for c in OTHERS if not isinstance(c, ReturnTransfer)]


@pytest.mark.parametrize("command", REFUSED_WHEN_CLOSED, ids=names(REFUSED_WHEN_CLOSED))
def test_a_closed_account_takes_nothing_and_does_nothing(command: Command) -> None:
    given(OPENED, CLOSED).when(command).then_rejected("account-closed")


# What no rule could look at.

HALF = "\udc80"
COUNTED = [command for command in COMMANDS if hasattr(command, "amount")]


@pytest.mark.parametrize("amount", [True, 7.0, 0.5, "7", None, float("nan"), [7]], ids=repr)
@pytest.mark.parametrize("command", COUNTED, ids=names(COUNTED))
def test_an_amount_is_a_whole_number(command, amount: object) -> None:
    command = dataclasses.replace(command, amount=amount)
    for history in ((), (OPENED, HELD), (OPENED, CLOSED)):
        given(*history).when(command).then_rejected("amount-not-whole")


TEXTS = [
    (command, field.name)
    for command in COMMANDS
    for field in dataclasses.fields(command)
    if field.name != "amount"
]


@pytest.mark.parametrize("value", [None, 7, b"Ada", ["USD"], 1.5], ids=repr)
@pytest.mark.parametrize(("command", "name"), TEXTS)
def test_a_text_is_a_text(command, name: str, value: object) -> None:
    command = dataclasses.replace(command, **{name: value})
    given(OPENED, HELD).when(command).then_rejected("text-not-whole")


@pytest.mark.parametrize(("command", "name"), [row for row in TEXTS if row[1] != "owner"])
def test_a_text_is_of_whole_characters(command, name: str) -> None:
    command = dataclasses.replace(command, **{name: f"x{HALF}"})
    given(OPENED, HELD).when(command).then_rejected("text-not-whole")


def test_a_transfer_goes_to_somebody() -> None:
    given(OPENED, HELD).when(SendTransfer(ADA, 1, "TRF-1", "")).then_rejected("receiver-missing")


# The table as a whole.


def test_every_rejection_has_a_code_of_its_own_and_a_whole_sentence() -> None:
    dollars = currency_of("USD")
    made = [
        rejections.account_already_open(),
        rejections.account_not_open("ACC-1"),
        rejections.account_frozen(),
        rejections.account_already_frozen(),
        rejections.account_not_frozen(),
        rejections.account_closed(),
        rejections.balance_not_zero(1, dollars),
        rejections.owner_missing(),
        rejections.owner_too_long(81),
        rejections.owner_unprintable(),
        rejections.owner_invisible(),
        rejections.owner_turns_text(),
        rejections.currency_unknown("BTC"),
        rejections.text_not_whole("note"),
        rejections.receiver_missing(),
        rejections.amount_not_whole(),
        rejections.amount_not_positive(),
        rejections.amount_too_large(dollars),
        rejections.insufficient_funds(2, 1, dollars),
        rejections.transfer_to_itself(),
        rejections.currency_differs("USD", "EUR"),
        rejections.transfer_not_sent(),
    ]
    assert [rejection.code for rejection in made] == list(rejections.RejectionCode)
    assert all(rejection.sentence.endswith(".") for rejection in made)
