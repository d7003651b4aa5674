"""A program on its way through a ledger: its model, its checkpoint, and how either moves.

Going on costs what the new events cost. Going back begins at the nearest model that was kept on the
way, or anew: a reader's function may change its state in place, so that nothing but a copy is safe.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any, Final, NamedTuple

from esbank_core.bank.account import Ledger
from esbank_core.kernel.identity import GENESIS, Position
from esbank_core.programs.faults import FaultError, fault_of
from esbank_core.programs.program import Begun, Print, Program
from esbank_core.questions.own.states import LateError

KEPT_EVERY: Final = 1000
"""Events from one kept model to the next, at first."""

LOOKS_EVERY: Final = 500
"""Events from one look at whether time is up to the next."""

MOST_KEPT: Final = 64
"""Of more, every second is let go, and they are kept half as often."""

DEAREST_COPY_S: Final = 0.02
"""Seconds: models that take longer to copy are kept more seldom."""


class _Kept(NamedTuple):
    position: Position
    model: Any


class Run:
    """A program that is being run.

    ``clock`` tells seconds from any moment on. What raises FaultError leaves the model as it was
    after the last event that went well.
    """

    def __init__(self, program: Program, clock: Callable[[], float], output: Print = print) -> None:
        self._program = program
        self._clock = clock
        self._output = output
        self._kept: list[_Kept] = []
        self._every = KEPT_EVERY
        self.checkpoint: Position = GENESIS
        """The position of the last event that it has taken in."""
        self.is_doubled = False
        """Whether it has taken an event in twice, so that its model is wrong."""
        self._begun = self._anew()

    @property
    def kind(self) -> str:
        """“projection”, “evolve” or “question”."""
        return self._begun.kind

    @property
    def model(self) -> Any:
        """What it has made of all events up to the checkpoint."""
        return self._model

    def result(self) -> Any:
        """What is to be shown of the model.

        Raises:
            FaultError: a question has no answer.
        """
        try:
            return self._begun.result(self._model)
        except BaseException as error:
            raise FaultError(fault_of(error, self._program.file_name, self.checkpoint)) from None

    def bring_to(
        self, ledger: Ledger, position: Position, is_late: Callable[[], bool] = lambda: False
    ) -> None:
        """Replay what it takes for the model to be as of a position.

        Raises:
            FaultError: the program fails at an event on the way.
            LateError: time is up; the model is as of the checkpoint.
        """
        if position < self.checkpoint or self._is_nearer_to(position):
            self._begin_at(position)
        while self.checkpoint < position:
            due = self.checkpoint - self.checkpoint % self._every + self._every
            self._go_on(ledger, Position(min(position, due, self.checkpoint + LOOKS_EVERY)))
            if self.checkpoint % self._every == 0:
                self._keep()
            if self.checkpoint < position and is_late():
                raise LateError

    def take_in_again(self, ledger: Ledger) -> None:
        """Take in the last event once more, as who keeps no checkpoint does.

        Raises:
            FaultError: the program fails at it.
        """
        if self.checkpoint == GENESIS:
            return
        self.is_doubled = True
        last, self.checkpoint = self.checkpoint, Position(self.checkpoint - 1)
        self._go_on(ledger, last)

    def throw_away(self) -> None:
        """Throw away all that was made, to make it anew.

        Raises:
            FaultError: the program cannot begin.
        """
        self._kept.clear()
        self._begun = self._anew()

    def _anew(self) -> Begun:
        begun = self._program.begin(self._output)
        self._model = begun.model
        self.checkpoint = GENESIS
        self.is_doubled = False
        return begun

    def _go_on(self, ledger: Ledger, to: Position) -> None:
        begun, model, at = self._begun, self._model, self.checkpoint
        step = begun.step
        try:
            for taken in begun.inputs(ledger, at, to):
                model = step(model, taken)
                at = Position(at + 1)
        except FaultError as told:
            raise FaultError(
                replace(told.fault, line=begun.first_line or None, position=Position(at + 1))
            ) from None
        except BaseException as error:
            raise FaultError(
                fault_of(error, self._program.file_name, Position(at + 1), begun.first_line)
            ) from None
        finally:
            self._model, self.checkpoint = model, at

    def _nearest(self, position: Position) -> _Kept | None:
        """The last model that was kept on the way to a position."""
        at = bisect_right(self._kept, position, key=lambda kept: kept.position)
        return self._kept[at - 1] if at else None

    def _is_nearer_to(self, position: Position) -> bool:
        """Whether some model that was kept is much nearer to a position ahead than this one."""
        nearest = self._nearest(position)
        is_ahead = nearest is not None and nearest.position - self.checkpoint >= LOOKS_EVERY
        return is_ahead and not self.is_doubled

    def _begin_at(self, position: Position) -> None:
        nearest = self._nearest(position)
        if nearest is None:
            self._begun = self._anew()
            return
        self._model, self.checkpoint = deepcopy(nearest.model), nearest.position
        self.is_doubled = False

    def _keep(self) -> None:
        if self.is_doubled or (self._kept and self._kept[-1].position >= self.checkpoint):
            return
        began = self._clock()
        try:
            self._kept.append(_Kept(self.checkpoint, deepcopy(self._model)))
        except Exception:  # there are things that nobody can copy
            self._every = 1 << 62
            return
        if self._clock() - began > DEAREST_COPY_S or len(self._kept) > MOST_KEPT:
            self._every *= 2
            self._kept = [kept for kept in self._kept if kept.position % self._every == 0]
