"""Segments of a few events, so that a test needs no thousands of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from bankpage.live import packing


@contextmanager
def small_segments(size: int = 3, plain: int = 2) -> Iterator[None]:
    """Pack ``size`` events at a time, and leave the newest ``plain`` as they are."""
    with patch.object(packing, "SIZE", size), patch.object(packing, "STAY_PLAIN", plain):
        yield
