"""Effects: what the page asks the browser to do. Values; ``shell`` carries them out."""

from __future__ import annotations

from dataclasses import dataclass

from bankpage.messages import Message
from esbank_core.kernel.identity import Position


@dataclass(frozen=True, slots=True)
class Append:
    """Write one append to localStorage; answered by Written, Overtaken or NotWritten."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Erase:
    """Erase the stored ledger; answered by Erased."""


@dataclass(frozen=True, slots=True)
class After:
    """Send a message once some milliseconds have passed."""

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


Effect = Append | Erase | After | Reveal | Clear | Focus | Refocus | Download
