"""A reader's program, read from its text: a projection, an evolve by stream, or a question.

A projection is two names at module level, ``initial`` and ``apply(state, event)``, as the kernel's
``Projection`` has them; an evolve is ``initial`` and ``evolve(state, event)``, of one stream; a
question is a class with ``see(change)`` and ``answer()``. Reading a program runs it: only code that
somebody has asked to be run may come here.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass
from types import CodeType
from typing import Any, Final, NoReturn

from esbank_core.bank.account import Ledger
from esbank_core.kernel.identity import Position
from esbank_core.programs.faults import Fault, FaultError, What, fault_of
from esbank_core.programs.seen import SeenEvent, seen

MODULE: Final = "projection"
"""The name that a program has for itself."""

Print = Callable[..., None]


Streams = dict[str, Any]
"""What an evolve has made of each stream so far, by its id."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A program that has begun: a first model, and how each event of a ledger changes it."""

    kind: str
    """“projection”, “evolve” or “question”."""
    model: Any
    inputs: Callable[[Ledger, Position, Position], Iterable[Any]]
    """What it is to be given for the events after one position up to another."""
    step: Callable[[Any, Any], Any]
    result: Callable[[Any], Any]
    """What is to be shown of the model."""
    function: Any
    """The reader's own function that is called for each event."""

    @property
    def first_line(self) -> int:
        """Where that function begins; 0 where it is no Python of the reader's."""
        code = getattr(self.function, "__code__", None)
        return int(code.co_firstlineno) if isinstance(code, CodeType) else 0


@dataclass(frozen=True, slots=True)
class Program:
    """A text of Python that compiles."""

    code: CodeType
    file_name: str

    @classmethod
    def read(cls, text: str, file_name: str = f"{MODULE}.py") -> Program:
        """The program that a text is.

        Raises:
            FaultError: it is no Python.
        """
        try:
            return cls(compile(text, file_name, "exec", dont_inherit=True), file_name)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise FaultError(fault_of(error, file_name)) from None

    def begin(self, output: Print = print) -> Begun:
        """Run the module, and find what it is; each time all of it anew.

        Raises:
            FaultError: it fails, or is none of what can be run.
        """
        names: dict[str, Any] = {
            "__name__": MODULE,
            "__builtins__": {**vars(builtins), "print": output},
        }
        try:
            exec(self.code, names)  # noqa: S102 - it is what it is for
        except BaseException as error:
            raise FaultError(fault_of(error, self.file_name)) from None
        apply, evolve = names.get("apply"), names.get("evolve")
        if callable(apply) and callable(evolve):
            _refuse(What.TWO_PROGRAMS)
        if callable(apply):
            return _projection(_initial_of(names), apply)
        if callable(evolve):
            return _evolve(_initial_of(names), evolve)
        questions = [made for made in names.values() if _is_question(made)]
        if not questions:
            _refuse(What.NO_PROGRAM)
        try:
            return _question(questions[-1])
        except BaseException as error:
            raise FaultError(fault_of(error, self.file_name)) from None


def _refuse(what: What) -> NoReturn:
    raise FaultError(Fault(what))


def _initial_of(names: dict[str, Any]) -> Any:
    if "initial" not in names:
        _refuse(What.NO_INITIAL)
    return names["initial"]


def _is_question(made: object) -> bool:
    return isinstance(made, type) and all(
        callable(getattr(made, name, None)) for name in ("see", "answer")
    )


def _projection(initial: Any, apply: Callable[[Any, Any], Any]) -> Begun:
    def step(state: Any, event: Any) -> Any:
        return _state(apply(state, event), initial)

    return Begun("projection", initial, _seen, step, lambda state: state, apply)


def _seen(ledger: Ledger, after: Position, to: Position) -> Iterable[SeenEvent]:
    return map(seen, ledger.recorded[after:to])


def _state(state: Any, initial: Any) -> Any:
    """What came back; nothing did, where a ``return`` was forgotten."""
    if state is None and initial is not None:
        _refuse(What.RETURNED_NONE)
    return state


def _evolve(initial: Any, evolve: Callable[[Any, Any], Any]) -> Begun:
    def step(streams: Streams, event: Any) -> Streams:
        stream = event.stream_id
        before = streams[stream] if stream in streams else deepcopy(initial)
        after = evolve(before, event)
        streams[stream] = _state(after, initial)
        return streams

    nothing: Streams = {}
    return Begun("evolve", nothing, _seen, step, lambda streams: streams, evolve)


def _question(made: Callable[[], Any]) -> Begun:
    def step(question: Any, change: Any) -> Any:
        question.see(change)
        return question

    question = made()
    return Begun(
        "question",
        question,
        lambda ledger, after, to: ledger.changes(after, to),
        step,
        lambda asked: asked.answer(),
        type(question).see,
    )
