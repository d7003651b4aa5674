"""``esbank statement``: an account between two instants."""

from __future__ import annotations


def test_a_statement_has_an_opening_and_a_closing_balance(run, run_json, file) -> None:
    since = ("--since", "2026-03-02", "--until", "2026-03-03")
    found = run_json("statement", file, "DE-77", *since)
    assert (found["opening"], found["closing"]) == (120050, -19950)
    assert [entry["balance"] for entry in found["entries"]] == [20050, -19950]
    assert "Closing balance  -€199.50" in run("statement", file, "DE-77", *since)
    assert "ACC-9" in run("statement", file, "ACC-9", status=2)


def test_a_statement_that_would_end_before_it_begins_is_refused(run, run_json, file) -> None:
    period = ["--since", "2026-03-04", "--until", "2026-03-02T00:00:00.0000001Z"]
    told = run("statement", file, "DE-77", *period, status=2)
    assert "--until must not be earlier than --since" in told
    empty = run_json("statement", file, "DE-77", "--since", "2026-03-02", "--until", "2026-03-02")
    assert (empty["opening"], empty["entries"], empty["closing"]) == (120050, [], 120050)
