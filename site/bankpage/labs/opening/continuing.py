"""Several files as one history: which comes first, and whether each goes on from those before it.

A file of events says by its first one where it goes on: at a position of the ledger, at a version
of a stream, or only at a time. What is told at none of these to go on is another history.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from typing import Final

from bankpage.labs.opening.files import File
from bankpage.labs.opening.glimpse import Glimpse
from bankpage.labs.opening.refusals import Refusal, refusal, shortened
from esbank_core.bank.account import Ledger
from esbank_core.kernel.errors import Damage
from esbank_core.kernel.identity import GENESIS, Position, StreamId
from esbank_core.kernel.written.cloud_events import claimed_position, stream_named_in
from esbank_core.kernel.written.json_lines import parse_text
from esbank_core.kernel.written.times import parse_time

_BEFORE_ALL: Final = datetime.min.replace(tzinfo=timezone.utc)


def in_order(files: Iterable[File]) -> tuple[File, ...]:
    """The files in the order in which they go on from one another, as their first events say."""
    return tuple(sorted(files, key=lambda file: rank(file.glimpse)))


def rank(glimpse: Glimpse) -> tuple[Position, datetime]:
    """By what files are put in order: where their first events say that they stand, and when."""
    return claimed_by(glimpse), _time_of(glimpse) or _BEFORE_ALL


def claimed_by(glimpse: Glimpse) -> Position:
    """The position that a file's first event says that it has; Genesis where it says none."""
    return claimed_position(glimpse.first) or GENESIS


def why_not(file: File, before: File, held: Ledger, lines: Sequence[str]) -> Refusal | None:
    """Why a file does not go on from what is held, the end of which came from ``before``.

    ``lines`` are those of what is held, as they were found.
    """
    first, claimed = file.glimpse.first, claimed_by(file.glimpse)
    if claimed:
        if claimed <= held.head + 1:
            return None  # what both have has to be the same, which shows as it is read
        return refusal("gap", file.name, before=before.name, first=held.head + 1, last=claimed - 1)
    if any(first.get("id") == recorded.id for recorded in held.recorded):
        return None
    stream_id, version = stream_named_in(first), first.get("streamversion")
    if stream_id is not None and type(version) is int:
        known = _version_claimed(stream_id, held, lines)
        if version == known + 1:
            return None
        return refusal(
            *("gap-in-stream", file.name),
            before=before.name,
            stream=shortened(stream_id),
            version=version,
            known=known,
        )
    time = _time_of(file.glimpse)
    if time is not None and time >= held.recorded[-1].time:
        return None
    return refusal("order", file.name, before=before.name)


def _version_claimed(stream_id: StreamId, held: Ledger, lines: Sequence[str]) -> int:
    """The version of a stream, as its last event says; it may have begun before its first."""
    place = held.last_place(stream_id)
    claimed = parse_text(lines[place - 1]).get("streamversion") if place else None
    return claimed if type(claimed) is int else held.version_of(stream_id)


def is_by_time(files: Iterable[File]) -> bool:
    """Whether files say by nothing but a time that one goes on from another."""
    firsts = [file.glimpse.first for file in files]
    return not any(claimed_position(one) or type(one.get("streamversion")) is int for one in firsts)


def _time_of(glimpse: Glimpse) -> datetime | None:
    time = glimpse.first.get("time")
    try:
        return parse_time(time) if isinstance(time, str) else None
    except Damage:
        return None
