"""The mappings that are kept for records of some shapes: a few, newest first, in one text.

The browser keeps the text beside the ledger, and hands it over with whatever is offered. It may
have been written by anybody: what is no mapping in it is passed over.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from esbank_core.sources import Mapping, parse_mapping, write_mapping
from esbank_core.sources.mapping import Shape

MOST_KEPT: Final = 20
LONGEST: Final = 200_000
"""Characters of the text."""


def kept_in(text: str) -> tuple[Mapping, ...]:
    """The mappings in a text that was kept."""
    try:
        given = json.loads(text[:LONGEST]) if text else []
    except (ValueError, RecursionError):
        return ()
    texts = given[:MOST_KEPT] if isinstance(given, list) else []
    return tuple(filter(None, map(_mapping, texts)))


def to_keep(mappings: Iterable[Mapping]) -> str:
    """The text that is kept: as many mappings as there is room for."""
    texts: list[str] = []
    for mapping in mappings:
        more = [*texts, write_mapping(mapping)]
        if len(more) > MOST_KEPT or len(json.dumps(more)) > LONGEST:
            break
        texts = more
    return json.dumps(texts)


def with_first(mapping: Mapping, others: Iterable[Mapping]) -> tuple[Mapping, ...]:
    """A mapping before those for records of other shapes."""
    return mapping, *without(mapping.shape, others)


def without(shape: Shape, mappings: Iterable[Mapping]) -> tuple[Mapping, ...]:
    """The mappings for records of any other shape."""
    return tuple(one for one in mappings if one.shape != shape)


def _mapping(text: object) -> Mapping | None:
    try:
        return parse_mapping(text) if isinstance(text, str) else None
    except ValueError:
        return None
