"""The page: the stage and the live ledger put together, as one model, one update, one screen.

Neither knows of the other. A message goes to whom it concerns; what the live ledger wishes of
the stage is granted here, and what looks at a history is told here that it has grown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from typing import Final

from bankpage.live import update as live_update
from bankpage.live.actions import actions
from bankpage.live.effects import LiveEffect, ReturnToNow, StoreEffect
from bankpage.live.explanation import decided_as, explanation
from bankpage.live.messages import AccountChosen, EntriesChanged, LiveMessage, live_message
from bankpage.live.model import Live
from bankpage.live.notices import chain_status, notices
from bankpage.live.outcomes import outcomes
from bankpage.live.story import paused as story_paused
from bankpage.live.story import story_controls
from bankpage.paper.effects import Effect
from bankpage.paper.occasion import Occasion
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Screen, Slot
from bankpage.stage.balances import balances
from bankpage.stage.change import change
from bankpage.stage.ledger import ledger
from bankpage.stage.messages import StageMessage, stage_message
from bankpage.stage.model import Stage
from bankpage.stage.on_paper import kept_up, on_paper
from bankpage.stage.pipeline import pipeline
from bankpage.stage.slider import slider
from bankpage.stage.state import state
from bankpage.stage.travelling import begun_anew, decided, followed, holding, returned, travel
from esbank_core.kernel.identity import GENESIS, Position

Message = LiveMessage | StageMessage
PageEffect = Effect[Message] | StoreEffect
Updated = tuple["Model", tuple[PageEffect, ...]]


GLANCED_AT: Final = ("balance", "status", "account-id", "owner-name", "account-status")
"""What of Current State is shown again at the next visit, before Python runs."""


@dataclass(frozen=True, slots=True)
class Model:
    """Everything that the page knows."""

    live: Live = field(default_factory=Live)
    stage: Stage = field(default_factory=Stage)

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
        message = stage_message(gesture, fields) or live_message(gesture, fields)
    except KeyError as missing:
        raise ValueError(f"The gesture “{gesture}” came without {missing}.") from missing
    if message is None:
        raise ValueError(f"No control makes the gesture “{gesture}”.")
    return message


def update(model: Model, message: Message, occasion: Occasion) -> Updated:
    """The next model, and the effects to carry out, in order."""
    if isinstance(message, StageMessage):
        stage, travelled = travel(model.stage, model.live.ledger, message, occasion.time)
        # Who looks back has taken the slider from the story.
        live = story_paused(model.live) if stage.is_in_past else model.live
        return Model(live, stage), travelled
    live, asked = live_update.update(model.live, message, occasion)
    after, effects = _with_stage_following(model, live, asked)
    return replace(after, stage=_on_show(model, after, message)), effects


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
        return Model(live, stage), (*writing, *seen, *effects)
    return Model(live, stage), (*writing, *effects)


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
        *change(live.ledger, stage, phrases),
        *pipeline(stage, live.decisions, decided_as(live)),
        *explanation(live, phrases),
    )


def glance(model: Model, phrases: Phrases) -> list[tuple[str, str]]:
    """What Current State shows, as element ids and texts: for the next visit's first moment."""
    return [
        (slot.id, "".join(part for part in slot.children or () if isinstance(part, str)))
        for slot in state(model.live.ledger, model.stage, phrases)
        if slot.id in GLANCED_AT
    ]
