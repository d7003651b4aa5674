"""``esbank sql``: one query, three databases, and each answers for itself."""

from __future__ import annotations

import json

import pytest

NOW = """
-- CRUD
SELECT id, balance FROM accounts
-- CRUD with an audit table
-- nothing to ask
-- Events
SELECT count(*) AS n FROM events
"""


def test_a_query_is_put_to_all_three(run_json, file) -> None:
    answer = run_json("sql", file, "SELECT count(*) AS n FROM events")
    assert answer["events"] == {"columns": ["n"], "rows": [[7]], "cut": False}
    for twin in ("crud", "audited"):
        assert answer[twin] == {"refused": "no such table: events", "never_knew": True}


def test_each_may_be_asked_in_its_own_words(run, run_json, file) -> None:
    answer = run_json("sql", file, NOW)
    assert answer["audited"] == {"never_knew": True}
    assert answer["events"]["rows"] == [[7]]
    assert [row[0] for row in answer["crud"]["rows"]] == ["DE-77"]
    printed = run("sql", file, NOW)
    assert "CRUD with an audit table:\nThis database never knew." in printed
    assert "n\n-\n7\n1 row." in printed


def test_one_database_may_be_asked_alone(run_json, run, file) -> None:
    assert list(run_json("sql", file, "SELECT 1", "--in", "events")) == ["events"]
    assert "no query" in run("sql", file, "-- CRUD\nSELECT 1", "--in", "events", status=2)
    assert "no query" in run("sql", file, "-- only a remark", status=2)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("DELETE FROM events", "append-only"),
        ("ATTACH 'x' AS y", "not authorized"),
        ("SELEC", "syntax error"),
        ("INSERT INTO accounts VALUES ('x', 'x', 'x', 1, 'x', 'x')", "1 row written, and undone"),
        ("SELECT 1 WHERE 0", "0 rows."),
    ],
)
def test_every_outcome_has_a_sentence(run, file, query, said) -> None:
    assert said in run("sql", file, query)


def test_a_currency_is_a_column_like_any_other(run, file) -> None:
    assert "currency" in run("sql", file, "SELECT currency FROM accounts", "--in", "crud")


def test_what_a_value_holds_moves_no_cursor(run, file) -> None:
    assert "\x1b" not in run("sql", file, "SELECT char(27) || '[2J'")


def test_a_history_of_others_is_in_events_alone(run_json, tmp_path) -> None:
    path = tmp_path / "others.jsonl"
    line = {"specversion": "1.0", "id": "1", "source": "shop", "type": "ItemAdded"}
    path.write_text(json.dumps({**line, "subject": "cart-7", "data": {"sku": "tea"}}) + "\n")
    query = "SELECT json_extract(data, '$.sku') AS sku FROM events"
    answer = run_json("sql", str(path), query)
    assert answer["events"]["rows"] == [["tea"]]
    assert "crud" not in answer
