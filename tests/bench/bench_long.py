"""A history of 100,000 events, live and as a study, beside what is wanted of it; in every engine.

The start is measured as a reader comes: in a browser with a profile on disk that has seen the page
before, in a new tab, with an empty ledger and with a long one in turn. Memory is what Python and
the page hold more than with nothing (holding). The other engines are filled through the page
(bench_engines). Nothing is asserted.
"""

from __future__ import annotations

import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

import build
from tests.bench import bench_engines
from tests.bench.bench_page import (
    OPENED,
    OPENINGS,
    SCRUB,
    STEPS,
    STUDIED,
    WHOLE,
    Row,
    head,
    holding,
    measure,
    ready,
    shown,
    summed_up,
)
from tests.bench.bench_start import in_turn, keep, new_tab, profile
from tests.bench.holding import held
from tests.bench.ledgers import history, study_file
from tests.e2e.browser import launch_options

VISITS = 8

PUT = """(entries) => {
    for (const [key, text] of Object.entries(entries)) localStorage.setItem(key, text);
}"""


def measure_start(playwright: Playwright, address: str) -> list[Row]:
    """New tabs of a browser that has seen the page, with nothing in the ledger and with a lot."""
    lengths = (0, STUDIED)
    with ExitStack() as browsers:
        loads = []
        for length in lengths:
            context = browsers.enter_context(profile(playwright))
            keep(context, address)
            if length:
                page = context.new_page()
                page.goto(address)
                page.evaluate(PUT, history(length))
                page.close()
            loads.append(new_tab(context, address))
        in_turn(2, loads)
        taken = in_turn(VISITS, loads)
    return [
        summed_up(
            "navigation to ready, new tab",
            length,
            [visit.ready for visit in visits],
            "1,000 ms" if length else "",
        )
        for length, visits in zip(lengths, taken, strict=True)
    ]


def measure_study(browser: Browser, address: str, file: Path) -> list[Row]:
    """A study opened and stepped through, and what it holds."""
    opening, longest, grown = [], [], []
    for _ in range(OPENINGS):
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        ready(page, address)
        before = held(page)
        page.locator("input[type=file]").first.set_input_files(file)
        opened = page.evaluate(OPENED, STUDIED)
        opening.append(opened["taken"])
        longest.append(opened["longest"])
        page.evaluate(WHOLE)
        grown.append(held(page).since(before))
        scrubbed = page.evaluate(SCRUB, STEPS)
        context.close()
    return [
        summed_up("study opened", STUDIED, opening, "5,000 ms"),
        summed_up("page held up while it was", STUDIED, longest, "50 ms"),
        *holding(STUDIED, grown, "900"),
        summed_up("slider step in it, work", STUDIED, scrubbed["work"], "16 ms at p95"),
        summed_up("slider step, to painted frame", STUDIED, scrubbed["shown"], ""),
    ]


def main() -> None:
    """Measure, and print the tables."""
    with (
        build.open_server(build.DIST, 0) as server,
        sync_playwright() as playwright,
        tempfile.TemporaryDirectory() as folder,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://localhost:{server.server_port}/"
        browser = playwright.chromium.launch(**launch_options())
        head(f"A long history in Chromium {browser.version}")
        for row in measure_start(playwright, address):
            shown(row)
        for row in measure(browser, address, STUDIED):
            shown(row)
        for row in measure_study(browser, address, study_file(Path(folder) / "study", STUDIED)):
            shown(row)
        browser.close()
        server.shutdown()
    bench_engines.main()


if __name__ == "__main__":
    main()
