"""The contract between a lab and the page that it stands on; all that labs share.

A lab is a room with a door: its own model, messages, update and view, and no other. It looks at a
``Subject``, which it cannot change, and asks by ``Wish`` for whatever lies outside its room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, Generic, Protocol, TypeVar

from bankpage.paper.effects import (
    Clear,
    Download,
    Focus,
    Print,
    Refocus,
    Reveal,
    Show,
)
from bankpage.paper.occasion import Occasion
from bankpage.paper.own_states import OwnField, OwnStates
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Slot
from esbank_core.bank.account import CODEC, Ledger
from esbank_core.bank.events import Event
from esbank_core.kernel.append_only import AppendOnly
from esbank_core.kernel.identity import Position, StreamId
from esbank_core.kernel.recorded import Actor
from esbank_core.kernel.rejected import RejectedCommand
from esbank_core.kernel.written.audit import Verifier

# What a lab looks at.


class Strange(StrEnum):
    """What it is of an event that the bank does not understand."""

    TYPE = "type"
    SCHEMA = "schema"
    """A known type, in a schema or a version of it that is not known."""
    ATTRIBUTE = "attribute"


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """A kind of thing that a history holds and the bank has no word for: how often, and where."""

    what: str
    """The type, schema or attribute, as it was found; hostile until shown as text."""
    count: int
    example: Position
    kind: Strange = Strange.TYPE


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to be said, as a phrase of the page's and what is filled in: shown as text."""

    phrase: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Study:
    """A history that is looked at and never added to.

    ``lines`` are the events' lines letter by letter as they were found, empty where one is
    missing; ``chain`` is how far they have been verified, which the page goes on with.
    """

    name: str
    history: Ledger
    lines: AppendOnly[str]
    chain: Verifier[Event] = field(default_factory=lambda: Verifier[Event].genesis(CODEC))
    not_understood: tuple[NotUnderstood, ...] = ()
    remarks: tuple[Remark, ...] = ()
    """How the history was come by, for the study's sign."""


@dataclass(frozen=True, slots=True)
class LiveLedger:
    """The reader's own history is on the stage, the only one that takes commands."""


LIVE: Final = LiveLedger()


@dataclass(frozen=True, slots=True)
class Subject:
    """What is on the stage: which history, all of it, and how far the slider has applied it."""

    on_stage: LiveLedger | Study
    history: Ledger
    lines: AppendOnly[str]
    """Each event's line as it was found; the hash that it carries stands in it."""
    chain: Verifier[Event]
    position: Position
    actor: Actor
    """In whose name commands are given on the live ledger."""
    refused: tuple[RejectedCommand, ...] = ()
    """The newest commands that the rules said no to, oldest first; of a study nobody knows any."""
    own: OwnStates | None = None
    """What a reader's own evolve makes of the history, where there is one, as far as it is told."""
    streams: tuple[StreamId, ...] = ()
    """With such an evolve: the streams whose states stand on the stage."""


# What a lab asks for.


@dataclass(frozen=True, slots=True)
class LookAt:
    """The slider is to look at a position."""

    position: Position


@dataclass(frozen=True, slots=True)
class OpenStudy:
    """A study is to take the stage; at ``position``, where it matters, and else at its end."""

    study: Study
    position: Position | None = None
    is_to_be_seen: bool = True
    """Whether the reader is taken to the stage; not, where the lab itself shows what came of it."""


@dataclass(frozen=True, slots=True)
class BackToLive:
    """The live ledger is to have the stage again."""


@dataclass(frozen=True, slots=True)
class OpenLab:
    """Another lab is to be opened, and to take a draft in: a text that it knows to read."""

    name: str
    draft: str = ""


@dataclass(frozen=True, slots=True)
class ActAs:
    """Commands are to be given in another name from now on."""

    actor: Actor


@dataclass(frozen=True, slots=True)
class Mark:
    """These positions, ascending, are to be marked on the slider's line, instead of all others."""

    positions: tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class ShowOnly:
    """The ledger is to show these rows alone, ascending; with None, all of them again."""

    positions: tuple[Position, ...] | None


@dataclass(frozen=True, slots=True)
class EvolveWith:
    """A reader's own evolve is to make the states shown; with no text, the bank's does again.

    The page never runs it. What it makes comes with the subject, whichever labs are open.
    """

    text: str


@dataclass(frozen=True, slots=True)
class AskStates:
    """Something else is to be asked of those states; what is answered comes with the subject."""

    sought: tuple[OwnField, ...] | None = None
    """After which events a stream's state is so."""
    compares: tuple[Position, Position] | None = None
    """What they differ in between two positions."""
    tests: Position | None = None
    """A test of the event at a position."""


@dataclass(frozen=True, slots=True)
class StatesTold:
    """Those states have been told further, by whoever has them told."""

    states: OwnStates


Wish = (
    LookAt
    | OpenStudy
    | BackToLive
    | OpenLab
    | ActAs
    | Mark
    | ShowOnly
    | EvolveWith
    | AskStates
    | StatesTold
)


@dataclass(frozen=True, slots=True)
class Tell:
    """A text for the script of a lab, ``NAME.js``; it answers by gestures of that lab."""

    lab: str
    text: str


LabEffect = Reveal | Clear | Focus | Refocus | Download | Print | Show | Tell
"""What a lab asks of the browser. What it wants to go on with later is its turn's ``later``."""

# What a lab is.

Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Gesture:
    """What was done to a control of the lab, or told by its script.

    ``name`` is without the lab's prefix: “find” of the gesture “debug-find”.
    """

    name: str
    fields: Fields
    attached: bytes = b""
    """What a script sends along that is no text."""


M = TypeVar("M")
Msg = TypeVar("Msg")


@dataclass(frozen=True, slots=True)
class Turn(Generic[M, Msg]):
    """What a message makes of a lab."""

    model: M
    effects: tuple[LabEffect, ...] = ()
    wishes: tuple[Wish, ...] = ()
    later: Msg | None = None
    """The next slice of long work, or what comes when its time is up: a message to itself."""
    pause: int = 0
    """Milliseconds until then."""


def _nothing(_before: Subject, _after: Subject) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Lab(Generic[M, Msg]):
    """A lab by its parts, all of them pure.

    ``read`` raises ``ValueError`` or ``KeyError`` for what no control of the lab can send.
    """

    name: str
    initial: M
    read: Callable[[Gesture], Msg]
    update: Callable[[M, Msg, Subject, Occasion], Turn[M, Msg]]
    view: Callable[[M, Subject, Phrases], Iterator[Slot]]
    """Every slot of the lab, always the same ones; their ids begin with its name."""
    noticed: Callable[[Subject, Subject], Msg | None] = _nothing
    """What the open lab makes of a subject that has become another: a message, or nothing."""
    drafted: Callable[[str], Msg] | None = None
    """What the lab makes of a draft that another opens it with."""

    def room(self) -> Room:
        """The lab, as it is when it is first opened."""
        return _Room(self, self.initial)


@dataclass(frozen=True, slots=True)
class Heard:
    """A room after it has heard something, and what it asks for."""

    room: Room
    effects: tuple[LabEffect, ...] = ()
    wishes: tuple[Wish, ...] = ()
    ticket: int | None = None
    """With which the room wants to go on, after ``pause`` milliseconds."""
    pause: int = 0


class Room(Protocol):
    """A lab at work. Whoever holds it knows neither its model nor its messages."""

    @property
    def name(self) -> str:
        """The lab's name."""

    @property
    def tickets(self) -> tuple[int, ...]:
        """With which it waits to go on."""

    def hear(self, gesture: Gesture, subject: Subject, occasion: Occasion) -> Heard:
        """Take in a gesture.

        Raises:
            ValueError: no control of the lab makes it.
            KeyError: it came without one of its fields.
        """

    def draft(self, text: str, subject: Subject, occasion: Occasion) -> Heard:
        """Take in a draft of another lab."""

    def go_on(self, ticket: int, subject: Subject, occasion: Occasion) -> Heard:
        """Go on with what the ticket stands for; nothing, if it has been used."""

    def notice(self, before: Subject, after: Subject, occasion: Occasion) -> Heard:
        """Take in that another subject is on the stage, or the same further on."""

    def view(self, subject: Subject, phrases: Phrases) -> Iterator[Slot]:
        """The lab's slots."""


@dataclass(frozen=True, slots=True)
class _Room(Generic[M, Msg]):
    lab: Lab[M, Msg]
    model: M
    waiting: Mapping[int, Msg] = field(default_factory=dict)
    issued: int = 0

    @property
    def name(self) -> str:
        return self.lab.name

    @property
    def tickets(self) -> tuple[int, ...]:
        return tuple(self.waiting)

    def hear(self, gesture: Gesture, subject: Subject, occasion: Occasion) -> Heard:
        return self._took(self.lab.read(gesture), subject, occasion)

    def draft(self, text: str, subject: Subject, occasion: Occasion) -> Heard:
        if self.lab.drafted is None:
            return Heard(self)
        return self._took(self.lab.drafted(text), subject, occasion)

    def go_on(self, ticket: int, subject: Subject, occasion: Occasion) -> Heard:
        message = self.waiting.get(ticket)
        if message is None:
            return Heard(self)
        left = {other: kept for other, kept in self.waiting.items() if other != ticket}
        return replace(self, waiting=left)._took(message, subject, occasion)

    def notice(self, before: Subject, after: Subject, occasion: Occasion) -> Heard:
        message = self.lab.noticed(before, after)
        return Heard(self) if message is None else self._took(message, after, occasion)

    def view(self, subject: Subject, phrases: Phrases) -> Iterator[Slot]:
        return self.lab.view(self.model, subject, phrases)

    def _took(self, message: Msg, subject: Subject, occasion: Occasion) -> Heard:
        turn = self.lab.update(self.model, message, subject, occasion)
        if turn.later is None:
            return Heard(replace(self, model=turn.model), turn.effects, turn.wishes)
        ticket = self.issued + 1
        waiting = {**self.waiting, ticket: turn.later}
        room = replace(self, model=turn.model, waiting=waiting, issued=ticket)
        return Heard(room, turn.effects, turn.wishes, ticket, turn.pause)
