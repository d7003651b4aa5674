"""Messages: what happened in the page. (The bank's own happenings are events.)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bankpage.model import Speed, Trouble
from bankpage.stored_ledger import Entry
from esbank_core.kernel.identity import Position, StreamId


@dataclass(frozen=True, slots=True)
class Occasion:
    """When a message came, and an id that no other message has; made at the edge."""

    time: datetime
    id: str


@dataclass(frozen=True, slots=True)
class OpenAsked:
    """Someone asks for an account."""

    owner: str


@dataclass(frozen=True, slots=True)
class DepositAsked:
    """Someone pays in what they typed."""

    amount: str
    note: str


@dataclass(frozen=True, slots=True)
class WithdrawAsked:
    """Someone takes out what they typed."""

    amount: str
    note: str


@dataclass(frozen=True, slots=True)
class TransferAsked:
    """Someone sends what they typed to the account that they typed."""

    amount: str
    receiver: str


@dataclass(frozen=True, slots=True)
class FreezeAsked:
    """Someone asks to freeze the chosen account."""


@dataclass(frozen=True, slots=True)
class UnfreezeAsked:
    """Someone asks to unfreeze the chosen account."""


@dataclass(frozen=True, slots=True)
class CloseAsked:
    """Someone asks to close the chosen account."""


@dataclass(frozen=True, slots=True)
class ExampleAsked:
    """Someone wants to see a first story."""


@dataclass(frozen=True, slots=True)
class AccountChosen:
    """Another account is to be shown and acted on."""

    account_id: StreamId


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
class PayloadToggled:
    """The payload of an event is wanted, or no longer."""

    position: Position


@dataclass(frozen=True, slots=True)
class LedgerScrolled:
    """Rows of a long ledger came into sight that are not there yet."""

    middle_row: int


@dataclass(frozen=True, slots=True)
class ResetAsked:
    """Someone wants to erase everything, and is asked whether they mean it."""


@dataclass(frozen=True, slots=True)
class ResetKept:
    """They do not."""


@dataclass(frozen=True, slots=True)
class EraseAsked:
    """They do."""


@dataclass(frozen=True, slots=True)
class ExportAsked:
    """The ledger is wanted as a file."""


@dataclass(frozen=True, slots=True)
class DamageExportAsked:
    """What could not be read is wanted as a file."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The browser handed over what it has kept; nothing, where it keeps nothing."""

    entries: tuple[Entry, ...]
    is_kept: bool


@dataclass(frozen=True, slots=True)
class EntriesChanged:
    """Another tab changed the ledger; these are the entries not seen before, or all of them."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """The append in flight is in the ledger."""


@dataclass(frozen=True, slots=True)
class Overtaken:
    """The append in flight came too late: another tab's stands in its place."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class NotWritten:
    """The browser refused to write the append in flight."""

    trouble: Trouble


@dataclass(frozen=True, slots=True)
class Erased:
    """The browser has let go of everything."""

    entries: tuple[Entry, ...]


Message = (
    OpenAsked
    | DepositAsked
    | WithdrawAsked
    | TransferAsked
    | FreezeAsked
    | UnfreezeAsked
    | CloseAsked
    | ExampleAsked
    | AccountChosen
    | CursorMoved
    | Stepped
    | RowJumped
    | PlayToggled
    | Ticked
    | SpeedChosen
    | PayloadToggled
    | LedgerScrolled
    | ResetAsked
    | ResetKept
    | EraseAsked
    | ExportAsked
    | DamageExportAsked
    | Loaded
    | EntriesChanged
    | Written
    | Overtaken
    | NotWritten
    | Erased
)

_PLAIN: dict[str, Message] = {
    "freeze": FreezeAsked(),
    "unfreeze": UnfreezeAsked(),
    "close-account": CloseAsked(),
    "try-example": ExampleAsked(),
    "play": PlayToggled(),
    "reset": ResetAsked(),
    "keep": ResetKept(),
    "erase": EraseAsked(),
    "export": ExportAsked(),
    "export-damage": DamageExportAsked(),
    **{step.value: Stepped(step) for step in Step},
}


def message_of(gesture: str, fields: dict[str, str]) -> Message:
    """The message that a gesture in the page stands for.

    Raises:
        ValueError: no control of the page makes this gesture, or not with these fields.
    """
    if plain := _PLAIN.get(gesture):
        return plain
    try:
        match gesture:
            case "open-account":
                return OpenAsked(fields["owner"])
            case "deposit":
                return DepositAsked(fields["amount"], fields["note"])
            case "withdraw":
                return WithdrawAsked(fields["amount"], fields["note"])
            case "transfer":
                return TransferAsked(fields["amount"], fields["to"])
            case "choose-account":
                return AccountChosen(StreamId(fields["value"]))
            case "slide":
                return CursorMoved(Position(int(fields["value"])))
            case "jump":
                return RowJumped(Position(int(fields["position"])))
            case "toggle-payload":
                return PayloadToggled(Position(int(fields["position"])))
            case "speed":
                return SpeedChosen(Speed[fields["value"].upper()])
            case "scroll-ledger":
                return LedgerScrolled(int(fields["middle"]))
            case _:
                raise ValueError(f"No control makes the gesture “{gesture}”.")
    except KeyError as missing:
        raise ValueError(f"The gesture “{gesture}” came without {missing}.") from missing
