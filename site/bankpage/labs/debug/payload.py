"""The event where the slider rests: its payload, and what differs from the one of its type before.

What is worked out in slices is kept here; which lines are unfolded is the reader's own choice, and
stays from one event to the next.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from esbank_core.bank.account import CODEC, Ledger, Recorded, is_readable
from esbank_core.bank.views import type_of
from esbank_core.kernel.identity import NOWHERE, Position
from esbank_core.kernel.recorded import UnknownEvent, UnreadableEvent
from esbank_core.kernel.written.cloud_events import to_cloud_event
from esbank_core.questions.payloads import DATA, Differing, differences
from esbank_core.questions.streams import Survey
from esbank_core.sources.found import data_of

UNFOLDED_AT_FIRST: Final = 40
"""Lines of a payload up to which it is unfolded without being asked."""

UNFOLDED_AT_MOST: Final = 600
"""Lines that “Unfold all” unfolds; what is more is unfolded value by value."""

LOOKED_BACK: Final = 5_000
"""Events of a stream looked at with one message: some 10 ms in a browser."""

COMPARED: Final = 2_000
"""Values compared with one message: the same."""

DIFFERENCES: Final = 30
"""Differences that are shown at once, and with each asking for more."""


@dataclass(frozen=True, slots=True)
class Unfolding:
    """Which values of payloads are unfolded."""

    lines: int = UNFOLDED_AT_FIRST
    """Up to how many lines everything is."""
    opened: frozenset[str] = frozenset()
    folded: frozenset[str] = frozenset()
    more: Mapping[str, int] = field(default_factory=dict)
    """How often more of what is within a value was asked for, by its path."""

    def toggled(self, path: str, *, is_open: bool) -> Unfolding:
        """The same with a value folded that is open, or unfolded."""
        if is_open:
            return replace(self, folded=self.folded | {path}, opened=self.opened - {path})
        return replace(self, folded=self.folded - {path}, opened=self.opened | {path})

    def with_more(self, path: str) -> Unfolding:
        """The same with more of what is within a value."""
        return replace(self, more={**self.more, path: self.more.get(path, 0) + 1})


@dataclass(frozen=True, slots=True)
class Comparison:
    """The event of the same type before one, and what differs, as far as it is worked out."""

    position: Position
    is_anywhere: bool
    """Whether it may be of any stream."""
    before: Position | None = None
    looked_back: int = 0
    """How many events of the stream were looked at."""
    has_looked: bool = False
    left: Iterator[Differing | None] | None = None
    """What is still to be compared; it is used up by being compared."""
    found: tuple[Differing, ...] = ()
    is_done: bool = False

    def further(self, history: Ledger, survey: Survey) -> Comparison:
        """The same worked out a slice further."""
        if not self.has_looked:
            return self._looked_back(history, survey)
        if self.before is None:
            return replace(self, is_done=True)
        left = self.left
        if left is None:
            before, now = history.at(self.before), history.at(self.position)
            left = differences(data_in(before), data_in(now))
        taken = list(islice(left, COMPARED))
        found = (*self.found, *(one for one in taken if one is not None))
        return replace(self, left=left, found=found, is_done=len(taken) < COMPARED)

    def _looked_back(self, history: Ledger, survey: Survey) -> Comparison:
        one = history.at(self.position)
        name = type_of(one.event)
        if self.is_anywhere or one.stream_id == NOWHERE:
            return replace(self, before=survey.before_of(name, self.position), has_looked=True)
        places = history.places[one.stream_id]
        stop = bisect_left(places, self.position) - self.looked_back
        start = max(stop - LOOKED_BACK, 0)
        for position in reversed(places[start:stop]):
            if type_of(history.at(position).event) == name:
                return replace(self, before=position, has_looked=True)
        looked_back = self.looked_back + stop - start
        return replace(self, looked_back=looked_back, has_looked=not start)


def data_in(recorded: Recorded) -> object:
    """What an event carries, by the names that it has in a file; of a broken record, its text."""
    event = recorded.event
    match event:
        case UnreadableEvent():
            return event.text
        case UnknownEvent():
            return data_of(recorded)
        case _:
            return CODEC.encode(event).data


def record_around(recorded: Recorded) -> dict[str, object]:
    """All else that is known of an event, by the names that Find knows it by."""
    if not is_readable(recorded):
        return {}
    try:
        document = to_cloud_event(recorded, CODEC)
    except ValueError:
        document = {"id": recorded.id, **recorded.attributes}
    document.pop(DATA, None)
    return document
