"""What the ledger says of the first story: how far it is told, and whether it can be told on.

The ledger is the only source, so a story that a closed tab or a reload cut off goes on where it
stood, and two tabs never tell the same command twice. Each of the story's events names the
storyteller as its actor and the command of the story as its cause.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bankpage.live.model import Live
from bankpage.live.requests import PROCESS_MANAGER, Form, Request
from bankpage.paper.occasion import Occasion
from esbank_core.bank.account import Ledger
from esbank_core.bank.examples import FIRST_STORY, STORYTELLER, beginning_of_first_story
from esbank_core.kernel.identity import Position

WHOLE: Final = len(FIRST_STORY)
"""How many commands the story has."""

FIRST: Final = Position(1)


def told_in(ledger: Ledger) -> int | None:
    """The last command of the story that led to an event, from 1; 0 in an empty ledger.

    None where the last event is not the story's: whoever did that has gone on, and the story's
    times, which are past, cannot follow it.
    """
    if not ledger.head:
        return 0
    last = ledger.at(ledger.head)
    if last.actor == PROCESS_MANAGER and ledger.head > FIRST:
        last = ledger.at(Position(ledger.head - 1))  # the sending that the transfer reacted to
    story_id = ledger.at(FIRST).correlation_id
    if last.actor != STORYTELLER or not story_id:
        return None
    places = {_request_id(story_id, step): step for step in range(1, WHOLE + 1)}
    return places.get(last.causation_id or "")


def next_in(live: Live) -> int | None:
    """The story's next command, from 1, or None: it is over, or has no place in this ledger."""
    told = told_in(live.ledger)
    if told is None:
        return None
    step = max(told, live.story.told) + 1
    return step if step <= WHOLE else None


def request_of(live: Live, step: int, occasion: Occasion) -> Request:
    """The story's command of that number, as a request that says when it was given."""
    told = FIRST_STORY[step - 1]
    story_id, beginning = occasion.id, beginning_of_first_story(occasion.time)
    if live.ledger.head:  # and so it is this story's: it goes on under its own id and clock
        first = live.ledger.at(FIRST)
        story_id, beginning = first.correlation_id or "", first.time - FIRST_STORY[0].after
    return Request(
        told.command,
        Form.STORE,
        id=_request_id(story_id, step),
        correlation_id=story_id,
        actor=STORYTELLER,
        time=beginning + told.after,
    )


def is_due(ledger: Ledger, request: Request) -> bool:
    """Whether a request of the story may still be decided on this ledger."""
    told = told_in(ledger)
    if told is None:
        return False
    if not told:
        return request.id == _request_id(request.correlation_id, 1)
    is_same = request.correlation_id == ledger.at(FIRST).correlation_id
    done = {_request_id(request.correlation_id, step) for step in range(1, told + 1)}
    return is_same and request.id not in done


def told_time(ledger: Ledger) -> datetime | None:
    """When a reaction to the ledger's last event happens, if that event's time is told."""
    if not ledger.head:
        return None
    last = ledger.at(ledger.head)
    return last.time if last.actor == STORYTELLER else None


def _request_id(story_id: str, step: int) -> str:
    return f"{story_id}.{step}"
