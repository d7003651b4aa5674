"""What another event store dumped is recognised, put in order and studied, and all that is said."""

from __future__ import annotations

import pytest
from bankpage.labs.contract import Study
from bankpage.labs.opening.sourced import NAMES, phrase_of

from esbank_core import CODEC
from esbank_core.kernel.append_only import AppendOnly
from esbank_core.kernel.written.audit import Verifier
from esbank_core.kernel.written.event_file import read_events
from esbank_core.sources import SOURCES, Note, Order, Why, open_dump, read_all
from tests.core.sources import examples
from tests.core.sources.examples import ALL, LAYOUTS, TABLES
from tests.page.lab_desk import phrases
from tests.page.labs.opening.opener import Opener


def exported(study: Study) -> bytes:
    return "".join(f"{line}\n" for line in study.lines).encode()


@pytest.mark.parametrize("name", ALL)
def test_every_source_is_recognised_and_said_and_is_the_history_that_the_core_reads(name) -> None:
    source, make = ALL[name]
    content = examples.json_lines(make())
    opener = Opener().opens(dump_jsonl=content)
    assert opener.study.history.recorded == AppendOnly(read_all(open_dump([content]), CODEC).events)
    if source != "cloudevents":
        assert f"Read as the records of {NAMES[source]}, in the order" in opener.remarks()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_in_whichever_layout_it_comes(layout: str) -> None:
    opener = Opener().opens(dump=LAYOUTS[layout](examples.marten()))
    assert [one.stream_id for one in opener.study.history.recorded] == [
        stream for stream, *_ in examples.STORY
    ]
    assert "Read as the records of Marten, in the order of the store’s own position." in (
        opener.remarks()
    )


@pytest.mark.parametrize("name", TABLES)
def test_an_export_of_it_is_a_history_with_a_chain_and_is_read_again(name) -> None:
    opener = Opener().opens(dump=examples.json_lines(TABLES[name][1]()))
    assert Verifier.genesis(CODEC).fed(opener.study.lines).audit().is_intact
    again = list(read_events([exported(opener.study)], CODEC))
    assert again == list(opener.study.history.recorded)


def test_what_is_no_event_is_counted_with_an_example() -> None:
    records = examples.marten()
    del records[1]["type"]
    records.append({"rows": 5})
    content = examples.json_lines(records) + b'{"seq_id": oops}\n'
    said = Opener().opens(dump=content).remarks()
    assert "for a field is missing that each has: 2; the first is record 2, without /type." in said
    assert 'for they are no JSON: 1; the first is record 7, “{"seq_id": oops}”.' in said


def test_markup_in_what_is_no_event_is_text() -> None:
    content = examples.json_lines(examples.marten()) + b"<script>\n"
    assert "“<script>”" in Opener().opens(dump=content).remarks()


def test_events_of_other_stores_are_read_in_slices() -> None:
    (record, *_) = examples.marten()
    many = [{**record, "seq_id": n, "id": str(n), "version": n} for n in range(1, 4_001)]
    opener = Opener().offers(dump=examples.json_lines(many)).fetches().goes_on().goes_on()
    assert "records read" in opener.shows("opening-progress")
    assert not opener.wishes
    assert opener.settles().study.history.head == 4_000


def test_the_hashes_of_eventsourcingdb_are_verified_by_its_own_rule() -> None:
    records = examples.eventsourcingdb()
    assert "hashes hold" in Opener().opens(f=examples.json_lines(records)).remarks()
    records[1]["data"] = {"amount": 1, "note": ""}
    said = Opener().opens(f=examples.json_lines(records)).remarks()
    assert "do not hold for 1 events, the first of which is" in said


def test_there_is_a_phrase_for_whatever_may_be_said() -> None:
    there = phrases().texts
    assert [code for code in (*Why, *Note) if phrase_of(code) not in there] == []
    slugs = {order: order.replace(" ", "-") for order in Order}
    assert all(f"opening-order-{slug}" in there for slug in slugs.values())
    assert {source.name for source in SOURCES} <= set(NAMES)
