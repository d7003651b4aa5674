"""Rejected commands: who tried what, and why it came to nothing.

They are kept beside a history and never in it: a history holds what happened, and a command that
was rejected did not. Nothing is folded from them, and nothing is lost of a state without them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from esbank_core.kernel.decider import Rejection
from esbank_core.kernel.identity import StreamId
from esbank_core.kernel.recorded import Actor

Datum = str | int


@dataclass(frozen=True, slots=True)
class RejectedCommand:
    """A command that the rules said no to: when, by whom, of what, and why.

    ``id`` is what would have been the causation id of its events. ``data`` are the command's
    fields but for the stream that it was for.
    """

    id: str
    time: datetime
    actor: Actor
    type: str
    stream_id: StreamId
    data: Mapping[str, Datum]
    rejection: Rejection
