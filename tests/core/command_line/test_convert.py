"""``esbank convert``: several histories as one, and nothing harmed."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from esbank_core import CODEC, Metadata
from esbank_core.__main__ import main
from esbank_core.bank.events import MoneyDeposited
from esbank_core.command_line import adding
from esbank_core.kernel.stores.sqlite_store import SqliteStore
from tests.core.command_line.foreign import cloud_event, lines, names_in, text_of
from tests.core.command_line.processes import ROOT, may_give_files_away, needs_processes
from tests.core.histories import NOON, Bank, file_of


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
    assert names_in(tmp_path) == [
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
    assert names_in(tmp_path) == [
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


# What is there already keeps what is its own.


def test_a_replaced_file_keeps_its_mode(run, file, tmp_path) -> None:
    target = tmp_path / "target.jsonl"
    for mode in (0o600, 0o640, 0o400, 0o755):
        target.unlink(missing_ok=True)
        target.write_text("mine")
        target.chmod(mode)
        run("convert", file, str(target), "--force")
        assert target.read_text().count("\n") == 7
        assert stat.S_IMODE(target.stat().st_mode) == mode


@pytest.mark.skipif(not may_give_files_away(), reason="only root gives files away")
def test_a_replaced_file_keeps_its_owner(run, file, tmp_path) -> None:
    target = tmp_path / "target.jsonl"
    target.write_text("mine")
    os.chown(target, 4711, 4712)
    run("convert", file, str(target), "--force")
    assert target.read_text().count("\n") == 7
    assert (target.stat().st_uid, target.stat().st_gid) == (4711, 4712)


def test_a_file_whose_owner_cannot_be_kept_is_left_alone(run, file, tmp_path, monkeypatch) -> None:
    target = tmp_path / "target.jsonl"
    target.write_text("mine")
    his = os.stat_result((*target.stat()[:4], 4711, 4712, *target.stat()[6:]))
    stat_of = Path.stat

    def as_his(path: Path, **how):
        return his if path == target else stat_of(path, **how)

    def forbidden(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "stat", as_his)
    monkeypatch.setattr(os, "chown", forbidden)
    assert "belongs to someone else" in run("convert", file, str(target), "--force", status=2)
    assert target.read_text() == "mine"
    assert names_in(tmp_path) == ["foreign.jsonl", "target.jsonl"]


def test_a_new_file_has_the_mode_that_new_files_have(run, file, tmp_path) -> None:
    mask = os.umask(0o027)
    try:
        for name in ("new.jsonl", "new.db"):
            run("convert", file, str(tmp_path / name))
            assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o640
    finally:
        os.umask(mask)


@pytest.mark.parametrize("name", ["real.jsonl", "real.db"])
@pytest.mark.parametrize("is_there", [True, False])
def test_what_a_link_points_to_is_written_where_it_is(run, file, tmp_path, name, is_there) -> None:
    real, link = tmp_path / "elsewhere" / name, tmp_path / name
    real.parent.mkdir()
    link.symlink_to(Path("elsewhere", name))
    if is_there:
        run("convert", file, str(real))
    run("convert", file, str(link), "--force")
    assert link.is_symlink()
    assert not real.is_symlink()
    assert run("convert", str(link), "-").count("\n") == 7
    assert names_in(real.parent) == [name]


def test_standard_output_by_any_name_is_printed_to(run, file, sealed, tmp_path) -> None:
    link = tmp_path / "out.jsonl"
    link.symlink_to("/dev/stdout")
    for name in ("-", "/dev/stdout", "/dev/fd/1", str(link)):
        assert run("convert", file, name, "--force") == sealed.read_text()
    assert "both" in run("convert", file, "/dev/stdout", "--json", status=2)
    assert link.is_symlink()


def test_what_is_no_plain_file_is_written_to_or_refused(run, file, tmp_path) -> None:
    run("convert", file, os.devnull)
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder.db").mkdir()
    assert "is a directory" in run("convert", file, str(tmp_path / "folder"), status=2)
    assert "is not a plain file" in run("convert", file, str(tmp_path / "folder.db"), status=2)


@needs_processes
@pytest.mark.parametrize("options", [[], ["--force"]])
def test_what_is_open_already_is_written_to_and_not_replaced(sealed, tmp_path, options) -> None:
    behind = tmp_path / "behind.jsonl"
    with behind.open("w") as opened:
        name = f"/dev/fd/{opened.fileno()}"
        command = [sys.executable, "-m", "esbank_core", "convert", str(sealed), name, *options]
        subprocess.run(command, cwd=ROOT, pass_fds=[opened.fileno()], check=True)
        assert os.fstat(opened.fileno()).st_nlink == 1
    assert behind.read_text() == sealed.read_text()


@needs_processes
def test_a_pipe_is_written_to(sealed, tmp_path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for options in ([], ["--force"]):
        command = [sys.executable, "-m", "esbank_core", "convert", str(sealed), str(pipe), *options]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as converting:
            assert pipe.read_text() == sealed.read_text()
            converting.communicate()
        assert converting.returncode == 0
        assert stat.S_ISFIFO(pipe.stat().st_mode)


@needs_processes
def test_a_pipe_is_read_from_its_first_byte_on(file) -> None:
    command = f"{sys.executable} -m esbank_core replay /dev/stdin --json"
    given = Path(file).read_bytes()
    found = subprocess.run(
        f"cat | {command}", shell=True, cwd=ROOT, input=given, capture_output=True, check=True
    )
    assert json.loads(found.stdout)["position"] == 7


def test_where_there_are_no_hard_links_a_file_is_made_as_well(
    run, file, sealed, tmp_path, monkeypatch
) -> None:
    def none(*_):
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    monkeypatch.setattr(os, "link", none, raising=False)
    for name in ("new.jsonl", "new.db"):
        run("convert", file, str(tmp_path / name))
        assert run("convert", str(tmp_path / name), "-") == sealed.read_text()
    assert "is there already" in run("convert", file, str(tmp_path / "new.jsonl"), status=2)


# Two at once.


@needs_processes
@pytest.mark.parametrize("name", ["new.db", "new.jsonl"])
def test_of_many_at_once_nobody_loses_anything(run_json, tmp_path, name) -> None:
    target = tmp_path / name
    sources = []
    for nth in range(6):
        source = tmp_path / f"{nth}.jsonl"
        source.write_text(
            text_of(
                cloud_event(
                    f"{nth // 2}-{event}", "MoneyDeposited", {"amount": 1}, subject=f"A{nth // 2}"
                )
                for event in range(300)
            )
        )
        sources.append(source)
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "esbank_core", "convert", str(source), str(target)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for source in sources
    ]
    said = [process.communicate() for process in running]
    codes = [process.returncode for process in running]
    found = run_json("verify", str(target))
    assert found["ok"]
    if name.endswith(".db"):  # which is added to
        assert codes == [0] * len(sources), said
        assert found["events"] == 900
    else:  # of which the first one stays
        assert sorted(codes) == [0, 2, 2, 2, 2, 2]
        assert found["events"] == 300
    assert names_in(tmp_path) == sorted([name, *(source.name for source in sources)])


def test_whoever_was_first_is_added_to(run, run_json, file, tmp_path, monkeypatch) -> None:
    target, theirs = tmp_path / "ledger.db", tmp_path / "theirs.jsonl"
    theirs.write_text(text_of([cloud_event("theirs", "MoneyDeposited", {"amount": 1})]))
    publish = adding.publish

    def publish_second(temporary: Path, name: Path) -> bool:
        monkeypatch.setattr(adding, "publish", publish)
        main(["convert", str(theirs), str(target)])
        return publish(temporary, name)

    monkeypatch.setattr(adding, "publish", publish_second)
    run("convert", file, str(target))
    assert run_json("verify", str(target))["events"] == 8


def test_a_conflict_makes_no_database(run, file, tmp_path) -> None:
    other = tmp_path / "other.jsonl"
    other.write_text("".join(lines()).replace("120050", "5"))
    run("convert", file, str(other), str(tmp_path / "new.db"), status=2)
    assert names_in(tmp_path) == ["foreign.jsonl", "other.jsonl"]


def test_the_log_of_a_database_that_is_gone_is_no_part_of_a_new_one(run, file, tmp_path) -> None:
    gone, new = tmp_path / "gone.db", tmp_path / "new.db"
    with SqliteStore(str(gone), CODEC) as store:
        store.append("A", 0, [MoneyDeposited(1)], Metadata(NOON))
        log = Path(f"{gone}-wal").read_bytes()
    Path(f"{new}-wal").write_bytes(log)
    assert "new.db-wal is of a database that is not there" in run(
        "convert", file, str(new), status=2
    )
    assert Path(f"{new}-wal").read_bytes() == log
    assert not new.exists()


# The parts of a log.


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 0, 1], [2, 1, 0]])
def test_the_parts_of_a_log_are_one_history_in_whatever_order(
    run, run_json, sealed, tmp_path, order
) -> None:
    whole = sealed.read_text().splitlines(keepends=True)
    parts = [tmp_path / f"log.{nth}" for nth in range(3)]
    for part, (begin, end) in zip(parts, [(0, 3), (2, 5), (5, 7)], strict=True):
        part.write_text("".join(whole[begin:end]))
    given = [str(parts[nth]) for nth in order]
    assert run("convert", *given, "-") == sealed.read_text()
    base = tmp_path / "log.db"
    run("convert", str(parts[0]), str(base))
    run("convert", *given[:1], *given[1:], str(base))
    assert run("convert", str(base), "-") == sealed.read_text()
    told = run("convert", str(parts[0]), str(parts[2]), "-", status=2)
    assert "log.2: Line 1" in told
    assert "000000000004" in told
