"""A payload as a tree that unfolds, each value with its path; and what two payloads differ in.

A path is how a value is asked for, such as ``data.lines[0].sku``; a name that is no word stands in
brackets and quotes. Nothing here goes deeper than what is unfolded, or recurses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterator, Mapping
from enum import Enum, StrEnum
from itertools import islice
from typing import Final, NamedTuple

_PLAIN_NAME: Final = re.compile(r"[^\W\d]\w*")


class Differing(NamedTuple):
    """A value that two payloads do not have in common; None where one has none there."""

    path: str
    before: str | None
    after: str | None


class Kind(StrEnum):
    """What a line of a payload is of."""

    OBJECT = "object"
    LIST = "list"
    TEXT = "text"
    """One that is too long for a line."""
    VALUE = "value"


class _Absent(Enum):
    ABSENT = "absent"


ABSENT: Final = _Absent.ABSENT
"""What is not there, which is something else than null."""

DATA: Final = "data"
AT_ONCE: Final = 50
"""Lines of one list or object that are there at first."""
LONG_TEXT: Final = 200
"""Characters of a text that are there while it is not unfolded."""
TEXT_AT_ONCE: Final = 4_000
"""Characters of a text that are there at first when it is."""


def differing(before: object, after: object) -> tuple[Differing, ...]:
    """What differs between two payloads, value by value, in order of path as they stand."""
    return tuple(one for one in differences(before, after) if one is not None)


def differences(before: object, after: object) -> Iterator[Differing | None]:
    """The same, one value at a time, so that it can be taken in slices; None for one in common."""
    todo: list[Iterator[_Pair]] = [iter([(DATA, before, after)])]
    while todo:
        for path, was, became in todo[-1]:
            if was is became:
                yield None
            elif _is_branch(was) or _is_branch(became):
                todo.append(_pairs(path, was, became))
                break
            else:
                old = None if was is ABSENT else _json(was)
                new = None if became is ABSENT else _json(became)
                yield None if old == new else Differing(path, old, new)
        else:
            todo.pop()


_Pair = tuple[str, object, object]
"""A path, and what stands there before and after."""


def _is_branch(value: object) -> bool:
    return isinstance(value, dict | list) and bool(value)


def _pairs(path: str, was: object, became: object) -> Iterator[_Pair]:
    """What is within two values, side by side; or one after the other, where they are no two."""
    match was, became:
        case (dict(), dict()) if was and became:
            for name, inner in was.items():
                yield _step(path, name), inner, became.get(name, ABSENT)
            for name, inner in became.items():
                if name not in was:
                    yield _step(path, name), ABSENT, inner
        case (list(), list()) if was and became:
            for nth in range(max(len(was), len(became))):
                before = was[nth] if nth < len(was) else ABSENT
                yield f"{path}[{nth}]", before, became[nth] if nth < len(became) else ABSENT
        case _:
            yield from ((to, inner, ABSENT) for to, inner in _or_itself(path, was))
            yield from ((to, ABSENT, inner) for to, inner in _or_itself(path, became))


def _or_itself(path: str, value: object) -> Iterator[tuple[str, object]]:
    if _is_branch(value):
        yield from ((to, inner) for _, to, inner in _within(value, path))
    elif value is not ABSENT:
        yield path, value


class Unfolded(NamedTuple):
    """A line of a payload of which some values are unfolded, and others are not."""

    depth: int
    name: str
    path: str
    text: str
    """A value's JSON, from its beginning; empty where there is something within it."""
    within: int = 0
    """How many values are within it; or, of a text that is cut, how many characters it has."""
    kind: Kind = Kind.VALUE
    is_open: bool = False
    left: int = 0
    """How much of what is within it is not there: as many more lines, or characters."""


def unfolded(
    payload: object,
    opened: Container[str],
    more: Mapping[str, int],
    name: str = DATA,
) -> Iterator[Unfolded]:
    """A payload line by line, with what is within the values whose paths are ``opened``.

    However large and deep it is, it costs no more than what is shown of it. Within one value there
    are ``AT_ONCE`` lines, and as many more for each time that ``more`` has its path.
    """
    todo: list[tuple[int, str, str, object]] = [(0, name, name, payload)]
    while todo:
        depth, called, path, value = todo.pop()
        is_open, times = path in opened, 1 + more.get(path, 0)
        match value:
            case dict() | list() if value:
                kind = Kind.LIST if isinstance(value, list) else Kind.OBJECT
                shown = min(len(value), times * AT_ONCE) if is_open else 0
                left = len(value) - shown
                yield Unfolded(depth, called, path, "", len(value), kind, is_open, left)
                within = list(islice(_within(value, path), shown))
                todo += ((depth + 1, *one) for one in reversed(within))
            case str() if len(value) > LONG_TEXT:
                length = times * TEXT_AT_ONCE if is_open else LONG_TEXT
                text, left = _json(value[:length]), max(len(value) - length, 0)
                yield Unfolded(depth, called, path, text, len(value), Kind.TEXT, is_open, left)
            case _:
                yield Unfolded(depth, called, path, _json(value))


def paths_to_unfold(payload: object, most: int, name: str = DATA) -> tuple[frozenset[str], bool]:
    """The paths of all values that something is within, and whether these are all.

    They are taken in order of depth until there would be more than ``most`` lines.
    """
    found: set[str] = set()
    lines, level = 1, [(name, payload)]
    while level:
        below: list[tuple[str, object]] = []
        for path, value in level:
            if isinstance(value, str) and len(value) > LONG_TEXT:
                found.add(path)
            elif isinstance(value, dict | list) and value:
                lines += min(len(value), AT_ONCE)
                if lines > most:
                    return frozenset(found), False
                found.add(path)
                within = islice(_within(value, path), AT_ONCE)
                below += ((to, inner) for _, to, inner in within)
        level = below
    return frozenset(found), True


def _step(path: str, name: str) -> str:
    """The path of what has a name within a value."""
    return path + (f".{name}" if _PLAIN_NAME.fullmatch(name) else f"[{json.dumps(name)}]")


def _within(value: object, path: str) -> Iterator[tuple[str, str, object]]:
    """The names, the paths and the values that are within a value."""
    match value:
        case dict():
            for name, inner in value.items():
                yield name, _step(path, name), inner
        case list():
            for nth, inner in enumerate(value):
                yield str(nth), f"{path}[{nth}]", inner
        case _:
            return


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
