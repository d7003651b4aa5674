"""What the Audit lab knows: of one history what was found, and what the reader has chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from bankpage.labs.contract import LIVE, LiveLedger, Remark, Study, Subject
from esbank_core.bank.account import CODEC, Ledger, empty_ledger
from esbank_core.bank.events import Event
from esbank_core.kernel.append_only import AppendOnly
from esbank_core.kernel.identity import Position
from esbank_core.kernel.written.audit import Audit, Verifier
from esbank_core.kernel.written.heads import Comparison, KeptHead
from esbank_core.kernel.written.tampering import Retelling, Tampering
from esbank_core.questions.bank.statement import Statement
from esbank_core.questions.deeds import Deeds, Step, Wanted
from esbank_core.questions.wording.days import Days

LINKS: Final = 8
"""How many links of the chain are drawn at a time."""


class Asked(StrEnum):
    """What a chain is verified for."""

    VERDICT = "verdict"
    COMPARISON = "comparison"
    HEAD = "head"


class Attack(StrEnum):
    """What can be done to a copy of the history."""

    ALTER = "alter-amount"
    RENAME = "rename-owner"
    REMOVE = "remove"
    INSERT = "insert"
    SWAP = "swap"
    CUT_OFF = "cut-off"
    BACKDATE = "backdate"
    REHASH = "rehash"


class Word(StrEnum):
    """What a verdict says, in a word."""

    NOTHING = "nothing"
    UNCHAINED = "unchained"
    INTACT = "intact"
    BROKEN = "broken"
    SAME = "same"
    GROWN = "grown"
    ANOTHER = "another"


@dataclass(frozen=True, slots=True)
class Verification:
    """A history's lines, how far they are verified, and what for."""

    lines: AppendOnly[str]
    verifier: Verifier[Event] = field(default_factory=lambda: Verifier[Event].genesis(CODEC))
    purpose: Asked = Asked.VERDICT

    @property
    def is_done(self) -> bool:
        """Whether all of it is verified."""
        return self.verifier.lines >= len(self.lines)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of a history: the word, what the audit found, what a known head is to it."""

    word: Word
    audit: Audit
    comparison: Comparison | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a history in the making, attacked; made, read and verified in slices."""

    name: str
    remarks: tuple[Remark, ...]
    tampering: Tampering
    from_lines: AppendOnly[str]
    from_history: Ledger
    lines: AppendOnly[str] = field(default_factory=AppendOnly)
    history: Ledger = field(default_factory=empty_ledger)
    retelling: Retelling[Event] = field(default_factory=Retelling)
    chain: Verifier[Event] = field(default_factory=lambda: Verifier[Event].genesis(CODEC))
    attack: Attack | None = None

    @property
    def length(self) -> int:
        """How many lines it will have."""
        return self.tampering.count(len(self.from_lines))


@dataclass(frozen=True, slots=True)
class Seen:
    """A history as it was when something was found in it."""

    on_stage: LiveLedger | Study
    history: Ledger

    def goes_on_in(self, subject: Subject) -> bool:
        """Whether a subject is the same history, or the same grown."""
        head, after = self.history.head, subject.history
        if self.on_stage is not subject.on_stage or head > after.head:
            return False
        return not head or after.recorded[head - 1] is self.history.recorded[head - 1]


@dataclass(frozen=True, slots=True)
class Counted:
    """Who did what, as far as a history has been counted."""

    deeds: Deeds = field(default_factory=Deeds)
    seen: Seen = Seen(LIVE, empty_ledger())


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for in a history, how far, and what was found."""

    wanted: Wanted
    seen: Seen
    count: int = 0
    """How many events have been looked at."""
    found: tuple[Position, ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether all of it has been looked through."""
        return self.count >= self.seen.history.head


@dataclass(frozen=True, slots=True)
class Path:
    """The path of a request in a history, from an event of it."""

    seen: Seen
    position: Position
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class OnSheet:
    """A statement that is shown, and the days that it was asked for."""

    statement: Statement
    days: Days
    seen: Seen


@dataclass(frozen=True, slots=True)
class Desk:
    """All of the lab."""

    verification: Verification | None = None
    verdict: Verdict | None = None
    known: KeptHead | None = None
    """The head that is known, once one was given."""
    kept: KeptHead | None = None
    """The head that was kept last, as it was handed out."""
    head_said: Remark | None = None
    head_copied: Remark | None = None
    hand_copied: Remark | None = None
    first_link: int | None = None
    """The first of the links that are drawn; None where the slider says."""
    by_hand: Position | None = None

    chosen: Position | None = None
    """The event to attack."""
    copy: Copy | None = None
    attack_said: Remark | None = None

    actor_said: Remark | None = None
    counted: Counted = Counted()
    is_counting: bool = False
    search: Search | None = None
    search_said: Remark | None = None
    path: Path | None = None

    sheet: OnSheet | None = None
    statement_said: Remark | None = None


def to_say(phrase: str, **values: object) -> Remark:
    """Something to be said, by its phrase."""
    texts: Mapping[str, str] = {name: str(value) for name, value in values.items()}
    return Remark(phrase, texts)
