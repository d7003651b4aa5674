"""An object that holds the records in an array, as an HTTP feed or an export of a search does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from esbank_core.sources import json_text
from esbank_core.sources.layouts.window import LONGEST_RECORD, Window

IsRecord = Callable[[Mapping[str, object]], bool]

_SMALL: Final = 1 << 20
"""Characters of an array that may still be something beside the records."""
_DEEPEST: Final = 4
"""Objects within one another that the array is looked for in."""
_NAMES: Final = frozenset(
    ("entries", "events", "records", "messages", "items", "rows", "values", "payload", "hits")
)
"""What the member with the records is called, in objects that hold them."""


def enter_wrapper(text: Window, is_record: IsRecord) -> bool:
    """Stand at the array of records within the object that is read next, if it holds one.

    An object that is a record, or that others follow, is none that holds records.
    """
    if text.held() < _SMALL:
        text.more(_SMALL)
    end = json_text.end_of_value(text.buffer, text.at)
    if end >= 0:
        fields = _object(text.buffer[text.at : end])
        if text.buffer[end:].strip(" \t\r\n,\x1e") or (fields is not None and is_record(fields)):
            return False
    text.is_kept = True
    start = text.at
    at = _array_in(text, is_record, _DEEPEST)
    text.at = start if at is None else at
    text.is_kept = False
    return at is not None


def _array_in(text: Window, is_record: IsRecord, depth: int) -> int | None:
    """Where the array of records stands in the object that is read next; None if nowhere.

    It is the one under a name that such arrays go by, or whose first object is a record, or
    that is larger than anything beside records would be; else the first of objects.
    """
    first_of_objects: int | None = None
    text.at += 1
    while text.at < LONGEST_RECORD:
        text.skip()
        end = text.value_end() if text.peek() == '"' else -1
        if end < 0:
            break
        name = text.buffer[text.at + 1 : end - 1]
        text.at = end
        text.skip()
        if text.peek() != ":":
            break
        text.at += 1
        text.skip()
        start = text.at
        if text.peek() == "[":
            text.at += 1
            text.skip()
            if text.peek() == "{":
                end = text.value_end(_SMALL)
                fields = _object(text.buffer[text.at : end]) if end >= 0 else None
                is_theirs = fields is not None and is_record(fields)
                text.at = start
                if name in _NAMES or is_theirs or text.value_end(_SMALL) < 0:
                    return start
                if first_of_objects is None:
                    first_of_objects = start
        elif text.peek() == "{" and depth > 1:
            inner = _array_in(text, is_record, depth - 1)
            if inner is not None:
                return inner
        text.at = start
        end = text.value_end()
        if end < 0:
            break
        text.at = end
    return first_of_objects


def _object(text: str) -> dict[str, object] | None:
    try:
        value = json_text.decode_nearly(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
