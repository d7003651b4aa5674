"""``esbank convert``: several histories as one, and nothing harmed."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tests.core.command_line.foreign import lines
from tests.core.histories import Bank, file_of


def test_converting_again_changes_nothing(run, sealed) -> None:
    assert run("convert", str(sealed), "-") == sealed.read_text()


def test_convert_merges_files_and_takes_what_is_in_both_once(run, run_json, file, tmp_path) -> None:
    bank = tmp_path / "bank.jsonl"
    bank.write_bytes(file_of(Bank().happened("ACC-1", []).ledger.recorded))
    target = tmp_path / "merged.jsonl"
    found = run_json("convert", file, str(bank), file, str(target))
    assert found == {"target": str(target), "events": 7, "skipped": 7}


def test_convert_names_a_conflict_and_leaves_the_target_alone(run, file, tmp_path) -> None:
    other, target = tmp_path / "other.jsonl", tmp_path / "target.jsonl"
    other.write_text("".join(lines()).replace("120050", "5"))
    target.write_text("mine")
    assert "x2 is in the ledger already" in run(
        "convert", file, str(other), str(target), "--force", status=2
    )
    assert target.read_text() == "mine"
    assert "--force" in run("convert", file, str(target), status=2)
    assert target.read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "foreign.jsonl",
        "other.jsonl",
        "target.jsonl",
    ]


def test_a_database_holds_the_very_same_history(run, run_json, sealed, tmp_path) -> None:
    base = tmp_path / "ledger.db"
    assert run("convert", str(sealed), str(base)) == f"{base} holds 7 events.\n"
    assert run("convert", str(base), "-") == sealed.read_text()
    for command in (["replay"], ["verify"], ["find", "frozen"], ["ask", "flows"]):
        name, *rest = command
        assert run_json(name, str(base), *rest) == run_json(name, str(sealed), *rest)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "foreign.jsonl",
        "ledger.db",
        "sealed.jsonl",
    ]


def test_a_database_is_added_to(run, run_json, file, tmp_path) -> None:
    base, half = tmp_path / "ledger.sqlite3", tmp_path / "half.jsonl"
    half.write_text("".join(lines()[:4]))
    run("convert", str(half), str(base))
    found = run_json("convert", file, str(base))
    assert found == {"target": str(base), "events": 7, "skipped": 4}
    assert run_json("verify", str(base))["ok"]
    half.write_text("".join(lines()).replace("40000", "4"))
    assert "x5 is in the ledger already" in run("convert", str(half), str(base), status=2)
    assert run_json("replay", str(base))["accounts"][0]["balance"] == 30050


def test_another_database_is_no_history(run, file, tmp_path) -> None:
    base, text = tmp_path / "other.db", tmp_path / "text.db"
    with closing(sqlite3.connect(base)) as connection, connection:
        connection.execute("CREATE TABLE ledger (x)")
    before = base.read_bytes()
    run("replay", str(base), status=2)
    run("convert", file, str(base), status=2)
    assert base.read_bytes() == before
    text.write_text("mine")
    run("convert", file, str(text), status=2)
    assert text.read_text() == "mine"
    run("convert", file, str(tmp_path / "no" / "x.db"), status=2)


def test_convert_to_where_nothing_can_be_written(run, file, tmp_path) -> None:
    assert "cannot be written" in run("convert", file, str(tmp_path / "no" / "x.jsonl"), status=2)
