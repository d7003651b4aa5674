"""What is asked of a history, condition by condition, and what was found: the model of Find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from bankpage.labs.debug.spans import BARS
from bankpage.paper.own_states import OwnField
from esbank_core.bank.account import Ledger
from esbank_core.bank.events import Event
from esbank_core.bank.states import State
from esbank_core.kernel.append_only import AppendOnly
from esbank_core.kernel.identity import Position
from esbank_core.questions.moments import Scan
from esbank_core.questions.wording.conditions import (
    EVOLVE_FAILS,
    REFUSED_TODAY,
    WORDINGS,
    Asked,
)
from esbank_core.questions.wording.misread import Misread

PAGE: Final = 12
"""Moments listed at once."""

MOST_ROWS: Final = 4
"""Conditions that can be joined."""

OFFERED: Final = (
    *("balance-below", "amount-at-least", "event-type", "status", "field-equals"),
    *("field-contains", "gap-at-least", "out-of-order", "twice-for-one-cause", REFUSED_TODAY),
)
"""The conditions to choose from, by the names that the terminal knows them by."""

OFFERED_BY_EVOLVE: Final = (*OFFERED, EVOLVE_FAILS)
"""Those where a reader's own ``evolve`` tells the states."""


@dataclass(frozen=True, slots=True)
class Row:
    """A condition that is being put together; ``number`` tells it from the others."""

    number: int
    condition: str = OFFERED[0]
    field: str = ""
    value: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """The row as the terminal would have it."""
        values = (self.field if one is Asked.FIELD else self.value for one in self.asked)
        return self.condition, *values

    @property
    def asked(self) -> tuple[Asked, ...]:
        """What has to be given with it."""
        return () if self.condition == EVOLVE_FAILS else WORDINGS[self.condition].asked


@dataclass(frozen=True, slots=True)
class Found:
    """What a search has found so far, and which of it is in view."""

    scan: Scan[State, Event]
    bars: AppendOnly[int] = field(default_factory=AppendOnly)
    """For each moment, in which span of time it lies."""
    heights: tuple[int, ...] = (0,) * BARS
    """How many moments lie in each span of time."""
    cut: Scan[State, Event] | None = None
    """The streams that begin without their opening, where today's rules are asked."""
    asked_field: str = ""
    """A field that is asked for: nothing is found where no event has it, which is worth a word."""
    having: Scan[State, Event] | None = None
    """The events that have it."""
    first_bar: int = 0
    last_bar: int = BARS - 1
    narrowed: Sequence[Position] | None = None
    """The moments in the spans chosen; None for all."""
    first: int = 0
    """The first of those listed, from 0."""
    words: tuple[str, ...] = ()
    """What was asked for; and the fields in it of the states by a reader's own evolve, by which."""
    fields: tuple[OwnField, ...] = ()
    evolve: str = ""

    @property
    def moments(self) -> Sequence[Position]:
        """The moments in the spans of time chosen."""
        return self.scan.moments if self.narrowed is None else self.narrowed

    def is_done(self, history: Ledger) -> bool:
        """Whether every event has been looked at."""
        return self.scan.is_done(history)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why what was asked for cannot be searched, as whoever read it says."""

    code: Misread
    typed: str
    reason: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What is asked, and what was found."""

    rows: tuple[Row, ...] = (Row(0),)
    stream: str = ""
    made: int = 1
    """How many rows there have been."""
    run: int = 0
    found: Found | None = None
    problem: Problem | None = None
    came_from: Position | None = None
    """Where the slider stood before the first moment was gone to."""
