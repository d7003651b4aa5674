"""What messages make of a reader's own states: events handed over, one question asked at a time.

First comes where the slider stands, then what a lab waits for, then all events from the first to
the last; each in slices, so that the slider never waits for long.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any, Final, assert_never

from bankpage.labs.contract import EvolveWith, StatesTold, Subject, Tell, Turn
from bankpage.labs.states.answers import (
    differences_of,
    failure_of,
    found_of,
    moment_of,
    text_of_test,
    told_to,
    unusable_of,
)
from bankpage.labs.states.messages import (
    AgainWanted,
    Answered,
    BankWanted,
    Evolving,
    FieldNamed,
    HandedOn,
    Message,
    Noticed,
    PythonEnded,
)
from bankpage.labs.states.model import (
    Begin,
    Differ,
    Ended,
    Model,
    Question,
    TellAll,
    TellMoment,
    WriteTest,
)
from bankpage.paper.occasion import Occasion
from bankpage.paper.own_states import NOT_FOUND, OwnStates, OwnTest
from esbank_core.kernel.identity import GENESIS, NOWHERE
from esbank_core.programs.copies import NOT_COPIED

LAB: Final = "states"

DEADLINE_MS: Final = 10_000
"""For one answer. Slices are far shorter: what takes so long never ends."""

LONGEST_FIELD: Final = 200
"""Characters of a field's name."""

StatesTurn = Turn[Model, Message]


def update(model: Model, message: Message, subject: Subject, _occasion: Occasion) -> StatesTurn:
    """The next model, and what is asked for."""
    own = subject.own
    match message:
        case BankWanted():
            return Turn(model, wishes=(EvolveWith(""),))
        case _ if own is None:
            return Turn(replace(model, asked=None, is_handing=False))
        case Evolving(program=program):
            begun = Model(program, nth=model.nth + 1)
            turn = _handed(begun, subject)
            # Whatever still runs is of another program, and has other events perhaps.
            return replace(turn, effects=(_told(do="stop"), *turn.effects))
        case Noticed():
            return _go_on(model, subject, own)
        case HandedOn():
            return _go_on(replace(model, is_handing=False), subject, own)
        case Answered():
            return _answered(model, message, subject, own)
        case PythonEnded(nth=nth, ended=ended, reason=reason):
            if nth not in (0, model.nth):
                return Turn(model)
            return _ended(model, ended, reason, own)
        case FieldNamed(name=name):
            named = replace(own, named=name[:LONGEST_FIELD])
            return _with(_go_on(model, subject, named), named)
        case AgainWanted():
            if model.ended is None:
                return Turn(model)
            model = replace(model, ended=None, asked=None, has_begun=False)
            again = replace(own, ended="")
            return _with(_go_on(model, subject, again), again)
        case _:
            assert_never(message)


def _told(**what: Any) -> Tell:
    return Tell(LAB, json.dumps(what, separators=(",", ":")))


def _with(turn: StatesTurn, own: OwnStates) -> StatesTurn:
    """The turn, after which the states are these."""
    if any(isinstance(wish, StatesTold) for wish in turn.wishes):
        return turn
    return replace(turn, wishes=(StatesTold(own), *turn.wishes))


def _go_on(model: Model, subject: Subject, own: OwnStates) -> StatesTurn:
    """Hand over what the other Python lacks; once it has all, ask what is to be known next."""
    if model.ended or model.unusable:
        return Turn(model)
    history = subject.history
    if not model.copied.is_of(history):
        # Another history has the stage: what was told, and what is still on its way, is not of it.
        asked_before = own
        own = OwnStates(own.text, own.named, sought=own.sought, compares=None)
        model = replace(
            model,
            copied=NOT_COPIED,
            asked=None,
            nth=model.nth + 1,
            told=GENESIS,
            failures=0,
            first=None,
            has_begun=False,
        )
        turn = _handed(model, subject)
        return _with(turn, own) if own != asked_before else turn
    if model.asked is not None or model.is_handing:
        return Turn(model)
    if not model.copied.has_all_of(history):
        return _handed(model, subject)
    question = next_question(model, subject, own)
    if question is None:
        return Turn(model)
    model = replace(model, asked=question, nth=model.nth + 1)
    asked = json.dumps(_as_asked(question, model))
    return Turn(model, (_told(do="ask", nth=model.nth, deadline=DEADLINE_MS, text=asked),))


def _handed(model: Model, subject: Subject) -> StatesTurn:
    copied, handed = model.copied.further(subject.history)
    return Turn(
        replace(model, copied=copied, is_handing=True), (_told(**handed),), later=HandedOn()
    )


def next_question(model: Model, subject: Subject, own: OwnStates) -> Question | None:
    """What is to be known next of the states; None where all that was asked is known."""
    if not model.has_begun:
        return Begin()
    head = subject.history.head
    wanted = TellMoment(subject.position, subject.streams, own.named)
    moment = own.moment
    if moment is None or (moment.position, moment.named) != (wanted.position, wanted.field):
        return wanted
    if tuple(moment.streams) != wanted.streams and wanted.streams:
        return wanted
    if own.tests and own.tests <= head and (own.test is None or own.test.position != own.tests):
        return WriteTest(own.tests)
    if own.compares and max(own.compares) <= head:
        known = own.differences
        if known is None or (known.earlier, known.later) != own.compares:
            return Differ(*own.compares)
    if any(own.found.get(one, NOT_FOUND).seen < head for one in own.sought) or model.told < head:
        return TellAll(own.sought)
    return None


def _as_asked(question: Question, model: Model) -> dict[str, Any]:
    match question:
        case Begin():
            return {"do": "begin", "program": model.program}
        case TellMoment():
            return {"do": "moment", **asdict(question)}
        case TellAll(sought=sought):
            return {"do": "tell", "sought": [[one.path, one.how, one.typed] for one in sought]}
        case Differ():
            return {"do": "differ", **asdict(question)}
        case WriteTest():
            return {"do": "test", **asdict(question)}
        case _:
            assert_never(question)


def _answered(model: Model, message: Answered, subject: Subject, own: OwnStates) -> StatesTurn:
    question = model.asked
    if question is None or model.nth != message.nth:
        return Turn(model)
    model = replace(model, asked=None)
    if message.answer.get("is_late") is True:  # it goes on with what it has done already
        return _go_on(model, subject, own)
    try:
        model, told = _taken(model, question, message, subject, own)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        turn = _ended(model, Ended.BROKEN, "", own)
        return replace(turn, effects=(_told(do="stop"),))
    turn = _go_on(model, subject, told)
    return turn if told is own else _with(turn, told)


def _taken(
    model: Model, question: Question, message: Answered, subject: Subject, own: OwnStates
) -> tuple[Model, OwnStates]:
    answer, head = message.answer, subject.history.head
    match question:
        case Begin():
            if "fault" not in answer:
                return replace(model, has_begun=True), own
            unusable = unusable_of(answer)
            return replace(model, unusable=unusable), replace(own, ended="unusable")
        case TellMoment(position=position):
            stream_id = subject.history.at(position).stream_id if position else NOWHERE
            return model, replace(own, moment=moment_of(question, answer, stream_id))
        case TellAll(sought=sought):
            told, first = told_to(answer, head), answer["first"]
            model = replace(
                model,
                told=told,
                failures=int(answer["failures"]),
                first=None if first is None else failure_of(first),
            )
            if not sought:
                return model, own
            found = {
                one: found_of(own.found.get(one, NOT_FOUND), each, head)
                for one, each in zip(sought, answer["sought"], strict=True)
            }
            return model, replace(own, found=found)
        case Differ():
            return model, replace(own, differences=differences_of(question, answer))
        case WriteTest(position=position):
            if "fault" in answer:
                reason = "too-long" if answer["fault"] == "too-long" else "no-stream"
                return model, replace(own, test=OwnTest(position, reason=reason))
            return model, replace(own, test=OwnTest(position, text_of_test(answer)))
        case _:
            assert_never(question)


def _ended(model: Model, ended: Ended, reason: str, own: OwnStates) -> StatesTurn:
    """The next Python has copies of the same events, since the script keeps them."""
    model = replace(model, asked=None, has_begun=False, ended=ended, reason=reason)
    return Turn(model, wishes=(StatesTold(replace(own, ended=ended.value)),))
