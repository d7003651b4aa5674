"""The command line as other programs start it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

needs_processes = pytest.mark.skipif(
    sys.platform == "emscripten", reason="a browser runs one process"
)


def python(*arguments: str, **how) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, check=False, **how)


def may_give_files_away() -> bool:
    return sys.platform != "emscripten" and os.geteuid() == 0
