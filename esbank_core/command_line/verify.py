"""``esbank verify``: whether every event is as it was written."""

from __future__ import annotations

from argparse import Namespace
from contextlib import suppress
from pathlib import Path
from typing import assert_never

from esbank_core.command_line.choosing import choice_in
from esbank_core.command_line.exit_status import BROKEN, INTACT
from esbank_core.command_line.foreign import Foreign
from esbank_core.command_line.grammar import Commands, command
from esbank_core.command_line.opening import dump_of, opened
from esbank_core.command_line.printing import print_json, print_line, printable
from esbank_core.command_line.problem import ProblemError
from esbank_core.command_line.provenance import sentence_on
from esbank_core.command_line.reading import audited, is_database
from esbank_core.command_line.sentences import counted
from esbank_core.command_line.writing import STANDARD_STREAM
from esbank_core.kernel.written.chain import HASH_ATTRIBUTE
from esbank_core.kernel.written.heads import LONGEST_HEAD, NoHeadError, read_head
from esbank_core.kernel.written.suspect import Break, Broken, Sign
from esbank_core.sources.cloud_events import EVENTSOURCINGDB
from esbank_core.sources.eventsourcingdb_hashes import HashVerdict
from esbank_core.sources.known import chosen


def add_to(commands: Commands) -> None:
    """Add the grammar of this command."""
    verify = command(commands, "verify", "check that every event is as it was written")
    verify.add_argument(
        "--head", metavar="HEAD", help="the head that its history must hold: hash, text or file"
    )
    verify.set_defaults(run=run)


def run(given: Namespace) -> int:
    """Check the hash chain, and say where and how it is broken."""
    head = None if given.head is None else _head_in(given.head)
    own = None if head else _chain_of_their_own(given)
    if own is not None:
        return _say_of_their_own(own, as_json=given.json)
    found = audited(given.file, head)
    broken = found.broken
    if given.json:
        evidence = broken and {
            "position": broken.position,
            "kind": broken.kind.value,
            "sign": broken.sign.value,
            "reason": _reason(broken),
        }
        print_json(
            {"ok": found.is_intact, "events": found.events, "head": found.head, "broken": evidence}
        )
    elif broken is None and not found.events:
        print("Nothing to verify: it holds no event, whatever it may have held.")
    elif broken is None:
        print(f"Intact: {counted(found.events, 'event')}, each as it was written.")
        print(f"Head: {found.head}")
    else:
        print(f"Broken at event {broken.position}: {broken.kind.value}.")
        print(printable(_reason(broken)))
        print(f"Intact up to event {broken.position - 1}, whose hash is {found.head}.")
    return INTACT if found.is_intact else BROKEN


def _chain_of_their_own(given: Namespace) -> HashVerdict | None:
    """What verifying a dump by the hashes of its own store shows; None where it has none.

    A file that was converted carries ours as well, and those are what counts.
    """
    path = given.file
    if path == STANDARD_STREAM or not Path(path).is_file() or is_database(path):
        return None
    with suppress(ProblemError):
        with dump_of(path) as dump:
            source = chosen(dump.recognitions)
            is_theirs = source is not None and source.source == EVENTSOURCINGDB.name
            if not is_theirs or any(HASH_ATTRIBUTE in record.fields for record in dump.sample):
                return None
        with opened(path, choice_in(given)) as found:
            if isinstance(found, Foreign):
                found.settle()
                return found.provenance.outcome.hashes
    return None


def _say_of_their_own(verdict: HashVerdict, *, as_json: bool) -> int:
    is_intact = not (verdict.altered_count or verdict.unlinked_count)
    if as_json:
        print_json(
            {
                "ok": is_intact,
                "events": verdict.verified + verdict.altered_count,
                "by": EVENTSOURCINGDB.name,
                "altered": list(verdict.altered),
                "unlinked": list(verdict.unlinked),
            }
        )
    else:
        print("Intact" if is_intact else "Broken", end=" by EventSourcingDB's own rule.\n")
        print_line(sentence_on(verdict))
    return INTACT if is_intact else BROKEN


def _head_in(text: str) -> str:
    """The hash of a head: as such, as the text that the page keeps, or as the file of one."""
    with suppress(OSError, ValueError):
        if Path(text).is_file():
            with Path(text).open(encoding="utf-8") as file:
                text = file.read(LONGEST_HEAD + 1)
    try:
        return read_head(text).hash
    except NoHeadError:
        raise ProblemError(
            "A head is a hash of 64 hexadecimal digits, as verify prints it, or the text in which "
            "the page keeps one, or a file that holds either."
        ) from None


def _reason(broken: Broken) -> str:
    """By what a break shows, as a sentence."""
    position, stated = broken.position, broken.stated
    match broken.sign:
        case Sign.HASH_DIFFERS:
            reason = "Its hash is not that of what it says"
            if not broken.goes_on:
                reason += ", and the next event does not follow it"
            return reason + ("; or events before it are missing." if stated is None else ".")
        case Sign.NO_HASH:
            return "It carries no hash, as the events before it do."
        case Sign.NO_HASHES:
            return "No event carries a hash to verify."
        case Sign.HASHED_ANEW:
            were = "missing" if broken.kind is Break.REMOVED else "added"
            return f"Events before it were {were}: it was event {stated}, and hashed anew."
        case Sign.PASSED_OVER:
            return f"Event {position} was not there when the one after it was written."
        case Sign.OTHER_STANDS_HERE:
            stands = "Another event" if stated is None else f"Event {stated}"
            return f"{stands} stands here; the one that belongs here is on line {broken.found_at}."
        case Sign.ONE_TOO_MANY:
            belongs = f"the event that belongs here, on line {broken.found_at},"
            return f"It was not there when {belongs} was written."
        case Sign.NUMBERS_SKIPPED:
            missing = (stated or position) - position
            return f"Missing before event {stated}: {counted(missing, 'event')}."
        case Sign.NUMBER_REPEATED:
            return f"It says that it is event {stated}, and nothing was written after it."
        case Sign.MISSING:
            return "Nothing stands at its place."
        case Sign.HEAD_MISSING:
            return (
                f"The history ends after {counted(position - 1, 'event')} without the hash that is "
                "known: events at its end are missing, or it was written anew."
            )
        case Sign.ENDS_WITHIN:
            return f"Line {position}: the file ends in the middle of it."
        case Sign.NOT_JSON | Sign.UNFIT | Sign.BEYOND:
            assert broken.unfit is not None
            return f"Line {position}: {broken.unfit.reason} {broken.unfit.remedy}"
        case Sign.ROW_DIFFERS:
            return "The database keeps it as another event than its line says."
        case _:
            assert_never(broken.sign)
