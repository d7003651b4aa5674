"""A progress bar on standard error, for long work, where a person is looking."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import Final

PATIENCE: Final = 0.5
"""Seconds of work before a bar is worth showing."""
PACE: Final = 0.1
"""Seconds between two looks of the bar."""
WIDTH: Final = 40
"""Characters of the bar itself."""


def with_progress(chunks: Iterable[bytes], size: int | None) -> Iterator[bytes]:
    """Hand the chunks on; show how many of ``size`` bytes went by, if it takes a while."""
    if not sys.stderr.isatty():
        yield from chunks
        return
    read, shown_at = 0, time.monotonic() + PATIENCE - PACE
    is_shown = False
    try:
        for chunk in chunks:
            yield chunk
            read += len(chunk)
            now = time.monotonic()
            if now - shown_at >= PACE:
                shown_at, is_shown = now, True
                sys.stderr.write("\r" + bar(read, size))
                sys.stderr.flush()
    finally:
        if is_shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def bar(read: int, size: int | None) -> str:
    """What the bar looks like after ``read`` bytes, of ``size`` if that is known."""
    megabytes = f"{read / 1_000_000:.1f} MB"
    if not size:
        return f"Reading: {megabytes}"
    share = min(read / size, 1)
    full = int(share * WIDTH)
    return f"Reading [{'#' * full}{' ' * (WIDTH - full)}] {share:4.0%} of {size / 1_000_000:.1f} MB"
