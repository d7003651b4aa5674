"""Update: what each message makes of the lab, and what it asks for. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from bankpage.labs.audit import attacking, deeds, statements, verifying
from bankpage.labs.audit.messages import (
    ActAsked,
    AttackAsked,
    AuditMessage,
    ChainAsked,
    CompareAsked,
    Copied,
    CopyGrown,
    DeedsCounted,
    DeedsFound,
    DeedsSought,
    EventChosen,
    EventSought,
    FoundShown,
    HandAsked,
    HeadDownloaded,
    LeaveAsked,
    LinksSought,
    Opened,
    PathAsked,
    RefusedExported,
    StatementAsked,
    StatementExported,
    SubjectChanged,
    Verified,
    VerifyAsked,
)
from bankpage.labs.audit.model import Desk, to_say
from bankpage.labs.contract import Subject, Tell, Turn
from bankpage.paper.effects import Focus
from bankpage.paper.occasion import Occasion
from esbank_core.kernel.written.heads import write_head

AuditTurn = Turn[Desk, AuditMessage]


def update(desk: Desk, message: AuditMessage, subject: Subject, occasion: Occasion) -> AuditTurn:
    """The lab after a message."""
    if desk.head_copied or desk.hand_copied:
        desk = replace(desk, head_copied=None, hand_copied=None)
    turn = _updated(desk, message, subject, occasion)
    kept = turn.model.kept
    if kept is None or kept is desk.kept:
        return turn
    # The script draws it as a QR code.
    return replace(turn, effects=(*turn.effects, Tell("audit", write_head(kept))))


def _updated(desk: Desk, message: AuditMessage, subject: Subject, occasion: Occasion) -> AuditTurn:
    match message:
        case Opened() | DeedsCounted():
            return deeds.counted(desk, subject)
        case SubjectChanged():
            return _on_another(desk, subject)

        case VerifyAsked(purpose=purpose):
            return verifying.verify(desk, purpose, subject, occasion)
        case CompareAsked(typed=typed):
            return verifying.compare_with(desk, typed, subject, occasion)
        case Verified():
            return verifying.verified(desk, subject, occasion)
        case LinksSought(by=by):
            return verifying.moved(desk, by, subject)
        case HandAsked(position=position):
            return Turn(replace(desk, by_hand=position), (Focus("audit-hand"),))
        case HeadDownloaded():
            return verifying.downloaded(desk)

        case Copied(how=how, is_head=is_head):
            words = to_say(f"audit-copy-{how}")
            where = (
                replace(desk, head_copied=words) if is_head else replace(desk, hand_copied=words)
            )
            return Turn(where)

        case EventChosen(position=position):
            is_there = 0 < position <= subject.history.head
            return Turn(replace(desk, chosen=position if is_there else None, attack_said=None))
        case AttackAsked(attack=attack, position=position, typed=typed):
            return attacking.attack(desk, attack, position, typed, subject)
        case ChainAsked():
            return attacking.chained(desk, subject)
        case CopyGrown():
            return attacking.grown(desk, occasion)
        case LeaveAsked():
            return attacking.left(desk)

        case ActAsked(typed=typed):
            return deeds.act(desk, typed)
        case DeedsSought():
            return deeds.sought(desk, message, subject)
        case DeedsFound():
            return deeds.found(desk)
        case FoundShown(alone=alone):
            return deeds.shown(desk, alone=alone)
        case EventSought(position=position):
            return deeds.looked_at(desk, position)
        case PathAsked(position=position):
            return deeds.path(desk, position, subject)
        case RefusedExported():
            return deeds.exported(desk, subject)

        case StatementAsked():
            return statements.asked_for(desk, message, subject)
        case StatementExported():
            return statements.exported(desk)
        case _:
            assert_never(message)


def _on_another(desk: Desk, subject: Subject) -> AuditTurn:
    """What was found of another history is not said of this one."""
    work = desk.verification
    is_own_copy = work is not None and work.lines is subject.lines and work.is_done
    if not is_own_copy:
        desk = replace(
            desk, verification=None, verdict=None, kept=None, head_said=None, by_hand=None
        )
    head = subject.history.head
    desk = replace(
        desk,
        first_link=desk.first_link if is_own_copy else None,
        chosen=desk.chosen if desk.chosen and desk.chosen <= head else None,
        search=desk.search if desk.search and desk.search.seen.goes_on_in(subject) else None,
        search_said=None,
        path=desk.path if desk.path and desk.path.seen.goes_on_in(subject) else None,
        sheet=desk.sheet if desk.sheet and desk.sheet.seen.goes_on_in(subject) else None,
        statement_said=None,
    )
    turn = deeds.counted(desk, subject)
    return replace(turn, effects=attacking.ARRIVED) if is_own_copy else turn
