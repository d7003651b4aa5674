"""A test from a moment: it runs as it stands, whatever the history holds."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from esbank_core import DepositMoney, Ledger, OpenAccount, SendTransfer
from esbank_core.bank.events import AccountOpened, MoneyDeposited, MoneyWithdrawn, OwnerRenamed
from esbank_core.kernel.recorded import UnknownEvent
from esbank_core.questions.bank.as_test import NoStoryError, as_test
from tests.core.histories import Bank, ledgers

ROOT = Path(__file__).parents[2]


def run(text: str) -> None:
    names: dict[str, object] = {}
    exec(compile(text, "<test>", "exec"), names)
    tests = [value for name, value in names.items() if name.startswith("test_")]
    assert len(tests) == 2
    for test in tests:
        test()


@given(ledgers())
def test_every_moment_of_a_history_makes_a_test_that_passes(ledger: Ledger) -> None:
    for position in range(1, ledger.head + 1):
        text = as_test(ledger, position)
        assert text.isascii()
        assert "the rules of today" not in text
        run(text)


def test_a_moment_that_the_rules_would_refuse_says_so() -> None:
    ledger = Bank().do(OpenAccount("ACC-1", "Ada")).happened("ACC-1", [MoneyWithdrawn(5)]).ledger
    text = as_test(ledger, 2)
    assert "the rules of today would refuse it" in text
    assert "then_rejected('insufficient-funds'" in text
    run(text)


def test_a_moment_that_the_rules_would_decide_otherwise_says_so() -> None:
    ledger = Bank().happened("ACC-1", [AccountOpened(" Ada ", "USD"), OwnerRenamed(" Ada ")]).ledger
    for position in (1, 2):
        text = as_test(ledger, position)
        assert "decide otherwise" in text
        run(text)
    assert "then_nothing_happened()" not in as_test(ledger, 2)
    same_name = ledger.extend(
        [replace(ledger.at(2), event=OwnerRenamed(" Ada"), position=3, version=3)]
    )
    run(as_test(same_name, 3))


def test_nothing_in_a_history_becomes_code() -> None:
    evil = '"""\nraise SystemExit("got in")\n\'\'\'\\'
    bank = Bank().happened(evil, [AccountOpened(evil, evil), MoneyDeposited(5, evil)])
    run(as_test(bank.ledger, 2))


def test_what_the_bank_does_not_know_makes_no_test() -> None:
    ledger = Bank().happened("ACC-1", [UnknownEvent("Scored", 1, {})]).ledger
    with pytest.raises(NoStoryError, match="Event 1"):
        as_test(ledger, 1)


def test_a_history_before_the_moment_may_hold_what_the_bank_does_not_know() -> None:
    bank = Bank().happened("ACC-1", [UnknownEvent("Scored", 1, {})])
    run(as_test(bank.do(OpenAccount("ACC-1", "Ada")).ledger, 2))


@given(ledgers())
def test_names_and_notes_are_replaced_and_the_test_still_runs(ledger: Ledger) -> None:
    for position in range(1, ledger.head + 1):
        text = as_test(ledger, position, is_anonymous=True)
        assert "ACC-" not in text
        assert "Owner of" not in text
        run(text)


def test_a_name_is_replaced_by_the_same_one_everywhere() -> None:
    bank = Bank().do(OpenAccount("DE-77", "Marie")).do(OpenAccount("DE-78", "Pierre"))
    bank.do(DepositMoney("DE-77", 9, "salary")).do(SendTransfer("DE-77", 3, "rent-may", "DE-78"))
    bank.do(DepositMoney("DE-77", 1, "salary")).happened("DE-77", [MoneyWithdrawn(99, "salary")])
    text = as_test(bank.ledger, bank.ledger.head, is_anonymous=True)
    for name in ("DE-77", "DE-78", "Marie", "salary", "rent-may"):
        assert name not in text
    assert text.count("'Note 1'") == 4
    assert "receiver='ACCOUNT-2'" in text
    assert "EVENT_ID = 'ACCOUNT-1/5'" in text
    assert "then_rejected('insufficient-funds'" in text
    run(text)


@pytest.mark.parametrize("owner", ["  Ada ", "A" * 81, "Ada\nKing", "\u200b", " "])
def test_a_name_that_the_rules_look_at_keeps_its_shape(owner: str) -> None:
    ledger = Bank().happened("A", [AccountOpened(owner, "USD")]).ledger
    plain, replaced = as_test(ledger, 1), as_test(ledger, 1, is_anonymous=True)
    assert ("then_rejected" in plain) == ("then_rejected" in replaced)
    assert "Ada" not in replaced
    run(replaced)


@pytest.mark.skipif(sys.platform == "emscripten", reason="a browser runs one process")
def test_pytest_runs_it(tmp_path: Path) -> None:
    ledger = Bank().do(OpenAccount("ACC-1", "Ada")).ledger
    path = tmp_path / "test_moment.py"
    path.write_text(as_test(ledger, 1))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(path)]
    environment = {"PYTHONPATH": str(ROOT)}
    found = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert b"2 passed" in found.stdout, found.stdout
