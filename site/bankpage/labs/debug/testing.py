"""Write the test: the moment where the slider stands as a pytest file that runs as it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from bankpage.labs.contract import AskStates, Gesture, Subject, Turn
from bankpage.paper.effects import Download
from bankpage.paper.own_states import OwnTest
from bankpage.paper.phrases import Phrases
from bankpage.paper.remembered import Remembered
from bankpage.paper.tree import Slot, text
from esbank_core.kernel.identity import Position
from esbank_core.questions.bank.as_test import NoStoryError, pieces_of_test

PIECES: Final = 1_500
"""Lines of a test written with one message: some 10 ms in a browser."""

MOST_SHOWN: Final = 200_000
"""Characters of a test that are shown; a longer one is only handed out as a file."""


@dataclass(frozen=True, slots=True)
class Testing:
    """A test, as far as it is written."""

    is_anonymous: bool = False
    position: Position | None = None
    pieces: Iterator[str] | None = None
    """What is still to be written; it is used up by being written."""
    written: tuple[str, ...] = ()
    text: str = ""
    is_unknown: bool = False
    """Whether the event is of no type that a story could be told of."""
    is_copied: bool = False
    run: int = 0
    awaits: bool = False
    """Whether it is being written where a reader's own evolve runs."""
    is_by_evolve: bool = False
    """Whether it was written there."""
    fault: str = ""
    """Why none came from there, in a word."""


@dataclass(frozen=True, slots=True)
class TestAsked:
    """The moment where the slider stands is to become a test."""

    is_anonymous: bool


@dataclass(frozen=True, slots=True)
class TestSliced:
    """It is time to write some more of the test."""

    run: int


@dataclass(frozen=True, slots=True)
class TestSaved:
    """The test is wanted as a file."""


@dataclass(frozen=True, slots=True)
class TestCopied:
    """The test has been copied."""


TestingMessage = TestAsked | TestSliced | TestSaved | TestCopied


def read(gesture: Gesture) -> TestingMessage | None:
    """The message that a gesture stands for; None if it is of another part of the lab."""
    match gesture.name:
        case "write-test":
            return TestAsked("anonymous" in gesture.fields)
        case "download-test":
            return TestSaved()
        case "copied":
            return TestCopied()
        case _:
            return None


def update(
    testing: Testing, message: TestingMessage, subject: Subject
) -> Turn[Testing, TestingMessage]:
    """What a message makes of it."""
    match message:
        case TestAsked(is_anonymous=is_anonymous):
            begun = Testing(is_anonymous, subject.position, run=testing.run + 1)
            if subject.own is not None and subject.position:
                return _asked_of_states(begun, subject)
            return _begun(begun, subject)
        case TestSliced(run=run):
            return _written(testing) if run == testing.run else Turn(testing)
        case TestSaved():
            if not testing.text:
                return Turn(testing)
            name = f"test_event_{testing.position}.py"
            return Turn(testing, effects=(Download(name, testing.text),))
        case TestCopied():
            return Turn(replace(testing, is_copied=True))


def _asked_of_states(testing: Testing, subject: Subject) -> Turn[Testing, TestingMessage]:
    """The states by a reader's own evolve are told elsewhere, and so is a test of them."""
    if testing.is_anonymous:
        return Turn(replace(testing, fault="not-anonymous"))
    waiting = told(replace(testing, awaits=True), subject)
    if not waiting.awaits:
        return Turn(waiting)
    return Turn(waiting, wishes=(AskStates(tests=testing.position),))


def told(testing: Testing, subject: Subject) -> Testing:
    """What becomes of it where a reader's own states are told further."""
    if not testing.awaits:
        return testing
    own = subject.own
    if own is None or own.ended:
        return replace(testing, awaits=False, fault="states-ended")
    if own.test is None or own.test.position != testing.position:
        return testing
    return _written_elsewhere(testing, own.test)


def _written_elsewhere(testing: Testing, test: OwnTest) -> Testing:
    if test.reason:
        return replace(testing, awaits=False, fault=test.reason)
    return replace(testing, awaits=False, text=test.text, is_by_evolve=True)


def _begun(testing: Testing, subject: Subject) -> Turn[Testing, TestingMessage]:
    if not testing.position:
        return Turn(testing)
    try:
        pieces = pieces_of_test(
            subject.history, testing.position, is_anonymous=testing.is_anonymous
        )
    except NoStoryError:
        return Turn(replace(testing, is_unknown=True))
    return _written(replace(testing, pieces=pieces))


def _written(testing: Testing) -> Turn[Testing, TestingMessage]:
    if testing.pieces is None:
        return Turn(testing)
    more = list(islice(testing.pieces, PIECES))
    written = (*testing.written, "".join(more))
    if len(more) == PIECES:
        return Turn(replace(testing, written=written), later=TestSliced(testing.run))
    whole = "".join(written)
    return Turn(replace(testing, pieces=None, written=(), text=whole))


# The view.


def slots(testing: Testing, subject: Subject, phrases: Phrases) -> Iterator[Slot]:
    """The test, and what can be done with it."""
    yield Slot("debug-write-test", {"disabled": not subject.position})
    yield from _test(testing, phrases)


@Remembered
def _test(testing: Testing, phrases: Phrases) -> tuple[Slot, ...]:
    said = ""
    if testing.is_unknown:
        said = phrases("debug-no-story", position=testing.position)
    elif testing.position == 0:
        said = phrases("debug-no-moment")
    elif testing.fault:
        said = phrases(f"debug-test-{testing.fault}", position=testing.position)
    elif testing.pieces is not None or testing.awaits:
        said = phrases("debug-writing-test")
    elif testing.is_copied:
        said = phrases("debug-copied")
    elif testing.text:
        how = "debug-test-by-evolve" if testing.is_by_evolve else "debug-test-written"
        said = phrases(how, position=testing.position)
    shown = testing.text
    if len(shown) > MOST_SHOWN:
        shown = phrases("debug-test-long", lines=shown.count("\n"))
    return (
        text("debug-test-said", said),
        Slot("debug-test", {"hidden": not testing.text}),
        text("debug-test-code", shown),
        Slot("debug-copy-test", {"hidden": shown != testing.text}),
    )
