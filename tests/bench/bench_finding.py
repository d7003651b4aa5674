"""How fast the Debug lab finds what is asked for in a study of a hundred thousand events.

Measured in the page, as a reader sees it: until the first count, from count to count, until all
is found, and how long no frame was painted meanwhile. Then what it takes to tell all of it again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final, NamedTuple

from playwright.sync_api import Browser, Page

from esbank_core.bank.account import CODEC
from esbank_core.bank.events import AccountOpened, Event, MoneyDeposited, MoneyWithdrawn
from esbank_core.kernel.identity import Position, StreamId, Version, event_id
from esbank_core.kernel.recorded import RecordedEvent
from esbank_core.kernel.written.event_file import write_events

EVENTS: Final = 100_000
ACCOUNTS: Final = 640
RUNS: Final = 3

SEARCHES: Final = (
    ("balance-below", "0"),
    ("refused-today", None),
    ("field-contains", "rent 7"),
)


class Measured(NamedTuple):
    """What was measured, how often, and what it should be."""

    what: str
    taken: list[float]
    goal: str


SEARCH = """async ([condition, value]) => {
    const rest = (ms) => new Promise((done) => setTimeout(done, ms));
    const put = (selector, text) => {
        const field = document.querySelector("#debug-conditions " + selector);
        field.value = text;
        field.dispatchEvent(new Event("change", {bubbles: true}));
    };
    put("select", condition);
    await rest(400);
    if (condition.startsWith("field")) put("input[name^=field]", "data.note");
    if (value !== null) put("input[name^=value]", value);
    await rest(400);
    const counting = document.getElementById("debug-found-counting");
    const counted = document.getElementById("debug-found-count");
    const told = [], frames = [];
    const observer = new MutationObserver(() => told.push(performance.now()));
    observer.observe(document.getElementById("debug-found"), {childList: true, subtree: true});
    const start = performance.now();
    let last = start;
    document.querySelector("#debug-find-form [data-gesture=debug-find]").click();
    do {
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        frames.push(performance.now() - last);
        last = performance.now();
    } while (!told.length || counting.textContent || !counted.textContent);
    observer.disconnect();
    const gaps = told.map((time, nth) => time - (told[nth - 1] ?? start));
    return {first: told[0] - start, between: Math.max(...gaps), all: last - start,
        held: Math.max(...frames)};
}"""

RETELL = """async () => {
    const said = document.getElementById("debug-what-if-said");
    const part = document.getElementById("debug-consequences-part");
    const start = performance.now(), frames = [];
    let last = start;
    document.getElementById("debug-leave-out").click();
    do {
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        frames.push(performance.now() - last);
        last = performance.now();
    } while (part.hidden);
    return {all: last - start, held: Math.max(...frames), said: said.textContent};
}"""


def recorded() -> Iterator[RecordedEvent[Event]]:
    """A history whose accounts are mostly in order, and overdrawn now and then."""
    start = datetime(2026, 1, 1, tzinfo=timezone.utc)
    for nth in range(EVENTS):
        account, version = StreamId(f"ACC-{nth % ACCOUNTS}"), Version(nth // ACCOUNTS + 1)
        event: Event = MoneyDeposited(50_00, f"salary {nth % 97}")
        if version == 1:
            event = AccountOpened(f"Owner {nth}", "EUR")
        elif version % 2:
            amount = 150_00 if nth % 1_000 == 7 else 40_00
            event = MoneyWithdrawn(amount, f"rent {nth % 97}")
        yield RecordedEvent(
            event,
            event_id(account, version),
            account,
            version,
            Position(nth + 1),
            start + timedelta(seconds=nth),
            causation_id=f"request-{nth}",
        )


def start(page: Page, address: str) -> None:
    """Load the page, and wait until Python runs."""
    page.goto(address)
    page.wait_for_selector("html[data-python=ready]", timeout=120_000)


def open_study(page: Page) -> None:
    """Open ``recorded`` as a file, and wait until it is on the stage."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "study.jsonl")
        with path.open("w", encoding="utf-8") as file:
            file.writelines(write_events(recorded(), CODEC))
        page.locator("input[type=file]").first.set_input_files(path)
        page.wait_for_function(
            "(events) => Number(document.getElementById('slider').max) === events",
            arg=EVENTS,
            timeout=120_000,
        )


def measure_finding(browser: Browser, address: str) -> list[Measured]:
    """Every search, and what if, in a study that is opened once."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    start(page, address)
    open_study(page)
    page.evaluate("document.getElementById('debug-door').click()")
    page.wait_for_function("document.getElementById('debug-facts').textContent", timeout=60_000)
    page.wait_for_function(
        "document.getElementById('chain-verdict').textContent.startsWith('Chain')",
        timeout=120_000,
    )
    found = [*_found(page)]
    context.close()
    return found


def _found(page: Page) -> Iterator[Measured]:
    for condition, value in SEARCHES:
        runs = [page.evaluate(SEARCH, [condition, value]) for _ in range(RUNS)]
        for key, what, goal in (
            ("first", "first count", "100 ms"),
            ("between", "from count to count", "100 ms"),
            ("all", "all found", "1,000 ms"),
            ("held", "page held up", "50 ms"),
        ):
            yield Measured(f"{condition}: {what}", [run[key] for run in runs], goal)
    page.evaluate(
        "const slider = document.getElementById('slider'); slider.value = '700';"
        "slider.dispatchEvent(new Event('input', {bubbles: true}))"
    )
    page.wait_for_timeout(1_000)
    told = page.evaluate(RETELL)
    yield Measured("what if: all told again", [told["all"]], "")
    yield Measured("what if: page held up", [told["held"]], "50 ms")
