"""The boot image, started from twice: everything is loaded, and chance is each visitor's own."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

import build
from building import boot_image_maker

SCRIPT = Path(__file__).parent / "pyodide" / "boot_image.mjs"


@pytest.fixture(scope="module")
def visitors(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    (image,) = build.DIST.glob("image-*/boot.image")
    (code,) = build.DIST.glob("esbank-*/esbank.zip")
    about = tmp_path_factory.mktemp("about") / "about.json"
    about.write_bytes(boot_image_maker.made(code.read_bytes(), build.MODULES).about)
    node = shutil.which("node") or "node"
    script = build.SITE / "start" / "image.js"
    command = [node, SCRIPT, build.MODULES / "pyodide", script, about, image]
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
    packages = {
        "bankpage": build.SITE / "bankpage",
        "esbank_core": build.ROOT / "esbank_core",
    }
    ours = {
        ".".join([name, *path.relative_to(folder).with_suffix("").parts]).removesuffix(".__init__")
        for name, folder in packages.items()
        for path in folder.rglob("*.py")
    }
    left_out = ("esbank_core.__main__", "esbank_core.command_line")
    assert {name for name in ours - loaded if not name.startswith(left_out)} == {
        "esbank_core.kernel.stores.sqlite_store",
        "esbank_core.sources.layouts.sqlite_rows",
    }, "the page has no use for SQLite"


def test_pyscripts_modules_wait_until_they_are_used(visitors: list[dict[str, Any]]) -> None:
    assert not visitors[0]["pyscript"], "they look at the page as they load"


def test_the_image_says_which_code_it_is_of(visitors: list[dict[str, Any]]) -> None:
    (code,) = build.DIST.glob("esbank-*/esbank.zip")
    assert visitors[0]["codeHash"] == hashlib.sha256(code.read_bytes()).hexdigest()
