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
from esbank_core.kernel.identity import EventId, StreamId
from esbank_core.kernel.projection import Projection

Event = TypeVar("Event")
Command = TypeVar("Command")
Progress = TypeVar("Progress")


@dataclass(frozen=True, slots=True)
class Cause:
    """The event that a process reacts to, and the correlation id that its reaction shares."""

    event_id: EventId
    correlation_id: str


@dataclass(frozen=True, slots=True)
class ProcessManager(Generic[Event, Progress, Command]):
    """How far every process has come, and what to do next."""

    progress: Projection[Event, Progress]
    resume: Callable[[Progress], Sequence[Command]]
    """The commands that the progress so far asks for, oldest process first."""
    refused: Callable[[Command, Rejection], Command]
    """The command to give in place of one that the rules refused."""
    stream_of: Callable[[Command], StreamId]
    """The stream that a command is for."""
    cause_of: Callable[[Progress, Command], Cause]
    """What a command that the progress asks for reacts to: one event, one command a stream."""
