"""The boot image, started from twice: everything is loaded, and chance is each visitor's own."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import zipfile
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

import build
from building import boot_image_maker, machine

SCRIPT = Path(__file__).parent / "pyodide" / "boot_image.mjs"


def code_of_the_page() -> Path:
    """The archive of the modules that are in the image."""
    (code,) = build.DIST.glob("esbank-*/esbank.zip")
    return code


@pytest.fixture(scope="module")
def visitors(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    (image,) = build.DIST.glob("image-*/boot.image")
    code = code_of_the_page()
    about = tmp_path_factory.mktemp("about") / "about.json"
    about.write_bytes(boot_image_maker.made(code.read_bytes(), build.MODULES).about)
    node = shutil.which("node") or "node"
    script = build.SITE / "start" / "image.js"
    command = [node, SCRIPT, machine.folder(build.MODULES), script, about, image]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=True)
    told: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_two_visits_differ_in_everything_that_chance_decides(
    visitors: list[dict[str, Any]],
) -> None:
    one, two = visitors
    assert one["random"] != two["random"]
    assert one["id"] != two["id"]


def test_the_clock_is_not_the_builds(visitors: list[dict[str, Any]]) -> None:
    assert {visitor["year"] for visitor in visitors} == {datetime.now(timezone.utc).year}


def test_all_that_the_page_runs_is_loaded_already(visitors: list[dict[str, Any]]) -> None:
    loaded = set(visitors[0]["modules"])
    with zipfile.ZipFile(code_of_the_page()) as packed:
        ours = {
            name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            for name in packed.namelist()
            if not name.startswith("pyscript/")
        }
    assert "bankpage.labs.contract" in ours
    assert ours <= loaded
    assert "sqlite3" not in loaded


def test_pyscripts_modules_wait_until_they_are_used(visitors: list[dict[str, Any]]) -> None:
    assert not visitors[0]["pyscript"], "they look at the page as they load"


def test_the_image_says_which_code_it_is_of(visitors: list[dict[str, Any]]) -> None:
    code = code_of_the_page()
    assert visitors[0]["codeHash"] == hashlib.sha256(code.read_bytes()).hexdigest()
