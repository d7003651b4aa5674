"""Other people's events: read for what they are, in their own order, and handed out untouched."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core import CODEC, Ledger, RefusedLine, empty_ledger, import_events, verify
from esbank_core.bank.events import MoneyDeposited
from esbank_core.kernel.recorded import UnknownEvent
from esbank_core.kernel.stores.sqlite_store import SqliteStore
from esbank_core.kernel.written.event_file import read_events, write_events
from tests.core.histories import file_of, ledgers, lines_of


def deposit(name: str, **attributes: object) -> dict[str, object]:
    return {
        "specversion": "1.0",
        "id": name,
        "source": "https://till.example",
        "type": "MoneyDeposited",
        "subject": "A",
        "time": "2026-05-01T08:00:00Z",
        "data": {"amount": 100},
        **attributes,
    }


def without(document: dict[str, object], *names: str) -> dict[str, object]:
    return {name: value for name, value in document.items() if name not in names}


def text_of(*documents: object) -> bytes:
    return "".join(json.dumps(document) + "\n" for document in documents).encode()


def history_of(*documents: object) -> Ledger:
    return import_events(empty_ledger(), read_events([text_of(*documents)], CODEC)).history


# Their order, in their own words.


@pytest.mark.parametrize(
    "places",
    [
        [{"sequence": str(n), "sequencetype": "Integer"} for n in (1, 2, 3)],
        [{"sequence": str(n), "sequencetype": "Integer"} for n in (9, 10, 11)],
        [{"sequence": str(n)} for n in (0, 1, 2)],
        [{"sequence": n} for n in (0, 1, 2)],
        [{"sequence": f"{n:08d}"} for n in (17, 40, 41)],
        [{"sequence": f"{n:012d}"} for n in (7, 8, 90)],
        [{"sequence": f"log-{n}"} for n in (9, 10, 100)],
        [{"sequence": s} for s in ("01ARZ3NDEK", "01ARZ3NDEM", "01ARZ3P001")],
        [{"sequence": s} for s in ("2147483646", "2147483647", "-2147483648")],
        [{"sequence": "5"}, {"source": "/other", "sequence": "1"}, {"sequence": "6"}],
        [{"sequence": "5"}, {"subject": "B", "sequence": "1"}, {"sequence": "6"}],
        [{"sequence": "1"}, {"sequence": "2"}, {"source": "/other"}],
        [{"sequence": "7"}, {"sequence": "7"}, {"sequence": "7"}],
        [{"streamversion": 0}, {"streamversion": 1}, {"streamversion": 2}],
        [{"streamversion": "v7"}, {"streamversion": "v8"}, {"streamversion": True}],
    ],
    ids=str,
)
def test_a_place_that_others_spell_otherwise_contradicts_nothing(places) -> None:
    documents = [deposit(f"d{nth}", **place) for nth, place in enumerate(places)]
    history = history_of(*documents)
    assert [recorded.position for recorded in history.recorded] == [1, 2, 3]
    lines = list(write_events(history.recorded, CODEC))
    assert verify(["".join(lines).encode()], CODEC).is_intact
    again = list(read_events(["".join(lines).encode()], CODEC))
    assert again == list(history.recorded)
    for document, line in zip(documents, lines, strict=True):
        written = json.loads(line)
        assert {**document, **{name: written[name] for name in _spelt_as_ours(document)}} == {
            name: value for name, value in written.items() if name in document
        }


def _spelt_as_ours(document: dict[str, object]) -> set[str]:
    """What is put right: it would be taken for a place in a ledger of ours."""
    sequence, version = document.get("sequence"), document.get("streamversion")
    return {
        *(["sequence"] if len(str(sequence)) == 12 else []),
        *(["streamversion"] if type(version) is int else []),
    }


@pytest.mark.parametrize(
    ("first", "then"), [("2", "1"), ("10", "9"), (3, 2), ("log-10", "log-09"), ("00b", "00a")]
)
def test_an_order_that_goes_backwards_is_refused_at_its_line(first, then) -> None:
    with pytest.raises(RefusedLine, match="same source") as refused:
        history_of(deposit("a"), deposit("b", sequence=first), deposit("c", sequence=then))
    assert refused.value.line == 3


def test_an_event_that_comes_again_goes_back_in_no_order() -> None:
    first, second = deposit("a", sequence="1"), deposit("b", sequence="2")
    history = history_of(
        first, second, {**first, "traceparent": "00-7"}, deposit("c", sequence="3")
    )
    assert [recorded.id for recorded in history.recorded] == ["a", "b", "c"]
    assert history.state_of("A").balance == 300


# What they leave out.


def test_an_event_without_subject_belongs_to_the_stream_of_its_source() -> None:
    history = history_of(
        without(deposit("a"), "subject"), deposit("b"), deposit("c", subject=None), deposit("d")
    )
    assert {name: len(places) for name, places in history.places.items()} == {
        "https://till.example": 2,
        "A": 2,
    }
    assert [recorded.version for recorded in history.recorded] == [1, 1, 2, 2]
    written = [json.loads(line) for line in write_events(history.recorded, CODEC)]
    assert [document.get("subject", "none") for document in written] == ["none", "A", None, "A"]


def test_an_event_without_time_stands_at_that_of_the_one_before_and_says_so() -> None:
    history = history_of(
        without(deposit("a"), "time"),
        deposit("b", time="2026-05-02T10:00:00+02:00"),
        without(deposit("c"), "time"),
        deposit("d", time=None),
    )
    eight = datetime(2026, 5, 2, 8, tzinfo=timezone.utc)
    epoch = datetime(1970, 1, 1, tzinfo=timezone.utc)
    assert [recorded.time for recorded in history.recorded] == [epoch, eight, eight, eight]
    written = [json.loads(line) for line in write_events(history.recorded, CODEC)]
    assert [document.get("untimed") for document in written] == [True, None, True, True]
    assert history_of(*written) == history


def test_a_file_goes_on_from_the_time_of_the_history_that_it_is_added_to() -> None:
    held = history_of(deposit("a"))
    tail = read_events([text_of(without(deposit("b"), "time"))], CODEC, held)
    assert import_events(held, tail).added[0].time == held.recorded[0].time


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"data_base64": "AAEC"},
        {"data": {"sum": "12.50"}, "dataschema": "https://till.example/deposit.json"},
        {"data": {"amount": 100}, "dataschema": "urn:till:MoneyDeposited:1"},
        {"data": "<amount>100</amount>", "datacontenttype": "text/xml; charset=utf-8"},
        {"data": {"amount": 100}, "dataschema": "urn:esbank:MoneyWithdrawn:1"},
        {"data": {"amount": 100, "in": "EUR"}, "dataschema": "urn:esbank:MoneyDeposited:2"},
    ],
    ids=str,
)
def test_what_is_not_our_schema_is_an_unknown_type_and_no_broken_file(payload) -> None:
    document = {**without(deposit("a"), "data"), **payload}
    history = history_of(document)
    event = history.recorded[0].event
    assert isinstance(event, UnknownEvent)
    assert (event.type, event.data) == ("MoneyDeposited", payload.get("data"))
    (line,) = write_events(history.recorded, CODEC)
    written = json.loads(line)
    assert document.items() <= written.items()
    assert written.keys() - document.keys() == {
        *("sequence", "streamversion", "partitionkey", "chainhash")
    }
    assert history_of(written) == history


def test_a_store_keeps_what_came_as_it_came(tmp_path) -> None:
    history = history_of(
        deposit("a", sequence="7", traceparent="00-7"),
        without(deposit("b", data_base64="AAEC"), "data", "subject", "time"),
        deposit("c", dataschema="https://till.example/deposit.json", nothing=None),
    )
    with SqliteStore(str(tmp_path / "foreign.db"), CODEC) as store:
        store.restore(history.recorded)
        assert list(store.read()) == list(history.recorded)
        assert "".join(store.lines()).encode() == file_of(history.recorded)


@pytest.mark.parametrize(
    "content_type",
    [{}, {"datacontenttype": "application/json; v=1"}, {"datacontenttype": "Text/JSON"}],
)
def test_a_foreign_deposit_without_a_schema_is_a_deposit(content_type) -> None:
    history = history_of(deposit("a", **content_type))
    assert history.recorded[0].event == MoneyDeposited(100)


# The parts of a log that was rotated.


@given(ledgers(), st.data())
def test_the_parts_of_a_log_are_one_history(ledger: Ledger, data) -> None:
    lines = lines_of(ledger.recorded)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(lines)))) | {0, len(lines)})
    joined = empty_ledger()
    for begin, end in pairwise(cuts):
        again = data.draw(st.integers(0, 3))  # a part may begin with the end of the one before
        part = "".join(lines[max(begin - again, 0) : end]).encode()
        joined = import_events(joined, read_events([part], CODEC, joined)).history
    assert joined == ledger
    assert file_of(joined.recorded) == "".join(lines).encode()


@given(ledgers(), st.data())
def test_a_part_that_is_missing_is_missed(ledger: Ledger, data) -> None:
    lines = lines_of(ledger.recorded)
    end = data.draw(st.integers(0, len(lines) - 2))
    begin = data.draw(st.integers(end + 1, len(lines) - 1))
    held = empty_ledger().extend(ledger.recorded[:end])
    with pytest.raises(RefusedLine, match="sequence"):
        list(read_events(["".join(lines[begin:]).encode()], CODEC, held))


def test_a_part_alone_is_no_history() -> None:
    history = history_of(*(deposit(str(nth)) for nth in range(5)))
    tail = "".join(lines_of(history.recorded)[2:]).encode()
    for held in (None, empty_ledger()):
        with pytest.raises(RefusedLine, match="000000000003"):
            list(read_events([tail], CODEC, held))
