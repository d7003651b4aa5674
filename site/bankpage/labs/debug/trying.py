"""What if: edits that add up, and the history told again with them, slice by slice.

A simulation: commands that the rules rejected then left no event, and are not asked again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from bankpage.labs.contract import (
    LIVE,
    BackToLive,
    Gesture,
    LiveLedger,
    OpenStudy,
    Remark,
    Study,
    Subject,
    Turn,
)
from bankpage.labs.debug.drafting import Draft, drafted, event_of, filled_in
from bankpage.labs.debug.parts import cut
from esbank_core.bank.account import CODEC, is_readable
from esbank_core.bank.views import type_of
from esbank_core.kernel.append_only import AppendOnly
from esbank_core.kernel.errors import Unwritable
from esbank_core.kernel.identity import Position, StreamId
from esbank_core.kernel.written.chain import GENESIS_HASH
from esbank_core.kernel.written.line_codec import LineCodec
from esbank_core.questions.as_of import fields_of
from esbank_core.questions.bank.what_if import (
    ChangeTo,
    Edit,
    Insert,
    LeaveOut,
    Redecided,
    Retelling,
    WhatIf,
)

RETOLD: Final = 1_000
"""Events told again with one message: some 20 ms in a browser."""

WRITTEN: Final = 600
"""Events of the other history that are written as lines with one message."""


@dataclass(frozen=True, slots=True)
class Differs:
    """A field of an account that ends otherwise."""

    stream_id: StreamId
    name: str
    was: object
    would_be: object


@dataclass(frozen=True, slots=True)
class Consequences:
    """What came of the edits, once everything has been told again."""

    told: WhatIf
    parted_at: Position | None
    accounts: tuple[Differs, ...]

    @property
    def changed(self) -> tuple[Redecided, ...]:
        """Every event that became another, or none."""
        return self.told.steps


@dataclass(frozen=True, slots=True)
class Writing:
    """The other history, as far as it has been written as lines."""

    lines: AppendOnly[str] = field(default_factory=AppendOnly)
    head: str = GENESIS_HASH


@dataclass(frozen=True, slots=True)
class Trying:
    """The edits, and what came of them."""

    edits: tuple[Edit, ...] = ()
    draft: Draft | None = None
    run: int = 0
    retelling: Retelling | None = None
    """It is used up by going on: of this value, only the newest is worth anything."""
    consequences: Consequences | None = None
    writing: Writing | None = None
    problem: str = ""
    origin: LiveLedger | Study = LIVE
    """Whose history the edits are of."""
    made: Study | None = None
    """The other history, once it has taken the stage."""

    def is_of(self, on_stage: LiveLedger | Study) -> bool:
        """Whether the edits are of the history on the stage."""
        return on_stage is self.origin or not self.edits


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The event where the slider stands had not happened."""


@dataclass(frozen=True, slots=True)
class DraftBegun:
    """The event at the slider is to be changed, or another inserted before it."""

    is_new: bool


@dataclass(frozen=True, slots=True)
class DraftChanged:
    """Another type of event was chosen for the draft."""

    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DraftApplied:
    """The draft is to count."""

    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DraftDropped:
    """The draft is not wanted any more."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """An edit is not to count any more, or, with None, none of them."""

    nth: int | None


@dataclass(frozen=True, slots=True)
class RetoldSliced:
    """It is time to tell some more events again."""

    run: int


@dataclass(frozen=True, slots=True)
class StudyAsked:
    """The other history is to take the stage."""


@dataclass(frozen=True, slots=True)
class WritingSliced:
    """It is time to write some more of the other history."""

    run: int


@dataclass(frozen=True, slots=True)
class ReturnedToOrigin:
    """The history that the edits are of is to have the stage again."""


@dataclass(frozen=True, slots=True)
class Tried:
    """Exactly these edits are to be tried."""

    edits: tuple[Edit, ...]


TryingMessage = (
    LeftOut
    | DraftBegun
    | DraftChanged
    | DraftApplied
    | DraftDropped
    | TakenBack
    | RetoldSliced
    | StudyAsked
    | WritingSliced
    | ReturnedToOrigin
    | Tried
)


def read(gesture: Gesture) -> TryingMessage | None:
    """The message that a gesture stands for; None if it is of another part of the lab."""
    match gesture.name:
        case "leave-out":
            return LeftOut()
        case "change" | "insert":
            return DraftBegun(gesture.name == "insert")
        case "draft-type":
            return DraftChanged(gesture.fields)
        case "apply":
            return DraftApplied(gesture.fields)
        case "cancel-draft":
            return DraftDropped()
        case "take-back":
            return TakenBack(int(gesture.fields["nth"]))
        case "take-all-back":
            return TakenBack(None)
        case "open-study":
            return StudyAsked()
        case "to-origin":
            return ReturnedToOrigin()
        case _:
            return None


def update(trying: Trying, message: TryingMessage, subject: Subject) -> Turn[Trying, TryingMessage]:
    """What a message makes of it."""
    history, position = subject.history, subject.position
    if isinstance(message, LeftOut | DraftBegun | Tried) and not trying.is_of(subject.on_stage):
        trying = Trying(run=trying.run + 1)  # what is edited now is another history
    match message:
        case LeftOut():
            if not position:
                return Turn(trying)
            return _with(trying, LeaveOut(position), subject)
        case DraftBegun(is_new=is_new):
            draft = drafted(history, position, is_new=is_new)
            return Turn(trying if draft is None else replace(trying, draft=draft))
        case DraftChanged(fields=fields):
            if trying.draft is None:
                return Turn(trying)
            return Turn(replace(trying, draft=filled_in(trying.draft, fields)))
        case DraftApplied(fields=fields):
            return _applied(trying, fields, subject)
        case DraftDropped():
            return Turn(replace(trying, draft=None))
        case TakenBack() if not trying.is_of(subject.on_stage):
            return Turn(Trying(run=trying.run + 1))
        case TakenBack(nth=None):
            return begun(trying, (), subject)
        case TakenBack(nth=nth):
            left = tuple(edit for at, edit in enumerate(trying.edits) if at != nth)
            return begun(trying, left, subject)
        case Tried(edits=edits):
            return begun(trying, edits, subject)
        case ReturnedToOrigin():
            origin = trying.origin
            return Turn(
                trying, wishes=(OpenStudy(origin) if isinstance(origin, Study) else BackToLive(),)
            )
        case RetoldSliced(run=run):
            return _retold(trying) if run == trying.run else Turn(trying)
        case StudyAsked():
            if trying.consequences is None:
                return Turn(trying)
            return _written(replace(trying, writing=Writing()), subject)
        case WritingSliced(run=run):
            return _written(trying, subject) if run == trying.run else Turn(trying)


def begun(trying: Trying, edits: tuple[Edit, ...], subject: Subject) -> Turn[Trying, TryingMessage]:
    """The history told again from its beginning, with these edits."""
    run = trying.run + 1
    if not edits:
        return Turn(Trying(run=run, draft=trying.draft))
    retelling = Retelling(subject.history, edits, tells_same=False)
    trying = Trying(edits, trying.draft, run, retelling, origin=subject.on_stage)
    return Turn(trying, later=RetoldSliced(run))


def _with(trying: Trying, edit: Edit, subject: Subject) -> Turn[Trying, TryingMessage]:
    """One edit more; of two edits of one event, the later counts."""
    kept = tuple(
        other
        for other in trying.edits
        if isinstance(edit, Insert) or isinstance(other, Insert) or other.position != edit.position
    )
    return begun(trying, (*kept, edit), subject)


# The draft of an event.


def _applied(
    trying: Trying, fields: Mapping[str, str], subject: Subject
) -> Turn[Trying, TryingMessage]:
    if trying.draft is None:
        return Turn(trying)
    draft = filled_in(trying.draft, fields)
    event = event_of(draft, subject.history)
    if isinstance(event, str):
        return Turn(replace(trying, draft=replace(draft, problem=event)))
    edit = (
        Insert(draft.position, StreamId(draft.stream), event)
        if draft.is_new
        else ChangeTo(draft.position, event)
    )
    return _with(replace(trying, draft=None), edit, subject)


# Told again.


def _retold(trying: Trying) -> Turn[Trying, TryingMessage]:
    retelling = trying.retelling
    if retelling is None:
        return Turn(trying)
    retelling.go_on(RETOLD)
    trying = replace(trying)  # so that it is another value: the retelling is further on
    if not retelling.is_done:
        return Turn(trying, later=RetoldSliced(trying.run))
    told = retelling.told()
    consequences = Consequences(told, told.first_divergence, tuple(_ends(told)))
    return Turn(replace(trying, retelling=None, consequences=consequences))


def _ends(told: WhatIf) -> Iterator[Differs]:
    """What ends otherwise: only accounts with an event that became another can."""
    touched: dict[StreamId, None] = {}
    for step in told.steps:
        for recorded in (*((step.original,) if step.original else ()), *step.instead):
            touched[recorded.stream_id] = None
    for stream_id in touched:
        was, would_be = (
            fields_of(history.state_of(stream_id)) for history in (told.original, told.alternative)
        )
        for name in {**was, **would_be}:
            if was.get(name) != would_be.get(name):
                yield Differs(stream_id, name, was.get(name), would_be.get(name))


# On the stage.


def _written(trying: Trying, subject: Subject) -> Turn[Trying, TryingMessage]:
    consequences, writing = trying.consequences, trying.writing
    if consequences is None or writing is None:
        return Turn(trying)
    other = consequences.told.alternative
    start = len(writing.lines)
    codec = LineCodec(CODEC)
    lines, head = [], writing.head
    for recorded in other.recorded[start : start + WRITTEN]:
        if not is_readable(recorded):
            lines.append("")  # as it was found: missing
            continue
        try:
            line, head = codec.write(recorded, head)
        except Unwritable as unwritable:
            return Turn(replace(trying, writing=None, problem=str(unwritable)))
        lines.append(line)
    writing = Writing(writing.lines.plus(lines), head)
    trying = replace(trying, writing=writing)
    if len(writing.lines) < other.head:
        return Turn(trying, later=WritingSliced(trying.run))
    on_stage = subject.on_stage
    study = Study(
        name_of(trying.edits, subject),
        other,
        writing.lines,
        not_understood=on_stage.not_understood if isinstance(on_stage, Study) else (),
        remarks=(Remark("debug-remark-what-if"),),
    )
    position = consequences.parted_at
    trying = replace(trying, writing=None, made=study)
    return Turn(trying, wishes=(OpenStudy(study, position),))


def name_of(edits: tuple[Edit, ...], subject: Subject) -> str:
    """What the other history is called: after the edits, and what was edited."""
    first, *more = edits
    match first:
        case LeaveOut(position=position):
            name = f"What if: without event {position}"
        case ChangeTo(position=position, event=event):
            name = f"What if: event {position} as {type_of(event)}"
        case Insert(position=position, event=event):
            name = f"What if: {type_of(event)} before event {position}"
    others = f", and {len(more)} more" if more else ""
    of = f" ({cut(subject.on_stage.name)})" if isinstance(subject.on_stage, Study) else ""
    return f"{name}{others}{of}"
