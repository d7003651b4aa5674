"""What can happen in the Database lab, and how its gestures and its script's answers read."""

from __future__ import annotations

from dataclasses import dataclass

from bankpage.labs.contract import Gesture
from esbank_core.questions.sql.twins import Twin


@dataclass(frozen=True, slots=True)
class Opened:
    """The lab's script is here: there is a Python for the databases, or soon will be."""


@dataclass(frozen=True, slots=True)
class Followed:
    """Another history is looked at, or the same further on."""


@dataclass(frozen=True, slots=True)
class Typed:
    """The reader has written a query."""

    text: str


@dataclass(frozen=True, slots=True)
class ExampleChosen:
    """A question to click is put into the textbox."""

    name: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What backs a cell of the table “Free, honestly” is run."""

    question: str
    twin: Twin


@dataclass(frozen=True, slots=True)
class RunWanted:
    """The query is to be put to the databases."""

    text: str


@dataclass(frozen=True, slots=True)
class StopWanted:
    """The query is to be stopped, whatever it is doing."""


@dataclass(frozen=True, slots=True)
class FileWanted:
    """A database is to be had as a file."""

    twin: Twin


@dataclass(frozen=True, slots=True)
class FilingWentOn:
    """The next lines of the file are to be handed over."""

    nth: int


@dataclass(frozen=True, slots=True)
class Answered:
    """The other Python has answered what it was told by this number."""

    nth: int
    answer: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The other Python has been thrown away while it was at this, and another takes its place."""

    nth: int
    how: str
    reason: str


@dataclass(frozen=True, slots=True)
class ScriptMissing:
    """The lab's script could not be loaded."""

    reason: str


Message = (
    Opened
    | Followed
    | Typed
    | ExampleChosen
    | Tried
    | RunWanted
    | StopWanted
    | FileWanted
    | FilingWentOn
    | Answered
    | Ended
    | ScriptMissing
)


def read(gesture: Gesture) -> Message:
    """The message that a gesture stands for.

    Raises:
        ValueError: no control of the lab makes it, nor its script.
        KeyError: it came without one of its fields.
    """
    fields = gesture.fields
    match gesture.name:
        case "opened":
            return Opened()
        case "typed":
            return Typed(fields["sql"])
        case "example":
            return ExampleChosen(fields["value"])
        case "try":
            return Tried(fields["question"], Twin(fields["twin"]))
        case "run":
            return RunWanted(fields["sql"])
        case "stop":
            return StopWanted()
        case "file":
            return FileWanted(Twin(fields["twin"]))
        case "answered":
            return Answered(int(fields["nth"]), fields["answer"])
        case "ended":
            return Ended(int(fields["nth"]), fields["how"], fields.get("reason", ""))
        case "script-missing":
            return ScriptMissing(fields["reason"])
        case _:
            raise ValueError(f"No control of the lab makes the gesture “{gesture.name}”.")
