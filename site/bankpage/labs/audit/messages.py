"""Messages of the Audit lab: what is done to its controls, and what it goes on with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from bankpage.labs.audit.model import Asked, Attack
from bankpage.labs.contract import Gesture, Subject
from esbank_core.kernel.identity import Position


@dataclass(frozen=True, slots=True)
class Opened:
    """The lab has been opened: what is shown without being asked for is to be found."""


@dataclass(frozen=True, slots=True)
class SubjectChanged:
    """Another history is on the stage, or the same has grown."""


@dataclass(frozen=True, slots=True)
class VerifyAsked:
    """The chain is to be verified, and something to be said or done with what comes of it."""

    purpose: Asked


@dataclass(frozen=True, slots=True)
class CompareAsked:
    """The history is to be held against a head that somebody typed."""

    typed: str


@dataclass(frozen=True, slots=True)
class Verified:
    """The next slice of the chain is to be verified."""


@dataclass(frozen=True, slots=True)
class LinksSought:
    """Earlier links of the chain are to be drawn, or later ones."""

    by: int


@dataclass(frozen=True, slots=True)
class HandAsked:
    """One event is to be checked by hand."""

    position: Position


@dataclass(frozen=True, slots=True)
class HeadDownloaded:
    """The kept head is wanted as a file."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A text was copied, or only selected, since the browser does not allow it."""

    how: Literal["copied", "selected"]
    is_head: bool


@dataclass(frozen=True, slots=True)
class EventChosen:
    """Another event is to be attacked."""

    position: Position


@dataclass(frozen=True, slots=True)
class AttackAsked:
    """A copy of the history is to be attacked."""

    attack: Attack
    position: Position
    typed: str


@dataclass(frozen=True, slots=True)
class ChainAsked:
    """A history without hashes is to be chained from here on, as a study."""


@dataclass(frozen=True, slots=True)
class CopyGrown:
    """The next slice of a copy is to be made."""


@dataclass(frozen=True, slots=True)
class LeaveAsked:
    """The copy has been seen; the reader wants their own ledger again."""


@dataclass(frozen=True, slots=True)
class ActAsked:
    """Commands are to be given in another name."""

    typed: str


@dataclass(frozen=True, slots=True)
class DeedsCounted:
    """The next slice of who did what is to be counted."""


@dataclass(frozen=True, slots=True)
class DeedsSought:
    """Events of an actor, a stream, a type or a time are wanted."""

    actor: str
    stream: str
    type: str
    since: str
    to: str


@dataclass(frozen=True, slots=True)
class DeedsFound:
    """The next slice of the history is to be looked through."""


@dataclass(frozen=True, slots=True)
class FoundShown:
    """What was found is to be shown alone in the ledger, or everything again."""

    alone: bool


@dataclass(frozen=True, slots=True)
class EventSought:
    """The slider is to look at an event."""

    position: Position


@dataclass(frozen=True, slots=True)
class PathAsked:
    """The path of the request is wanted that an event belongs to."""

    position: Position | None
    """None for the event at which the slider stands."""


@dataclass(frozen=True, slots=True)
class RefusedExported:
    """What was refused is wanted as a file."""


@dataclass(frozen=True, slots=True)
class StatementAsked:
    """The statement of an account between two days is wanted."""

    account: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class StatementExported:
    """The statement is wanted as CSV."""


AuditMessage = (
    Opened
    | SubjectChanged
    | VerifyAsked
    | CompareAsked
    | Verified
    | LinksSought
    | HandAsked
    | HeadDownloaded
    | Copied
    | EventChosen
    | AttackAsked
    | ChainAsked
    | CopyGrown
    | LeaveAsked
    | ActAsked
    | DeedsCounted
    | DeedsSought
    | DeedsFound
    | FoundShown
    | EventSought
    | PathAsked
    | RefusedExported
    | StatementAsked
    | StatementExported
)

_PLAIN: Final[Mapping[str, AuditMessage]] = {
    "opened": Opened(),
    "script-missing": Opened(),
    "verify": VerifyAsked(Asked.VERDICT),
    "keep": VerifyAsked(Asked.HEAD),
    "earlier": LinksSought(-1),
    "later": LinksSought(1),
    "download-head": HeadDownloaded(),
    "chain": ChainAsked(),
    "leave": LeaveAsked(),
    "show-found": FoundShown(alone=True),
    "show-all": FoundShown(alone=False),
    "path-here": PathAsked(None),
    "export-refused": RefusedExported(),
    "export-statement": StatementExported(),
}

_WITH_FIELDS: Final[Mapping[str, Callable[[Mapping[str, str]], AuditMessage]]] = {
    "compare": lambda of: CompareAsked(of["known"]),
    "copied": lambda of: Copied(
        "copied" if of["how"] == "copied" else "selected", of["text"] == "audit-kept-text"
    ),
    "hand": lambda of: HandAsked(_position(of["position"])),
    "choose-event": lambda of: EventChosen(_position(of["value"])),
    "attack": lambda of: AttackAsked(
        Attack(of["attack"]), _position(of.get("event", "0")), of["value"]
    ),
    "act": lambda of: ActAsked(of["actor"]),
    "find": lambda of: DeedsSought(of["actor"], of["stream"], of["type"], of["since"], of["to"]),
    "look": lambda of: EventSought(_position(of["position"])),
    "path": lambda of: PathAsked(_position(of["position"])),
    "statement": lambda of: StatementAsked(of.get("account", ""), of["from"], of["until"]),
}


def read(gesture: Gesture) -> AuditMessage:
    """The message that a gesture stands for.

    Raises:
        ValueError: no control makes it, or not with these fields.
        KeyError: it came without one of its fields.
    """
    if gesture.name in _PLAIN:
        return _PLAIN[gesture.name]
    if gesture.name in _WITH_FIELDS:
        return _WITH_FIELDS[gesture.name](gesture.fields)
    raise ValueError(f"No control makes the gesture “{gesture.name}”.")


def noticed(before: Subject, after: Subject) -> AuditMessage | None:
    """What becomes of the lab when the subject is another; where the slider stands, nothing."""
    is_same = before.lines is after.lines and before.history is after.history
    return None if is_same else SubjectChanged()


def _position(text: str) -> Position:
    return Position(int(text or "0"))
