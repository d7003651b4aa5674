"""Messages to the stage: where to look, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bankpage.stage.model import Speed
from esbank_core.kernel.identity import Position, StreamId


@dataclass(frozen=True, slots=True)
class CursorMoved:
    """The slider was put at a position."""

    position: Position


class Step(StrEnum):
    """The ways of moving the cursor without saying where to."""

    GENESIS = "genesis"
    BACK = "step-back"
    FORWARD = "step-forward"
    NOW = "now"


@dataclass(frozen=True, slots=True)
class Stepped:
    """One of the replay buttons was pressed."""

    step: Step


@dataclass(frozen=True, slots=True)
class RowJumped:
    """A row of the ledger was chosen."""

    position: Position


@dataclass(frozen=True, slots=True)
class PlayToggled:
    """Replay is to begin, or to pause."""


@dataclass(frozen=True, slots=True)
class Ticked:
    """The time of one event on show has passed, in a run of replay."""

    run: int


@dataclass(frozen=True, slots=True)
class SpeedChosen:
    """Replay is to go at another speed."""

    speed: Speed


@dataclass(frozen=True, slots=True)
class PinToggled:
    """The account on show is to stay on show, or no longer."""


@dataclass(frozen=True, slots=True)
class AccountPinned:
    """An account is to be on show, and to stay."""

    account_id: StreamId


@dataclass(frozen=True, slots=True)
class AccountSought:
    """Something was typed to find an account; nothing, to see those touched last."""

    sought: str


@dataclass(frozen=True, slots=True)
class Pointed:
    """The pointer rests on an event of the slider's line; on Genesis, on none."""

    position: Position


@dataclass(frozen=True, slots=True)
class PayloadToggled:
    """The payload of an event is wanted, or no longer."""

    position: Position


@dataclass(frozen=True, slots=True)
class LedgerScrolled:
    """Rows of a long ledger came into sight that are not there yet."""

    middle_row: int


@dataclass(frozen=True, slots=True)
class PaperSliced:
    """It is time for the next slice of rows to be printed."""


@dataclass(frozen=True, slots=True)
class PrintAsked:
    """The whole ledger is to be printed."""


StageMessage = (
    CursorMoved
    | Stepped
    | RowJumped
    | PlayToggled
    | Ticked
    | SpeedChosen
    | PinToggled
    | AccountPinned
    | AccountSought
    | Pointed
    | PayloadToggled
    | LedgerScrolled
    | PaperSliced
    | PrintAsked
)

_PLAIN: Final[Mapping[str, StageMessage]] = {
    "play": PlayToggled(),
    "pin": PinToggled(),
    "print-ledger": PrintAsked(),
    **{step.value: Stepped(step) for step in Step},
}


def stage_message(gesture: str, fields: Mapping[str, str]) -> StageMessage | None:
    """The message that a gesture on the stage stands for; None for a gesture elsewhere.

    Raises:
        KeyError: a field that the gesture brings along is missing.
        ValueError: a field holds what its control cannot hold.
    """
    match gesture:
        case "slide":
            return CursorMoved(Position(int(fields["value"])))
        case "jump":
            return RowJumped(Position(int(fields["position"])))
        case "toggle-payload":
            return PayloadToggled(Position(int(fields["position"])))
        case "speed":
            return SpeedChosen(Speed(fields["value"]))
        case "pin-account":
            return AccountPinned(StreamId(fields["account"]))
        case "find-account":
            return AccountSought(fields["value"].strip())
        case "point":
            return Pointed(Position(int(fields["position"])))
        case "scroll-ledger":
            return LedgerScrolled(int(fields["middle"]))
        case _:
            return _PLAIN.get(gesture)
