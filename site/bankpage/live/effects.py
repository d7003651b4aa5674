"""What the live ledger asks: of the browser, beside what any part may, and of the stage."""

from __future__ import annotations

from dataclasses import dataclass

from bankpage.live.messages import LiveMessage
from bankpage.paper.effects import Effect


@dataclass(frozen=True, slots=True)
class Append:
    """Write one append to localStorage; answered by Written, Overtaken or NotWritten."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Erase:
    """Erase the stored ledger; answered by Erased."""


@dataclass(frozen=True, slots=True)
class ReturnToNow:
    """A wish to the stage: the present answers a command, so that is where to look."""


LiveEffect = Effect[LiveMessage] | Append | Erase | ReturnToNow
