"""A case to solve: “Last Tuesday” on the stage, a complaint, an answer that is checked, two hints.

The answer stands nowhere: what is typed is hashed, and compared with a hash.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from bankpage.labs.contract import Gesture, OpenStudy, Remark, Study, Subject, Turn
from bankpage.labs.debug.last_tuesday import Case, days_of_the_case
from bankpage.paper.phrases import Phrases
from bankpage.paper.remembered import Remembered
from bankpage.paper.tree import Slot, text
from esbank_core.kernel.identity import Position

NAME: Final = "Last Tuesday"
HINTS: Final = 2

_SALT: Final = "esbank, Last Tuesday: "
ANSWER: Final = "b924f5dc3497bf650f008c95d3b533e0eb996b1b96cccd772801af74d36d45fc"
"""SHA-256 of the salt and the position, as hex text."""


@dataclass(frozen=True, slots=True)
class Solving:
    """How far the case has been made, and solved."""

    days: Iterator[Case] | None = None
    """The days still to be made; it is used up by making them."""
    made: Case | None = None
    study: Study | None = None
    hints: int = 0
    answer: str = ""
    tries: int = 0
    solved_at: Position | None = None
    run: int = 0

    def is_open(self, subject: Subject) -> bool:
        """Whether the case has the stage."""
        return self.study is not None and subject.on_stage is self.study


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """The case is to take the stage."""


@dataclass(frozen=True, slots=True)
class DaySliced:
    """It is time to make the next day."""

    run: int


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer was given."""

    typed: str


@dataclass(frozen=True, slots=True)
class Hinted:
    """A hint is wanted."""


SolvingMessage = CaseOpened | DaySliced | Answered | Hinted


def read(gesture: Gesture) -> SolvingMessage | None:
    """The message that a gesture stands for; None if it is of another part of the lab."""
    match gesture.name:
        case "open-case":
            return CaseOpened()
        case "answer":
            return Answered(gesture.fields["answer"])
        case "hint":
            return Hinted()
        case _:
            return None


def update(solving: Solving, message: SolvingMessage) -> Turn[Solving, SolvingMessage]:
    """What a message makes of it."""
    match message:
        case CaseOpened():
            run = solving.run + 1
            if solving.study is not None:  # made before, and to be solved once more
                anew = Solving(study=solving.study, run=run)
                return Turn(anew, wishes=(OpenStudy(solving.study),))
            return Turn(Solving(days_of_the_case(), run=run), later=DaySliced(run))
        case DaySliced(run=run):
            return _made(solving) if run == solving.run else Turn(solving)
        case Answered(typed=typed):
            position = position_in(typed)
            is_right = position is not None and is_answer(position)
            return Turn(
                replace(
                    solving,
                    answer=typed,
                    tries=solving.tries + 1,
                    solved_at=position if is_right else None,
                )
            )
        case Hinted():
            return Turn(replace(solving, hints=min(HINTS, solving.hints + 1)))


def _made(solving: Solving) -> Turn[Solving, SolvingMessage]:
    if solving.days is None:
        return Turn(solving)
    made = next(solving.days, None)
    if made is not None:
        return Turn(replace(solving, made=made), later=DaySliced(solving.run))
    case = solving.made
    assert case is not None
    study = Study(NAME, case.history, case.lines, remarks=(Remark("debug-remark-case"),))
    return Turn(replace(solving, days=None, made=None, study=study), wishes=(OpenStudy(study),))


def position_in(typed: str) -> Position | None:
    """The position that an answer names, however it is written: “#12”, “event 12”, “1,234”."""
    found = re.fullmatch(r"(?:event|position|#|\s)*0*([0-9][0-9,]{0,11})\.?", typed.strip().lower())
    return Position(int(found[1].replace(",", ""))) if found else None


def is_answer(position: Position) -> bool:
    """Whether a position is the one that was asked for."""
    return sha256(f"{_SALT}{position}".encode()).hexdigest() == ANSWER


# The view.


def slots(solving: Solving, subject: Subject, phrases: Phrases) -> Iterator[Slot]:
    """The complaint and the answer, while the case has the stage."""
    yield from _case(solving, solving.is_open(subject), phrases)


@Remembered
def _case(solving: Solving, is_open: bool, phrases: Phrases) -> tuple[Slot, ...]:
    verdict = ""
    if solving.solved_at is not None:
        verdict = phrases("debug-right", position=solving.solved_at)
    elif solving.tries:
        is_position = position_in(solving.answer) is not None
        verdict = phrases("debug-wrong" if is_position else "debug-no-position")
    return (
        Slot("debug-open-case", {"hidden": is_open, "disabled": solving.days is not None}),
        Slot("debug-complaint", {"hidden": not is_open}),
        text("debug-verdict", verdict),
        Slot("debug-hint", {"disabled": solving.hints >= HINTS, "hidden": not is_open}),
        *(
            Slot(f"debug-hint-{nth}", {"hidden": not is_open or solving.hints < nth})
            for nth in range(1, HINTS + 1)
        ),
        Slot("debug-solved", {"hidden": not is_open or solving.solved_at is None}),
    )
