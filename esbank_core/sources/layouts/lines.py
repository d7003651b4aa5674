"""The lines of a text that comes in chunks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from esbank_core.sources.layouts.window import LONGEST_RECORD


def lines_of(chunks: Iterable[str]) -> Iterator[tuple[int, str, bool]]:
    """The lines of a text, numbered from 1, and whether one ends without a line feed.

    A line beyond ``LONGEST_RECORD`` is given short, in its first so many characters.
    """
    number = 0
    begun: list[str] = []
    length = 0
    for chunk in chunks:
        first, *more = chunk.split("\n")
        if length < LONGEST_RECORD:
            begun.append(first)
            length += len(first)
        if not more:
            continue
        number += 1
        yield number, "".join(begun)[:LONGEST_RECORD], False
        *whole, last = more
        for line in whole:
            number += 1
            yield number, line[:LONGEST_RECORD], False
        begun, length = [last], len(last)
    if length:
        yield number + 1, "".join(begun)[:LONGEST_RECORD], True
