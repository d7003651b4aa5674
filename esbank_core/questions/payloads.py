"""A payload as a tree that unfolds, each value with its path; and what two payloads differ in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

_PLAIN_NAME: Final = re.compile(r"[^\W\d]\w*")


class Branch(NamedTuple):
    """A value within a payload, and what is within it.

    ``path`` is how it is asked for, such as ``data.lines[0].sku``, with names that are no words in
    quotes; ``value`` is its JSON, empty where there is something within it.
    """

    name: str
    path: str
    value: str
    within: tuple[Branch, ...]
    left_out: int = 0
    """How many more values are within it."""


class Differing(NamedTuple):
    """A value that two payloads do not have in common; None where one has none there."""

    path: str
    before: str | None
    after: str | None


DATA: Final = "data"
DEEPEST: Final = 64
MOST_WITHIN: Final = 1_000
"""Values of one list or object that are shown."""


def tree_of(payload: object, name: str = DATA) -> Branch:
    """A payload as a tree; whatever it holds, no deeper than ``DEEPEST``."""
    return _branch(name, name, payload, DEEPEST)


def differing(before: object, after: object) -> tuple[Differing, ...]:
    """What differs between two payloads, value by value, in order of path as they stand."""
    was, became = dict(_leaves(before, DATA, DEEPEST)), dict(_leaves(after, DATA, DEEPEST))
    return tuple(
        Differing(path, was.get(path), became.get(path))
        for path in {**was, **became}
        if was.get(path) != became.get(path)
    )


def _branch(name: str, path: str, value: object, depth: int) -> Branch:
    within = list(_within(value, path)) if depth else []
    if not within:
        return Branch(name, path, _json(value), ())
    shown = within[:MOST_WITHIN]
    return Branch(
        name,
        path,
        "",
        tuple(_branch(each, to, inner, depth - 1) for each, to, inner in shown),
        len(within) - len(shown),
    )


def _leaves(value: object, path: str, depth: int) -> Iterator[tuple[str, str]]:
    within = list(_within(value, path)) if depth else []
    if not within:
        yield path, _json(value)
    for _, to, inner in within:
        yield from _leaves(inner, to, depth - 1)


def _within(value: object, path: str) -> Iterator[tuple[str, str, object]]:
    """The names, the paths and the values that are within a value."""
    match value:
        case dict():
            for name, inner in value.items():
                step = f".{name}" if _PLAIN_NAME.fullmatch(name) else f"[{json.dumps(name)}]"
                yield name, path + step, inner
        case list():
            for nth, inner in enumerate(value):
                yield str(nth), f"{path}[{nth}]", inner
        case _:
            return


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
