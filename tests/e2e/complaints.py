"""What a page complains of while somebody visits it, which is to be nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext


@contextmanager
def uncomplaining(context: BrowserContext) -> Iterator[list[str]]:
    """A visitor, gone at the end; fails if a page has complained until then.

    Yields the complaints: whoever minds something more adds to them.
    """
    context.set_default_timeout(30_000)
    complaints: list[str] = []
    context.on(
        "console",
        lambda said: (
            complaints.append(f"console {said.type}: {said.text}")
            if said.type in ("error", "warning")
            and "Service Worker registration blocked" not in said.text
            else None
        ),
    )
    context.on("weberror", lambda error: complaints.append(f"error: {error.error}"))
    yield complaints
    context.close()
    assert complaints == []
