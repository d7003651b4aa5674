"""The whole page but its document: the shell, and ``storage.js`` in a tab that it speaks with."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Self

from bankpage.house.model import Model
from bankpage.paper.occasion import Occasion
from bankpage.shell import Shell

from tests.page.desk import START, page_phrases
from tests.page.tabs import Browser, Tab

PHRASES = json.dumps(dict(page_phrases().texts))


class KeptPage:
    """One tab with the page in it. What ``line.js`` does in the browser is done here."""

    def __init__(self, browser: Browser) -> None:
        self.tab: Tab = browser.open()
        self.tab.watch()
        self.downloads: list[str] = []
        self.painted: list[str] = []
        """The elements that were filled, in order."""
        self._slots: dict[str, list[Any]] = {}
        self._posted: list[str] = []
        self._later: list[Callable[[], None]] = []
        self._moments = 0
        self._shell = Shell(
            post=self._posted.append,
            occasion=self._occasion,
            after=lambda _, callback: self._later.append(callback),
        )
        self._tells("opened", PHRASES, self.tab.text("readAll"), "true", self.tab.glance())

    def _occasion(self) -> Occasion:
        self._moments += 1
        return Occasion(START + timedelta(seconds=self._moments), f"{id(self)}-{self._moments}")

    @property
    def model(self) -> Model:
        return self._shell.model

    def does(self, gesture: str, **fields: str) -> Self:
        """Make a gesture, and see to everything that it leads to."""
        self.tab.look_ahead()
        self._tells("gesture", gesture, json.dumps(fields))
        return self

    def is_told(self, kind: str, *texts: str) -> Self:
        """Hear something from the page that no gesture led to."""
        self._tells(kind, *texts)
        return self

    def opens(self, owner: str = "Ada") -> Self:
        return self.does("open-account", owner=owner)

    def deposits(self, amount: str) -> Self:
        return self.does("deposit", amount=amount, note="")

    def follows(self) -> Self:
        """Hear what other tabs have done."""
        self.tab.settles()
        self._hears()
        return self

    def _hears(self) -> None:
        for kind, entries in self.tab.told_texts():
            self._shell.receive(kind, entries)
            self._carry_out()

    @property
    def chain(self) -> str:
        """What the status "Chain" says."""
        return self.shows("chain-verdict") + self.shows("chain-count")

    def waits(self, most: int = 1000) -> Self:
        """Let be done what waits for its time, up to so many times."""
        for _ in range(most):
            if self._later:
                self._later.pop(0)()
                self._carry_out()
        return self

    def shows(self, slot_id: str) -> str:
        """All text that was painted into an element."""
        return "".join(map(_text, self._slots.get(slot_id, [])))

    def _tells(self, kind: str, *texts: str) -> None:
        self._hears()  # what came first is told first
        self._shell.receive(kind, *texts)
        self._carry_out()

    def _carry_out(self) -> None:
        while self._posted:
            for name, *arguments in json.loads(self._posted.pop(0)):
                self._call(name, *arguments)

    def _call(self, name: str, *arguments: Any) -> None:
        match name, arguments:
            case "paint", (operations,):
                for operation, element, *rest in operations:
                    if operation == "fill":
                        self._slots[element] = rest[0]
                        self.painted.append(element)
            case "remember", (glance,):
                self.tab.remember(glance)
            case "download", (_, text):
                self.downloads.append(text)
            case "append", (key, text, head, segments):
                answer = self.tab.append(key, text, head, segments)
                self._tells("append-answered", answer, self._entries_after(answer))
            case "pack", (key, text, replaced, snapshot):
                answer = self.tab.pack(key, text, replaced, snapshot)
                self._tells("pack-answered", answer, self._entries_after(answer))
            case "letGoOf", (leftovers, snapshot):
                self.tab.let_go_of(leftovers, snapshot)
            case "keepSnapshot", (snapshot,):
                self.tab.keep_snapshot(snapshot)
            case "readSegments", (keys,):
                self._tells("segments-read", self.tab.segments(keys))
            case "keepRejected", (key, text):
                self.tab.keep_rejected(key, text)
            case "erase", ():
                answer = self.tab.erase()
                entries = self.tab.text("readAll") if answer == "written" else "[]"
                self._tells("erase-answered", answer, entries)
            case "writeBack", (lost,):
                answer = self.tab.write_back(lost)
                self._tells("write-back-answered", answer, self.tab.text("readStored"))
            case "readStored", ():
                self._tells("stored", self.tab.text("readStored"))
            case "readAnew", ():
                self._tells("read-anew", self.tab.text("readAll"))

    def _entries_after(self, answer: str) -> str:
        if answer == "taken":
            return self.tab.text("readNew")
        return self.tab.text("readStored") if answer in ("gone", "later") else "[]"


def _text(node: Any) -> str:
    return node if isinstance(node, str) else "".join(map(_text, node[2]))
