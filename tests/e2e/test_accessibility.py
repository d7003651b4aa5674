"""No state of the page has anything for axe-core to say, in light, in dark, or when narrow."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.teller import Teller

pytestmark = pytest.mark.e2e


def assert_accessible(teller: Teller, axe: str, state: str) -> None:
    # The page's own policy lets no foreign script in; the tester's tool comes by the debugger.
    teller.page.evaluate(axe)
    teller.page.wait_for_timeout(100)
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
    assert_accessible(teller, axe, "active")
    teller.withdraw("1000000")
    assert_accessible(teller, axe, "rejected")
    teller.withdraw("a lot")
    assert_accessible(teller, axe, "mistyped")
    teller.button("Genesis").click()
    teller.button("Step forward").click()
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
    page.set_viewport_size({"width": 320, "height": 640})
    teller = Teller(page, address).open()
    teller.skip_through_the_story()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
