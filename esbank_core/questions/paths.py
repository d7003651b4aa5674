"""Values within values by a path of names, such as ``address.city``.

Of a list, each item is looked at, or the one whose number is given. A name may have dots in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator


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
