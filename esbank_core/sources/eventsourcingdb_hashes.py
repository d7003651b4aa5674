"""EventSourcingDB's own chain, verified by its rule.

An event's hash is the hex SHA-256 of two hex SHA-256 texts put together: that of
``specversion|id|predecessorhash|time|source|subject|type|datacontenttype``, the time as it was
sent, and that of the data as compact JSON in the order it was sent. ``predecessorhash`` is the
hash of the event before, in the whole database: where that is not in the file, the link is open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
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
        self.verdict = HashVerdict()
        self._last: tuple[str, str] | None = None

    def see(self, event: Mapping[str, object], data_text: str | None) -> None:
        """Verify one more event; ``data_text`` is its data as it was sent, if that is known."""
        name, own = str(event.get("id")), event.get("hash")
        verdict = self.verdict
        if isinstance(own, str) and own in set(_hashes(event, data_text)):
            verdict = replace(verdict, verified=verdict.verified + 1)
        else:
            verdict = replace(
                verdict,
                altered=(*verdict.altered, name)[:_MOST_EXAMPLES],
                altered_count=verdict.altered_count + 1,
            )
        last = self._last
        if last is not None and event.get("predecessorhash") == last[1]:
            verdict = replace(verdict, linked=verdict.linked + 1)
        elif last is not None and _is_next(last[0], name):
            verdict = replace(
                verdict,
                unlinked=(*verdict.unlinked, name)[:_MOST_EXAMPLES],
                unlinked_count=verdict.unlinked_count + 1,
            )
        else:
            verdict = replace(verdict, open=verdict.open + 1)
        self.verdict = verdict
        self._last = name, str(own)


def _is_next(before: str, name: str) -> bool:
    """Whether ids, which count through the whole database, say that nothing lies between."""
    if not (before.isascii() and before.isdecimal() and name.isascii() and name.isdecimal()):
        return True
    return int(before[-18:]) + 1 == int(name[-18:])


def _hashes(event: Mapping[str, object], data_text: str | None) -> Iterator[str]:
    """The hashes that an event may have, by the spellings that compact JSON has."""
    about = _hex("|".join(str(event.get(name, "")) for name in _ATTRIBUTES))
    if data_text is not None:
        yield _hex(about + _hex(_BLANK_OUTSIDE_STRINGS.sub(r"\1", data_text)))
    yield _hex(about + _hex(json_text.compact(event.get("data"))))


def _hex(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
