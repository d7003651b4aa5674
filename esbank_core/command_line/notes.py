"""What an answer should not be believed without: events not counted, and times not their own."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from typing import Final, assert_never

from esbank_core.bank.account import Recorded
from esbank_core.bank.not_counted import NotCounted, why_not_counted
from esbank_core.bank.views import type_of
from esbank_core.command_line.sentences import counted
from esbank_core.kernel.identity import StreamId
from esbank_core.kernel.recorded import UnknownEvent
from esbank_core.kernel.written.cloud_events import NO_TIME, UNTIMED

_MOST: Final = 3
"""Events that are not counted and named one by one; the others are summed up."""


_OR_NEVER: Final = f", or at {NO_TIME.date()} where there is none"


@dataclass(frozen=True, slots=True)
class Notes:
    """What is to be said of the events that an answer is from."""

    not_counted: tuple[tuple[Recorded, NotCounted], ...]
    untimed: int
    """Events that came without a time, of which some may stand before all that have one."""
    has_no_time_before: bool

    def about(self, accounts: Container[StreamId]) -> Notes:
        """What is to be said where these alone are shown as the bank's accounts.

        To a state of another domain it is no matter what the bank counts.
        """
        not_counted = tuple(
            (recorded, why)
            for recorded, why in self.not_counted
            if why is NotCounted.LOST or recorded.stream_id in accounts
        )
        return replace(self, not_counted=not_counted)

    def sentences(self) -> list[str]:
        """For people."""
        said = [_not_counted(recorded, why) for recorded, why in self.not_counted[:_MOST]]
        if (more := len(self.not_counted) - _MOST) > 0:
            said.append(f"Not counted either: {counted(more, 'event')} more.")
        if self.untimed:
            stand = "stands" if self.untimed == 1 else "stand"
            said.append(
                f"{counted(self.untimed, 'event')} came without a time, and {stand} at that of "
                f"the event before{_OR_NEVER if self.has_no_time_before else ''}."
            )
        return said

    def members(self) -> dict[str, object]:
        """For programs: members of a JSON document, where there is anything to say."""
        found: dict[str, object] = {}
        if self.not_counted:
            found["not_counted"] = [
                {
                    "position": recorded.position,
                    "account_id": recorded.stream_id,
                    "type": type_of(recorded.event),
                    "schema_version": _schema_version(recorded, why),
                    "why": why.value,
                }
                for recorded, why in self.not_counted
            ]
        if self.untimed:
            found["untimed"] = self.untimed
        return found


def notes_on(events: Iterable[Recorded], account_id: StreamId | None = None) -> Notes:
    """What is to be said of an answer from these events, about one account or about all."""
    taker = NoteTaker(account_id)
    for recorded in events:
        taker.see(recorded)
    return taker.notes()


class NoteTaker:
    """Takes notes of events as they go by, about one account or about all.

    An event that was lost may have been any account's.
    """

    def __init__(self, account_id: StreamId | None = None) -> None:
        self._account_id = account_id
        self._not_counted: list[tuple[Recorded, NotCounted]] = []
        self._untimed = 0
        self._has_no_time_before = False

    def see(self, recorded: Recorded) -> None:
        """Take notice of the next event."""
        is_about = self._account_id in (None, recorded.stream_id)
        if isinstance(recorded.event, UnknownEvent):
            why = why_not_counted(recorded)
            if why is not None and (is_about or why is NotCounted.LOST):
                self._not_counted.append((recorded, why))
        if is_about and recorded.attributes and UNTIMED in recorded.attributes:
            self._untimed += 1
            if recorded.time == NO_TIME:
                self._has_no_time_before = True

    def notes(self) -> Notes:
        """What is to be said."""
        return Notes(tuple(self._not_counted), self._untimed, self._has_no_time_before)


def _not_counted(recorded: Recorded, why: NotCounted) -> str:
    event = f"event {recorded.position} of {recorded.stream_id}, {type_of(recorded.event)}"
    match why:
        case NotCounted.NEWER_SCHEMA:
            said = f"{event} of schema {_schema_version(recorded, why)}, newer than this program"
        case NotCounted.OTHER_SCHEMA:
            said = f"{event} of somebody else's schema"
        case NotCounted.LOST:
            return (
                f"Not counted: event {recorded.position}, which was lost before this file was "
                "written. Whose it was, and what it changed, is not known."
            )
        case NotCounted.NO_DATA:
            said = f"{event} without data that could be read"
        case _:
            assert_never(why)
    return f"Not counted: {said}. What it changed does not show here."


def _schema_version(recorded: Recorded, why: NotCounted) -> int | None:
    event = recorded.event
    is_ours = isinstance(event, UnknownEvent) and why is NotCounted.NEWER_SCHEMA
    return event.schema_version if is_ours and isinstance(event, UnknownEvent) else None
