"""Which Chromium the tests run in, and how it is started."""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find() -> str | None:
    """``playwright`` where its own Chromium is installed, else the path of the system's."""
    with sync_playwright() as playwright:
        if Path(playwright.chromium.executable_path).exists():
            return "playwright"
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None)


def launch_options() -> dict[str, Any]:
    """What ``chromium.launch`` takes here."""
    chosen = os.environ.get("ESBANK_BROWSER")
    if chosen is None:
        found = find()
        chosen = "" if found in (None, "playwright") else found
    is_root = sys.platform != "win32" and os.geteuid() == 0
    flags = ["--no-sandbox", *FLAGS] if is_root else [*FLAGS]
    return {"args": flags} | ({"executable_path": chosen} if chosen else {})


IS_KEPT = """async () =>
    (await navigator.serviceWorker.getRegistration())?.active?.state === "activated"
"""
"""Whether the page has been kept whole, for use without a network."""


def eventually(page: Page, function: str, seconds: float = 60) -> None:
    """Wait until an asynchronous function of the page gives a true value.

    Playwright's ``wait_for_function`` takes the promise itself for one.
    """
    deadline = time.monotonic() + seconds
    while not page.evaluate(function):
        assert time.monotonic() < deadline, f"It never came true: {function}"
        page.wait_for_timeout(50)
