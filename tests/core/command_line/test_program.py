"""As a program among others."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.core.command_line.foreign import lines
from tests.core.command_line.processes import ROOT, needs_processes, python


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
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is full")
@pytest.mark.parametrize(
    "command", [["replay", "-"], ["replay", "-", "--json"], ["convert", "-", "-"]]
)
def test_an_answer_that_finds_no_room_is_said(command) -> None:
    found = subprocess.run(
        f"{sys.executable} -m esbank_core {' '.join(command)} > /dev/full",
        shell=True,
        cwd=ROOT,
        input="".join(lines()).encode(),
        capture_output=True,
        check=False,
    )
    assert found.returncode == 2
    assert found.stderr == b"esbank: The answer cannot be printed: no space left on device.\n"
