"""What can happen to a reader's own states, and how it is told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bankpage.labs.contract import Gesture
from bankpage.labs.states.model import Ended


@dataclass(frozen=True, slots=True)
class Evolving:
    """A program is to make the states from now on."""

    program: str


@dataclass(frozen=True, slots=True)
class Noticed:
    """The subject has become another."""


@dataclass(frozen=True, slots=True)
class HandedOn:
    """The next events are to be handed over."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The other Python has answered what was asked under a number."""

    nth: int
    answer: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PythonEnded:
    """The other Python was thrown away, or never came, before it had answered; 0: whatever."""

    nth: int
    ended: Ended
    reason: str


@dataclass(frozen=True, slots=True)
class FieldNamed:
    """A field is to be shown beside each stream; none, where it is empty."""

    name: str


@dataclass(frozen=True, slots=True)
class AgainWanted:
    """Another Python is to try it."""


@dataclass(frozen=True, slots=True)
class BankWanted:
    """The bank's own states are to be shown again."""


Message = (
    Evolving | Noticed | HandedOn | Answered | PythonEnded | FieldNamed | AgainWanted | BankWanted
)


def read(gesture: Gesture) -> Message:
    """The message that a gesture stands for.

    Raises:
        ValueError: no control makes it.
        KeyError: it came without one of its fields.
    """
    fields = gesture.fields
    match gesture.name:
        case "answered":
            return _answer(int(fields["nth"]), fields)
        case "script-missing":
            return PythonEnded(0, Ended.MISSING, fields["reason"])
        case "field":
            return FieldNamed(fields["value"])
        case "again":
            return AgainWanted()
        case "bank":
            return BankWanted()
        case _:
            raise ValueError(f"No control of one's own states makes “{gesture.name}”.")


def _answer(nth: int, fields: Mapping[str, str]) -> Message:
    if "ended" in fields:
        return PythonEnded(nth, Ended(fields["ended"]), fields.get("reason", ""))
    try:
        answer = json.loads(fields["answer"])
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        return PythonEnded(nth, Ended.BROKEN, "")
    return Answered(nth, answer)
