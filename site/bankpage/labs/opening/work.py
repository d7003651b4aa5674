"""Files on their way to be a study: read a run at a time, so that somebody else may be heard.

An iterator is used up as it is read, so a work is no value, as a model otherwise is: the page has
one at a time, goes on with it once for each message, and lets go of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, assert_never

from bankpage.labs.contract import Remark, Study
from bankpage.labs.opening.continuing import claimed_by, in_order, is_by_time, why_not
from bankpage.labs.opening.files import SEEMING, File, Manner, Run, Sorting, Step
from bankpage.labs.opening.glimpse import Kind
from bankpage.labs.opening.reading import (
    dumps_of,
    refuse_mixed,
    steps_of,
    steps_together,
    together,
    unknown_among,
)
from bankpage.labs.opening.refusals import RefusedError, of_conflict, refusal, shortened
from bankpage.labs.opening.room import MOST_BYTES, MOST_EVENTS, MOST_SEARCHED, Extent
from bankpage.labs.opening.sourced import remarks_on
from bankpage.labs.opening.strange import Stranger
from esbank_core.bank.account import CODEC, Ledger, Recorded, empty_ledger, is_readable
from esbank_core.bank.events import Event
from esbank_core.kernel.append_only import AppendOnly
from esbank_core.kernel.errors import ImportConflict
from esbank_core.kernel.identity import GENESIS, Position
from esbank_core.kernel.written.importing import Importing
from esbank_core.kernel.written.line_codec import LineCodec
from esbank_core.kernel.written.lines_to_come import LinesToCome
from esbank_core.kernel.written.packed_lines import PackedLines
from esbank_core.kernel.written.times import format_time
from esbank_core.sources import ALL, Outcome, Part

_MOST_NAMES: Final = 3
"""How many of several files a study is called by."""


class Work:
    """Files being read. With ``is_part``, they go on after what was fetched of them."""

    def __init__(
        self, files: Sequence[File], manner: Manner = SEEMING, *, is_part: bool = False
    ) -> None:
        self.files = in_order(files)
        self.records = 0
        """Those of another store's that have been read, and not put in order yet."""
        self.outcomes: list[Outcome] = []
        """What became of the records of other stores."""
        self.lines: AppendOnly[str] = PackedLines()
        self._is_part = is_part
        self.manner = manner
        self._codec = LineCodec(CODEC)
        self._importing = Importing(empty_ledger())
        self._stranger = Stranger()
        self._characters = 0
        self._is_over = False
        """Whether there is no room for more, and no more is wanted."""
        self._steps = self._read()

    @property
    def history(self) -> Ledger:
        """What was read until now."""
        return self._importing.history

    @property
    def share(self) -> float:
        """How much has been read, of 1."""
        whole = sum(file.pieces.all for file in self.files)
        return sum(file.pieces.read for file in self.files) / whole if whole else 0.0

    def step(self) -> bool:
        """Go on for a moment; whether there is more to be read.

        Raises:
            NotKnownError: the reader is to say as what records are to be read.
            RefusedError: this is no history, or more than there is room for. It is of no more use,
                but that what was read until then may be taken for the part that it is.
        """
        return next(self._steps, None) is not None

    def study(self, *, is_part: bool = False) -> Study:
        """What has been read, to be looked at."""
        return Study(
            name=self._name(),
            history=self.history,
            lines=self.lines,
            not_understood=self._stranger.found(),
            remarks=tuple(self._remarks(is_part=is_part or self._is_part)),
        )

    def _read(self) -> Iterator[int]:
        opened = dumps_of(self.files, MOST_BYTES, self.manner)
        if unknown := unknown_among(self.files, opened, self.manner):
            raise unknown
        dumps = together(opened, self.manner)
        refuse_mixed(self.files, opened, dumps)
        if dumps:
            for step in steps_together(self.files[0], dumps, self.manner):
                yield from self._stepped(step, self.files[0], None, GENESIS)
            return
        before: File | None = None
        for file, dump in zip(self.files, opened, strict=True):
            held = self.history
            if before is not None and (why := why_not(file, before, held, self.lines)):
                raise RefusedError(why)
            for step in steps_of(file, held, MOST_BYTES, self.manner, dump):
                yield from self._stepped(step, file, before, held.head)
                if self._is_over:
                    return
            if before is None and not self.history.head:
                raise RefusedError(refusal("blank", file.name))
            before = file

    def _stepped(
        self, step: Step, file: File, before: File | None, held: Position
    ) -> Iterator[int]:
        match step:
            case Run():
                self._take(step, file, before, held)
            case Sorting(records=records):
                self.records = records
            case Outcome():
                self.outcomes.append(step)
            case _:
                assert_never(step)
        yield self.history.head
        self._is_over = self._is_full(file)

    def _take(self, run: Run, file: File, before: File | None, held: Position) -> None:
        try:
            taken = self._importing.take(run.events)
        except ImportConflict as conflict:
            raise RefusedError(of_conflict(file.name, conflict)) from None
        new = [recorded for recorded in taken if recorded is not None]
        lines = run.lines
        if lines is not None and len(new) < len(taken):
            lines = [line for line, one in zip(lines, taken, strict=True) if one is not None]
        if before is not None and claimed_by(file.glimpse):
            for recorded, one in zip(run.events, taken, strict=True):
                # In one ledger, nothing else can stand where something stands already.
                if one is not None and (place := recorded.position) <= held:
                    two = refusal("two", file.name, before=before.name, position=place)
                    raise RefusedError(two)
        self._stranger.see(new)
        if lines is None:
            self._leave_unwritten(new)
        else:
            self._characters += sum(map(len, lines))
            self.lines = self.lines.plus(lines)

    def _leave_unwritten(self, events: Sequence[Recorded]) -> None:
        """Take in events that have no lines yet; they get them when somebody asks for them."""
        lines = self.lines
        if not isinstance(lines, LinesToCome):
            lines = LinesToCome[Event](AppendOnly(), self._codec, lines)
        self.lines = lines.followed_by(filter(is_readable, events))

    def _is_full(self, file: File) -> bool:
        """Whether there is no room for more, where that is meant to be.

        Raises:
            RefusedError: it was not.
        """
        if self.history.head < MOST_EVENTS and self._characters < MOST_BYTES:
            return False
        if self._is_part:
            return True
        raise RefusedError(refusal("room", file.name), is_end=True, extent=self._extent())

    def _extent(self) -> Extent | None:
        """How much other stores' files turned out to hold; None of others."""
        if not self.outcomes:
            return None
        size = sum(file.pieces.all for file in self.files)
        records = sum(outcome.records for outcome in self.outcomes)
        is_text = all(file.glimpse.kind is not Kind.DATABASE for file in self.files)
        return Extent(size, records, is_text, size <= MOST_SEARCHED)

    def _name(self) -> str:
        names = [shortened(file.name) for file in self.files]
        more = ["…"] if len(names) > _MOST_NAMES else []
        return ", ".join(names[:_MOST_NAMES] + more)

    def _remarks(self, *, is_part: bool) -> Iterator[Remark]:
        if self.manner.part != ALL:
            yield _on_part(self.manner.part)
        elif is_part:
            yield _remark("part", events=f"{self.history.head:,}")
        if len(self.outcomes) == len(self.files) > 1:
            yield _remark("together", count=len(self.files))
        elif len(self.files) > 1:
            kind = "files-by-time" if is_by_time(self.files) else "files"
            yield _remark(kind, count=len(self.files))
        for file in self.files:
            name = shortened(file.name)
            if file.glimpse.has_log:
                yield _remark("log", file=name)
            if file.glimpse.kind is not Kind.DATABASE and file.glimpse.encoding != "utf-8":
                yield _remark("encoding", file=name, encoding=_ENCODINGS[file.glimpse.encoding])
        for nth, outcome in enumerate(self.outcomes):
            of_this = remarks_on(outcome)
            if outcome.source in {other.source for other in self.outcomes[:nth]}:
                next(of_this)  # that has been said of the one before
            yield from of_this
        if self._stranger.untimed and not self.outcomes:
            yield _counted("untimed", self._stranger.untimed)
        if self._importing.skipped:
            yield _counted("twice", self._importing.skipped)


def _on_part(part: Part) -> Remark:
    if part.newest is not None:
        return _remark("newest", events=f"{part.newest:,}")
    if part.stream is not None:
        return _remark("stream", stream=shortened(part.stream))
    since, until = (format_time(time) if time else "…" for time in (part.since, part.until))
    return _remark("span", since=since, until=until)


_ENCODINGS: Final = {"utf-16-le": "UTF-16 LE", "utf-16-be": "UTF-16 BE"}


def _remark(phrase: str, **values: object) -> Remark:
    return Remark(f"opening-remark-{phrase}", {key: str(value) for key, value in values.items()})


def _counted(phrase: str, count: int) -> Remark:
    return _remark(f"{phrase}-one" if count == 1 else phrase, count=f"{count:,}")
