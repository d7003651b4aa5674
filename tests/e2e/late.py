"""Files that come late, as over a slow line: when the test says so."""

from __future__ import annotations

from playwright.sync_api import Page, Route


def held_back(page: Page, pattern: str) -> list[Route]:
    """The requests for files of that name, each waiting from now on until it is continued."""
    on_their_way: list[Route] = []

    def hold(route: Route) -> None:
        on_their_way.append(route)

    page.route(pattern, hold)
    return on_their_way
