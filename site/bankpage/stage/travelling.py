"""Travelling: what each message to the stage makes of it. Pure; replay changes no history."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from math import ceil
from typing import Final, assert_never

from bankpage.paper.effects import After, Effect, Reveal
from bankpage.stage import on_paper
from bankpage.stage.accounts import shown_account
from bankpage.stage.messages import (
    AccountPinned,
    AccountSought,
    CursorMoved,
    LedgerScrolled,
    PaperSliced,
    PayloadToggled,
    PinToggled,
    PlayToggled,
    Pointed,
    PrintAsked,
    RowJumped,
    SpeedChosen,
    StageMessage,
    Step,
    Stepped,
    Ticked,
)
from bankpage.stage.model import NOW, Now, Playing, Speed, Stage, cursor_at
from esbank_core.bank.account import Ledger
from esbank_core.kernel.identity import GENESIS, Position, StreamId

SHORTEST_TICK_MS: Final = 50
"""Where events follow one another faster than this, several are applied at a tick."""

LONGEST_TICK_MS: Final = 1000
"""How long an event is on show at most, however few there are."""

Travelled = tuple[Stage, tuple[Effect[StageMessage], ...]]


def travel(stage: Stage, history: Ledger, message: StageMessage, now: datetime) -> Travelled:
    """The next stage, and the effects to carry out, in a history."""
    head = history.head
    match message:
        case CursorMoved(position=position):
            return _look_at(paused(stage), history, position)
        case Stepped(step=step):
            return _look_at(paused(stage), history, _target(stage, head, step))
        case RowJumped(position=position):
            if not GENESIS < position <= head:
                return paused(stage), ()
            return _look_at(paused(stage), history, position)
        case PlayToggled():
            return _play_or_pause(stage, history, now)
        case Ticked(run=run):
            if stage.playing is None or run != stage.playing.run:
                return stage, ()
            return _tick(stage, stage.playing, history, now)
        case SpeedChosen(speed=speed):
            return _played_on(replace(stage, speed=speed), head, now), ()
        case PinToggled():
            return _pinned(stage, history), ()
        case AccountPinned(account_id=account_id):
            is_known = account_id in history.places
            return replace(stage, pinned=account_id if is_known else stage.pinned), ()
        case AccountSought(sought=sought):
            return replace(stage, sought=sought), ()
        case Pointed(position=position):
            return replace(stage, pointed=position if GENESIS < position <= head else None), ()
        case PayloadToggled(position=position):
            is_open = stage.open_payload == position
            return replace(stage, open_payload=None if is_open else position), ()
        case LedgerScrolled(middle_row=middle_row):
            return replace(stage, middle_row=middle_row), ()
        case PaperSliced():
            return on_paper.sliced(stage, history)
        case PrintAsked():
            return on_paper.asked(stage)
        case _:
            assert_never(message)


def returned(stage: Stage) -> Stage:
    """The stage back in the present, where commands are answered."""
    return replace(paused(stage), cursor=NOW, wanted=None)


def followed(stage: Stage, head: Position) -> Travelled:
    """The stage after its history has grown to ``head``: a look at the past stays where it is."""
    if stage.is_in_past:
        return stage, ()
    return brought_into_sight(stage, head)


def brought_into_sight(stage: Stage, position: Position) -> Travelled:
    """The stage with the row of an event in sight, or that of the last one shown before it."""
    row = stage.row_at(position)
    shown = position if stage.only is None else Position(stage.only[row - 1] if stage.only else 1)
    return replace(stage, middle_row=row), (Reveal(Position(max(1, shown))),)


def showing_only(stage: Stage, head: Position, only: tuple[Position, ...] | None) -> Travelled:
    """The stage with these rows of the ledger alone, or with all of them again."""
    return brought_into_sight(replace(stage, only=only), stage.position(head))


def unsought(stage: Stage) -> Stage:
    """The stage with all rows of the ledger, and none of its events marked."""
    return replace(stage, only=None, marked=())


def begun_anew(stage: Stage) -> Stage:
    """The stage for another history in the place of this one; how fast one plays stays."""
    return Stage(speed=stage.speed, runs=stage.runs, moves=stage.moves)


def paused(stage: Stage) -> Stage:
    """The stage with replay at rest."""
    return replace(stage, playing=None)


def holding(stage: Stage, account_id: StreamId | None) -> Stage:
    """The stage with an account on show until the slider moves."""
    return replace(stage, held=account_id)


def decided(stage: Stage) -> Stage:
    """The stage after a decision, which is what the pipeline shows now."""
    return replace(stage, has_travelled=False)


def _pinned(stage: Stage, history: Ledger) -> Stage:
    return replace(stage, pinned=None if stage.pinned else shown_account(history, stage))


def look_on(stage: Stage, history: Ledger) -> Travelled:
    """The stage once everything has been read: where it was to look, it looks now."""
    if stage.wanted is None:
        return stage, ()
    return _look_at(stage, history, stage.wanted)


def _look_at(stage: Stage, history: Ledger, position: int) -> Travelled:
    """The stage looking at a position; or, as long as that is still to be read, nearest to it."""
    head = history.head
    is_read = position > history.unread or not history.unread
    wanted = None if is_read else Position(max(position, GENESIS))
    cursor = cursor_at(position if is_read else history.unread + 1, head)
    moved = replace(
        stage,
        cursor=cursor,
        wanted=wanted,
        held=None,
        moves=stage.moves + (cursor != stage.cursor),
        has_travelled=stage.has_travelled or cursor != stage.cursor,
    )
    return brought_into_sight(moved, moved.position(head))


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


def _play_or_pause(stage: Stage, history: Ledger, now: datetime) -> Travelled:
    head = history.head
    if stage.playing is not None:
        return paused(stage), ()
    if head == GENESIS:
        return stage, ()
    run = stage.runs + 1
    start = GENESIS if isinstance(stage.cursor, Now) else stage.cursor.position
    begun, effects = _look_at(stage, history, start)
    playing = replace(begun, playing=Playing(run, now, start), runs=run)
    return playing, (*effects, After(tick(stage.speed, head), Ticked(run)))


def _tick(stage: Stage, playing: Playing, history: Ledger, now: datetime) -> Travelled:
    """On to where replay should be by now: a slow machine skips events, and comes in on time."""
    head = history.head
    passed = (now - playing.since).total_seconds() * 1000
    due = playing.origin + round(passed / pace(stage.speed, head))
    moved, effects = _look_at(stage, history, max(due, stage.position(head) + 1))
    if not moved.is_in_past:
        return paused(moved), effects
    return moved, (*effects, After(tick(stage.speed, head), Ticked(playing.run)))


def _played_on(stage: Stage, head: Position, now: datetime) -> Stage:
    """The stage, going on from here at the speed that it has now."""
    if stage.playing is None:
        return stage
    here = Playing(stage.playing.run, now, stage.position(head))
    return replace(stage, playing=here)


def pace(speed: Speed, head: Position) -> float:
    """The milliseconds that each event is on show while replay plays."""
    match speed:
        case Speed.ONE_A_SECOND:
            return 1000
        case Speed.FOUR_A_SECOND:
            return 250
        case Speed.ALL_IN_10_S:
            return min(LONGEST_TICK_MS, 10_000 / head)
        case Speed.ALL_IN_30_S:
            return min(LONGEST_TICK_MS, 30_000 / head)
        case _:
            assert_never(speed)


def tick(speed: Speed, head: Position) -> int:
    """The milliseconds from one move of replay to the next."""
    return max(SHORTEST_TICK_MS, ceil(pace(speed, head)))
