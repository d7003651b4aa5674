"""How soon a command can be given: our page beside a stock PyScript page of the same versions.

Both are served by one server with the same headers, those of a plain static host (everything may
be kept for ten minutes, as GitHub Pages has it; no compression, which would only slow a network
that is a loop), and are loaded in turn, so that whatever else the machine does hits both. The
stock page does nothing but say that it has run; ours has then painted its screen and takes
commands.

Cold is a browser that has just been started, with an empty profile: nothing fetched, nothing
compiled. Warm is one that has seen the page three times, which is when Chromium keeps what it
compiled; ours is then served by its own service worker, as any second visit is, and once more in
a browser that allows none. Times are the page's own mark ``python-ready``, from navigation.
Nothing is asserted.
"""

from __future__ import annotations

import functools
import http.server
import json
import shutil
import statistics
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

import build
from building.assembly import runtime
from tests.bench.bench_page import history
from tests.e2e.browser import IS_KEPT, eventually, launch_options

WARM_VISITS = 12
COLD_VISITS = 6
LIGHTHOUSE_RUNS = 5
LENGTHS = (1_000, 10_000)

STOCK_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Stock PyScript</title>
<link rel="icon" href="data:,">
<script type="module" src="./pyscript/core.js"></script>
<script type="py" src="./main.py" config="./pyscript.json"></script>
</head><body></body></html>
"""
STOCK_CONFIG = '{"interpreter": "./pyodide/pyodide.mjs"}'
STOCK_PROGRAM = """from pyscript import document
from js import performance
document.documentElement.dataset.python = "ready"
performance.mark("python-ready")
"""

LONG_TASKS = """new Promise((told) => {
    const tasks = [];
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map((e) => e.duration)))
        .observe({type: "longtask", buffered: true});
    setTimeout(() => told(tasks), 300);
})"""


class Row(NamedTuple):
    """One line of the table: what, ours and stock in milliseconds, and what was wanted."""

    what: str
    ours: float
    stock: float | None
    goal: float | None
    """The largest ratio that is wanted, of ours to stock."""


class Handler(build.Handler):
    """A plain static host."""

    protocol_version = "HTTP/1.1"
    sent = 0

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=600")
        http.server.SimpleHTTPRequestHandler.end_headers(self)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Nothing: a browser asks for more than there is."""

    def copyfile(self, source: Any, outputfile: Any) -> None:
        content = source.read()
        Handler.sent += len(content)
        outputfile.write(content)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    handler = functools.partial(Handler, directory=str(folder))
    with build.Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


def stock_page(folder: Path) -> Path:
    """The least that a PyScript page can be, with the files of the same npm packages."""
    files = dict(runtime(build.MODULES))
    files |= {
        "index.html": STOCK_PAGE.encode(),
        "pyscript.json": STOCK_CONFIG.encode(),
        "main.py": STOCK_PROGRAM.encode(),
    }
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder


def ready(page: Page, address: str) -> float:
    """Load a page; milliseconds from navigation until Python has run."""
    page.goto(address)
    page.wait_for_selector("html[data-python=ready]", timeout=120_000)
    mark: Any = page.evaluate("performance.getEntriesByName('python-ready')[0].startTime")
    return float(mark)


def in_turn(visits: int, *loads: Callable[[], float]) -> list[float]:
    """The median of each, loaded one after another, again and again."""
    taken: list[list[float]] = [[] for _ in loads]
    for _ in range(visits):
        for times, load in zip(taken, loads, strict=True):
            times.append(load())
    return [statistics.median(times) for times in taken]


def kept_page(context: BrowserContext, address: str) -> Page:
    """A tab whose page the service worker serves."""
    page = context.new_page()
    ready(page, address)
    eventually(page, IS_KEPT)
    return page


def warm(browser: Browser, ours: str, stock: str) -> list[Row]:
    """Pages seen before, and the single file, all in turn."""
    plain = browser.new_context(service_workers="block").new_page()
    kept = kept_page(browser.new_context(), ours)
    single = browser.new_context().new_page()
    theirs = browser.new_context().new_page()
    file = (build.DIST / "esbank.html").as_uri()
    loads = [
        functools.partial(ready, plain, ours),
        functools.partial(ready, kept, ours),
        functools.partial(ready, single, file),
        functools.partial(ready, theirs, stock),
    ]
    in_turn(3, *loads)
    hosted, by_worker, from_disk, of_stock = in_turn(WARM_VISITS, *loads)
    return [
        Row("hosted, warm", by_worker, of_stock, 0.30),
        Row("hosted, warm, service workers blocked", hosted, of_stock, 0.30),
        Row("single file from disk", from_disk, of_stock, 0.60),
    ]


def cold(playwright: Playwright, ours: str, stock: str) -> Row:
    def load(address: str) -> float:
        browser = playwright.chromium.launch(**launch_options())
        try:
            return ready(browser.new_page(), address)
        finally:
            browser.close()

    taken = in_turn(COLD_VISITS, *(functools.partial(load, address) for address in (ours, stock)))
    return Row("hosted, cold", *taken, 0.40)


def main_thread(browser: Browser, ours: str, stock: str) -> list[Row]:
    """What the start keeps the main thread from answering: medians over warm visits."""
    pages = [browser.new_context(service_workers="block").new_page() for _ in range(2)]
    longest: list[list[float]] = [[], []]
    blocked: list[list[float]] = [[], []]
    painted: list[list[float]] = [[], []]
    for _ in range(WARM_VISITS // 2):
        for at, (page, address) in enumerate(zip(pages, (ours, stock), strict=True)):
            ready(page, address)
            tasks: list[float] = page.evaluate(LONG_TASKS)
            longest[at].append(max(tasks, default=0))
            blocked[at].append(sum(task - 50 for task in tasks))
            painted[at].append(
                page.evaluate(
                    "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
                )
            )
    return [
        Row("longest task of the main thread (of 50 up)", *map(statistics.median, longest), None),
        Row("total blocking time", *map(statistics.median, blocked), None),
        Row("first contentful paint", statistics.median(painted[0]), None, None),
    ]


def reloads(browser: Browser, ours: str) -> list[Row]:
    rows = []
    for length in LENGTHS:
        page = browser.new_context(service_workers="block").new_page()
        page.goto(ours)
        page.evaluate(
            "(entries) => { for (const [key, text] of Object.entries(entries))"
            " localStorage.setItem(key, text); }",
            history(length),
        )
        in_turn(3, functools.partial(ready, page, ours))
        (taken,) = in_turn(WARM_VISITS // 2, functools.partial(ready, page, ours))
        rows.append(Row(f"reload with {length:,} events", taken, None, None))
    return rows


def bytes_of_a_visit(playwright: Playwright, address: str) -> int:
    Handler.sent = 0
    browser = playwright.chromium.launch(**launch_options())
    page = browser.new_context(service_workers="block").new_page()
    ready(page, address)
    page.wait_for_timeout(1500)
    browser.close()
    return Handler.sent


def lighthouse(address: str, form: str, runs: int) -> dict[str, Any]:
    """The medians of some runs, and every audit that was not passed in one of them."""
    options = launch_options()
    program = options.get("executable_path") or _playwrights_own()
    script = str(Path(__file__).with_name("lighthouse.mjs"))
    command = [shutil.which("node") or "node", script, address, form, program, *options["args"]]
    taken = [
        json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        for _ in range(runs)
    ]
    medians: dict[str, Any] = {
        key: statistics.median(run[key] for run in taken) for key in taken[0] if key != "imperfect"
    }
    return medians | {"imperfect": sorted({name for run in taken for name in run["imperfect"]})}


def _playwrights_own() -> str:
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def verdict(row: Row) -> str:
    """Whether a goal was reached."""
    if row.goal is None or row.stock is None:
        return ""
    reached = row.ours / row.stock <= row.goal
    return f"at most {row.goal:.2f}: {'met' if reached else 'missed'}"


def table(rows: Sequence[Row]) -> str:
    """The rows as text, milliseconds and ratios."""
    lines = [f"  {'what':40} {'ours':>8} {'stock':>8} {'ratio':>7}  goal"]
    for row in rows:
        stock = f"{row.stock:8.0f}" if row.stock is not None else " " * 8
        ratio = f"{row.ours / row.stock:7.2f}" if row.stock else " " * 7
        lines.append(f"  {row.what:40} {row.ours:8.0f} {stock} {ratio}  {verdict(row)}".rstrip())
    return "\n".join(lines)


def main() -> None:
    """Measure, and print the tables."""
    print("\nThe start, in milliseconds from navigation to a command (medians)\n")
    with (
        tempfile.TemporaryDirectory() as folder,
        served(build.DIST) as ours,
        served(stock_page(Path(folder))) as stock,
    ):
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(**launch_options())
            rows = warm(browser, ours, stock)
            rows += main_thread(browser, ours, stock)
            rows += reloads(browser, ours)
            browser.close()
            rows.insert(2, cold(playwright, ours, stock))
            print(table(rows), flush=True)
            sent = [bytes_of_a_visit(playwright, address) / 1e6 for address in (ours, stock)]
            print(f"\n  bytes of a first visit, uncompressed host: {sent[0]:.1f} MB, ", end="")
            print(f"stock {sent[1]:.1f} MB", flush=True)
        print(f"\nLighthouse 12, median of {LIGHTHOUSE_RUNS}\n")
        for form in ("desktop", "mobile"):
            medians = lighthouse(ours, form, LIGHTHOUSE_RUNS)
            found = medians.pop("imperfect")
            said = ", ".join(f"{name} {value:.0f}" for name, value in medians.items())
            print(f"  {form}: {said}", flush=True)
            print(f"    not perfect: {', '.join(found) or 'nothing'}", flush=True)


if __name__ == "__main__":
    main()
