"""Values within values by a path of names, such as ``address.city`` or ``lines[0].sku``.

Of a list, each item is looked at, or the one whose number is given. A name may have dots in it;
one that is no word may stand in brackets and quotes, as ``["a name"]``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

_STEP: Final = re.compile(
    r"""(?:^|\.)(?P<word>[^.\[\]]+)|\[(?P<nth>[0-9]{1,9})\]|\[(?P<quoted>"(?:[^"\\]|\\.)*")\]"""
)


def parts_of(path: str) -> list[str]:
    """The names of a path, outermost first.

    What is no path as ``payloads`` writes them is taken apart at its dots alone.
    """
    parts, at = [], 0
    while at < len(path):
        step = _STEP.match(path, at)
        if step is None:
            return path.split(".")
        at = step.end()
        try:
            quoted = step["quoted"]
            part = step["word"] or step["nth"] if quoted is None else json.loads(quoted)
        except ValueError:
            return path.split(".")
        parts.append(part)
    return parts


def inside(value: object, parts: list[str]) -> Iterator[object]:
    """All values under the names of a path, outermost first; mostly one or none."""
    if not parts:
        yield value
    elif isinstance(value, dict):
        # A name may have dots in it: the longest that is there counts.
        for length in range(len(parts), 0, -1):
            name = ".".join(parts[:length])
            if name in value:
                yield from inside(value[name], parts[length:])
                return
    elif isinstance(value, list):
        if re.fullmatch("[0-9]{1,9}", parts[0]):
            yield from (
                inside(value[int(parts[0])], parts[1:]) if int(parts[0]) < len(value) else ()
            )
        else:
            for item in value:
                yield from inside(item, parts)
