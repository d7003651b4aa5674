"""What messages make of the Projection lab: events are handed over, a program is asked.

One thing is asked at a time. What else is wanted meanwhile waits, and of many places that the
slider was at only the last is asked for.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final, assert_never

from bankpage.labs.contract import EvolveWith, Subject, Tell, Turn
from bankpage.labs.projection.messages import (
    AgainWanted,
    AnswerCame,
    CatchUpWanted,
    CheckpointKept,
    Drafted,
    FeedWanted,
    FileOpened,
    Followed,
    HandedOn,
    LagWanted,
    Message,
    Opened,
    PythonEnded,
    RebuildWanted,
    RunWanted,
    SaveWanted,
    ScriptMissing,
    StopWanted,
    TemplateChosen,
    answered,
)
from bankpage.labs.projection.model import BEHIND, Asked, Doing, Ended, Model
from bankpage.labs.projection.templates import COUNT_BY_TYPE, TEMPLATES
from bankpage.paper.effects import Download
from bankpage.paper.occasion import Occasion
from esbank_core.kernel.identity import GENESIS, Position
from esbank_core.programs.copies import NOT_COPIED

DEADLINE_MS: Final = 10_000
"""For one answer of a program, from when its Python is ready."""

LAB: Final = "projection"

LabTurn = Turn[Model, Message]


def update(model: Model, message: Message, subject: Subject, _occasion: Occasion) -> LabTurn:
    """The next model, and what is asked for."""
    match message:
        case Opened(has_text=has_text):
            return _opened(model, has_text)
        case ScriptMissing(reason=reason):
            return Turn(replace(model, is_elsewhere=reason))
        case TemplateChosen(name=name):
            return _written(replace(model, template=name), TEMPLATES[name])
        case Drafted(text=text):
            return _written(replace(model, template=""), text)
        case FileOpened():
            return Turn(replace(model, template="", has_text=True))
        case SaveWanted(text=text):
            return Turn(model, (Download("projection.py", text),))
        case RunWanted() if not model.is_there and not model.is_elsewhere:
            return Turn(replace(model, is_awaited=True, ended=None, reason=""))
        case RunWanted(text=text):
            begun = replace(
                model,
                program=text,
                ended=None,
                reason="",
                is_live=False,
                asked=None,
                is_halfway=False,
                reached=GENESIS,
            )
            turn = _wanting(begun, Doing.RUN, subject)
            if model.asked is None:
                return turn
            # What still runs may never end.
            return replace(turn, effects=(_told(do="stop"), *turn.effects))
        case StopWanted():
            return _stopped(model)
        case AgainWanted():
            return _wanting(model, Doing.AGAIN, subject)
        case LagWanted():
            return _wanting(replace(model, behind=BEHIND), Doing.AT, subject)
        case CatchUpWanted():
            return _wanting(replace(model, behind=0), Doing.AT, subject)
        case RebuildWanted():
            return _wanting(model, Doing.REBUILD, subject)
        case CheckpointKept(keeps=keeps):
            return _wanting(replace(model, keeps_checkpoint=keeps), Doing.CHECKPOINT, subject)
        case FeedWanted(feeds=feeds):
            return Turn(model, wishes=(EvolveWith(model.program if feeds else ""),))
        case Followed():
            return _followed(model, subject)
        case HandedOn():
            return _go_on(replace(model, is_handing=False), subject)
        case AnswerCame():
            return _answer_came(model, message, subject)
        case PythonEnded(nth=nth, ended=ended, reason=reason):
            if model.asked is None or model.asked.nth != nth:
                return Turn(model)
            return Turn(_thrown_away(model, ended, reason))
        case _:
            assert_never(message)


def target(model: Model, subject: Subject) -> Position:
    """Up to where the projection is to have seen events."""
    return Position(max(GENESIS, subject.position - model.behind))


def _told(**what: Any) -> Tell:
    return Tell(LAB, json.dumps(what, separators=(",", ":")))


def _opened(model: Model, has_text: bool) -> LabTurn:
    """The script has begun anew: there is another Python, which knows nothing.

    Was Run pressed before, it is pressed now: what the editor holds only the script knows.
    """
    run = (_told(do="run"),) if model.is_awaited else ()
    model = replace(
        model,
        is_there=True,
        is_awaited=False,
        is_elsewhere="",
        handed=NOT_COPIED,
        is_handing=False,
        asked=None,
        wants=None,
        is_halfway=False,
        reached=GENESIS,
        is_live=False,
    )
    if has_text or model.has_text:
        return Turn(replace(model, has_text=True), run)
    turn = _written(replace(model, template="count-by-type"), COUNT_BY_TYPE)
    return replace(turn, effects=(*turn.effects, *run))


def _written(model: Model, text: str) -> LabTurn:
    return Turn(replace(model, has_text=True), (_told(do="write", text=text),))


def _wanting(model: Model, doing: Doing, subject: Subject) -> LabTurn:
    if doing is not Doing.RUN and not model.is_live:
        return Turn(model)
    return _go_on(replace(model, wants=doing), subject)


def _followed(model: Model, subject: Subject) -> LabTurn:
    if not model.is_live:
        return Turn(model)
    if not model.handed.is_of(subject.history):
        # The program goes on with another history: from its beginning, as it was written.
        return _go_on(replace(model, wants=Doing.RUN), subject)
    return _go_on(replace(model, wants=model.wants or Doing.AT), subject)


def _go_on(model: Model, subject: Subject) -> LabTurn:
    """Hand over what the other Python lacks; once it has all, ask it what is wanted."""
    doing = model.wants
    if model.asked is not None or doing is None or model.is_handing:
        return Turn(model)
    if not model.handed.has_all_of(subject.history):
        copied, copies = model.handed.further(subject.history)
        model = replace(model, handed=copied, is_handing=True)
        return Turn(model, (_told(**copies),), later=HandedOn())
    position = target(model, subject)
    nth = model.nth + 1
    ask: dict[str, Any] = {"do": "on" if model.is_halfway else doing.value, "position": position}
    if doing is Doing.RUN and not model.is_halfway:
        ask["program"] = model.program
    if doing in (Doing.RUN, Doing.CHECKPOINT):
        ask["keeps"] = model.keeps_checkpoint
    model = replace(model, wants=None, nth=nth, asked=Asked(nth, doing, position), is_halfway=False)
    return Turn(model, (_told(do="ask", nth=nth, deadline=DEADLINE_MS, text=json.dumps(ask)),))


def _answer_came(model: Model, message: AnswerCame, subject: Subject) -> LabTurn:
    asked = model.asked
    if asked is None or asked.nth != message.nth:
        return Turn(model)
    if message.answer.get("is_late") is True and isinstance(message.answer["checkpoint"], int):
        return _halfway(model, asked, Position(message.answer["checkpoint"]), subject)
    try:
        answer = answered(asked.doing, message.answer)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Turn(_thrown_away(model, Ended.BROKEN, ""), (_told(do="stop"),))
    model = replace(
        model,
        asked=None,
        answered=answer,
        is_live=answer.kind != "",
        last_run=model.last_run if asked.doing is Doing.AT else answer,
    )
    if not model.is_live:
        return Turn(replace(model, wants=None))
    turn = _asked_next(model, asked, subject)
    is_run_anew = asked.doing is Doing.RUN and answer.kind == "evolve" and answer.fault is None
    if subject.own and is_run_anew and subject.own.text != model.program:
        # What makes the states shown has been changed.
        return replace(turn, wishes=(EvolveWith(model.program),))
    return turn


def _halfway(model: Model, asked: Asked, reached: Position, subject: Subject) -> LabTurn:
    """Go on with what takes longer than a slice of time, unless something else is wanted by now."""
    model = replace(model, asked=None, reached=reached)
    if model.wants not in (None, Doing.AT):
        return _go_on(model, subject)
    if not model.handed.is_of(subject.history):
        return _go_on(replace(model, wants=Doing.RUN, reached=GENESIS), subject)
    return _go_on(replace(model, wants=asked.doing, is_halfway=True), subject)


def _asked_next(model: Model, asked: Asked, subject: Subject) -> LabTurn:
    if model.wants is None and (
        asked.position != target(model, subject) or not model.handed.has_all_of(subject.history)
    ):
        model = replace(model, wants=Doing.AT)  # the slider has moved on meanwhile
    return _go_on(model, subject)


def _stopped(model: Model) -> LabTurn:
    if not (model.is_busy or model.is_live):
        return Turn(model)
    return Turn(_thrown_away(model, Ended.STOPPED, ""), (_told(do="stop"),))


def _thrown_away(model: Model, ended: Ended, reason: str) -> Model:
    """The next Python has copies of the same events, since the script keeps them."""
    return replace(
        model,
        is_awaited=False,
        asked=None,
        wants=None,
        is_halfway=False,
        reached=GENESIS,
        is_live=False,
        ended=ended,
        reason=reason,
    )
