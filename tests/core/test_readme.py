"""The README and the page on one's own event stream: what they show is what happens."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from esbank_core.__main__ import main

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
OWN_STREAM = (ROOT / "docs" / "debug-your-own-event-stream.md").read_text(encoding="utf-8")
_SHOWN = re.compile(r"```console\n\$ python -m esbank_core (.*?)\n(.*?)```", re.DOTALL)
CONSOLE = _SHOWN.findall(README + OWN_STREAM)
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_there_are_examples() -> None:
    assert len(_SHOWN.findall(README)) == 5
    assert len(_SHOWN.findall(OWN_STREAM)) == 5
    assert len(PYTHON) == 1


@pytest.mark.parametrize(("command", "output"), CONSOLE)
def test_a_command_answers_as_the_readme_shows(monkeypatch, capsys, command, output) -> None:
    monkeypatch.chdir(ROOT)
    assert main(shlex.split(command)) == 0
    assert capsys.readouterr().out == output


@pytest.mark.parametrize("example", PYTHON)
def test_an_example_prints_what_its_last_line_says(capsys, example: str) -> None:
    *lines, printed = example.splitlines()
    exec("\n".join(lines), {})
    assert capsys.readouterr().out == printed.removeprefix("# ") + "\n"


def test_the_files_that_are_shown_are_those_that_are_there() -> None:
    for name in ("orders.py", "tills.json"):
        assert (ROOT / "docs" / "examples" / name).read_text(encoding="utf-8") in OWN_STREAM


def test_the_example_needs_one_place_to_import_from() -> None:
    places = re.findall(r"^from (esbank_core\S*) import", "".join(PYTHON), re.MULTILINE)
    assert places == ["esbank_core"]


def test_every_command_is_in_the_table_and_no_other(capsys) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    there = re.findall(r"^    ([a-z][a-z-]+)\b", capsys.readouterr().out, re.MULTILINE)
    assert sorted(re.findall(r"^\| `([a-z-]+)` \|", README, re.MULTILINE)) == sorted(there)


RECORDS = ROOT / "docs" / "decisions"


def test_the_list_of_decisions_has_what_is_there_by_its_name() -> None:
    index = (RECORDS / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^- \[(\d{4})\]\((\S+)\) (.+)$", index, re.MULTILINE)
    assert len(listed) > 20
    assert len({number for number, _, _ in listed}) == len(listed)
    for number, name, title in listed:
        assert name.startswith(f"{number}-")
        assert (RECORDS / name).read_text().startswith(f"# {title}\n")


def test_the_map_names_every_part_of_the_core_and_nothing_that_is_not_there() -> None:
    named = set(re.findall(r"^\| `([a-z_/]+/)` \|", README, re.MULTILINE))
    core = {f"{path.parent.relative_to(ROOT)}/" for path in ROOT.glob("esbank_core/*/__init__.py")}
    assert core <= named
    assert all((ROOT / name).is_dir() for name in named)
