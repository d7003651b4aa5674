"""The shell: the one loop of the page, and the only place that speaks with the browser.

Short and boring on purpose. What the page tells is one message; each message is one update and
one render; all that comes of it, painting and effects alike, goes back as one text. So Python
may run on a thread of its own: nothing here waits for the page, and nothing is asked of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, assert_never

from bankpage.house.messages import Message, Opened, PageEffect, message_of
from bankpage.house.model import Model
from bankpage.house.rooms import LabsArrived, LoadLabs, StartScript, StopScript
from bankpage.house.screen import glance, view
from bankpage.labs.contract import Tell
from bankpage.live.chain import head_to_keep
from bankpage.live.effects import (
    Append,
    Erase,
    KeepRejected,
    KeepSnapshot,
    LetGoOf,
    Pack,
    ReadAnew,
    ReadSegments,
    ReadStored,
    WriteBack,
)
from bankpage.live.messages import (
    AccountChosen,
    BegunAnew,
    EntriesChanged,
    Erased,
    LedgerDiffers,
    Loaded,
    NotErased,
    NotPacked,
    NotWritten,
    Overtaken,
    Packed,
    ReadForExport,
    RoomTold,
    SegmentsRead,
    Written,
    WrittenBack,
)
from bankpage.live.results import Trouble
from bankpage.live.stored.entries import Entry, read_entries
from bankpage.live.stored.heads import write_head
from bankpage.page import update
from bankpage.paper.effects import (
    Address,
    After,
    Clear,
    Count,
    Download,
    Focus,
    OnPaper,
    Print,
    Refocus,
    Reveal,
    Show,
)
from bankpage.paper.occasion import Occasion
from bankpage.paper.patches import patches
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Screen
from bankpage.stage.messages import SpeedChosen
from bankpage.stage.on_paper import paper_rows

Call = list[Any]
"""The name of one of the page's functions (``line.js`` lists them), and its arguments."""


class Shell:
    """The page, running: a model, and the screen last painted.

    ``post`` takes the JSON text of a list of calls; ``occasion`` says when and under which new
    id a message is taken in; ``after`` calls back once, some milliseconds later.
    """

    def __init__(
        self,
        post: Callable[[str], None],
        occasion: Callable[[], Occasion],
        after: Callable[[int, Callable[[], None]], None],
    ) -> None:
        self.model = Model()
        self._screen: Screen | None = None
        self._phrases = Phrases({})
        self._post = post
        self._occasion = occasion
        self._after = after

    def receive(self, kind: str, *texts: str, attached: bytes = b"") -> None:
        """Take in what the page tells, and answer with one text of calls.

        ``attached`` is what the script of a lab sends along with a gesture that is no text.

        A gesture's last call is ``answered``: the page does not get ahead of its answers.

        Raises:
            ValueError: the page never tells this.
        """
        calls = self._send(self._message_of(kind, texts, attached))
        if kind == "gesture":
            calls.append(["answered"])
        self._post(_to_json(calls))

    def _message_of(self, kind: str, texts: Sequence[str], attached: bytes) -> Message:
        match kind, texts:
            case "opened", (phrases, entries, is_kept, glanced):
                self._phrases = Phrases.from_json(phrases)
                loaded = Loaded(_entries(entries), is_kept != "false", is_kept == "narrow")
                return Opened(loaded, _glance(glanced))
            case "gesture", (name, fields):
                return message_of(name, json.loads(fields), attached)
            case "labs-arrived", (reason,):
                return LabsArrived(reason)
            case "ledger-changed", (entries,):
                return EntriesChanged(_entries(entries))
            case "append-answered", ("written", _):
                return Written()
            case "append-answered", ("taken", entries):
                return Overtaken(_entries(entries))
            case "append-answered", (answer, entries):
                return NotWritten(_trouble(answer), _entries(entries))
            case "room-told", (characters,):
                return RoomTold(int(characters))
            case "segments-read", (entries,):
                return SegmentsRead(_entries(entries))
            case "pack-answered", ("written", _):
                return Packed()
            case "pack-answered", ("waiting", _):
                return NotPacked(None)
            case "pack-answered", ("taken", entries):
                return NotPacked(Trouble.CONTENDED, _entries(entries))
            case "pack-answered", (answer, entries):
                return NotPacked(_trouble(answer), _entries(entries))
            case "ledger-differs", (entries,):
                return LedgerDiffers(_entries(entries))
            case "stored", (entries,):
                return ReadForExport(_entries(entries))
            case "read-anew", (entries,):
                return BegunAnew(_entries(entries))
            case "write-back-answered", ("written", entries):
                return WrittenBack(None, _entries(entries))
            case "write-back-answered", (answer, entries):
                return WrittenBack(_trouble(answer), _entries(entries))
            case "erase-answered", ("written", entries):
                return Erased(_entries(entries))
            case "erase-answered", (answer, _):
                return NotErased(_trouble(answer))
            case _:
                raise ValueError(f"The page never tells “{kind}” with {len(texts)} texts.")

    def _send(self, message: Message) -> list[Call]:
        """Update, render, and the calls that carry both out."""
        self.model, effects = update(self.model, message, self._occasion())
        screen = view(self.model, self._phrases)
        calls: list[Call] = []
        if operations := patches(self._screen, screen):
            calls.append(["paint", operations])
        self._screen = screen
        for effect in effects:
            calls += self._calls_of(effect)
        if isinstance(message, Written | Erased | BegunAnew | AccountChosen | SpeedChosen):
            calls.append(["remember", json.dumps(glance(self.model, self._phrases))])
        return calls

    def _calls_of(self, effect: PageEffect) -> list[Call]:
        match effect:
            case Append(key=key, text=text, segments=segments):
                head = write_head(head_to_keep(self.model.live, effect))
                pairs = [[segment.name.key, segment.text] for segment in segments]
                return [["append", key, text, head, pairs]]
            case Pack(segment=segment, replaced=replaced, snapshot=snapshot):
                return [["pack", segment.name.key, segment.text, _pairs(replaced), snapshot]]
            case LetGoOf(leftovers=leftovers):
                return [["letGoOf", _pairs(leftovers), ""]]
            case KeepSnapshot(text=text):
                return [["keepSnapshot", text]]
            case ReadSegments(keys=keys):
                return [["readSegments", list(keys)]]
            case KeepRejected(entry=entry):
                return [["keepRejected", entry.key, entry.value]]
            case Erase():
                return [["erase"]]
            case ReadStored():
                return [["readStored"]]
            case ReadAnew():
                return [["readAnew"]]
            case WriteBack(lost=lost):
                return [["writeBack", _pairs(lost)]]
            case After(milliseconds=milliseconds, message=message):
                self._after(milliseconds, lambda: self._post(_to_json(self._send(message))))
                return []
            case Reveal(position=position):
                return [["reveal", f"event-{position}"]]
            case Clear(fields=fields):
                return [["clear", list(fields)]]
            case Focus(element=element):
                return [["focus", element]]
            case Refocus(element=element):
                return [["refocus", element]]
            case Show(element=element):
                return [["show", element]]
            case Count(element=element, texts=counted):
                return [["count", element, list(counted)]]
            case Address(fragment=fragment, is_jump=is_jump):
                return [["address", fragment, is_jump]]
            case Download(name=name, text=text):
                return [["download", name, text]]
            case OnPaper(after=after, to=to):
                rows = paper_rows(self.model.history, after, to, self._phrases, None)
                return [["paper", after, rows]]
            case Print():
                return [["print"]]
            case LoadLabs():
                return [["loadLabs"]]
            case StartScript(lab=lab):
                return [["startScript", lab]]
            case StopScript(lab=lab):
                return [["stopScript", lab]]
            case Tell(lab=lab, text=text):
                return [["tell", lab, text]]
            case _:
                assert_never(effect)


def _pairs(entries: Sequence[Entry]) -> list[list[str | None]]:
    return [[entry.key, entry.value] for entry in entries]


def _trouble(answer: str) -> Trouble:
    """Why something was not written, in the word of ``storage.js``."""
    return Trouble(answer) if answer in ("full", "gone", "later") else Trouble.FAILED


def _entries(text: str) -> tuple[Entry, ...]:
    return tuple(read_entries(text))


def _glance(text: str) -> dict[str, str]:
    """What is kept of the last visit, as far as it is texts by name; the rest is let go."""
    pairs = json.loads(text)
    if not isinstance(pairs, list):
        return {}
    named = [pair for pair in pairs if isinstance(pair, list) and len(pair) == 2]
    return {
        name: value for name, value in named if isinstance(name, str) and isinstance(value, str)
    }


def _to_json(calls: Sequence[Call]) -> str:
    # Escaped, since not every text that was found is Unicode: half a surrogate pair is none.
    return json.dumps(calls, separators=(",", ":"))
