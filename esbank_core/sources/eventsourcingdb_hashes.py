"""EventSourcingDB's own chain, verified by its rule.

An event's hash is the hex SHA-256 of two hex SHA-256 texts put together: that of
``specversion|id|predecessorhash|time|source|subject|type|datacontenttype``, the time as it was
sent, and that of the data as compact JSON in the order it was sent. ``predecessorhash`` is the
hash of the event before, in the whole database: where that is not in the file, the link is open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from esbank_core.sources import json_text

_ATTRIBUTES: Final = (
    *("specversion", "id", "predecessorhash", "time"),
    *("source", "subject", "type", "datacontenttype"),
)
_BLANK_OUTSIDE_STRINGS: Final = re.compile(r'("(?:[^"\\]|\\.)*+")|[ \t\n\r]+', re.DOTALL)


@dataclass(frozen=True, slots=True)
class HashVerdict:
    """What became of verifying the hashes that events came with."""

    verified: int = 0
    """Events whose content is what their hash says."""
    linked: int = 0
    """Events whose predecessor's hash is that of the event before them."""
    open: int = 0
    """Events whose predecessor is not in the file."""
    altered: tuple[str, ...] = ()
    """The ids of the first events that are not what their hash says."""
    altered_count: int = 0
    unlinked: tuple[str, ...] = ()
    """The ids of the first events that do not follow the event that stands before them."""
    unlinked_count: int = 0


_MOST_EXAMPLES: Final = 100


class HashCheck:
    """Verifies event after event; ``verdict`` says how that stands."""

    def __init__(self) -> None:
        self._verified = self._linked = self._open = 0
        self._altered: list[str] = []
        self._unlinked: list[str] = []
        self._altered_count = self._unlinked_count = 0
        self._last: tuple[str, str] | None = None

    @property
    def verdict(self) -> HashVerdict:
        """What has been found until now."""
        return HashVerdict(
            *(self._verified, self._linked, self._open),
            *(tuple(self._altered), self._altered_count),
            *(tuple(self._unlinked), self._unlinked_count),
        )

    def see(self, event: Mapping[str, object], data_text: Callable[[], str | None]) -> None:
        """Verify one more event; ``data_text`` gives its data as it was sent, if that is known."""
        name, own = str(event.get("id")), event.get("hash")
        if isinstance(own, str) and own in _hashes(event, data_text):
            self._verified += 1
        else:
            self._altered_count += 1
            if len(self._altered) < _MOST_EXAMPLES:
                self._altered.append(name)
        last = self._last
        if last is not None and event.get("predecessorhash") == last[1]:
            self._linked += 1
        elif last is not None and _is_next(last[0], name):
            self._unlinked_count += 1
            if len(self._unlinked) < _MOST_EXAMPLES:
                self._unlinked.append(name)
        else:
            self._open += 1
        self._last = name, str(own)


def _is_next(before: str, name: str) -> bool:
    """Whether ids, which count through the whole database, say that nothing lies between."""
    if not (before.isascii() and before.isdecimal() and name.isascii() and name.isdecimal()):
        return True
    return int(before[-18:]) + 1 == int(name[-18:])


def _hashes(event: Mapping[str, object], data_text: Callable[[], str | None]) -> Iterator[str]:
    """The hashes that an event may have by how compact JSON is spelt: the usual one comes first."""
    about = _hex("|".join([str(event.get(name, "")) for name in _ATTRIBUTES]))
    yield _hex(about + _hex(json_text.compact(event.get("data"))))
    sent = data_text()
    if sent is not None:
        yield _hex(about + _hex(_BLANK_OUTSIDE_STRINGS.sub(r"\1", sent)))


def _hex(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
