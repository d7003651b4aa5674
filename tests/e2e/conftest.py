"""The built page, served under a sub-path as any static host might, in a real browser."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

import build
from tests.e2e.browser import launch_options
from tests.e2e.complaints import uncomplaining
from tests.e2e.teller import Teller

SUB_PATH = "some/where"

# A machine that is busy with other things is slow, and not wrong.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the page is, on a server of this test run."""
    root = tmp_path_factory.mktemp("host")
    shutil.copytree(build.DIST, root / SUB_PATH)
    with build.open_server(root, 8500) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://localhost:{server.server_port}/{SUB_PATH}/"
        server.shutdown()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests; each test has a context of its own."""
    options = launch_options()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**options)
        yield browser
        browser.close()


@pytest.fixture
def context_options() -> dict[str, Any]:
    """What the test wants of its browser context; parametrize to change it."""
    return {}


@pytest.fixture
def context(
    browser: Browser, address: str, context_options: dict[str, Any]
) -> Iterator[BrowserContext]:
    """A fresh visitor. Fails the test if the page complains or asks anyone else for anything."""
    # Only the tests of it let the page keep itself for later: it fetches everything once more.
    usual = {"viewport": {"width": 1280, "height": 900}, "service_workers": "block"}
    context = browser.new_context(**{**usual, **context_options})
    origin = address.split("/some/")[0]
    with uncomplaining(context) as complaints:
        context.on(
            "request",
            lambda request: (
                complaints.append(f"left the origin: {request.url}")
                if not request.url.startswith((origin, "blob:", "data:"))
                else None
            ),
        )
        context.on(
            "response",
            lambda response: (
                complaints.append(f"{response.status}: {response.url}")
                if response.status >= 400
                else None
            ),
        )
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty tab of the visitor's."""
    return context.new_page()


@pytest.fixture
def teller(page: Page, address: str) -> Teller:
    """The page, open and ready, with an empty ledger."""
    return Teller(page, address).open()


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core, as a script to run in the page."""
    return Path(build.MODULES / "axe-core" / "axe.min.js").read_text()
