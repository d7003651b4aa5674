"""Lines without their hashes: what can be computed again need not be kept.

A hash is most of what is left of a line once lines are compressed, since nothing compresses it. A
line from which it has been taken, and the hash that it follows, give the line again letter by
letter, if the hash followed; if it did not, the line is one to keep as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, Generic, TypeVar

from esbank_core.kernel.errors import UnfitLine
from esbank_core.kernel.written.canonical_json import canonical_json
from esbank_core.kernel.written.chain import GENESIS_HASH, HASH_ATTRIBUTE, hash_of
from esbank_core.kernel.written.codec import Codec
from esbank_core.kernel.written.json_lines import check_text, parse_text
from esbank_core.kernel.written.own_form import OwnForm

Event = TypeVar("Event")

_SEAL: Final = re.compile(rf'"{HASH_ATTRIBUTE}":"([0-9a-f]{{64}})"')
_NO_SEAL: Final = f'"{HASH_ATTRIBUTE}":""'
_SOME_SEAL: Final = f'"{HASH_ATTRIBUTE}":"{GENESIS_HASH}"'
_REMEDY: Final = "It is damaged; an earlier export may hold the event."


class Sealing(Generic[Event]):
    """Takes hashes from lines, and puts them back; quick for lines that this program wrote."""

    def __init__(self, codec: Codec[Event]) -> None:
        self._form = OwnForm(codec)

    def unseal(self, line: str, previous_hash: str) -> tuple[str, str] | None:
        """A line without its hash, and that hash.

        None, if it would not be the same line again after ``previous_hash``.
        """
        found = _SEAL.search(line)
        if found is None:
            return None
        unsealed = f"{line[: found.start(1)]}{line[found.end(1) :]}"
        try:
            (again,), own_hash = self.seal((unsealed,), previous_hash)
        except UnfitLine:
            return None
        return (unsealed, own_hash) if again == line else None

    def seal(self, unsealed: Iterable[str], previous_hash: str) -> tuple[list[str], str]:
        """Lines with the hashes that follow ``previous_hash``, and the last of them.

        Raises:
            UnfitLine: a text is no line without a hash.
        """
        lines: list[str] = []
        content_of = self._form.content
        for text in unsealed:
            before, seal, after = text.partition(_NO_SEAL)
            if not seal:
                raise UnfitLine(f"It has no place for a “{HASH_ATTRIBUTE}”.", _REMEDY, text)
            own = content_of(f"{before}{_SOME_SEAL}{after}")
            content = _content_of_any(text) if own is None else own[0]
            previous_hash = hash_of(previous_hash, content)
            lines.append(f'{before}"{HASH_ATTRIBUTE}":"{previous_hash}"{after}')
        return lines, previous_hash


def _content_of_any(text: str) -> str:
    check_text(text)
    document = parse_text(text)
    document.pop(HASH_ATTRIBUTE, None)
    try:
        return canonical_json(document)
    except (ValueError, RecursionError) as unfit:
        raise UnfitLine(f"It has no canonical form: {unfit}", _REMEDY, text) from None
