"""A study on the stage: how it is looked at, how far its chain is verified, and its sign.

It is in nobody's storage: what is said of it here is all that there is, and a reload ends it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Final

from bankpage.labs.contract import NotUnderstood, Study
from bankpage.paper.effects import After
from bankpage.paper.figures import local_time, shortened
from bankpage.paper.phrases import Phrases
from bankpage.paper.remembered import Remembered
from bankpage.paper.tree import Element, Slot, text
from bankpage.stage.model import NOW, Stage, cursor_at
from esbank_core.bank.events import Event
from esbank_core.kernel.identity import Position
from esbank_core.kernel.recorded import span_of
from esbank_core.kernel.written.audit import Verifier

SLICE: Final = 800
"""Lines of a study verified with one message: some 12 ms in a browser."""

WRITTEN: Final = 250
"""Lines that are still to come, written and verified with one: some 30 ms."""

MOST_NAMED: Final = 12
"""How many kinds of what is not understood are named one by one."""


@dataclass(frozen=True, slots=True)
class StudyVerified:
    """It is time for the next slice of the chain of the ``nth`` study."""

    nth: int


@dataclass(frozen=True, slots=True)
class Studied:
    """The study that has the stage: the ``nth`` since the page was opened."""

    nth: int
    study: Study
    stage: Stage
    chain: Verifier[Event]
    is_export_wanted: bool = False
    """Whether it is to be exported, as soon as all its lines are there."""

    @property
    def is_being_written(self) -> bool:
        """Whether some of its lines are still to come."""
        lines = self.study.lines
        return lines.at_hand < len(lines)


Begun = tuple[Studied, tuple[After[StudyVerified], ...]]


def begun(nth: int, study: Study, live_stage: Stage, position: Position | None) -> Begun:
    """A study that takes the stage, at a position or at its end."""
    cursor = NOW if position is None else cursor_at(position, study.history.head)
    stage = Stage(
        cursor=cursor,
        speed=live_stage.speed,
        runs=live_stage.runs,
        moves=live_stage.moves + 1,
        has_travelled=True,
    )
    stage = replace(stage, middle_row=stage.row_at(stage.position(study.history.head)))
    return _going_on(Studied(nth, study, stage, study.chain))


def verified(studied: Studied) -> Begun:
    """The study with its chain verified by a slice more."""
    start = studied.chain.lines
    is_there = studied.study.lines.at_hand >= min(start + SLICE, len(studied.study.lines))
    lines = studied.study.lines[start : start + (SLICE if is_there else WRITTEN)]
    return _going_on(replace(studied, chain=studied.chain.fed(line or None for line in lines)))


def _going_on(studied: Studied) -> Begun:
    if studied.chain.lines >= len(studied.study.lines):
        return studied, ()
    return studied, (After(0, StudyVerified(studied.nth)),)


_NO_SIGN: Final = (
    Slot("study", {"hidden": True}),
    Slot("study-name", {}, ()),
    Slot("study-facts", {}, ()),
    Slot("study-remarks", {"hidden": True}, ()),
)


def sign(studied: Studied | None, phrases: Phrases, zone: tzinfo | None) -> tuple[Slot, ...]:
    """The study's sign: what it is, how much of it there is, and what was not understood."""
    if studied is None:
        return _NO_SIGN
    return _signed(studied.study, phrases, zone)


@Remembered
def _signed(study: Study, phrases: Phrases, zone: tzinfo | None) -> tuple[Slot, ...]:
    return tuple(_sign(study, phrases, zone))


def _sign(study: Study, phrases: Phrases, zone: tzinfo | None) -> Iterator[Slot]:
    yield Slot("study", {"hidden": False})
    yield text("study-name", shortened(study.name))
    yield text("study-facts", _facts(study, phrases, zone))
    remarks = tuple(_remarks(study, phrases))
    yield Slot("study-remarks", {"hidden": not remarks}, remarks)


def _facts(study: Study, phrases: Phrases, zone: tzinfo | None) -> str:
    history = study.history
    events = phrases.counted("study-events", history.head)
    streams = phrases.counted("study-streams", len(history.places))
    if not history.head:
        return phrases("study-facts", events=events, streams=streams)
    first, last = (local_time(time, zone) for time in span_of(history.recorded))
    return phrases("study-facts-span", events=events, streams=streams, first=first, last=last)


def _remarks(study: Study, phrases: Phrases) -> Iterator[Element]:
    for remark in study.remarks:
        said = phrases(remark.phrase, **{n: shortened(v) for n, v in remark.values.items()})
        yield Element("li", {}, (said,))
    for unknown in study.not_understood[:MOST_NAMED]:
        yield Element("li", {}, (_said_of(unknown, phrases),))
    if more := len(study.not_understood[MOST_NAMED:]):
        yield Element("li", {}, (phrases.counted("study-more", more),))


def _said_of(unknown: NotUnderstood, phrases: Phrases) -> str:
    return phrases.counted(
        f"study-strange-{unknown.kind}",
        unknown.count,
        what=shortened(unknown.what),
        position=unknown.example,
    )
