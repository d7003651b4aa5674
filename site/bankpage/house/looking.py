"""What a message makes of the live ledger and of the stage: one decides, the other looks.

The stage is told here that the live ledger has grown, begun anew, or wants to be seen.
"""

from __future__ import annotations

from dataclasses import replace

from bankpage.house.messages import PageEffect
from bankpage.house.model import Model
from bankpage.house.whereabouts import Updated, announced, located
from bankpage.live import update as live_update
from bankpage.live.effects import LiveEffect, ReturnToNow
from bankpage.live.messages import AccountChosen, EntriesChanged, LiveMessage, Written
from bankpage.live.model import Live
from bankpage.live.story import paused as story_paused
from bankpage.paper.occasion import Occasion
from bankpage.stage.counting import counting
from bankpage.stage.curve import marks
from bankpage.stage.messages import StageMessage
from bankpage.stage.model import Stage
from bankpage.stage.on_paper import kept_up
from bankpage.stage.travelling import (
    begun_anew,
    decided,
    followed,
    holding,
    look_on,
    returned,
    travel,
)
from esbank_core.kernel.identity import GENESIS


def looked(model: Model, message: LiveMessage | StageMessage, occasion: Occasion) -> Updated:
    """What a message makes of whom it concerns; and where one is then, said and in the bar."""
    after, effects = routed(model, message, occasion)
    return located(model, announced(model, after, message), message, effects)


def routed(model: Model, message: LiveMessage | StageMessage, occasion: Occasion) -> Updated:
    """What a message makes of whom it concerns."""
    if isinstance(message, StageMessage):
        stage, travelled = travel(model.shown, model.history, message, occasion.time)
        after = with_stage(model, stage)
        if stage.is_in_past and not model.studied:
            # Who looks back has taken the slider from the story.
            after = replace(after, live=story_paused(model.live))
        return after, travelled
    live, asked = live_update.update(model.live, message, occasion)
    after, effects = _with_stage_following(model, live, asked)
    stage = _on_show(model, after, message)
    if isinstance(message, Written) and not model.studied:
        effects += counting(model.live.ledger, live.ledger, stage)
    return replace(after, stage=stage), effects


def with_stage(model: Model, stage: Stage) -> Model:
    """The page with the history on the stage looked at otherwise."""
    if model.studied:
        return replace(model, studied=replace(model.studied, stage=stage))
    return replace(model, stage=stage)


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
    if live.reading and live.reading.runs is not None:
        marks(live.reading.so_far.ledger)  # a slice at a time, and not all of them at the end
    if model.studied:  # nobody sees it now
        return replace(model, live=live, stage=stage), tuple(effects)
    if before.ledger.unread and not live.ledger.unread:
        stage, there = look_on(stage, live.ledger)
        effects += there
    stage, writing = kept_up(stage, live.ledger)
    if live.ledger.head > grown_from:
        stage, seen = followed(stage, live.ledger.head)
        return replace(model, live=live, stage=stage), (*writing, *seen, *effects)
    return replace(model, live=live, stage=stage), (*writing, *effects)
