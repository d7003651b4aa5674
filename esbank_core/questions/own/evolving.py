"""What a stream's state is made with: a reader's own ``evolve``, or the last known values.

Last known values are what any payload gives without help: each field as the newest event of the
stream that carries it says. They are no domain's state, and go by no other name.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from copy import deepcopy
from types import CoroutineType, GeneratorType, ModuleType
from typing import Any, Final, Protocol

from esbank_core.questions.own.code import (
    OWN,
    Fault,
    OwnCode,
    OwnCodeError,
    function_in,
    line_of,
    value_in,
    what_failed,
)
from esbank_core.questions.own.seen import SeenEvent

LAST_KNOWN_VALUES: Final = "last known values"
"""What states are called that no ``evolve`` made."""

_VALUE: Final = "value"
"""Under which name data goes that has no fields."""
_PLAIN: Final = (str, int, float, complex, bytes, type(None))


class Evolution(Protocol):
    """What makes the states of streams."""

    @property
    def name(self) -> str:
        """What its states are to be called."""

    def begin(self) -> object:
        """The state of a stream before its first event."""

    def step(self, state: object, event: SeenEvent) -> object:
        """The state after an event; the one before stays as it was.

        Raises:
            EvolveError: there is none.
        """


class EvolveError(Exception):
    """A reader's ``evolve`` has no state for an event: in which of its lines, and why."""

    def __init__(self, reason: str, line: int = 0, exception: str = "") -> None:
        self.reason = reason
        self.line = line
        self.exception = exception
        """The name of the exception that it raised; empty where it raised none."""
        super().__init__(reason)


class LastKnownValues:
    """Each field as the newest event of its stream that carries it says."""

    name = LAST_KNOWN_VALUES

    def begin(self) -> object:
        """Nothing is known."""
        return {}

    def step(self, state: object, event: SeenEvent) -> object:
        """What is known, and what this event says."""
        data = event.data if isinstance(event.data, dict) else {_VALUE: event.data}
        return _merged(state if isinstance(state, dict) else {}, data)


class OwnEvolve:
    """The ``initial`` and ``evolve(state, event)`` of a reader's code."""

    def __init__(self, text: str, file: str, module: ModuleType | None = None) -> None:
        """Run the code and take its two names.

        Raises:
            OwnCodeError: it is not Python, fails, or has no such names.
        """
        self.text = text
        self.name = file
        self.names = OwnCode.read(text, file).run(module or ModuleType(OWN))
        self._initial = value_in(self.names, "initial")
        self._evolve: Callable[[Any, SeenEvent], Any] = function_in(self.names, "evolve")
        try:
            self.begin()
        except (Exception, SystemExit) as failed:
            raise OwnCodeError(Fault.FAILED, f"initial: {what_failed(failed)}") from None

    def begin(self) -> object:
        """A copy of ``initial``: each stream has one of its own."""
        return _apart(self._initial)

    def step(self, state: object, event: SeenEvent) -> object:
        """What the reader's ``evolve`` makes of a copy of the state.

        Raises:
            EvolveError: it fails, or forgets to return anything.
        """
        return self._made(lambda: _apart(state), event)

    def spend(self, state: object, event: SeenEvent) -> object:
        """What the reader's ``evolve`` makes of the state itself, which nobody needs any more.

        Raises:
            EvolveError: it fails, or forgets to return anything; the state may be spoilt.
        """
        return self._made(lambda: state, event)

    def _made(self, before: Callable[[], object], event: SeenEvent) -> object:
        try:
            after: object = self._evolve(before(), event)
        except (Exception, SystemExit) as failed:
            raise EvolveError(
                what_failed(failed), line_of(failed, self.name), type(failed).__name__
            ) from None
        if after is None and self._initial is not None:
            raise EvolveError("it returned None, and no state")
        if isinstance(after, CoroutineType | GeneratorType):
            after.close()  # nobody waits for it
            kind = "a coroutine" if isinstance(after, CoroutineType) else "a generator"
            raise EvolveError(f"it returned {kind}, and no state")
        return after


def _apart(state: object) -> object:
    """A state that may be changed without changing this one: itself, where nothing can be."""
    if isinstance(state, _PLAIN) or _is_frozen(state):
        return state
    if type(state) is dict and all(isinstance(value, _PLAIN) for value in state.values()):
        return dict(state)  # what most states are; their names cannot be changed
    return deepcopy(state)


def _is_frozen(state: object) -> bool:
    """Whether a state is a frozen dataclass of what cannot be changed either."""
    if not dataclasses.is_dataclass(state) or isinstance(state, type):
        return False
    parameters = getattr(state, "__dataclass_params__", None)
    if parameters is None or not parameters.frozen:
        return False
    values = (getattr(state, field.name, None) for field in dataclasses.fields(state))
    return all(isinstance(value, _PLAIN) or _is_frozen(value) for value in values)


def _merged(known: Mapping[str, object], news: Mapping[str, object]) -> dict[str, object]:
    merged = dict(known)
    for name, value in news.items():
        before = merged.get(name)
        if isinstance(value, dict) and isinstance(before, dict):
            merged[name] = _merged(before, value)
        else:
            merged[name] = value
    return merged
