"""A page without a browser: messages go in, and effects are answered as a browser would."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Self

from bankpage.live.effects import Append, Erase, ReadAnew, ReadStored, WriteBack
from bankpage.live.messages import (
    BegunAnew,
    DepositAsked,
    Erased,
    Loaded,
    NotWritten,
    OpenAsked,
    Overtaken,
    ReadForExport,
    StoryAsked,
    WithdrawAsked,
    Written,
    WrittenBack,
)
from bankpage.live.model import Trouble
from bankpage.live.stored_ledger import GENERATION_KEY, Entry
from bankpage.page import Message, Model, PageEffect, update, view
from bankpage.paper.effects import After
from bankpage.paper.occasion import Occasion
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Slot

INDEX = Path(__file__).parents[2] / "site" / "index.html"
START = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)


@dataclass
class Storage:
    """localStorage, as two tabs share it."""

    entries: dict[str, str] = field(default_factory=dict)
    is_full: bool = False

    def all(self) -> tuple[Entry, ...]:
        return tuple(Entry(key, value) for key, value in self.entries.items())


@dataclass
class Desk:
    """One tab. ``does`` sends messages and answers the effects that they lead to."""

    storage: Storage = field(default_factory=Storage)
    model: Model = field(default_factory=Model)
    name: str = "tab"
    start: datetime = START
    moments: int = 0
    effects: list[PageEffect] = field(default_factory=list)
    """Every effect so far that nothing had to answer."""

    def __post_init__(self) -> None:
        self.does(Loaded(self.storage.all(), is_kept=True))

    def does(self, *messages: Message) -> Self:
        for message in messages:
            for effect in self.only(message):
                self._answer(effect)
        return self

    def only(self, message: Message) -> tuple[PageEffect, ...]:
        """Send a message, and leave its effects unanswered."""
        self.moments += 1
        occasion = Occasion(
            self.start + timedelta(seconds=self.moments), f"{self.name}-{self.moments}"
        )
        self.model, effects = update(self.model, message, occasion)
        return effects

    def _answer(self, effect: PageEffect) -> None:
        match effect:
            case Append(key=key) if key in self.storage.entries:
                self.does(Overtaken(self.storage.all()))
            case Append() if self.storage.is_full:
                self.does(NotWritten(Trouble.FULL))
            case Append(key=key, text=text):
                self.storage.entries[key] = text
                self.does(Written())
            case Erase():
                generation = self.model.live.generation + 1
                self.storage.entries = {GENERATION_KEY: str(generation)}
                self.does(Erased(self.storage.all()))
            case ReadStored():
                self.does(ReadForExport(self.storage.all()))
            case ReadAnew():
                self.does(BegunAnew(self.storage.all()))
            case WriteBack(lost=lost):
                self.storage.entries |= {one.key: one.value or "" for one in lost}
                self.does(WrittenBack(None, self.storage.all()))
            case _:
                self.effects.append(effect)

    def time_passes(self) -> Self:
        """Everything that waits for its time gets it, and what then waits, until nothing does."""
        while waiting := [effect for effect in self.effects if isinstance(effect, After)]:
            self.effects = [effect for effect in self.effects if not isinstance(effect, After)]
            self.does(*(effect.message for effect in waiting))
        return self

    def hears_the_story(self) -> Self:
        """The first story from its beginning to its end, command by command."""
        return self.does(StoryAsked()).time_passes()

    def opens(self, owner: str = "Ada") -> Self:
        return self.does(OpenAsked(owner))

    def deposits(self, amount: str) -> Self:
        return self.does(DepositAsked(amount, ""))

    def withdraws(self, amount: str) -> Self:
        return self.does(WithdrawAsked(amount, ""))

    def slot(self, slot_id: str) -> Slot:
        """A slot of the screen as it is now; times in UTC."""
        screen = view(self.model, page_phrases(), timezone.utc)
        return next(slot for slot in screen if slot.id == slot_id)

    def shows(self, slot_id: str) -> str:
        """All text in a slot."""
        return "".join(map(_text, self.slot(slot_id).children or ()))


def _text(node: object) -> str:
    return node if isinstance(node, str) else "".join(map(_text, node.children))  # type: ignore[attr-defined]


class _Page(HTMLParser):
    """Reads the ids and the phrases of ``index.html``."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.phrases: dict[str, str] = {}
        self._phrase: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        if found.get("id"):
            self.ids.append(str(found["id"]))
        self._phrase = found.get("data-phrase")

    def handle_data(self, data: str) -> None:
        if self._phrase:
            self.phrases[self._phrase] = " ".join(data.split())
            self._phrase = None


def read_page() -> _Page:
    page = _Page()
    page.feed(INDEX.read_text())
    return page


@cache
def page_phrases() -> Phrases:
    """The sentences of the real page."""
    return Phrases(read_page().phrases)
