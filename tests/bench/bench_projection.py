"""How fast a reader's own Python is in the page, with a study of a hundred thousand events.

Measured as a reader sees it: until the lab that was opened before has its editor, until a program
has been folded and its read model is there, from a step of the slider until that shows it, and how
long no frame was painted meanwhile. Then the same of an evolve whose states the page shows.
"""

from __future__ import annotations

import statistics
import threading
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

import build
from tests.bench.bench_finding import EVENTS, open_study, start
from tests.e2e.browser import launch_options

VISITS: Final = 3
STEPS: Final = 20

COUNT: Final = """\
initial = {}

def apply(state, event):
    return {**state, event.type: state.get(event.type, 0) + 1}
"""

EVOLVE: Final = """\
initial = {"balance": 0, "events": 0}

def evolve(state, event):
    state["events"] += 1
    if event.type == "MoneyDeposited":
        state["balance"] += event.data["amount"]
    elif event.type == "MoneyWithdrawn":
        state["balance"] -= event.data["amount"]
    return state
"""

OPENED: Final = """async () => {
    const start = performance.now();
    document.getElementById("projection-door").click();
    const place = document.getElementById("projection-editor");
    while (!place.shadowRoot?.querySelector("[role=textbox]")) {
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    }
    return performance.now() - start;
}"""

WATCHED: Final = """
    const watched = async (begin, isDone) => {
        const start = performance.now(), frames = [];
        let last = start;
        begin();
        do {
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
            frames.push(performance.now() - last);
            last = performance.now();
        } while (!isDone());
        return {taken: last - start, held: Math.max(...frames)};
    };
    const said = (id) => document.getElementById(id).textContent;
"""

RUN: Final = f"""async () => {{{WATCHED}
    return watched(
        () => document.getElementById("projection-run").click(),
        () => /^(Folded|Each)/.test(said("projection-status")),
    );
}}"""

STEP: Final = f"""async ([position, id, sign]) => {{{WATCHED}
    const slider = document.getElementById("slider");
    return watched(
        () => {{
            slider.value = String(position);
            slider.dispatchEvent(new Event("input", {{bubbles: true}}));
        }},
        () => said(id).includes(sign + position.toLocaleString("en")) ||
            said(id).includes(sign + position),
    );
}}"""

SHOW: Final = f"""async () => {{{WATCHED}
    return watched(
        () => document.getElementById("projection-feed").click(),
        () => said("own-state").includes("as of event"),
    );
}}"""

TELL: Final = f"""async () => {{{WATCHED}
    return watched(() => {{}}, () => said("states-counting").startsWith("Your evolve takes all"));
}}"""

STOP: Final = f"""async () => {{{WATCHED}
    await watched(
        () => document.getElementById("projection-stop").click(),
        () => said("projection-status").startsWith("Stopped"),
    );
    return watched(
        () => document.getElementById("projection-run").click(),
        () => /^(Folded|Each)/.test(said("projection-status")),
    );
}}"""


class Measured(NamedTuple):
    """What was measured, how often, and what it should be."""

    what: str
    taken: list[float]
    goal: str


def measure_projection(browser: Browser, address: str) -> Iterator[Measured]:
    """The lab opened as it was before, and at work on many events."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    _opened(context, address)  # the first of all: the parts are fetched, and kept
    visits = [_opened(context, address) for _ in range(VISITS)]
    yield Measured("projection lab opened, warm", visits, "1,000 ms")
    page = context.new_page()
    start(page, address)
    _study(page)
    page.evaluate(OPENED)
    yield from _folded(page)
    yield from _evolved(page)
    context.close()


def _folded(page: Page) -> Iterator[Measured]:
    _write(page, COUNT)
    first = page.evaluate(RUN)
    again = page.evaluate(RUN)
    yield Measured("events handed over, folded", [first["taken"]], "")
    yield Measured("page held up meanwhile", [first["held"]], "50 ms")
    yield Measured("folded again", [again["taken"]], "")
    steps = [_step(page, nth, "projection-checkpoint", "Checkpoint ") for nth in range(STEPS)]
    yield Measured("slider step to its read model", [one["taken"] for one in steps], "100 ms")
    yield Measured("page held up by such a step", [one["held"] for one in steps], "50 ms")
    yield Measured("stopped, and folded anew", [page.evaluate(STOP)["taken"]], "")


def _evolved(page: Page) -> Iterator[Measured]:
    _write(page, EVOLVE)
    page.evaluate(RUN)
    shown, told = page.evaluate(SHOW), page.evaluate(TELL)
    yield Measured("own states: first shown", [shown["taken"]], "")
    yield Measured("own states: page held up", [max(shown["held"], told["held"])], "50 ms")
    yield Measured("own states: all events told", [shown["taken"] + told["taken"]], "")
    page.evaluate("document.getElementById('projection-door').click()")
    steps = [_step(page, nth, "own-state", "as of event ") for nth in range(STEPS)]
    yield Measured("own states: slider step", [one["taken"] for one in steps], "50 ms")


def _opened(context: BrowserContext, address: str) -> float:
    page = context.new_page()
    start(page, address)
    taken: float = page.evaluate(OPENED)
    page.close()
    return taken


def _study(page: Page) -> None:
    open_study(page)
    page.wait_for_function(
        "document.getElementById('chain-verdict').textContent.startsWith('Chain')",
        timeout=120_000,
    )


def _write(page: Page, text: str) -> None:
    page.locator("#projection-editor [role=textbox]").click()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(text)


def _step(page: Page, nth: int, shown_in: str, sign: str) -> Any:
    """A step to somewhere else: near or far, forwards or back."""
    position = (nth * 37_813 + 11) % EVENTS + 1
    return page.evaluate(STEP, [position, shown_in, sign])


def main() -> None:
    """Measure this alone, and print it."""
    with build.open_server(build.DIST, 8750) as server, sync_playwright() as playwright:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(**launch_options())
        for what, taken, goal in measure_projection(
            browser, f"http://localhost:{server.server_port}/"
        ):
            middle = statistics.median(taken)
            print(f"  {what:32} {middle:9.1f} {max(taken):9.1f}  {goal}", flush=True)
        browser.close()
        server.shutdown()


if __name__ == "__main__":
    main()
