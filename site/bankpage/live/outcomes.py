"""Outcomes: what came of the last thing asked, said once, where it was asked.

Each place is a live region of the page. What is said has a number of its own, so that the same
words said again are a change that assistive technology hears.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from bankpage.live.model import Live
from bankpage.live.requests import Form
from bankpage.live.results import (
    Accepted,
    Added,
    Exported,
    Mistyped,
    NoRoomFor,
    NoSuchEvent,
    NotAddable,
    Note,
    NotPossible,
    NotStored,
    Rejected,
    Result,
    StoryOver,
)
from bankpage.paper.figures import refusal_in_words
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Element, Slot
from esbank_core.bank.states import Closed, Frozen, NoAccount, Open, State
from esbank_core.bank.views import type_of


def outcomes(live: Live, phrases: Phrases) -> Iterator[Slot]:
    """Every place where an outcome is said; all but one of them empty."""
    for form in Form:
        slot = f"{form}-outcome"
        if live.outcome is None or live.outcome.form != form or _is_half_done(live):
            yield Slot(slot, {"class": "outcome"}, ())
        else:
            kind, sentence = _said(live.outcome.result, phrases)
            said = Element("span", {}, (sentence,), key=f"outcome-{live.outcomes}")
            yield Slot(slot, {"class": f"outcome is-{kind}"}, (said,))


def why_not(state: State, phrases: Phrases) -> str:
    """Why commands are disabled in a state; empty where none is for a reason worth a word."""
    match state:
        case NoAccount():
            return phrases("why-not-none")
        case Open():
            return ""
        case Frozen():
            return phrases("why-not-frozen")
        case Closed():
            return phrases("why-not-closed")
        case _:
            assert_never(state)


def _is_half_done(live: Live) -> bool:
    """Whether the command has led to more that is still being written: then it is said with it."""
    is_going_on = live.in_flight is not None and live.in_flight.asked is None
    return is_going_on and live.outcome is not None and isinstance(live.outcome.result, Accepted)


def _said(result: Result, phrases: Phrases) -> tuple[str, str]:
    """What kind of outcome it is, as its looks go, and its sentence."""
    match result:
        case Accepted(recorded=recorded):
            types = ", ".join(f"{type_of(one.event)} (#{one.position})" for one in recorded)
            return "accepted", phrases("accepted", events=types)
        case Rejected(rejection=rejection):
            return "rejected", phrases("rejected", sentence=refusal_in_words(rejection))
        case Mistyped(sentence=reason):
            return "mistyped", phrases("mistyped", sentence=reason)
        case NotStored(reason=trouble):
            return "troubled", phrases(f"not-stored-{trouble}")
        case Note.NO_RECEIVER:
            return "mistyped", phrases(result)
        case Note():
            return "told", phrases(result)
        case NotPossible(state=state):
            return "mistyped", why_not(state, phrases)
        case StoryOver(events=events):
            return "told", phrases("story-over", events=phrases.counted("events", events))
        case Exported(events=events):
            return "told", phrases("exported", events=phrases.counted("events", events))
        case Added(name=study, events=new, skipped=skipped):
            if not new:
                return "told", phrases("added-nothing", study=study)
            already = f" {phrases.counted('added-skipped', skipped)}" if skipped else ""
            return "accepted", phrases.counted("added", new, study=study, already=already)
        case NotAddable(name=study, position=position, reason=reason):
            said = phrases("not-addable", study=study, position=position, reason=reason)
            return "troubled", said
        case NoRoomFor(name=study, events=new):
            return "troubled", phrases.counted("no-room-for", new, study=study)
        case NoSuchEvent(name=asked, head=head):
            name = "no-such-event" if head else "no-such-event-yet"
            return "told", phrases(name, event=asked, head=head)
        case _:
            assert_never(result)
