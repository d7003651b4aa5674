"""What is no history is refused whole: where, why, and what to do; and nothing takes the stage."""

from __future__ import annotations

import gzip
import json
import random
import re
import sqlite3
from pathlib import Path

import pytest
from bankpage.labs.contract import OpenStudy
from bankpage.labs.opening import glimpse
from bankpage.labs.opening.glimpse import HEAD
from bankpage.paper.effects import Refocus
from hypothesis import given
from hypothesis import strategies as st

from esbank_core import CODEC
from esbank_core.kernel.stores.sqlite_store import SqliteStore
from tests.page.lab_desk import phrases
from tests.page.labs.opening.opener import Opener
from tests.page.labs.opening.test_formats import OTHERS, database, own, written

PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(500)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + random.Random(4).randbytes(2000)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "“f” is empty: it has 0 bytes."),
        (b" \n\n\t \r\n", "There are no events in “f”."),
        (b"\xef\xbb\xbf", "There are no events in “f”."),
        (b"\n" * (HEAD + 10), "There are no events in “f”."),
        (gzip.compress(b"", mtime=0), "There are no events in “f”."),
        (b"[]", "There are no events in “f”."),
        (PICTURE, "“f” is no text."),
        (JPEG, "“f” is no text."),
        (gzip.compress(PICTURE, mtime=0), "“f” is no text."),
        (b"PK\x03\x04" + bytes(100), "“f” is no text."),
        (b"Dear Ada\nplease find enclosed\n", "because of line 1: it is no JSON."),
        (b"Dear Ada,\nplease find enclosed\n", "because of line 2: it has other cells"),
        (b"Dear Ada,yours\nplease,find enclosed\n", "“f” is no history of a kind that is known"),
        (b"<!doctype html><title>no</title>", "because of line 1: it is no JSON."),
        (b"42", "because of line 1: it is no JSON."),
        (b'{"a":"' + b"x" * (HEAD + 9), "because of line 1: it is longer than 1,048,576 bytes."),
        (own() + b'{"spec', "because of line 5. The file ends in the middle of it."),
        (own()[:900] + b"\n" + own()[900:], "because of line 3. It is not JSON"),
        (own().replace(b"\n", b"\n\n", 1), "because of line 2. It is empty. Remove it"),
        (own() + b'{"specversion":"1.0"}\n', "because of line 5. It has no “source”"),
        (own() + b"\xff\xfe\n", "because of line 5. It is not UTF-8 from its byte 1 on."),
        (own()[own().index(b"\n") + 1 :], "because of line 1. It says that its “sequence” is"),
        (b'{"specversion":"2.0","id":"1","source":"s","type":"t"}\n', "line 1. It does not say"),
        (written(OTHERS, {**OTHERS, "data": {"amount": 1}}), "Event 7f3a is in the ledger already"),
        (written(OTHERS, {"no": "event"}), "because of line 2. It has no “source”"),
        (written([OTHERS, {"no": "event"}]), "because of event 2. It has no “source”"),
        (written([OTHERS, 5]), "because of line 1: it is no JSON."),
        (b'[{"a":1},\n', "“f” is no history of a kind that is known here."),
        (gzip.compress(own(), mtime=0)[:10] + bytes(80), "“f” is gzipped, but it is damaged"),
        (gzip.compress(own(), mtime=0)[:13], "“f” ends in the middle of it."),
        (b"[" + b",".join(own().splitlines()), "“f” ends in the middle of it."),
        (b"[" + own().splitlines()[0] + b",\n", "“f” ends in the middle of it."),
        (b"[" + b",".join(own().splitlines()) + b"]]", "because of line 1: it is no JSON."),
        (b"[" + own().splitlines()[0] + b"}", "because of line 1: it is no JSON."),
        (b'[{"a":"' + b"x" * HEAD, "longer than 1,048,576 bytes"),
        (b"[" * HEAD, "longer than 1,048,576 bytes"),
        (gzip.compress(random.Random(1).randbytes(3000), mtime=0)[:-1000], "“f” is no text."),
    ],
)
def test_it_is_refused_with_the_reason(content: bytes, said: str) -> None:
    opener = Opener().opens(f=content)
    assert said in opener.said
    assert re.search("What (was|is) on the stage (is still|stays) there", opener.said)
    buttons = [opener.slot(f"opening-{name}").attributes["hidden"] for name in ("close", "cancel")]
    assert sorted(map(bool, buttons)) == [False, True]
    assert opener.slot("opening-bar").attributes["hidden"] is True


def test_the_line_that_is_refused_is_shown_as_it_was_found() -> None:
    opener = Opener().opens(f=own() + b'{"<b>":"&"}\n')
    assert opener.shows("opening-evidence") == '{"<b>":"&"}'
    opener.does("close")
    assert opener.slot("opening-panel").attributes["hidden"] is True


def test_a_directory_is_refused_by_its_name_whatever_comes_with_it() -> None:
    opener = Opener().opens(directories=["events"], f=own())
    assert opener.said.startswith("“events” is a directory. Choose or drop the files in it.")
    assert opener.wanted() is None


def test_of_a_line_of_200_megabytes_only_the_beginning_is_asked_for() -> None:
    opener = Opener()
    opener.offer, opener.files = 1, [b'{"a":"' + b"x" * HEAD]
    told = json.dumps([{"name": "long.jsonl", "size": 200_000_000, "isDirectory": False}])
    opener.only("offered", offer="1", files=told).fetches().settles()
    assert len(opener.asked) == 1
    assert "longer than 1,048,576 bytes" in opener.said


def test_of_a_large_picture_only_the_beginning_is_asked_for() -> None:
    opener = Opener()
    opener.offer, opener.files = 1, [PICTURE + bytes(HEAD)]
    told = json.dumps([{"name": "holiday.png", "size": 900_000_000, "isDirectory": False}])
    opener.only("offered", offer="1", files=told).fetches().settles()
    assert len(opener.asked) == 1
    assert "“holiday.png” is no text." in opener.said


def test_a_gzip_that_is_cut_off_offers_the_events_before(monkeypatch) -> None:
    events = [{**OTHERS, "id": str(nth), "note": f"{nth:030}"} for nth in range(2_000)]
    whole = gzip.compress(written(*events), mtime=0)
    opener = Opener().opens(log_gz=whole[: len(whole) // 2])
    assert "“log.gz” ends in the middle of it. Copy the whole file again." in opener.said
    opener.does("first-part")
    head = opener.study.history.head
    assert 100 < head < 2_000
    assert len(opener.study.lines) == head
    assert (
        f"only the first {head:,} events" in opener.remarks() or "a part only" in opener.remarks()
    )


def test_a_copy_cut_in_its_last_line_offers_the_events_before() -> None:
    opener = Opener().opens(f=own()[:-30])
    assert "The file ends in the middle of it." in opener.said
    assert opener.shows("opening-first-part") == "Open the 3 events before that"
    opener.does("first-part")
    assert [recorded.position for recorded in opener.study.history.recorded] == [1, 2, 3]


def test_a_line_broken_in_the_middle_offers_nothing() -> None:
    opener = Opener().opens(f=own().replace(b'"data"', b"data", 1))
    assert opener.slot("opening-first-part").attributes["hidden"] is True
    opener.does("first-part")
    assert not opener.wishes


def other_database(tmp_path: Path, *statements: str) -> bytes:
    connection = sqlite3.connect(tmp_path / "other.db")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return (tmp_path / "other.db").read_bytes()


def test_a_database_of_something_else_is_refused(tmp_path: Path) -> None:
    content = other_database(
        tmp_path, "CREATE TABLE songs (title)", "INSERT INTO songs VALUES ('x')"
    )
    assert "is no history of a kind that is known here" in Opener().opens(music_db=content).said


def test_a_table_that_is_only_called_a_ledger_is_refused(tmp_path: Path) -> None:
    content = other_database(
        tmp_path, "CREATE TABLE ledger (amount, line)", "INSERT INTO ledger VALUES (1, 'x')"
    )
    assert "is no history of a kind that is known here" in Opener().opens(books_db=content).said


@pytest.mark.parametrize("value", ["5", "NULL", "x'00'", "'{}' || char(10) || '{}'", "'{}'"])
def test_a_row_that_holds_no_line_is_refused_by_its_number(tmp_path: Path, value: str) -> None:
    content = other_database(
        tmp_path,
        "CREATE TABLE ledger (position INTEGER PRIMARY KEY, stream_id, version, line)",
        f"INSERT INTO ledger VALUES (1, 'A', 1, {value})",
    )
    assert "because of event 1." in Opener().opens(odd_db=content).said or value == "NULL"


def test_an_empty_ledger_says_where_what_it_held_may_be(tmp_path: Path) -> None:
    with SqliteStore(str(tmp_path / "new.db"), CODEC):
        content = (tmp_path / "new.db").read_bytes()
    said = Opener().opens(new_db=content).said
    assert "whose name ends in -wal" in said


def test_a_database_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    said = Opener().opens(ledger_db=database(tmp_path)[:6000]).said
    assert "“ledger.db” is a database that SQLite cannot read" in said or "event" in said


@given(st.binary(max_size=3000))
def test_no_bytes_at_all_are_too_much_for_it(content: bytes) -> None:
    opener = Opener().opens(f=content)
    assert opener.wishes or opener.said


@given(st.integers(0, 2000), st.binary(max_size=3), st.sampled_from(["own", "gzip", "array"]))
def test_a_few_bytes_changed_are_opened_or_refused_and_never_a_fault(at, other, kind) -> None:
    content = {
        "own": own(),
        "gzip": gzip.compress(own(), mtime=0),
        "array": written([OTHERS, OTHERS]),
    }[kind]
    at %= len(content)
    opener = Opener().opens(f=content[:at] + other + content[at + 2 :])
    assert opener.wishes or opener.said


def test_a_refusal_takes_the_focus_only_from_a_control_that_is_gone() -> None:
    opener = Opener().opens(f=b"no")
    assert Refocus("opening-close") in opener.effects
    assert not any(isinstance(wish, OpenStudy) for wish in opener.wishes)


def test_nothing_nested_too_deep_stops_it() -> None:
    for content in (b"[" * 100_000, b'{"a":' * 100_000, b'{"specversion":' + b"[" * 100_000):
        assert Opener().opens(f=content).said
    assert glimpse.glimpse(own(), is_all=True).per_event


def test_every_refusal_and_every_remark_has_its_phrase_and_none_is_left_over() -> None:
    sources = "".join(path.read_text() for path in Path(glimpse.__file__).parent.glob("*.py"))
    refusals = [*re.findall(r'refusal\(\s*\*?\(?\s*"([a-z-]+)"', sources), "line", "event"]
    remarks = [
        *re.findall(r'_(?:remark|counted)\(\s*"([a-z-]+)"', sources),
        "files",
        "files-by-time",
    ]
    said = {f"opening-no-{name}" for name in refusals}
    said |= {f"opening-remark-{name}" for name in remarks}
    there = {
        name for name in phrases().texts if name.startswith(("opening-no-", "opening-remark-"))
    }
    assert said <= there
    assert {name.removesuffix("-one") for name in there} <= said
