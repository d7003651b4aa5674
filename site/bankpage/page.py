"""The page: the stage and the live ledger put together, as one model, one update, one screen.

Neither knows of the other. A message goes to whom it concerns; what the live ledger wishes of
the stage is granted here, and what looks at a history is told here that it has grown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from typing import Final, Literal

from bankpage.live import update as live_update
from bankpage.live.actions import actions
from bankpage.live.effects import LiveEffect, ReturnToNow, StoreEffect
from bankpage.live.explanation import decided_as, explanation
from bankpage.live.messages import (
    AccountChosen,
    EntriesChanged,
    LiveMessage,
    Loaded,
    Written,
    live_message,
)
from bankpage.live.model import Form, Live, NoSuchEvent, Outcome
from bankpage.live.notices import chain_status, notices
from bankpage.live.outcomes import outcomes
from bankpage.live.story import paused as story_paused
from bankpage.live.story import story_controls
from bankpage.paper.effects import Address, Effect, Focus, Reveal, Show
from bankpage.paper.occasion import Occasion
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Screen, Slot
from bankpage.stage.addresses import NOW_ADDRESS, address_at, address_of, name_in, position_in
from bankpage.stage.announcements import AccountShown, Announcement, announcement_of, announcer
from bankpage.stage.balances import balances
from bankpage.stage.change import change
from bankpage.stage.counting import counting
from bankpage.stage.ledger import ledger
from bankpage.stage.messages import (
    LedgerScrolled,
    RowJumped,
    StageMessage,
    Step,
    Stepped,
    stage_message,
)
from bankpage.stage.model import Speed, Stage
from bankpage.stage.on_paper import kept_up, on_paper
from bankpage.stage.pipeline import pipeline
from bankpage.stage.slider import slider
from bankpage.stage.state import state
from bankpage.stage.travelling import begun_anew, decided, followed, holding, returned, travel
from esbank_core.kernel.identity import GENESIS, NOWHERE, Position, StreamId


@dataclass(frozen=True, slots=True)
class AddressOpened:
    """Someone came by an address, or went back to one; ``is_arrival`` with the page itself."""

    address: str
    is_arrival: bool


@dataclass(frozen=True, slots=True)
class RowSought:
    """The keyboard goes to a part of a row that is not on the page yet."""

    part: Literal["jump", "toggle"]
    position: Position


@dataclass(frozen=True, slots=True)
class Opened:
    """The page opens on what the browser has kept, and on what was chosen at the last visit."""

    loaded: Loaded
    glance: Mapping[str, str]
    """What ``glance`` gave then, or whatever stands in its place now: nothing kept is trusted."""


Message = LiveMessage | StageMessage | AddressOpened | RowSought | Opened
PageEffect = Effect[Message] | StoreEffect
Effects = tuple[PageEffect, ...]
Updated = tuple["Model", Effects]

SHOWN_ACCOUNT: Final = "account-id"
CHOSEN_ACCOUNT: Final = "chosen-account"
CHOSEN_SPEED: Final = "chosen-speed"

LONGEST_NAME: Final = 20
"""How much is said again of an event's name that no event has."""


GLANCED_AT: Final = ("balance", "status", "account-id", "owner-name", "account-status")
"""What of Current State is shown again at the next visit, before Python runs."""


@dataclass(frozen=True, slots=True)
class Model:
    """Everything that the page knows."""

    live: Live = field(default_factory=Live)
    stage: Stage = field(default_factory=Stage)
    announcement: Announcement | None = None
    announcements: int = 0
    """How many announcements there have been: one that is the same again is said again."""
    address: str = ""
    """What the browser's bar says of where one is."""

    @property
    def position(self) -> Position:
        """The position up to which events are applied."""
        return self.stage.position(self.live.ledger.head)


def message_of(gesture: str, fields: Mapping[str, str]) -> Message:
    """The message that a gesture in the page stands for.

    Raises:
        ValueError: no control of the page makes this gesture, or not with these fields.
    """
    try:
        if gesture == "open-address":
            return AddressOpened(fields["address"], fields["arrival"] == "true")
        if gesture == "go-to-row":
            part: Literal["jump", "toggle"] = "toggle" if fields["part"] == "toggle" else "jump"
            return RowSought(part, Position(int(fields["position"])))
        message = stage_message(gesture, fields) or live_message(gesture, fields)
    except KeyError as missing:
        raise ValueError(f"The gesture “{gesture}” came without {missing}.") from missing
    if message is None:
        raise ValueError(f"No control makes the gesture “{gesture}”.")
    return message


def update(model: Model, message: Message, occasion: Occasion) -> Updated:
    """The next model, and the effects to carry out, in order."""
    if isinstance(message, AddressOpened):
        return _opened(model, message, occasion)
    if isinstance(message, RowSought):
        return _sought(model, message, occasion)
    if isinstance(message, Opened):
        return _reopened(model, message, occasion)
    after, effects = _routed(model, message, occasion)
    return _located(model, _announced(model, after, message), message, effects)


def _reopened(model: Model, message: Opened, occasion: Occasion) -> Updated:
    """Take in what was kept, and choose again what was chosen, if it is still there."""
    after, effects = _routed(model, message.loaded, occasion)
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


def _opened(model: Model, message: AddressOpened, occasion: Occasion) -> Updated:
    """Go where an address leads to; it stands in the browser's bar already."""
    head = model.live.ledger.head
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
    after, effects = _routed(model, go_there, occasion)
    after = _announced(model, after, go_there)
    return replace(after, address=message.address), (*effects, *shown)


def _sought(model: Model, message: RowSought, occasion: Occasion) -> Updated:
    """Bring a row of a long ledger, and the keyboard's focus to it."""
    row = Position(max(1, min(message.position, model.live.ledger.head)))
    after, effects = _routed(model, LedgerScrolled(row), occasion)
    return after, (*effects, Reveal(row), Focus(f"{message.part}-{row}"))


def _announced(before: Model, after: Model, message: LiveMessage | StageMessage) -> Model:
    """The page with what is to be said of where it looks now."""
    said: Announcement | None = None
    if isinstance(message, AccountChosen):
        said = AccountShown(message.account_id, after.position)
    elif isinstance(message, StageMessage):
        said = announcement_of(message, before.stage, after.stage, after.live.ledger.head)
    elif after.live.generation != before.live.generation:
        return replace(after, announcement=None)
    if said is None:
        return after
    return replace(after, announcement=said, announcements=before.announcements + 1)


def _located(
    before: Model, after: Model, message: LiveMessage | StageMessage, effects: Effects
) -> Updated:
    """The page with its address, which the browser is told where it has become another."""
    head = _head(after)
    is_jump = isinstance(message, RowJumped) and GENESIS < message.position <= head
    if is_jump:
        address = address_of(after.position)
    elif after.stage.playing or (after.position, head) == (before.position, _head(before)):
        return after, effects
    else:
        address = address_at(after.stage, head, before.address)
    if address == before.address:
        return after, effects
    return replace(after, address=address), (*effects, Address(address, is_jump))


def _head(model: Model) -> Position:
    return model.live.ledger.head


def _routed(model: Model, message: LiveMessage | StageMessage, occasion: Occasion) -> Updated:
    """What a message makes of whom it concerns."""
    if isinstance(message, StageMessage):
        stage, travelled = travel(model.stage, model.live.ledger, message, occasion.time)
        # Who looks back has taken the slider from the story.
        live = story_paused(model.live) if stage.is_in_past else model.live
        return replace(model, live=live, stage=stage), travelled
    live, asked = live_update.update(model.live, message, occasion)
    after, effects = _with_stage_following(model, live, asked)
    stage = _on_show(model, after, message)
    if isinstance(message, Written):
        effects += counting(model.live.ledger, live.ledger, stage)
    return replace(after, stage=stage), effects


def _on_show(before: Model, after: Model, message: LiveMessage) -> Stage:
    """The stage, showing the account that was chosen, or that a command was about."""
    stage, live = after.stage, after.live
    if isinstance(message, AccountChosen):
        return holding(stage, live.account)
    if isinstance(message, EntriesChanged) and live.ledger is not before.live.ledger:
        return holding(stage, None) if not stage.is_in_past else stage
    if live.last_decision is None or live.decisions == before.live.decisions:
        return stage
    account_id = live.last_decision.command.account_id
    stage = decided(stage)
    return holding(stage, account_id) if account_id in live.ledger.places else stage


def _with_stage_following(model: Model, live: Live, asked: tuple[LiveEffect, ...]) -> Updated:
    """The stage looks where the live ledger wishes, and sees what has come to it."""
    before, stage = model.live, model.stage
    effects: list[PageEffect] = []
    for effect in asked:
        if isinstance(effect, ReturnToNow):
            stage = returned(stage)
        else:
            effects.append(effect)
    grown_from = before.ledger.head
    if live.generation != before.generation or live.ledger.head < grown_from:
        stage, grown_from = begun_anew(stage), GENESIS
    stage, writing = kept_up(stage, live.ledger)
    if live.ledger.head > grown_from:
        stage, seen = followed(stage, live.ledger.head)
        return replace(model, live=live, stage=stage), (*writing, *seen, *effects)
    return replace(model, live=live, stage=stage), (*writing, *effects)


def view(model: Model, phrases: Phrases, zone: tzinfo | None = None) -> Screen:
    """The screen of a model, in the page's words; times in ``zone`` (None: the reader's own)."""
    live, stage = model.live, model.stage
    return (
        Slot("root", {"data-python": "ready"}),
        Slot(
            "page",
            {
                "data-cursor": "past" if stage.is_in_past else "now",
                "data-history": "some" if live.ledger.head else "none",
            },
        ),
        Slot("starting", {"hidden": True}),
        *notices(live, phrases),
        *chain_status(live, phrases),
        *actions(live, phrases),
        *story_controls(live, phrases),
        *outcomes(live, phrases),
        *ledger(live.ledger, stage, phrases, zone),
        *state(live.ledger, stage, phrases),
        *balances(live.ledger, stage, phrases),
        *on_paper(live.ledger, phrases),
        *slider(live.ledger, stage, phrases),
        announcer(live.ledger, model.announcement, model.announcements, phrases),
        *change(live.ledger, stage, phrases),
        *pipeline(stage, live.decisions, decided_as(live)),
        *explanation(live, phrases),
    )


def glance(model: Model, phrases: Phrases) -> list[tuple[str, str]]:
    """What Current State shows now, as element ids and texts: for the next visit's first moment.

    What was chosen goes along, by names that no element has.
    """
    shown = [
        (slot.id, "".join(part for part in slot.children or () if isinstance(part, str)))
        for slot in state(model.live.ledger, returned(model.stage), phrases)
        if slot.id in GLANCED_AT
    ]
    chosen = [(CHOSEN_ACCOUNT, model.live.account or ""), (CHOSEN_SPEED, model.stage.speed.value)]
    return shown + chosen
