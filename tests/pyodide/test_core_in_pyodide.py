"""The core's own tests once more, on the Python that the page runs on."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import build

RUNNER = Path(__file__).with_name("run.mjs")


@pytest.mark.timeout(1000)
def test_the_core_passes_its_tests_inside_pyodide() -> None:
    node = shutil.which("node")
    assert node, "Node is set up by build.py; run this by: python build.py test"
    packages = Path(pytest.__file__).parents[1]
    done = subprocess.run(
        [
            node,
            RUNNER,
            build.ROOT,
            packages,
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-o",
            "timeout=0",  # it has no timers; the whole run has a limit below
            "tests/core",
        ],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    said = f"{done.stdout[-4000:]}\n{done.stderr[-2000:]}"
    assert done.returncode == 0, said
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed, said
    assert int(passed[1]) > 500, said
