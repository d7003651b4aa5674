"""How soon a command can be given: our page beside a stock PyScript page of the same versions.

Both are served by one server with the same headers, those of a plain static host (everything may
be kept for ten minutes, as GitHub Pages has it; no compression, which would only slow a network
that is a loop), and are visited in turn, so that whatever else the machine does hits both. The
stock page does nothing but say that it has run; ours has then painted its screen and takes
commands.

A first visit is a browser that has just been started, with an empty profile: nothing fetched,
nothing compiled. The other visits are in browsers that have seen the page, each with its profile
on disk: once for ten seconds, in which ours is used, since Chromium keeps what it compiled of a
machine once that has rested, and then three times briefly. Ours is then served by its own service
worker: in a new tab, as visitors come, and in the same tab again. Times are the
page's own mark ``python-ready``, from navigation; what was seen of the main thread and of
painting is from the same visits. Nothing is asserted.
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
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

import build
from building.assembly import runtime
from tests.bench.ledgers import history
from tests.e2e.browser import IS_KEPT, eventually, launch_options

VISITS = 12
VISITS_BEFORE = 3
IDLE_MS = 2_000
"""How long a visit is given to keep the page for later."""

USE_MS = 10_000
"""How long the page was used before, in one visit: the story takes most of it."""

CHUNK = 65_536
LIGHTHOUSE_RUNS = 5
LENGTHS = (1_000, 9_000, 100_000)

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

SEEN = """new Promise((told) => {
    const tasks = [];
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map((e) => e.duration)))
        .observe({type: "longtask", buffered: true});
    const at = (name) => performance.getEntriesByName(name)[0]?.startTime ?? 0;
    setTimeout(
        () => told([at("python-ready"), at("first-contentful-paint"), Math.max(0, ...tasks)]), 300);
})"""


class Visit(NamedTuple):
    """What one visit took, in milliseconds from navigation."""

    ready: float
    painted: float
    """The first contentful paint."""
    longest: float
    """The longest task of the main thread, of those that browsers tell: of 50 ms and more."""


class Row(NamedTuple):
    """One kind of visit: ours, stock beside it, and the largest ratio that is wanted."""

    what: str
    ours: Sequence[Visit]
    stock: Sequence[Visit]
    goal: float

    @property
    def ratio(self) -> float:
        return median_ready(self.ours) / median_ready(self.stock)


def median_ready(visits: Sequence[Visit]) -> float:
    return statistics.median(visit.ready for visit in visits)


class Sent(NamedTuple):
    """Some bytes that have left the host: when (seconds since 1970), of what, and how many."""

    at: float
    path: str
    size: int


class Handler(build.Handler):
    """A plain static host."""

    protocol_version = "HTTP/1.1"
    sent: ClassVar[list[Sent]] = []

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=600")
        http.server.SimpleHTTPRequestHandler.end_headers(self)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Nothing: a browser asks for more than there is."""

    def copyfile(self, source: Any, outputfile: Any) -> None:
        while chunk := source.read(CHUNK):
            outputfile.write(chunk)
            Handler.sent.append(Sent(time.time(), self.path, len(chunk)))


class PackingHandler(Handler):
    """A static host that packs what it sends, as those do that pages are put on."""

    _is_packed = False

    def translate_path(self, path: str) -> str:
        found = Path(super().translate_path(path))
        whole = found / "index.html" if found.is_dir() else found
        copy = whole.with_name(f"{whole.name}.gz")
        self._is_packed = copy.is_file()
        return str(copy if self._is_packed else found)

    def guess_type(self, path: Any) -> str:
        return super().guess_type(str(path).removesuffix(".gz"))

    def end_headers(self) -> None:
        if self._is_packed:
            self.send_header("Content-Encoding", "gzip")
        super().end_headers()


@contextmanager
def served(folder: Path, how: type[Handler] = Handler) -> Iterator[str]:
    handler = functools.partial(how, directory=str(folder))
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


def visit(page: Page, address: str) -> Visit:
    """Load a page, and wait until Python has run."""
    page.goto(address, wait_until="commit")
    page.wait_for_selector("html[data-python=ready]", timeout=120_000)
    seen: Any = page.evaluate(SEEN)
    return Visit(*map(float, seen))


def in_turn(rounds: int, loads: Sequence[Callable[[], Visit]]) -> list[list[Visit]]:
    """Each load's visits, made one after another, again and again."""
    taken: list[list[Visit]] = [[] for _ in loads]
    for _ in range(rounds):
        for visits, load in zip(taken, loads, strict=True):
            visits.append(load())
    return taken


def same_tab(context: BrowserContext, address: str) -> Callable[[], Visit]:
    """Loads a page again and again in one tab."""
    return functools.partial(visit, context.new_page(), address)


def new_tab(context: BrowserContext, address: str) -> Callable[[], Visit]:
    """Loads a page in a tab that has just been opened, and closes it."""

    def load() -> Visit:
        page = context.new_page()
        try:
            return visit(page, address)
        finally:
            page.close()

    return load


def first_visit(playwright: Playwright, address: str) -> Callable[[], Visit]:
    """Loads a page in a browser that has just been started."""

    def load() -> Visit:
        browser = playwright.chromium.launch(**launch_options())
        try:
            return visit(browser.new_page(), address)
        finally:
            browser.close()

    return load


@contextmanager
def profile(playwright: Playwright, **options: Any) -> Iterator[BrowserContext]:
    """A browser of its own, with its profile on disk as visitors have theirs.

    What a test driver makes within one browser is like a private window: nothing that Chromium
    has compiled outlasts the tab.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        context = playwright.chromium.launch_persistent_context(
            folder, **launch_options(), **options
        )
        yield context
        context.close()


def keep(context: BrowserContext, address: str) -> None:
    """A first visit, until the browser has kept the page whole, as its service worker does."""
    page = context.new_page()
    visit(page, address)
    eventually(page, IS_KEPT)
    page.wait_for_timeout(IDLE_MS)
    page.close()


def used(places: Sequence[tuple[BrowserContext, str]]) -> None:
    """A visit in each browser at once, in which the story is played where there is one."""
    pages = []
    for context, address in places:
        page = context.new_page()
        visit(page, address)
        story = page.get_by_role("button", name="Play the story")
        if story.count():
            story.click()
        pages.append(page)
    pages[-1].wait_for_timeout(USE_MS)
    for page in pages:
        page.close()


def seen_before(playwright: Playwright, ours: str, stock: str) -> list[Row]:
    """Pages seen before, and the single file, all in turn, each in a browser of its own."""
    file = (build.DIST / "esbank.html").as_uri()
    with ExitStack() as browsers:
        start = functools.partial(profile, playwright)
        of_tabs, of_tab = (browsers.enter_context(start()) for _ in range(2))
        for context in (of_tabs, of_tab):
            keep(context, ours)
        others: list[tuple[str, dict[str, Any]]] = [
            (stock, {}),
            (stock, {}),
            (file, {}),
            (ours, {"service_workers": "block"}),
        ]
        places = [(browsers.enter_context(start(**how)), address) for address, how in others]
        used([(of_tabs, ours), (of_tab, ours), *places])
        stock_tabs, stock_tab, single_tab, blocked_tab = places
        loads = [
            new_tab(of_tabs, ours),
            new_tab(*stock_tabs),
            same_tab(of_tab, ours),
            same_tab(*stock_tab),
            same_tab(*single_tab),
            same_tab(*blocked_tab),
        ]
        in_turn(VISITS_BEFORE, loads)
        tab, stock_tab, again, stock_again, single, blocked = in_turn(VISITS, loads)
    return [
        Row("new tab, seen before", tab, stock_tab, 0.20),
        Row("same tab again", again, stock_again, 0.17),
        Row("single file from disk", single, stock_again, 0.33),
        Row("service workers blocked, same tab", blocked, stock_again, 0.27),
    ]


def first(playwright: Playwright, ours: str, stock: str) -> Row:
    loads = [first_visit(playwright, address) for address in (ours, stock)]
    return Row("first visit", *in_turn(VISITS, loads), 0.33)


def reloads(browser: Browser, ours: str) -> list[str]:
    """How long a ledger makes the same tab again."""
    said = []
    for length in LENGTHS:
        page = browser.new_context(service_workers="block").new_page()
        page.goto(ours)
        page.evaluate(
            "(entries) => { for (const [key, text] of Object.entries(entries))"
            " localStorage.setItem(key, text); }",
            history(length),
        )
        load = functools.partial(visit, page, ours)
        in_turn(VISITS_BEFORE, [load])
        (taken,) = in_turn(VISITS // 2, [load])
        said.append(f"  reload with {length:,} events: {median_ready(taken):.0f} ms")
    return said


class Bytes(NamedTuple):
    """What left the host in a first visit, in bytes."""

    waited_for: int
    when_idle: int


def bytes_of_a_first_visit(playwright: Playwright, address: str, files: Path) -> list[Bytes]:
    """As the files are, and as a host sends them that hands out the Brotli copies."""
    Handler.sent.clear()
    browser = playwright.chromium.launch(**launch_options())
    page = browser.new_page()
    taken = visit(page, address)
    began: float = page.evaluate("performance.timeOrigin")
    page.wait_for_timeout(IDLE_MS)
    browser.close()
    ready_at = (began + taken.ready) / 1000
    told = []
    for copies in (False, True):
        waited_for = when_idle = 0.0
        for at, path, size in Handler.sent:
            counted = size * (brotli_ratio(files, path) if copies else 1)
            if at <= ready_at:
                waited_for += counted
            else:
                when_idle += counted
        told.append(Bytes(round(waited_for), round(when_idle)))
    return told


def brotli_ratio(files: Path, path: str) -> float:
    """How much of a file's bytes its Brotli copy has; 1 where it has none."""
    file = files / (path.split("?")[0].lstrip("/") or "index.html")
    copy = file.with_name(f"{file.name}.br")
    return copy.stat().st_size / file.stat().st_size if copy.is_file() else 1


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
    return f"{row.goal:.2f}: {'met' if row.ratio <= row.goal else 'missed'}"


def long_tasks(visits: Sequence[Visit]) -> str:
    """The longest task of the main thread in any of the visits, and how many had one."""
    longest = [visit.longest for visit in visits if visit.longest]
    return f"{max(longest):.0f} ms, in {len(longest)} of {len(visits)}" if longest else "none"


def table(rows: Sequence[Row]) -> str:
    """The rows as text: medians in milliseconds, ratios beside their goals."""
    head = f"  {'visit':34} {'ours':>6} {'fastest':>8} {'slowest':>8} {'stock':>6} {'ratio':>6}"
    lines = [f"{head}  {'goal':13} {'painted':>7}  task of 50 ms"]
    for row in rows:
        times = [visit.ready for visit in row.ours]
        painted = statistics.median(visit.painted for visit in row.ours)
        lines.append(
            f"  {row.what:34} {median_ready(row.ours):6.0f} {min(times):8.0f} {max(times):8.0f}"
            f" {median_ready(row.stock):6.0f} {row.ratio:6.2f}  {verdict(row):13}"
            f" {painted:7.0f}  {long_tasks(row.ours)}"
        )
    return "\n".join(lines)


def table_of_bytes(playwright: Playwright, ours: str, stock: str, stock_files: Path) -> str:
    """What a first visit fetches before Python is ready, and later, when the page is idle."""
    lines = [f"  {'bytes of a first visit, MB':34} {'waited for':>10} {'when idle':>10}"]
    sides = [("ours", ours, build.DIST), ("stock", stock, stock_files)]
    for what, address, files in sides:
        for how, count in zip(
            ("as files", "as Brotli copies"),
            bytes_of_a_first_visit(playwright, address, files),
            strict=True,
        ):
            title = f"{what}, {how}"
            lines.append(
                f"  {title:34} {count.waited_for / 1e6:10.2f} {count.when_idle / 1e6:10.2f}"
            )
    return "\n".join(lines)


def main() -> None:
    """Measure, and print the tables."""
    print(f"\nThe start, in milliseconds from navigation to a command (medians of {VISITS})\n")
    with (
        tempfile.TemporaryDirectory() as folder,
        served(build.DIST) as ours,
        served(stock_page(Path(folder))) as stock,
        sync_playwright() as playwright,
    ):
        rows = seen_before(playwright, ours, stock)
        rows.insert(2, first(playwright, ours, stock))
        print(table(rows), flush=True)
        browser = playwright.chromium.launch(**launch_options())
        said = reloads(browser, ours)
        browser.close()
        print("\n" + "\n".join(said), flush=True)
        print("\n" + table_of_bytes(playwright, ours, stock, Path(folder)), flush=True)
    print(f"\nLighthouse 12, median of {LIGHTHOUSE_RUNS}, from a host that packs what it sends\n")
    with served(build.DIST, PackingHandler) as ours:
        for form, goal in (("desktop", 100), ("mobile", 100)):
            medians = lighthouse(ours, form, LIGHTHOUSE_RUNS)
            found = medians.pop("imperfect")
            said = [f"{name} {value:.0f}" for name, value in medians.items()]
            print(f"  {form} (goal {goal} x 4): {', '.join(said)}", flush=True)
            print(f"    not perfect: {', '.join(found) or 'nothing'}", flush=True)


if __name__ == "__main__":
    main()
