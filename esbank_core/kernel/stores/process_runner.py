"""Carrying out a process manager against a store, until nothing that can be done is due.

Each step is one request with the id of the event that it reacts to, so it is done once, however
often it is tried: by a runner started again after it was stopped anywhere, by one that starts
from an old progress, by two at once. What happens when it is refused, ``command_machine`` says.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from esbank_core.kernel.command_machine import reactions
from esbank_core.kernel.decider import Decider
from esbank_core.kernel.process_manager import ProcessManager
from esbank_core.kernel.projection import Projected
from esbank_core.kernel.recorded import Actor, Metadata
from esbank_core.kernel.stores.command_handler import carry_out
from esbank_core.kernel.stores.store import EventStore

Command = TypeVar("Command")
Event = TypeVar("Event")
State = TypeVar("State")
Progress = TypeVar("Progress")


def run_processes(
    manager: ProcessManager[Event, Progress, Command],
    decider: Decider[Command, State, Event],
    store: EventStore[Event],
    *,
    time: datetime,
    actor: Actor,
    since: Projected[Progress] | None = None,
) -> Projected[Progress]:
    """Do what the ledger's processes ask for, and what that asks for in turn.

    Args:
        manager: which processes there are.
        decider: the rules that their commands go through.
        store: the ledger.
        time: the instant of whatever happens.
        actor: who does it.
        since: how far the processes were known to have come; from Genesis if not given.

    Returns:
        How far they have come. What is still due was refused both ways, and stays due.

    Raises:
        Conflict: others kept appending to a stream. Run again: what was done stays done.
    """
    seen = manager.progress.genesis() if since is None else since
    projected = manager.progress.project(store.read(seen.checkpoint), seen)
    while due := list(reactions(manager, projected.read_model)):
        for request in due:
            metadata = Metadata(time, actor, request.correlation_id, request.id)
            carry_out(store, decider, request, metadata)
        before = projected.checkpoint
        projected = manager.progress.project(store.read(before), projected)
        if projected.checkpoint == before:
            break
    return projected
