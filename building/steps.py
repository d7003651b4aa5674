"""How a build step is run, where it finds its programs, and how it fails."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
VENV: Final = ROOT / ".venv"

LINES_SHOWN: Final = 15


class Failure(Exception):  # noqa: N818 - it is how a step ends, not a programming error
    """A step failed. The sentence says which, why, and what to do."""


def run_step(
    title: str,
    command: Sequence[str | Path],
    remedy: str,
    folder: Path = ROOT,
    extra: Mapping[str, str] | None = None,
) -> None:
    """Run a command that takes a while, in a folder; its output is shown only if it fails.

    ``extra`` are variables of its environment, beside our own.

    Raises:
        Failure: the command could not be run, or did not end well.
    """
    print(f"  {title} …", end="", flush=True)
    started = time.monotonic()
    try:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=folder,
            env={**environment(), **(extra or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        print(" failed")
        raise Failure(f"{title}: {command[0]} could not be run ({error}). {remedy}") from error
    if done.returncode:
        print(" failed")
        tail = "\n".join(done.stdout.strip().splitlines()[-LINES_SHOWN:])
        raise Failure(f"{title} failed with status {done.returncode}. {remedy}\n\n{tail}")
    print(f" {time.monotonic() - started:.0f} s")


def run_shown(command: Sequence[str | Path], extra: Mapping[str, str] | None = None) -> int:
    """Run a command whose output is what it is run for; returns its exit status."""
    sys.stdout.flush()
    wanted = {**environment(), **(extra or {})}
    return subprocess.call([str(part) for part in command], cwd=ROOT, env=wanted)


def environment() -> dict[str, str]:
    """Our own environment, with the .venv's programs first."""
    return {**os.environ, "PATH": os.pathsep.join([str(programs()), os.environ.get("PATH", "")])}


def programs() -> Path:
    """The folder of the .venv's programs."""
    return VENV / ("Scripts" if os.name == "nt" else "bin")


def python() -> Path:
    """The .venv's Python."""
    return programs() / ("python.exe" if os.name == "nt" else "python")
