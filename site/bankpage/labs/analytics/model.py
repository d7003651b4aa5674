"""What the Analytics lab knows: the question being put, the answer so far, and its order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bankpage.labs.analytics.plot import Plot
from esbank_core.bank.account import Recorded
from esbank_core.bank.events import Event
from esbank_core.bank.states import State
from esbank_core.kernel.identity import GENESIS, Position
from esbank_core.questions.ask import Answer, Asked, Row
from esbank_core.questions.wording.misread import Misread
from esbank_core.questions.wording.questions import FORMS, QuestionForm

FIRST_ROWS: Final = 50
"""Rows that are shown before more are asked for."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A question that is being put to a history, as far as ``asked`` has seen."""

    form: QuestionForm
    typed: tuple[str, ...]
    asked: Asked[State, Event]
    to: Position
    """Up to where it is to see: where the slider looks."""
    total: Position
    """The end of the history then."""
    last: Recorded | None = None
    """The last event that it has seen: by it one sees that the history is still the same."""
    milestone: int = 0
    """At how many events there is the next answer to look at, before all are seen."""

    @property
    def is_done(self) -> bool:
        """Whether it has seen all that it is to see."""
        return self.asked.seen >= self.to


@dataclass(frozen=True, slots=True)
class Given:
    """An answer, what it looks like, and as of where it is."""

    form: QuestionForm
    typed: tuple[str, ...]
    answer: Answer
    plot: Plot | None
    seen: Position
    to: Position
    total: Position

    @property
    def is_whole(self) -> bool:
        """Whether it counts all events up to where the slider looks."""
        return self.seen >= self.to


@dataclass(frozen=True, slots=True)
class Order:
    """By which column the rows are sorted."""

    column: int
    is_descending: bool = False


@dataclass(frozen=True, slots=True)
class Sorting:
    """The first rows in an order, found so far, and how many rows have been looked at."""

    rows: tuple[Row, ...] = ()
    looked_at: int = 0


@dataclass(frozen=True, slots=True)
class Filing:
    """A file of the answer that is being written, as far as it goes."""

    given: Given
    parts: tuple[str, ...] = ()
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Model:
    """Everything that the lab knows."""

    form: QuestionForm = FORMS[0]
    misread: tuple[Misread, str] | None = None
    """What was typed for a parameter and means nothing."""
    asking: Asking | None = None
    asked_times: int = 0
    """How often a question was put or begun anew: what still belongs to an earlier one is late."""
    given: Given | None = None
    held: Position = GENESIS
    """Where the reader looked from the answer: it stays as it is while the slider stands there."""
    order: Order | None = None
    most: int = FIRST_ROWS
    rows: tuple[Row, ...] = ()
    """The rows that are shown, in their order."""
    sorting: Sorting | None = None
    sorted_times: int = 0
    filing: Filing | None = None
    filed_times: int = 0
    speaks: bool = True
    """Whether a new sentence is said: one that follows the slider is only shown."""
    defaults: Mapping[str, str] = field(default_factory=dict)
    """What stands in the fields of the question chosen, by parameter."""
