"""What assistive technology is told: heard by watching every live region of the page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.teller import Teller

pytestmark = pytest.mark.e2e

LISTEN = """() => {
    window.said = [];
    const live = "[role=status],[role=alert],[role=log],[aria-live]";
    new MutationObserver((mutations) => {
        for (const { target } of mutations) {
            const element = target.nodeType === 1 ? target : target.parentElement;
            const region = element?.closest(live);
            if (!region || region.getAttribute("aria-live") === "off") continue;
            if (region.id === "chain") continue; // what becomes of its verdict is tested elsewhere
            if (region.textContent.trim()) window.said.push(region.textContent.trim());
        }
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


def hear(page: Page, do: Callable[[], object], messages: int = 1) -> list[str]:
    """What is said until so much has been said, however late, and in the moment after."""
    page.evaluate("window.said.length = 0")
    do()
    page.wait_for_function("(messages) => window.said.length >= messages", arg=messages)
    page.wait_for_timeout(400)
    said: list[str] = page.evaluate("window.said")
    return said


def hear_nothing(page: Page, do: Callable[[], object]) -> list[str]:
    """What is said although nothing should be; ``do`` waits until what it does is done."""
    return hear(page, do, messages=0)


@pytest.fixture
def listener(teller: Teller) -> Teller:
    teller.has_seven_events()
    teller.page.evaluate(LISTEN)
    return teller


def test_stepping_and_jumping_say_once_where_one_stands(listener: Teller) -> None:
    page = listener.page
    assert hear(page, listener.button("Step back").click) == [
        "Event 6 of 7: MoneyDeposited $5.00, balance $85.00"
    ]
    assert hear(page, listener.button("Genesis").click) == ["Genesis"]
    assert hear(page, listener.rows.nth(2).get_by_role("button").first.click) == [
        "Event 3 of 7: MoneyWithdrawn $20.00, balance $80.00"
    ]
    assert hear(page, listener.button("Now").click) == [
        "Now. Event 7 of 7: MoneyWithdrawn $5.00, balance $80.00"
    ]


def test_the_slider_speaks_for_itself(listener: Teller) -> None:
    listener.slider.focus()

    def press(key: str, position: int) -> None:
        listener.page.keyboard.press(key)
        listener.stands_at(position, 7)

    assert hear_nothing(listener.page, lambda: press("Home", 0)) == []
    assert hear_nothing(listener.page, lambda: press("ArrowRight", 1)) == []


def test_of_replay_the_start_and_the_end_are_said(listener: Teller) -> None:
    said = hear(listener.page, listener.button("Play").click, messages=2)
    assert len(said) == 2
    assert said[0] == "Replay, from Genesis"
    assert said[1].startswith("Now. Event 7 of 7")


def test_a_command_is_said_once_and_a_repeated_rejection_again(listener: Teller) -> None:
    page = listener.page
    assert hear(page, lambda: listener.deposit("1").has_rows(8)) == ["Done: MoneyDeposited (#8)."]
    rejected = hear(page, lambda: listener.withdraw("999"))
    assert len(rejected) == 1
    assert hear(page, listener.button("Withdraw").click) == rejected
    listener.button("Genesis").click()
    listener.stands_at(0, 8)
    assert hear(page, lambda: listener.deposit("1").has_rows(9)) == ["Done: MoneyDeposited (#9)."]


def test_an_account_and_an_export_are_said(listener: Teller) -> None:
    page = listener.page
    listener.open_account("Grace").has_rows(8)
    assert hear(page, lambda: listener.account.select_option("ACC-1")) == [
        "ACC-1, Ada: balance $80.00"
    ]
    assert hear(page, listener.button("Export").click) == [
        "Exported: 8 events, in a file of JSON Lines."
    ]


def test_a_payload_and_the_rows_of_the_ledger_are_not_read_out(listener: Teller) -> None:
    log = listener.page.get_by_role("log", name="Event log")
    expect(log).to_have_attribute("aria-live", "off")

    def unfold() -> None:
        listener.button("Payload of event 3").click()
        expect(listener.page.locator("#payload-3")).to_be_visible()

    assert hear_nothing(listener.page, unfold) == []
    log.focus()
    expect(log).to_be_focused()


def test_the_story_is_a_few_messages(teller: Teller) -> None:
    teller.page.evaluate(LISTEN)

    said = hear(teller.page, teller.button("Play the story").click, messages=3)
    assert len(said) == 3
    assert "told, not recorded" in said[0]
    assert said[1].startswith("Rejected: This account is frozen")
    assert said[2].startswith("That was the story: 12 events.")


def test_a_reload_reads_nothing_out(context: BrowserContext, teller: Teller) -> None:
    teller.skip_through_the_story()
    context.add_init_script(
        f"document.addEventListener('DOMContentLoaded', {LISTEN})",
    )
    teller.page.reload()
    teller.wait_until_ready().has_rows(12)
    teller.page.wait_for_timeout(400)
    assert teller.page.evaluate("window.said") == []


def test_another_tabs_erasing_is_said_here(context: BrowserContext, address: str) -> None:
    teller = Teller(context.new_page(), address).open()
    other = Teller(context.new_page(), address).open()
    other.open_account().has_rows(1)
    teller.has_rows(1).page.evaluate(LISTEN)
    other.page.bring_to_front()
    other.button("Reset").click()
    other.button("Erase history").click()
    teller.has_rows(0)
    expect(teller.page.get_by_text("Another tab has erased this history.")).to_be_visible()
    teller.page.wait_for_function("window.said.length > 0")
    assert teller.page.evaluate("window.said") == ["Another tab has erased this history."]


def test_an_export_from_the_dialog_is_said_in_the_dialog(listener: Teller) -> None:
    listener.button("Reset").click()
    dialog = listener.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Export first").click()
    expect(dialog.get_by_role("status")).to_have_text(
        "Exported: 7 events, in a file of JSON Lines."
    )


def test_enter_without_an_account_says_what_to_do(teller: Teller) -> None:
    teller.field("Amount").fill("5")
    teller.field("Amount").press("Enter")
    expect(teller.page.locator("#amount-outcome")).to_have_text(
        "Open an account first: then money can move."
    )
    teller.receiver.fill("ACC-1")
    teller.receiver.press("Enter")
    expect(teller.page.locator("#transfer-outcome")).to_have_text(
        "Open an account first: then money can move."
    )
    teller.has_rows(0)


def test_an_empty_transfer_asks_and_offers_the_accounts_there_are(teller: Teller) -> None:
    teller.open_account("Ada").has_rows(1).open_account("Grace").has_rows(2)
    teller.deposit("10").has_rows(3)
    offered = teller.page.locator("#receivers option")
    expect(offered).to_have_text(["ACC-1 · Ada"])
    teller.transfer("4", "").is_told("To which account?").has_rows(3)
    expect(teller.receiver).to_be_focused()
    teller.transfer("4", "ACC-1").has_rows(5).has_balance("$6.00")


@pytest.mark.parametrize(
    "context_options", [{"viewport": {"width": width, "height": 800}} for width in (320, 1280)]
)
def test_no_placeholder_is_cut_off(teller: Teller) -> None:
    cut = """[...document.querySelectorAll("input[placeholder]")].filter((input) => {
        const style = getComputedStyle(input);
        const context = document.createElement("canvas").getContext("2d");
        context.font = getComputedStyle(input, "::placeholder").font;
        const padding = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
        const room = input.clientWidth - padding;
        return input.checkVisibility() && context.measureText(input.placeholder).width > room;
    }).map((input) => input.id)"""
    assert teller.page.evaluate(cut) == []
