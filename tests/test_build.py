"""The build: the same bytes each time, honest failures, and nothing pinned loosely."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import build
from building import system_packages


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


def refuse(question: str) -> str:
    raise AssertionError(f"asked all the same: {question}")


@pytest.mark.parametrize(
    ("typed", "allowed"),
    [("y", True), (" YES ", True), ("", False), ("n", False), ("yesterday", False)],
)
def test_a_person_is_asked_before_anything_runs_as_root(
    capsys: pytest.CaptureFixture[str], typed: str, allowed: bool
) -> None:
    questions: list[str] = []

    def answer(question: str) -> str:
        questions.append(question)
        return typed

    assert system_packages.is_allowed(["a-browser"], "Tests need it.", "", answer) is allowed
    said = capsys.readouterr().out
    for _, command in system_packages.commands(["a-browser"]):
        assert f"{' '.join(command)}\n" in said, "the very command is said"
    (question,) = questions
    assert question.endswith("[y/N] (ESBANK_INSTALL=yes or no answers beforehand) ")


def test_where_nobody_can_be_asked_nothing_is_installed_and_how_to_allow_it_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert not system_packages.is_allowed(["a-browser"], "Tests need it.", "", None)
    assert "ESBANK_INSTALL=yes allows it" in capsys.readouterr().out


def test_a_variable_answers_beforehand(capsys: pytest.CaptureFixture[str]) -> None:
    assert system_packages.is_allowed(["a-browser"], "Tests need it.", "yes", refuse)
    assert "ESBANK_INSTALL=no would not" in capsys.readouterr().out
    assert not system_packages.is_allowed(["a-browser"], "Tests need it.", "no", refuse)
    with pytest.raises(build.Failure, match="ESBANK_INSTALL is “perhaps”"):
        system_packages.is_allowed(["a-browser"], "Tests need it.", "perhaps", refuse)


def test_a_terminal_that_closes_has_not_said_yes() -> None:
    def closed(question: str) -> str:
        raise EOFError

    assert not system_packages.is_allowed(["a-browser"], "Tests need it.", "", closed)


@pytest.mark.parametrize("answer", ["", "no"])
def test_without_a_yes_no_package_manager_runs(
    monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    monkeypatch.setenv("ESBANK_INSTALL", answer)
    monkeypatch.setattr("sys.stdin", None)
    monkeypatch.setattr(system_packages, "run_step", lambda *_: pytest.fail("it was run"))
    assert not system_packages.install(["a-browser"], "Tests need it.")


def test_only_ci_says_yes_by_itself() -> None:
    run = (build.ROOT / ".ci" / "run").read_text()
    assert "apt-get" not in run
    assert re.findall(r"^.*ESBANK_INSTALL.*$", run, re.MULTILINE) == [
        'if [ "${CI:-}" = true ]; then export ESBANK_INSTALL="${ESBANK_INSTALL:-yes}"; fi'
    ]


def test_no_script_of_ours_escapes_the_type_check() -> None:
    ours = {
        path.relative_to(build.ROOT).as_posix()
        for folder in ("site", "building", "tests")
        for kind in ("*.js", "*.mjs")
        for path in (build.ROOT / folder).rglob(kind)
    }
    checked = ""
    for place in ("page", "worker", "node"):
        command = [str(build._tool("tsc")), "-p", f"types/{place}", "--listFilesOnly"]
        checked += subprocess.run(
            command, cwd=build.ROOT, capture_output=True, text=True, check=True
        ).stdout
    assert ours - {line.removeprefix(f"{build.ROOT}/") for line in checked.splitlines()} == set()
