"""What labs wish of the page, granted; and what has become of their subject, told to open ones.

A lab's wish may bring about what another lab has to notice, whose wishes are granted in turn.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, assert_never

from bankpage.house import rooms
from bankpage.house.evolving import asked_of, evolving_anew
from bankpage.house.looking import looked, routed, with_stage
from bankpage.house.messages import Effects, PageEffect
from bankpage.house.model import Model
from bankpage.house.on_stage import live_again, study_opened
from bankpage.house.rooms import STATES, LabToggled
from bankpage.house.whereabouts import Updated, addressed
from bankpage.labs.contract import (
    ActAs,
    AskStates,
    BackToLive,
    EvolveWith,
    LookAt,
    Mark,
    OpenLab,
    OpenStudy,
    ShowOnly,
    StatesTold,
    Subject,
    Wish,
)
from bankpage.live.messages import ActedAs
from bankpage.paper.effects import Show
from bankpage.paper.occasion import Occasion
from bankpage.stage.addresses import NOW_ADDRESS, name_in
from bankpage.stage.messages import RowJumped, Step, Stepped
from bankpage.stage.travelling import showing_only


def toggled(model: Model, name: str, occasion: Occasion) -> Updated:
    """A lab is opened or closed, and the bar says so where no event is in it."""
    entered = rooms.enter(model.rooms, LabToggled(name), model.subject, occasion)
    after, effects = entered_in(model, entered, occasion)
    address = next(door.address for door in model.rooms.doors if door.name == name)
    if name not in after.rooms.open:
        after, undone = _left(after, name)
        effects = (*effects, *undone)
        return addressed(after, NOW_ADDRESS if model.address == address else model.address, effects)
    effects = (*effects, Show(f"{name}-lab"))
    is_free = name_in(model.address) is None
    return addressed(after, address if is_free else model.address, effects)


def _left(model: Model, name: str) -> Updated:
    """What a lab that is closed had shown alone, or marked, is so no more."""
    stage = replace(model.shown, marked=()) if model.marked_by == name else model.shown
    if model.filtered_by != name:
        return with_stage(model, stage), ()
    whole, effects = showing_only(stage, model.history.head, None)
    return with_stage(model, whole), effects


def entered_in(model: Model, entered: rooms.Entered, occasion: Occasion) -> Updated:
    """What happened in a room, and what was wished for there granted."""
    model = replace(model, rooms=entered.rooms)
    effects: list[PageEffect] = list(entered.effects)
    for name, wish in entered.wishes:
        model, asked = granted(model, name, wish, occasion)
        effects += asked
    return model, tuple(effects)


def granted(model: Model, lab: str, wish: Wish, occasion: Occasion) -> Updated:
    """The page as a lab wishes it to be."""
    match wish:
        case LookAt(position=position):
            there = RowJumped(position) if position else Stepped(Step.GENESIS)
            return looked(model, there, occasion)
        case OpenStudy():
            return study_opened(model, wish)
        case BackToLive():
            return live_again(model)
        case OpenLab(name=name, draft=draft):
            entered = rooms.drafted(model.rooms, name, draft, model.subject, occasion)
            after, effects = entered_in(model, entered, occasion)
            return after, (*effects, Show(f"{name}-lab"))
        case ActAs(actor=actor):
            return routed(model, ActedAs(actor), occasion)
        case EvolveWith(text=text):
            return _evolving(model, text, occasion)
        case AskStates():
            return replace(model, own=model.own and asked_of(model.own, wish)), ()
        case StatesTold(states=states):
            return replace(model, own=model.own and states), ()
        case Mark(positions=positions):
            marked = replace(model, marked_by=lab)
            return with_stage(marked, replace(model.shown, marked=positions)), ()
        case ShowOnly(positions=positions):
            stage, effects = showing_only(model.shown, model.history.head, positions)
            return with_stage(replace(model, filtered_by=lab), stage), effects
        case _:
            assert_never(wish)


def _evolving(model: Model, text: str, occasion: Occasion) -> Updated:
    """A reader's own evolve makes the states from now on; or, without a text, the bank's again."""
    if text:
        model = replace(model, own=evolving_anew(text, model.own))
        drafted = rooms.drafted(model.rooms, STATES, text, model.subject, occasion)
        return entered_in(model, drafted, occasion)
    if model.own is None:
        return model, ()
    closed = rooms.enter(model.rooms, LabToggled(STATES), model.subject, occasion)
    return entered_in(replace(model, own=None), closed, occasion)


MOST_NOTICES: Final = 8
"""How often in a row labs may bring about what labs have to notice."""


def noticed(before: Model, after: Model, effects: Effects, occasion: Occasion) -> Updated:
    """Open labs see what has become of what they look at, and opened ones what they missed."""
    for _ in range(MOST_NOTICES):
        seen, subject = before.subject, after.subject
        if _is_same(seen, subject):
            seen = subject
        is_to_be_seen = seen is not subject or after.rooms.have_to_look
        if not (is_to_be_seen and after.rooms.open) or after.is_being_read:
            break
        entered = rooms.noticed(after.rooms, seen, subject, occasion)
        before = after
        after, asked = entered_in(after, entered, occasion)
        effects = (*effects, *asked)
    return after, effects


def _is_same(one: Subject, other: Subject) -> bool:
    """Whether two subjects are the same; histories are not compared event by event."""
    return (
        one.on_stage is other.on_stage
        and one.history is other.history
        and one.lines is other.lines
        and one.position == other.position
        and one.actor == other.actor
        and one.refused == other.refused
        and one.own is other.own
        and one.streams == other.streams
    )
