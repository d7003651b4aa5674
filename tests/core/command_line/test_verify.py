"""``esbank verify``: whether a history is what was written."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing

import pytest

from esbank_core import CODEC, read_events
from esbank_core.kernel.stores.sqlite_store import SqliteStore
from esbank_core.kernel.written.heads import KeptHead, write_head
from tests.core.histories import NOON


def test_convert_seals_a_foreign_file(run_json, sealed) -> None:
    found = run_json("verify", str(sealed))
    last = json.loads(sealed.read_text().splitlines()[-1])
    assert found == {"ok": True, "events": 7, "head": last["chainhash"], "broken": None}


def test_verify_finds_what_was_altered(run, run_json, sealed) -> None:
    sealed.write_text(sealed.read_text().replace("120050", "920050"))
    found = run_json("verify", str(sealed), status=1)
    assert (found["ok"], found["events"]) == (False, 7)
    assert found["broken"]["position"] == 2
    assert found["broken"]["kind"] == "altered"
    assert "Broken at event 2: altered." in run("verify", str(sealed), status=1)


def test_verify_finds_what_was_cut_off_against_a_known_head(run, run_json, sealed) -> None:
    head = run_json("verify", str(sealed))["head"]
    shorter = "".join(sealed.read_text().splitlines(keepends=True)[:-2])
    found = run_json("verify", "-", "--head", head, stdin=shorter.encode(), status=1)
    assert (found["broken"]["position"], found["broken"]["kind"]) == (6, "cut short")


@pytest.mark.parametrize("form", ["hash", "capitals", "kept", "file"])
def test_verify_takes_a_head_as_the_page_keeps_it(run_json, sealed, tmp_path, form) -> None:
    head = KeptHead(run_json("verify", str(sealed))["head"], 7, NOON)
    given = {"hash": head.hash, "capitals": head.hash.upper(), "kept": write_head(head)}
    kept = tmp_path / "esbank-head.txt"
    kept.write_text(write_head(head), encoding="utf-8")
    text = given.get(form, str(kept))
    assert run_json("verify", str(sealed), "--head", text)["ok"]
    shorter = "".join(sealed.read_text().splitlines(keepends=True)[:-1]).encode()
    assert not run_json("verify", "-", "--head", text, stdin=shorter, status=1)["ok"]


@pytest.mark.parametrize("text", ["", "head", "f" * 63, "a/b.txt", "\x00", "f" * 100_000])
def test_what_is_no_head_is_no_head_to_verify_against(run, sealed, text) -> None:
    assert "A head is a hash of 64" in run("verify", str(sealed), "--head", text, status=2)


def test_verify_cannot_verify_what_was_never_sealed(run, file) -> None:
    assert "esbank convert" in run("verify", file, status=2)


def test_what_is_altered_inside_a_database_is_found(run, run_json, sealed, tmp_path) -> None:
    base = tmp_path / "ledger.db"
    run("convert", str(sealed), str(base))
    with closing(sqlite3.connect(base)) as connection, connection:
        connection.execute("UPDATE ledger SET line = replace(line, '120050', '920050')")
    found = run_json("verify", str(base), status=1)
    assert (found["broken"]["position"], found["broken"]["kind"]) == (2, "altered")


def lines_of(path) -> list[str]:
    return path.read_text().splitlines(keepends=True)


def without_hash(line: str) -> str:
    return json.dumps({k: v for k, v in json.loads(line).items() if k != "chainhash"}) + "\n"


def altered(line: str) -> str:
    return json.dumps({**json.loads(line), "time": "2031-01-01T00:00:00Z"}) + "\n"


BROKEN = {
    "altered": (lambda x: [x[0], altered(x[1]), *x[2:]], 2, "hash is not that of what it says."),
    "hashed again": (
        lambda x: [x[0], x[1].replace('"chainhash":"', '"chainhash":"f'), *x[2:]],
        2,
        "and the next event does not follow it.",
    ),
    "no hash": (lambda x: [x[0], without_hash(x[1]), *x[2:]], 2, "It carries no hash"),
    "removed": (lambda x: [x[0], *x[3:]], 2, "Missing before event 4: 2 events."),
    "added": (lambda x: [*x[:2], x[0], *x[2:]], 3, "It was not there when the event that belongs"),
    "moved": (lambda x: [x[0], x[3], x[1], x[2], *x[4:]], 2, "Event 4 stands here; the one that"),
    "again": (lambda x: [*x, x[2]], 8, "It says that it is event 3, and nothing was written after"),
    "cut": (lambda x: [*x[:5], x[5][:70]], 6, "Line 6: the file ends in the middle of it."),
    "oops": (lambda x: [*x[:5], "oops\n", *x[6:]], 6, "Line 6: It is not JSON"),
    "array": (lambda x: [*x[:5], "[1]\n", *x[6:]], 6, "Line 6: It is a JSON array"),
    "long": (lambda x: [*x[:5], "9" * 1_048_577 + "\n", *x[6:]], 6, "longer than 1,048,576 bytes"),
    "deep": (lambda x: [*x[:5], "[" * 99 + "\n", *x[6:]], 6, "nested deeper than 64"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_break_is_told_in_a_sentence(run, run_json, sealed, name: str) -> None:
    change, position, sentence = BROKEN[name]
    sealed.write_text("".join(change(lines_of(sealed))))
    said = run("verify", str(sealed), status=1)
    assert f"Broken at event {position}: " in said
    assert sentence in said
    assert f"Intact up to event {position - 1}, whose hash is " in said
    evidence = run_json("verify", str(sealed), status=1)["broken"]
    assert sentence in evidence["reason"]
    assert evidence["reason"].endswith(".")
    assert ("altered" in said) == (name not in ("long", "deep") and evidence["kind"] == "altered")


def test_a_row_that_is_not_its_line_is_a_break(run, sealed, tmp_path) -> None:
    base = tmp_path / "ledger.db"
    run("convert", str(sealed), str(base))
    with closing(sqlite3.connect(base)) as connection, connection:
        connection.execute("UPDATE ledger SET stream_id = 'ACC-9' WHERE position = 3")
    said = run("verify", str(base), status=1)
    assert "Broken at event 3: altered." in said
    assert "keeps it as another event" in said


def test_of_nothing_it_does_not_say_that_it_is_intact(run, run_json, sealed, tmp_path) -> None:
    nothing, base, lone = tmp_path / "nothing.jsonl", tmp_path / "a.db", tmp_path / "lone.db"
    nothing.touch()
    SqliteStore(str(base), CODEC).close()
    with SqliteStore(str(tmp_path / "b.db"), CODEC) as store:
        store.restore(read_events([sealed.read_bytes()], CODEC))
        shutil.copy(tmp_path / "b.db", lone)  # and not its write-ahead log
    for path in (nothing, base, lone):
        said = run("verify", str(path), status=1)
        assert "Nothing to verify" in said
        assert "Intact" not in said
        found = run_json("verify", str(path), status=1)
        assert (found["ok"], found["events"], found["broken"]) == (False, 0, None)
    with closing(sqlite3.connect(tmp_path / "empty.db")) as empty:
        empty.execute("PRAGMA user_version = 1")
    assert "an empty database" in run("verify", str(tmp_path / "empty.db"), status=2)


def test_what_would_not_be_read_back_is_not_converted(run, tmp_path) -> None:
    event = {"specversion": "1.0", "id": "1", "source": "s", "type": "Noted", "subject": "A"}
    event |= {"time": "2026-01-01T00:00:00Z", "data": ""}
    room = 1_048_576 - len(json.dumps(event))
    source = tmp_path / "long.jsonl"
    source.write_text(json.dumps(event | {"data": "x" * room}))
    for target in ("out.jsonl", "out.db"):
        said = run("convert", str(source), str(tmp_path / target), status=2)
        assert "cannot be written: It is longer than" in said
        assert not (tmp_path / target).exists()
