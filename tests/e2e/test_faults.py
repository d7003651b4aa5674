"""A start that goes wrong somewhere: put right silently where it can be, said where it cannot."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

import build
from building import assembly, boot_image_maker
from tests.e2e.hosting import SUB_PATH, Host
from tests.e2e.teller import Teller

pytestmark = pytest.mark.e2e

NOT_USED = "the boot image is not used"


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    host = Host(tmp_path / SUB_PATH)
    yield host
    host.stop()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(service_workers="block")
    context.set_default_timeout(40_000)
    yield context
    context.close()


def hearing(page: Page) -> list[str]:
    """Everything that the page writes to the console, as it is written."""
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    return said


def starts_well(page: Page, host: Host) -> None:
    """Start the page, which complains of nothing, and record something."""
    Teller(page, host.address).open().open_account().has_rows(1)
    expect(page.locator("#page-notice")).to_be_hidden()


def test_the_boot_image_is_used(visitor: BrowserContext, host: Host) -> None:
    page = visitor.new_page()
    said = hearing(page)
    starts_well(page, host)
    assert not [line for line in said if NOT_USED in line]
    page.wait_for_function("performance.getEntriesByType('resource').length > 0")
    assert not [path for path in host.asked if "esbank.zip" in path], "the code is in the image"


@pytest.mark.parametrize(
    "fault",
    [HTTPStatus.NOT_FOUND, b"", b"not an image at all", gzip.compress(b"nor this" * 100, mtime=0)],
    ids=["missing", "empty", "damaged", "of something else"],
)
def test_without_its_boot_image_python_starts_all_the_same(
    visitor: BrowserContext, host: Host, fault: HTTPStatus | bytes
) -> None:
    host.faults["boot.image"] = fault
    page = visitor.new_page()
    said = hearing(page)
    starts_well(page, host)
    assert [line for line in said if line.startswith("debug:") and NOT_USED in line]
    assert not [line for line in said if line.startswith("error: Uncaught")]


def test_a_boot_image_of_another_build_is_not_used(visitor: BrowserContext, host: Host) -> None:
    code = assembly.archive({"bankpage/__init__.py": b"", "esbank_core/__init__.py": b""})
    other = boot_image_maker.made(code, build.MODULES)
    host.faults["boot.image"] = other.packed
    page = visitor.new_page()
    said = hearing(page)
    starts_well(page, host)
    assert [line for line in said if "it is damaged or of another build" in line]


def test_a_machine_of_the_wrong_type_is_compiled_all_the_same(
    visitor: BrowserContext, host: Host
) -> None:
    host.faults["pyodide.asm.wasm"] = "mistyped"
    starts_well(visitor.new_page(), host)


@pytest.mark.parametrize("fault", ["cut", "failed for good"])
@pytest.mark.parametrize("part", ["boot.image", "pyodide.asm.wasm"])
def test_a_download_that_failed_is_tried_again(
    visitor: BrowserContext, host: Host, part: str, fault: str
) -> None:
    host.faults[part] = fault
    page = visitor.new_page()
    said = hearing(page)
    page.goto(host.address)
    while not any(part in path for path in host.asked):
        page.wait_for_timeout(20)
    host.faults.clear()
    Teller(page, host.address).wait_until_ready().open_account().has_rows(1)
    assert len([path for path in host.asked if part in path]) >= 2
    assert not [line for line in said if NOT_USED in line]


@pytest.mark.parametrize(
    ("part", "fault"),
    [
        ("pyodide.asm.wasm", HTTPStatus.INTERNAL_SERVER_ERROR),
        ("pyodide.asm.wasm", "cut"),
        ("python.js", HTTPStatus.NOT_FOUND),
        ("core.js", HTTPStatus.NOT_FOUND),
        ("main.py", HTTPStatus.NOT_FOUND),
    ],
)
def test_what_cannot_be_had_is_said_and_can_be_tried_again(
    visitor: BrowserContext, host: Host, part: str, fault: str | HTTPStatus
) -> None:
    host.faults[part] = fault
    page = visitor.new_page()
    page.goto(host.address)
    notice = page.locator("#page-notice")
    expect(notice).to_contain_text("Python could not be loaded", timeout=40_000)
    expect(notice).to_contain_text("Everything recorded is still in this browser.")
    expect(page.locator("html")).to_have_attribute("data-python", "failed")
    expect(page.get_by_role("heading", name="How It Works")).to_be_visible()
    expect(page.get_by_role("button", name="Open account")).to_be_disabled()
    host.faults.clear()
    page.get_by_role("button", name="Try again").click()
    Teller(page, host.address).wait_until_ready().open_account().has_rows(1)


def test_when_nothing_of_the_loader_can_be_had_that_is_said(
    visitor: BrowserContext, host: Host
) -> None:
    host.faults["loader.js"] = HTTPStatus.NOT_FOUND
    page = visitor.new_page()
    page.goto(host.address)
    expect(page.locator("#page-notice")).to_contain_text(
        "Python could not be loaded (loader.js did not arrive)", timeout=40_000
    )


def test_two_visitors_have_no_chance_in_common(browser: Browser, host: Host) -> None:
    identities: list[set[str]] = []
    for _ in range(2):
        context = browser.new_context(service_workers="block")
        Teller(context.new_page(), host.address).open().open_account().has_rows(1)
        kept = context.pages[0].evaluate("JSON.stringify({...localStorage})")
        identities.append(set(re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", json.dumps(kept))))
        context.close()
    assert identities[0]
    assert identities[1]
    assert not identities[0] & identities[1]


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_times_are_the_visitors_and_not_the_builds(browser: Browser, host: Host, zone: str) -> None:
    context = browser.new_context(service_workers="block", timezone_id=zone)
    page = context.new_page()
    Teller(page, host.address).open().open_account().has_rows(1)
    shown = page.locator("#ledger time").first.inner_text()
    hour = page.evaluate("new Date().toLocaleString('sv', {hour: '2-digit'}).slice(0, 2)")
    assert re.search(rf"\b{hour}:", shown), f"{shown} in {zone}"
    context.close()


WITHOUT_STREAMS = "delete globalThis.DecompressionStream;"


def test_a_browser_that_cannot_unpack_in_workers_starts_without_the_image(
    visitor: BrowserContext, host: Host
) -> None:
    for loader in host.folder.glob("esbank-*/loader.js"):
        loader.write_text(WITHOUT_STREAMS + loader.read_text())
    page = visitor.new_page()
    said = hearing(page)
    starts_well(page, host)
    assert [line for line in said if NOT_USED in line]
