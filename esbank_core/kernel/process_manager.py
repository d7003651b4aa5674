"""Process managers: what reacts to events with commands.

A process that spans streams cannot be one append. A process manager keeps, as a projection,
how far each process has come, and says which commands that progress still asks for. Because
the progress is folded from events, it can be stopped between any two steps and started again,
and an event handed to it twice asks for nothing twice. (``process_runner`` carries it out.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from esbank_core.kernel.decider import Rejection
from esbank_core.kernel.identity import GENESIS, EventId, Position, StreamId
from esbank_core.kernel.projection import Projection

Event = TypeVar("Event")
Command = TypeVar("Command")
Progress = TypeVar("Progress")


@dataclass(frozen=True, slots=True)
class Cause:
    """The event that a process reacts to, and the correlation id that its reaction shares.

    ``position`` is the event's, where it is known: nothing that it led to stands before.
    """

    event_id: EventId
    correlation_id: str
    position: Position = GENESIS


@dataclass(frozen=True, slots=True)
class Reaction(Generic[Command]):
    """A command that a process asks for, and the event that it reacts to."""

    command: Command
    cause: Cause


@dataclass(frozen=True, slots=True)
class ProcessManager(Generic[Event, Progress, Command]):
    """How far every process has come, and what to do next."""

    progress: Projection[Event, Progress]
    resume: Callable[[Progress], Sequence[Reaction[Command]]]
    """What the progress so far asks for, oldest process first; each event asks for one thing."""
    refused: Callable[[Command, Rejection], Command]
    """The command to give in place of one that the rules refused."""
    stream_of: Callable[[Command], StreamId]
    """The stream that a command is for."""
