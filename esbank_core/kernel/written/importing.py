"""Import: events from elsewhere into a history that may hold some of them already.

An event is known by its name, the CloudEvents pair of source and id. What is there already
and says the same is skipped, so that importing twice is importing once; what says something
else is a conflict, and nothing is imported. What is new comes after everything that is there:
its position and version are those that follow, whatever they were where it came from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Final, Generic, TypeVar

from esbank_core.kernel.errors import ImportConflict
from esbank_core.kernel.history import History
from esbank_core.kernel.identity import Position, StreamId, Version, event_id
from esbank_core.kernel.recorded import Opaque, RecordedEvent
from esbank_core.kernel.written.cloud_events import SOURCE

State = TypeVar("State")
Event = TypeVar("Event")

_PLACES: Final = ("version", "position")
"""What an event is given by the ledger that it stands in, and what it does not bring along."""


@dataclass(frozen=True, slots=True)
class Imported(Generic[State, Event]):
    """The history with what was new, what that was, and how many events were there already."""

    history: History[State, Event]
    added: tuple[RecordedEvent[Event | Opaque], ...]
    skipped: int


def import_events(
    history: History[State, Event], incoming: Iterable[RecordedEvent[Event | Opaque]]
) -> Imported[State, Event]:
    """Add to a history what it does not hold yet.

    Raises:
        ImportConflict: an event's name, or the place that its name claims, is taken by an
            event that says something else.
        RefusedLine: ``incoming`` is being read from a file, and the file is refused.
    """
    known = {_name(recorded): recorded for recorded in history.recorded}
    versions: dict[StreamId, int] = {}
    added: list[RecordedEvent[Event | Opaque]] = []
    skipped = 0
    position = history.head + 1
    for newcomer in incoming:
        name = _name(newcomer)
        same = known.get(name)
        if same is not None:
            if difference := _difference(newcomer, same):
                raise ImportConflict(
                    newcomer.id,
                    same.position,
                    f"Event {newcomer.id} is in the ledger already, at position "
                    f"{same.position}, with {difference}.",
                )
            skipped += 1
            continue
        stream_id = newcomer.stream_id
        last = versions.get(stream_id)
        version = (history.version_of(stream_id) if last is None else last) + 1
        if newcomer.version != version and newcomer.id == event_id(stream_id, newcomer.version):
            raise _place_taken(history, added, newcomer)
        if newcomer.version != version or newcomer.position != position:
            newcomer = replace(  # noqa: PLW2901
                newcomer, version=Version(version), position=Position(position)
            )
        versions[stream_id] = version
        known[name] = newcomer
        added.append(newcomer)
        position += 1
    return Imported(history.extend(added), tuple(added), skipped)


def _name(recorded: RecordedEvent[Event | Opaque]) -> tuple[object, str]:
    attributes = recorded.attributes
    return attributes.get("source", SOURCE) if attributes else SOURCE, recorded.id


def _difference(
    newcomer: RecordedEvent[Event | Opaque], same: RecordedEvent[Event | Opaque]
) -> str:
    """What two events of one name do not agree on; empty where they agree."""
    names = (field.name for field in fields(same) if field.name not in _PLACES)
    differing = [name for name in names if getattr(newcomer, name) != getattr(same, name)]
    return "another " + " and another ".join(differing).replace("_", " ") if differing else ""


def _place_taken(
    history: History[State, Event],
    added: Iterable[RecordedEvent[Event | Opaque]],
    newcomer: RecordedEvent[Event | Opaque],
) -> ImportConflict:
    claim = f"Event {newcomer.id} claims version {newcomer.version} of {newcomer.stream_id}"
    for recorded in (*history.stream(newcomer.stream_id), *added):
        if (recorded.stream_id, recorded.version) == (newcomer.stream_id, newcomer.version):
            reason = f"{claim}, which event {recorded.id} holds, at position {recorded.position}."
            return ImportConflict(newcomer.id, recorded.position, reason)
    reason = f"{claim}, but events of that stream before it are missing."
    return ImportConflict(newcomer.id, history.head, reason)
