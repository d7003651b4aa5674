"""The Database lab: three databases on a bench, asked, stopped, lost and filled again."""

from __future__ import annotations

import base64
import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from bankpage.labs.contract import Tell
from bankpage.labs.database import lab as lab_module
from bankpage.labs.database.bench import PROGRAM, Bench, outcome_from
from bankpage.labs.database.examples import EXAMPLES, FOREIGN_EXAMPLES, HONESTLY
from bankpage.labs.database.lab import LAB
from bankpage.labs.database.model import FIRST_EXAMPLE, MOST_OF_A_QUERY
from bankpage.labs.database.update import MOST_LOSSES, SLICE
from bankpage.paper.effects import Show
from hypothesis import given

from esbank_core import (
    CloseAccount,
    DepositMoney,
    FreezeAccount,
    Ledger,
    OpenAccount,
    RenameOwner,
    SendTransfer,
    WithdrawMoney,
)
from esbank_core.__main__ import main
from esbank_core.bank.events import AccountOpened, MoneyDeposited
from esbank_core.kernel.recorded import UnknownEvent
from esbank_core.questions.sql.queries import queries, spelt
from esbank_core.questions.sql.sandbox import Refused, Result, Written
from esbank_core.questions.sql.twins import NEWEST, SCHEMAS, Twin, newest
from tests.core.histories import Bank, ledgers
from tests.page.lab_desk import LabDesk, studied, subject_of

MINUTE = timedelta(minutes=1)


def told() -> Bank:
    bank = Bank().do(OpenAccount("ACC-1", "Ada")).do(DepositMoney("ACC-1", 100_00, "salary"))
    bank.do(WithdrawMoney("ACC-1", 7_00, "it's <b>")).do(OpenAccount("ACC-2", "Grace"))
    return bank.do(FreezeAccount("ACC-2", "card lost"))


def carts() -> Bank:
    bank = Bank()
    for nth in range(3):
        bank.time += MINUTE
        bank.happened("cart-7", [UnknownEvent("ItemAdded", 1, {"sku": f"tea-{nth}"})])
    return bank


@dataclass
class At:
    """A lab whose script is there, with a bench at the other end of its line."""

    subject: object
    is_answering: bool = True
    bench: Bench = field(default_factory=Bench)
    orders: list[dict] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    starts: int = 0

    def __post_init__(self) -> None:
        self.desk = LabDesk(LAB, self.subject)
        self.does("opened")

    def does(self, gesture: str, **fields: str) -> At:
        self.desk.does(gesture, **fields)
        return self.hears()

    def sees(self, bank: Bank) -> At:
        subject = self.desk.subject
        self.desk.sees(replace(subject, history=bank.ledger, position=bank.ledger.head))
        return self.hears()

    def hears(self) -> At:
        """What ``database.js`` does with what it is told, until there is nothing more."""
        while self.desk.effects:
            effect = self.desk.effects.pop(0)
            if isinstance(effect, Show):
                continue
            assert isinstance(effect, Tell)
            assert effect.lab == "database"
            order = json.loads(effect.text)
            if "start" in order:
                assert order["start"] == PROGRAM
                self.starts += 1
                self.bench = Bench()
                self.orders.clear()
            elif "stop" in order:
                ended, self.orders = self.orders[0], []
                self.bench = Bench()
                self.desk.does("ended", nth=str(ended["nth"]), how="stopped")
            elif self.is_answering:
                self._answer(order)
            else:
                self.orders.append(order)
        return self

    def ends(self, how: str, reason: str = "") -> At:
        """The other Python ends while it is at the first order that it has not answered."""
        ended, self.orders = self.orders[0], []
        self.bench = Bench()
        self.desk.does("ended", nth=str(ended["nth"]), how=how, reason=reason)
        return self.hears()

    def goes_on(self) -> At:
        """What waits is answered."""
        self.is_answering = True
        waiting, self.orders = self.orders, []
        for order in waiting:
            self._answer(order)
        return self.hears()

    def runs(self, sql: str) -> At:
        return self.does("run", sql=sql)

    def said(self, twin: Twin) -> str:
        return self.desk.shows(f"database-{twin.name.lower()}-said")

    def cells(self, twin: Twin) -> list[list[str]]:
        rows = self.desk.slot(f"database-{twin.name.lower()}-rows").children or ()
        return [[str(cell.children[0]) for cell in row.children] for row in rows]

    @property
    def standing(self) -> str:
        return self.desk.shows("database-standing")

    def _answer(self, order: dict) -> None:
        if "file" in order:
            self.files[order["name"]] = b"".join(self._parts(order["file"]))
            answer = "{}"
        else:
            answer = self.bench.answer(order["text"])
        self.desk.does("answered", nth=str(order["nth"]), answer=answer)

    def _parts(self, twin: str) -> Iterator[bytes]:
        size, start = 1, 0
        while start < size:
            order = json.dumps({"do": "file", "twin": twin, "from": start})
            part = json.loads(self.bench.answer(order))
            size, data = part["size"], base64.b64decode(part["data"])
            start += len(data)
            yield data


@pytest.fixture
def at() -> At:
    return At(subject_of(told().ledger.recorded))


# Asking --------------------------------------------------------------------------------------


def test_a_query_is_answered_by_each_side_by_side(at: At) -> None:
    assert at.standing == "The databases hold all 5 events."
    at.runs("SELECT count(*) AS n FROM accounts")
    assert at.cells(Twin.CRUD) == at.cells(Twin.AUDITED) == [["2"]]
    assert at.said(Twin.CRUD) == "1 row."
    assert at.said(Twin.EVENTS) == "This database never knew: no such table: accounts."
    assert at.desk.slot("database-events-box").attributes["hidden"]


def test_a_database_without_a_query_of_its_own_never_knew(at: At) -> None:
    at.runs("-- Events\nSELECT 4711")
    assert at.said(Twin.CRUD) == "This database never knew."
    assert at.cells(Twin.EVENTS) == [["4711"]]


def test_errors_are_in_the_words_of_sqlite(at: At) -> None:
    at.runs("SELECT reason FROM events")
    assert at.said(Twin.EVENTS) == "SQLite refuses: no such column: reason."
    at.runs("DELETE FROM events")
    assert "append-only" in at.said(Twin.EVENTS)
    at.runs("-- CRUD\nDELETE FROM accounts")
    assert at.said(Twin.CRUD).startswith("2 rows would have been written")
    at.runs("SELECT count(*) FROM accounts")
    assert at.cells(Twin.CRUD) == [["2"]]


def test_an_answer_is_text_whatever_it_holds(at: At) -> None:
    at.runs("-- Events\nSELECT json_extract(data, '$.note') AS \"<i>\", NULL FROM events LIMIT 3")
    assert at.cells(Twin.EVENTS)[2] == ["it's <b>", "NULL"]
    (head, _) = at.desk.slot("database-events-heads").children
    assert head.children == ("<i>",)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_answered(at: At, name: str) -> None:
    at.does("example", value=name)
    text = at.desk.slot("database-sql").attributes[".value"]
    assert queries(text) == EXAMPLES[name]
    at.runs(text)
    for twin in Twin:
        if name == "delete":
            continue
        assert "refuses" not in at.said(twin), (name, twin)
        assert ("never knew" in at.said(twin)) is (twin not in EXAMPLES[name])


def test_the_first_example_stands_in_the_page_and_what_is_typed_over_it_stays(at: At) -> None:
    markup = Path(lab_module.__file__).with_name("database.html").read_text(encoding="utf-8")
    standing = re.search("<textarea[^>]*>\n(.*?)</textarea>", markup, re.DOTALL)
    assert standing
    assert unescape(standing[1]) == spelt(EXAMPLES[FIRST_EXAMPLE])
    assert ".value" not in at.desk.slot("database-sql").attributes
    at.runs(spelt(EXAMPLES[FIRST_EXAMPLE]))
    options = at.desk.slot("database-example").children
    assert [option.attributes["value"] for option in options if option.attributes["selected"]] == [
        FIRST_EXAMPLE
    ]


def test_the_five_minute_question_has_the_same_answer_as_in_the_core(at: At) -> None:
    at.runs(spelt(EXAMPLES["five-minutes"]))
    assert [row[0] for row in at.cells(Twin.EVENTS)] == ["ACC-1"]
    assert [row[0] for row in at.cells(Twin.AUDITED)] == ["ACC-1"]


@given(ledgers())
def test_the_balance_is_the_same_in_all_three(ledger: Ledger) -> None:
    at = At(subject_of(ledger.recorded)).runs(spelt(EXAMPLES["now"]))
    accounts = [[row[0], row[2]] for row in at.cells(Twin.CRUD)]
    assert [[row[0], row[2]] for row in at.cells(Twin.AUDITED)] == accounts
    summed = dict(at.cells(Twin.EVENTS))
    assert {
        account: "0" if total == "NULL" else total for account, total in summed.items()
    } == dict(accounts)


@pytest.mark.parametrize("question", HONESTLY, ids=lambda question: question.name)
@pytest.mark.parametrize("twin", Twin, ids=lambda twin: twin.name)
def test_every_cell_of_the_honest_table_is_backed_by_a_query(at: At, question, twin) -> None:
    at.does("try", question=question.name, twin=twin.value)
    outcome = at.said(twin)
    if question.name == "forgetting":
        expected = "append-only" if twin is Twin.EVENTS else "1 row would have been written"
        assert expected in outcome
    else:
        assert "row" in outcome
    assert queries(at.desk.slot("database-sql").attributes[".value"]) == {
        twin: question.queries[twin]
    }
    assert "no such" not in outcome


def test_a_whole_log_has_no_gaps_and_says_so(at: At) -> None:
    for twin in (Twin.AUDITED, Twin.EVENTS):
        at.does("try", question="complete", twin=twin.value)
        assert at.said(twin) == "0 rows."


def test_a_query_of_a_megabyte_is_not_put(at: At) -> None:
    at.runs("SELECT '" + "x" * 1_000_000 + "'")
    assert all("longer than" in at.said(twin) for twin in Twin)
    at.runs("SELECT '" + "x" * (MOST_OF_A_QUERY - 9) + "'")
    assert at.said(Twin.EVENTS) == "1 row."


def test_an_empty_ledger_has_empty_databases() -> None:
    at = At(subject_of([])).runs("SELECT count(*) FROM accounts")
    assert at.cells(Twin.CRUD) == [["0"]]
    at.sees(told())
    assert at.runs("SELECT count(*) FROM accounts").cells(Twin.CRUD) == [["2"]]


def test_a_balance_that_sqlite_does_not_have_is_said_and_the_events_answer() -> None:
    at = At(
        subject_of(told().happened("ACC-1", [MoneyDeposited(2**53, "")] * 1025).ledger.recorded)
    )
    at.runs("SELECT count(*) FROM accounts")
    assert "larger than SQLite’s can be" in at.said(Twin.CRUD)
    assert "larger than SQLite’s can be" in at.said(Twin.AUDITED)
    assert at.runs("SELECT count(*) FROM events").cells(Twin.EVENTS) == [["1030"]]


# Following -----------------------------------------------------------------------------------


def test_what_is_appended_is_in_the_databases_before_the_next_query(at: At) -> None:
    at.sees(told().do(RenameOwner("ACC-1", "Ada King")))
    at.runs("SELECT owner FROM accounts WHERE id = 'ACC-1'")
    assert at.cells(Twin.CRUD) == [["Ada King"]]


def test_another_history_takes_the_place_of_the_one_before(at: At) -> None:
    at.desk.sees(studied(subject_of(carts().ledger.recorded)))
    at.hears()
    assert at.desk.slot("database-crud").attributes["hidden"]
    assert at.desk.slot("database-honestly").attributes["hidden"]
    at.runs("SELECT json_extract(data, '$.sku') FROM events")
    assert at.cells(Twin.EVENTS) == [["tea-0"], ["tea-1"], ["tea-2"]]
    at.desk.sees(subject_of(told().ledger.recorded))
    at.hears()
    assert not at.desk.slot("database-crud").attributes["hidden"]
    assert at.runs("SELECT count(*) FROM events").cells(Twin.EVENTS) == [["5"]]


@pytest.mark.parametrize("name", FOREIGN_EXAMPLES)
def test_every_example_for_a_history_of_others_is_answered(name: str) -> None:
    at = At(studied(subject_of(carts().ledger.recorded)))
    at.does("example", value=name)
    at.runs(at.desk.slot("database-sql").attributes[".value"])
    assert ("append-only" if name == "delete" else "row") in at.said(Twin.EVENTS)


def test_a_long_history_goes_over_in_slices_and_none_gets_ahead() -> None:
    bank = Bank().happened("ACC-1", [AccountOpened("Ada", "USD")])
    bank.happened("ACC-1", [MoneyDeposited(1)] * (3 * SLICE))
    at = At(subject_of(bank.ledger.recorded), is_answering=False)
    orders = [json.loads(order["text"]) for order in at.orders]
    assert [order["do"] for order in orders] == ["begin", "feed", "feed"]
    assert len(orders[1]["events"]) == SLICE
    assert "Starting" in at.standing
    at.goes_on()
    assert at.standing == f"The databases hold all {3 * SLICE + 1:,} events."
    assert at.runs("SELECT balance FROM accounts").cells(Twin.CRUD) == [[str(3 * SLICE)]]


@given(ledgers())
def test_the_newest_rows_in_sight_are_those_in_the_databases(ledger: Ledger) -> None:
    at = At(subject_of(ledger.recorded))
    for twin in (Twin.AUDITED, Twin.EVENTS):
        table, columns = NEWEST[twin]
        query = f"SELECT {', '.join(columns)} FROM {table} ORDER BY rowid DESC LIMIT 4"
        outcome = at.bench._databases[twin].ask(query)
        assert isinstance(outcome, Result)
        assert list(outcome.rows) == newest(ledger, twin, 4)
    accounts = at.bench._databases[Twin.CRUD].ask("SELECT id, owner, balance, status FROM accounts")
    assert isinstance(accounts, Result)
    assert {row[:4] for row in newest(ledger, Twin.CRUD, 99)} == set(accounts.rows)


def test_each_command_shows_what_it_ran_in_each(at: At) -> None:
    assert "UPDATE accounts SET status = 'frozen'" in at.desk.shows("database-crud-ran")
    assert "INSERT INTO audit_log" in at.desk.shows("database-audited-ran")
    assert "INSERT INTO events" in at.desk.shows("database-events-ran")
    at.sees(told().do(FreezeAccount("ACC-2")).do(CloseAccount("ACC-2")))
    assert "'closed'" in at.desk.shows("database-crud-ran")
    bank = told().do(SendTransfer("ACC-1", 5, "T-1", "ACC-2"))
    at.sees(bank)
    assert at.desk.shows("database-events-ran").count("INSERT") >= 1
    for twin in Twin:
        assert "CREATE TABLE" in at.desk.shows(f"database-{twin.name.lower()}-schema")


# Stopping, and losing the other Python ---------------------------------------------------------


def test_a_query_is_stopped_and_the_next_one_answered(at: At) -> None:
    at.is_answering = False
    at.runs("SELECT 1")
    assert not at.desk.slot("database-stop").attributes["disabled"]
    assert at.said(Twin.CRUD) == "Asking…"
    at.does("stop")
    assert at.said(Twin.CRUD).startswith("Stopped, as you asked")
    assert at.desk.slot("database-stop").attributes["disabled"]
    at.goes_on()
    assert at.runs("SELECT count(*) FROM events").cells(Twin.EVENTS) == [["5"]]


def test_a_query_that_is_put_while_another_runs_takes_its_place(at: At) -> None:
    at.is_answering = False
    at.runs("SELECT 1")
    at.runs("SELECT 4711")
    at.goes_on()
    assert at.cells(Twin.EVENTS) == [["4711"]]


@pytest.mark.parametrize(
    ("how", "said"), [("late", "no answer in time"), ("gone", "has ended"), ("broken", "has ended")]
)
def test_a_lost_python_is_filled_anew(at: At, how: str, said: str) -> None:
    at.is_answering = False
    at.runs("SELECT 1")
    at.ends(how)
    assert said in at.said(Twin.EVENTS)
    at.goes_on()
    assert at.standing == "The databases hold all 5 events."
    assert at.runs("SELECT count(*) FROM events").cells(Twin.EVENTS) == [["5"]]


def test_one_that_is_lost_time_after_time_is_given_up_until_it_is_asked_again(at: At) -> None:
    at.is_answering = False
    at.runs("SELECT 1")
    for _ in range(MOST_LOSSES):
        at.ends("gone")
    assert "are not there (gone)" in at.standing
    assert at.orders == []
    starts = at.starts
    at.is_answering = True
    at.runs("SELECT count(*) FROM events")
    assert at.starts == starts + 1
    assert at.cells(Twin.EVENTS) == [["5"]]


def test_one_that_did_not_start_is_said_and_tried_again(at: At) -> None:
    at.is_answering = False
    at.runs("SELECT 1")
    at.ends("missing", "Error: there is no image")
    assert "there is no image" in at.standing
    at.is_answering = True
    assert at.runs("SELECT 1").said(Twin.CRUD) == "1 row."
    at.does("script-missing", reason="offline")
    assert "offline" in at.standing


def test_what_one_that_has_ended_still_says_counts_for_nothing(at: At) -> None:
    at.is_answering = False
    at.runs("SELECT 1")
    old = at.orders[-1]["nth"]
    at.ends("stopped")
    at.goes_on()
    at.runs("SELECT 2")
    at.does("answered", nth=str(old), answer=json.dumps({"columns": ["x"], "rows": [[1]]}))
    at.does("ended", nth=str(old), how="broken")
    assert at.cells(Twin.EVENTS) == [["2"]]
    assert at.standing == "The databases hold all 5 events."


def test_a_lab_that_is_opened_again_begins_again(at: At) -> None:
    at.does("opened")
    assert at.starts == 2
    assert at.runs("SELECT count(*) FROM events").cells(Twin.EVENTS) == [["5"]]


def test_a_query_before_the_script_is_there_waits_for_it() -> None:
    desk = LabDesk(LAB, subject_of(told().ledger.recorded))
    desk.does("run", sql="SELECT 1")
    assert desk.effects == []
    desk.does("opened")
    orders = [json.loads(effect.text) for effect in desk.effects]
    assert sum('"ask"' in order.get("text", "") for order in orders) == 3


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[]",
        "{}",
        '{"columns": 5}',
        '{"columns": [], "rows": 5, "cut": false}',
        '{"refused": "other", "text": ""}',
        '{"written": "many"}',
        "[" * 100_000,
    ],
)
def test_what_is_no_answer_is_told_apart(at: At, text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        outcome_from(text)
    at.is_answering = False
    at.runs("SELECT 1")
    at.does("answered", nth=str(at.orders[0]["nth"]), answer=text)
    assert "no answer of a database" in at.said(Twin.CRUD)


# Files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("twin", Twin, ids=lambda twin: twin.name)
def test_each_database_is_a_file(at: At, tmp_path: Path, twin: Twin) -> None:
    at.does("file", twin=twin.value)
    ((name, content),) = at.files.items()
    assert name == f"esbank-{twin.name.lower()}.sqlite"
    (tmp_path / name).write_bytes(content)
    with sqlite3.connect(tmp_path / name) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema")}
    assert {sql.split()[2] for sql in SCHEMAS[twin]} <= tables


def test_the_file_of_the_events_is_a_ledger_whose_chain_holds(
    at: At, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at.does("file", twin=Twin.EVENTS.value)
    path = tmp_path / "events.sqlite"
    path.write_bytes(at.files["esbank-events.sqlite"])
    assert main(["verify", str(path)]) == 0
    assert "5 events" in capsys.readouterr().out
    assert main(["sql", str(path), "SELECT count(*) AS n FROM events", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["events"]["rows"] == [[5]]


def test_the_file_of_others_events_is_read_as_well(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    subject = studied(subject_of(carts().ledger.recorded))
    at = At(replace(subject, lines=type(subject.lines)(['{"sku": "tea"}'] * 3)))
    at.does("file", twin=Twin.EVENTS.value)
    path = tmp_path / "events.sqlite"
    path.write_bytes(at.files["esbank-events.sqlite"])
    assert main(["verify", str(path)]) == 0
    assert main(["sql", str(path), "SELECT count(*) AS n FROM events", "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["events"]["rows"] == [[3]]


def test_a_file_is_handed_over_in_parts(monkeypatch: pytest.MonkeyPatch, at: At) -> None:
    monkeypatch.setattr("bankpage.labs.database.bench.PART", 1000)
    at.does("file", twin=Twin.CRUD.value)
    assert at.files["esbank-crud.sqlite"].startswith(b"SQLite format 3")
    assert len(at.files["esbank-crud.sqlite"]) > 1000


# The bench -----------------------------------------------------------------------------------


def test_the_program_that_is_sent_answers_as_the_bench_does() -> None:
    scope: dict = {}
    exec(PROGRAM, scope)
    assert json.loads(scope["answer"]('{"do": "begin", "twins": ["Events"]}', None)) == {
        "begun": True
    }


def test_an_outcome_is_the_same_at_the_other_end(at: At) -> None:
    for query in ("SELECT 1, 2.5, 'x', NULL", "DELETE FROM events", "DELETE FROM accounts"):
        for database in at.bench._databases.values():
            outcome = database.ask(query)
            assert isinstance(outcome, Result | Refused | Written)
    answer = at.bench.answer('{"do": "ask", "twin": "CRUD", "query": "SELECT 1, 2.5, NULL"}')
    assert outcome_from(answer) == at.bench._databases[Twin.CRUD].ask("SELECT 1, 2.5, NULL")


def test_no_control_makes_any_other_gesture(at: At) -> None:
    for gesture, fields in (("nonsense", {}), ("try", {"question": "x"}), ("run", {})):
        with pytest.raises((ValueError, KeyError)):
            at.does(gesture, **fields)
    with pytest.raises(ValueError, match="Paper"):
        at.does("file", twin="Paper")
    at.does("example", value="nonsense").does("stop").does("try", question="no", twin="CRUD")
    assert at.standing == "The databases hold all 5 events."
