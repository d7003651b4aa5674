"""The shell: the one loop of the page, and the only place that reaches the browser.

Short and boring on purpose. Each message is one update, one render, one crossing into
JavaScript; the effects come after it, and their answers come back as messages.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Protocol, assert_never

from bankpage.effects import (
    After,
    Append,
    Clear,
    Download,
    Effect,
    Erase,
    Focus,
    Refocus,
    Reveal,
)
from bankpage.messages import (
    EntriesChanged,
    Erased,
    Loaded,
    Message,
    NotWritten,
    Occasion,
    Overtaken,
    Written,
    message_of,
)
from bankpage.model import Model, Trouble
from bankpage.patches import patches, to_json
from bankpage.phrases import Phrases
from bankpage.stored_ledger import Entry, read_entries
from bankpage.update import update
from bankpage.view import view
from bankpage.view.projection import glance
from bankpage.view.tree import Screen


class Document(Protocol):
    """What ``paint.js`` does."""

    def paint(self, operations: str) -> None:
        """Carry out the operations of one render."""

    def reveal(self, row_id: str) -> None:
        """Scroll a row into sight."""

    def clear(self, ids: str) -> None:
        """Empty text fields, their ids separated by spaces."""

    def focus(self, element_id: str) -> None:
        """Put the focus on an element."""

    def refocus(self, element_id: str) -> None:
        """Put the focus on an element if it would be lost otherwise."""

    def download(self, name: str, text: str) -> None:
        """Give the reader a file."""


class Storage(Protocol):
    """What ``storage.js`` does; answers come through the callback."""

    def read_all(self) -> str:
        """Every entry, as the JSON text of a list of pairs."""

    def read_new(self) -> str:
        """The same, without the part of the ledger that was read or written before."""

    def is_kept(self) -> bool:
        """Whether the browser keeps anything."""

    def append(self, key: str, text: str, answer: Callable[[str], None]) -> None:
        """Write one append."""

    def erase(self, answer: Callable[[], None]) -> None:
        """Begin a new generation."""

    def remember(self, glance: str) -> None:
        """Keep what Current State shows."""


class Shell:
    """The page, running: a model, the screen last painted, and the browser."""

    def __init__(
        self,
        document: Document,
        storage: Storage,
        phrases: Phrases,
        occasion: Callable[[], Occasion],
        after: Callable[[int, Callable[[], None]], None],
    ) -> None:
        self.model = Model()
        self._screen: Screen | None = None
        self._document = document
        self._storage = storage
        self._phrases = phrases
        self._occasion = occasion
        self._after = after

    def start(self) -> None:
        """Take in what the browser has kept, and show it."""
        entries = tuple(read_entries(self._storage.read_all()))
        self.send(Loaded(entries, is_kept=self._storage.is_kept()))

    def on_gesture(self, name: str, fields: str) -> None:
        """A gesture in the page: its name, and its fields as the JSON text of an object."""
        self.send(message_of(name, json.loads(fields)))

    def on_entries(self, entries: str) -> None:
        """Another tab has changed the ledger; ``entries`` are what is new in it."""
        self.send(EntriesChanged(tuple(read_entries(entries))))

    def send(self, message: Message) -> None:
        """Update, render, carry out."""
        self.model, effects = update(self.model, message, self._occasion())
        screen = view(self.model, self._phrases)
        if operations := patches(self._screen, screen):
            self._document.paint(to_json(operations))
        self._screen = screen
        for effect in effects:
            self._carry_out(effect)
        if isinstance(message, Written | Erased):
            self._storage.remember(json.dumps(glance(self.model, self._phrases)))

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Append(key=key, text=text):
                self._storage.append(key, text, self._on_append_answered)
            case Erase():
                self._storage.erase(lambda: self.send(Erased(self._new_entries())))
            case After(milliseconds=milliseconds, message=message):
                self._after(milliseconds, lambda: self.send(message))
            case Reveal(position=position):
                self._document.reveal(f"event-{position}")
            case Clear(fields=fields):
                self._document.clear(" ".join(fields))
            case Focus(element=element):
                self._document.focus(element)
            case Refocus(element=element):
                self._document.refocus(element)
            case Download(name=name, text=text):
                self._document.download(name, text)
            case _:
                assert_never(effect)

    def _on_append_answered(self, answer: str) -> None:
        match answer:
            case "written":
                self.send(Written())
            case "taken":
                self.send(Overtaken(self._new_entries()))
            case "full":
                self.send(NotWritten(Trouble.FULL))
            case _:
                self.send(NotWritten(Trouble.FAILED))

    def _new_entries(self) -> tuple[Entry, ...]:
        return tuple(read_entries(self._storage.read_new()))
