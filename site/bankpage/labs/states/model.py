"""The model of what has a reader's own states told: what was handed over, asked, and answered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bankpage.paper.own_states import OwnFailure, OwnField
from esbank_core.kernel.identity import GENESIS, Position, StreamId
from esbank_core.programs.copies import NOT_COPIED, Copied


class Ended(StrEnum):
    """Why a Python has been thrown away, in the words of ``spare.js``."""

    STOPPED = "stopped"
    LATE = "late"
    TALKATIVE = "talkative"
    BROKEN = "broken"
    GONE = "gone"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Begin:
    """The program is to be read."""


@dataclass(frozen=True, slots=True)
class TellMoment:
    """The states as of a position are wanted, of its event's stream and of some others."""

    position: Position
    streams: tuple[StreamId, ...]
    field: str


@dataclass(frozen=True, slots=True)
class TellAll:
    """All events are to be told, and the fields sought in their states."""

    sought: tuple[OwnField, ...]


@dataclass(frozen=True, slots=True)
class Differ:
    """What the states differ in between two positions."""

    earlier: Position
    later: Position


@dataclass(frozen=True, slots=True)
class WriteTest:
    """A test of the event at a position."""

    position: Position


Question = Begin | TellMoment | TellAll | Differ | WriteTest


@dataclass(frozen=True, slots=True)
class Unusable:
    """Why a program cannot be begun with; ``line`` is its own, 0 where it is about none."""

    what: str
    reason: str
    line: int


@dataclass(frozen=True, slots=True)
class Model:
    """The room."""

    program: str = ""
    copied: Copied = NOT_COPIED
    is_handing: bool = False
    """Whether the next slice of events is on its way."""
    nth: int = 0
    asked: Question | None = None
    """What is on its way, under the number ``nth``."""
    has_begun: bool = False
    """Whether the other Python knows the program."""
    unusable: Unusable | None = None
    ended: Ended | None = None
    reason: str = ""
    told: Position = GENESIS
    """Up to where it is known on which events the evolve fails."""
    failures: int = 0
    first: OwnFailure | None = None
