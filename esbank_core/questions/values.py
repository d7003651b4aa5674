"""What a value of JSON is compared with: a text that somebody has typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress


def equals(typed: str) -> Callable[[object], bool]:
    """Whether a value is what was typed: a text letter by letter, a number by its value."""
    wanted: object = typed
    with suppress(ValueError, RecursionError):
        wanted = json.loads(typed)
    is_number = isinstance(wanted, int | float) and not isinstance(wanted, bool)

    def is_equal(value: object) -> bool:
        match value:
            case str():
                return value == typed
            case bool() | None:
                return value is wanted
            case int() | float():
                return is_number and value == wanted
            case list():
                return value == wanted or any(map(is_equal, value))
            case _:
                return value == wanted

    return is_equal


def contains(typed: str) -> Callable[[object], bool]:
    """Whether a value has in it what was typed, in small letters or capitals."""
    sought = typed.casefold()

    def has(value: object) -> bool:
        match value:
            case str():
                return sought in value.casefold()
            case dict():
                return any(has(name) or has(inner) for name, inner in value.items())
            case list():
                return any(map(has, value))
            case _:
                return sought in json.dumps(value)

    return has
