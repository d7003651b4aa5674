"""``esbank ask``: questions, and answers as tables."""

from __future__ import annotations

import pytest


def test_ask_prints_columns_and_rows(run_json, file) -> None:
    assert run_json("ask", file, "flows", "day") == {
        "columns": [
            {"name": "day", "unit": None},
            {"name": "in", "unit": "minor units"},
            {"name": "out", "unit": "minor units"},
            {"name": "net", "unit": "minor units"},
            {"name": "currency", "unit": "ISO 4217"},
            {"name": "events", "unit": "events"},
        ],
        "rows": [
            ["2026-03-01", 120050, 0, 120050, "EUR", 1],
            ["2026-03-02", 0, 140000, -140000, "EUR", 2],
            ["2026-03-04", 50000, 0, 50000, "EUR", 1],
        ],
    }


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        (["withdrew-after-deposit"], 0),
        (["withdrew-after-deposit", "1d12h"], 2),
        (["followed-by", "MoneyWithdrawn", "AccountFrozen", "1d"], 1),
        (["balances"], 4),
        (["balances", "DE-77"], 4),
        (["balances", "XX"], 0),
        (["flows"], 1),
        (["flows", "week"], 2),
        (["largest"], 4),
        (["largest", "2"], 2),
        (["dormant"], 0),
        (["round-trips", "7d"], 0),
    ],
)
def test_ask_knows_these_questions(run, run_json, file, question, rows) -> None:
    assert len(run_json("ask", file, *question)["rows"]) == rows
    run("ask", file, *question)


OWN_QUESTION = """
from esbank_core.questions.ask import Answer, Column

class Counted:
    def __init__(self):
        self.count = 0

    def see(self, change):
        self.count += 1

    def answer(self):
        return Answer((Column("events", "events"),), ((self.count,),))

class Failing(Counted):
    def see(self, change):
        raise KeyError("mine")

class Half:
    def see(self, change): ...
"""


def test_ask_takes_a_question_of_ones_own(run, run_json, file, tmp_path) -> None:
    own = tmp_path / "own.py"
    own.write_text(OWN_QUESTION)
    assert run_json("ask", file, f"{own}:Counted")["rows"] == [[7]]
    assert "KeyError" in run("ask", file, f"{own}:Failing", status=2)
    for name in ("Half", "Missing", ""):
        assert "no question" in run("ask", file, f"{own}:{name}", status=2)
    assert "there is no file" in run("ask", file, "none.py:X", status=2)
