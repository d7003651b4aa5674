"""``esbank project``: a read model of the reader's own."""

from __future__ import annotations

import pytest

COUNT = """
initial = {}

def apply(state, event):
    return {**state, event.type: state.get(event.type, 0) + 1}
"""

LAST_NOTES = """
initial = ()

def evolve(state, event):
    return (*state, event.data.get("note", ""))
"""


@pytest.fixture
def program(tmp_path):
    def written(text: str) -> str:
        path = tmp_path / "my.py"
        path.write_text(text)
        return str(path)

    return written


def test_a_projection_is_printed_as_a_table_with_its_checkpoint(run, file, program) -> None:
    lines = run("project", file, program(COUNT)).splitlines()
    assert lines[0].split() == ["key", "value"]
    assert ["MoneyDeposited", "2"] in [line.split() for line in lines]
    assert "Checkpoint 7 of 7." in lines


def test_for_programs_it_is_the_read_model_itself(run_json, file, program) -> None:
    found = run_json("project", file, program(COUNT), "--to", "3")
    assert (found["checkpoint"], found["read_model"]["AccountOpened"]) == (3, 1)


def test_an_evolve_has_the_state_of_each_stream(run, file, program) -> None:
    assert "0: " in run("project", file, program(LAST_NOTES), "--to", "1")


def test_a_state_may_be_a_dataclass_whatever_its_annotations_are(run, file, tmp_path) -> None:
    program = tmp_path / "mine.py"
    program.write_text(
        "from __future__ import annotations\nfrom dataclasses import dataclass\n\n"
        "@dataclass\nclass State:\n    events: int = 0\n\ninitial = State()\n\n"
        "def evolve(state, event):\n    state.events += 1\n    return state\n"
    )
    assert "Checkpoint 7 of 7." in run("project", file, str(program))


def test_what_it_prints_is_printed(run, file, program) -> None:
    text = "initial = 0\nprint('begun')\ndef apply(state, event):\n    return state + 1"
    assert run("project", file, program(text)).splitlines() == ["begun", "7", "Checkpoint 7 of 7."]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "initial = 0\ndef apply(s, e):\n    return s + 'x'",
            "my.py, line 3 failed at event 1: Typ",
        ),
        ("(", "my.py, line 1 failed: SyntaxError"),
        ("initial = {}\ndef apply(s, e): ...", "line 2 returned None at event 1; the state after"),
        ("", "my.py has nothing to run"),
        ("initial = 0\napply = evolve = max", "both apply and evolve"),
        ("apply = max", "has no “initial”"),
    ],
)
def test_a_fault_is_a_sentence_with_its_line(run, file, program, text: str, said: str) -> None:
    assert said in run("project", file, program(text), status=2)


def test_a_file_that_is_not_there_and_a_place_that_is_not(run, file, program, tmp_path) -> None:
    assert "cannot be read" in run("project", file, str(tmp_path / "none.py"), status=2)
    assert "no position 8" in run("project", file, program(COUNT), "--to", "8", status=2)
