"""What a reader's own ``evolve`` makes of the event that the slider stands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from esbank_core.kernel.identity import Position, StreamId


@dataclass(frozen=True, slots=True)
class OwnStates:
    """The state of the event's own stream before and after it, field by field, as texts."""

    position: Position
    stream_id: StreamId
    before: Mapping[str, str]
    """Empty before the stream's first event."""
    after: Mapping[str, str]
