"""What messages make of the Database lab: events go over to another Python, and queries after them.

That Python can be thrown away at any time, and is filled anew from the history. Whatever it is told
has a number, and what comes back is held to it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Final, assert_never

from bankpage.labs.contract import LiveLedger, Subject, Tell, Turn
from bankpage.labs.database.bench import PROGRAM, fed, outcome_from
from bankpage.labs.database.examples import EXAMPLES, FOREIGN_EXAMPLES, HONESTLY
from bankpage.labs.database.messages import (
    Answered,
    Ended,
    ExampleChosen,
    FileWanted,
    FilingWentOn,
    Followed,
    Message,
    Opened,
    RunWanted,
    ScriptMissing,
    StopWanted,
    Tried,
    Typed,
)
from bankpage.labs.database.model import (
    FIRST_EXAMPLE,
    MOST_OF_A_QUERY,
    Answer,
    Filing,
    Model,
    Standing,
    Waiting,
)
from bankpage.paper.effects import Show
from bankpage.paper.occasion import Occasion
from esbank_core.bank.account import CODEC, is_readable
from esbank_core.kernel.errors import Unwritable
from esbank_core.kernel.identity import GENESIS, Position
from esbank_core.kernel.written.chain import GENESIS_HASH
from esbank_core.kernel.written.line_codec import LineCodec
from esbank_core.questions.sql.queries import queries, spelt
from esbank_core.questions.sql.twins import Twin, twins_of

LAB: Final = "database"
SLICE: Final = 400
"""Events that the other Python is told of at once: some 15 ms to put together, in a browser."""
AHEAD: Final = 2
"""How many such slices it is told of before it has answered the first."""
LINES: Final = 400
"""Lines of a file that it is told at once."""
PATIENCE_MS: Final = 30_000
"""For whatever is no query."""
DEADLINE_MS: Final = 12_000
"""For a query: the sandbox ends it long before, unless SQLite is in the middle of one step."""
MOST_LOSSES: Final = 3

LabTurn = Turn[Model, Message]

_line_codec: Final = LineCodec(CODEC)


def update(model: Model, message: Message, subject: Subject, _: Occasion) -> LabTurn:
    """The next model, and what is asked for."""
    match message:
        case Opened():
            return _begun(replace(model, losses=0, answers={}), subject, starting=True)
        case Followed():
            return _followed(model, subject)
        case Typed(text=text):
            return Turn(_typed(model, text))
        case ExampleChosen(name=name):
            return _chosen(model, name)
        case Tried(question=question, twin=twin):
            return _tried(model, question, twin, subject)
        case RunWanted(text=text):
            return _run(_typed(model, text), queries(text), subject)
        case StopWanted():
            return _stopped(replace(model, wanted=None))
        case FileWanted(twin=twin):
            return _file_begun(model, twin, subject)
        case FilingWentOn(nth=nth):
            return _file_went_on(model, nth, subject)
        case Answered():
            return _answered(model, message, subject)
        case Ended():
            return _ended(model, message, subject)
        case ScriptMissing(reason=reason):
            return Turn(replace(model, standing=Standing.MISSING, reason=reason))
        case _:
            assert_never(message)


def examples_for(model: Model) -> tuple[str, ...]:
    """The names of the questions to click."""
    return tuple(EXAMPLES if Twin.CRUD in model.twins else FOREIGN_EXAMPLES)


# Filling -------------------------------------------------------------------------------------


def _begun(model: Model, subject: Subject, *, starting: bool = False) -> LabTurn:
    """Have the databases begun, and filled from the first event on."""
    twins = twins_of(subject.history)
    if twins != model.twins:
        known = EXAMPLES if Twin.CRUD in twins else FOREIGN_EXAMPLES
        first = next(iter(known))
        model = replace(model, text=spelt(known[first]), example=first, answers={})
    nth = model.told + 1
    model = replace(
        model,
        twins=twins,
        standing=Standing.FILLING,
        begun=nth,
        told=nth,
        sent=GENESIS,
        last=None,
        fed=GENESIS,
        feeding={},
        asked={},
        answers={
            twin: Waiting.GONE if answer is Waiting.ASKED else answer
            for twin, answer in model.answers.items()
        },
        filing=None,
    )
    start = (_tell({"start": PROGRAM}),) if starting else ()
    begin = _order(nth, {"do": "begin", "twins": twins}, begins=True)
    filled = _filled(replace(model, wanted=None), subject)
    effects = (*start, begin, *filled.effects)
    if model.wanted is None:
        return replace(filled, effects=effects)
    run = _run(filled.model, model.wanted, subject)
    return replace(run, effects=(*effects, *run.effects))


def _filled(model: Model, subject: Subject) -> LabTurn:
    """Tell the other Python of the next events, unless it has not answered enough yet."""
    effects: list[Tell] = []
    head = subject.history.head
    while len(model.feeding) < AHEAD and model.sent < head:
        end = Position(min(model.sent + SLICE, head))
        told = [fed(one) for one in subject.history.recorded[model.sent : end]]
        nth = model.told + 1
        events = [one for one in told if one is not None]
        effects.append(_order(nth, {"do": "feed", "events": events}))
        model = replace(
            model,
            told=nth,
            sent=end,
            last=subject.history.at(end),
            feeding={**model.feeding, nth: end},
        )
    standing = Standing.FILLING if model.feeding or model.fed < head else Standing.READY
    return Turn(replace(model, standing=standing), tuple(effects))


def _followed(model: Model, subject: Subject) -> LabTurn:
    if model.standing in (Standing.CLOSED, Standing.MISSING):
        return Turn(model)
    history = subject.history
    is_same = model.sent <= history.head and (
        not model.sent or history.at(model.sent) is model.last
    )
    if not is_same or twins_of(history) != model.twins:
        return _begun(model, subject)
    return _filled(model, subject)


# Asking --------------------------------------------------------------------------------------


def _chosen(model: Model, name: str) -> LabTurn:
    known = EXAMPLES if Twin.CRUD in model.twins else FOREIGN_EXAMPLES
    if name not in known:
        return Turn(model)
    return Turn(replace(model, text=spelt(known[name]), example=name))


def _typed(model: Model, text: str) -> Model:
    """The model with what stands in the textbox, which may be no example any more."""
    text = text.replace("\r\n", "\n")  # as forms send what has lines
    before = spelt(EXAMPLES[FIRST_EXAMPLE]) if model.text is None else model.text
    return replace(model, text=text, example=model.example if text == before else "")


def _tried(model: Model, question: str, twin: Twin, subject: Subject) -> LabTurn:
    asked = next((one.queries for one in HONESTLY if one.name == question), None)
    if asked is None:
        return Turn(model)
    own = {twin: asked[twin]}
    run = _run(replace(model, text=spelt(own), example=""), own, subject)
    return replace(run, effects=(*run.effects, Show(f"{LAB}-{twin.name.lower()}")))


def _run(model: Model, asked: Mapping[Twin, str], subject: Subject) -> LabTurn:
    """Put a query to the databases; once they are begun, if they are not."""
    if model.standing is Standing.CLOSED:
        return Turn(replace(model, wanted=asked))
    if model.standing is Standing.MISSING:  # it is tried once more
        return _begun(replace(model, losses=0, wanted=asked), subject, starting=True)
    if model.is_running:
        return _stopped(replace(model, wanted=asked))
    effects: list[Tell] = []
    answers: dict[Twin, Answer] = {}
    for twin in model.twins:
        query = asked.get(twin)
        if query is None:
            answers[twin] = Waiting.NOT_ASKED
        elif len(query) > MOST_OF_A_QUERY:
            answers[twin] = Waiting.TOO_LONG
        else:
            answers[twin] = Waiting.ASKED
            nth = model.told + 1
            effects.append(_order(nth, {"do": "ask", "twin": twin, "query": query}, DEADLINE_MS))
            model = replace(model, told=nth, asked={**model.asked, nth: twin})
    return Turn(replace(model, answers=answers), tuple(effects))


def _stopped(model: Model) -> LabTurn:
    """Have the other Python thrown away in the middle of a query; Ended says when it is."""
    return Turn(model, (_tell({"stop": True}),)) if model.is_running else Turn(model)


def _answered(model: Model, message: Answered, subject: Subject) -> LabTurn:
    nth = message.nth
    if nth < model.begun or model.standing is Standing.MISSING:
        return Turn(model)
    model = replace(model, losses=0)
    if nth in model.asked:
        twin = model.asked[nth]
        left = {other: asked for other, asked in model.asked.items() if other != nth}
        answer: Answer
        try:
            answer = outcome_from(message.answer)
        except ValueError:
            answer = Waiting.UNREADABLE
        return Turn(replace(model, asked=left, answers={**model.answers, twin: answer}))
    if nth in model.feeding:
        left_to_feed = {other: end for other, end in model.feeding.items() if other != nth}
        return _filled(replace(model, feeding=left_to_feed, fed=model.feeding[nth]), subject)
    return Turn(model)


def _ended(model: Model, message: Ended, subject: Subject) -> LabTurn:
    """Another Python is there, and empty: it is filled anew, unless that goes on for ever."""
    if message.nth < model.begun or model.standing is Standing.MISSING:
        return Turn(model)
    why = {"stopped": Waiting.STOPPED, "late": Waiting.LATE}.get(message.how, Waiting.GONE)
    answers = {
        twin: why if answer is Waiting.ASKED else answer for twin, answer in model.answers.items()
    }
    model = replace(model, answers=answers, asked={}, losses=model.losses + 1)
    if message.how == "missing" or model.losses >= MOST_LOSSES:
        reason = message.reason or message.how
        return Turn(replace(model, standing=Standing.MISSING, reason=reason, feeding={}))
    return _begun(model, subject)


# Files ---------------------------------------------------------------------------------------


def _file_begun(model: Model, twin: Twin, subject: Subject) -> LabTurn:
    if twin not in model.twins or model.standing is not Standing.READY:
        return Turn(model)
    model = replace(model, filing=Filing(twin, head_hash=GENESIS_HASH), filed=model.filed + 1)
    return _file_went_on(model, model.filed, subject)


def _file_went_on(model: Model, nth: int, subject: Subject) -> LabTurn:
    """Hand over the lines that make a ledger of the file of the events; then have it made."""
    filing = model.filing
    if filing is None or nth != model.filed:
        return Turn(model)
    if filing.twin is not Twin.EVENTS or filing.lines >= model.fed:
        file = _tell({"file": filing.twin, "name": _file_name(filing.twin), "nth": model.told + 1})
        return Turn(replace(model, filing=None, told=model.told + 1), (file,))
    end = min(filing.lines + LINES, model.fed)
    lines, head_hash = _lines(subject, filing, end)
    told = model.told + 1
    return Turn(
        replace(model, told=told, filing=replace(filing, lines=end, head_hash=head_hash)),
        (_order(told, {"do": "lines", "lines": lines}),),
        later=FilingWentOn(nth),
    )


def _lines(subject: Subject, filing: Filing, end: int) -> tuple[list[str], str]:
    """The lines of the ledger as they were found; of a study of others', as they are exported."""
    found = subject.lines[filing.lines : end]
    if isinstance(subject.on_stage, LiveLedger) or all('"streamversion"' in line for line in found):
        return [line for line in found if line], filing.head_hash
    head_hash, lines = filing.head_hash, []
    for recorded in subject.history.recorded[filing.lines : end]:
        if is_readable(recorded):
            try:
                line, head_hash = _line_codec.write(recorded, head_hash)
            except Unwritable:
                continue
            lines.append(line)
    return lines, head_hash


def _file_name(twin: Twin) -> str:
    return f"esbank-{twin.name.lower()}.sqlite"


# The line to the other Python ----------------------------------------------------------------


def _order(
    nth: int, order: dict[str, object], deadline: int = PATIENCE_MS, *, begins: bool = False
) -> Tell:
    text = json.dumps(order, ensure_ascii=False, separators=(",", ":"))
    return _tell({"nth": nth, "deadline": deadline, "text": text, "begins": begins})


def _tell(told: dict[str, object]) -> Tell:
    return Tell(LAB, json.dumps(told, ensure_ascii=False))
