"""How a file of somebody else's was read: by what, in which order, and what had no place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from esbank_core.command_line.sentences import counted
from esbank_core.sources.eventsourcingdb_hashes import HashVerdict
from esbank_core.sources.mapping import NAME as MAPPED
from esbank_core.sources.mapping import Mapping
from esbank_core.sources.ordering import Order
from esbank_core.sources.reading import Choice, Outcome
from esbank_core.sources.records import NoRecords, Note, Noted, Tally, Unplaced, Why

_SHOWN: Final = 80
"""Characters of a record that is an example."""

_ORDERS: Final = {
    Order.POSITION: "in order of the store's own positions",
    Order.PARTITION: "in order of position within each partition, and of time across",
    Order.VERSION: "in order of version within each stream, and of time across",
    Order.TIME: "in order of time",
    Order.AS_THEY_STOOD: "in the order in which they stand",
}
_NOTES: Final = {
    Note.NO_STREAM: "came without a stream",
    Note.NO_TIME: "came without a time",
    Note.OFFSET_ASSUMED: "had a time without an offset, which was taken for UTC",
    Note.VERSIONS_MISSING: "came after versions that are not in the file",
    Note.SAME_PLACE: "had the version of the event before in the stream",
    Note.DATA_NOT_OPENED: "had data that is no JSON, which was kept as text",
    Note.DATA_ELSEWHERE: "had but a number for data: it stands outside of the file",
    Note.KEPT_AS_WRITTEN: "had data that was kept as it was written, for exactness",
    Note.ANOTHER_SCHEMA: "had a type of the bank's name and other data",
    Note.INTENT_MISSING: "were changes of rows: what happened is known, and not why",
}


@dataclass(frozen=True, slots=True)
class Provenance:
    """What became of the records of a file."""

    known_as: str
    outcome: Outcome
    events: int
    choice: Choice = None
    is_sorted_on_disk: bool = False

    def sentences(self) -> list[str]:
        """For people: first one line that says how the file was read, then what is to be noted."""
        outcome = self.outcome
        reader = "by the mapping" if outcome.source == MAPPED else f"as {outcome.source}"
        order = _ORDERS[outcome.order] + (", sorted on disk" if self.is_sorted_on_disk else "")
        packed = ", packed" if outcome.is_packed else ""
        said = (
            f"{self.known_as}: read {reader} ({outcome.layout}{packed}), {order}: "
            f"{counted(self.events, 'event')} of {counted(outcome.records, 'record')}."
        )
        if outcome.unplaced:
            said += f" Without a place: {'; '.join(map(_unplaced, outcome.unplaced))}."
        sentences = [said]
        if isinstance(self.choice, Mapping) and outcome.records and not self.events:
            sentences.append("No record has what the mapping names: is it of another file?")
        sentences.extend(
            f"{counted(tally.count, 'event')} {_note(tally)}." for tally in outcome.notes
        )
        if outcome.hashes is not None:
            sentences.append(sentence_on(outcome.hashes))
        return sentences

    def members(self) -> dict[str, object]:
        """For programs: the same as a member of a JSON document."""
        outcome = self.outcome
        document: dict[str, object] = {
            "file": self.known_as,
            "reader": outcome.source,
            "layout": outcome.layout,
            "encoding": outcome.encoding,
            "packed": outcome.is_packed,
            "order": outcome.order,
            "sorted_on_disk": self.is_sorted_on_disk,
            "records": outcome.records,
            "events": self.events,
            "unplaced": [_tally(tally) for tally in outcome.unplaced],
            "notes": [_tally(tally) for tally in outcome.notes],
        }
        if (hashes := outcome.hashes) is not None:
            document["hashes"] = {
                "verified": hashes.verified,
                "linked": hashes.linked,
                "open": hashes.open,
                "altered": list(hashes.altered),
                "unlinked": list(hashes.unlinked),
            }
        return document


def sentences_of(provenances: Iterable[Provenance]) -> list[str]:
    """How each of several files was read."""
    return [sentence for provenance in provenances for sentence in provenance.sentences()]


def members_of(provenances: Iterable[Provenance]) -> dict[str, object]:
    """For programs: a member ``sources``, where there were any to be recognised."""
    found = [provenance.members() for provenance in provenances]
    return {"sources": found} if found else {}


def without_records(none: NoRecords) -> str:
    """Why a file has no records, as the end of a sentence."""
    if none.why is Why.NO_RECORDS:
        return "no record is in it"
    where = f"line {none.line}: " if none.line else ""
    return f"{where}{none.why}"


def _unplaced(tally: Tally) -> str:
    example = tally.example
    field = f" {example.field}" if example.field else ""
    evidence = f": {_short(example.evidence)}" if example.evidence else ""
    return f"{tally.count:,} × {tally.code}{field} (record {_place(example)}{evidence})"


def _note(tally: Tally) -> str:
    example = tally.example
    return f"{_NOTES[Note(tally.code)]} (first in record {_place(example)})"


def _place(example: Unplaced | Noted) -> str:
    line = f", line {example.line:,}" if example.line else ""
    return f"{example.number:,}{line}"


def _short(evidence: str) -> str:
    one_line = " ".join(evidence.split())
    return one_line if len(one_line) <= _SHOWN else one_line[: _SHOWN - 1] + "…"


def _tally(tally: Tally) -> dict[str, object]:
    example = tally.example
    return {
        "what": tally.code,
        "count": tally.count,
        "record": example.number,
        "line": example.line or None,
        "field": example.field,
        "evidence": example.evidence,
    }


def sentence_on(verdict: HashVerdict) -> str:
    """What verifying the events' own hashes showed."""
    said = (
        f"Its own hashes: {counted(verdict.verified, 'event')} verified, {verdict.linked:,} linked "
        f"to the event before"
    )
    if verdict.altered_count:
        said += f"; altered: {verdict.altered_count:,}, first {verdict.altered[0]}"
    if verdict.unlinked_count:
        said += f"; not following: {verdict.unlinked_count:,}, first {verdict.unlinked[0]}"
    return said + "."
