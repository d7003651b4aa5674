"""What the tests of localStorage share: one Node process, and a browser of one's own in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import tests.core.conftest  # noqa: F401 - what holds for Hypothesis there holds here as well
from tests.page.small_segments import small_segments
from tests.page.tabs import Browser, Node, node


@pytest.fixture(scope="session")
def process() -> Iterator[Node]:
    """The Node process in which ``storage.js`` runs."""
    with node() as running:
        yield running


@pytest.fixture
def few_in_a_segment() -> Iterator[None]:
    """Segments of four events are packed, and only the newest three stay plain."""
    with small_segments(size=4, plain=3):
        yield


@pytest.fixture
def browser(process: Node) -> Browser:
    """A browser that has kept nothing yet."""
    return Browser(process)
