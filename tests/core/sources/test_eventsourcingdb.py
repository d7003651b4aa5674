"""EventSourcingDB's own chain, and CloudEvents that are refused whole."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from hashlib import sha256

import pytest

from esbank_core import CODEC, Actor, Metadata, RefusedLine
from esbank_core.bank.events import AccountOpened
from esbank_core.kernel.recorded import record
from esbank_core.kernel.written.event_file import read_events
from esbank_core.sources.dump import open_dump
from esbank_core.sources.reading import EventsInOrder, Reading, read_all
from tests.core.histories import file_of
from tests.core.sources import examples
from tests.core.sources.examples import LAYOUTS


def read(data: bytes) -> Reading[object]:
    return read_all(open_dump([data]), CODEC)


@pytest.mark.parametrize("layout", ["JSON Lines", "array, indented", "payload", "CSV"])
def test_hashes_are_verified_by_their_own_rule(layout: str) -> None:
    hashes = read(LAYOUTS[layout](examples.eventsourcingdb())).outcome.hashes
    assert hashes is not None
    assert (hashes.verified, hashes.linked, hashes.open) == (5, 4, 1)
    assert (hashes.altered_count, hashes.unlinked_count) == (0, 0)


def test_hashes_are_verified_one_by_one_as_well() -> None:
    events = EventsInOrder(open_dump([examples.json_lines(examples.eventsourcingdb())]), CODEC)
    assert len(list(events)) == 5
    hashes = events.outcome().hashes
    assert hashes is not None
    assert hashes.verified == 5


@pytest.mark.parametrize(
    "change", [{"data": {"owner": "Eve"}}, {"time": "2026-03-02T10:00:02Z"}, {"subject": "/x"}]
)
def test_an_altered_event_is_named(change: dict[str, object]) -> None:
    events = examples.eventsourcingdb()
    events[2] |= change
    for wrapped in (events, [{"type": "event", "payload": one} for one in events]):
        hashes = read(examples.json_lines(wrapped)).outcome.hashes
        assert hashes is not None
        assert (hashes.altered, hashes.altered_count) == (("2",), 1)
        assert (hashes.verified, hashes.linked) == (4, 4)


def test_a_removed_event_leaves_a_link_open_and_a_replaced_one_breaks_it() -> None:
    events = examples.eventsourcingdb()
    hashes = read(examples.json_lines([*events[:2], *events[3:]])).outcome.hashes
    assert hashes is not None
    assert (hashes.open, hashes.unlinked_count) == (2, 0)
    events[3]["predecessorhash"] = "1" * 64
    hashes = read(examples.json_lines(events)).outcome.hashes
    assert hashes is not None
    assert (hashes.unlinked, hashes.altered) == (("3",), ("3",))


def test_data_is_hashed_as_it_was_sent() -> None:
    (event, *_) = examples.eventsourcingdb()
    sent = '{"b":1.0,"a":"\\u003cb\\u003e"}'
    names = ("specversion", "id", "predecessorhash", "time", "source", "subject", "type")
    about = "|".join([*(str(event[name]) for name in names), str(event["datacontenttype"])])
    both = sha256(about.encode()).hexdigest() + sha256(sent.encode()).hexdigest()
    event |= {"data": 0, "hash": sha256(both.encode()).hexdigest()}
    for spelt in (sent, sent.replace(":", " : ").replace(",", " ,\t")):
        line = json.dumps(event).replace('"data": 0', f'"data": {spelt}')
        hashes = read(line.encode()).outcome.hashes
        assert hashes is not None
        assert hashes.verified == 1


@pytest.mark.parametrize("layout", ["JSON Lines", "array", "array, indented", "entries"])
@pytest.mark.parametrize(
    "change", [{"id": ""}, {"type": 7}, {"time": "yesterday"}, {"specversion": "0.3"}]
)
def test_a_file_of_cloudevents_is_refused_whole_for_one_that_is_none(
    layout: str, change: dict[str, object]
) -> None:
    events = examples.cloud_events()
    events[3] |= change
    with pytest.raises(RefusedLine) as refused:
        read(LAYOUTS[layout](events))
    assert refused.value.line == 4


def test_a_broken_line_among_cloudevents_refuses_them() -> None:
    for layout in ("JSON Lines", "array"):
        written = LAYOUTS[layout](examples.cloud_events())
        with pytest.raises(RefusedLine) as refused:
            read(written.replace(b"=1+1", b'"=1+1'))
        assert refused.value.line == 4


def test_our_own_export_is_read_as_the_kernel_reads_it() -> None:
    opened = [AccountOpened(owner, "USD") for owner in ("Ada", "žluť", "B\nob")]
    about = Metadata(datetime(2026, 3, 2, tzinfo=timezone.utc), Actor("user", "teller"))
    lines = file_of(record(opened, about, stream_id="ACC-1", version=0, position=0))
    reading = read(lines)
    assert reading.outcome.source == "cloudevents"
    assert reading.events == tuple(read_events([lines], CODEC))
    array = b"[" + b",\n".join(lines.splitlines()) + b"]"
    assert read(array).events == reading.events
    assert read(lines.decode().encode("utf-16")).events == reading.events
