"""A browser of another engine, driven by as little as the scenarios need."""

from __future__ import annotations

from typing import Any, Protocol


class Driver(Protocol):
    """One tab of one browser."""

    def open(self, address: str) -> None:
        """Go to an address; the same one again is a reload."""

    def run(self, function: str) -> Any:
        """What a JavaScript function without arguments returns, once it has; as JSON has it."""

    def click(self, selector: str) -> None:
        """Click the element that a CSS selector finds."""

    def type(self, selector: str, text: str) -> None:
        """Type a text into a field."""

    def close(self) -> None:
        """Close the browser."""
