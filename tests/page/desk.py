"""A page without a browser: messages go in, and effects are answered as a browser would."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Self

from bankpage.house.messages import Message, PageEffect
from bankpage.house.model import Model
from bankpage.house.screen import view
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
    BegunAnew,
    DepositAsked,
    EntriesChanged,
    Erased,
    Loaded,
    NotPacked,
    NotWritten,
    OpenAsked,
    Overtaken,
    Packed,
    ReadForExport,
    SegmentsRead,
    StoryAsked,
    WithdrawAsked,
    Written,
    WrittenBack,
)
from bankpage.live.requests import Form
from bankpage.live.results import Trouble
from bankpage.live.stored.entries import Entry
from bankpage.live.stored.keys import (
    FORMAT_KEY,
    GENERATION_KEY,
    PREFIX,
    SNAPSHOT_KEY,
    key_of,
    position_of,
)
from bankpage.live.stored.segments import HEADER_LENGTH, Name
from bankpage.live.stored.sorting import sorted_out
from bankpage.page import update
from bankpage.paper.effects import After
from bankpage.paper.occasion import Occasion
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Node, Slot

from building.labs import with_labs
from esbank_core.bank.events import Event
from esbank_core.kernel.recorded import RecordedEvent

INDEX = Path(__file__).parents[2] / "site" / "index.html"
Job = Generator[str, None, None]
TURN, HEAD = "turn", "head"
MOST_STEPS = 2000
"""More than anything takes that ends."""

START = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)


NO_GENERATION_YET = 1


@dataclass
class Storage:
    """localStorage and the locks beside it, as all tabs of one browser share them.

    ``entries`` is what is stored; ``writes`` how it came to be, in order. A tab may see the writes
    of others late, though never out of order (``Desk.sees``).
    """

    entries: dict[str, str] = field(default_factory=dict)
    is_full: bool = False
    writes: list[tuple[Desk | None, str, str | None]] = field(default_factory=list)
    turns: list[object] = field(default_factory=list)
    """Who waits for the append lock; the first has it."""
    heads: dict[str, str] = field(default_factory=dict)
    """By the name of a tab: the key that its shared lock tells."""
    tabs: list[Desk] = field(default_factory=list)
    seen_by_all: int = 0
    """So many writes must have reached everybody: of those whose writer is gone."""

    def __post_init__(self) -> None:
        self.at_first = dict(self.entries)

    def all(self) -> tuple[Entry, ...]:
        return tuple(Entry(key, value) for key, value in self.entries.items())

    def write(self, writer: Desk, key: str, value: str | None) -> None:
        self.writes.append((writer, key, value))
        change(self.entries, key, value)


def _begins(effect: Append) -> str:
    """The key of what an append writes first."""
    return effect.segments[0].name.key if effect.segments else effect.key


def change(entries: dict[str, str], key: str, value: str | None) -> None:
    """Set a key, or remove it."""
    if value is None:
        entries.pop(key, None)
    else:
        entries[key] = value


@dataclass(eq=False)
class Desk:
    """One tab: Python's model, the page's script, and its own late view of what is stored.

    ``does`` sends messages and goes on until all that they lead to is done. Between any two steps
    (``goes_on``) other tabs may do whatever they like, and this one may end (``crashes``).

    The script is that of ``site/edge/storage.js``: one append at a time, by a lock; whoever has it
    waits until it sees the head of every other tab that lives; what it finds in its place is
    "taken". What is assumed beyond that: a write whose tab has ended is seen by all that come
    later, and a tab is not kept waiting for a head longer than its patience.
    """

    storage: Storage = field(default_factory=Storage)
    model: Model = field(default_factory=Model)
    name: str = "tab"
    start: datetime = START
    moments: int = 0
    effects: list[PageEffect] = field(default_factory=list)
    """Every effect so far that nothing had to answer."""
    late_by: int = 0
    """How many of the last writes the tab does not see yet when it is opened."""
    is_settled: bool = True
    """Whether what it does first is done at once."""
    inbox: list[Message] = field(default_factory=list)
    """What the page has told Python, and Python has not looked at."""
    jobs: list[Job] = field(default_factory=list)
    """What the page's script is doing; each step says what it waits for, if it has to."""
    acknowledged: list[tuple[int, RecordedEvent[Event]]] = field(default_factory=list)
    """What Python was told is written, and in which generation."""

    def __post_init__(self) -> None:
        self.seen = max(self.storage.seen_by_all, len(self.storage.writes) - self.late_by)
        self.view = dict(self.storage.at_first)
        for _, key, value in self.storage.writes[: self.seen]:
            change(self.view, key, value)
        self.known: set[str] = set()
        self.storage.tabs.append(self)
        self.inbox.append(Loaded(self._read_new(), is_kept=True))
        if self.is_settled:
            self.settles()

    def does(self, *messages: Message) -> Self:
        for message in messages:
            self.inbox.append(message)
            self.settles()
        return self

    def carries_out(self, *effects: PageEffect) -> Self:
        """Do what ``only`` left undone."""
        for effect in effects:
            self._begin(effect)
        self.settles()
        return self

    def settles(self) -> None:
        """Go on until there is nothing to do, or another tab has the turn."""
        for _ in range(MOST_STEPS):
            if self.goes_on() == TURN or self.is_idle:
                return
        raise AssertionError(f"{self.name} never comes to rest")

    @property
    def is_idle(self) -> bool:
        """Whether nothing is left to do that has begun."""
        return not self.inbox and not self.jobs

    def goes_on(self) -> str:
        """Do one step, and say what has to be waited for, if anything.

        What a tab waits to see, it sees in the end.
        """
        if self.inbox:
            for effect in self.only(self.inbox.pop(0)):
                self._begin(effect)
            return ""
        if not self.jobs:
            return ""
        job = self.jobs.pop(0)
        waiting = next(job, None)
        if waiting is None:
            return ""
        if waiting == HEAD:
            self.sees(1)
        # In one tab, a job that waits does not keep the next one from going on.
        self.jobs.insert(len(self.jobs) if waiting else 0, job)
        return waiting

    def only(self, message: Message) -> tuple[PageEffect, ...]:
        """Send a message, and leave its effects unanswered."""
        self.moments += 1
        occasion = Occasion(
            self.start + timedelta(seconds=self.moments), f"{self.name}-{self.moments}"
        )
        live = self.model.live
        if isinstance(message, Written) and live.in_flight:
            self.acknowledged += [(live.generation, one) for one in live.in_flight.recorded]
        if isinstance(message, Written) and live.adding and live.adding.is_in_flight:
            added = live.adding.importing.history.recorded[live.adding.since.head :]
            self.acknowledged += [(live.generation, one) for one in added]
        self.model, effects = update(self.model, message, occasion)
        return effects

    def sees(self, writes: int = MOST_STEPS) -> None:
        """See some more of what other tabs wrote, and tell Python."""
        for writer, key, value in self.storage.writes[self.seen :]:
            if not writes:
                break
            self.seen += 1
            if writer is not self:
                writes -= 1
                change(self.view, key, value)
                self.inbox.append(EntriesChanged(self._read_new()))

    def crashes(self) -> None:
        """End, without a chance to do anything else."""
        for job in self.jobs:
            job.close()
        self.inbox.clear()
        self.jobs.clear()
        self.storage.heads.pop(self.name, None)
        self.storage.tabs.remove(self)
        self.storage.seen_by_all = len(self.storage.writes)
        for tab in self.storage.tabs:
            tab.sees()

    # What storage.js does.

    def _begin(self, effect: PageEffect) -> None:
        match effect:
            case Append():
                self.jobs.append(self._append(effect))
            case KeepRejected(entry=entry):
                self._write(entry.key, entry.value)
            case Erase():
                self.jobs.append(self._erase())
            case Pack():
                self.jobs.append(self._pack(effect))
            case LetGoOf(leftovers=leftovers):
                self.jobs.append(self._let_go_of(leftovers, ""))
            case KeepSnapshot(text=text):
                self._write(SNAPSHOT_KEY, text)
            case ReadSegments(keys=keys):
                found = tuple(Entry(key, self.view.get(key)) for key in keys)
                self.inbox.append(SegmentsRead(found))
            case ReadStored():
                self.inbox.append(ReadForExport(self._all()))
            case ReadAnew():
                self.known.clear()
                self.inbox.append(BegunAnew(self._read_new()))
            case WriteBack(lost=lost):
                for one in lost:
                    self._write(one.key, one.value)
                self.inbox.append(WrittenBack(None, self._all()))
            case _:
                self.effects.append(effect)

    def _append(self, effect: Append) -> Job:
        turn = object()
        self.storage.turns.append(turn)
        try:
            yield from self._until_it_is_its(turn)
            generation = int(effect.key.split("/")[2])
            first = key_of(generation, position_of(_begins(effect)))
            is_there = not {effect.key, first}.isdisjoint(self.view) or self._is_packed(first)
            is_taken = self._is_more_than_known or is_there
            if self._generation != generation or is_taken:
                answer = "taken"
            elif self.storage.is_full:
                answer = "full"
            else:
                for left in self._unfinished:
                    self._write(left, None)
                    yield ""
                for segment in effect.segments:
                    self._write(FORMAT_KEY, "2")
                    self._write(segment.name.key, segment.text)
                    yield ""
                self._write(effect.key, effect.text)
                self.known |= {effect.key, *(segment.name.key for segment in effect.segments)}
                yield ""
                self.storage.heads[self.name] = effect.key
                yield ""
                answer = "written"
        finally:
            self.storage.turns.remove(turn)
        yield ""
        match answer:
            case "written":
                self.inbox.append(Written())
            case "taken":
                self.inbox.append(Overtaken(self._read_new()))
            case _:
                self.inbox.append(NotWritten(Trouble.FULL))

    def _pack(self, effect: Pack) -> Job:
        turn = object()
        self.storage.turns.append(turn)
        key = effect.segment.name.key
        try:
            yield from self._until_it_is_its(turn)
            same = all(self.view.get(one.key) == one.value for one in effect.replaced)
            is_of_it = self._generation == effect.segment.name.generation
            is_packed = any(self._is_packed(one.key) for one in effect.replaced)
            if not is_of_it or self._is_more_than_known or key in self.view or is_packed:
                answer = Trouble.CONTENDED
            elif not same:
                answer = Trouble.GONE
            elif self.storage.is_full:
                answer = Trouble.FULL
            else:
                answer = None
                self._write(FORMAT_KEY, "2")
                yield ""
                self._write(key, effect.segment.text)
                self.known.add(key)
                yield ""
                self.storage.heads[self.name] = key
                yield ""
        finally:
            self.storage.turns.remove(turn)
        if answer is not None:
            entries = self._all() if answer is Trouble.GONE else self._read_new()
            self.inbox.append(NotPacked(answer, () if answer is Trouble.FULL else entries))
            return
        yield from self._let_go_of(effect.replaced, effect.snapshot)
        self.inbox.append(Packed())

    def _let_go_of(self, leftovers: tuple[Entry, ...], snapshot: str) -> Job:
        for one in leftovers:
            turn = object()
            self.storage.turns.append(turn)
            try:
                yield from self._until_it_is_its(turn)
                if self.view.get(one.key) == one.value:
                    self.known.discard(one.key)
                    self._write(one.key, None)
            finally:
                self.storage.turns.remove(turn)
            yield ""
        if snapshot:
            self._write(SNAPSHOT_KEY, snapshot)
            yield ""

    def _erase(self) -> Job:
        turn = object()
        self.storage.turns.append(turn)
        try:
            yield from self._until_it_is_its(turn)
            generation = self._generation + 1
            self._write(GENERATION_KEY, str(generation))
            for key in list(self.view):
                if key != GENERATION_KEY:
                    yield ""
                    self._write(key, None)
            self.storage.heads[self.name] = f"{PREFIX}ledger/{generation}/"
            yield ""
        finally:
            self.storage.turns.remove(turn)
        self.inbox.append(Erased(self._read_new()))

    def _until_it_is_its(self, turn: object) -> Job:
        while self.storage.turns[0] is not turn:
            yield TURN
        yield ""
        while not all(map(self._is_visible, self.storage.heads.values())):
            yield HEAD
        yield ""

    def _is_visible(self, head: str) -> bool:
        generation = int(head.split("/")[2])
        return self._generation > generation or (
            self._generation == generation
            and (head.endswith("/") or head in self.view or self._is_packed(head))
        )

    def _write(self, key: str, value: str | None) -> None:
        change(self.view, key, value)
        self.storage.write(self, key, value)

    @property
    def _is_more_than_known(self) -> bool:
        newest = f"{PREFIX}ledger/{self._generation}/"
        left = self._unfinished
        return any(
            key.startswith(newest) and key not in self.known and key not in left
            for key in self.view
        )

    def _is_packed(self, key: str) -> bool:
        """Whether the append of a key is in a segment."""
        if Name.of(key):
            return False
        at = int(key.rpartition("/")[2])
        names = [name for name in map(Name.of, self.view.keys() - self._unfinished) if name]
        return any(
            name.generation == self._generation and name.first <= at <= name.last for name in names
        )

    @property
    def _unfinished(self) -> set[str]:
        """The segments of an import that was cut off before it counted."""
        found = sorted_out(Entry(key, value) for key, value in self.view.items())
        counted = {unit.entry.key for unit in found.units.get(found.generation, ())}
        return {key for key in self.view if (n := Name.of(key)) and n.until} - counted

    @property
    def _generation(self) -> int:
        return int(self.view.get(GENERATION_KEY, NO_GENERATION_YET))

    def _all(self) -> tuple[Entry, ...]:
        left = self._unfinished
        return tuple(Entry(key, value) for key, value in self.view.items() if key not in left)

    def _read_new(self) -> tuple[Entry, ...]:
        ledger, newest = f"{PREFIX}ledger/", f"{PREFIX}ledger/{self._generation}/"
        self.known = {key for key in self.known if key.startswith(newest)}
        new = tuple(
            entry
            for entry in self._all()
            if not entry.key.startswith(ledger)
            or (entry.key.startswith(newest) and entry.key not in self.known)
        )
        self.known |= {entry.key for entry in new if entry.key.startswith(newest)}
        return tuple(map(self._beginning, new))

    @staticmethod
    def _beginning(entry: Entry) -> Entry:
        """Of a segment, only the beginning is handed over."""
        if Name.of(entry.key) is None or entry.value is None:
            return entry
        return Entry(entry.key, entry.value[:HEADER_LENGTH], len(entry.value))

    # What a person does.

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

    def hears(self) -> str:
        """What every live region of the page says, as assistive technology reads it out."""
        regions = ("announcer", *(f"{form}-outcome" for form in Form))
        return " ".join(filter(None, map(self.shows, regions)))

    def slot(self, slot_id: str) -> Slot:
        """A slot of the screen as it is now; times in UTC."""
        screen = view(self.model, page_phrases(), timezone.utc)
        return next(slot for slot in screen if slot.id == slot_id)

    def shows(self, slot_id: str) -> str:
        """All text in a slot."""
        return "".join(map(text_of, self.slot(slot_id).children or ()))


def text_of(node: Node) -> str:
    """All text in what a view is made of."""
    return node if isinstance(node, str) else "".join(map(text_of, node.children))


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
    page.feed(with_labs(INDEX.read_text(), INDEX.parent))
    return page


@cache
def page_phrases() -> Phrases:
    """The sentences of the real page."""
    return Phrases(read_page().phrases)
