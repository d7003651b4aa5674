"""There is not room for everything: that is said before it is tried, and a part is offered."""

from __future__ import annotations

import gzip
import json

import pytest
from bankpage.labs.opening import fetching, glimpse, reading, room, work

from esbank_core.sources.layouts import text
from tests.page.labs.opening.opener import Opener
from tests.page.labs.opening.test_formats import OTHERS, database, lines_in, written

EVENTS = [
    {
        **OTHERS,
        "id": f"{n:04}",
        "time": f"2026-11-23T{n // 60:02}:{n % 60:02}:00Z",
        "note": "0" * 90,
    }
    for n in range(1_000)
]
CONTENT = written(*EVENTS)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Room for some 200 events, which are fetched in small pieces."""
    for module in (fetching, room, work):
        monkeypatch.setattr(module, "MOST_BYTES", 60_000)
    monkeypatch.setattr(fetching, "PIECE", 7_000)
    monkeypatch.setattr(reading, "CHUNK", 3_000)
    monkeypatch.setattr(text, "_PIECE", 2_000)
    for module in (fetching, glimpse):
        monkeypatch.setattr(module, "HEAD", 5_000)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    "content", [CONTENT, gzip.compress(CONTENT), json.dumps(EVENTS, indent=1).encode()]
)
def test_what_will_not_fit_is_said_before_it_is_fetched(content: bytes) -> None:
    opener = Opener().opens(large_jsonl=content)
    assert "“large.jsonl” seems to hold some" in opener.said
    assert "Its first part can be opened by itself." in opener.said
    assert len(opener.asked) == 1
    assert opener.shows("opening-first-part") == "Open the first part"
    assert opener.slot("opening-cancel").attributes["hidden"] is False


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    "content",
    [
        CONTENT,
        gzip.compress(CONTENT),
        CONTENT.decode().encode("utf-16"),
        json.dumps(EVENTS).encode(),
        gzip.compress(json.dumps(EVENTS).encode()),
    ],
)
def test_the_first_part_is_opened_and_is_said_to_be_one(content: bytes) -> None:
    opener = Opener().opens(large_jsonl=content).only("first-part").fetches().settles()
    head = opener.study.history.head
    assert 50 < head < 300
    assert [json.loads(line) for line in opener.study.lines] == EVENTS[:head]
    assert f"This is a part only: the first {head:,} events." in opener.remarks()


@pytest.mark.usefixtures("small")
def test_a_part_ends_with_a_whole_event_wherever_it_is_cut(monkeypatch) -> None:
    for most in range(60_000, 60_700, 37):
        for module in (fetching, room, work):
            monkeypatch.setattr(module, "MOST_BYTES", most)
        opener = Opener().opens(f=CONTENT).only("first-part").fetches().settles()
        lines = list(opener.study.lines)
        assert lines == lines_in(CONTENT)[: len(lines)]


@pytest.mark.usefixtures("small")
def test_of_several_parts_those_are_opened_that_come_first() -> None:
    thirds = [written(*EVENTS[start : start + 150]) for start in (0, 150, 300)]
    opener = Opener().opens(c=thirds[2], a=thirds[0], b=thirds[1])
    assert "“c + 2” seems to hold" in opener.said
    opener.only("first-part").fetches().settles()
    head = opener.study.history.head
    assert head > 150
    assert [json.loads(line) for line in opener.study.lines] == EVENTS[:head]


def test_more_small_events_than_there_is_room_for_are_said_to_be(monkeypatch) -> None:
    for module in (room, work):
        monkeypatch.setattr(module, "MOST_EVENTS", 300)
    opener = Opener().opens(small_jsonl=CONTENT)
    assert "some 1,000 events" in opener.said
    opener.only("first-part").fetches().settles()
    assert 300 <= opener.study.history.head < 1_000


@pytest.mark.usefixtures("small")
def test_a_gzip_that_unpacks_to_more_than_it_looked_like_stops_there() -> None:
    alike = [{**OTHERS, "id": f"{nth}"} for nth in range(3_000)]
    beginning = written(
        *({**one, "salt": hash(str(one)).to_bytes(9, signed=True).hex()} for one in EVENTS[:20])
    )
    content = gzip.compress(beginning + written(*alike))
    opener = Opener().opens(bomb_gz=content)
    assert "holds more than there is room for" in opener.said or "seems to hold" in opener.said
    opener.only("first-part").fetches().settles()
    assert 0 < opener.study.history.head < 1_000


@pytest.mark.usefixtures("small")
def test_a_gzip_bomb_of_nothing_is_not_unpacked() -> None:
    packed = gzip.compress(bytes(30_000_000))
    assert "“bomb.gz” is no text." in Opener().opens(bomb_gz=packed).said
    line = gzip.compress(b'{"a":"' + b"0" * 30_000_000)
    assert Opener().opens(bomb_gz=line).said


@pytest.mark.usefixtures("small")
def test_a_database_that_is_too_large_has_no_first_part(tmp_path, monkeypatch) -> None:
    for module in (fetching, room, work):
        monkeypatch.setattr(module, "MOST_BYTES", 5_000)
    opener = Opener().opens(ledger_db=database(tmp_path))
    assert "“ledger.db” holds more than there is room for on this page." in opener.said
    assert opener.slot("opening-first-part").attributes["hidden"] is True


def test_what_has_been_read_is_not_held_as_bytes_any_more() -> None:
    pieces = reading.Pieces([bytes(1_000_000)] * 5)
    left = iter(pieces)
    next(left)
    assert len(pieces._pieces) == 4
    assert len(list(left)) == -(-1_000_000 // reading.CHUNK) * 5 - 1
