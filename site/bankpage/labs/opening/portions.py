"""What of a history is wanted where there is no room for all of it, as its reader chooses it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bankpage.labs.opening.room import MOST_EVENTS, Extent
from esbank_core.questions.wording.misread import MisreadError
from esbank_core.questions.wording.times import parse_as_of, parse_instant
from esbank_core.sources import ALL, Part

_MOST_DIGITS: Final = 9


class Kind(StrEnum):
    """What a part is cut out by."""

    FIRST = "first"
    """As much as there is room for, from the beginning."""
    STREAM = "stream"
    SPAN = "span"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Portion:
    """A part as it is typed."""

    kind: Kind = Kind.FIRST
    stream: str = ""
    since: str = ""
    until: str = ""
    newest: str = "10000"


def offered(extent: Extent) -> tuple[Kind, ...]:
    """What can be had of files that hold so much."""
    first = (Kind.FIRST,) if extent.may_be_cut else ()
    return (*first, Kind.STREAM, Kind.SPAN, Kind.NEWEST) if extent.may_be_searched else first


class UnfitPortionError(ValueError):
    """What is typed names no part; ``field`` is where."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(field)


def changed(portion: Portion, fields: Mapping[str, str]) -> Portion:
    """The same with what is chosen or typed now.

    Raises:
        ValueError: that is no kind of part.
    """
    typed = {
        name: fields.get(name, getattr(portion, name)).strip()
        for name in ("stream", "since", "until", "newest")
    }
    return Portion(Kind(fields.get("part", portion.kind)), **typed)


def part_of(portion: Portion) -> Part:
    """The part that is typed.

    Raises:
        UnfitPortionError: it is none.
    """
    match portion.kind:
        case Kind.STREAM if portion.stream:
            return Part(stream=portion.stream)
        case Kind.NEWEST if portion.newest.isascii() and portion.newest.isdecimal():
            count = int(portion.newest[:_MOST_DIGITS])
            if 0 < count <= MOST_EVENTS:
                return Part(newest=count)
        case Kind.SPAN if portion.since or portion.until:
            return _span(portion)
        case Kind.FIRST:
            return ALL
    raise UnfitPortionError("since" if portion.kind is Kind.SPAN else portion.kind.value)


def _span(portion: Portion) -> Part:
    since = until = None
    field = "since"
    try:
        if portion.since:
            since = parse_instant(portion.since).time
        field = "until"
        if portion.until:
            until = parse_as_of(portion.until).time
    except MisreadError:
        raise UnfitPortionError(field) from None
    if since is not None and until is not None and until < since:
        raise UnfitPortionError("until")
    return Part(since=since, until=until)
