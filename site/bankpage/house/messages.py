"""What happens on the page, and what it asks for.

Most of it concerns the live ledger, the stage or a lab, and is named there; what concerns nobody
in particular has its messages here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bankpage.house.rooms import CLOSED, RoomEffect, RoomMessage, room_message
from bankpage.house.studying import StudyVerified
from bankpage.live.effects import StoreEffect
from bankpage.live.messages import LiveMessage, Loaded, live_message
from bankpage.paper.effects import Effect
from bankpage.stage.messages import StageMessage, stage_message


@dataclass(frozen=True, slots=True)
class AddressOpened:
    """Someone came by an address, or went back to one; ``is_arrival`` with the page itself."""

    address: str
    is_arrival: bool


@dataclass(frozen=True, slots=True)
class RowSought:
    """The keyboard goes to a part of a row, from 1, that is not on the page yet."""

    part: Literal["jump", "toggle"]
    row: int


@dataclass(frozen=True, slots=True)
class LiveSought:
    """The reader wants their own ledger back on the stage."""


@dataclass(frozen=True, slots=True)
class AddingSought:
    """The reader wants the events of the study added to their own ledger."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The page opens on what the browser has kept, and on what was chosen at the last visit."""

    loaded: Loaded
    glance: Mapping[str, str]
    """What ``glance`` gave then, or whatever stands in its place now: nothing kept is trusted."""


Message = (
    LiveMessage
    | StageMessage
    | RoomMessage
    | AddressOpened
    | RowSought
    | LiveSought
    | AddingSought
    | StudyVerified
    | Opened
)
PageEffect = Effect[Message] | StoreEffect | RoomEffect
Effects = tuple[PageEffect, ...]


def message_of(gesture: str, fields: Mapping[str, str], attached: bytes = b"") -> Message:
    """The message that a gesture in the page stands for.

    Raises:
        ValueError: no control of the page makes this gesture, or not with these fields.
    """
    try:
        if gesture == "open-address":
            return AddressOpened(fields["address"], fields["arrival"] == "true")
        if gesture == "go-to-row":
            part: Literal["jump", "toggle"] = "toggle" if fields["part"] == "toggle" else "jump"
            return RowSought(part, int(fields["row"]))
        if gesture == "back-to-live":
            return LiveSought()
        if gesture == "add-study":
            return AddingSought()
        message = (
            stage_message(gesture, fields)
            or live_message(gesture, fields)
            or room_message(gesture, fields, attached, CLOSED.names)
        )
    except KeyError as missing:
        raise ValueError(f"The gesture “{gesture}” came without {missing}.") from missing
    if message is None:
        raise ValueError(f"No control makes the gesture “{gesture}”.")
    return message
