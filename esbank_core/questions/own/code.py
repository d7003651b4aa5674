"""A reader's own Python, as a text: the names at its top level, and its faults in its own lines.

Running it is for whoever has the reader's word: a terminal, or a Python that can be thrown away.
Nothing here keeps it from what Python can do.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from types import ModuleType, TracebackType
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

    def __init__(self, fault: Fault, reason: str, line: int = 0) -> None:
        self.fault = fault
        self.reason = reason
        self.line = line
        super().__init__(reason)


def own_names(text: str, file: str, module: ModuleType | None = None) -> dict[str, Any]:
    """Run a reader's code, and return the names that it has at its top level.

    ``file`` is what its lines are found under in a traceback; ``module`` is what it runs in, for
    whoever has one that Python knows.

    Raises:
        OwnCodeError: it is not Python, or it failed.
    """
    names = (module or ModuleType(OWN)).__dict__
    try:
        # A name of ours, such as the annotations of this file, is none of theirs.
        code = compile(text, file, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as broken:
        line = broken.lineno if isinstance(broken, SyntaxError) else 0
        said = broken.msg if isinstance(broken, SyntaxError) else str(broken)
        raise OwnCodeError(Fault.NOT_PYTHON, said, line or 0) from None
    try:
        exec(code, names)  # noqa: S102 - the reader's own code, where the reader wants it run
    except (Exception, SystemExit) as failed:
        raise OwnCodeError(Fault.FAILED, what_failed(failed), line_of(failed, file)) from None
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
