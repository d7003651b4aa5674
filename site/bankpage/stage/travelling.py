"""Travelling: what each message to the stage makes of it. Pure; replay changes no history."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from bankpage.paper.effects import After, Effect, Reveal
from bankpage.stage.messages import (
    CursorMoved,
    LedgerScrolled,
    PayloadToggled,
    PlayToggled,
    RowJumped,
    SpeedChosen,
    StageMessage,
    Step,
    Stepped,
    Ticked,
)
from bankpage.stage.model import NOW, At, Now, Stage, cursor_at
from esbank_core.kernel.identity import GENESIS, Position

Travelled = tuple[Stage, tuple[Effect[StageMessage], ...]]


def travel(stage: Stage, head: Position, message: StageMessage) -> Travelled:
    """The next stage, and the effects to carry out, in a history that ends at ``head``."""
    match message:
        case CursorMoved(position=position):
            return _look_at(paused(stage), head, position)
        case Stepped(step=step):
            return _look_at(paused(stage), head, _target(stage, head, step))
        case RowJumped(position=position):
            if not GENESIS < position <= head:
                return paused(stage), ()
            return _look_at(paused(stage), head, position)
        case PlayToggled():
            return _play_or_pause(stage, head)
        case Ticked(run=run):
            return _tick(stage, head) if run == stage.playing else (stage, ())
        case SpeedChosen(speed=speed):
            return replace(stage, speed=speed), ()
        case PayloadToggled(position=position):
            is_open = stage.open_payload == position
            return replace(stage, open_payload=None if is_open else position), ()
        case LedgerScrolled(middle_row=middle_row):
            return replace(stage, middle_row=middle_row), ()
        case _:
            assert_never(message)


def returned(stage: Stage) -> Stage:
    """The stage back in the present, where commands are answered."""
    return replace(paused(stage), cursor=NOW)


def followed(stage: Stage, head: Position) -> Travelled:
    """The stage after its history has grown to ``head``: a look at the past stays where it is."""
    if stage.is_in_past:
        return stage, ()
    row = Position(max(1, head))
    return replace(stage, middle_row=row), (Reveal(row),)


def begun_anew(stage: Stage) -> Stage:
    """The stage for another history in the place of this one; how fast one plays stays."""
    return Stage(speed=stage.speed, runs=stage.runs)


def paused(stage: Stage) -> Stage:
    """The stage with replay at rest."""
    return replace(stage, playing=None)


def _look_at(stage: Stage, head: Position, position: int) -> Travelled:
    cursor = cursor_at(position, head)
    moved = replace(stage, cursor=cursor)
    row = Position(max(1, moved.position(head)))
    return replace(moved, middle_row=row), (Reveal(row),)


def _target(stage: Stage, head: Position, step: Step) -> int:
    match step:
        case Step.GENESIS:
            return GENESIS
        case Step.BACK:
            return stage.position(head) - 1
        case Step.FORWARD:
            return stage.position(head) + 1
        case Step.NOW:
            return head
        case _:
            assert_never(step)


def _play_or_pause(stage: Stage, head: Position) -> Travelled:
    if stage.playing is not None:
        return paused(stage), ()
    if head == GENESIS:
        return stage, ()
    run = stage.runs + 1
    start = At(GENESIS) if isinstance(stage.cursor, Now) else stage.cursor
    playing = replace(stage, cursor=start, playing=run, runs=run)
    return playing, (
        Reveal(Position(max(1, start.position))),
        After(stage.speed.value, Ticked(run)),
    )


def _tick(stage: Stage, head: Position) -> Travelled:
    moved, effects = _look_at(stage, head, stage.position(head) + 1)
    if not moved.is_in_past or moved.playing is None:
        return paused(moved), effects
    return moved, (*effects, After(moved.speed.value, Ticked(moved.playing)))
