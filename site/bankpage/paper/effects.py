"""Effects: what a part of the page asks the browser to do. Values; ``shell`` carries them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from esbank_core.kernel.identity import Position

Message = TypeVar("Message", covariant=True)


@dataclass(frozen=True, slots=True)
class After(Generic[Message]):
    """Send a message of the asker's own once some milliseconds have passed."""

    milliseconds: int
    message: Message


@dataclass(frozen=True, slots=True)
class Reveal:
    """Scroll the row of an event into sight."""

    position: Position


@dataclass(frozen=True, slots=True)
class Clear:
    """Empty the text fields of these ids: what was typed in them has been done."""

    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Focus:
    """Put the keyboard's focus on the element of an id."""

    element: str


@dataclass(frozen=True, slots=True)
class Refocus:
    """The same, if the focus would otherwise be lost with a control that has been disabled."""

    element: str


@dataclass(frozen=True, slots=True)
class Download:
    """Give the reader a file."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class OnPaper:
    """Hand the page the rows after one position up to another, for when it is printed."""

    after: int
    to: Position


@dataclass(frozen=True, slots=True)
class Print:
    """Print the page, with all rows that it was handed."""


@dataclass(frozen=True, slots=True)
class Show:
    """Scroll the page so that the element of an id is in sight."""

    element: str


@dataclass(frozen=True, slots=True)
class Address:
    """Have the browser's bar say where one is: a fragment, or nothing.

    A jump can be gone back from; any other move takes the place of the last, once at rest.
    """

    fragment: str
    is_jump: bool


@dataclass(frozen=True, slots=True)
class Count:
    """Let the text of an element run through these texts, for who does not mind motion.

    The last is what it says anyway.
    """

    element: str
    texts: tuple[str, ...]


Effect = (
    After[Message]
    | Reveal
    | Clear
    | Focus
    | Refocus
    | Download
    | OnPaper
    | Print
    | Show
    | Address
    | Count
)
