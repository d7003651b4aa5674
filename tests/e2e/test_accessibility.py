"""No state of the page has anything for axe-core to say, in light, in dark, or when narrow."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.looks import settled, sized
from tests.e2e.teller import Teller

pytestmark = pytest.mark.e2e


def assert_accessible(teller: Teller, axe: str, state: str) -> None:
    # The page's own policy lets no foreign script in; the tester's tool comes by the debugger.
    teller.page.evaluate(axe)
    settled(teller.page)  # a colour on its way from one to another is neither
    found = teller.page.evaluate("axe.run().then((result) => result.violations)")
    said = [
        f"{state}: {violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found
        for node in violation["nodes"]
    ]
    assert said == []


@pytest.mark.parametrize(
    "context_options",
    [
        {},
        {"color_scheme": "dark"},
        {"viewport": {"width": 320, "height": 700}, "color_scheme": "light"},
    ],
    ids=["light", "dark", "narrow"],
)
def test_every_state_is_accessible(
    context: BrowserContext, context_options: dict[str, Any], address: str, axe: str
) -> None:
    page = context.new_page()
    page.emulate_media(reduced_motion="reduce")
    if "viewport" in context_options:
        page.set_viewport_size(context_options["viewport"])
    teller = Teller(page, address)
    teller.page.goto(address)
    assert_accessible(teller, axe, "starting")
    teller.wait_until_ready()
    assert_accessible(teller, axe, "empty")
    teller.skip_through_the_story()
    teller.button("Payload of event 3").click()
    expect(page.locator("#payload-3")).to_be_visible()
    assert_accessible(teller, axe, "active")
    teller.withdraw("1000000").is_told("No event was appended.")
    assert_accessible(teller, axe, "rejected")
    teller.withdraw("a lot")
    expect(teller.field("Amount")).to_have_attribute("aria-invalid", "true")
    assert_accessible(teller, axe, "mistyped")
    teller.button("Genesis").click()
    teller.button("Step forward").click()
    teller.stands_at(1, 12)
    assert_accessible(teller, axe, "in the past")
    page.evaluate("document.getElementById('version-notice').hidden = false")
    assert_accessible(teller, axe, "a new version")
    page.evaluate("document.getElementById('version-notice').hidden = true")
    teller.button("Reset").click()
    expect(teller.page.get_by_role("dialog")).to_be_visible()
    assert_accessible(teller, axe, "dialog")


@pytest.mark.parametrize("context_options", [{}, {"color_scheme": "dark"}], ids=["light", "dark"])
def test_a_failed_start_is_accessible(
    context: BrowserContext, context_options: dict[str, Any], address: str, axe: str
) -> None:
    page = context.new_page()
    page.emulate_media(reduced_motion="reduce")
    page.add_init_script("delete globalThis.WebAssembly;")
    page.goto(address)
    expect(page.locator("html")).to_have_attribute("data-python", "failed")
    assert_accessible(Teller(page, address), axe, "failed")


def test_nothing_is_wider_than_a_small_phone(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    teller = Teller(page, address).open()
    teller.skip_through_the_story()
    sized(page, 320, 640)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
