"""Audit: is this the history that was written? The hash chain says where it is not, and how.

Each event's hash covers the event and the hash before it (``chain``), so the first event
whose hash does not follow is where history was broken. What kind of break it is shows from
what comes after: whether the chain goes on behind the event, or goes on past it, and whether
the event that belongs here stands elsewhere (``suspect``). Lines are looked at once, in slices
of any size, and never kept: memory stays bounded however long the history. The answer is
codes and numbers; sentences are for those who tell it.

What no chain can tell by itself: events missing at the end, or a history hashed anew from some
event on. Both show against a head hash that was kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, Generic, NamedTuple, Self, TypeVar

from esbank_core.kernel.errors import RefusedLine, UnfitLine
from esbank_core.kernel.identity import Position
from esbank_core.kernel.written.canonical_json import canonical_json
from esbank_core.kernel.written.chain import GENESIS_HASH, HASH_ATTRIBUTE
from esbank_core.kernel.written.cloud_events import SEQUENCE_DIGITS
from esbank_core.kernel.written.codec import Codec
from esbank_core.kernel.written.json_lines import (
    Line,
    check_text,
    parse_text,
    read_many_lines,
    refused,
)
from esbank_core.kernel.written.line_codec import is_text
from esbank_core.kernel.written.own_form import OwnForm
from esbank_core.kernel.written.suspect import NO_HASH, Break, Broken, Seal, Sign, Suspect

Event = TypeVar("Event")


@dataclass(frozen=True, slots=True)
class Audit:
    """The outcome: how many events there are, and how far they are what was written.

    ``head`` is the hash of the last event before any break; an auditor keeps it elsewhere.
    """

    events: int
    head: str
    broken: Broken | None

    @property
    def is_intact(self) -> bool:
        """Whether there are events, and every one is what was written.

        Of nothing nobody can say that it is whole: it is all that is left of what was lost.
        """
        return self.broken is None and self.events > 0


class Link(StrEnum):
    """How a line hangs on the line before it, as that was found."""

    HOLDS = "holds"
    BREAKS = "breaks"
    UNREADABLE = "unreadable"


class Checked(NamedTuple):
    """One line: the hash that it carries, empty where it has none, and whether it follows."""

    chainhash: str
    link: Link


@dataclass(frozen=True, slots=True)
class Verifier(Generic[Event]):
    """How far a history has been verified: a value, to be fed with the lines that come next.

    It may be kept, fed later, and asked for its ``audit`` at any time. ``head`` is the hash of
    the last event that is as it was written, ``before`` that of the one before it, ``last`` the
    one that the last line carries.
    """

    form: OwnForm[Event] = field(compare=False)
    known_head: str | None = None
    lines: int = 0
    events: int = 0
    head: str = GENESIS_HASH
    before: str = GENESIS_HASH
    last: str = GENESIS_HASH
    has_known_head: bool = True
    suspect: Suspect | None = None
    broken: Broken | None = None

    @classmethod
    def genesis(cls, codec: Codec[Event], known_head: str | None = None) -> Self:
        """Nothing verified yet.

        ``known_head`` is the hash that some event is known to have had, kept from an earlier
        audit: a history without it is not the one that was audited then.
        """
        is_there = known_head in (None, GENESIS_HASH)
        return cls(OwnForm(codec), known_head, has_known_head=is_there)

    def feed(self, lines: Iterable[str | None]) -> tuple[Self, tuple[Checked, ...]]:
        """Check the lines that come next, as they were found and without line feeds.

        One that is known to be missing is fed as None. Nothing is raised, whatever they hold.
        """
        checked: list[Checked] = []
        return self.fed(lines, checked.append), tuple(checked)

    def fed(
        self, lines: Iterable[str | None], tell: Callable[[Checked], object] | None = None
    ) -> Self:
        """As ``feed``, for who wants to know of single lines only by the way, or not at all."""
        form, known_head = self.form, self.known_head
        nth, events = self.lines, self.events
        before, head, last = self.before, self.head, self.last
        has_known_head, suspect, broken = self.has_known_head, self.suspect, self.broken
        for line in lines:
            nth += 1
            own = form.content(line) if line is not None and is_text(line) else None
            seal = _look_at(line, nth) if own is None else Seal(Position(nth), *own)
            if isinstance(seal, Broken):
                last = NO_HASH
                if tell:
                    tell(_UNREADABLE)
                if suspect is None and broken is None:
                    broken = seal
                continue
            events += 1
            holds = seal.follows(last) and seal.sequence in (None, nth)
            last = seal.chainhash
            if tell:
                tell(Checked(last, Link.HOLDS if holds else Link.BREAKS))
            if suspect is not None:
                suspect = suspect.after(seal)
            elif holds and broken is None:
                before, head = head, last
                has_known_head = has_known_head or head == known_head
            elif broken is None:
                suspect = Suspect.of(seal, before, head)
        return replace(
            self,
            lines=nth,
            events=events,
            head=head,
            before=before,
            last=last,
            has_known_head=has_known_head,
            suspect=suspect,
            broken=broken,
        )

    def vouched(self, lines: Sequence[str], before: str, hashes: tuple[str, str]) -> Self | None:
        """As if fed with lines that somebody has just hashed anew, one after the other.

        ``before`` is the hash that they were found to follow, ``hashes`` those of the last two.
        None, if they do not follow here: then they are to be fed.
        """
        if self.suspect or self.broken or before != self.last:
            return None
        known_head = self.known_head or GENESIS_HASH
        return replace(
            self,
            lines=self.lines + len(lines),
            events=self.events + len(lines),
            before=hashes[0],
            head=hashes[1],
            last=hashes[1],
            has_known_head=self.has_known_head or any(known_head in line for line in lines),
        )

    def refuse(self, unfit: UnfitLine) -> Self:
        """Take note that the next line cannot even be had as text."""
        broken = self.broken
        if broken is None and self.suspect is None:
            broken = _unreadable(self.lines + 1, unfit)
        return replace(self, lines=self.lines + 1, last=NO_HASH, broken=broken)

    def cut_short(self) -> Self:
        """Take note that the last line was fed as far as it goes, and ends there."""
        broken = self.broken
        if broken is None or broken.position != self.lines or broken.sign is not Sign.NOT_JSON:
            return self
        return replace(self, broken=replace(broken, kind=Break.CUT_SHORT, sign=Sign.ENDS_WITHIN))

    def audit(self) -> Audit:
        """What the lines so far are worth, were they all."""
        if self.suspect is not None:
            diagnosis = self.suspect.diagnosis()
            is_before = diagnosis.position < self.suspect.seal.position
            return Audit(self.events, self.before if is_before else self.head, diagnosis)
        broken = self.broken
        if broken is None and not self.has_known_head:
            broken = Broken(Position(self.lines + 1), Break.CUT_SHORT, Sign.HEAD_MISSING)
        return Audit(self.events, self.head, broken)


def verify(chunks: Iterable[bytes], codec: Codec[Event], known_head: str | None = None) -> Audit:
    """Check the hash chain of a file, given as its bytes in pieces of any size.

    ``known_head`` is as for ``Verifier.genesis``.

    Raises:
        RefusedLine: the file is no file of events, or its events carry no hashes at all.
    """
    verifier = Verifier.genesis(codec, known_head)
    first: Line | None = None
    try:
        for lines in read_many_lines(chunks):
            texts = lines.text.split("\n")
            first = first or Line(lines.first, texts[0], lines.is_cut)
            verifier = verifier.fed(texts)
            if lines.is_cut:
                verifier = verifier.cut_short()
            if verifier.events == 0:
                break
    except RefusedLine as refusal:
        if verifier.events == 0:
            raise
        unfit = UnfitLine(refusal.reason, refusal.remedy, refusal.evidence)
        unfit.is_beyond = refusal.is_beyond
        verifier = verifier.refuse(unfit)
    found = verifier.audit()
    broken = found.broken
    if first is not None and broken is not None and broken.position == 1:
        if broken.unfit is not None:
            raise refused(first, broken.unfit)
        if broken.sign is Sign.NO_HASHES:
            raise refused(first, _NO_HASHES)
    return found


_UNREADABLE: Final = Checked(NO_HASH, Link.UNREADABLE)
_NO_HASHES: Final = UnfitLine(
    "Neither it nor any other event of the file carries a “chainhash” to verify.",
    "`esbank convert` writes a file in which each does, from then on.",
)


def _look_at(line: str | None, nth: int) -> Seal | Broken:
    if line is None:
        return Broken(Position(nth), Break.REMOVED, Sign.MISSING)
    try:
        return _seal_of(line, nth)
    except UnfitLine as unfit:
        return _unreadable(nth, unfit)


def _seal_of(line: str, nth: int) -> Seal:
    check_text(line)
    document = parse_text(line)
    own_hash = document.pop(HASH_ATTRIBUTE, None)
    sequence = document.get("sequence")
    # Of twelve digits, as we write them; whoever else counts does so in an order of their own.
    is_position = (
        isinstance(sequence, str)
        and len(sequence) == SEQUENCE_DIGITS
        and sequence.isdecimal()
        and sequence.isascii()
    )
    return Seal(
        Position(nth),
        canonical_json(document),
        own_hash if isinstance(own_hash, str) else NO_HASH,
        int(str(sequence)) if is_position else None,
    )


def _unreadable(nth: int, unfit: UnfitLine) -> Broken:
    """What a line that is no line of events is a sign of; too much of one may be a newer one."""
    if unfit.is_beyond:
        kind, sign = Break.UNREADABLE, Sign.BEYOND
    else:
        kind, sign = Break.ALTERED, Sign.NOT_JSON if unfit.is_broken else Sign.UNFIT
    return Broken(Position(nth), kind, sign, unfit=unfit)
