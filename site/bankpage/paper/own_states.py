"""What a reader's own ``evolve`` makes of the history on the stage, as far as it has been told.

It is told by a Python that the page has no trust in: all of it are texts to be shown and places.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from esbank_core.kernel.append_only import AppendOnly
from esbank_core.kernel.identity import GENESIS, Position, StreamId

Fields = Mapping[str, str]
"""A state, field by field, those within others with dots; all of it texts."""


@dataclass(frozen=True, slots=True)
class OwnFailure:
    """An event for which the evolve has no state: in which of its lines, and why."""

    position: Position
    stream_id: str
    type: str
    line: int
    """0 where it is about no line."""
    reason: str


@dataclass(frozen=True, slots=True)
class OwnChange:
    """The state of an event's own stream before and after it; nothing before its first event."""

    stream_id: StreamId
    before: Fields
    after: Fields
    failure: OwnFailure | None = None


@dataclass(frozen=True, slots=True)
class OwnMoment:
    """The states as of a position: of the event's own stream, and of those that were asked for."""

    position: Position
    change: OwnChange | None = None
    streams: Mapping[StreamId, Fields] = field(default_factory=dict)
    named: str = ""
    """The field that is to be among them, wherever in the state it stands."""


@dataclass(frozen=True, slots=True)
class OwnField:
    """What is sought in the states: a field of them, how it is compared, and with what."""

    path: str
    how: str
    typed: str


@dataclass(frozen=True, slots=True)
class OwnFound:
    """After which events the state of their stream is so, up to where they have been seen."""

    seen: Position = GENESIS
    positions: AppendOnly[Position] = field(default_factory=AppendOnly)


@dataclass(frozen=True, slots=True)
class OwnDifference:
    """A field of a stream's state that differs between two positions; None where there is none."""

    stream_id: str
    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class OwnDifferences:
    """What the states differ in between two positions; of many, the first are here."""

    earlier: Position
    later: Position
    rows: tuple[OwnDifference, ...]
    count: int


@dataclass(frozen=True, slots=True)
class OwnTest:
    """A test of the event at a position, as a text; or why there is none."""

    position: Position
    text: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OwnStates:
    """A reader's evolve, what has been asked of its states, and what has been answered."""

    text: str
    """The program. The page never runs it."""
    named: str = ""
    """The field that is shown of each stream, in the place of its balance; none where empty."""
    moment: OwnMoment | None = None
    """Where the slider stands, or stood just now."""
    sought: tuple[OwnField, ...] = ()
    found: Mapping[OwnField, OwnFound] = field(default_factory=dict)
    compares: tuple[Position, Position] | None = None
    differences: OwnDifferences | None = None
    tests: Position | None = None
    test: OwnTest | None = None
    ended: str = ""
    """Why nothing more is told, in a word; empty while it is."""


NOT_FOUND: Final = OwnFound()
