"""The Debug lab without a browser: two points compared, and a moment as a test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bankpage.paper.effects import Download

from esbank_core import (
    DepositMoney,
    OpenAccount,
)
from tests.core.histories import Bank
from tests.page.labs.debug.desks import ROOT, desk, rows


def test_two_points_are_compared_field_by_field() -> None:
    told = desk(position=3).does("remember").looks_at(9)
    assert told.shows("debug-point") == "From A, event 3, to here, event 9: 3 fields differ."
    assert rows(told, "debug-differences")[1:] == [
        ["A", "Balance", "€0.00", "−€20.00"],
        ["B", "Status", "open", "frozen"],
        ["B", "Reason", "nothing", "lost"],
    ]
    assert "6 events between" in told.shows("debug-between")
    assert "#5 MoneyWithdrawn −€60.00 (A)" in told.shows("debug-between")
    told.looks_at(0)
    assert "to here, Genesis" in told.shows("debug-point")
    assert told.does("forget").slot("debug-differences").attributes["hidden"]


def test_a_moment_becomes_a_test_that_runs(tmp_path: Path) -> None:
    told = desk(position=9).does("write-test", anonymous="yes")
    code = told.shows("debug-test-code")
    assert "rent" not in code
    assert "then_rejected('insufficient-funds'" in code
    told.does("download-test")
    assert told.effects == [Download("test_event_9.py", code)]
    assert "rent" in told.does("write-test").shows("debug-test-code")
    path = tmp_path / "test_event_9.py"
    path.write_text(code)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(path)]
    ran = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, check=False
    )
    assert b"2 passed" in ran.stdout, ran.stdout


def test_a_long_test_is_written_in_slices() -> None:
    long = Bank().do(OpenAccount("A", "Ada"))
    for _ in range(2_000):
        long.do(DepositMoney("A", 5))
    told = desk(long.ledger)
    told.only("write-test")
    assert told.shows("debug-test-said") == "Writing the test…"
    code = told.settles().shows("debug-test-code")
    assert code.count("MoneyDeposited(amount=5, note=''),") == 1_999


def test_what_no_command_leads_to_makes_no_test() -> None:
    assert "is of no type" in desk(position=7).does("write-test").shows("debug-test-said")
    assert "Move the slider" in desk(position=0).does("write-test").shows("debug-test-said")
