"""An event has an address: it is opened, gone back from, and told in the browser's bar."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.teller import Teller

pytestmark = pytest.mark.e2e


def fragment(page: Page) -> str:
    return str(page.evaluate("location.hash"))


def rests_at(page: Page, address: str) -> None:
    page.wait_for_function("(address) => location.hash === address", arg=address)


def entries(page: Page) -> int:
    return int(page.evaluate("history.length"))


def test_an_address_opens_its_event_once_python_runs(
    context: BrowserContext, teller: Teller, address: str
) -> None:
    teller.has_seven_events()
    other = Teller(context.new_page(), f"{address}#event-3").open()
    other.stands_at(3, 7).has_balance("$80.00")
    expect(other.rows.nth(2)).to_be_in_viewport()
    assert fragment(other.page) == "#event-3"


def test_back_returns_to_where_one_was(teller: Teller) -> None:
    page = teller.has_seven_events().page
    teller.slider.fill("4")
    rests_at(page, "#event-4")
    before = entries(page)
    teller.rows.nth(1).get_by_role("button").first.click()
    teller.stands_at(2, 7)
    rests_at(page, "#event-2")
    teller.rows.nth(5).get_by_role("button").first.click()
    teller.stands_at(6, 7)
    assert entries(page) == before + 2
    page.go_back()
    teller.stands_at(2, 7)
    page.go_back()
    teller.stands_at(4, 7)
    page.go_forward()
    teller.stands_at(2, 7)


def test_sliding_and_stepping_make_no_entries_and_settle_once(teller: Teller) -> None:
    page = teller.has_seven_events().page
    before = entries(page)
    page.evaluate(
        """() => {
            window.calls = [];
            for (const name of ["pushState", "replaceState"]) {
                const original = history[name].bind(history);
                history[name] = (...given) => (window.calls.push(name), original(...given));
            }
        }"""
    )
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))  # a slow answer is no rest
    teller.slider.focus()
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
    teller.stands_at(1, 7)
    assert page.evaluate("window.calls") == []
    page.clock.run_for(1_000)
    assert fragment(page) == "#event-1"
    page.clock.resume()
    teller.button("Genesis").click()
    rests_at(page, "#genesis")
    teller.button("Now").click()
    rests_at(page, "")
    assert entries(page) == before
    assert page.evaluate("window.calls") == ["replaceState"] * 3


def test_a_command_takes_the_past_out_of_the_bar(teller: Teller) -> None:
    teller.has_seven_events().rows.nth(1).get_by_role("button").first.click()
    rests_at(teller.page, "#event-2")
    teller.deposit("1").stands_at(8, 8)
    rests_at(teller.page, "")


@pytest.mark.parametrize("name", ["60", "0", "one"])
def test_an_event_that_does_not_exist_is_said(
    context: BrowserContext, teller: Teller, address: str, name: str
) -> None:
    teller.has_seven_events()
    other = Teller(context.new_page(), f"{address}#event-{name}").open()
    expect(
        other.page.get_by_text(f"There is no event {name}: the ledger ends at event 7.")
    ).to_be_visible()
    other.stands_at(7, 7)


def test_a_typed_address_leads_there_and_another_leads_nowhere(teller: Teller) -> None:
    page = teller.has_seven_events().page
    page.evaluate("location.hash = '#event-5'")
    teller.stands_at(5, 7)
    page.evaluate("location.hash = '#demo'")
    page.wait_for_timeout(200)
    teller.stands_at(5, 7)


def test_a_reload_in_the_past_is_in_the_past_again(teller: Teller) -> None:
    page = teller.has_seven_events().page
    teller.rows.nth(3).get_by_role("button").first.click()
    rests_at(page, "#event-4")
    page.reload()
    teller.wait_until_ready().stands_at(4, 7).has_balance("$130.00")
