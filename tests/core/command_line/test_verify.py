"""``esbank verify``: whether a history is what was written."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing


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


def test_verify_cannot_verify_what_was_never_sealed(run, file) -> None:
    assert "esbank convert" in run("verify", file, status=2)


def test_what_is_altered_inside_a_database_is_found(run, run_json, sealed, tmp_path) -> None:
    base = tmp_path / "ledger.db"
    run("convert", str(sealed), str(base))
    with closing(sqlite3.connect(base)) as connection, connection:
        connection.execute("UPDATE ledger SET line = replace(line, '120050', '920050')")
    found = run_json("verify", str(base), status=1)
    assert (found["broken"]["position"], found["broken"]["kind"]) == (2, "altered")
