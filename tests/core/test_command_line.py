"""The command line: what a stranger types, with a file that is not ours."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esbank_core.__main__ import main
from esbank_core.command_line import progress
from tests.core.histories import Bank, file_of, ledgers

FOREIGN = [
    ("AccountOpened", "2026-03-01T09:00:00Z", {"owner": "Marie Curie", "currency": "EUR"}),
    ("MoneyDeposited", "2026-03-01T10:05:00+01:00", {"amount": 120050, "note": "\x1b[31mgrant"}),
    ("com.example.Scored", "2026-03-02T09:06:00Z", {"risk": 0.25}),
    ("MoneyWithdrawn", "2026-03-02T09:08:30Z", {"amount": 100000}),
    ("MoneyWithdrawn", "2026-03-02T09:09:00Z", {"amount": 40000, "note": "fee"}),
    ("AccountFrozen", "2026-03-03T09:09:00Z", {"reason": "overdrawn"}),
    ("MoneyDeposited", "2026-03-04T09:09:00Z", {"amount": 50000}),
]


def lines() -> list[str]:
    return [
        json.dumps(
            {
                "specversion": "1.0",
                "id": f"x{nth}",
                "source": "https://bank.example",
                "type": type_name,
                "subject": "DE-77",
                "time": time,
                "data": data,
            }
        )
        + "\n"
        for nth, (type_name, time, data) in enumerate(FOREIGN, start=1)
    ]


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "foreign.jsonl"
    path.write_text("".join(lines()))
    return str(path)


@pytest.fixture
def run(capsys, monkeypatch):
    def run_it(*arguments: str, stdin: bytes = b"", status: int = 0) -> str:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        assert main(arguments) == status
        captured = capsys.readouterr()
        if status == 2:
            assert captured.out == ""
            assert captured.err.startswith("esbank: ")
            assert captured.err.count("\n") == 1
            return captured.err
        assert captured.err == ""
        return captured.out

    return run_it


@pytest.fixture
def run_json(run):
    return lambda *arguments, **how: json.loads(run(*arguments, "--json", **how))


# replay


def test_replay_prints_accounts_for_programs(run_json, file) -> None:
    assert run_json("replay", file) == {
        "position": 7,
        "accounts": [
            {
                "account_id": "DE-77",
                "owner": "Marie Curie",
                "currency": "EUR",
                "balance": 30050,
                "status": "frozen",
                "version": 7,
            }
        ],
    }


def test_replay_prints_a_table_for_people(run, file) -> None:
    assert run("replay", file).splitlines() == [
        "Account  Owner        Status  Balance  Version",
        "-------  -----------  ------  -------  -------",
        "DE-77    Marie Curie  frozen  €300.50        7",
        "Position 7 of 7.",
    ]


@pytest.mark.parametrize(
    ("options", "position", "balance"),
    [
        (["--to", "2"], 2, 120050),
        (["--to", "5"], 5, -19950),
        (["--as-of", "2026-03-02T09:08:30Z"], 4, 20050),
        (["--as-of", "2026-03-02T10:08:30+01:00"], 4, 20050),
        (["--as-of", "2026-03-01"], 2, 120050),
        (["--account", "DE-77", "--to", "1"], 1, 0),
    ],
)
def test_replay_goes_back_in_time(run_json, file, options, position, balance) -> None:
    found = run_json("replay", file, *options)
    assert found["position"] == position
    assert [account["balance"] for account in found["accounts"]] == [balance]
    assert found["accounts"][0]["version"] == position


def test_genesis_is_before_everything(run, run_json, file) -> None:
    assert run_json("replay", file, "--to", "0") == {"position": 0, "accounts": []}
    assert run("replay", file, "--as-of", "2020-01-01").startswith("Genesis")
    assert run_json("replay", "-", stdin=b"") == {"position": 0, "accounts": []}


def test_standard_input_is_a_file(run_json) -> None:
    assert run_json("replay", "-", stdin="".join(lines()).encode())["position"] == 7


# convert and verify


@pytest.fixture
def sealed(run, file, tmp_path) -> Path:
    path = tmp_path / "sealed.jsonl"
    run("convert", file, str(path))
    return path


def test_convert_seals_a_foreign_file(run_json, sealed) -> None:
    found = run_json("verify", str(sealed))
    last = json.loads(sealed.read_text().splitlines()[-1])
    assert found == {"ok": True, "events": 7, "head": last["chainhash"], "broken": None}


def test_converting_again_changes_nothing(run, sealed) -> None:
    assert run("convert", str(sealed), "-") == sealed.read_text()


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


def test_what_is_altered_inside_a_database_is_found(run, run_json, sealed, tmp_path) -> None:
    base = tmp_path / "ledger.db"
    run("convert", str(sealed), str(base))
    with closing(sqlite3.connect(base)) as connection, connection:
        connection.execute("UPDATE ledger SET line = replace(line, '120050', '920050')")
    found = run_json("verify", str(base), status=1)
    assert (found["broken"]["position"], found["broken"]["kind"]) == (2, "altered")


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


# diff, find, what-if, ask, statement


def test_diff_says_what_changed(run_json, file) -> None:
    assert run_json("diff", file, "2", "6") == {
        "from": 2,
        "to": 6,
        "changes": [
            {"account_id": "DE-77", "field": field, "before": before, "after": after}
            for field, before, after in [
                ("status", "open", "frozen"),
                ("balance", 120050, -19950),
                ("reason", None, "overdrawn"),
            ]
        ],
    }


@pytest.mark.parametrize(
    ("condition", "positions"),
    [
        (["balance-below", "0"], [5]),
        (["balance-below=0.00"], [5]),
        (["balance-below", "-200"], []),
        (["balance-below", "200.51"], [1, 4]),
        (["balance-changed-by", "399.99"], [2, 4, 5, 7]),
        (["frozen"], [6]),
        (["frozen", "balance-below", "0"], [6]),
        (["closed-with-money"], []),
        (["gap-above", "23h"], [3, 6, 7]),
        (["gap-above", "24h"], [3]),
        (["out-of-order"], []),
        (["where", "after.balance < 0"], [5]),
        (["where", "event.data.amount and event.data.amount > 40000"], [2, 4, 7]),
        (["where=after.status == 'frozen' and after.balance > 0"], [7]),
    ],
)
def test_find_prints_every_moment(run_json, file, condition, positions) -> None:
    found = run_json("find", file, *condition)["moments"]
    assert [moment["position"] for moment in found] == positions
    for moment in found:
        assert moment["id"] == f"x{moment['position']}"
        assert moment["time"].endswith("Z")


def test_find_looks_at_one_account(run, file) -> None:
    assert "1 moment in 7 events." in run("find", file, "frozen", "--account", "DE-77")
    assert "ACC-9" in run("find", file, "frozen", "--account", "ACC-9", status=2)


def test_what_if_decides_again(run_json, file) -> None:
    found = run_json("what-if", file, "--skip", "2")
    assert found["first_divergence"] == 2
    assert [step["outcome"] for step in found["steps"]] == [
        "left-out",
        "same",
        "rejected",
        "same",
        "same",
        "same",
    ]
    assert "less than €1,000.00" in found["steps"][2]["why"]
    assert [(row["balance"], row["would_be"]) for row in found["accounts"]] == [(30050, 10000)]


def test_what_if_changes_inserts_and_writes(run, run_json, file, tmp_path) -> None:
    target = tmp_path / "other.jsonl"
    run(
        *("what-if", file, "--change", "5", '{"amount": 1}', "--write", str(target)),
        *("--insert", "8", "DE-77", "AccountUnfrozen", "{}"),
    )
    found = run_json("replay", str(target))
    assert found["position"] == 8
    assert found["accounts"][0]["balance"] == 70049
    assert found["accounts"][0]["status"] == "open"
    assert run_json("replay", file)["position"] == 7


def test_what_if_prints_a_table_for_people(run, file) -> None:
    printed = run("what-if", file, "--skip", "2")
    assert "The balance is €0.00, which is less than €1,000.00." in printed
    assert "They part at position 2." in printed


def test_ask_prints_columns_and_rows(run_json, file) -> None:
    assert run_json("ask", file, "flows", "day") == {
        "columns": [
            {"name": "day", "unit": None},
            {"name": "in", "unit": "minor units"},
            {"name": "out", "unit": "minor units"},
            {"name": "net", "unit": "minor units"},
            {"name": "currency", "unit": "ISO 4217"},
            {"name": "events", "unit": "events"},
        ],
        "rows": [
            ["2026-03-01", 120050, 0, 120050, "EUR", 1],
            ["2026-03-02", 0, 140000, -140000, "EUR", 2],
            ["2026-03-04", 50000, 0, 50000, "EUR", 1],
        ],
    }


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        (["withdrew-after-deposit"], 0),
        (["withdrew-after-deposit", "1d12h"], 2),
        (["followed-by", "MoneyWithdrawn", "AccountFrozen", "1d"], 1),
        (["balances"], 4),
        (["balances", "DE-77"], 4),
        (["balances", "XX"], 0),
        (["flows"], 1),
        (["flows", "week"], 2),
        (["largest"], 4),
        (["largest", "2"], 2),
        (["dormant"], 0),
        (["round-trips", "7d"], 0),
    ],
)
def test_ask_knows_these_questions(run, run_json, file, question, rows) -> None:
    assert len(run_json("ask", file, *question)["rows"]) == rows
    run("ask", file, *question)


OWN_QUESTION = """
from esbank_core.questions.ask import Answer, Column

class Counted:
    def __init__(self):
        self.count = 0

    def see(self, change):
        self.count += 1

    def answer(self):
        return Answer((Column("events", "events"),), ((self.count,),))

class Failing(Counted):
    def see(self, change):
        raise KeyError("mine")

class Half:
    def see(self, change): ...
"""


def test_ask_takes_a_question_of_ones_own(run, run_json, file, tmp_path) -> None:
    own = tmp_path / "own.py"
    own.write_text(OWN_QUESTION)
    assert run_json("ask", file, f"{own}:Counted")["rows"] == [[7]]
    assert "KeyError" in run("ask", file, f"{own}:Failing", status=2)
    for name in ("Half", "Missing", ""):
        assert "no question" in run("ask", file, f"{own}:{name}", status=2)
    assert "there is no file" in run("ask", file, "none.py:X", status=2)


def test_a_statement_has_an_opening_and_a_closing_balance(run, run_json, file) -> None:
    since = ("--since", "2026-03-02", "--until", "2026-03-03")
    found = run_json("statement", file, "DE-77", *since)
    assert (found["opening"], found["closing"]) == (120050, -19950)
    assert [entry["balance"] for entry in found["entries"]] == [20050, -19950]
    assert "Closing balance  -€199.50" in run("statement", file, "DE-77", *since)
    assert "ACC-9" in run("statement", file, "ACC-9", status=2)


def test_what_a_file_says_cannot_move_the_cursor(run, file) -> None:
    printed = run("statement", file, "DE-77")
    assert "\x1b" not in printed
    assert "\\x1b[31mgrant" in printed


# What cannot run says why in one sentence.


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "COMMAND"),
        (["fly"], "fly"),
        (["replay"], "FILE"),
        (["replay", "no-such-file"], "no-such-file cannot be read: no such file"),
        (["replay", "/"], "is a directory"),
        (["replay", "FILE", "--to", "8"], "8 is no position of this history, which has 7 events"),
        (["replay", "FILE", "--to", "-1"], "-1 is no position"),
        (["replay", "FILE", "--to", "1", "--as-of", "2026-01-01"], "not allowed with"),
        (["replay", "FILE", "--as-of", "yesterday"], "2026-11-23T16:20:27Z"),
        (["replay", "FILE", "--as-of", "2026-02-30"], "is not an instant"),
        (["replay", "FILE", "--account", "ACC-9"], "ACC-9"),
        (["verify", "FILE", "--head", "abc"], "64 hexadecimal digits"),
        (["diff", "FILE", "1"], "B"),
        (["diff", "FILE", "1", "x"], "x is no position"),
        (["find", "FILE"], "CONDITION"),
        (["find", "FILE", "frozne"], "“frozne” is no condition"),
        (["find", "FILE", "balance-below"], "needs a value"),
        (["find", "FILE", "balance-below", "much"], "not an amount"),
        (["find", "FILE", "gap-above", "5"], "not a span"),
        (["find", "FILE", "gap-above", "999999999w"], "not a span"),
        (["find", "FILE", "where", "1 +"], "not a Python expression"),
        (["find", "FILE", "where", "after.none"], "failed on event 1: AttributeError"),
        (["find", "FILE", "where", "1/0"], "ZeroDivisionError"),
        (["what-if", "FILE"], "--skip"),
        (["what-if", "FILE", "--skip", "0"], "0 is no position"),
        (["what-if", "FILE", "--skip", "1", "1"], "twice"),
        (["what-if", "FILE", "--change", "2", "{"], "not JSON"),
        (["what-if", "FILE", "--change", "2", '{"amount": 1.5}'], "not an integer"),
        (["what-if", "FILE", "--change", "3", "{}"], "no type that this bank knows"),
        (["what-if", "FILE", "--insert", "1", "A", "Fly", "{}"], "Fly is no type of event"),
        (["what-if", "FILE", "--insert", "9", "A", "AccountClosed", "{}"], "9 is no position"),
        (["what-if", "-", "--insert", "1", "A", "AccountClosed", "{}"], "without events"),
        (["ask", "FILE", "why"], "is no question"),
        (["ask", "FILE", "flows", "year"], "is no question"),
        (["ask", "FILE", "largest", "-1"], "not a number"),
        (["ask", "FILE", "dormant", "x"], "not a span"),
        (["convert", "FILE"], "TARGET"),
        (["convert", "FILE", "-", "--json"], "both"),
        (["statement", "FILE", "DE-77", "--since", "x"], "not an instant"),
    ],
)
def test_what_cannot_run_says_why(run, file, arguments, sentence) -> None:
    given_arguments = [file if argument == "FILE" else argument for argument in arguments]
    assert sentence in run(*given_arguments, status=2)


@pytest.mark.parametrize(
    "content",
    [
        b"[]",
        b"\xff\xfe",
        b"\x00" * 100,
        b"x" * 2_000_000,
        b"[" * 500_000,
        b'{"specversion":"1.0"}',
        b"\xef\xbb\xbf" + "".join(lines()).encode(),
        "".join(lines()).encode() + b"\n",
        "".join(lines()).encode()[:-30],
        "".join([*lines(), lines()[1].replace("120050", "1")]).encode(),
    ],
)
@pytest.mark.parametrize("command", [["replay"], ["find", "frozen"], ["what-if", "--skip", "1"]])
def test_a_file_that_is_refused_is_refused_in_one_sentence(run, content, command) -> None:
    name, *rest = command
    assert "standard input: " in run(name, "-", *rest, stdin=content, status=2)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.binary(max_size=200))
def test_any_bytes_get_an_answer(monkeypatch, content) -> None:
    for command in ("replay", "verify"):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        assert main([command, "-"]) in (0, 1, 2)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(ledgers())
def test_replay_is_what_the_ledger_says(run_json, ledger) -> None:
    found = run_json("replay", "-", stdin=file_of(ledger.recorded))
    assert {row["account_id"]: row["balance"] for row in found["accounts"]} == {
        stream_id: ledger.state_of(stream_id).balance for stream_id in ledger.places
    }


# As a program among others.


needs_processes = pytest.mark.skipif(
    sys.platform == "emscripten", reason="a browser runs one process"
)


def python(*arguments: str, **how) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, check=False, **how)


ROOT = Path(__file__).parents[2]


@needs_processes
def test_it_runs_as_a_module() -> None:
    given_lines = "".join(lines()).encode()
    found = python("-m", "esbank_core", "replay", "-", "--json", cwd=ROOT, input=given_lines)
    assert (found.returncode, found.stderr) == (0, b"")
    assert json.loads(found.stdout)["position"] == 7
    failed = python("-m", "esbank_core", "replay", "nowhere", cwd=ROOT)
    assert (failed.returncode, failed.stdout) == (2, b"")
    assert failed.stderr.count(b"\n") == 1


@needs_processes
def test_it_is_silent_when_nobody_reads_on(tmp_path: Path) -> None:
    many = tmp_path / "many.jsonl"
    deposit = json.loads(lines()[1])
    many.write_text(
        "".join(json.dumps({**deposit, "id": str(nth)}) + "\n" for nth in range(20_000))
    )
    command = f"{sys.executable} -m esbank_core ask {many} balances | head -n 2"
    found = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, check=False)
    assert found.stdout.count(b"\n") == 2
    assert found.stderr == b""


@needs_processes
def test_output_survives_a_terminal_that_knows_only_ascii(file) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    found = python("-m", "esbank_core", "replay", file, cwd=ROOT, env=environment)
    assert found.returncode == 0
    assert b"\\u20ac300.50" in found.stdout


def test_a_progress_bar_is_for_terminals_only(monkeypatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(progress, "PATIENCE", 0)
    monkeypatch.setattr(progress, "PACE", 0)
    chunks = [b"12345", b"67890"]
    for stream, is_shown in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr(sys, "stderr", stream)
        assert list(progress.with_progress(chunks, 10)) == chunks
        assert ("[####" in stream.getvalue()) is is_shown
        assert stream.getvalue().endswith("\r\x1b[K") is is_shown
    assert progress.bar(5_000_000, 10_000_000) == f"Reading [{'#' * 20}{' ' * 20}]  50% of 10.0 MB"
    assert progress.bar(5_000_000, None) == "Reading: 5.0 MB"
