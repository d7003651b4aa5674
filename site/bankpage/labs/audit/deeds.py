"""Who did what: counted and looked through in slices; who is at the till; one request's path."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bankpage.labs.audit.messages import AuditMessage, DeedsCounted, DeedsFound, DeedsSought
from bankpage.labs.audit.model import Counted, Desk, Path, Search, Seen, to_say
from bankpage.labs.contract import ActAs, LookAt, ShowOnly, Subject, Turn
from bankpage.paper.effects import Download, Focus, Show
from esbank_core.bank.commands import OpenAccount
from esbank_core.bank.decide import decide
from esbank_core.bank.states import NO_ACCOUNT
from esbank_core.bank.views import type_of
from esbank_core.kernel.decider import Rejection
from esbank_core.kernel.identity import GENESIS, Position, StreamId
from esbank_core.kernel.recorded import Actor
from esbank_core.kernel.written.rejected_lines import write_rejected
from esbank_core.questions.deeds import Wanted, path_of
from esbank_core.questions.wording.days import DaysTurnedRoundError, NoDayError, parse_days

SLICE: Final = 4000
"""Events counted, or looked at, with one message: some 20 ms in a browser."""

REFUSED_FILE: Final = "esbank-rejected.jsonl"

ACTOR_SEPARATOR: Final = "/"
"""Between the kind and the name of an actor, where one is chosen from a list."""

AuditTurn = Turn[Desk, AuditMessage]


def counted(desk: Desk, subject: Subject) -> AuditTurn:
    """Who did what in the history on show, counted by a slice more; anew, if it is another."""
    known = desk.counted
    if not known.seen.goes_on_in(subject):
        known = Counted()
    history = subject.history
    start = known.deeds.seen
    events = history.recorded[start : start + SLICE]
    deeds = known.deeds.fed(events, type_of) if events else known.deeds
    is_counting = deeds.seen < history.head
    counted_now = Counted(deeds, Seen(subject.on_stage, history))
    desk = replace(desk, counted=counted_now, is_counting=is_counting)
    return Turn(desk, later=DeedsCounted() if is_counting else None)


def sought(desk: Desk, asked: DeedsSought, subject: Subject) -> AuditTurn:
    """Begin to look for events."""
    try:
        days = parse_days(asked.since, asked.to)
    except NoDayError as none:
        return Turn(replace(desk, search_said=to_say("audit-no-day", typed=none.typed)))
    except DaysTurnedRoundError:
        return Turn(replace(desk, search_said=to_say("audit-days-turned-round")))
    kind, _, name = asked.actor.partition(ACTOR_SEPARATOR)
    wanted = Wanted(
        actor=Actor(kind, name) if asked.actor else None,
        stream_id=StreamId(asked.stream.strip()) if asked.stream.strip() else None,
        type=asked.type or None,
        since=days.begin(None),
        until=days.end(None),
    )
    search = Search(wanted, Seen(subject.on_stage, subject.history))
    return found(replace(desk, search=search, search_said=None))


def found(desk: Desk) -> AuditTurn:
    """What is looked for, found in a slice more."""
    search = desk.search
    if search is None or search.is_done:
        return Turn(desk)
    events = search.seen.history.recorded[search.count : search.count + SLICE]
    places = search.wanted.among(events, type_of)
    search = replace(search, count=search.count + len(events), found=(*search.found, *places))
    later = None if search.is_done else DeedsFound()
    return Turn(replace(desk, search=search), later=later)


def shown(desk: Desk, *, alone: bool) -> AuditTurn:
    """Show what was found alone in the ledger, or everything again."""
    if not alone or desk.search is None:
        return Turn(desk, wishes=(ShowOnly(None),))
    return Turn(desk, wishes=(ShowOnly(desk.search.found),))


def looked_at(desk: Desk, position: Position) -> AuditTurn:
    """The slider goes to an event, and the reader with it."""
    return Turn(desk, (Show("demo"),), (LookAt(position),))


def path(desk: Desk, position: Position | None, subject: Subject) -> AuditTurn:
    """The path of the request that an event belongs to; of the slider's, if none is named."""
    at = subject.position if position is None else position
    history = subject.history
    if not GENESIS < at <= history.head:
        return Turn(replace(desk, path=None, search_said=to_say("audit-path-genesis")))
    steps = path_of(history.recorded, at)
    desk = replace(desk, path=Path(Seen(subject.on_stage, history), at, steps), search_said=None)
    return Turn(desk, (Focus("audit-path-box"),))


def act(desk: Desk, typed: str) -> AuditTurn:
    """Commands in another name, if that is a name as an owner's is."""
    name = typed.strip()
    refused = decide(OpenAccount(StreamId("ACC-1"), name), NO_ACCOUNT)
    if isinstance(refused, Rejection):
        wrong = to_say(f"audit-act-{refused.code}")
        return Turn(replace(desk, actor_said=wrong), (Focus("audit-actor"),))
    told = replace(desk, actor_said=to_say("audit-acting", actor=name))
    return Turn(told, wishes=(ActAs(Actor("user", name)),))


def exported(desk: Desk, subject: Subject) -> AuditTurn:
    """What was refused, as a file that nobody takes for a history."""
    text = "".join(f"{write_rejected(one)}\n" for one in subject.refused)
    return Turn(desk, (Download(REFUSED_FILE, text),))
