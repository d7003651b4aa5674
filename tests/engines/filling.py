"""A long history in an engine, filled as a reader fills it: a file that is added to the ledger."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.bench.ledgers import study_file
from tests.e2e.hosting import SUB_PATH, Host
from tests.engines.driver import Driver

PATIENCE_S: Final = 300
READY: Final = "() => document.documentElement.dataset.python === 'ready'"
MARKED: Final = "() => performance.getEntriesByName('python-ready')[0].startTime"
ENGINE: Final = "() => navigator.userAgent"
LEDGER: Final = "() => document.getElementById('ledger-count').textContent"
SAID: Final = "() => document.getElementById('store-outcome').textContent"
OPEN: Final = """async () => {
    const blob = await (await fetch("study.jsonl", {cache: "no-store"})).blob();
    const given = new DataTransfer();
    given.items.add(new File([blob], "study.jsonl"));
    const input = document.querySelector("input[type=file]");
    input.files = given.files;
    input.dispatchEvent(new Event("change", {bubbles: true}));
}"""
IS_OPEN: Final = """() => {
    const button = document.getElementById("add-study");
    return button.checkVisibility() && !button.disabled;
}"""
ADD: Final = "() => document.getElementById('add-study').click()"
CHARACTERS: Final = """() => Object.entries(localStorage).reduce(
    (sum, [key, text]) => sum + key.length + text.length, 0)"""
VERDICT: Final = "() => document.getElementById('chain').dataset.chain"


def until(driver: Driver, function: str, is_enough: Callable[[Any], bool]) -> Any:
    deadline = time.monotonic() + PATIENCE_S
    while not is_enough(found := driver.run(function)):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{function} gives {found!r}; said: {driver.run(SAID)!r}")
        time.sleep(0.05)
    return found


class Filled(NamedTuple):
    """What became of a file of events in one engine."""

    engine: str
    said: str
    added_in: float
    """Seconds."""
    characters: int
    reloads: list[float]
    """Milliseconds from navigation to a command being taken."""
    with_nothing: list[float]
    """The same before there was anything in the ledger."""
    read_in: float
    """Seconds until all is read and verified."""
    counted: str
    verdict: str


def _reloaded(driver: Driver, address: str) -> float:
    """Milliseconds from navigation to a command being taken."""
    driver.open(address)
    until(driver, READY, bool)
    return float(driver.run(MARKED))


def _verified(driver: Driver) -> str:
    """The verdict, once all has been read and verified."""
    verdict: str = until(driver, VERDICT, lambda found: found in ("intact", "broken"))
    return verdict


def fill(start: Callable[[], Driver], events: int, loads: int = 1) -> Filled:
    """Open a file of so many events, add it to the ledger, and load the page again."""
    with tempfile.TemporaryDirectory() as folder:
        host = Host(Path(folder) / SUB_PATH)
        study_file(Path(folder) / SUB_PATH / "study.jsonl", events, accounts=20)
        driver = start()
        try:
            driver.open(host.address)
            until(driver, READY, bool)
            name = driver.run(ENGINE)
            with_nothing = [_reloaded(driver, host.address) for _ in range(loads)]
            driver.run(OPEN)
            until(driver, IS_OPEN, bool)
            begun = time.monotonic()
            driver.run(ADD)
            said = until(driver, SAID, bool)
            added_in = time.monotonic() - begun
            characters = driver.run(CHARACTERS)
            verdict = _verified(driver)
            reloads = []
            for _ in range(loads):
                reloads.append(_reloaded(driver, host.address))
                begun = time.monotonic()
                # What a visit is in the middle of would take the next one's time.
                verdict = _verified(driver)
                read_in = time.monotonic() - begun
            counted = driver.run(LEDGER)
        finally:
            driver.close()
            host.stop()
    return Filled(
        name, said, added_in, characters, reloads, with_nothing, read_in, counted, verdict
    )
