"""What a command needs before it runs: Python's tools, and Node with the browser's parts.

Each is installed as its files pin it, and only again when those change: a stamp beside it says of
what it was made.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import Final

from building.steps import ROOT, VENV, environment, python, run_step

MODULES: Final = ROOT / "node_modules"
OLDEST_NODE: Final = 20


def stamp_of(*pins: Path) -> str:
    """What a set-up depends on, as a hash: the Python that runs it, and the files that pin it."""
    content = b"".join(pin.read_bytes() for pin in pins)
    return hashlib.sha256(sys.version.encode() + content).hexdigest()


def is_done(stamp: Path, content: str) -> bool:
    """Whether what a stamp stands beside was made of just this."""
    return stamp.is_file() and stamp.read_text() == content


def set_up_python(requirements: str) -> None:
    """Install the pinned tools of one requirements file into ``.venv``.

    Raises:
        Failure: they could not be installed.
    """
    pins = ROOT / requirements
    stamp, content = VENV / f".{pins.stem}", stamp_of(pins)
    if is_done(stamp, content):
        return
    if not python().exists():
        print("  Making .venv …", flush=True)
        venv.create(VENV, with_pip=True)
    install: list[str | Path] = [python(), "-m", "pip", "install", "--require-hashes", "--quiet"]
    run_step(
        f"Installing {requirements}",
        [*install, "--disable-pip-version-check", "-r", pins],
        "Check the network, delete .venv, and run this again.",
    )
    stamp.write_text(content)


def set_up_node(*, with_tools: bool) -> None:
    """Install the browser's parts, and with them the tools that only tests and lint need.

    Raises:
        Failure: they, or a Node to install them with, could not be had.
    """
    stamp = MODULES / ".esbank-stamp"
    content = stamp_of(ROOT / "package-lock.json")
    if is_done(stamp, f"{content} with tools") or (
        not with_tools and is_done(stamp, f"{content} parts")
    ):
        return
    if _node_version() < OLDEST_NODE:
        set_up_python("requirements-node.txt")
    run_step(
        "Installing the browser's parts (npm ci)",
        [_npm(), "ci", "--no-audit", "--no-fund", *([] if with_tools else ["--omit=dev"])],
        "Check the network, delete node_modules, and run this again.",
    )
    stamp.write_text(f"{content} with tools" if with_tools else f"{content} parts")


def _node_version() -> int:
    """The major version of the Node on the path, 0 where there is none or it has no npm."""
    path = environment()["PATH"]
    node = shutil.which("node", path=path)
    if node is None or shutil.which("npm", path=path) is None:
        return 0
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.", said)
    return int(found[1]) if found else 0


def _npm() -> str:
    return shutil.which("npm", path=environment()["PATH"]) or "npm"
