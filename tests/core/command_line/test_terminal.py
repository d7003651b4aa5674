"""What reaches a terminal: nothing that moves its cursor, and nothing that it cannot show."""

from __future__ import annotations

import io
import json
import os
import sys

import pytest

from esbank_core.__main__ import main
from esbank_core.command_line import progress
from tests.core.command_line.foreign import cloud_event, text_of
from tests.core.command_line.processes import ROOT, needs_processes, python


def test_what_a_file_says_cannot_move_the_cursor(run, file) -> None:
    printed = run("statement", file, "DE-77")
    assert "\x1b" not in printed
    assert "\\x1b[31mgrant" in printed


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


# For programs: UTF-8, whatever the terminal is said to speak.


@needs_processes
@pytest.mark.parametrize(
    "said",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1:replace"},
        {"PYTHONIOENCODING": "utf-16"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=str,
)
def test_what_is_for_programs_is_utf_8(run_json, tmp_path, said) -> None:
    path, base = tmp_path / "größer.jsonl", tmp_path / "größer.db"
    path.write_text(text_of(hostile()), encoding="utf-8")
    run_json("convert", str(path), str(base))
    environment = {**os.environ, **said}

    def output_of(*arguments: str) -> bytes:
        found = python("-m", "esbank_core", *arguments, cwd=ROOT, env=environment)
        assert (found.returncode, found.stderr) == (0, b"")
        return found.stdout

    printed = output_of("convert", str(path), "-")
    assert printed == output_of("convert", str(base), "-")
    assert "Zoë €" in printed.decode("utf-8")
    for command in (["replay"], ["statement", "A"]):
        name, *rest = command
        told = output_of(name, str(path), *rest, "--json")
        assert json.loads(told.decode("utf-8")) == run_json(name, str(path), *rest)
        output_of(name, str(path), *rest)  # a table never fails


# For people: nothing that moves the cursor, hides or turns text around.

HOSTILE = "Zoë €\x1b[2J\x07\x7f\x9b31m\u202egnp.exe\u2066\u2028\r\n\ufeff\U000e0041"
CHARACTERS = sorted(set(HOSTILE) - set("Zoë €[2J31mgnp.exe"))


def hostile() -> list[dict[str, object]]:
    """A ledger of which every text is hostile: owner, currency, notes, reasons, types and ids."""
    events = [
        ("AccountOpened", {"owner": HOSTILE, "currency": HOSTILE}),
        ("MoneyDeposited", {"amount": 9000, "note": HOSTILE}),
        ("TransferSent", {"amount": 1000, "transfer_id": HOSTILE, "to": HOSTILE}),
        ("TransferReturned", {"amount": 1000, "transfer_id": HOSTILE, "reason": HOSTILE}),
        ("MoneyWithdrawn", {"amount": 2000, "note": HOSTILE}),
        ("AccountFrozen", {"reason": HOSTILE}),
        (HOSTILE, {HOSTILE: HOSTILE}),
    ]
    documents = [
        cloud_event(f"{HOSTILE}/{nth}", *event, subject="A", source="esbank")
        for nth, event in enumerate(events)
    ]
    opened = {"owner": "Grace", "currency": "EUR"}
    return [*documents, cloud_event("b", "AccountOpened", opened, subject=HOSTILE, source="esbank")]


def assert_harmless(text: str) -> None:
    for character in CHARACTERS:
        assert character == "\n" or character not in text, repr(character)
    assert "\\r\n" not in text


@pytest.mark.parametrize(
    "command",
    [
        ["replay"],
        ["replay", "--account", HOSTILE],
        ["verify"],
        ["diff", "0", "7"],
        ["find", "frozen"],
        ["find", "where", "event.position"],
        ["what-if", "--skip", "2"],
        ["what-if", "--change", "2", '{"amount": 1}'],
        ["ask", "largest"],
        ["ask", "balances"],
        ["ask", "flows"],
        ["ask", "dormant", "0s"],
        ["ask", "followed-by", "MoneyDeposited", HOSTILE, "1d"],
        ["statement", "A"],
        ["statement", HOSTILE],
        ["test", "--at", "5"],
    ],
    ids=lambda command: ascii(" ".join(command))[:40],
)
def test_no_text_of_a_file_gets_at_the_terminal(run, capsys, tmp_path, command) -> None:
    path = tmp_path / f"{HOSTILE.replace('/', '')[:40]}.jsonl"
    sealed = tmp_path / "sealed.jsonl"
    path.write_text(text_of(hostile()), encoding="utf-8")
    main(["convert", str(path), str(sealed)])
    capsys.readouterr()
    name, *rest = command
    for options in ([], ["--json"]):
        printed = run(name, str(sealed), *rest, *options)
        assert printed
        assert_harmless(printed)


def test_nor_does_the_name_of_a_file_or_what_was_typed(run, capsys, tmp_path) -> None:
    path = tmp_path / HOSTILE
    path.write_text(text_of(hostile()), encoding="utf-8")
    target = tmp_path / f"{HOSTILE}.db"
    assert_harmless(run("convert", str(path), str(target)))
    assert_harmless(run("test", str(path), "--at", "2", "--write", str(tmp_path / f"{HOSTILE}.py")))
    for arguments in (
        ["replay", str(tmp_path / f"no{HOSTILE}")],
        ["convert", str(path), str(path)],
        ["verify", str(path)],
        ["replay", str(path), "--account", f"no{HOSTILE}"],
        ["replay", str(path), "--as-of", HOSTILE],
        ["replay", str(path), "--to", HOSTILE],
        ["find", str(path), HOSTILE],
        ["find", str(path), "where", f"'{HOSTILE}"],
        ["find", str(path), "balance-below", HOSTILE, "--account", "A"],
        ["ask", str(path), HOSTILE],
        ["ask", str(path), f"{HOSTILE}.py:X"],
        [HOSTILE],
    ):
        assert_harmless(run(*arguments, status=2))
    path.write_text(text_of([cloud_event("x", "T", 1, **{HOSTILE: 1})]))
    assert_harmless(run("replay", str(path), status=2))


def test_lines_are_shown_on_a_terminal_as_the_same_json(run, monkeypatch, tmp_path) -> None:
    path = tmp_path / "hostile.jsonl"
    path.write_text(text_of(hostile()), encoding="utf-8")
    into_a_file = run("convert", str(path), "-")
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda _: True)
    on_a_terminal = run("convert", str(path), "-")
    assert_harmless(on_a_terminal)
    assert [json.loads(line) for line in on_a_terminal.splitlines()] == [
        json.loads(line) for line in into_a_file.split("\n")[:-1]
    ]
