"""Messages to the live ledger: what is asked of it, and what the browser answers.

(The bank's own happenings are events.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bankpage.live.requests import Form
from bankpage.live.results import Trouble
from bankpage.live.stored.entries import Entry
from esbank_core.bank.account import Recorded
from esbank_core.kernel.identity import StreamId
from esbank_core.kernel.recorded import Actor


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
class AskedTooSoon:
    """Someone pressed Enter in a form whose button is disabled."""

    form: Form


@dataclass(frozen=True, slots=True)
class StoryAsked:
    """Someone wants to see the first story."""


@dataclass(frozen=True, slots=True)
class StoryToggled:
    """The story is to pause, or to go on."""


@dataclass(frozen=True, slots=True)
class StorySkipped:
    """The rest of the story is wanted at once."""


@dataclass(frozen=True, slots=True)
class StoryTicked:
    """It is time for the story's next command, in a run of the telling."""

    run: str


@dataclass(frozen=True, slots=True)
class AccountChosen:
    """Another account is to be acted on."""

    account_id: StreamId


@dataclass(frozen=True, slots=True)
class ActedAs:
    """Commands are given in another name from now on."""

    actor: Actor


@dataclass(frozen=True, slots=True)
class VisitorSought:
    """Commands are given in the visitor's own name again."""


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
class StudyAdded:
    """The events of a study are to be added to the ledger, in their order."""

    name: str
    recorded: Sequence[Recorded]


@dataclass(frozen=True, slots=True)
class AddingSliced:
    """The next slice of a study is to be looked at."""


@dataclass(frozen=True, slots=True)
class AddingStopped:
    """The study is not to be added after all."""


@dataclass(frozen=True, slots=True)
class ExportAsked:
    """The ledger is wanted as a file."""


@dataclass(frozen=True, slots=True)
class WriteBackAsked:
    """What is gone is to be stored again."""


@dataclass(frozen=True, slots=True)
class GoOnAsked:
    """What is stored now is to count, whatever is gone."""


@dataclass(frozen=True, slots=True)
class DamageExportAsked:
    """What could not be read is wanted as a file."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The browser handed over what it has kept; nothing, where it keeps nothing."""

    entries: tuple[Entry, ...]
    is_kept: bool
    is_narrow: bool = False
    """Whether narrow characters hold more in this browser than wide ones."""


@dataclass(frozen=True, slots=True)
class EntriesChanged:
    """Another tab changed the ledger; these are the entries not seen before, or all of them."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class ChainSliced:
    """The next slice of the chain is to be verified."""


@dataclass(frozen=True, slots=True)
class RoomTold:
    """So many characters more there is room for in localStorage."""

    characters: int


@dataclass(frozen=True, slots=True)
class SegmentsRead:
    """The browser handed over some segments whole, or nothing for one that is gone."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class ReadingSliced:
    """The next slice of a long ledger is to be read."""


@dataclass(frozen=True, slots=True)
class PackingDue:
    """There is time to pack old events, if there are any to pack."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A segment has taken the place of its appends."""


@dataclass(frozen=True, slots=True)
class NotPacked:
    """It has not; what is new or all entries come along where the ledger differs."""

    trouble: Trouble | None
    """None where a tab of an earlier version is open, which has to be waited for."""
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerDiffers:
    """What is stored is not what this tab knows; these are all the entries there are now."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class ReadForExport:
    """The browser handed over all that is stored now, for the file that was asked for."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class BegunAnew:
    """The browser handed over all that is stored now, and from now on that counts."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class WrittenBack:
    """What was gone has been stored again, or not; these are all the entries there are now."""

    trouble: Trouble | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class WaitedForOthers:
    """Another tab has had time to carry on what it began."""


@dataclass(frozen=True, slots=True)
class Written:
    """The append in flight is in the ledger."""


@dataclass(frozen=True, slots=True)
class Overtaken:
    """The append in flight came too late: another tab's stands in its place."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class NotWritten:
    """The append in flight was not written; all entries come along where the ledger differs."""

    trouble: Trouble
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Erased:
    """The browser has let go of everything."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class NotErased:
    """The browser refused to erase."""

    trouble: Trouble


Asked = (
    OpenAsked
    | DepositAsked
    | WithdrawAsked
    | TransferAsked
    | FreezeAsked
    | UnfreezeAsked
    | CloseAsked
    | AskedTooSoon
    | StoryAsked
    | StoryToggled
    | StorySkipped
    | StoryTicked
    | AccountChosen
    | ActedAs
    | VisitorSought
    | ResetAsked
    | ResetKept
    | EraseAsked
    | StudyAdded
    | AddingSliced
    | AddingStopped
    | ExportAsked
    | DamageExportAsked
    | WriteBackAsked
    | GoOnAsked
)
"""What somebody at the page asks for, and what goes on of that."""

Answer = (
    Loaded
    | EntriesChanged
    | ChainSliced
    | RoomTold
    | SegmentsRead
    | ReadingSliced
    | PackingDue
    | Packed
    | NotPacked
    | LedgerDiffers
    | ReadForExport
    | BegunAnew
    | WrittenBack
    | WaitedForOthers
    | Written
    | Overtaken
    | NotWritten
    | Erased
    | NotErased
)
"""What the browser answers and tells of what it keeps, and what there is time for then."""

LiveMessage = Asked | Answer

_PLAIN: Final[Mapping[str, LiveMessage]] = {
    "act-as-visitor": VisitorSought(),
    "freeze": FreezeAsked(),
    "unfreeze": UnfreezeAsked(),
    "close-account": CloseAsked(),
    "play-story": StoryAsked(),
    "toggle-story": StoryToggled(),
    "skip-story": StorySkipped(),
    "reset": ResetAsked(),
    "keep": ResetKept(),
    "erase": EraseAsked(),
    "export": ExportAsked(),
    "export-damage": DamageExportAsked(),
    "stop-adding": AddingStopped(),
    "write-back": WriteBackAsked(),
    "go-on": GoOnAsked(),
}


def live_message(gesture: str, fields: Mapping[str, str]) -> LiveMessage | None:
    """The message that a gesture asks of the live ledger; None for a gesture elsewhere.

    Raises:
        KeyError: a field that the gesture brings along is missing.
        ValueError: a field holds what its control cannot hold.
    """
    match gesture:
        case "open-account":
            return OpenAsked(fields["owner"])
        case "deposit":
            return DepositAsked(fields["amount"], fields["note"])
        case "withdraw":
            return WithdrawAsked(fields["amount"], fields["note"])
        case "transfer":
            return TransferAsked(fields["amount"], fields["to"])
        case "asked-too-soon":
            return AskedTooSoon(Form(fields["form"]))
        case "choose-account":
            return AccountChosen(StreamId(fields["value"]))
        case _:
            return _PLAIN.get(gesture)
