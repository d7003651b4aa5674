"""How one comes to a place: with what the last visit left, by an address, or by the keyboard."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bankpage.house import rooms
from bankpage.house.granting import entered_in
from bankpage.house.looking import routed
from bankpage.house.messages import AddressOpened, Opened, PageEffect, RowSought
from bankpage.house.model import Model
from bankpage.house.screen import CHOSEN_ACCOUNT, CHOSEN_SPEED, SHOWN_ACCOUNT
from bankpage.house.whereabouts import Updated, announced
from bankpage.live.requests import Form
from bankpage.live.results import NoSuchEvent, Outcome
from bankpage.paper.effects import Focus, Reveal, Show
from bankpage.paper.occasion import Occasion
from bankpage.stage.addresses import NOW_ADDRESS, name_in, position_in
from bankpage.stage.messages import LedgerScrolled, RowJumped, StageMessage, Step, Stepped
from bankpage.stage.model import Speed
from bankpage.stage.travelling import holding
from esbank_core.kernel.identity import GENESIS, NOWHERE, Position, StreamId

LONGEST_NAME: Final = 20
"""How much is said again of an event's name that no event has."""


def reopened(model: Model, message: Opened, occasion: Occasion) -> Updated:
    """Take in what was kept, and choose again what was chosen, if it is still there."""
    after, effects = routed(model, message.loaded, occasion)
    accounts = after.live.ledger.places.keys() - {NOWHERE}
    account_id = StreamId(message.glance.get(CHOSEN_ACCOUNT, ""))
    if account_id in accounts:
        after = replace(after, live=replace(after.live, account=account_id))
    speeds = {speed.value: speed for speed in Speed}
    speed = speeds.get(message.glance.get(CHOSEN_SPEED, ""), after.stage.speed)
    stage = replace(after.stage, speed=speed)
    shown_id = StreamId(message.glance.get(SHOWN_ACCOUNT, ""))
    return replace(
        after, stage=holding(stage, shown_id) if shown_id in accounts else stage
    ), effects


def opened_at(model: Model, message: AddressOpened, occasion: Occasion) -> Updated:
    """Go where an address leads to; it stands in the browser's bar already."""
    door = rooms.door_at(model.rooms, message.address)
    if door is not None:
        entered = rooms.opened(model.rooms, door.name)
        after, asked = entered_in(replace(model, address=message.address), entered, occasion)
        return after, (*asked, Show(f"{door.name}-lab"))
    head = model.history.head
    position = position_in(message.address, head)
    asked_for = name_in(message.address)
    shown: tuple[PageEffect, ...] = (Show("demo"),) if message.is_arrival else ()
    if position is not None and position > GENESIS:
        go_there: StageMessage = RowJumped(position)
    elif position == GENESIS:
        go_there = Stepped(Step.GENESIS)
    elif message.address == NOW_ADDRESS:
        go_there = Stepped(Step.NOW)
    elif asked_for is not None:
        missing = Outcome(Form.STORE, NoSuchEvent(asked_for[:LONGEST_NAME], head))
        live = replace(model.live, outcome=missing, outcomes=model.live.outcomes + 1)
        return replace(model, live=live, address=message.address), shown
    else:
        return replace(model, address=message.address), ()
    after, effects = routed(model, go_there, occasion)
    after = announced(model, after, go_there)
    return replace(after, address=message.address), (*effects, *shown)


def sought(model: Model, message: RowSought, occasion: Occasion) -> Updated:
    """Bring a row of a long ledger, and the keyboard's focus to it."""
    rows = model.shown.rows(model.history.head)
    if not rows:
        return model, ()
    row = max(1, min(message.row, len(rows)))
    position = Position(rows[row - 1])
    after, effects = routed(model, LedgerScrolled(row), occasion)
    return after, (*effects, Reveal(position), Focus(f"{message.part}-{position}"))
