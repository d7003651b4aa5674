"""No command changes a file that it was not told to write: not a byte, not a name, not a time."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from esbank_core import CODEC, Metadata
from esbank_core.__main__ import main
from esbank_core.bank.events import MoneyDeposited
from esbank_core.command_line import database
from esbank_core.command_line.database import ChangedWhileReadError, reading_database
from esbank_core.kernel.stores.sqlite_store import SqliteStore
from tests.core.command_line.foreign import names_in
from tests.core.histories import NOON

READING = [
    ["replay"],
    ["replay", "--to", "3"],
    ["replay", "--as-of", "2026-03-02"],
    ["verify"],
    ["diff", "1", "5"],
    ["find", "frozen"],
    ["find", "where", "event.data.amount"],
    ["what-if", "--skip", "2"],
    ["ask", "flows"],
    ["ask", "dormant"],
    ["statement", "DE-77"],
    ["test", "--at", "4"],
    ["convert", "-"],
]
"""Every command, where it was told to write nothing but its answer."""


def looks_of(folder: Path) -> dict[str, object]:
    """All that a change would show in: of each file, and of the folder that lists them."""
    return {
        str(path): (
            path.stat().st_mode,
            path.stat().st_mtime_ns,
            path.is_dir() or hashlib.sha256(path.read_bytes()).hexdigest(),
        )
        for path in (folder, *sorted(folder.rglob("*")))
    }


@pytest.fixture
def cupboard(run, sealed: Path, tmp_path: Path) -> Iterator[Path]:
    """A folder with a history in every form in which one is kept, and with what is none."""
    folder = tmp_path / "cupboard"
    folder.mkdir()
    (folder / "sealed.jsonl").write_text(sealed.read_text())
    (folder / "broken.jsonl").write_text(sealed.read_text().replace("120050", "120051"))
    (folder / "cut.jsonl").write_text(sealed.read_text()[:-20])
    (folder / "nothing.jsonl").write_text("")
    for name in ("closed.db", "open.db"):
        run("convert", str(sealed), str(folder / name))
    with closing(sqlite3.connect(folder / "theirs.db")) as theirs, theirs:
        theirs.execute("PRAGMA journal_mode = WAL")
        theirs.execute("CREATE TABLE ledger (x)")
    # Someone has these two open, and what they wrote last is in the log beside the database.
    with SqliteStore(str(folder / "open.db"), CODEC) as store:
        store.append("NEW-1", 0, [MoneyDeposited(1)], Metadata(NOON))
        with closing(sqlite3.connect(folder / "theirs-open.db")) as theirs:
            theirs.execute("PRAGMA journal_mode = WAL")
            theirs.execute("CREATE TABLE ledger (x)")
            assert {"open.db-wal", "theirs-open.db-wal"} <= set(names_in(folder))
            yield folder


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_a_command_that_reads_changes_nothing(run, cupboard: Path, capsys, command) -> None:
    name, *rest = command
    before = looks_of(cupboard)
    for file in sorted(cupboard.iterdir()):
        if file.name.endswith(("-wal", "-shm")):
            continue
        for options in ([], ["--json"]):
            if (name, options) != ("convert", ["--json"]):
                assert main([name, str(file), *rest, *options]) in (0, 1, 2)
                capsys.readouterr()
        assert looks_of(cupboard) == before, file


def test_what_is_only_in_the_log_is_read_as_well(run_json, cupboard: Path) -> None:
    assert run_json("replay", str(cupboard / "open.db"))["position"] == 8
    assert run_json("verify", str(cupboard / "open.db"))["events"] == 8
    assert run_json("replay", str(cupboard / "closed.db"))["position"] == 7


def test_a_database_of_another_program_is_called_by_its_name(run, cupboard: Path) -> None:
    for name in ("theirs.db", "theirs-open.db"):
        path = str(cupboard / name)
        assert f"{path} is a database, but not a ledger" in run("verify", path, status=2)


def test_a_target_that_is_refused_stays_as_it_is(run, cupboard: Path) -> None:
    before = looks_of(cupboard)
    for name in ("theirs.db", "theirs-open.db", "sealed.jsonl", "nothing.jsonl"):
        run("convert", str(cupboard / "broken.jsonl"), str(cupboard / name), status=2)
        assert looks_of(cupboard) == before, name
    run("convert", str(cupboard / "sealed.jsonl"), str(cupboard / "closed.db"))
    assert looks_of(cupboard) == before, "there was nothing to add"


def test_a_database_in_a_folder_that_takes_no_file_is_read(run_json, cupboard: Path) -> None:
    cupboard.chmod(0o555)
    for file in cupboard.iterdir():
        file.chmod(0o444)
    try:
        assert run_json("verify", str(cupboard / "closed.db"))["ok"]
        assert run_json("verify", str(cupboard / "open.db"))["ok"]
    finally:
        cupboard.chmod(0o755)


def test_a_database_behind_a_link_is_read_where_it_lies(run_json, cupboard, tmp_path) -> None:
    for name, events in (("open.db", 8), ("closed.db", 7)):
        link = tmp_path / f"link to {name} #1?"
        link.symlink_to(cupboard / name)
        assert run_json("replay", str(link))["position"] == events


def test_a_journal_that_a_dead_program_left_is_heeded(run_json, cupboard, tmp_path) -> None:
    """SQLite puts a half-written change back when it is opened next; so does the copy."""
    path = tmp_path / "killed.db"
    path.write_bytes((cupboard / "closed.db").read_bytes())
    with closing(sqlite3.connect(path, isolation_level=None)) as dying:
        dying.execute("PRAGMA journal_mode = DELETE")
        dying.execute("PRAGMA cache_size = 1")
        dying.execute("BEGIN")
        dying.execute("UPDATE ledger SET line = replace(line, '120050', '999999')")
        dying.execute("CREATE TABLE much AS SELECT hex(zeroblob(9000)) FROM ledger, ledger")
        crashed = tmp_path / "crashed.db"
        crashed.write_bytes(path.read_bytes())
        Path(f"{crashed}-journal").write_bytes(Path(f"{path}-journal").read_bytes())
        dying.execute("ROLLBACK")
    before = looks_of(tmp_path)
    assert run_json("verify", str(crashed))["ok"]
    assert looks_of(tmp_path) == before


def test_a_database_that_changes_while_it_is_read_is_not_believed(run, cupboard: Path) -> None:
    path = cupboard / "closed.db"

    def read_while_it_changes() -> None:
        with reading_database(str(path)) as store:
            for _ in store.lines():
                os.utime(path, ns=(1, 1))

    with pytest.raises(ChangedWhileReadError):
        read_while_it_changes()


def test_a_database_is_read_once_it_rests_and_not_for_ever(
    run, run_json, cupboard, monkeypatch
) -> None:
    monkeypatch.setattr(database, "_PAUSE", 0)
    monkeypatch.setattr(database, "_copied", lambda *_: False)
    for command in ("replay", "verify"):
        assert "without a pause" in run(command, str(cupboard / "open.db"), status=2)
    monkeypatch.undo()
    copied, failures = database._copied, iter([False, False])
    monkeypatch.setattr(database, "_copied", lambda *files: next(failures, copied(*files)))
    assert run_json("replay", str(cupboard / "open.db"))["position"] == 8


def test_json_of_a_ledger_is_the_same_from_file_and_database(run_json, cupboard: Path) -> None:
    for command in (["replay"], ["verify"], ["ask", "balances"]):
        name, *rest = command
        from_file = run_json(name, str(cupboard / "sealed.jsonl"), *rest)
        assert json.dumps(from_file) == json.dumps(
            run_json(name, str(cupboard / "closed.db"), *rest)
        )
