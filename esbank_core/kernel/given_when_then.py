"""Given, when, then: a domain's rules as stories that anyone can read, and that are run.

Given what happened, when a command is given, then this follows: events, a rejection, or
nothing. No store, no screen and no test framework is in it: a story that does not hold
raises ``AssertionError`` and tells itself, with what came of it instead. A domain of one's
own needs no more than its decider:

    >>> from dataclasses import dataclass
    >>> from esbank_core.kernel.decider import Decider, Rejection

    >>> @dataclass(frozen=True)
    ... class Press:
    ...     pass
    >>> @dataclass(frozen=True)
    ... class LampLit:
    ...     pass

    >>> def decide(command, is_lit):
    ...     return Rejection("lit-already", "The lamp is lit.") if is_lit else [LampLit()]
    >>> def evolve(is_lit, event):
    ...     return True
    >>> LAMP = Decider(decide, evolve, initial_state=False, is_terminal=lambda is_lit: is_lit)

    >>> given = Stories(LAMP).given
    >>> given().when(Press()).then(LampLit())
    >>> given(LampLit()).when(Press()).then_rejected("lit-already")
    >>> given(LampLit()).when(Press()).then(LampLit())
    Traceback (most recent call last):
    AssertionError: The story does not hold.
      Given
        LampLit()
      when
        Press()
      then
        LampLit()
      but it was
        rejected as lit-already: The lamp is lit.

The words are Dan North's, "Introducing BDD" (2006).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from esbank_core.kernel.decider import Decider, Rejection

Command = TypeVar("Command")
Event = TypeVar("Event")
State = TypeVar("State")

_NOTHING: Final = "nothing"


@dataclass(frozen=True, slots=True)
class Stories(Generic[Command, State, Event]):
    """The stories of one domain. Each begins with ``given``."""

    decider: Decider[Command, State, Event]

    def given(self, *events: Event) -> Given[Command, State, Event]:
        """Begin with the events that happened, in order."""
        return Given(self.decider, events)


@dataclass(frozen=True, slots=True)
class Given(Generic[Command, State, Event]):
    """The beginning of a story: what happened, which may be nothing."""

    decider: Decider[Command, State, Event]
    events: Sequence[Event]

    def when(self, command: Command) -> When[Command, State, Event]:
        """Give a command to what those events led to."""
        state = self.decider.fold(self.events)
        return When(self, command, self.decider.decide(command, state))


@dataclass(frozen=True, slots=True)
class When(Generic[Command, State, Event]):
    """A story of which the outcome is known, and still to be compared with what was expected."""

    given: Given[Command, State, Event]
    command: Command
    decided: Sequence[Event] | Rejection

    def then(self, event: Event, *more: Event) -> None:
        """Hold that just these events follow, in this order.

        Raises:
            AssertionError: something else follows.
        """
        __tracebackhide__ = True
        expected = (event, *more)
        if isinstance(self.decided, Rejection) or not _same(expected, self.decided):
            raise self._broken([repr(event) for event in expected])

    def then_rejected(self, code: str, sentence: str | None = None) -> None:
        """Hold that the rules say no, with this code, and this sentence if one is given.

        Raises:
            AssertionError: they allow it, or say no for another reason.
        """
        __tracebackhide__ = True
        match self.decided:
            case Rejection(code=said, sentence=told) if said == code and sentence in (None, told):
                return
        reason = f": {sentence}" if sentence is not None else ""
        raise self._broken([f"rejected as {code}{reason}"])

    def then_nothing_happened(self) -> None:
        """Hold that the command is allowed, and that nothing had to happen.

        Raises:
            AssertionError: an event follows, or the rules say no.
        """
        __tracebackhide__ = True
        if isinstance(self.decided, Rejection) or len(self.decided):
            raise self._broken([_NOTHING])

    def _broken(self, expected: Sequence[str]) -> AssertionError:
        if isinstance(self.decided, Rejection):
            outcome = [f"rejected as {self.decided.code}: {self.decided.sentence}"]
        else:
            outcome = [repr(event) for event in self.decided]
        told = (
            "The story does not hold.",
            *_told("Given", [repr(event) for event in self.given.events]),
            *_told("when", [repr(self.command)]),
            *_told("then", expected),
            *_told("but it was", outcome),
        )
        return AssertionError("\n".join(told))


def _told(word: str, lines: Sequence[str]) -> list[str]:
    return [f"  {word}", *(f"    {line}" for line in lines or [_NOTHING])]


def _same(expected: Sequence[Event], decided: Sequence[Event]) -> bool:
    """Whether events are equal and of the same type: equal tuples of two types are not."""
    return len(expected) == len(decided) and all(
        type(ours) is type(theirs) and ours == theirs
        for ours, theirs in zip(expected, decided, strict=True)
    )
