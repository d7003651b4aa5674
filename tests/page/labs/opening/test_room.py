"""There is not room for everything: that is said before it is tried, and a part is offered."""

from __future__ import annotations

import gzip
import json

import pytest
from bankpage.labs.opening import fetching, files, glimpse, portions, room, work
from bankpage.paper.effects import Focus
from bankpage.paper.tree import Element

from esbank_core import CODEC
from esbank_core.kernel.written.event_file import read_events
from esbank_core.sources.layouts import text
from tests.core.sources import examples
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
    monkeypatch.setattr(files, "CHUNK", 3_000)
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
    assert "A part of it can be opened by itself." in opener.said
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
def test_a_database_that_is_too_large_has_no_first_part_but_others(tmp_path, monkeypatch) -> None:
    for module in (fetching, room, work):
        monkeypatch.setattr(module, "MOST_BYTES", 5_000)
    opener = Opener().opens(ledger_db=database(tmp_path))
    assert "“ledger.db” is larger than there is room for on this page" in opener.said
    assert list(offered(opener)) == ["stream", "span", "newest"]
    opener.does("portion", part="newest", newest="2").does("first-part").fetches().settles()
    assert [one.position for one in opener.study.history.recorded] == [1, 2]
    assert "the newest 2 events" in opener.remarks()


def test_what_has_been_read_is_not_held_as_bytes_any_more() -> None:
    pieces = files.Pieces([bytes(1_000_000)] * 5)
    left = iter(pieces)
    next(left)
    assert len(pieces._pieces) == 4
    assert len(list(left)) == -(-1_000_000 // files.CHUNK) * 5 - 1


# Parts of what is too much. Each is told by what stands in it, whichever way it comes.

DUMP = [
    {
        "seq_id": nth + 1,
        "id": f"6f1c0d5e-0000-4000-8000-{nth:012}",
        "stream_id": f"order-{nth % 7}",
        "version": nth // 7 + 1,
        "data": {"total": nth, "note": "n" * 50},
        "type": "order_placed",
        "timestamp": f"2026-03-{nth // 100 + 1:02} 10:{nth % 100 // 60:02}:{nth % 100 % 60:02}+00",
        "tenant_id": "*DEFAULT*",
    }
    for nth in range(1_000)
]
NEWEST_FIRST = DUMP[::-1]
WAYS = {
    "lines": examples.json_lines(DUMP),
    "array, newest first": examples.json_array(NEWEST_FIRST),
    "csv, packed": gzip.compress(examples.csv(DUMP), mtime=0),
}


def offered(opener: Opener) -> dict[str, bool]:
    """The parts that are offered, and which is chosen."""
    return {
        str(one.attributes["value"]): bool(one.attributes["selected"])
        for one in opener.slot("opening-portion-kind").children or ()
        if isinstance(one, Element)
    }


def seqs(opener: Opener) -> list[int]:
    return [
        json.loads(str(one.attributes["sourcerecord"]))["seq_id"]
        for one in opener.study.history.recorded
    ]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("typed", "wanted", "said"),
    [
        ({"part": "stream", "stream": " order-3 "}, range(4, 1_001, 7), "of the stream order-3."),
        (
            {"part": "span", "since": "2026-03-02", "until": "2026-03-03T10:00:09Z"},
            range(101, 211),
            "from 2026-03-02T00:00:00.000Z to 2026-03-03T10:00:09.000Z.",
        ),
        ({"part": "span", "since": "2026-03-10T10:01:00Z"}, range(961, 1_001), "to …."),
        ({"part": "newest", "newest": "37"}, range(964, 1_001), "the newest 37 events."),
    ],
)
def test_a_part_is_read_out_of_all_of_it(way: str, typed, wanted: range, said: str) -> None:
    opener = Opener().opens(large=WAYS[way])
    assert list(offered(opener)) == ["first", "stream", "span", "newest"]
    opener.does("portion", **typed)
    assert opener.shows("opening-first-part") == "Open this part"
    opener.does("first-part").fetches().settles()
    found = [int(seq) for seq in seqs(opener)]
    assert found == list(wanted)
    assert "This is a part only: the" in opener.remarks()
    assert said in opener.remarks()
    lines = list(read_events([f"{line}\n".encode() for line in opener.study.lines], CODEC))
    assert lines == list(opener.study.history.recorded)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("content", [CONTENT, gzip.compress(CONTENT), json.dumps(EVENTS).encode()])
def test_cloudevents_have_parts_too(content: bytes) -> None:
    opener = Opener().opens(large_jsonl=content).does("portion", part="newest", newest="5")
    opener.does("first-part").fetches().settles()
    assert [one.id for one in opener.study.history.recorded] == [
        f"{n:04}" for n in range(995, 1000)
    ]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"part": "stream", "stream": " "}, "stream", "Type the name of a stream"),
        ({"part": "span"}, "since", "Type a date or an instant, such as"),
        ({"part": "span", "since": "yesterday"}, "since", "Type a date or an instant, such as"),
        ({"part": "span", "until": "2026-13-01"}, "until", "that is not before the first one"),
        ({"part": "span", "since": "2026-03-02", "until": "2026-03-01"}, "until", "not before"),
        ({"part": "newest", "newest": "0"}, "newest", "a whole number from 1 to 250,000"),
        ({"part": "newest", "newest": "²"}, "newest", "a whole number from 1 to 250,000"),
        ({"part": "newest", "newest": "9" * 5_000}, "newest", "a whole number from 1 to 250,000"),
    ],
)
def test_what_names_no_part_is_said_where_it_was_typed(typed, field: str, said: str) -> None:
    opener = Opener().opens(large=WAYS["lines"]).does("portion", **typed).does("first-part")
    assert said in opener.shows("opening-portion-said")
    assert opener.slot(f"opening-portion-{field}").attributes["aria-invalid"] == "true"
    assert Focus(f"opening-portion-{field}") in opener.effects
    assert opener.wanted() is None
    assert not opener.wishes


@pytest.mark.usefixtures("small")
def test_a_part_that_nothing_is_of_is_said_to_be_one() -> None:
    opener = Opener().opens(large=WAYS["lines"]).does("portion", part="stream", stream="order-9")
    opener.does("first-part").fetches().settles()
    assert "No event in “large” is of that part." in opener.said


def test_what_turns_out_to_be_too_much_as_it_is_read_has_parts_as_well(monkeypatch) -> None:
    for module in (room, work, portions):
        monkeypatch.setattr(module, "MOST_EVENTS", 300)
    opener = Opener().opens(dump=examples.json_array(DUMP))
    assert "seems to hold some 1,000 events" in opener.said
    opener.does("portion", part="newest", newest="10").does("first-part").fetches().settles()
    assert seqs(opener) == list(range(991, 1_001))


def test_what_cannot_be_held_until_it_is_read_has_no_other_part_than_the_first(monkeypatch) -> None:
    for module in (fetching, room, work):
        monkeypatch.setattr(module, "MOST_BYTES", 60_000)
    monkeypatch.setattr(room, "MOST_SEARCHED", 90_000)
    opener = Opener().opens(large=WAYS["lines"])
    assert opener.slot("opening-portions").attributes["hidden"] is True
    assert opener.shows("opening-first-part") == "Open the first part"
