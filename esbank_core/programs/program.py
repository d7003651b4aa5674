"""A reader's program, read from its text: a projection, an evolve by stream, or a question.

A projection is two names at module level, ``initial`` and ``apply(state, event)``, as the kernel's
``Projection`` has them; an evolve is ``initial`` and ``evolve(state, event)``, of one stream; a
question is a class with ``see(change)`` and ``answer()``, or one of such a class. What a program
imports is none of these. To begin one runs it: only what somebody has asked to run may come here.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass
from types import CodeType, ModuleType
from typing import Any, Final, NoReturn

from esbank_core.bank.account import CODEC, Ledger
from esbank_core.kernel.identity import Position
from esbank_core.programs.faults import Fault, FaultError, What, fault_of
from esbank_core.questions.own.code import OwnCode, OwnCodeError
from esbank_core.questions.own.seen import SeenEvent, seen

MODULE: Final = "projection"
"""The name that a program has for itself."""

Print = Callable[..., None]
Names = dict[str, Any]
"""What a module has at its top level."""


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

    code: OwnCode

    @property
    def file_name(self) -> str:
        """Under which its lines are found in a traceback."""
        return self.code.file

    @classmethod
    def read(cls, text: str, file_name: str = f"{MODULE}.py") -> Program:
        """The program that a text is.

        Raises:
            FaultError: it is no Python.
        """
        try:
            return cls(OwnCode.read(text, file_name))
        except OwnCodeError as broken:
            raise FaultError(fault_of(broken.error or broken, file_name)) from None

    def begin(self, output: Print = print) -> Begun:
        """Run the module, and find what it is; each time all of it anew.

        Raises:
            FaultError: it fails, or is none of what can be run.
        """
        module = ModuleType(MODULE)
        module.__dict__["__builtins__"] = {**vars(builtins), "print": output}
        try:
            names = self.code.run(module)
        except OwnCodeError as failed:
            raise FaultError(fault_of(failed.error or failed, self.file_name)) from None
        apply, evolve = _function(names, "apply"), _function(names, "evolve")
        if apply and evolve:
            _refuse(What.TWO_PROGRAMS)
        if apply:
            return _projection(_initial_of(names), apply)
        if evolve:
            return _evolve(_initial_of(names), evolve)
        questions = [made for made in names.values() if _is_question(made, names)]
        if not questions:
            _refuse(What.NO_PROGRAM)
        made = questions[-1]
        try:
            return _question(made() if isinstance(made, type) else made)
        except BaseException as error:
            raise FaultError(fault_of(error, self.file_name)) from None


def _refuse(what: What) -> NoReturn:
    raise FaultError(Fault(what))


def _initial_of(names: Names) -> Any:
    if "initial" not in names:
        _refuse(What.NO_INITIAL)
    return names["initial"]


def _function(names: Names, name: str) -> Callable[[Any, Any], Any] | None:
    """The program's own function of a name."""
    made = names.get(name)
    is_own = getattr(made, "__module__", None) in (None, "builtins", MODULE, names.get("__name__"))
    return made if callable(made) and is_own else None


def _is_question(made: object, names: Names) -> bool:
    """Whether this is one of the program's own, or a class of its own that makes one."""
    kind = made if isinstance(made, type) else type(made)
    return kind.__module__ in (MODULE, names.get("__name__")) and all(
        callable(getattr(kind, name, None)) for name in ("see", "answer")
    )


def _projection(initial: Any, apply: Callable[[Any, Any], Any]) -> Begun:
    def step(state: Any, event: Any) -> Any:
        return _state(apply(state, event), initial)

    return Begun("projection", initial, _seen, step, lambda state: state, apply)


def _seen(ledger: Ledger, after: Position, to: Position) -> Iterable[SeenEvent]:
    return (seen(one, CODEC) for one in ledger.recorded[after:to])


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


def _question(question: Any) -> Begun:
    def step(asked: Any, change: Any) -> Any:
        asked.see(change)
        return asked

    return Begun(
        "question",
        question,
        lambda ledger, after, to: ledger.changes(after, to),
        step,
        lambda asked: asked.answer(),
        type(question).see,
    )
