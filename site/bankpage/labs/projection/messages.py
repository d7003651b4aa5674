"""What can happen in the Projection lab, and how its gestures read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bankpage.labs.contract import Gesture
from bankpage.labs.projection.model import Answered, Doing, Ended
from bankpage.labs.projection.templates import TEMPLATES
from esbank_core.kernel.identity import GENESIS, Position
from esbank_core.programs.faults import Fault, What
from esbank_core.programs.shown import (
    DEEPEST,
    MOST_NODES,
    MOST_ROWS,
    Shown,
    Table,
    Tree,
)

KINDS: Final = ("", "projection", "evolve", "question")
"""What programs there are; none, where one could not begin."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The editor is there, and whether it holds anything that was written before."""

    has_text: bool


@dataclass(frozen=True, slots=True)
class ScriptMissing:
    """The lab's script, with editor and Python, did not come."""

    reason: str


@dataclass(frozen=True, slots=True)
class TemplateChosen:
    """A program to start from."""

    name: str


@dataclass(frozen=True, slots=True)
class Drafted:
    """A program that another lab has handed over."""

    text: str


@dataclass(frozen=True, slots=True)
class FileOpened:
    """A program came from a file: a text, until somebody runs it."""


@dataclass(frozen=True, slots=True)
class SaveWanted:
    """The program is to be had as a file."""

    text: str


@dataclass(frozen=True, slots=True)
class RunWanted:
    """The program is to be run."""

    text: str


@dataclass(frozen=True, slots=True)
class StopWanted:
    """It is to end, whatever it does."""


@dataclass(frozen=True, slots=True)
class AgainWanted:
    """The last event is to be delivered twice."""


@dataclass(frozen=True, slots=True)
class LagWanted:
    """The projection is to lag behind."""


@dataclass(frozen=True, slots=True)
class CatchUpWanted:
    """The projection is to catch up."""


@dataclass(frozen=True, slots=True)
class RebuildWanted:
    """The projection is to be thrown away and rebuilt."""


@dataclass(frozen=True, slots=True)
class CheckpointKept:
    """Whether a checkpoint is kept has been changed."""

    keeps: bool


@dataclass(frozen=True, slots=True)
class FeedWanted:
    """Current State is to show what the evolve makes, or what the bank's own does."""

    feeds: bool


@dataclass(frozen=True, slots=True)
class Followed:
    """Another history, or another position of it, is looked at."""


@dataclass(frozen=True, slots=True)
class HandedOn:
    """The next events are to be handed over."""


@dataclass(frozen=True, slots=True)
class AnswerCame:
    """The other Python has answered what was asked under a number."""

    nth: int
    answer: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PythonEnded:
    """The other Python was thrown away before it had answered."""

    nth: int
    ended: Ended
    reason: str


Message = (
    Opened
    | ScriptMissing
    | TemplateChosen
    | Drafted
    | FileOpened
    | SaveWanted
    | RunWanted
    | StopWanted
    | AgainWanted
    | LagWanted
    | CatchUpWanted
    | RebuildWanted
    | CheckpointKept
    | FeedWanted
    | Followed
    | HandedOn
    | AnswerCame
    | PythonEnded
)


def read(gesture: Gesture) -> Message:
    """The message that a gesture stands for.

    Raises:
        ValueError: no control of the lab makes it.
        KeyError: it came without one of its fields.
    """
    fields = gesture.fields
    match gesture.name:
        case "opened":
            return Opened(fields["has"] == "text")
        case "script-missing":
            return ScriptMissing(fields["reason"])
        case "template":
            if fields["value"] not in TEMPLATES:
                raise ValueError(f"There is no template “{fields['value']}”.")
            return TemplateChosen(fields["value"])
        case "file":
            return FileOpened()
        case "save":
            return SaveWanted(fields["code"])
        case "run":
            return RunWanted(fields["code"])
        case "stop":
            return StopWanted()
        case "again":
            return AgainWanted()
        case "lag":
            return LagWanted()
        case "catch-up":
            return CatchUpWanted()
        case "rebuild":
            return RebuildWanted()
        case "feed":
            return FeedWanted(True)
        case "bank":
            return FeedWanted(False)
        case "checkpoint":
            return CheckpointKept(fields["checked"] == "true")
        case "answered":
            return _answer(int(fields["nth"]), fields)
        case _:
            raise ValueError(f"No control of the lab makes the gesture “{gesture.name}”.")


def _answer(nth: int, fields: Mapping[str, str]) -> Message:
    if "ended" in fields:
        return PythonEnded(nth, Ended(fields["ended"]), fields.get("reason", ""))
    try:
        answer = json.loads(fields["answer"])
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        return PythonEnded(nth, Ended.BROKEN, "")
    return AnswerCame(nth, answer)


def answered(doing: Doing, told: Mapping[str, Any]) -> Answered:
    """What an answer says. It comes from where a reader's code runs, and may be anything.

    Raises:
        ValueError, KeyError, TypeError: it is none of the desk's answers.
    """
    took = told.get("took")
    kind = told.get("kind", "")
    if kind not in KINDS:
        raise ValueError(f"No program is a {kind!r}.")
    return Answered(
        doing,
        kind,
        Position(int(told.get("checkpoint", GENESIS))),
        told.get("doubled") is True,
        _shown(told["shown"]) if "shown" in told else None,
        _fault(told["fault"]) if "fault" in told else None,
        None if took is None else float(took),
        str(told.get("printed", "")),
        int(told.get("unprinted", 0)),
    )


def _shown(told: Mapping[str, Any]) -> Shown:
    if told["is"] == "table":
        columns = tuple(map(str, told["columns"]))
        rows = tuple(tuple(map(str, row)) for row in told["rows"])
        if len(rows) > MOST_ROWS or any(len(row) != len(columns) for row in rows):
            raise ValueError("It is no table that the desk makes.")
        return Table(columns, rows, int(told["left_out"]))
    return _tree(told, DEEPEST)


def _tree(told: Mapping[str, Any], depth: int) -> Tree:
    if depth < 0 or len(told["under"]) > MOST_NODES:
        raise ValueError("It is no tree that the desk makes.")
    under = tuple(_tree(each, depth - 1) for each in told["under"])
    return Tree(str(told["name"]), str(told["value"]), under, int(told["left_out"]))


def _fault(told: Mapping[str, Any]) -> Fault:
    line, position = told["line"], told["position"]
    return Fault(
        What(told["what"]),
        str(told["error"]),
        str(told["message"]),
        None if line is None else int(line),
        None if position is None else Position(int(position)),
    )
