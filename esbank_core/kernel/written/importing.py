"""Import: events from elsewhere into a history that may hold some of them already.

An event is known by its name, the CloudEvents pair of source and id. What is there already
and says the same is skipped, so that importing twice is importing once, whatever a transport has
added on the way; another type, subject or data under its name is a conflict, and nothing is
imported. What is new comes after everything that is there:
its position and version are those that follow, whatever they were where it came from; but behind
the mark of an event that was lost (``marks``) a stream goes on from the version that it says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from esbank_core.kernel.errors import ImportConflict
from esbank_core.kernel.history import History
from esbank_core.kernel.identity import Position, StreamId, Version, event_id
from esbank_core.kernel.recorded import Opaque, RecordedEvent, UnknownEvent
from esbank_core.kernel.written.canonical_json import canonical_json
from esbank_core.kernel.written.cloud_events import SOURCE
from esbank_core.kernel.written.marks import is_mark

State = TypeVar("State")
Event = TypeVar("Event")


@dataclass(frozen=True, slots=True)
class Imported(Generic[State, Event]):
    """The history with what was new, what that was, and how many events were there already."""

    history: History[State, Event]
    added: tuple[RecordedEvent[Event | Opaque], ...]
    skipped: int


class Importing(Generic[State, Event]):
    """Adds to a history as events come, so that somebody else may be heard in between.

    ``history`` is the one with all that was new until now. Whoever began with another goes back
    to that one where an event is refused.
    """

    def __init__(self, history: History[State, Event]) -> None:
        self.history = history
        self.skipped = 0
        """How many events were there already."""
        self._known = {_name(recorded): recorded for recorded in history.recorded}
        self._versions: dict[StreamId, int] = {}
        self._is_any_lost = False

    def take(
        self, incoming: Iterable[RecordedEvent[Event | Opaque]]
    ) -> list[RecordedEvent[Event | Opaque] | None]:
        """Add the events that come next: each as it stands now; None where it did already.

        Raises:
            ImportConflict: as for ``import_events``. Whoever is refused begins anew.
            RefusedLine: ``incoming`` is being read from a file, and the file is refused.
        """
        history, known, versions = self.history, self._known, self._versions
        taken: list[RecordedEvent[Event | Opaque] | None] = []
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
                self.skipped += 1
                taken.append(None)
                continue
            stream_id = newcomer.stream_id
            last = versions.get(stream_id)
            version = (history.version_of(stream_id) if last is None else last) + 1
            self._is_any_lost = self._is_any_lost or is_mark(newcomer)
            if self._is_any_lost and newcomer.version > version:
                version = newcomer.version
            if newcomer.version != version and name == (
                SOURCE,
                event_id(stream_id, newcomer.version),
            ):
                raise _place_taken(history, filter(None, taken), newcomer)
            if newcomer.version != version or newcomer.position != position:
                newcomer = replace(  # noqa: PLW2901
                    newcomer, version=Version(version), position=Position(position)
                )
            versions[stream_id] = version
            known[name] = newcomer
            taken.append(newcomer)
            position += 1
        self.history = history.extend(filter(None, taken))
        return taken


def import_events(
    history: History[State, Event], incoming: Iterable[RecordedEvent[Event | Opaque]]
) -> Imported[State, Event]:
    """Add to a history what it does not hold yet.

    Raises:
        ImportConflict: an event's name, or the place that its name claims, is taken by an
            event that says something else.
        RefusedLine: ``incoming`` is being read from a file, and the file is refused.
    """
    importing = Importing(history)
    added = tuple(filter(None, importing.take(incoming)))
    return Imported(importing.history, added, importing.skipped)


def _name(recorded: RecordedEvent[Event | Opaque]) -> tuple[object, str]:
    attributes = recorded.attributes
    return attributes.get("source", SOURCE) if attributes else SOURCE, recorded.id


def _difference(
    newcomer: RecordedEvent[Event | Opaque], same: RecordedEvent[Event | Opaque]
) -> str:
    """What two events of one name do not agree on; empty where they agree."""
    differing = []
    if not _say_the_same(newcomer, same):
        differing.append("event")
    if newcomer.stream_id != same.stream_id:
        differing.append("subject")
    return "another " + " and another ".join(differing) if differing else ""


def _say_the_same(
    newcomer: RecordedEvent[Event | Opaque], same: RecordedEvent[Event | Opaque]
) -> bool:
    """Whether type and data are the same; 1 is not true, as it is in Python."""
    one, other = newcomer.event, same.event
    if not isinstance(one, UnknownEvent) or not isinstance(other, UnknownEvent):
        return one == other
    binary = newcomer.attributes.get("data_base64"), same.attributes.get("data_base64")
    return (
        one.type == other.type
        and binary[0] == binary[1]
        and canonical_json(one.data) == canonical_json(other.data)
    )


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
