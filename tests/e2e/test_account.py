"""What a visitor does with accounts: every command, and every way of being refused."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.teller import Teller

pytestmark = pytest.mark.e2e


def test_a_first_visit_is_empty_and_says_what_to_do(teller: Teller) -> None:
    expect(teller.page.get_by_text("No events recorded yet.")).to_be_visible()
    expect(teller.region("Current State")).to_contain_text("$0.00")
    expect(teller.region("Current State")).to_contain_text("No Account")
    expect(teller.region("Current State")).to_contain_text("Inactive")
    expect(teller.slider).to_have_attribute("aria-valuetext", "Genesis")
    for refused in ("Deposit", "Withdraw", "Transfer", "Freeze", "Unfreeze", "Close account"):
        expect(teller.button(refused)).to_be_disabled()
    teller.is_told("Open an account first: then money can move.")
    expect(teller.page.get_by_role("progressbar", name="Starting Python")).to_have_count(0)


def test_an_account_is_opened_and_money_comes_and_goes(teller: Teller) -> None:
    teller.open_account("Ada Lovelace").has_rows(1)
    teller.deposit("1,250.5").has_rows(2).has_balance("$1,250.50")
    teller.withdraw("$20").has_rows(3).has_balance("$1,230.50")
    teller.deposit(" 7 ").has_rows(4).has_balance("$1,237.50")
    assert teller.types() == ["AccountOpened", "MoneyDeposited", "MoneyWithdrawn", "MoneyDeposited"]
    state = teller.region("Current State")
    expect(state).to_contain_text("ACC-1")
    expect(state).to_contain_text("Ada Lovelace")
    expect(state).to_contain_text("Active")
    expect(teller.field("Amount")).to_have_value("")


REFUSED_AMOUNTS = {
    "0": "An amount must be more than zero.",
    "-5": "An amount must be more than zero.",
    "1000000000.01": "An amount can be $1,000,000,000.00 at the most.",
    "100.01": "The balance is $100.00, which is less than $100.01.",
}


def test_the_rules_refuse_an_amount_and_keep_what_was_typed(teller: Teller) -> None:
    teller.open_account().has_rows(1).deposit("100").has_rows(2)
    for amount, refusal in REFUSED_AMOUNTS.items():
        teller.withdraw(amount).is_told(f"Rejected: {refusal} No event was appended.")
        teller.has_rows(2).has_balance("$100.00")
        expect(teller.field("Amount")).to_have_value(amount)
        expect(teller.field("Amount")).not_to_have_attribute("aria-invalid", "true")


def test_what_is_no_amount_is_told_apart_from_a_refusal(teller: Teller) -> None:
    teller.open_account().has_rows(1)
    for typed in ("", "five", "1e5", "NaN", "1,25", "1.234", "€20"):
        teller.deposit(typed).has_rows(1)
        expect(teller.field("Amount")).to_have_attribute("aria-invalid", "true")
        expect(teller.field("Amount")).to_be_focused()
        expect(teller.page.locator("#amount-outcome")).to_have_class("outcome is-mistyped")
        expect(teller.page.locator("#amount-outcome")).not_to_contain_text("Rejected")
    teller.deposit("5").has_rows(2)
    expect(teller.field("Amount")).not_to_have_attribute("aria-invalid", "true")


REFUSED_OWNERS = {
    "   ": "An account needs the name of its owner.",
    "x" * 81: "An owner's name has at most 80 characters, and this one has 81.",
    "a\u0007b": "An owner's name cannot hold control characters, such as a line break.",
}


def test_an_owner_needs_a_name_of_a_fair_length(teller: Teller) -> None:
    for owner, refusal in REFUSED_OWNERS.items():
        teller.open_account(owner).is_told(f"Rejected: {refusal} No event was appended.")
        teller.has_rows(0)
        expect(teller.field("Owner")).to_have_value(owner)


def test_a_frozen_account_takes_money_in_and_lets_none_out(teller: Teller) -> None:
    teller.open_account().has_rows(1).deposit("10").has_rows(2)
    teller.button("Freeze").click()
    teller.has_rows(3).is_told("A frozen account takes money in and lets none out")
    expect(teller.button("Unfreeze")).to_be_focused()
    for refused in ("Withdraw", "Transfer", "Freeze"):
        expect(teller.button(refused)).to_be_disabled()
    teller.deposit("5").has_rows(4).has_balance("$15.00")
    teller.button("Unfreeze").click()
    teller.has_rows(5).withdraw("15").has_rows(6).has_balance("$0.00")


def test_only_an_empty_account_closes_and_then_takes_nothing(teller: Teller) -> None:
    teller.open_account().has_rows(1).deposit("10").has_rows(2)
    teller.button("Close account").click()
    teller.is_told("Only an empty account can be closed, and this one holds $10.00.").has_rows(2)
    teller.withdraw("10").has_rows(3)
    teller.button("Close account").click()
    teller.has_rows(4).is_told("This account is closed: it takes nothing any more.")
    for refused in ("Deposit", "Withdraw", "Transfer", "Freeze", "Unfreeze", "Close account"):
        expect(teller.button(refused)).to_be_disabled()


def test_each_account_is_chosen_and_acted_on_by_itself(teller: Teller) -> None:
    teller.open_account("Ada").has_rows(1).deposit("10").has_rows(2)
    teller.open_account("Grace").has_rows(3).deposit("7").has_rows(4).has_balance("$7.00")
    teller.account.select_option("ACC-1")
    teller.has_balance("$10.00").withdraw("1").has_rows(5).has_balance("$9.00")
    teller.account.select_option("ACC-2")
    teller.has_balance("$7.00")


def test_a_transfer_arrives_or_comes_back(teller: Teller) -> None:
    teller.open_account("Ada").has_rows(1).open_account("Grace").has_rows(2)
    teller.deposit("10").has_rows(3)
    teller.transfer("4", "acc-1").has_rows(5).has_balance("$6.00")
    assert teller.types()[-2:] == ["TransferSent", "TransferReceived"]
    teller.transfer("1", "ACC-9").has_rows(7).has_balance("$6.00")
    assert teller.types()[-2:] == ["TransferSent", "TransferReturned"]
    teller.transfer("1", "ACC-2").is_told("A transfer goes to another account").has_rows(7)


def test_markup_in_a_name_or_a_note_stays_text(teller: Teller) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    teller.page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    teller.open_account(hostile).has_rows(1)
    teller.field("Note").fill("<script>alert(2)</script>")
    teller.deposit("1").has_rows(2)
    teller.button("Payload of event 2").click()
    expect(teller.rows.nth(1)).to_contain_text("<script>alert(2)</script>")
    expect(teller.region("Current State")).to_contain_text(hostile)
    assert teller.page.locator("img").count() == 0


def test_the_explanations_tell_the_last_command(teller: Teller) -> None:
    teller.open_account("O'Hara").has_rows(1).deposit("100").has_rows(2)
    works = teller.page.locator(".steps")
    expect(works).to_contain_text("DepositMoney(account_id='ACC-1', amount=10000)")
    expect(works).to_contain_text("MoneyDeposited(amount=10000)")
    sql = teller.page.locator(".versus")
    expect(sql).to_contain_text("SET balance = 100.00")
    expect(sql).to_contain_text("Previous balance of 0.00 is gone forever.")
    expect(sql).to_contain_text("'MoneyDeposited'")
    expect(teller.page.locator("#diagram")).to_have_attribute("data-outcome", "accepted")
    teller.withdraw("500")
    expect(works).to_contain_text("No event was appended.")
    expect(teller.page.locator("#diagram")).to_have_attribute("data-outcome", "rejected")
