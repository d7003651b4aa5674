"""How long a history each of the other engines keeps and opens, filled through the page.

Nothing here is a test: no time is asserted. An engine that is not here says so.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Final, NamedTuple

from tests.engines import firefox, webkit
from tests.engines.driver import Driver
from tests.engines.filling import fill

LOADS: Final = 5
ROOM: Final = 5 * 1024 * 1024
"""Characters in localStorage, keys included; in WebKit a wide one takes the room of two."""


class Engine(NamedTuple):
    """A browser, how many events it is to hold, and why it cannot be had, if so."""

    name: str
    events: int
    start: Callable[[], Driver]
    missing: Callable[[], str | None]


ENGINES: Final = (
    Engine("Firefox", 100_000, firefox.Firefox, firefox.missing),
    Engine("WebKit", 70_000, webkit.WebKit, webkit.missing),
)


def main() -> None:
    """Measure, and print a paragraph for each engine."""
    print("\nLong histories in the other engines, filled by a file that is added to the ledger\n")
    for engine in ENGINES:
        if reason := engine.missing():
            print(f"  {engine.name}: not measured. {reason}.", flush=True)
            continue
        filled = fill(engine.start, engine.events, LOADS)
        each = filled.characters / engine.events
        print(f"  {engine.name} ({filled.engine})")
        print(f"    {filled.said} It took {filled.added_in:.1f} s.")
        print(
            f"    held: {filled.counted}, chain {filled.verdict} (goal {engine.events:,});"
            f" {filled.characters:,} of {ROOM:,} characters, {each:.1f} an event"
        )
        print(
            f"    reload: {statistics.median(filled.reloads):.0f} ms (goal 1,000), with nothing in"
            f" the ledger {statistics.median(filled.with_nothing):.0f} ms; all read and verified"
            f" {filled.read_in:.1f} s later",
            flush=True,
        )


if __name__ == "__main__":
    main()
