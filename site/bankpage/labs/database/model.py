"""What the Database lab knows: how far the databases are filled, and what was answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from esbank_core.bank.account import Recorded
from esbank_core.kernel.identity import GENESIS, Position
from esbank_core.questions.sql.sandbox import Limits, Outcome
from esbank_core.questions.sql.twins import Twin

FIRST_EXAMPLE: Final = "five-minutes"
MOST_OF_A_QUERY: Final = Limits().sql
"""Characters of a query that is put at all."""


class Waiting(StrEnum):
    """Why a database has not answered."""

    ASKED = "asked"
    NOT_ASKED = "not asked"
    """The query has nothing for it."""
    STOPPED = "stopped"
    LATE = "late"
    GONE = "gone"
    """The other Python has ended: the browser took it, or its memory was at an end."""
    UNREADABLE = "unreadable"
    """What came back is no answer."""
    TOO_LONG = "too long"
    """The query is longer than any that is put."""


Answer = Outcome | Waiting


class Standing(StrEnum):
    """How it stands with the other Python."""

    CLOSED = "closed"
    """Its script is not here yet."""
    FILLING = "filling"
    READY = "ready"
    MISSING = "missing"
    """It did not start, or was lost time after time."""


@dataclass(frozen=True, slots=True)
class Filing:
    """A file that is being made: of which database, and how many lines were handed over."""

    twin: Twin
    lines: int = 0
    head_hash: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """Everything that the lab knows."""

    text: str | None = None
    """What stands in the textbox; None while that is the page's own first example, or untold."""
    example: str = FIRST_EXAMPLE
    standing: Standing = Standing.CLOSED
    reason: str = ""
    """Why the other Python is missing."""
    twins: tuple[Twin, ...] = tuple(Twin)
    begun: int = 0
    """By which number it was told to begin: what it answered before is of no use."""
    told: int = 0
    """The number of what it was told last."""
    sent: Position = GENESIS
    """Up to where it was told of events."""
    last: Recorded | None = None
    """The last of them: by it one sees that the history is still the same."""
    fed: Position = GENESIS
    """Up to where it has said that it has them."""
    feeding: Mapping[int, Position] = field(default_factory=dict)
    """What it was told of and has not answered: by number, up to where."""
    asked: Mapping[int, Twin] = field(default_factory=dict)
    """The queries that it has not answered, by number."""
    answers: Mapping[Twin, Answer] = field(default_factory=dict)
    wanted: Mapping[Twin, str] | None = None
    """A query that is put as soon as the databases are begun."""
    losses: int = 0
    """How often in a row it was lost without an answer in between."""
    filing: Filing | None = None
    filed: int = 0

    @property
    def is_running(self) -> bool:
        """Whether a query has not been answered yet."""
        return bool(self.asked)
