"""The build: the same bytes each time, honest failures, and nothing pinned loosely."""

from __future__ import annotations

import json
import re
import socket
import sys
import tomllib
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

import build


def test_two_builds_are_the_same_bytes() -> None:
    first = build.assemble(build.SITE, build.MODULES)
    assert build.assemble(build.SITE, build.MODULES) == first
    on_disk = {
        path.relative_to(build.DIST).as_posix(): path.read_bytes()
        for path in build.DIST.rglob("*")
        if path.is_file() and path.name != ".stamp"
    }
    assert on_disk == first


def test_an_archive_does_not_depend_on_when_its_files_were_written(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "b.py").write_text("B = 1\n")
    (package / "a.py").write_text("A = 1\n")
    (package / "notes.txt").write_text("not code")
    first = build.archive([package])
    (package / "a.py").touch()
    assert build.archive([package]) == first
    with zipfile.ZipFile(BytesIO(first)) as packed:
        assert packed.namelist() == ["package/a.py", "package/b.py"]


def test_the_page_carries_its_icons_and_nothing_of_the_core_twice() -> None:
    files = build.assemble(build.SITE, build.MODULES)
    page = files["index.html"].decode()
    assert not re.search(r'data-icon="\w+"></svg>', page)
    assert not [name for name in files if name.startswith(("bankpage/", "."))]
    with zipfile.ZipFile(BytesIO(files["esbank.zip"])) as packed:
        assert "esbank_core/bank/decide.py" in packed.namelist()
        assert "bankpage/update.py" in packed.namelist()


def test_the_hosted_page_has_no_inline_script_or_style_and_no_other_origin() -> None:
    page = build.assemble(build.SITE, build.MODULES)["index.html"].decode()
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=", page) == []
    assert re.findall(r'(?:src|href)="(?!\./|#)[^"]*"', page) == []
    assert "'unsafe-inline'" not in page


def test_an_icon_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(build.Failure, match="“no_such_icon”"):
        build.inline_icons('<svg class="icon" data-icon="no_such_icon"></svg>', tmp_path)


def test_a_missing_part_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "dist").mkdir()
    with pytest.raises(build.Failure, match=r"no core\.js\. Delete node_modules"):
        build._parts(tmp_path / "dist", "pyscript", build.PYSCRIPT_PARTS)


def test_a_busy_port_is_passed_over_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with build.open_server(build.DIST, port) as server:
            assert server.server_port > port
    assert f"Port {port} is busy; trying {port + 1}." in capsys.readouterr().out


def test_a_failed_step_says_which_why_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    failing = [sys.executable, "-c", "print('the reason'); raise SystemExit(3)"]
    with pytest.raises(build.Failure) as failed:
        build.run_step("Doing a thing", failing, "Do another.")
    assert str(failed.value) == "Doing a thing failed with status 3. Do another.\n\nthe reason"
    assert "Doing a thing … failed" in capsys.readouterr().out


def test_a_command_that_is_not_there_is_a_failure_too() -> None:
    with pytest.raises(build.Failure, match="could not be run"):
        build.run_step("Doing a thing", ["no-such-program"], "Install it.")


def test_a_setup_is_done_again_only_when_its_pins_change(tmp_path: Path) -> None:
    pins = tmp_path / "pins"
    pins.write_text("one")
    first = build.stamp_of(pins)
    assert build.stamp_of(pins) == first
    pins.write_text("two")
    assert build.stamp_of(pins) != first


def test_npm_is_pinned_by_version_and_hash_and_names_no_host() -> None:
    lock = json.loads((build.ROOT / "package-lock.json").read_text())
    package = json.loads((build.ROOT / "package.json").read_text())
    for wanted in (*package["dependencies"].values(), *package["devDependencies"].values()):
        assert re.fullmatch(r"\d+\.\d+\.\d+", wanted)
    for name, entry in lock["packages"].items():
        assert "resolved" not in entry
        assert not name or entry["integrity"].startswith("sha512-")


@pytest.mark.parametrize("name", ["dev", "bench", "node"])
def test_python_tools_are_pinned_by_version_and_hash_and_name_no_host(name: str) -> None:
    pins = (build.ROOT / f"requirements-{name}.txt").read_text()
    assert "http" not in pins
    requirements = re.split(r"\n(?=[a-z])", pins)[1:]
    assert requirements
    for requirement in requirements:
        assert re.match(r"[a-z0-9._-]+==\S+", requirement)
        assert "--hash=sha256:" in requirement


def test_the_core_depends_on_nothing() -> None:
    project = tomllib.loads((build.ROOT / "pyproject.toml").read_text())
    assert project["project"]["dependencies"] == []
