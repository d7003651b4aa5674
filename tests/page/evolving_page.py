"""A page without a browser on which a reader's own evolve runs: the core's desks at the far end."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Self

from bankpage.house.granting import granted, noticed
from bankpage.house.messages import Message
from bankpage.house.rooms import LabGestured, LabsArrived, LabToggled, StopScript
from bankpage.labs.contract import EvolveWith, Gesture, OpenStudy, Study, Subject, Tell, Wish
from bankpage.paper.effects import After
from bankpage.paper.occasion import Occasion
from bankpage.stage.messages import RowJumped

from esbank_core.bank.account import empty_ledger
from esbank_core.bank.events import Event
from esbank_core.kernel.append_only import AppendOnly
from esbank_core.kernel.identity import Position
from esbank_core.kernel.recorded import Opaque, RecordedEvent
from esbank_core.programs.states_desk import StatesDesk
from tests.page.desk import START, Desk

NOW = Occasion(START, "wish")


class Ferry:
    """What ``ferry.js`` does: keeps what a Python is handed, and asks one in the place of it."""

    def __init__(self, clock: Any = lambda: 0.0) -> None:
        self.clock = clock
        self.desk = StatesDesk(clock)
        self.kept: list[str] = []
        self.fed = 0
        self.asked: list[dict[str, Any]] = []
        self.seen: list[dict[str, Any]] = []
        """All that was ever asked."""

    def hear(self, told: dict[str, Any]) -> None:
        match told["do"]:
            case "events":
                if told["after"] == 0:
                    self.kept, self.fed = [], 0
                self.kept.append(json.dumps(told))
            case "ask":
                self.asked.append(told)
                self.seen.append(json.loads(told["text"]))
            case "stop":
                self.desk, self.fed, self.asked = StatesDesk(self.clock), 0, []

    def answer(self, asked: dict[str, Any]) -> str:
        for text in self.kept[self.fed :]:
            self.desk.answer(text)
        self.fed = len(self.kept)
        return self.desk.answer(asked["text"])


class EvolvingPage(Desk):
    """A page on which labs are here."""

    def __init__(self, clock: Any = lambda: 0.0) -> None:
        super().__init__()
        self.ferry = Ferry(clock)
        self.does(LabToggled("debug"), LabsArrived())

    def evolves(self, text: str) -> Self:
        return self.wishes(EvolveWith(text)).comes_to_rest()

    def wishes(self, wish: Wish) -> Self:
        before = self.model
        self.model, effects = granted(self.model, "projection", wish, NOW)
        self.model, effects = noticed(before, self.model, effects, NOW)
        return self.carries_out(*effects)

    def studies(self, recorded: Iterable[RecordedEvent[Event | Opaque]]) -> Self:
        history = empty_ledger().extend(recorded)
        study = Study("a study", history, AppendOnly([""] * history.head))
        return self.wishes(OpenStudy(study)).comes_to_rest()

    def looks_at(self, position: int) -> Self:
        return self.does(RowJumped(Position(position))).comes_to_rest()

    def gestures(self, lab: str, name: str, **fields: str) -> Self:
        return self.does(LabGestured(lab, Gesture(name, fields))).comes_to_rest()

    def carries(self) -> Self:
        """What the script is told is heard by it."""
        told = [one for one in self.effects if isinstance(one, Tell) and one.lab == "states"]
        if any(isinstance(one, StopScript) and one.lab == "states" for one in self.effects):
            self.ferry = Ferry(self.ferry.clock)
        self.effects = [
            one for one in self.effects if one not in told and not isinstance(one, StopScript)
        ]
        for one in told:
            self.ferry.hear(json.loads(one.text))
        return self

    def comes_to_rest(self) -> Self:
        """All that was to be done later is done, and all that was asked is answered."""
        for _ in range(10_000):
            self.carries()
            waiting = [one for one in self.effects if isinstance(one, After)]
            if waiting:
                self.effects = [one for one in self.effects if one not in waiting]
                self.does(*(one.message for one in waiting))
            elif self.ferry.asked:
                asked = self.ferry.asked.pop(0)
                answer = self.ferry.answer(asked)
                self.answers(asked, answer=answer)
            else:
                return self
        raise AssertionError("it never comes to rest")

    def holds_back(self, kind: type[Message]) -> list[Message]:
        """All but messages of a kind is done; those, which are to come later, are handed out."""
        held: list[Message] = []
        for _ in range(10_000):
            waiting = [one.message for one in self.effects if isinstance(one, After)]
            held += [message for message in waiting if isinstance(message, kind)]
            others = [message for message in waiting if not isinstance(message, kind)]
            self.effects = [one for one in self.effects if not isinstance(one, After)]
            self.does(*others).carries()
            if not others and not self.ferry.asked:
                return held
            while self.ferry.asked:
                asked = self.ferry.asked.pop(0)
                self.answers(asked, answer=self.ferry.answer(asked)).carries()
        raise AssertionError("it never comes to rest")

    def answers(self, asked: dict[str, Any], **fields: str) -> Self:
        """The script tells what came of what was asked."""
        gesture = Gesture("answered", {"nth": str(asked["nth"]), **fields})
        return self.does(LabGestured("states", gesture))

    @property
    def subject(self) -> Subject:
        return self.model.subject
