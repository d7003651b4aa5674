"""What a person does with the page, by the names that assistive technology gives it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from playwright.sync_api import Locator, Page, expect

from tests.bench.ledgers import history


@dataclass
class Teller:
    """Someone in front of one tab."""

    page: Page
    address: str

    def open(self) -> Self:
        """Go to the page and wait until Python runs."""
        self.page.goto(self.address)
        return self.wait_until_ready()

    def wait_until_ready(self) -> Self:
        expect(self.page.locator("html")).to_have_attribute("data-python", "ready", timeout=60_000)
        return self

    def region(self, name: str) -> Locator:
        return self.page.get_by_role("region", name=name, exact=True)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def field(self, name: str) -> Locator:
        return self.page.get_by_role("textbox", name=name, exact=True)

    @property
    def account(self) -> Locator:
        return self.page.get_by_role("combobox", name="Account", exact=True)

    @property
    def receiver(self) -> Locator:
        return self.page.get_by_role("combobox", name="Transfer to", exact=True)

    @property
    def slider(self) -> Locator:
        return self.page.get_by_role("slider", name="Events applied")

    @property
    def rows(self) -> Locator:
        return self.page.get_by_role("list", name="Ledger").locator(":scope > li")

    @property
    def balance(self) -> Locator:
        return self.page.locator("#balance")

    def skip_through_the_story(self) -> Self:
        """The first story, told at once: a dozen events of two accounts."""
        self.button("Play the story").click()
        self.button("Skip to the end").click()
        self.has_rows(12)
        expect(self.page.get_by_text("That was the story")).to_be_visible()
        return self

    def open_account(self, owner: str = "Ada") -> Self:
        self.field("Owner").fill(owner)
        self.button("Open account").click()
        return self

    def deposit(self, amount: str) -> Self:
        self.field("Amount").fill(amount)
        self.button("Deposit").click()
        return self

    def withdraw(self, amount: str) -> Self:
        self.field("Amount").fill(amount)
        self.button("Withdraw").click()
        return self

    def transfer(self, amount: str, to: str) -> Self:
        self.field("Amount").fill(amount)
        self.receiver.fill(to)
        self.button("Transfer").click()
        return self

    def erase_all(self) -> Self:
        if self.button("Reset").is_enabled():  # there is something to erase
            self.button("Reset").click()
            self.button("Erase history").click()
        return self.has_rows(0)

    def has_rows(self, count: int) -> Self:
        expect(self.rows).to_have_count(count)
        return self

    def has_at_least(self, count: int) -> Self:
        """So many rows or more: while a story plays, an exact number is soon past."""
        expect(self.rows.nth(count - 1)).to_be_attached()
        return self

    def has_balance(self, balance: str) -> Self:
        expect(self.balance).to_have_text(balance)
        return self

    def is_told(self, sentence: str) -> Self:
        """Somewhere in Actions, in words."""
        expect(self.region("Actions").get_by_text(sentence)).to_be_visible()
        return self

    def stands_at(self, applied: int, total: int) -> Self:
        expect(self.region("Time Travel Debugger")).to_contain_text(
            f"Events applied: {applied:,} / {total:,}"
        )
        expect(self.slider).to_have_value(str(applied))
        return self

    def has_seven_events(self) -> Self:
        """Ada's first week: an account that seven events led to, with $80.00 in it."""
        self.open_account().has_rows(1)
        for nth, (amount, goes_in) in enumerate(
            [("100", True), ("20", False), ("50", True), ("50", False), ("5", True), ("5", False)],
            start=2,
        ):
            self.deposit(amount) if goes_in else self.withdraw(amount)
            self.has_rows(nth)
        return self.has_balance("$80.00")

    def finds_a_long_history(self, length: int) -> Self:
        """So many events of two accounts, found in the browser when the page is loaded again."""
        self.page.evaluate(
            "(entries) => { for (const [key, text] of Object.entries(entries))"
            " localStorage.setItem(key, text); }",
            history(length),
        )
        self.page.reload()
        return self.wait_until_ready().stands_at(length, length)

    def types(self) -> list[str]:
        """The types of the events in the ledger, in order."""
        return [
            re.sub(r"\s+", " ", text) for text in self.rows.locator(".event-type").all_inner_texts()
        ]
