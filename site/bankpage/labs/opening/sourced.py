"""What is to be said of a history that another store dumped: whose it is, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from bankpage.labs.contract import Remark
from bankpage.labs.opening.refusals import LONGEST_NAME, shortened
from esbank_core.sources import Note, Outcome, Tally, Why
from esbank_core.sources.eventsourcingdb_hashes import HashVerdict

NAMES: Final[Mapping[str, str]] = {
    "eventsourcingdb": "EventSourcingDB",
    "cloudevents": "CloudEvents",
    "kurrentdb-http": "KurrentDB, over HTTP",
    "kurrentdb-grpc": "KurrentDB, over gRPC",
    "kurrentdb-event": "KurrentDB, event by event",
    "marten": "Marten",
    "message-db": "message-db",
    "axon": "Axon",
    "python-eventsourcing": "Python’s eventsourcing",
    "commanded": "Commanded",
    "rails-event-store": "Rails Event Store",
    "emmett": "Emmett",
    "prooph": "Prooph",
    "eventflow": "EventFlow",
    "kcat": "Kafka, by kcat",
    "debezium": "Debezium",
    "mapping": "the fields chosen by hand",
}
"""What the sources are called, which are all names."""


def remarks_on(outcome: Outcome) -> Iterator[Remark]:
    """Which source it was and by what it was put in order; what is no event, and what was odd."""
    yield Remark(f"opening-order-{_slug(outcome.order)}", {"source": NAMES[outcome.source]})
    if outcome.hashes is not None:
        yield _on_hashes(outcome.hashes)
    for tally in (*outcome.unplaced, *outcome.notes):
        yield _on_tally(tally)


def phrase_of(code: Why | Note) -> str:
    """The phrase that says what became of records, by its code."""
    kind = "why" if isinstance(code, Why) else "note"
    return f"opening-{kind}-{_slug(code)}"


def _on_tally(tally: Tally) -> Remark:
    example = tally.example
    values = {"count": f"{tally.count:,}", "record": f"{example.number:,}", "field": example.field}
    return Remark(phrase_of(tally.code), {**values, "evidence": shortened(example.evidence)})


def _on_hashes(verdict: HashVerdict) -> Remark:
    broken = verdict.altered + verdict.unlinked
    values = {"verified": f"{verdict.verified:,}", "linked": f"{verdict.linked:,}"}
    if not broken:
        return Remark("opening-hashes-hold", values)
    count = verdict.altered_count + verdict.unlinked_count
    return Remark(
        "opening-hashes-broken",
        {**values, "count": f"{count:,}", "first": broken[0][:LONGEST_NAME]},
    )


def _slug(code: str) -> str:
    return code.replace("'", "").replace(" ", "-").lower()
