"""A reader's own Python, as a text: the names at its top level, and its faults in its own lines.

Running it is for whoever has the reader's word: a terminal, or a Python that can be thrown away.
Nothing here keeps it from what Python can do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from types import CodeType, ModuleType, TracebackType
from typing import Any, Final

OWN: Final = "own"
"""What a reader's code goes by as a module, unless it has a file's name."""


class Fault(StrEnum):
    """What is the matter with a reader's own code."""

    NOT_PYTHON = "not Python"
    FAILED = "failed as it was read"
    NAME_MISSING = "name missing"
    NOT_A_FUNCTION = "not a function"


class OwnCodeError(Exception):
    """Code that cannot be used: ``line`` is its own, from 1, or 0 where it is about no line."""

    def __init__(
        self, fault: Fault, reason: str, line: int = 0, error: BaseException | None = None
    ) -> None:
        self.fault = fault
        self.reason = reason
        self.line = line
        self.error = error
        """What Python raised, where it has."""
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class OwnCode:
    """A reader's code that compiles; ``file`` is what its lines are found under in a traceback."""

    code: CodeType
    file: str

    @classmethod
    def read(cls, text: str, file: str) -> OwnCode:
        """The code that a text is. Nothing of it is run.

        Raises:
            OwnCodeError: it is not Python.
        """
        try:
            # A name of ours, such as the annotations of this file, is none of theirs.
            return cls(compile(text, file, "exec", dont_inherit=True), file)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as broken:
            line = broken.lineno if isinstance(broken, SyntaxError) else 0
            said = broken.msg if isinstance(broken, SyntaxError) else str(broken)
            raise OwnCodeError(Fault.NOT_PYTHON, said, line or 0, broken) from None

    def run(self, module: ModuleType) -> dict[str, Any]:
        """Run it in a module, and return the names that it then has at its top level.

        Raises:
            OwnCodeError: it failed.
        """
        names = module.__dict__
        try:
            exec(self.code, names)  # noqa: S102 - the reader's own, where the reader wants it run
        except (Exception, SystemExit) as failed:
            line = line_of(failed, self.file)
            raise OwnCodeError(Fault.FAILED, what_failed(failed), line, failed) from None
        return names


def function_in(names: dict[str, Any], name: str) -> Callable[..., Any]:
    """The function that a reader's code calls by that name.

    Raises:
        OwnCodeError: there is none.
    """
    if name not in names:
        raise OwnCodeError(Fault.NAME_MISSING, name)
    found: Callable[..., Any] = names[name]
    if not callable(found):
        raise OwnCodeError(Fault.NOT_A_FUNCTION, name)
    return found


def value_in(names: dict[str, Any], name: str) -> object:
    """The value that a reader's code gives a name.

    Raises:
        OwnCodeError: it gives it none.
    """
    if name not in names:
        raise OwnCodeError(Fault.NAME_MISSING, name)
    found: object = names[name]
    return found


def line_of(failed: BaseException, file: str) -> int:
    """The line of a reader's code in which it failed, the innermost; 0 where none of it did."""
    line = 0
    trace: TracebackType | None = failed.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def what_failed(failed: BaseException) -> str:
    """What an exception of a reader's says: ``KeyError: 'amount'``."""
    try:
        said = str(failed)
    except Exception:
        said = ""
    name = type(failed).__name__
    return f"{name}: {said}" if said else name
