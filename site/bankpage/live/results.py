"""What can come of what was asked of the live ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bankpage.live.requests import VISITOR, Form
from esbank_core.bank.commands import Command
from esbank_core.bank.events import Event
from esbank_core.bank.states import State
from esbank_core.kernel.decider import Rejection
from esbank_core.kernel.identity import Position
from esbank_core.kernel.recorded import Actor, Opaque, RecordedEvent


@dataclass(frozen=True, slots=True)
class Decision:
    """A command, the state that it was decided on, and what came of it."""

    command: Command
    before: State
    result: tuple[Event, ...] | Rejection
    after: State
    time: datetime
    actor: Actor | None = VISITOR


@dataclass(frozen=True, slots=True)
class Accepted:
    """The rules said yes, and these events were appended."""

    recorded: tuple[RecordedEvent[Event | Opaque], ...]


@dataclass(frozen=True, slots=True)
class Rejected:
    """The rules said no, and nothing was appended."""

    rejection: Rejection


@dataclass(frozen=True, slots=True)
class Mistyped:
    """What was typed is not what the field asks for, so that nothing was decided."""

    sentence: str


@dataclass(frozen=True, slots=True)
class NotStored:
    """The rules said yes, but the browser would not write it down, so it did not happen."""

    reason: Trouble


class Trouble(StrEnum):
    """Why the browser did not write something down."""

    FULL = "full"
    FAILED = "failed"
    CONTENDED = "contended"
    UNWRITABLE = "unwritable"
    """It could not be read back; nobody can type so much, but a script can."""
    GONE = "gone"
    """Some of what was stored is not there any more; nothing is appended after a hole."""
    LATER = "later"
    """A later version of the page keeps the ledger now, in a form that this one does not know."""


class Note(StrEnum):
    """What is said where a command would be, and is none; each by the phrase of its name."""

    NO_RECEIVER = "no-receiver"
    STORY_BEGUN = "story-begun"
    STORY_STOPPED = "story-stopped"
    ERASED_ELSEWHERE = "erased-elsewhere"
    AS_VISITOR = "as-visitor"


@dataclass(frozen=True, slots=True)
class NotPossible:
    """Nothing was asked: the account acted on is in a state that has no use for it."""

    state: State


@dataclass(frozen=True, slots=True)
class StoryOver:
    """The story has been told to its end."""

    events: int


@dataclass(frozen=True, slots=True)
class Exported:
    """So many events were handed to the reader as a file."""

    events: int


@dataclass(frozen=True, slots=True)
class Added:
    """A study has been added: so many of its events were new, and so many there already."""

    name: str
    events: int
    skipped: int


@dataclass(frozen=True, slots=True)
class NotAddable:
    """One event of a study contradicts the ledger, or cannot be read; nothing was added.

    ``position`` is its place in the study, and ``reason`` a sentence.
    """

    name: str
    position: int
    reason: str


@dataclass(frozen=True, slots=True)
class NoRoomFor:
    """So many events of a study are more than the browser has room for; nothing was added."""

    name: str
    events: int


@dataclass(frozen=True, slots=True)
class NoSuchEvent:
    """Someone asked for an event by its address, and by that name there is none."""

    name: str
    head: Position


Result = (
    Accepted
    | Rejected
    | Mistyped
    | NotStored
    | Note
    | NotPossible
    | StoryOver
    | Exported
    | Added
    | NotAddable
    | NoRoomFor
    | NoSuchEvent
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the last thing asked, and where to say so."""

    form: Form
    result: Result
