"""Projections: read models folded from events, to be thrown away and rebuilt at will.

A projection is a first value and a pure function. What it has been folded to comes with
a checkpoint, the last position it has seen, so that it can go on from there, and so that
being handed the same event twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from esbank_core.kernel.identity import GENESIS, Position
from esbank_core.kernel.recorded import Opaque, RecordedEvent

Event = TypeVar("Event")
ReadModel = TypeVar("ReadModel")


@dataclass(frozen=True, slots=True)
class Projected(Generic[ReadModel]):
    """A read model and its checkpoint: the last position that it has seen."""

    read_model: ReadModel
    checkpoint: Position


@dataclass(frozen=True, slots=True)
class Projection(Generic[Event, ReadModel]):
    """How a read model starts, and how one recorded event changes it."""

    initial: ReadModel
    apply: Callable[[ReadModel, RecordedEvent[Event | Opaque]], ReadModel]

    def genesis(self) -> Projected[ReadModel]:
        """The read model that has seen nothing."""
        return Projected(self.initial, GENESIS)

    def project(
        self,
        recorded: Iterable[RecordedEvent[Event | Opaque]],
        since: Projected[ReadModel] | None = None,
        to: Position | None = None,
    ) -> Projected[ReadModel]:
        """Fold recorded events, in order of position, into the read model.

        ``since`` is where to go on from (Genesis if not given); events up to its
        checkpoint are passed over. Events after ``to`` are left for later.
        """
        projected = self.genesis() if since is None else since
        read_model, checkpoint = projected.read_model, projected.checkpoint
        for event in recorded:
            if event.position <= checkpoint:
                continue
            if to is not None and event.position > to:
                break
            read_model = self.apply(read_model, event)
            checkpoint = event.position
        return Projected(read_model, checkpoint)
