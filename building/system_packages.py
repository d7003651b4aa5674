"""Packages of the system, which only root can install: named and asked about before anything runs.

A person at a terminal is asked. Where nobody can be asked, nothing is installed unless the
variable ``ESBANK_INSTALL`` says ``yes``, as CI does; ``no`` answers once and for all.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from typing import Final

from building.steps import Failure, run_step

VARIABLE: Final = "ESBANK_INSTALL"


def install(packages: Sequence[str], purpose: str) -> bool:
    """Install Debian packages, if this is root, there is apt-get, and the answer is yes.

    Returns:
        Whether they have been installed.

    Raises:
        Failure: the package manager was run, and failed.
    """
    if not (shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0):
        return False
    ask = input if sys.stdin is not None and sys.stdin.isatty() else None
    if not is_allowed(packages, purpose, os.environ.get(VARIABLE, ""), ask):
        return False
    for title, command in commands(packages):
        run_step(title, command, f"To go on without, set {VARIABLE}=no.")
    return True


def commands(packages: Sequence[str]) -> list[tuple[str, list[str]]]:
    """What is run as root, each with its title."""
    return [
        ("Asking Debian what there is", ["apt-get", "update"]),
        (
            f"Installing Debian's {', '.join(packages)}",
            ["apt-get", "install", "-y", "--no-install-recommends", *packages],
        ),
    ]


def is_allowed(
    packages: Sequence[str], purpose: str, variable: str, ask: Callable[[str], str] | None
) -> bool:
    """Say what would be run as root and how to answer; whether the answer is yes.

    ``variable`` is the value of ``ESBANK_INSTALL``, ``ask`` puts a question to a person, and is
    None where there is none.

    Raises:
        Failure: the variable says neither yes nor no.
    """
    if variable not in ("", "yes", "no"):
        raise Failure(f"{VARIABLE} is “{variable}”: it can be yes or no, or be left out.")
    if variable == "no":
        return False
    print(f"  {purpose} This would run as root:")
    for _, command in commands(packages):
        print(f"    {' '.join(command)}")
    if variable == "yes":
        print(f"  {VARIABLE}=yes allows it; {VARIABLE}=no would not.", flush=True)
        return True
    if ask is None:
        print(f"  Nobody is here to be asked, so it is not run. {VARIABLE}=yes allows it.")
        return False
    try:
        answer = ask(f"  Run it? [y/N] ({VARIABLE}=yes or no answers beforehand) ")
    except EOFError:
        return False
    return answer.strip().lower() in ("y", "yes")
