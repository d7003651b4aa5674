"""One event by hand: what is hashed is in sight, to the byte."""

from __future__ import annotations

import ast
import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core import DepositMoney, OpenAccount
from esbank_core.kernel.errors import UnfitLine
from esbank_core.kernel.identity import Position
from esbank_core.kernel.written.by_hand import by_hand, python_command, sha256sum_command
from tests.core.histories import Bank, ledgers, lines_of

BANK = Bank().do(OpenAccount("ACC-1", "Ada")).do(DepositMoney("ACC-1", 5, "it's 100% “fine”"))
LINES = [line.rstrip("\n") for line in lines_of(BANK.ledger.recorded)]


@given(ledgers())
def test_every_event_that_was_written_checks(ledger) -> None:
    lines = [line.rstrip("\n") for line in lines_of(ledger.recorded)]
    before = "0" * 64
    for position in range(1, len(lines) + 1):
        found = by_hand(lines, Position(position))
        assert found.holds
        assert found.before == before
        assert sha256(found.hashed.encode()).hexdigest() == found.hash == found.carried
        before = found.hash


def test_what_was_altered_does_not() -> None:
    lines = [LINES[0], LINES[1].replace('"amount":5', '"amount":6')]
    found = by_hand(lines, Position(2))
    assert not found.holds
    assert '"amount":6' in found.content


def test_what_carries_no_hash_says_so() -> None:
    document = json.loads(LINES[0])
    del document["chainhash"]
    found = by_hand([json.dumps(document), LINES[1]], Position(2))
    assert found.before == ""
    assert by_hand([json.dumps(document)], Position(1)).carried == ""


@pytest.mark.parametrize("line", ["", "null", "{", '{"a":1e999}', "\ud800"])
def test_what_is_no_line_has_nothing_to_check(line: str) -> None:
    with pytest.raises((UnfitLine, ValueError)):
        by_hand([line], Position(1))


@given(st.text(st.characters(codec="utf-8")))
def test_a_command_is_one_line_of_ascii_whatever_it_hashes(text: str) -> None:
    for command in (sha256sum_command(text), python_command(text)):
        assert command.isascii()
        assert command.isprintable()


@given(st.text(st.characters(codec="utf-8")))
def test_pythons_command_spells_the_text_and_no_shell_finds_its_own_in_it(text: str) -> None:
    command = python_command(text)
    program = command.removeprefix('python3 -c "').removesuffix('"')
    assert not set(program) & set('"$`!%')
    literal = program[program.index("sha256(") + 7 : program.index(".encode()")]
    assert ast.literal_eval(literal) == text


def test_plain_bytes_stay_in_sight() -> None:
    assert sha256sum_command('{"a":1}') == """printf %s '{"a":1}' | sha256sum"""
    assert sha256sum_command("50% of ä\\") == r"printf '50\045 of \303\244\134' | sha256sum"
