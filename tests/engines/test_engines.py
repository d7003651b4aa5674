"""The page in the other engines: Firefox's Gecko and WebKitGTK's WebKit."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import build
from tests.e2e.browser import IS_KEPT
from tests.e2e.hosting import SUB_PATH, Host
from tests.e2e.single import never_ready
from tests.engines import firefox, webkit
from tests.engines.driver import Driver

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("default")]

ENGINES: dict[str, tuple[Callable[[], str | None], Callable[[], Driver]]] = {
    "firefox": (firefox.missing, firefox.Firefox),
    "webkit": (webkit.missing, webkit.WebKit),
}

PATIENCE_S = 60

BALANCE = "() => document.getElementById('balance').textContent"
ROWS = "() => document.querySelectorAll('#ledger > li').length"
NOTICE = "() => document.getElementById('page-notice')?.textContent ?? document.body.textContent"


@pytest.fixture(params=ENGINES)
def driver(request: pytest.FixtureRequest) -> Iterator[Driver]:
    """A browser of each engine that is here, new for each test as the visitor's is."""
    missing, start = ENGINES[request.param]
    if reason := missing():
        pytest.skip(reason)
    driver = start()
    yield driver
    driver.close()


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    """A host for each test: at a port of its own, and so with a history of its own."""
    host = Host(tmp_path / SUB_PATH)
    yield host
    host.stop()


def until(driver: Driver, function: str, wanted: Any) -> None:
    """Wait until the page answers as wanted."""
    deadline = time.monotonic() + PATIENCE_S
    while (found := driver.run(function)) != wanted:
        told = driver.run(NOTICE)
        assert time.monotonic() < deadline, f"{found!r} instead of {wanted!r}; notice: {told!r}"
        time.sleep(0.1)


def start(driver: Driver, address: str) -> None:
    driver.open(address)
    until(driver, "() => document.documentElement.dataset.python", "ready")


def record_two(driver: Driver) -> None:
    """Ada's account, and a deposit of 100."""
    driver.type("#owner", "Ada")
    driver.click("#open")
    until(driver, ROWS, 1)
    driver.type("#amount", "100")
    driver.click("#deposit")
    until(driver, ROWS, 2)


def slide_to(driver: Driver, position: int) -> None:
    driver.run(
        f"""() => {{
            const slider = document.getElementById("slider");
            slider.value = "{position}";
            slider.dispatchEvent(new Event("input", {{bubbles: true}}));
        }}"""
    )


def test_start_command_scrub_and_reload(driver: Driver, host: Host) -> None:
    start(driver, host.address)
    record_two(driver)
    until(driver, BALANCE, "$100.00")
    driver.type("#amount", "500")
    driver.click("#withdraw")
    outcome = "() => document.getElementById('amount-outcome').textContent.slice(0, 9)"
    until(driver, outcome, "Rejected:")
    slide_to(driver, 1)
    until(driver, BALANCE, "$0.00")
    slide_to(driver, 2)
    until(driver, BALANCE, "$100.00")
    start(driver, host.address)
    until(driver, ROWS, 2)
    until(driver, BALANCE, "$100.00")


def test_offline_after_one_visit(driver: Driver, host: Host) -> None:
    start(driver, host.address)
    if not driver.run("() => 'serviceWorker' in navigator"):
        pytest.skip("this engine, driven like this, has no service workers")
    until(driver, IS_KEPT, True)
    host.stop()
    try:
        start(driver, host.address)
        record_two(driver)
        until(driver, BALANCE, "$100.00")
    finally:
        host.start()


def test_the_single_file_from_disk(driver: Driver, tmp_path: Path) -> None:
    folder = tmp_path / "USB Stick ü"
    folder.mkdir()
    kept = Path(shutil.copy(build.DIST / "esbank.html", folder))
    start(driver, kept.as_uri())
    driver.run("() => localStorage.clear()")  # all files share one in some engines
    start(driver, kept.as_uri())
    record_two(driver)
    until(driver, BALANCE, "$100.00")
    slide_to(driver, 1)
    until(driver, BALANCE, "$0.00")
    start(driver, kept.as_uri())
    until(driver, ROWS, 2)
    assert driver.run("() => globalThis.esbankRuntime === undefined"), "Python is in a worker"
    asked = driver.run(
        """() => performance.getEntriesByType("resource").map(({name}) => name)
            .filter((name) => !/^(data|blob):/.test(name))"""
    )
    assert asked == []


def test_the_single_file_scrolls_and_answers_while_python_keeps_its_thread_busy(
    driver: Driver, tmp_path: Path
) -> None:
    driver.open(never_ready(build.DIST / "esbank.html", tmp_path).as_uri())
    driver.run("() => localStorage.clear()")  # all files share one in some engines
    driver.type("#owner", "Ada")
    driver.click("#open")
    said = "() => document.getElementById('open-outcome').textContent.includes('still starting')"
    until(driver, said, True)
    until(driver, "() => { scrollTo(0, 0); scrollTo(0, 300); return scrollY > 0; }", True)
    assert driver.run("() => document.documentElement.dataset.python") == "starting"


OPEN_A_HISTORY = """() => {
    const chosen = new DataTransfer();
    const event = (id) => JSON.stringify({
        specversion: "1.0", id, source: "shop", type: "Ordered", subject: "A-1",
        time: "2026-03-01T12:00:00Z", data: {note: "<img src=x>"},
    });
    const lines = [...Array(40).keys()].map((nth) => event(`e${nth}`) + "\\n");
    chosen.items.add(new File(lines, "orders.jsonl"));
    const input = document.querySelector("input[type=file]");
    input.files = chosen.files;
    input.dispatchEvent(new Event("change", {bubbles: true}));
}"""
STUDY = "() => document.getElementById('study-facts').textContent.split(',')[0]"
APPLIED = "() => document.getElementById('slider').value"


def test_a_history_opened_by_the_single_file_from_disk(driver: Driver, tmp_path: Path) -> None:
    kept = shutil.copy(build.DIST / "esbank.html", tmp_path / "esbank.html")
    start(driver, Path(kept).as_uri())
    driver.run(OPEN_A_HISTORY)
    until(driver, STUDY, "40 events in 1 stream")
    driver.click("#step-back")
    until(driver, APPLIED, "39")
    driver.click("#back-to-live")
    until(driver, "() => document.getElementById('study').hidden", wanted=True)
