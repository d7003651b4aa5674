"""A lab without a page: its room, gestures done in it, and all that it asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Self

from bankpage.labs.contract import (
    LIVE,
    Gesture,
    Heard,
    Lab,
    LabEffect,
    Room,
    Study,
    Subject,
    Wish,
)
from bankpage.live.requests import VISITOR
from bankpage.paper.occasion import Occasion
from bankpage.paper.tree import Slot

from esbank_core.bank.account import CODEC, empty_ledger
from esbank_core.bank.events import Event
from esbank_core.kernel.append_only import AppendOnly
from esbank_core.kernel.identity import Position
from esbank_core.kernel.recorded import Opaque, RecordedEvent
from esbank_core.kernel.written.audit import Verifier
from esbank_core.kernel.written.chain import GENESIS_HASH
from esbank_core.kernel.written.line_codec import LineCodec
from tests.page.desk import START, text_of
from tests.page.desk import page_phrases as phrases

MOST_SLICES = 100_000


def subject_of(recorded: Iterable[RecordedEvent[Event | Opaque]], **changes: Any) -> Subject:
    """A live ledger of these events, chained and verified, looked at from its end."""
    history = empty_ledger().extend(recorded)
    codec, lines, head = LineCodec(CODEC), [], GENESIS_HASH
    for one in history.recorded:
        line, head = codec.write(one, head)
        lines.append(line)
    chain = Verifier[Event].genesis(CODEC).fed(lines)
    subject = Subject(LIVE, history, AppendOnly(lines), chain, history.head, VISITOR)
    return replace(subject, **changes)


def studied(subject: Subject, name: str = "a study") -> Subject:
    """The same history as a study."""
    study = Study(name, subject.history, subject.lines, subject.chain)
    return replace(subject, on_stage=study)


@dataclass
class LabDesk:
    """Drives a lab: ``does`` a gesture, and by ``settles`` whatever it wants to do later."""

    lab: Lab[Any, Any]
    subject: Subject
    effects: list[LabEffect] = field(default_factory=list)
    wishes: list[Wish] = field(default_factory=list)
    later: list[int] = field(default_factory=list)
    moments: int = 0

    def __post_init__(self) -> None:
        self.room: Room = self.lab.room()

    def does(self, gesture: str, attached: bytes = b"", **fields: str) -> Self:
        """A gesture, by its name without the lab's prefix, and all that comes of it."""
        return self.only(gesture, attached, **fields).settles()

    def only(self, gesture: str, attached: bytes = b"", **fields: str) -> Self:
        """A gesture, and nothing that it wants to do later."""
        heard = self.room.hear(Gesture(gesture, fields, attached), self.subject, self._now())
        return self._took(heard)

    def takes(self, draft: str) -> Self:
        """A draft of another lab."""
        return self._took(self.room.draft(draft, self.subject, self._now())).settles()

    def looks_at(self, position: int) -> Self:
        """The slider is moved."""
        return self.sees(replace(self.subject, position=Position(position)))

    def sees(self, subject: Subject) -> Self:
        """Another subject is on the stage."""
        before, self.subject = self.subject, subject
        return self._took(self.room.notice(before, subject, self._now())).settles()

    def goes_on(self) -> Self:
        """The next slice of what is to be done later."""
        return self._took(self.room.go_on(self.later.pop(0), self.subject, self._now()))

    def settles(self) -> Self:
        """Everything that is to be done later, and what then is."""
        for _ in range(MOST_SLICES):
            if not self.later:
                return self
            self.goes_on()
        raise AssertionError("the lab never comes to rest")

    def slot(self, slot_id: str) -> Slot:
        """A slot of the lab as it is now."""
        slots = self.room.view(self.subject, phrases())
        return next(slot for slot in slots if slot.id == slot_id)

    def shows(self, slot_id: str) -> str:
        """All text in a slot."""
        return "".join(map(text_of, self.slot(slot_id).children or ()))

    def _now(self) -> Occasion:
        self.moments += 1
        return Occasion(START + timedelta(seconds=self.moments), f"lab-{self.moments}")

    def _took(self, heard: Heard) -> Self:
        self.room = heard.room
        self.effects += heard.effects
        self.wishes += heard.wishes
        if heard.ticket is not None:
            self.later.append(heard.ticket)
        return self
