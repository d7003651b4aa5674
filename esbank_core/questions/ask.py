"""Asking: a question is a class of two functions, and its answer is plain rows.

``see`` is handed every change of the ledger in order; ``answer`` says what it found. That is
all that a question is, so that a new one is a few lines, whatever was thought of when the
events were written::

    class Busiest:
        def __init__(self):
            self.counts = Counter()

        def see(self, change):
            self.counts[change.recorded.stream_id] += 1

        def answer(self):
            return Answer(
                (Column("account_id"), Column("events", "events")),
                tuple(self.counts.most_common()),
            )

    ask(ledger, Busiest())
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final, Generic, Protocol, TypeVar

from esbank_core.kernel.history import Change, History
from esbank_core.kernel.identity import GENESIS, Position

State = TypeVar("State")
Event = TypeVar("Event")

Cell = str | int | datetime | None
"""A datetime is an aware instant; everything else is what it looks like."""

Row = tuple[Cell, ...]

MINOR_UNITS: Final = "minor units"
"""Of the currency in the row's column ``currency``."""
CURRENCY: Final = "ISO 4217"
INSTANT: Final = "RFC 3339"
MILLISECONDS: Final = "ms"


NO_GIST: Final[Mapping[str, Cell]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Column:
    """The name of a column, and the unit of its cells; None for plain words and names."""

    name: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Plain rows, each with a cell for each column; and the gist, by name, where there is one.

    No sentences: those are for whoever shows it.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    gist: Mapping[str, Cell] = field(default_factory=lambda: NO_GIST)


class Question(Protocol[State, Event]):
    """Whatever sees every change of a ledger, and has an answer at any time."""

    def see(self, change: Change[State, Event], /) -> None:
        """Take notice of the next change, in order of position."""
        ...

    def answer(self) -> Answer:
        """Say what was found in all that was seen."""
        ...


def ask(history: History[State, Event], question: Question[State, Event]) -> Answer:
    """Show a question the whole history, and return its answer."""
    return Asked(question).shown(history).answer()


@dataclass(frozen=True, slots=True)
class Asked(Generic[State, Event]):
    """A question that has been shown a history as far as ``seen``, and may be shown more.

    The question itself takes notice, so that of two of these only the newer one counts.
    """

    question: Question[State, Event]
    seen: Position = GENESIS

    def shown(
        self, history: History[State, Event], to: Position | None = None
    ) -> Asked[State, Event]:
        """The question, shown what follows in the history, up to a position or to its end."""
        end = history.head if to is None else to
        see = self.question.see
        for change in history.changes(self.seen, end):
            see(change)
        return Asked(self.question, end)

    def answer(self) -> Answer:
        """What is known by now."""
        return self.question.answer()
