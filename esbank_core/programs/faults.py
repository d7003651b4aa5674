"""What is wrong with a reader's program: a code, the error's own words, and where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from esbank_core.kernel.identity import Position
from esbank_core.questions.own.code import line_of

LONGEST_MESSAGE: Final = 400
"""Characters of an error's own words; a program may make them of any length."""


class What(StrEnum):
    """The kinds of fault."""

    RAISED = "raised"
    """It raised an error, or is no Python: ``error`` and ``message`` say which."""
    RETURNED_NONE = "returned-none"
    """A function returned None in place of the state after an event."""
    NO_PROGRAM = "no-program"
    """It has neither apply, nor evolve, nor a class of a question."""
    TWO_PROGRAMS = "two-programs"
    """It has both apply and evolve, and nobody knows which is meant."""
    NO_INITIAL = "no-initial"
    """It has no ``initial`` to begin with."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What went wrong, on which line of the program, and at which event; None where at none."""

    what: What
    error: str = ""
    """The name of the error's class."""
    message: str = ""
    line: int | None = None
    position: Position | None = None


class FaultError(Exception):
    """A reader's program cannot go on."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(f"{fault.what}: {fault.error} {fault.message}")


def fault_of(
    error: BaseException, file_name: str, position: Position | None = None, first_line: int = 0
) -> Fault:
    """The fault that an error is, on the last line of the program that it came through.

    ``first_line`` counts where no line is to be found, as of an error raised in none.
    """
    line = first_line or None
    if isinstance(error, SyntaxError) and error.filename == file_name:
        line = error.lineno
    line = line_of(error, file_name) or line
    return Fault(What.RAISED, type(error).__name__, _words_of(error), line, position)


def _words_of(error: BaseException) -> str:
    try:
        words = error.msg if isinstance(error, SyntaxError) else str(error)
    except Exception:  # its class is the reader's own
        return ""
    return words if len(words) <= LONGEST_MESSAGE else words[: LONGEST_MESSAGE - 1] + "…"
