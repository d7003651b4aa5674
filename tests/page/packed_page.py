"""A page without a browser whose older events are packed, and what of it is stored."""

from __future__ import annotations

import gc

from bankpage.live.messages import (
    ExportAsked,
    ReadingSliced,
)
from bankpage.live.stored.segments import Name
from bankpage.paper.effects import After, Download

from tests.page.desk import Desk, Storage


def with_events(count: int, storage: Storage | None = None) -> Desk:
    """A tab that has recorded so many events, and packed nothing."""
    desk = Desk(storage or Storage())
    desk.opens("Ada")
    for nth in range(1, count):
        desk.deposits(str(nth))
    return desk


def packed(count: int = 12) -> Desk:
    return with_events(count).time_passes()


def exported(desk: Desk) -> str:
    desk.does(ExportAsked())
    if not any(isinstance(effect, Download) for effect in desk.effects):
        desk.time_passes()
    return next(effect.text for effect in reversed(desk.effects) if isinstance(effect, Download))


def texts_within(thing: object) -> set[str]:
    """All texts that something holds, however deep."""
    texts, looked_at, left = set[str](), set[int](), [thing]
    while left:
        one = left.pop()
        if isinstance(one, str):
            texts.add(one)
        elif id(one) not in looked_at and not isinstance(one, type):
            looked_at.add(id(one))
            left += gc.get_referents(one)
    return texts


def slices(desk: Desk) -> list[object]:
    """What of its reading a tab has said that it will go on with."""
    later = [effect.message for effect in desk.effects if isinstance(effect, After)]
    return [message for message in later if isinstance(message, ReadingSliced)]


def segments_in(storage: Storage) -> list[Name]:
    return sorted(name for name in map(Name.of, storage.entries) if name)


def reopened(desk: Desk, **changed: str | None) -> Desk:
    """A tab opened on what another has stored, some of it changed."""
    entries = dict(desk.storage.entries) | changed
    return Desk(Storage({key: value for key, value in entries.items() if value is not None}))
