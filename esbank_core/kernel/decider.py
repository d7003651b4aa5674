"""The decider: all that a domain has to say, in two pure functions and a first state.

``decide`` turns a command and a state into events, or into a rejection; every business
rule lives there. ``evolve`` turns a state and an event into the next state and never
rejects, because history already happened. No clock, id, store or screen is in either.

The pattern is Jérémie Chassaing's, "Functional Event Sourcing Decider" (2021).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Generic, TypeVar

Command = TypeVar("Command")
Event = TypeVar("Event")
State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class Rejection:
    """The rules say no: a value, not an exception, for nothing went wrong.

    ``code`` is stable and for programs; ``sentence`` is for the person who asked.
    """

    code: str
    sentence: str


NoEvents = Rejection | tuple[()]
"""An answer that leaves nothing in history: the rules said no, or nothing had to happen."""


@dataclass(frozen=True, slots=True)
class Decider(Generic[Command, State, Event]):
    """A domain: how it decides, how it evolves, where it starts and where it ends."""

    decide: Callable[[Command, State], Sequence[Event] | Rejection]
    evolve: Callable[[State, Event], State]
    initial_state: State
    is_terminal: Callable[[State], bool]

    def fold(self, events: Iterable[Event], state: State | None = None) -> State:
        """Replay ``events`` on ``state`` (the initial one if not given), in order."""
        start = self.initial_state if state is None else state
        return reduce(self.evolve, events, start)
