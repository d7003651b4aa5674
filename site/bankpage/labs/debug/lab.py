"""The Debug lab put together: its parts, each with a model of its own, behind one door.

Whatever is said of a history is dropped when another takes the stage; what was tried with What
if stays while the other history that it led to is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from bankpage.labs.contract import Gesture, Lab, Mark, ShowOnly, Subject, Turn, Wish
from bankpage.labs.debug import (
    at_work,
    at_work_model,
    at_work_view,
    comparing,
    finding,
    finding_view,
    payload_view,
    solving,
    source,
    testing,
    trying,
    trying_view,
)
from bankpage.labs.debug.at_work_model import AtWork, AtWorkMessage
from bankpage.labs.debug.comparing import Comparing, ComparingMessage
from bankpage.labs.debug.finding import FindingMessage
from bankpage.labs.debug.finding_model import Finding
from bankpage.labs.debug.solving import Solving, SolvingMessage
from bankpage.labs.debug.source import Source, SourceMessage
from bankpage.labs.debug.testing import Testing, TestingMessage
from bankpage.labs.debug.trying import Tried, Trying, TryingMessage
from bankpage.paper.occasion import Occasion
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Slot
from esbank_core.bank.account import Ledger
from esbank_core.questions.bank.what_if import LeaveOut


@dataclass(frozen=True, slots=True)
class Debug:
    """Everything that the lab knows."""

    source: Source = field(default_factory=Source)
    at_work: AtWork = field(default_factory=AtWork)
    finding: Finding = field(default_factory=Finding)
    trying: Trying = field(default_factory=Trying)
    comparing: Comparing = field(default_factory=Comparing)
    testing: Testing = field(default_factory=Testing)
    solving: Solving = field(default_factory=Solving)
    seen: Subject | None = None
    """The subject that all this is about."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """The subject is another than before: another history, or the same at another place."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The lab was opened, for the first time or again."""


@dataclass(frozen=True, slots=True)
class TriedWithout:
    """What if the event that solves the case had not happened?"""


@dataclass(frozen=True, slots=True)
class Ignored:
    """Something that the lab has no use for."""


@dataclass(frozen=True, slots=True)
class InTurn:
    """Several things are to be gone on with, one slice of each after the other."""

    messages: tuple[Message, ...]


Message = (
    SourceMessage
    | AtWorkMessage
    | FindingMessage
    | TryingMessage
    | ComparingMessage
    | TestingMessage
    | SolvingMessage
    | Noticed
    | Opened
    | TriedWithout
    | Ignored
    | InTurn
)

Part = TypeVar("Part")
PartMessage = TypeVar("PartMessage", bound=Message)

_FRESH: Final = Debug()


def read(gesture: Gesture) -> Message:
    """The message that a gesture stands for.

    Raises:
        ValueError: no control of the lab makes it.
        KeyError: it came without one of its fields.
    """
    if gesture.name == "opened":
        return Opened()
    if gesture.name == "try-without":
        return TriedWithout()
    if gesture.name == "script-missing":
        return Ignored()  # it only copies, and the browser's own way of copying is left
    message = (
        source.read(gesture)
        or at_work_model.read(gesture)
        or finding.read(gesture)
        or trying.read(gesture)
        or comparing.read(gesture)
        or testing.read(gesture)
        or solving.read(gesture)
    )
    if message is None:
        raise ValueError(f"No control of the Debug lab makes the gesture “{gesture.name}”.")
    return message


def update(lab: Debug, message: Message, subject: Subject, _: Occasion) -> Turn[Debug, Message]:
    """What a message makes of the lab."""
    told = _about(lab, subject)
    if isinstance(message, Noticed):
        return told
    turn = _updated(told.model, message, subject)
    return Turn(
        turn.model,
        turn.effects,
        (*told.wishes, *turn.wishes),
        _in_turn(_all((told.later, turn.later))),
        turn.pause if told.later is None else 0,
    )


def _all(messages: Iterable[Message | None]) -> tuple[Message, ...]:
    return tuple(one for one in messages if one is not None)


def _in_turn(messages: tuple[Message, ...]) -> Message | None:
    if len(messages) <= 1:
        return messages[0] if messages else None
    return InTurn(messages)


def _updated(lab: Debug, message: Message, subject: Subject) -> Turn[Debug, Message]:
    if isinstance(message, SourceMessage):
        at_source = source.update(lab.source, message, subject)
        return _lifted(at_source, replace(lab, source=at_source.model))
    if isinstance(message, AtWorkMessage):
        worked = at_work.update(lab.at_work, message, subject)
        return _lifted(worked, replace(lab, at_work=worked.model))
    if isinstance(message, FindingMessage):
        found = finding.update(lab.finding, message, subject)
        return _lifted(found, replace(lab, finding=found.model))
    if isinstance(message, TryingMessage):
        tried = trying.update(lab.trying, message, subject)
        return _lifted(tried, replace(lab, trying=tried.model))
    if isinstance(message, ComparingMessage):
        compared = comparing.update(lab.comparing, message, subject)
        return _lifted(compared, replace(lab, comparing=compared.model))
    if isinstance(message, TestingMessage):
        tested = testing.update(lab.testing, message, subject)
        return _lifted(tested, replace(lab, testing=tested.model))
    if isinstance(message, SolvingMessage):
        solved = solving.update(lab.solving, message)
        return _lifted(solved, replace(lab, solving=solved.model))
    match message:
        case Opened():
            worked = at_work.begun(lab.at_work)
            opened = _lifted(worked, replace(lab, at_work=worked.model))
            marked = finding.shown(lab.finding, subject.history)
            return replace(opened, wishes=(*marked, *source.shown(lab.source)))
        case TriedWithout():
            if lab.solving.solved_at is None or not lab.solving.is_open(subject):
                return Turn(lab)
            without = Tried((LeaveOut(lab.solving.solved_at),))
            return _updated(lab, without, subject)
        case InTurn(messages=(first, *others)):
            turn = _updated(lab, first, subject)
            going_on = (*others, *(() if turn.later is None else (turn.later,)))
            return replace(turn, later=_in_turn(going_on), pause=0)
        case Noticed() | Ignored() | InTurn():
            return Turn(lab)


def _lifted(turn: Turn[Part, PartMessage], lab: Debug) -> Turn[Debug, Message]:
    """The turn of a part, as one of the lab."""
    return Turn(lab, turn.effects, turn.wishes, turn.later, turn.pause)


# What becomes of the lab where the subject is another.


def _about(lab: Debug, subject: Subject) -> Turn[Debug, Message]:
    """The lab as it is about this subject, and what there is to be gone on with."""
    seen, now = lab.seen, replace(lab, seen=subject)
    if seen is None or not _is_same_history(seen, subject):
        return _about_another(now, subject)
    if subject.history.head > seen.history.head:
        return _about_a_longer(now, subject)
    if subject.own is not seen.own:
        return _with_states_told(now, seen, subject)
    if subject.position != seen.position:
        compared, worked = comparing.moved(lab.comparing), at_work.moved(lab.at_work)
        moved = replace(now, comparing=compared.model, at_work=worked.model)
        pause = max(compared.pause, worked.pause)
        return Turn(moved, later=_in_turn(_all((compared.later, worked.later))), pause=pause)
    return Turn(now)


def _with_states_told(lab: Debug, seen: Subject, subject: Subject) -> Turn[Debug, Message]:
    """The lab, where a reader's own states have been told further, or others are shown."""
    found = finding.told(lab.finding, subject)
    compared = comparing.told(lab.comparing, seen, subject)
    worked = at_work.moved(lab.at_work)
    about = replace(
        lab,
        at_work=worked.model,
        finding=found.model,
        comparing=compared.model,
        testing=testing.told(lab.testing, subject),
    )
    later = _all((found.later, compared.later, worked.later))
    pause = max(compared.pause, worked.pause) if found.later is None else 0
    return Turn(about, wishes=found.wishes, later=_in_turn(later), pause=pause)


def _is_same_history(before: Subject, after: Subject) -> bool:
    """Whether it is the same history, grown longer perhaps."""
    return before.on_stage is after.on_stage and _goes_on(before.history, after.history)


def _goes_on(shorter: Ledger, longer: Ledger) -> bool:
    head = shorter.head
    return head <= longer.head and (
        head == 0 or longer.recorded[head - 1] is shorter.recorded[head - 1]
    )


def _about_another(lab: Debug, subject: Subject) -> Turn[Debug, Message]:
    kept = Trying(run=lab.trying.run + 1)
    if _is_still_of_use(lab.trying, subject):
        kept = replace(lab.trying, draft=None)  # which was of an event of the other history
    worked = at_work.about(lab.at_work.run + 1, lab.at_work, subject)
    about = Debug(
        source=Source(run=lab.source.run + 1),
        at_work=worked.model,
        finding=Finding(rows=lab.finding.rows, made=lab.finding.made, run=lab.finding.run + 1),
        trying=kept,
        comparing=Comparing(run=lab.comparing.run + 1),
        testing=Testing(run=lab.testing.run + 1),
        solving=lab.solving,
        seen=subject,
    )
    wishes: tuple[Wish, ...] = (Mark(()), ShowOnly(None)) if lab.finding.found else ()
    return Turn(about, wishes=wishes, later=worked.later)


def _is_still_of_use(tried: Trying, subject: Subject) -> bool:
    """Whether the other history has taken the stage, or the one that the edits are of again."""
    if tried.consequences is None:
        return False
    if subject.on_stage is tried.made:
        return True
    original = tried.consequences.told.original
    return subject.on_stage is tried.origin and _goes_on(original, subject.history)


def _about_a_longer(lab: Debug, subject: Subject) -> Turn[Debug, Message]:
    at_source = source.grown(lab.source, subject.history)
    worked = at_work.grown(lab.at_work)
    found = finding.grown(lab.finding, subject)
    tried = trying.begun(lab.trying, lab.trying.edits, subject)
    compared = comparing.moved(lab.comparing)
    about = replace(
        lab,
        source=at_source.model,
        at_work=worked.model,
        finding=found.model,
        trying=tried.model,
        comparing=compared.model,
    )
    later: tuple[Message | None, ...] = (
        at_source.later,
        worked.later,
        found.later,
        tried.later,
        compared.later,
    )
    return Turn(
        about,
        wishes=(*at_source.wishes, *found.wishes),
        later=_in_turn(_all(later)),
    )


def noticed(_before: Subject, _after: Subject) -> Message:
    """What the lab makes of a subject that has become another."""
    return Noticed()


def view(lab: Debug, subject: Subject, phrases: Phrases) -> Iterator[Slot]:
    """Every slot of the lab; what is about a history that has left the stage is not shown."""
    if lab.seen is None or not _is_same_history(lab.seen, subject):
        lab = replace(_FRESH, solving=lab.solving)
    yield from solving.slots(lab.solving, subject, phrases)
    counted, listed = lab.at_work.counted, lab.at_work.listed
    yield from source.slots(lab.source, counted, listed, subject, phrases)
    yield from at_work_view.slots(lab.at_work, lab.source.filter, subject, phrases)
    yield from payload_view.slots(lab.at_work, subject, phrases)
    yield from finding_view.slots(lab.finding, counted, listed, subject, phrases)
    yield from trying_view.slots(lab.trying, subject, phrases)
    yield from comparing.slots(lab.comparing, subject, phrases)
    yield from testing.slots(lab.testing, subject, phrases)


LAB: Final = Lab(name="debug", initial=_FRESH, read=read, update=update, view=view, noticed=noticed)
