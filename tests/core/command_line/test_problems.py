"""What cannot run says why, in one sentence."""

from __future__ import annotations

import io
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esbank_core.__main__ import main
from tests.core.command_line.foreign import lines


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
        (["find", "FILE", "field-equals", "data.note"], "needs a value"),
        (["find", "FILE", "and"], "“and” is no condition"),
        (["find", "FILE", "frozen", "and"], "“and” is no condition"),
        (["find", "FILE", "status", "asleep"], "that is open, frozen and closed"),
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
