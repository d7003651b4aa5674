"""How fast the page is, in a real browser, with ledgers of several lengths.

A step of the slider is measured twice: the work that it causes (there and back between the two
threads, Python, the DOM, style and layout, all of which must fit in a frame), and until the frame
that shows it has been painted, which includes waiting for that frame. A drag is measured as it
is felt: whether frames are dropped, and how far what is seen lags behind the hand. Nothing here
is a test: no time is asserted.
"""

from __future__ import annotations

import csv
import json
import statistics
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

import build
from tests.bench.bench_finding import EVENTS, measure_finding
from tests.bench.bench_projection import measure_projection
from tests.bench.holding import Held, held
from tests.bench.ledgers import history
from tests.e2e.browser import launch_options

LENGTHS = (30, 1_000, 10_000)
STEPS = 200
DRAG_MS = 5_000
COMMANDS = 60
VISITS = 5
STUDIED = 100_000
OPENINGS = 3

# Helpers for the scripts below: what the slider shows, and when a frame has been painted.
COMMON = """
    const slider = document.getElementById("slider");
    const applied = document.getElementById("applied");
    const max = Number(slider.max);
    const moveTo = (value) => {
        slider.value = String(value);
        slider.dispatchEvent(new Event("input", {bubbles: true}));
        return performance.now();
    };
    const position = () => Number(applied.textContent.match(/[0-9,]+/)[0].replaceAll(",", ""));
    const painted = () => new Promise((done) => requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => done(performance.now());
        channel.port2.postMessage(0);
    }));
"""

# Far jumps, one after the other: each waits until the one before has been painted.
SCRUB = f"""async (steps) => {{{COMMON}
    const changed = () => new Promise((done) => {{
        const observer = new MutationObserver(() => (observer.disconnect(), done()));
        observer.observe(applied, {{childList: true, characterData: true, subtree: true}});
    }});
    const work = [], shown = [];
    for (let step = 0; step < steps; step++) {{
        const wanted = Math.round(max * (0.5 + 0.5 * Math.sin(step / 7)));
        if (wanted === position()) continue;
        const start = moveTo(wanted);
        while (position() !== wanted) await changed();
        document.body.getBoundingClientRect();
        work.push(performance.now() - start);
        shown.push(await painted() - start);
    }}
    return {{work, shown}};
}}"""

# A drag: the slider moves at every frame, whatever has been answered by then. Told are the times
# between frames, and how old each position is by the time that it is seen.
DRAG = f"""async (milliseconds) => {{{COMMON}
    const frames = [], ages = [], moved = new Map();
    const begin = performance.now();
    let last = await painted(), seen = position(), step = 0;
    while (last - begin < milliseconds) {{
        const wanted = Math.round(max * (0.5 + 0.5 * Math.sin(step++ / 40)));
        moved.set(wanted, moveTo(wanted));
        const now = await painted();
        frames.push(now - last);
        last = now;
        if (position() !== seen) {{
            seen = position();
            ages.push(now - moved.get(seen));
        }}
    }}
    return {{frames, ages}};
}}"""

COMMAND = """async (times) => {
    document.getElementById("now").click();
    const taken = [];
    for (let n = 0; n < times; n++) {
        document.getElementById("amount").value = "1";
        const before = document.getElementById("slider").max;
        const start = performance.now();
        document.getElementById("deposit").click();
        taken.push(await new Promise((done) => {
            const look = () => {
                if (document.getElementById("slider").max === before) return void setTimeout(look);
                requestAnimationFrame(() => {
                    const channel = new MessageChannel();
                    channel.port1.onmessage = () => done(performance.now() - start);
                    channel.port2.postMessage(0);
                });
            };
            look();
        }));
    }
    return taken;
}"""


# A file is given to the page as it is chosen; told is when the study is painted, and how long the
# page was held up at most until then.
OPENED = f"""async (length) => {{{COMMON}
    const start = performance.now();
    let last = start, longest = 0;
    while (Number(slider.max) !== length) {{
        const now = await painted();
        longest = Math.max(longest, now - last);
        last = now;
    }}
    return {{taken: last - start, longest}};
}}"""


# Until nothing of the ledger is left to be read or verified.
WHOLE = """async () => {
    const chain = document.getElementById("chain");
    while (!["intact", "broken"].includes(chain.dataset.chain)) {
        await new Promise((resume) => setTimeout(resume, 20));
    }
    return performance.now();
}"""


class Row(NamedTuple):
    what: str
    events: int
    median: float
    p95: float
    goal: str


def summed_up(what: str, events: int, taken: Sequence[float], goal: str) -> Row:
    p95 = statistics.quantiles([*taken, *taken], n=20, method="inclusive")[-1]
    return Row(what, events, statistics.median(taken), p95, goal)


def ready(page: Page, address: str) -> float:
    """Load the page; milliseconds from navigation to a command being carried out at once."""
    page.goto(address)
    page.wait_for_selector("html[data-python=ready]", timeout=120_000)
    mark: Any = page.evaluate("performance.getEntriesByName('python-ready')[0].startTime")
    return float(mark)


def measure(browser: Browser, address: str, length: int) -> list[Row]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    ready(page, address)
    empty = held(page)
    entries = history(length)
    page.evaluate(
        "(entries) => { for (const [key, text] of Object.entries(entries))"
        " localStorage.setItem(key, text); }",
        entries,
    )
    characters = sum(len(key) + len(text) for key, text in entries.items())
    visits, early = [], []
    for _ in range(VISITS):
        visits.append(ready(page, address))
        early += page.evaluate(COMMAND, 1)
    began = page.evaluate("performance.now()")
    whole = page.evaluate(WHOLE) - began
    grown = held(page).since(empty)
    scrubbed = page.evaluate(SCRUB, STEPS)
    dragged = page.evaluate(DRAG, DRAG_MS)
    commands = page.evaluate(COMMAND, COMMANDS)
    context.close()
    return [
        summed_up("slider step, work", length, scrubbed["work"], "16 ms at p95"),
        summed_up("slider step, to painted frame", length, scrubbed["shown"], ""),
        summed_up("drag, from frame to frame", length, dragged["frames"], ""),
        summed_up("drag, age of what is seen", length, dragged["ages"], ""),
        summed_up("command to painted row", length, commands, "33 ms at p95"),
        summed_up("navigation to ready, same tab", length, visits, "1,000 ms at 100,000"),
        summed_up("command given at once", length, early, ""),
        summed_up("all read and verified after it", length, [whole], ""),
        summed_up("characters an event", length, [characters / length], "52: 100,000 fit"),
        *holding(length, [grown], "600 at 100,000"),
    ]


def holding(length: int, grown: Sequence[Held], goal: str) -> list[Row]:
    """Bytes an event, of which the two parts are the sum."""
    return [
        summed_up("bytes an event, in Python", length, [one.python / length for one in grown], ""),
        summed_up("bytes an event, in the page", length, [one.page / length for one in grown], ""),
        summed_up("bytes an event, in all", length, [sum(one) / length for one in grown], goal),
    ]


def marten_file(folder: Path) -> Path:
    """Rows of Marten's ``mt_events``, as ``psql`` copies them: so many orders of a shop."""
    path = folder / "mt_events.csv"
    columns = "seq_id,id,stream_id,version,data,type,timestamp,tenant_id,mt_dotnet_type"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(columns.split(","))
        for n in range(STUDIED):
            data = json.dumps({"sku": f"A-{n % 400}", "pieces": n % 7 + 1, "note": "as a gift"})
            kind = "item_added" if n // 1000 else "order_placed"
            time = f"2026-03-{n // 5000 + 1:02} 10:{n // 60 % 60:02}:{n % 60:02}.12+00"
            row = (n + 1, f"6f1c0d5e-0000-4000-8000-{n:012}", f"order-{n % 1000}", n // 1000 + 1)
            rows.writerow((*row, data, kind, time, "*DEFAULT*", "Shop.Orders, Shop"))
    return path


def measure_dump(browser: Browser, address: str, file: Path) -> list[Row]:
    """What another store dumped, opened, and then all that it takes until its lines are written."""
    opening, longest, written = [], [], []
    for _ in range(OPENINGS):
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        ready(page, address)
        page.locator("input[type=file]").first.set_input_files(file)
        opened = page.evaluate(OPENED, STUDIED)
        opening.append(opened["taken"])
        longest.append(opened["longest"])
        since = page.evaluate("performance.now()")
        written.append(page.evaluate(WHOLE) - since)
        context.close()
    return [
        summed_up("Marten's rows opened", STUDIED, opening, "8,000 ms"),
        summed_up("page held up while they were", STUDIED, longest, "50 ms"),
        summed_up("their lines written, after that", STUDIED, written, ""),
    ]


def shown(row: Row) -> None:
    print(
        f"  {row.what:32} {row.events:8,} {row.median:9.1f} {row.p95:9.1f}  {row.goal}", flush=True
    )


def head(title: str) -> None:
    print(f"\n{title}: medians and 95th percentiles, in milliseconds where nothing else is said\n")
    print(f"  {'what':32} {'events':>8} {'median':>9} {'p95':>9}  goal")


def main() -> None:
    """Measure, and print the table."""
    options = launch_options()
    with (
        build.open_server(build.DIST, 8700) as server,
        sync_playwright() as playwright,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://localhost:{server.server_port}/"
        browser = playwright.chromium.launch(**options)
        head(f"The page in Chromium {browser.version}")
        for length in LENGTHS:
            for row in measure(browser, address, length):
                shown(row)
        with tempfile.TemporaryDirectory() as folder:
            for row in measure_dump(browser, address, marten_file(Path(folder))):
                shown(row)
        for what, taken, goal in (
            *measure_finding(browser, address),
            *measure_projection(browser, address),
        ):
            shown(Row(what, EVENTS, statistics.median(taken), max(taken), goal))
        browser.close()
        server.shutdown()


if __name__ == "__main__":
    main()
