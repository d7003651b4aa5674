"""A visitor who opens labs: one page for all stories of a module, hosted or from disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, expect

from tests.e2e.complaints import uncomplaining
from tests.e2e.teller import Teller


@contextmanager
def visit(browser: Browser, address: str) -> Iterator[Teller]:
    """The page, open and ready; fails at the end if it has complained."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, service_workers="block", accept_downloads=True
    )
    with uncomplaining(context):
        yield Teller(context.new_page(), address).open()


class Analyst:
    """Someone in the Analytics lab."""

    def __init__(self, teller: Teller) -> None:
        self.teller = teller
        self.lab = teller.region("Analytics lab")

    def opens(self) -> Analyst:
        if not self.lab.is_visible():
            self.teller.button("Open the analytics lab").click()
        expect(self.question).to_be_visible()
        return self

    @property
    def question(self) -> Locator:
        return self.lab.get_by_role("combobox", name="Question", exact=True)

    @property
    def answer(self) -> Locator:
        return self.lab.get_by_role("table", name="Answer", exact=True)

    def asks(self, label: str) -> Analyst:
        self.question.select_option(label=label)
        return self.asks_again()

    def asks_again(self) -> Analyst:
        self.lab.get_by_role("button", name="Ask", exact=True).click()
        return self

    def is_told(self, sentence: str) -> Analyst:
        said = self.lab.get_by_role("status", name="Sentence", exact=True)
        expect(said).to_contain_text(sentence)
        return self


class Inquirer:
    """Someone in the Database lab."""

    def __init__(self, teller: Teller) -> None:
        self.teller = teller
        self.lab = teller.region("Database lab")

    def opens(self) -> Inquirer:
        if not self.lab.is_visible():
            self.teller.button("Open the database lab").click()
        return self.is_filled()

    def is_filled(self) -> Inquirer:
        expect(self.lab.get_by_role("status", name="Databases")).to_contain_text("hold")
        return self

    def database(self, name: str) -> Locator:
        return self.lab.get_by_role("region", name=name, exact=True)

    def result(self, name: str) -> Locator:
        return self.database(name).get_by_role("table", name="Result", exact=True)

    def runs(self, sql: str) -> Inquirer:
        self.lab.get_by_role("textbox", name="SQL", exact=True).fill(sql)
        self.lab.get_by_role("button", name="Run the query", exact=True).click()
        return self

    def stops(self) -> Inquirer:
        self.lab.get_by_role("button", name="Stop the query", exact=True).click()
        return self

    def has(self, name: str, text: str) -> Inquirer:
        """An answer in rows."""
        expect(self.result(name)).to_contain_text(text)
        return self

    def is_told(self, name: str, words: str) -> Inquirer:
        expect(self.database(name).get_by_role("status")).to_contain_text(words)
        return self


def goes_back(teller: Teller) -> None:
    """The reader's own ledger on the stage, if an earlier story has left a study there."""
    back = teller.button("Back to my ledger")
    if back.is_visible():
        back.click()
    expect(teller.region("Study")).to_be_hidden()


def open_history(teller: Teller, path: Path) -> None:
    """Open a file as a study, and close the door behind it."""
    teller.page.locator("input[type=file]").first.set_input_files(path)
    expect(teller.region("Study")).to_be_visible()
    close = teller.button("Close").and_(teller.page.locator(":visible"))
    if close.count():
        close.first.click()
