"""The first story: its commands, one after another, through the same rules as any.

It is told by its own clock, in the past; what the reader does comes after it, now. So it begins
in an empty ledger only, pauses for whatever else is asked, and ends where that left an event.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from bankpage.live.deciding import Updated, decide_next
from bankpage.live.effects import ReturnToNow
from bankpage.live.messages import StoryTicked
from bankpage.live.model import Live, Story
from bankpage.live.requests import Form
from bankpage.live.results import Note, Outcome, StoryOver
from bankpage.live.storybook import WHOLE, next_in, request_of, told_in
from bankpage.paper.effects import After, Focus, Refocus
from bankpage.paper.occasion import Occasion
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Slot, text

BEAT: Final = 700
"""Milliseconds from one command of the story to the next."""

MOMENT: Final = 100
"""Milliseconds until it is asked again whether the last one has been written."""


def play(live: Live, occasion: Occasion) -> Updated:
    """Begin the story, or go on with it; nothing where it has no place."""
    step = next_in(live)
    if step is None or live.story.telling is not None:
        return live, ()
    outcome = Outcome(Form.STORE, Note.STORY_BEGUN) if step == 1 else live.outcome
    telling = replace(live.story, telling=occasion.id)
    told, effects = tick(replace(live, story=telling, outcome=outcome), occasion.id, occasion)
    return told, (ReturnToNow(), Focus("story-toggle"), *effects)


def toggle(live: Live, occasion: Occasion) -> Updated:
    """Pause the story, or go on with it."""
    return play(live, occasion) if live.story.telling is None else (paused(live), ())


def skip(live: Live, occasion: Occasion) -> Updated:
    """Give all that is left of the story at once."""
    if next_in(live) is None:
        return live, ()
    hurrying = replace(live.story, telling=occasion.id, is_hurrying=True)
    told, effects = tick(replace(live, story=hurrying), occasion.id, occasion)
    return told, (ReturnToNow(), *effects)


def tick(live: Live, run: str, occasion: Occasion) -> Updated:
    """It is time for the next command, unless the last is still on its way."""
    if run != live.story.telling:
        return live, ()
    if live.is_writing or live.waiting:
        return live, (After(MOMENT, StoryTicked(run)),)
    step = next_in(live)
    if step is None:
        return _ended(live)
    last = WHOLE if live.story.is_hurrying else step
    requests = tuple(request_of(live, nth, occasion) for nth in range(step, last + 1))
    asked = replace(live, story=replace(live.story, told=last), waiting=requests)
    told, effects = decide_next(asked, occasion)
    wait = MOMENT if live.story.is_hurrying else BEAT
    return told, (*effects, After(wait, StoryTicked(run)))


def paused(live: Live) -> Live:
    """The live ledger with the story at rest."""
    if live.story.telling is None:
        return live
    return replace(live, story=replace(live.story, telling=None, is_hurrying=False))


def _ended(live: Live) -> Updated:
    is_whole = told_in(live.ledger) == WHOLE
    result = StoryOver(live.ledger.head) if is_whole else Note.STORY_STOPPED
    outcome = Outcome(Form.STORE, result)
    return replace(live, story=Story(), outcome=outcome), (Refocus("slider"),)


def story_controls(live: Live, phrases: Phrases) -> Iterator[Slot]:
    """What can be done with a story that is under way."""
    is_telling = live.story.telling is not None
    is_begun = live.ledger.head > 0 and next_in(live) is not None
    yield Slot("play-story", {"hidden": live.ledger.head > 0 or is_telling})
    yield Slot("story-controls", {"hidden": not (is_telling or is_begun)})
    yield text("story-toggle", phrases("story-pause" if is_telling else "story-go-on"))
