"""Which Chromium the tests run in, and how it is started."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

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
