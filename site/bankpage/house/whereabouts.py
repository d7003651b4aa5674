"""Where the page stands now: what is said of it, and the address that the browser's bar shows."""

from __future__ import annotations

from dataclasses import replace

from bankpage.house.messages import Effects
from bankpage.house.model import Model
from bankpage.live.messages import AccountChosen, LiveMessage
from bankpage.paper.effects import Address
from bankpage.stage.addresses import address_at, address_of
from bankpage.stage.announcements import AccountShown, Announcement, announcement_of
from bankpage.stage.messages import RowJumped, StageMessage
from esbank_core.kernel.identity import GENESIS, Position

Updated = tuple[Model, Effects]


def announced(before: Model, after: Model, message: LiveMessage | StageMessage) -> Model:
    """The page with what is to be said of where it looks now."""
    said: Announcement | None = None
    if isinstance(message, AccountChosen):
        said = AccountShown(message.account_id, after.position)
    elif isinstance(message, StageMessage):
        said = announcement_of(message, before.shown, after.shown, after.history.head)
    elif after.live.generation != before.live.generation:
        return replace(after, announcement=None)
    if said is None:
        return after
    return replace(after, announcement=said, announcements=before.announcements + 1)


def located(
    before: Model, after: Model, message: LiveMessage | StageMessage, effects: Effects
) -> Updated:
    """The page with its address, which the browser is told where it has become another.

    A study's events have none: nobody who came by it would find the study.
    """
    if after.studied:
        return after, effects
    head = _head(after)
    is_jump = isinstance(message, RowJumped) and GENESIS < message.position <= head
    if is_jump:
        address = address_of(after.position)
    elif after.stage.playing or (after.position, head) == (before.position, _head(before)):
        return after, effects
    else:
        address = address_at(after.stage, head, before.address)
    return addressed(after, address, effects, is_jump=is_jump)


def addressed(model: Model, address: str, effects: Effects, *, is_jump: bool = False) -> Updated:
    """The page at an address, which the browser is told where it is another than before.

    ``is_jump``: whoever goes back in the browser comes back to where they were before it.
    """
    if address == model.address:
        return model, effects
    return replace(model, address=address), (*effects, Address(address, is_jump))


def _head(model: Model) -> Position:
    return model.live.ledger.head
