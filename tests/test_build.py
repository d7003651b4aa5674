"""The build: the same bytes each time, honest failures, and nothing pinned loosely."""

from __future__ import annotations

import json
import re
import socket
import sys
import tomllib
from pathlib import Path

import pytest

import build


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
