"""Firefox through WebDriver BiDi: puppeteer-core in a Node of its own, at the end of a pipe.

Playwright drives only a Firefox of its own making, which not every network lets one fetch.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_name("firefox.mjs")


def missing() -> str | None:
    """Why Firefox cannot be driven here."""
    if not _program():
        return "Firefox is not installed (Debian: firefox-esr)"
    if not shutil.which("node"):
        return "Node, which drives Firefox, is not on the PATH"
    return None


def _program() -> str | None:
    return shutil.which("firefox-esr") or shutil.which("firefox")


class Firefox:
    """One tab of a Firefox with a profile of its own."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["node", str(SCRIPT), str(_program())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def _do(self, *command: str) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline() or '{"error": "Firefox has gone"}')
        if "error" in answer:
            raise RuntimeError(f"{command[0]}: {answer['error'][:500]}")
        return answer["value"]

    def open(self, address: str) -> None:
        self._do("open", address)

    def run(self, function: str) -> Any:
        return self._do("run", function)

    def click(self, selector: str) -> None:
        self._do("click", selector)

    def type(self, selector: str, text: str) -> None:
        self._do("type", selector, text)

    def close(self) -> None:
        self._do("close")
        try:
            self._process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
