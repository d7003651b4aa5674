"""The history that a command is given, told event by event, with the states of its streams.

A file of others is told as it is read, so that it may be larger than memory; one of ours is held.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Final, NamedTuple, TypeVar

from esbank_core.bank.account import CODEC, Ledger, Recorded, empty_ledger
from esbank_core.bank.events import Event
from esbank_core.bank.evolve import evolve
from esbank_core.bank.states import NO_ACCOUNT, NoAccount, State
from esbank_core.command_line.choosing import choice_in
from esbank_core.command_line.database import at_rest
from esbank_core.command_line.foreign import Foreign, TwiceError
from esbank_core.command_line.loading import imported_from, load
from esbank_core.command_line.opening import opened
from esbank_core.command_line.printing import printable
from esbank_core.command_line.problem import ProblemError, why
from esbank_core.command_line.provenance import Provenance
from esbank_core.command_line.sentences import counted
from esbank_core.kernel.identity import GENESIS, Position, StreamId
from esbank_core.kernel.recorded import OPAQUE
from esbank_core.questions.own.code import Fault, OwnCodeError
from esbank_core.questions.own.evolving import Evolution, LastKnownValues, OwnEvolve
from esbank_core.questions.own.telling import Failure, Telling

Result = TypeVar("Result")

EVOLVE: Final = """\
--evolve takes a Python file of your own with two names: initial, the state of a stream before its
first event, and evolve(state, event), the state after it. An event has type, data, stream_id,
version, position, time and actor. The file is run.
"""


def may_evolve(command: ArgumentParser) -> None:
    """Add ``--evolve``."""
    command.add_argument(
        "--evolve", metavar="MY.PY", help="states by your own initial and evolve(state, event)"
    )


class OwnStates(NamedTuple):
    """The states of the reader's domain around an event; the account's, where that is it."""

    before: object
    after: object
    failure: Failure | None = None


class Step(NamedTuple):
    """One event told: with the account's state, and with the state of the reader's domain."""

    before: State
    recorded: Recorded
    after: State
    own: OwnStates


class Tale:
    """A history that can be told as often as need be, each time from its beginning."""

    def __init__(self, history: Ledger | Foreign, evolution: Evolution) -> None:
        self._history = history
        self.evolution = evolution
        self.telling: Telling[Event] = Telling(evolution, CODEC)
        """The states as of where the telling is."""
        self.head: Position = GENESIS
        """The last position that was come by, …"""
        self.streams: dict[StreamId, None] = {}
        """… and all streams, in order of first event, whether their events counted or not."""

    def tell(
        self,
        use: Callable[[Iterator[Step]], Result],
        counts: Callable[[Recorded], bool] = lambda _: True,
    ) -> Result:
        """What somebody makes of the steps; done anew where records do not stand in order.

        An event that does not count is passed over, as if it had not happened yet.
        """
        if isinstance(self._history, Foreign):
            return self._history.read(lambda events: use(self._steps(events, counts)))
        return use(self._steps(iter(self._history.recorded), counts))

    def settle(self) -> None:
        """See that the steps come but once, to whoever cannot begin anew."""
        if isinstance(self._history, Foreign):
            self._history.settle()

    def ledger(self) -> Ledger:
        """All of it, in memory."""
        if isinstance(self._history, Foreign):
            return empty_ledger().extend(self._history.all())
        return self._history

    @property
    def is_held(self) -> bool:
        """Whether it is in memory anyway."""
        return not isinstance(self._history, Foreign)

    @property
    def provenances(self) -> tuple[Provenance, ...]:
        """How it was read, if others wrote it; known when it was told."""
        return (self._history.provenance,) if isinstance(self._history, Foreign) else ()

    @property
    def is_own(self) -> bool:
        """Whether the states are by an ``evolve`` of the reader's."""
        return isinstance(self.evolution, OwnEvolve)

    def _steps(
        self, events: Iterator[Recorded], counts: Callable[[Recorded], bool]
    ) -> Iterator[Step]:
        states: dict[StreamId, State] = {}
        telling = self.telling = Telling(self.evolution, CODEC)
        self.head = GENESIS
        names = self.streams = {}
        is_own = self.is_own
        for recorded in events:
            stream_id, event = recorded.stream_id, recorded.event
            self.head = recorded.position
            names[stream_id] = None
            if not counts(recorded):
                continue
            before = after = states.get(stream_id, NO_ACCOUNT)
            if not isinstance(event, OPAQUE):
                after = states[stream_id] = evolve(before, event)
            if is_own or isinstance(after, NoAccount):
                told = telling.tell(recorded)
                own = OwnStates(told.before, told.after, told.failure)
            else:
                own = OwnStates(before, after)
            yield Step(before, recorded, after, own)


def with_tale(given: Namespace, use: Callable[[Tale], Result]) -> Result:
    """What a command makes of the history that it is given.

    Raises:
        ProblemError: the history cannot be read, or the reader's code not used.
    """
    evolution = own_evolve(getattr(given, "evolve", None)) or LastKnownValues()
    return at_rest(partial(_with_tale, given, evolution, use))


def _with_tale(given: Namespace, evolution: Evolution, use: Callable[[Tale], Result]) -> Result:
    try:
        with opened(given.file, choice_in(given), may_be_told=True) as found:
            if isinstance(found, Foreign):
                return use(Tale(found, evolution))
            imported, _ = imported_from(found, given.file, empty_ledger())
            history = imported.history
    except TwiceError:
        history, _ = load(given)
    return use(Tale(history, evolution))


def own_evolve(path: str | None) -> OwnEvolve | None:
    """The reader's own evolve, in a file of theirs, which is run; None where there is no path.

    Raises:
        ProblemError: it cannot be read, or is not Python with these two names.
    """
    if path is None:
        return None
    file = Path(path)
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ProblemError(f"{path} cannot be read: {why(error)}.") from None
    except UnicodeDecodeError:
        raise ProblemError(f"{path} is not UTF-8, as a file of Python is.") from None
    # As Python has it for a script: what lies beside it can be imported.
    sys.path.insert(0, str(file.resolve().parent))
    try:
        with _module(file.stem) as module:
            return OwnEvolve(text, file.name, module)
    except OwnCodeError as error:
        raise ProblemError(f"{path} cannot be used: {_fault(error)}.") from None


@contextmanager
def _module(name: str) -> Iterator[ModuleType]:
    """A module that Python knows, as dataclasses ask for; under a name that nothing else has."""
    known_as = f"own_{name}"
    module = ModuleType(known_as)
    sys.modules[known_as] = module
    yield module


def _fault(error: OwnCodeError) -> str:
    where = f"line {error.line}: " if error.line else ""
    match error.fault:
        case Fault.NAME_MISSING:
            return f"it has no “{error.reason}”; initial and evolve(state, event) are its two names"
        case Fault.NOT_A_FUNCTION:
            return f"its “{error.reason}” is no function"
        case Fault.NOT_PYTHON:
            return f"{where}it is not Python: {error.reason}"
        case _:
            return f"{where}{error.reason}"


def failures_in(telling: Telling[Event]) -> list[str]:
    """On how many events the reader's evolve failed, and on which first; nothing where on none."""
    first = telling.first_failure
    if first is None:
        return []
    return [
        (
            f"evolve failed on {counted(telling.failures, 'event')}, whose streams keep the state "
            f"before; first on {failed(first, telling.evolution.name)}."
        )
    ]


def failed(failure: Failure, file: str) -> str:
    """Which event evolve failed on, why, and where."""
    line = f" ({file}, line {failure.line})" if failure.line else ""
    return (
        f"event {failure.position}, {printable(failure.type)} of {printable(failure.stream_id)}: "
        f"{failure.reason}{line}"
    )


def failure_members(telling: Telling[Event]) -> dict[str, object]:
    """The same for programs."""
    first = telling.first_failure
    if first is None:
        return {}
    return {
        "failures": {
            "count": telling.failures,
            "first": {
                "position": first.position,
                "stream_id": first.stream_id,
                "type": first.type,
                "line": first.line or None,
                "reason": first.reason,
            },
        }
    }
