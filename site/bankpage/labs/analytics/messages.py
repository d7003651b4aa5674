"""What can happen in the Analytics lab, and how its gestures read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bankpage.labs.contract import Gesture
from esbank_core.kernel.identity import Position
from esbank_core.questions.wording.misread import MisreadError
from esbank_core.questions.wording.questions import QuestionForm, question_form


@dataclass(frozen=True, slots=True)
class Chosen:
    """The reader looks at another question."""

    form: QuestionForm


@dataclass(frozen=True, slots=True)
class AskedFor:
    """The question is put, with what is typed for each of its parameters, by name."""

    form: QuestionForm
    typed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class WentOn:
    """The question of this number is to be shown the next events."""

    nth: int


@dataclass(frozen=True, slots=True)
class Followed:
    """Another history, or another position of it, is looked at."""


@dataclass(frozen=True, slots=True)
class SortedBy:
    """The rows are to be in order of a column; once more, and the order turns round."""

    column: int


@dataclass(frozen=True, slots=True)
class SortingWentOn:
    """The sorting of this number goes on."""

    nth: int


@dataclass(frozen=True, slots=True)
class MoreWanted:
    """More rows are to be shown."""


@dataclass(frozen=True, slots=True)
class EventSought:
    """The slider is to look at an event of the answer."""

    position: Position


@dataclass(frozen=True, slots=True)
class CsvWanted:
    """The answer is to be had as a file."""


@dataclass(frozen=True, slots=True)
class CsvWentOn:
    """The next rows of the file of this number are to be written."""

    nth: int


@dataclass(frozen=True, slots=True)
class ChangeWanted:
    """The question's Python is to be opened where it can be changed."""


Message = (
    Chosen
    | AskedFor
    | WentOn
    | Followed
    | SortedBy
    | SortingWentOn
    | MoreWanted
    | EventSought
    | CsvWanted
    | CsvWentOn
    | ChangeWanted
)


def read(gesture: Gesture) -> Message:
    """The message that a gesture stands for.

    Raises:
        ValueError: no control of the lab makes it.
        KeyError: it came without one of its fields.
    """
    fields = gesture.fields
    match gesture.name:
        case "choose":
            return Chosen(_form(fields["question"]))
        case "ask":
            return AskedFor(_form(fields["question"]), fields)
        case "sort":
            return SortedBy(int(fields["column"]))
        case "more":
            return MoreWanted()
        case "go":
            return EventSought(Position(int(fields["position"])))
        case "csv":
            return CsvWanted()
        case "change":
            return ChangeWanted()
        case _:
            raise ValueError(f"No control of the lab makes the gesture “{gesture.name}”.")


def _form(name: str) -> QuestionForm:
    try:
        return question_form(name)
    except MisreadError:
        raise ValueError(f"There is no question “{name}”.") from None
