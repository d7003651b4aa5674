"""What is announced of looking at a history: where the cursor now stands and what it shows.

Said once, in few words, for who does not see it. The slider says its own moves itself, and of
replay only the start and the end are worth a word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from bankpage.paper.figures import money
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Element, Slot
from bankpage.stage.messages import (
    AccountPinned,
    PlayToggled,
    RowJumped,
    StageMessage,
    Stepped,
    Ticked,
)
from bankpage.stage.model import Stage
from bankpage.stage.slider import value_text
from esbank_core.bank.account import Ledger
from esbank_core.bank.money import currency_of
from esbank_core.bank.states import NoAccount
from esbank_core.kernel.identity import Position, StreamId


@dataclass(frozen=True, slots=True)
class Standing:
    """The cursor stands at a position, of a history that ended at ``head`` when it was said."""

    position: Position
    head: Position


@dataclass(frozen=True, slots=True)
class ReplayBegun:
    """Replay goes on by itself from a position."""

    position: Position


@dataclass(frozen=True, slots=True)
class AccountShown:
    """Another account is looked at, as of a position."""

    account_id: StreamId
    position: Position


Announcement = Standing | ReplayBegun | AccountShown


def announcement_of(
    message: StageMessage, before: Stage, after: Stage, head: Position
) -> Announcement | None:
    """What is to be said of what a message made of the stage, if anything is."""
    standing = Standing(after.position(head), head) if head else None
    match message:
        case Stepped() | RowJumped():
            return standing
        case AccountPinned(account_id=account_id) if after.pinned == account_id:
            return AccountShown(account_id, after.position(head))
        case PlayToggled() if after.playing:
            return ReplayBegun(after.position(head))
        case PlayToggled() | Ticked() if before.playing and not after.playing:
            return standing
        case _:
            return None


def announcer(
    history: Ledger, announcement: Announcement | None, nth: int, phrases: Phrases
) -> Slot:
    """The live region of the stage. ``nth`` tells it apart from the same words said before."""
    if announcement is None:
        return Slot("announcer", {}, ())
    if not _said or _said[0][0] is not history or _said[0][1:3] != (announcement, nth):
        sentence = _sentence(history, announcement, phrases)
        said = Element("span", {}, (sentence,), key=f"announcement-{nth}")
        _said[:] = [(history, announcement, nth, Slot("announcer", {}, (said,)))]
    return _said[0][3]


_said: list[tuple[Ledger, Announcement, int, Slot]] = []
"""What was said last. Only a memory: what has been said does not change while one slides on."""


def _sentence(history: Ledger, announcement: Announcement, phrases: Phrases) -> str:
    match announcement:
        case Standing(position=position, head=head):
            where = value_text(history, position, head, phrases)
            return phrases("standing-now", where=where) if position == head else where
        case ReplayBegun(position=position):
            name = "replay-from" if position else "replay-from-genesis"
            return phrases(name, position=position)
        case AccountShown(account_id=account_id, position=position):
            state = history.state_of(account_id, position)
            if isinstance(state, NoAccount):
                return phrases("account-not-there", account=account_id)
            balance = money(state.balance, currency_of(state.currency))
            return phrases("account-shown", account=account_id, owner=state.owner, balance=balance)
        case _:
            assert_never(announcement)
