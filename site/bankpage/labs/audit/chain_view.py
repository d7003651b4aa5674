"""The chain in sight: the verdict and why, the links around it, and one event by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, assert_never

from bankpage.labs.audit.model import LINKS, Copy, Desk, Verdict, Verification, Word
from bankpage.labs.audit.verifying import first_link
from bankpage.labs.audit.wording import Memory, remembered, short_hash
from bankpage.labs.contract import LIVE, Subject
from bankpage.paper.figures import shortened
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Element, Slot, Value, text
from esbank_core.bank.account import CODEC
from esbank_core.bank.events import Event
from esbank_core.bank.views import type_of
from esbank_core.kernel.errors import UnfitLine
from esbank_core.kernel.identity import Position
from esbank_core.kernel.written.audit import Checked, Link, Verifier
from esbank_core.kernel.written.by_hand import ByHand, by_hand, python_command, sha256sum_command
from esbank_core.kernel.written.chain import GENESIS_HASH
from esbank_core.kernel.written.heads import Relation, carried_hash
from esbank_core.kernel.written.suspect import Broken, Sign

HEAD_DIGITS: Final = 4
"""So many digits of a head stand in a verdict; all of them stand below it."""

LONGEST_BY_HAND: Final = 20_000
"""Characters of an event that can still be copied into a terminal by hand."""

_GENESIS: Final = Verifier[Event].genesis(CODEC)

_links: Memory[tuple[Element, ...]] = []
_beside: Memory[tuple[Slot, ...]] = []


def chain(desk: Desk, subject: Subject, phrases: Phrases) -> Iterator[Slot]:
    """The verdict, the chain and one event."""
    is_study = subject.on_stage is not LIVE
    yield from remembered(
        _beside,
        (desk, subject.lines, is_study),
        lambda: (
            *_told(desk, is_study, phrases),
            *_checked(subject, desk.by_hand, phrases),
        ),
    )
    first = first_link(desk, subject)
    head = len(subject.lines)
    if subject.lines.at_hand < head:
        yield Slot("audit-links", {}, ())
        yield text("audit-links-shown", phrases("audit-links-written"))
        yield Slot("audit-earlier", {"aria-disabled": "true"})
        yield Slot("audit-later", {"aria-disabled": "true"})
        return
    of = (subject.lines, first, desk.by_hand or 0, _marked(desk.verdict))
    yield Slot(
        "audit-links", {}, remembered(_links, of, lambda: tuple(_drawn(desk, subject, phrases)))
    )
    shown = phrases("audit-links-shown", first=first, last=min(head, first + LINKS - 1), head=head)
    yield text("audit-links-shown", shown if head else phrases("audit-no-links"))
    yield Slot("audit-earlier", {"aria-disabled": "true" if first <= 1 else None})
    yield Slot("audit-later", {"aria-disabled": "true" if first + LINKS > head else None})


def _told(desk: Desk, is_study: bool, phrases: Phrases) -> Iterator[Slot]:
    """The verdict and why, how far the work has come, and what can be done about it."""
    verdict = desk.verdict
    word = verdict.word if verdict else "none"
    yield Slot("audit-verdict-box", {"data-word": word})
    yield text("audit-verdict", _verdict(verdict, phrases) if verdict else "")
    yield Slot("audit-why", {}, tuple(_paragraphs(_why(verdict, phrases) if verdict else [])))
    done, total = _progress(desk.verification, desk.copy)
    yield Slot("audit-progress", {"hidden": done >= total, "max": total, "value": done})
    yield Slot("audit-chain-it", {"hidden": word != Word.UNCHAINED})
    yield Slot("audit-leave", {"hidden": not is_study})


# The verdict.


def _verdict(verdict: Verdict, phrases: Phrases) -> str:
    audit = verdict.audit
    match verdict.word:
        case Word.NOTHING | Word.SAME | Word.ANOTHER:
            return phrases(f"audit-verdict-{verdict.word}")
        case Word.UNCHAINED:
            return phrases.counted("audit-verdict-unchained", audit.events)
        case Word.INTACT:
            digits = audit.head[:HEAD_DIGITS]
            events = phrases.counted("audit-events", audit.events)
            return phrases("audit-verdict-intact", events=events, digits=digits)
        case Word.BROKEN:
            return _broken(audit.broken, phrases)
        case Word.GROWN:
            since = verdict.comparison.since if verdict.comparison else 0
            return phrases.counted("audit-verdict-grown", since)
        case _:
            assert_never(verdict.word)


def _broken(broken: Broken | None, phrases: Phrases) -> str:
    if broken is None:
        return ""
    kind = phrases(f"chain-{broken.kind.replace(' ', '-')}")
    return phrases("audit-verdict-broken", position=broken.position, kind=kind)


def _why(verdict: Verdict, phrases: Phrases) -> Iterator[str]:
    """What stands behind a verdict, sentence by sentence."""
    audit, comparison = verdict.audit, verdict.comparison
    if verdict.word is Word.UNCHAINED:
        yield phrases("audit-why-unchained")
        return
    if verdict.word is Word.NOTHING:
        yield phrases("audit-why-nothing")
    if broken := audit.broken:
        if verdict.word is not Word.BROKEN:
            yield _broken(broken, phrases)
        yield _reason(broken, phrases)
        if broken.position > 1:
            last = Position(broken.position - 1)
            yield phrases("audit-why-up-to", position=last, hash=audit.head)
    elif audit.events:
        yield phrases("audit-why-head", hash=audit.head)
    if comparison is None:
        if verdict.word is Word.INTACT:
            yield phrases("audit-why-no-known-head")
        return
    match comparison.relation:
        case Relation.SAME:
            yield phrases("audit-why-same")
        case Relation.GROWN:
            yield phrases.counted("audit-why-grown", comparison.since, at=comparison.position)
        case Relation.ANOTHER:
            whole = "broken" if broken else "whole"
            yield phrases(f"audit-why-another-{whole}")
        case _:
            assert_never(comparison.relation)


def _reason(broken: Broken, phrases: Phrases) -> str:
    """By what a break shows, as a sentence."""
    name = f"audit-sign-{broken.sign}"
    if broken.sign is Sign.HASH_DIFFERS:
        name += "" if broken.goes_on else "-and-after"
        name += "" if broken.stated else "-unplaced"
    elif broken.sign is Sign.OTHER_STANDS_HERE and broken.stated is None:
        name += "-unknown"
    return phrases(
        name,
        position=broken.position,
        stated=broken.stated,
        found_at=broken.found_at,
        before=broken.position - 1,
        missing=(broken.stated or broken.position) - broken.position,
        reason=broken.unfit.reason if broken.unfit else "",
    )


def _paragraphs(sentences: Iterator[str] | list[str]) -> Iterator[Element]:
    for sentence in sentences:
        yield Element("p", {"class": "hint"}, (sentence,))


def _progress(verification: Verification | None, copy: Copy | None) -> tuple[int, int]:
    """How far the work goes that is under way; as far as it should where there is none."""
    if copy is not None:
        return len(copy.lines), max(1, copy.length)
    if verification is not None and not verification.is_done:
        return verification.verifier.lines, max(1, len(verification.lines))
    return 1, 1


# The links.


def _marked(verdict: Verdict | None) -> int:
    broken = verdict.audit.broken if verdict and verdict.word is not Word.UNCHAINED else None
    return broken.position if broken else 0


def links(subject: Subject, first: int, count: int = LINKS) -> tuple[str, tuple[Checked, ...]]:
    """The hash before the first of some links, and each of them checked as it stands."""
    before = GENESIS_HASH if first <= 1 else carried_hash(subject.lines[first - 2])
    verifier = replace(_GENESIS, lines=first - 1, last=before, head=before)
    _, checked = verifier.feed(
        line or None for line in subject.lines[first - 1 : first + count - 1]
    )
    return before, checked


def _drawn(desk: Desk, subject: Subject, phrases: Phrases) -> Iterator[Element]:
    first = first_link(desk, subject)
    marked = _marked(desk.verdict)
    before, checked = links(subject, first)
    for position, link in enumerate(checked, start=first):
        recorded = subject.history.at(Position(position))
        is_broken = link.link is not Link.HOLDS and (marked > 0 or bool(link.chainhash))
        attributes: dict[str, Value] = {
            "class": "audit-link",
            "data-link": link.link.value if is_broken or link.link is Link.HOLDS else "none",
            "data-marked": position == marked,
        }
        check: dict[str, Value] = {
            "type": "button",
            "class": "audit-small",
            "data-gesture": "audit-hand",
            "data-position": position,
            "aria-pressed": "true" if position == desk.by_hand else "false",
        }
        joint = f"audit-link-{link.link}" if link.chainhash or before else "audit-link-none"
        if position == 1 and link.chainhash:
            joint += "-first"
        about = {"position": position, "before": position - 1}
        yield Element(
            "li",
            attributes,
            (
                Element("span", {"class": "audit-joint"}, (phrases(joint, **about),)),
                Element(
                    "span",
                    {"class": "audit-event"},
                    (f"#{position} {shortened(type_of(recorded.event))}",),
                ),
                _labelled(phrases("audit-hash-before"), short_hash(before)),
                _labelled(phrases("audit-hash-own"), short_hash(link.chainhash)),
                Element("button", check, (phrases("audit-check", position=position),)),
            ),
            key=f"audit-link-{position}",
        )
        before = link.chainhash


def _labelled(label: str, value: str) -> Element:
    return Element("span", {"class": "audit-hash"}, (label, " ", Element("code", {}, (value,))))


# By hand.


def _checked(subject: Subject, position: Position | None, phrases: Phrases) -> Iterator[Slot]:
    found: ByHand | None = None
    title = why = ""
    if position is not None and 0 < position <= subject.lines.at_hand:
        title = phrases("audit-hand-title", position=position)
        try:
            found = by_hand(subject.lines, position)
        except UnfitLine as unfit:
            why = phrases("audit-hand-unfit", reason=unfit.reason)
        except ValueError as impossible:
            why = phrases("audit-hand-unfit", reason=str(impossible))
    if found is not None:
        verdict = "holds" if found.holds else "differs" if found.carried else "none"
        why = phrases(f"audit-hand-{verdict}")
    is_short = found is not None and len(found.hashed) <= LONGEST_BY_HAND
    yield Slot("audit-hand", {"hidden": not title})
    yield text("audit-hand-title", title)
    yield text("audit-hand-why", why)
    yield Slot("audit-hand-parts", {"hidden": found is None})
    yield text("audit-hand-before", found.before or "–" if found else "")
    yield text("audit-hand-content", _cut(found.content, phrases) if found else "")
    yield text("audit-hand-hash", found.hash if found else "")
    yield text("audit-hand-carried", (found.carried or "–") if found else "")
    yield Slot("audit-hand-commands", {"hidden": not is_short})
    hashed = found.hashed if found and is_short else ""
    yield text("audit-hand-sha256sum", sha256sum_command(hashed) if hashed else "")
    yield text("audit-hand-python", python_command(hashed) if hashed else "")


def _cut(content: str, phrases: Phrases) -> str:
    if len(content) <= LONGEST_BY_HAND:
        return content
    return content[:LONGEST_BY_HAND] + phrases("audit-hand-cut", count=len(content))
