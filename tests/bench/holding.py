"""What a ledger or a study takes: of Python's memory, and of the page's.

Not what the system says of the browser's processes: that counts, for every page, whatever has been
let go of and not been given back yet, and was 50 MB more or less from one visit to the next.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from playwright.sync_api import CDPSession, Page

# Python's memory only grows, and is the system's until something is written there. So what it takes
# is every page of it that is not empty, also of what it needed for a moment only.
WRITTEN = """async () => {
    if (!globalThis.esbankRuntime) return 0;
    const output = {stdout: console.log, stderr: console.error};
    const python = await (await esbankRuntime).loadPyodide(output);
    const words = python._module.HEAP32, page = 4096 / words.BYTES_PER_ELEMENT;
    let written = 0;
    for (let start = 0; start < words.length; start += page) {
        for (let at = start; at < start + page; at++) {
            if (words[at] === 0) continue;
            written += 4096;
            break;
        }
    }
    return written;
}"""

# Of a thread's heap: scripts' objects, the document's, and the bytes that they hold (not Python's).
HEAP = ("usedSize", "embedderHeapUsedSize", "backingStorageSize")

# The browser has every text of localStorage in the page's process, a wide one in two bytes each.
STORED = """() => Object.entries(localStorage).flat().reduce(
    (sum, text) => sum + (/[^\\0-\\xff]/.test(text) ? 2 : 1) * text.length, 0)"""


class Held(NamedTuple):
    """Bytes."""

    python: int
    page: int

    def since(self, before: Held) -> Held:
        """What has been added to what was held before."""
        return Held(self.python - before.python, self.page - before.page)


def held(page: Page) -> Held:
    """What Python and the page hold: scripts' objects, the document, and localStorage's texts."""
    python = sum(worker.evaluate(WRITTEN) for worker in page.workers)
    stored: int = page.evaluate(STORED)
    session = page.context.new_cdp_session(page)
    heaps = _heap(session.send) + _heaps_of_workers(page, session)
    session.detach()
    return Held(python, stored + heaps)


def _heap(send: Any) -> int:
    """What scripts hold on one thread once garbage is collected, and what they hold it in."""
    send("HeapProfiler.enable")
    send("HeapProfiler.collectGarbage")
    usage: Mapping[str, float] = send("Runtime.getHeapUsage")
    return int(sum(usage[part] for part in HEAP))


def _heaps_of_workers(page: Page, session: CDPSession) -> int:
    """The same of the page's workers, which are spoken to through the page."""
    workers: list[str] = []
    answers: dict[int, Mapping[str, Any]] = {}

    def on_attached(event: Mapping[str, Any]) -> None:
        if event["targetInfo"]["type"] == "worker":
            workers.append(event["sessionId"])

    def on_message(event: Mapping[str, Any]) -> None:
        message = json.loads(event["message"])
        if "id" in message:
            answers[message["id"]] = message["result"]

    session.on("Target.attachedToTarget", on_attached)
    session.on("Target.receivedMessageFromTarget", on_message)
    session.send(
        "Target.setAutoAttach",
        {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": False},
    )
    asked = iter(range(1, 1000))
    held = 0
    for worker in workers:

        def send(method: str, worker: str = worker) -> Mapping[str, Any]:
            nth = next(asked)
            message = json.dumps({"id": nth, "method": method})
            session.send("Target.sendMessageToTarget", {"sessionId": worker, "message": message})
            while nth not in answers:
                page.wait_for_timeout(20)
            return answers[nth]

        held += _heap(send)
    return held
