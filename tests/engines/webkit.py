"""WebKitGTK's MiniBrowser through its WebDriver, on a screen that nobody sees."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

PLACES = ("/usr/lib", "/usr/libexec", "/usr/lib64")


def missing() -> str | None:
    """Why WebKitGTK cannot be driven here."""
    if not shutil.which("WebKitWebDriver"):
        return "WebKitWebDriver is not installed (Debian: webkit2gtk-driver)"
    if not _program():
        return "WebKitGTK's MiniBrowser is not installed"
    if not shutil.which("Xvfb"):
        return "Xvfb, the screen that WebKitGTK draws on, is not installed"
    return None


def _program() -> str | None:
    found = (
        path
        for place in map(Path, PLACES)
        for pattern in ("webkit2gtk-4.*/MiniBrowser", "*/webkit2gtk-4.*/MiniBrowser")
        for path in sorted(place.glob(pattern))
    )
    return next(map(str, found), None)


class WebKit:
    """One tab of a MiniBrowser that forgets everything when it is closed."""

    def __init__(self) -> None:
        self._screen = subprocess.Popen(
            ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._screen.stdout
        display = f":{self._screen.stdout.readline().strip()}"
        options = Options()
        options.binary_location = str(_program())
        options.add_argument("--automation")
        service = Service(
            str(shutil.which("WebKitWebDriver")),
            env={**os.environ, "DISPLAY": display, "WEBKIT_DISABLE_COMPOSITING_MODE": "1"},
        )
        self._browser = webdriver.WebKitGTK(options=options, service=service)
        self._browser.set_script_timeout(60)

    def open(self, address: str) -> None:
        self._browser.get(address)

    def run(self, function: str) -> Any:
        answer = self._browser.execute_async_script(
            f"const done = arguments[0]; Promise.resolve(({function})()).then("
            "(value) => done({value}), (error) => done({error: String(error)}))"
        )
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer.get("value")

    def click(self, selector: str) -> None:
        self._in_sight(selector).click()

    def type(self, selector: str, text: str) -> None:
        self._in_sight(selector).send_keys(text)

    def _in_sight(self, selector: str) -> WebElement:
        """The driver scrolls to what it acts on, and does not wait for smooth scrolling to end."""
        element = self._browser.find_element(By.CSS_SELECTOR, selector)
        self._browser.execute_script(
            "arguments[0].scrollIntoView({behavior: 'instant', block: 'center'})", element
        )
        return element

    def close(self) -> None:
        self._browser.quit()
        self._screen.terminate()
        self._screen.communicate(timeout=30)
