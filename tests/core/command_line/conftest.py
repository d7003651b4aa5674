"""Commands as they are given, and what they are given on."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from esbank_core.__main__ import main
from tests.core.command_line.foreign import lines


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


@pytest.fixture
def sealed(run, file, tmp_path) -> Path:
    path = tmp_path / "sealed.jsonl"
    run("convert", file, str(path))
    return path
