"""What is kept, shared with other tabs, erased, refused, damaged or forgotten."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from esbank_core import CODEC
from esbank_core.kernel.written.audit import verify
from tests.e2e.late import held_back
from tests.e2e.teller import Teller

pytestmark = pytest.mark.e2e

KEYS = "Object.keys(localStorage).filter((key) => key.startsWith('esbank/ledger/')).sort()"


# To the last character: the last keys are of one character, and of no value.
FILL = """() => {
    for (let size = 4_000_000; size >= 1; size = Math.floor(size / 2)) {
        try {
            while (true) localStorage.setItem("filler" + Math.random(), "x".repeat(size));
        } catch {}
    }
    try {
        for (let nth = 0; ; nth++) localStorage.setItem(String.fromCodePoint(0x4e00 + nth), "");
    } catch {}
}"""


def test_a_reload_brings_everything_back(teller: Teller) -> None:
    teller.has_seven_events()
    teller.page.reload()
    teller.wait_until_ready().has_rows(7).has_balance("$80.00").stands_at(7, 7)
    teller.deposit("1").has_rows(8)


def test_an_append_writes_one_new_key_and_no_old_one_again(teller: Teller) -> None:
    teller.open_account().has_rows(1).deposit("5").has_rows(2)
    before = teller.page.evaluate("({...localStorage})")
    teller.deposit("6").has_rows(3)
    after = teller.page.evaluate("({...localStorage})")
    for renewed in ("esbank/glance", "esbank/head"):
        before.pop(renewed)
        after.pop(renewed)
    assert before.items() < after.items()
    assert set(after) - set(before) == {"esbank/ledger/1/000000000003"}


def test_the_last_balance_is_there_before_python_and_nothing_moves(teller: Teller) -> None:
    teller.open_account("Ada").has_rows(1).deposit("12").has_rows(2).has_balance("$12.00")
    # The worst there is: the page has been painted before its scripts come.
    scripts = held_back(teller.page, "**/hosted.js")
    teller.page.reload(wait_until="commit")
    expect(teller.page.locator("html")).to_have_attribute("data-python", "starting")
    teller.page.wait_for_function("performance.getEntriesByType('paint').length")
    scripts[0].continue_()
    expect(teller.balance).to_have_text("$12.00")
    teller.wait_until_ready().has_balance("$12.00")
    shift = teller.page.evaluate(
        """() => new Promise((resolve) => {
            new PerformanceObserver((list) => resolve(
                list.getEntries().reduce((sum, entry) => sum + entry.value, 0)
            )).observe({type: "layout-shift", buffered: true});
            setTimeout(() => resolve(0), 500);
        })"""
    )
    assert shift == 0


def test_a_command_given_before_python_runs_is_carried_out(
    context: BrowserContext, address: str
) -> None:
    teller = Teller(context.new_page(), address)
    teller.page.goto(address)
    teller.open_account("Early Bird")
    expect(teller.page.locator("html")).to_have_attribute("data-python", "starting")
    expect(teller.page.get_by_text("This will be done as soon as it runs.")).to_be_visible()
    teller.wait_until_ready().has_rows(1)
    expect(teller.region("Current State")).to_contain_text("Early Bird")


def test_a_second_tab_follows_at_once(context: BrowserContext, address: str) -> None:
    first = Teller(context.new_page(), address).open()
    second = Teller(context.new_page(), address).open()
    first.open_account("Ada").has_rows(1).deposit("10").has_rows(2)
    second.has_rows(2).has_balance("$10.00").withdraw("4").has_rows(3)
    first.has_rows(3).has_balance("$6.00")
    first.withdraw("7").is_told("The balance is $6.00, which is less than $7.00.")


def test_two_tabs_at_the_same_moment_lose_nothing(context: BrowserContext, address: str) -> None:
    tabs = [Teller(context.new_page(), address).open() for _ in range(2)]
    tabs[0].open_account("Ada").has_rows(1)
    tabs[1].has_rows(1)
    press = """async (times) => {
        const amount = document.getElementById("amount");
        for (let n = 0; n < times; n++) {
            amount.value = "1";
            document.getElementById("deposit").click();
            await new Promise((next) => setTimeout(next, Math.random() * 6));
        }
    }"""
    for tab in tabs:
        tab.page.evaluate(f"(times) => {{ ({press})(times); }}", 40)
    for tab in tabs:
        tab.has_rows(81).has_balance("$80.00")
    keys = tabs[0].page.evaluate(KEYS)
    assert len(keys) == 81
    tabs[0].page.reload()
    tabs[0].wait_until_ready().has_rows(81).has_balance("$80.00")
    expect(tabs[0].page.locator("#page-notice")).to_be_hidden()


def test_two_tabs_cannot_both_spend_the_same_money(context: BrowserContext, address: str) -> None:
    tabs = [Teller(context.new_page(), address).open() for _ in range(2)]
    tabs[0].open_account("Ada").has_rows(1).deposit("10").has_rows(2)
    tabs[1].has_rows(2)
    for tab in tabs:
        tab.page.evaluate(
            """() => { setTimeout(() => {
                document.getElementById("amount").value = "10";
                document.getElementById("withdraw").click();
            }, 200 - (Date.now() % 200)) }"""
        )
    for tab in tabs:
        tab.has_rows(3).has_balance("$0.00")
        # Not the deposit of before: the one who came second has read the new balance first.
        expect(tab.page.locator("#amount-outcome")).to_contain_text(
            re.compile(r"MoneyWithdrawn|The balance is \$0\.00")
        )
    told = [tab.page.locator("#amount-outcome").inner_text() for tab in tabs]
    assert sum("Done" in sentence for sentence in told) == 1
    assert sum("The balance is $0.00" in sentence for sentence in told) == 1


def test_reset_asks_first_and_exports_if_wanted(
    context: BrowserContext, address: str, tmp_path: Path
) -> None:
    teller = Teller(context.new_page(), address).open()
    other = Teller(context.new_page(), address).open()
    teller.page.bring_to_front()  # a page in the background is slow to be clicked
    teller.has_seven_events()
    other.has_rows(7)
    teller.button("Reset").click()
    dialog = teller.page.get_by_role("dialog", name="Erase this history?")
    expect(dialog).to_be_visible()
    teller.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(teller.button("Reset")).to_be_focused()
    teller.has_rows(7).button("Reset").click()
    with teller.page.expect_download() as downloading:
        dialog.get_by_role("button", name="Export first").click()
    exported = tmp_path / downloading.value.suggested_filename
    downloading.value.save_as(exported)
    lines = [json.loads(line) for line in exported.read_text().splitlines()]
    assert [line["sequence"] for line in lines] == [f"{n:012d}" for n in range(1, 8)]
    assert lines[-1]["data"] == {"amount": 500, "note": ""}
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Erase history").click()
    teller.has_rows(0).has_balance("$0.00")
    other.has_rows(0)
    expect(teller.page.get_by_text("No events recorded yet.")).to_be_visible()
    assert teller.page.evaluate(KEYS) == []
    teller.open_account("Grace").has_rows(1)
    other.has_rows(1).deposit("3").has_rows(2)
    teller.has_rows(2).has_balance("$3.00")


def line(position: int, version: int, kind: str, data: dict[str, Any], schema: int = 1) -> str:
    return json.dumps(
        {
            "specversion": "1.0",
            "id": f"ACC-1/{version}",
            "source": "esbank",
            "type": kind,
            "subject": "ACC-1",
            "time": "2026-11-23T16:20:27.125Z",
            "dataschema": f"urn:esbank:{kind}:{schema}",
            "sequence": f"{position:012d}",
            "streamversion": version,
            "data": data,
        }
    )


DAMAGED = {
    "esbank/ledger/1/000000000001": line(
        1, 1, "AccountOpened", {"owner": "Ada", "currency": "USD"}
    ),
    "esbank/ledger/1/000000000002": line(2, 2, "MoneyDeposited", {"amount": 9000, "note": ""}),
    "esbank/ledger/1/000000000003": line(3, 3, "MoneyWithdrawn", {"amount": 1000})[:80],
    "esbank/ledger/1/000000000004": line(4, 4, "MoneyDeposited", {"amount": 500, "note": ""}),
    "esbank/ledger/1/000000000005": line(5, 5, "MoneyDeposited", {"sum": 1}, schema=2),
    "esbank/ledger/1/000000000006": "<script>alert(1)</script>",
    "esbank/settings": "of another site",
    "unrelated": "left alone",
}


def test_what_is_damaged_is_named_and_the_rest_is_used(
    context: BrowserContext, address: str, tmp_path: Path
) -> None:
    context.add_init_script(
        "if (location.protocol === 'http:' && !localStorage.unrelated)"
        f" for (const [key, value] of Object.entries({json.dumps(DAMAGED)}))"
        " localStorage.setItem(key, value);"
    )
    teller = Teller(context.new_page(), address).open()
    teller.has_rows(6).has_balance("$95.00")
    assert teller.types()[2:] == ["Unreadable", "MoneyDeposited", "MoneyDeposited", "Unreadable"]
    notice = teller.page.locator("#page-notice")
    for key in ("esbank/ledger/1/000000000003", "esbank/ledger/1/000000000006", "esbank/settings"):
        expect(notice).to_contain_text(key)
    with teller.page.expect_download() as downloading:
        teller.button("Export what could not be read").click()
    path = tmp_path / "damaged.json"
    downloading.value.save_as(path)
    exported = {entry["key"]: entry["value"] for entry in json.loads(path.read_text())}
    assert exported == {
        key: DAMAGED[key]
        for key in (
            "esbank/ledger/1/000000000003",
            "esbank/ledger/1/000000000006",
            "esbank/settings",
        )
    }
    teller.deposit("1").has_rows(7).has_balance("$96.00")
    teller.page.reload()
    teller.wait_until_ready().has_rows(7).has_balance("$96.00")
    for key, value in DAMAGED.items():
        assert teller.page.evaluate("(key) => localStorage.getItem(key)", key) == value


def test_an_altered_amount_breaks_the_chain_and_the_export(teller: Teller, tmp_path: Path) -> None:
    chain = teller.page.get_by_role("status", name="Chain", exact=True)
    teller.has_seven_events()
    expect(chain).to_have_text("Chain intact: 7 events")
    teller.page.evaluate(
        """() => {
            const key = "esbank/ledger/1/000000000002";
            const line = localStorage.getItem(key);
            localStorage.setItem(key, line.replace('"amount":10000', '"amount":99061720'));
        }"""
    )
    teller.page.reload()
    teller.wait_until_ready().has_balance("$990,597.20")
    expect(chain).to_have_text("Chain broken at event 2: altered")
    with teller.page.expect_download() as downloading:
        teller.button("Export").click()
    path = tmp_path / "ledger.jsonl"
    downloading.value.save_as(path)
    stored = teller.page.evaluate(f"{KEYS}.map((key) => localStorage.getItem(key))")
    assert path.read_text().splitlines() == stored
    broken = verify([path.read_bytes()], CODEC).broken
    assert broken is not None
    assert broken.position == 2


def test_an_end_that_is_missing_is_noticed_at_the_next_visit(teller: Teller) -> None:
    teller.open_account("Ada").has_rows(1).deposit("10").has_rows(2).deposit("5").has_rows(3)
    teller.page.evaluate("localStorage.removeItem('esbank/ledger/1/000000000003')")
    teller.page.reload()
    teller.wait_until_ready().has_rows(3).has_balance("$10.00")
    expect(teller.page.locator("#page-notice")).to_contain_text("One event is missing")
    chain = teller.page.get_by_role("status", name="Chain", exact=True)
    expect(chain).to_have_text("Chain broken at event 3: removed")
    teller.deposit("1").has_rows(4).has_balance("$11.00")
    expect(chain).to_have_text("Chain broken at event 3: removed")


def test_a_full_browser_refuses_the_command_and_loses_nothing(teller: Teller) -> None:
    teller.open_account().has_rows(1).deposit("5").has_rows(2)
    teller.page.evaluate(FILL)
    teller.deposit("6").is_told("Not recorded: this browser’s storage is full.").has_rows(2)
    teller.has_balance("$5.00")
    expect(teller.field("Amount")).to_have_value("6")
    teller.page.evaluate(
        "Object.keys(localStorage).forEach((k) => k.startsWith('filler') &&"
        " localStorage.removeItem(k))"
    )
    teller.button("Deposit").click()
    teller.has_rows(3).has_balance("$11.00")


ONE_EVENT = {
    "esbank/ledger/1/000000000001": line(
        1, 1, "AccountOpened", {"owner": "Ada", "currency": "USD"}
    ),
}


def put_before(context: BrowserContext, entries: dict[str, str]) -> None:
    """Let a visitor's browser hold some entries from the beginning."""
    context.add_init_script(
        "if (location.protocol === 'http:' && !localStorage.begun)"
        f" for (const [key, value] of Object.entries({json.dumps(entries)} ))"
        " localStorage.setItem(key, value);"
        " if (location.protocol === 'http:') localStorage.begun = 'yes';"
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("esbank/glance", "[null]"),
        ("esbank/glance", "[" * 5_000),
        ("esbank/glance", '[["balance",{}]]'),
        ("esbank/generation", "1e999"),
        ("esbank/head", "9/9/9"),
        ("esbank/format", "newest"),
        ("esbank/ledger/1/000000000002", "[" * 5_000),
        ("esbank/ledger/1/000000000002", '{"a":' * 5_000),
        ("esbank/ledger/1/000000000002", "\n" * 1_000_000),
        ("esbank/ledger/1/999999999999", "{}"),
        ("esbank/ledger/999999999/000000000001", "{}"),
        ("esbank/__proto__", "x" * 1_000_000),
    ],
    ids=lambda text: text[:32].encode("unicode_escape").decode(),
)
def test_whatever_is_found_the_page_starts_and_names_it(
    context: BrowserContext, address: str, key: str, value: str
) -> None:
    put_before(context, {**ONE_EVENT, key: value})
    teller = Teller(context.new_page(), address).open()
    expect(teller.page.locator("#page-notice")).to_contain_text(key)
    expect(teller.region("Current State")).to_contain_text("Ada")
    teller.deposit("1").is_told("Done: MoneyDeposited")


@pytest.mark.parametrize("context_options", [{"timezone_id": "America/Los_Angeles"}])
def test_the_first_moment_of_the_calendar_is_shown_west_of_greenwich(
    context: BrowserContext, address: str
) -> None:
    first = {
        key: text.replace("2026-11-23T16:20:27.125Z", "0001-01-01T00:00:00Z")
        for key, text in ONE_EVENT.items()
    }
    put_before(context, first)
    Teller(context.new_page(), address).open().has_rows(1)


def test_the_last_moment_of_the_calendar_is_shown_east_of_greenwich(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(timezone_id="Asia/Tokyo", service_workers="block")
    last = {
        key: text.replace("2026-11-23T16:20:27.125Z", "9999-12-31T23:59:59Z")
        for key, text in ONE_EVENT.items()
    }
    put_before(context, last)
    Teller(context.new_page(), address).open().has_rows(1)
    context.close()


def test_a_value_that_the_browser_does_not_hand_over_is_named(
    context: BrowserContext, address: str
) -> None:
    teller = Teller(context.new_page(), address).open()
    teller.open_account("Ada").has_rows(1).deposit("10").has_rows(2).deposit("5").has_rows(3)
    context.add_init_script(
        """const get = Storage.prototype.getItem;
        Storage.prototype.getItem = function (key) {
            if (/ledger.*2$|head|format/.test(key)) throw new DOMException("damaged", "DataError");
            return get.call(this, key);
        };"""
    )
    teller.page.reload()
    teller.wait_until_ready().has_rows(3).has_balance("$5.00")
    notice = teller.page.locator("#page-notice")
    expect(notice).to_contain_text("esbank/ledger/1/000000000002")
    expect(notice).to_contain_text("The browser does not hand it over.")
    teller.deposit("1").has_rows(4).has_balance("$6.00")


@pytest.mark.parametrize("resets", [0, 1])
def test_what_vanishes_is_noticed_before_anything_is_appended(teller: Teller, resets: int) -> None:
    for _ in range(resets):
        teller.open_account("Zoe").has_rows(1).button("Reset").click()
        teller.button("Erase history").click()
        teller.has_rows(0)
    teller.has_seven_events()
    notice = teller.page.locator("#page-notice")
    for vanishing in (
        f"localStorage.removeItem('esbank/ledger/{resets + 1}/000000000003')",
        "localStorage.clear()",
    ):
        teller.page.evaluate(vanishing)
        teller.deposit("9").is_told("no longer stored in this browser")
        expect(notice).to_contain_text("no longer stored in this browser")
        assert len(teller.page.evaluate(KEYS)) in (0, 6)
        teller.button("Store them again").click()
        expect(notice).to_be_hidden()
        assert len(teller.page.evaluate(KEYS)) == 7
    teller.button("Deposit").click()
    teller.has_rows(8).has_balance("$89.00")
    teller.page.reload()
    teller.wait_until_ready().has_rows(8)
    expect(notice).to_be_hidden()


def test_what_another_tab_clears_is_noticed_at_once(context: BrowserContext, address: str) -> None:
    first = Teller(context.new_page(), address).open()
    first.open_account("Ada").has_rows(1).deposit("10").has_rows(2)
    other = context.new_page()
    other.goto(address)
    other.evaluate("localStorage.clear()")
    expect(first.page.locator("#page-notice")).to_contain_text("no longer stored")
    first.has_rows(2).button("Go on with what is stored").click()
    first.has_rows(0)
    first.open_account("Grace").has_rows(1)


def test_a_later_version_is_left_alone(context: BrowserContext, address: str) -> None:
    teller = Teller(context.new_page(), address).open()
    teller.open_account("Ada").has_rows(1)
    teller.page.evaluate("localStorage.setItem('esbank/format', '3')")
    teller.deposit("1").is_told("a newer version of this page has taken over")
    expect(teller.page.locator("#page-notice")).to_contain_text("Reload the page to go on")
    assert len(teller.page.evaluate(KEYS)) == 1


def test_erasing_works_when_storage_is_full_to_the_last_character(teller: Teller) -> None:
    teller.open_account().has_rows(1).deposit("5").has_rows(2)
    teller.page.evaluate(FILL)
    teller.button("Reset").click()
    teller.button("Erase history").click()
    teller.has_rows(0)
    assert teller.page.evaluate(KEYS) == []
    teller.open_account("Grace").has_rows(1)


def test_where_nothing_may_be_kept_the_page_runs_and_says_so(
    context: BrowserContext, address: str
) -> None:
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() {"
        " throw new DOMException('denied', 'SecurityError'); }});"
    )
    teller = Teller(context.new_page(), address).open()
    expect(teller.page.get_by_text("is forgotten when the page closes")).to_be_visible()
    teller.open_account().has_rows(1).deposit("5").has_rows(2).has_balance("$5.00")


def test_without_javascript_the_page_reads_and_says_what_is_missing(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_text("JavaScript, which starts it, is switched off")).to_be_visible()
    expect(page.get_by_role("heading", name="How It Works")).to_be_visible()
    expect(page.get_by_role("heading", name="Event Store (The Ledger)")).to_be_visible()
    for dead in ("button", "textbox", "combobox", "slider", "checkbox", "progressbar"):
        # A value of the state is plain text here, though it would be a button.
        assert page.get_by_role(dead, disabled=False).count() == 0
    panels = [panel.bounding_box() for panel in page.locator(".panels > .panel:visible").all()]
    room = page.locator(".panels").bounding_box()
    assert room
    first_row = [box for box in panels if box and abs(box["y"] - room["y"]) < 1]
    assert sum(box["width"] for box in first_row) > 0.95 * room["width"]
    context.close()


def test_without_webassembly_the_page_says_what_is_missing(
    context: BrowserContext, address: str
) -> None:
    context.add_init_script("delete globalThis.WebAssembly")
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_text("This browser does not run WebAssembly")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-python", "failed")


def test_where_python_cannot_be_had_the_page_says_so(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.route("**/pyodide.asm.wasm", lambda route: route.fulfill(status=404))
    page.goto(address)
    expect(page.get_by_text("Python could not be loaded")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    context.close()
