"""What reaches a terminal: nothing that moves its cursor, and nothing that it cannot show."""

from __future__ import annotations

import io
import os
import sys

from esbank_core.command_line import progress
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
