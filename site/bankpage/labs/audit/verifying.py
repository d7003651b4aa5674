"""Verifying: the chain of the history on show, in slices; then a verdict, or a head to keep."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bankpage.labs.audit.messages import AuditMessage, Verified
from bankpage.labs.audit.model import (
    LINKS,
    Asked,
    Desk,
    Verdict,
    Verification,
    Word,
    to_say,
)
from bankpage.labs.contract import Subject, Turn
from bankpage.paper.effects import Download, Focus
from bankpage.paper.occasion import Occasion
from esbank_core.kernel.written.heads import (
    KeptHead,
    NoHeadError,
    Relation,
    compare,
    read_head,
    write_head,
)
from esbank_core.kernel.written.suspect import Sign

SLICE: Final = 1200
"""Lines verified with one message: some 20 ms in a browser."""

HEAD_FILE: Final = "esbank-head.txt"

LINKS_BEFORE: Final = 2
"""How many links are drawn before a broken one."""

AuditTurn = Turn[Desk, AuditMessage]


def verify(desk: Desk, purpose: Asked, subject: Subject, occasion: Occasion) -> AuditTurn:
    """Verify all of the history on show, from its first line; nothing found before counts."""
    begun = Verification(subject.lines, purpose=purpose)
    desk = replace(desk, verification=begun, verdict=None, head_said=None, kept=None)
    return verified(desk, subject, occasion)


def compare_with(desk: Desk, typed: str, subject: Subject, occasion: Occasion) -> AuditTurn:
    """Hold the history against a head; with nothing typed, none is known any more."""
    if not typed.strip():
        none = replace(desk, known=None, head_said=to_say("audit-no-known-head"))
        return Turn(none, (Focus("audit-known"),))
    try:
        known = read_head(typed)
    except NoHeadError:
        return Turn(replace(desk, head_said=to_say("audit-no-head")), (Focus("audit-known"),))
    return verify(replace(desk, known=known), Asked.COMPARISON, subject, occasion)


def verified(desk: Desk, subject: Subject, occasion: Occasion) -> AuditTurn:
    """The chain verified by a slice more; at its end, what comes of it."""
    work = desk.verification
    if work is None or work.lines is not subject.lines:
        return Turn(desk)
    start = work.verifier.lines
    lines = work.lines[start : start + SLICE]
    work = replace(work, verifier=work.verifier.fed(line or None for line in lines))
    desk = replace(desk, verification=work)
    return concluded(desk, occasion) if work.is_done else Turn(desk, later=Verified())


def concluded(desk: Desk, occasion: Occasion) -> AuditTurn:
    """What comes of a chain that is verified to its end."""
    work = desk.verification
    if work is None:
        return Turn(desk)
    verdict = _verdict(work, desk.known)
    desk = replace(desk, verdict=verdict, first_link=_first_to_draw(verdict, desk.first_link))
    if work.purpose is not Asked.HEAD:
        return Turn(desk)
    audit = verdict.audit
    if verdict.word in (Word.NOTHING, Word.UNCHAINED) or audit.broken is not None:
        return Turn(replace(desk, head_said=to_say(f"audit-keep-{_without_head(verdict)}")))
    kept = KeptHead(audit.head, audit.events, occasion.time)
    return Turn(replace(desk, kept=kept), (Focus("audit-kept"),))


def downloaded(desk: Desk) -> AuditTurn:
    """The kept head as a file."""
    if desk.kept is None:
        return Turn(desk)
    return Turn(desk, (Download(HEAD_FILE, write_head(desk.kept)),))


def moved(desk: Desk, by: int, subject: Subject) -> AuditTurn:
    """Draw earlier links of the chain, or later ones."""
    first = first_link(desk, subject) + by * LINKS
    last = max(1, len(subject.lines) - LINKS + 1)
    return Turn(replace(desk, first_link=max(1, min(first, last))))


def first_link(desk: Desk, subject: Subject) -> int:
    """The first link that is drawn: the one chosen, or those up to where the slider stands."""
    last = max(1, len(subject.lines) - LINKS + 1)
    wanted = subject.position - LINKS + 1 if desk.first_link is None else desk.first_link
    return max(1, min(wanted, last))


def _without_head(verdict: Verdict) -> str:
    return "broken" if verdict.audit.broken and verdict.word is not Word.UNCHAINED else verdict.word


def _first_to_draw(verdict: Verdict, chosen: int | None) -> int | None:
    broken = verdict.audit.broken
    if broken is None or verdict.word is Word.UNCHAINED:
        return chosen
    return max(1, broken.position - LINKS_BEFORE)


def _verdict(work: Verification, known: KeptHead | None) -> Verdict:
    audit = work.verifier.audit()
    if audit.broken is not None and audit.broken.sign is Sign.NO_HASHES:
        return Verdict(Word.UNCHAINED, audit)
    comparison = compare(work.lines, audit, known) if known else None
    is_compared = work.purpose is Asked.COMPARISON
    if audit.broken is not None:
        is_another = comparison is not None and comparison.relation is Relation.ANOTHER
        word = Word.ANOTHER if is_compared and is_another else Word.BROKEN
    elif comparison is not None and (is_compared or comparison.relation is Relation.ANOTHER):
        word = Word(comparison.relation.value)
    else:
        word = Word.INTACT if audit.events else Word.NOTHING
    return Verdict(word, audit, comparison)
