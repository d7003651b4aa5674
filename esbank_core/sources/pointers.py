"""Where in a record a value stands: JSON Pointers (RFC 6901) that also look into JSON in strings.

``/metadata/_aggregate_id`` is the member ``_aggregate_id`` of the field ``metadata``, whether
that is an object or the text of one. In a list a step is an index or, as Kafka's headers are
written, the name before a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from esbank_core.sources import json_text

Pointer = tuple[str, ...]
"""The steps from the record down; none is the record itself."""

DEEPEST_FOUND: Final = 6
"""Steps of the pointers that are offered."""
MOST_FOUND: Final = 500
"""Pointers that are offered."""

_LONGEST_INDEX: Final = 9


class Opened(NamedTuple):
    """What stood in a text: the value, and the text where the value is not exactly it."""

    value: object
    written: str | None = None
    is_json: bool = True


def parse_pointer(text: str) -> Pointer:
    """The steps that a JSON Pointer writes; the empty text is the record itself.

    Raises:
        ValueError: it does not begin with a slash.
    """
    if not text:
        return ()
    first, *steps = text.split("/")
    if first:
        raise ValueError(text)
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in steps)


def format_pointer(pointer: Iterable[str]) -> str:
    """A pointer as RFC 6901 writes it."""
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in pointer)


def look(value: object, steps: Sequence[str]) -> object:
    """The value at the end of the steps from an object down; None where there is none."""
    for step in steps:
        if type(value) is str:
            value = opened(value).value
        if type(value) is dict:
            value = value.get(step)
            continue
        match value:
            case Mapping():
                value = value.get(step)
            case list():
                value = _in_list(value, step)
            case _:
                return None
    return value


def by_name(values: list[object]) -> dict[str, object]:
    """A list of names and values as what it stands for: the first value of each name."""
    named: dict[str, object] = {}
    for name, value in zip(values[::2], values[1::2], strict=False):
        if isinstance(name, str):
            named.setdefault(name, value)
    return named


def opened(text: str) -> Opened:
    """The object or list that a text writes as JSON, or the text itself where it writes none."""
    if text[:1] not in ("{", "["):
        first = text.lstrip()[:1]
        if first == '"':
            return _opened_twice(text)
        if first not in ("{", "["):
            return Opened(text, is_json=False)
    try:
        return Opened(json_text.decode(text))
    except json_text.InexactError:
        pass
    except ValueError:
        return Opened(text, is_json=False)
    try:
        return Opened(json_text.decode_nearly(text), text)
    except ValueError:
        return Opened(text, is_json=False)


def _opened_twice(text: str) -> Opened:
    """What stood in a text that stood in a text; the text itself where that is no JSON."""
    try:
        inner = json_text.decode(text)
    except ValueError:
        inner = None
    if isinstance(inner, str) and inner.lstrip()[:1] in ("{", "["):
        found = opened(inner)
        if found.is_json:
            return found
    return Opened(text, is_json=False)


def text_at(text: str, steps: Sequence[str]) -> str | None:
    """The JSON, as it is written, of the value at the end of the steps within a JSON text."""
    for step in steps:
        if text[:1] == '"':
            inner = json_text.decode_nearly(text)
            text = inner.strip() if isinstance(inner, str) else ""
        try:
            found, _ = json_text.members(text)
        except ValueError:
            return None
        text = next((text[at.start : at.end] for at in reversed(found) if at.name == step), "")
    return text or None


def found_in(records: Iterable[Mapping[str, object]]) -> dict[Pointer, object]:
    """Every pointer at which some record has a plain value, with the first such value.

    Objects are offered as well as what is in them; lists as they are.
    """
    found: dict[Pointer, object] = {}
    for fields in records:
        for pointer, value in _walk(dict(fields), ()):
            if len(found) >= MOST_FOUND and pointer not in found:
                continue
            if found.get(pointer) is None:
                found[pointer] = value
    return found


def _walk(value: object, pointer: Pointer) -> Iterator[tuple[Pointer, object]]:
    if pointer:
        yield pointer, value
    if len(pointer) < DEEPEST_FOUND:
        inside = opened(value).value if isinstance(value, str) else value
        if isinstance(inside, dict):
            for name, member in inside.items():
                yield from _walk(member, (*pointer, name))


def _in_list(values: list[object], step: str) -> object:
    if step.isascii() and step.isdecimal() and len(step) <= _LONGEST_INDEX:
        index = int(step)
        return values[index] if index < len(values) else None
    for name, value in zip(values[::2], values[1::2], strict=False):
        if name == step:
            return value
    return None
