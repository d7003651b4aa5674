"""The same bank in three databases, and SQL put to them: what is kept, and what nobody breaks."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core import DepositMoney, FreezeAccount, Ledger, OpenAccount, WithdrawMoney
from esbank_core.bank.events import MoneyDeposited, MoneyWithdrawn
from esbank_core.bank.states import balance_in
from esbank_core.kernel.recorded import UnknownEvent
from esbank_core.kernel.written.times import format_time
from esbank_core.questions.as_of import states_as_of_position
from esbank_core.questions.sql.queries import never_knew, queries, spelt
from esbank_core.questions.sql.sandbox import Failed, Limits, Refused, Result, Sandbox, Written
from esbank_core.questions.sql.twins import SCHEMAS, Statement, Twin, statements
from tests.core.histories import Bank, ledgers

DEFAULT = Limits()


def fed(ledger: Ledger, limits: Limits = DEFAULT) -> dict[Twin, Sandbox]:
    databases = {twin: Sandbox(SCHEMAS[twin], limits) for twin in Twin}
    for change in ledger.changes():
        for statement in statements(change):
            databases[statement.twin].feed([(statement.sql, statement.parameters)])
    return databases


def rows(outcome: object) -> tuple:
    assert isinstance(outcome, Result), outcome
    return outcome.rows


def a_bank() -> Bank:
    bank = Bank().do(OpenAccount("ACC-1", "Ada O'Neill")).do(DepositMoney("ACC-1", 100, "salary"))
    return bank.do(WithdrawMoney("ACC-1", 30)).do(FreezeAccount("ACC-1", "card lost"))


@pytest.fixture
def events() -> Sandbox:
    return fed(a_bank().ledger)[Twin.EVENTS]


@given(ledgers())
def test_all_three_come_to_the_state_that_the_events_fold_to(ledger: Ledger) -> None:
    databases = fed(ledger)
    folded = {
        account: (state.owner, balance_in(state), type(state).__name__.lower())
        for account, state in states_as_of_position(ledger, ledger.head).items()
    }
    for twin in (Twin.CRUD, Twin.AUDITED):
        kept = rows(databases[twin].ask("SELECT id, owner, balance, status FROM accounts"))
        assert {account: (*rest,) for account, *rest in kept} == folded
    places = rows(databases[Twin.EVENTS].ask("SELECT position, stream, time FROM events"))
    assert list(places) == [
        (event.position, event.stream_id, format_time(event.time)) for event in ledger.recorded
    ]


@given(ledgers())
def test_the_audit_table_rebuilds_its_accounts_and_its_entries_meet(ledger: Ledger) -> None:
    audited = fed(ledger)[Twin.AUDITED]
    rebuilt = rows(
        audited.ask(
            "SELECT account_id, CAST(new_value AS INTEGER) FROM audit_log AS entry "
            "WHERE field = 'balance' AND id = (SELECT max(id) FROM audit_log "
            "WHERE field = 'balance' AND account_id = entry.account_id)"
        )
    )
    assert sorted(rebuilt) == sorted(rows(audited.ask("SELECT id, balance FROM accounts")))
    gaps = audited.ask(
        "SELECT count(*) FROM (SELECT old_value, lag(new_value) OVER "
        "(PARTITION BY account_id, field ORDER BY id) AS before FROM audit_log) "
        "WHERE old_value IS NOT before"
    )
    assert rows(gaps) == ((0,),)


@given(ledgers())
def test_a_statement_that_is_shown_is_the_one_that_ran(ledger: Ledger) -> None:
    shown = {twin: Sandbox(SCHEMAS[twin]) for twin in Twin}
    for change in ledger.changes():
        for statement in statements(change):
            spelt_out = statement.spelt
            if "\x00" not in spelt_out:
                shown[statement.twin].feed([(spelt_out, ())])
            else:
                shown[statement.twin].feed([(statement.sql, statement.parameters)])
    for twin, database in fed(ledger).items():
        for table in ("accounts", "audit_log", "events"):
            query = f"SELECT * FROM {table}"
            assert shown[twin].ask(query) == database.ask(query)


def test_a_question_mark_in_a_value_is_no_place_for_another() -> None:
    statement = Statement(Twin.CRUD, "SELECT ?, ?", ("what?", None))
    assert statement.spelt == "SELECT 'what?', NULL;"


def test_events_of_unknown_types_are_kept_whole() -> None:
    bank = a_bank().happened("cart-7", [UnknownEvent("ItemAdded", 1, {"sku": "a", "n": 2})])
    databases = fed(bank.ledger)
    found = databases[Twin.EVENTS].ask(
        "SELECT type, json_extract(data, '$.sku') FROM events WHERE stream = 'cart-7'"
    )
    assert rows(found) == (("ItemAdded", "a"),)
    assert rows(databases[Twin.CRUD].ask("SELECT count(*) FROM accounts")) == ((1,),)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM events",
        "DELETE FROM events WHERE position = 2",
        "UPDATE events SET data = '{}' WHERE position = 2",
        "UPDATE OR REPLACE events SET position = 3 WHERE position = 2",
        "INSERT OR REPLACE INTO events SELECT * FROM events WHERE position = 2",
        "REPLACE INTO events VALUES (9, 'ACC-1', 2, 'MoneyDeposited', '{}', 'now', NULL)",
        "INSERT INTO events VALUES (0, 'ACC-9', 1, 'AccountOpened', '{}', 'now', NULL)",
        (
            "INSERT INTO events SELECT * FROM events WHERE true "
            "ON CONFLICT DO UPDATE SET data = '{}'"
        ),
        "WITH old AS (SELECT 2 AS at) DELETE FROM events WHERE position IN (SELECT at FROM old)",
    ],
)
def test_the_database_itself_refuses_to_change_an_event(events: Sandbox, sql: str) -> None:
    before = events.ask("SELECT * FROM events")
    outcome = events.ask(sql)
    assert isinstance(outcome, Refused)
    assert "append-only" in outcome.text
    assert events.ask("SELECT * FROM events") == before


def test_the_file_refuses_as_well(events: Sandbox, tmp_path) -> None:
    path = tmp_path / "events.sqlite"
    path.write_bytes(events.file())
    with (
        closing(sqlite3.connect(path)) as connection,
        pytest.raises(sqlite3.IntegrityError, match="append"),
    ):
        connection.execute("DELETE FROM events")


@pytest.mark.parametrize(
    ("twin", "sql", "count"),
    [
        (Twin.CRUD, "UPDATE accounts SET balance = 1000000", 1),
        (Twin.CRUD, "DELETE FROM accounts", 1),
        (Twin.AUDITED, "DELETE FROM audit_log", 7),
        (
            Twin.EVENTS,
            "INSERT INTO events VALUES (5, 'ACC-1', 5, 'MoneyDeposited', '{}', 'now', 'me')",
            1,
        ),
    ],
)
def test_what_a_query_writes_does_not_last(twin: Twin, sql: str, count: int) -> None:
    database = fed(a_bank().ledger)[twin]
    before = database.file()
    assert database.ask(sql) == Written(count)
    assert database.file() == before


@pytest.mark.parametrize(
    "sql",
    [
        "ATTACH 'other.db' AS other",
        "DETACH main",
        "PRAGMA writable_schema = 1",
        "PRAGMA page_count",
        "SELECT * FROM pragma_table_info('events')",
        "SELECT load_extension('x')",
        "VACUUM INTO 'stolen.db'",
        "VACUUM",
        "COMMIT",
        "ROLLBACK",
        "SAVEPOINT mine",
        "DROP TRIGGER no_delete",
        "DROP TABLE events",
        "ALTER TABLE events RENAME TO facts",
        "CREATE TABLE mine (x)",
        "CREATE TEMP TABLE mine (x)",
        "CREATE TEMP TRIGGER mine AFTER INSERT ON events BEGIN SELECT 1; END",
        "CREATE VIEW mine AS SELECT 1",
        "ANALYZE",
        "REINDEX",
        "UPDATE sqlite_schema SET sql = ''",
        "SELECT 1; SELECT 2",
        "no SQL at all",
        "SELECT ?",
        "SELECT 'a\x00b'",
        "SELECT '\ud800'",
        "SELECT " + "1," * 5_000 + "1",
        "SELECT " + "(" * 5_000 + "1" + ")" * 5_000,
        "SELECT zeroblob(1000000000)",
        "SELECT 'a' LIKE '" + "%a" * 2_000 + "'",
        "SELECT 'x'" + " " * 1_000_000,
    ],
)
def test_what_is_no_question_is_refused_and_the_next_one_answered(events, sql: str) -> None:
    before = events.file()
    outcome = events.ask(sql)
    assert isinstance(outcome, Refused), outcome
    assert outcome.text
    assert events.file() == before
    assert rows(events.ask("SELECT count(*) FROM events")) == ((4,),)


@pytest.mark.parametrize(
    "sql",
    [
        "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT count(*) FROM r",
        "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT max(x) FROM r",
        (
            "DELETE FROM events WHERE (WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 "
            "FROM r) SELECT count(*) FROM r)"
        ),
        (
            "SELECT count(*) FROM events a, events b, events c, events d, events e, events f, "
            "events g, events h, events i, events j, events k, events l, events m"
        ),
    ],
)
def test_a_query_without_an_end_is_ended(sql: str) -> None:
    events = fed(a_bank().ledger, Limits(steps=1_000_000))[Twin.EVENTS]
    assert events.ask(sql) == Refused(Failed.TOO_LONG)
    assert rows(events.ask("SELECT count(*) FROM events")) == ((4,),)


def test_a_million_rows_are_cut_and_that_is_said(events: Sandbox) -> None:
    million = (
        "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r LIMIT 1000000) "
        "SELECT x FROM r"
    )
    outcome = events.ask(million)
    assert isinstance(outcome, Result)
    assert outcome.is_cut
    assert outcome.rows[:2] == ((1,), (2,))
    assert len(outcome.rows) == DEFAULT.rows
    just = events.ask(f"{million} LIMIT {DEFAULT.rows}")
    assert isinstance(just, Result)
    assert not just.is_cut


def test_long_values_are_cut_and_strange_ones_are_shown(events: Sandbox) -> None:
    ((long, blob, bad, infinite, nothing),) = rows(
        events.ask("SELECT hex(zeroblob(9999)), x'00ff', CAST(x'ff41' AS TEXT), 9e999, NULL")
    )
    assert isinstance(long, str)
    assert len(long) == DEFAULT.cell
    assert long.endswith("…")
    assert (blob, bad, infinite, nothing) == ("x'00ff'", "\ufffdA", "inf", None)
    wide = events.ask(
        "SELECT " + ", ".join(["hex(zeroblob(400))"] * 150) + " FROM events a, events"
    )
    assert isinstance(wide, Result)
    assert wide.is_cut
    assert json.dumps(wide.rows)


@given(st.text(max_size=60))
def test_whatever_is_asked_has_an_outcome(text: str) -> None:
    database = Sandbox(SCHEMAS[Twin.EVENTS])
    assert isinstance(database.ask(text), Result | Written | Refused)
    assert rows(database.ask("SELECT count(*) FROM events")) == ((0,),)


@pytest.mark.parametrize("happened", [MoneyDeposited, MoneyWithdrawn])
def test_a_balance_beyond_sqlites_integers_is_told_and_the_events_still_answer(happened) -> None:
    bank = Bank().do(OpenAccount("ACC-1", "Ada"))
    bank.happened("ACC-1", [happened(2**53, "")] * 1025).do(DepositMoney("ACC-1", 5))
    databases = fed(bank.ledger)
    for twin in (Twin.CRUD, Twin.AUDITED):
        assert databases[twin].ask("SELECT balance FROM accounts") == Refused(Failed.NUMBER)
    assert rows(databases[Twin.EVENTS].ask("SELECT count(*) FROM events")) == ((1027,),)


def test_a_query_is_put_to_each_and_a_named_one_to_its_own() -> None:
    assert queries("SELECT 1") == dict.fromkeys(Twin, "SELECT 1")
    text = (
        "-- a remark\n-- CRUD\nSELECT 1;\n\n--crud with an audit table:\n-- nothing\n"
        "  -- Events\nSELECT 2\n-- a remark on it\n"
    )
    assert queries(text) == {Twin.CRUD: "SELECT 1;", Twin.EVENTS: "SELECT 2\n-- a remark on it"}
    assert queries("-- only a remark\n;") == {}
    assert queries("") == {}
    assert queries(spelt({Twin.CRUD: "SELECT 1", Twin.EVENTS: "SELECT 2"})) == {
        Twin.CRUD: "SELECT 1",
        Twin.EVENTS: "SELECT 2",
    }


def test_a_database_never_knew_what_only_another_keeps() -> None:
    databases = fed(a_bank().ledger)
    for twin, table, knows in (
        (Twin.CRUD, "events", False),
        (Twin.CRUD, "audit_log", False),
        (Twin.AUDITED, "events", False),
        (Twin.EVENTS, "accounts", False),
        (Twin.EVENTS, "events", True),
        (Twin.CRUD, "nonsense", True),
    ):
        outcome = databases[twin].ask(f"SELECT * FROM {table}")
        assert never_knew(twin, outcome) is not knows, (twin, table)
