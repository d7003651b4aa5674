"""The Database lab in a browser: three databases asked side by side, stopped and filled again."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

import build
from esbank_core.__main__ import main
from tests.e2e.labs_visited import Inquirer, goes_back, open_history, visit
from tests.e2e.looks import sized
from tests.e2e.teller import Teller
from tests.e2e.test_accessibility import assert_accessible

pytestmark = pytest.mark.e2e

CRUD, AUDITED, EVENTS = "CRUD", "CRUD with an audit table", "Events"
ENDLESS = "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT count(*) FROM r"
# Each of SQLite's own steps takes so long here that only the end of the worker ends it soon.
SLOW = (
    "-- Events\nWITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r LIMIT 100000) "
    "SELECT sum(hex(randomblob(300000)) LIKE '%' || hex(randomblob(300)) || '%') FROM r"
)


@pytest.fixture(scope="module")
def visited(browser: Browser, address: str) -> Iterator[Teller]:
    with visit(browser, address) as teller:
        yield teller.skip_through_the_story()


@pytest.fixture
def inquirer(visited: Teller) -> Iterator[Inquirer]:
    goes_back(visited)
    if visited.page.locator("#ledger-count").inner_text() != "12 events":
        visited.erase_all().skip_through_the_story()
    visited.slider.fill("12")
    visited.stands_at(12, 12)
    yield Inquirer(visited).opens()
    sized(visited.page, 1280, 900)
    visited.page.emulate_media(color_scheme="light")


def test_a_question_to_click_is_answered_by_those_who_know(inquirer: Inquirer, axe: str) -> None:
    examples = inquirer.lab.get_by_role("combobox", name="Examples", exact=True)
    examples.select_option(label="How often was an account frozen?")
    examples.select_option(label="Who withdrew within five minutes of depositing?")
    inquirer.lab.get_by_role("button", name="Run the query", exact=True).click()
    inquirer.has(EVENTS, "ACC-1").has(AUDITED, "ACC-1")
    inquirer.is_told(CRUD, "This database never knew")
    expect(inquirer.result(CRUD)).to_be_hidden()
    assert_accessible(inquirer.teller, axe, "answers")


def test_what_they_hold_is_in_sight(inquirer: Inquirer) -> None:
    expect(inquirer.database(CRUD)).to_contain_text("CREATE TABLE accounts")
    expect(inquirer.database(CRUD)).to_contain_text("UPDATE accounts SET balance = 61720")
    expect(inquirer.database(AUDITED)).to_contain_text("CREATE TABLE audit_log")
    expect(inquirer.database(EVENTS)).to_contain_text("INSERT INTO events")
    newest = inquirer.database(EVENTS).get_by_role("table", name="Newest rows of events")
    expect(newest.get_by_role("row").nth(1)).to_contain_text("groceries")


def test_errors_are_in_the_words_of_sqlite(inquirer: Inquirer, axe: str) -> None:
    inquirer.runs("SELECT owner FROM accounts WHERE")
    inquirer.is_told(CRUD, "incomplete input").is_told(EVENTS, "incomplete input")
    inquirer.runs("SELECT owner FROM accounts").has(CRUD, "Grace Hopper")
    inquirer.is_told(EVENTS, "This database never knew: no such table: accounts")
    assert_accessible(inquirer.teller, axe, "errors")


def test_the_events_refuse_and_nothing_that_a_query_writes_lasts(inquirer: Inquirer) -> None:
    for sql in ("DELETE FROM events", "UPDATE events SET data = '{}'"):
        inquirer.runs(sql).is_told(EVENTS, "append-only")
    inquirer.runs("UPDATE accounts SET balance = 1").is_told(CRUD, "2 rows would have been written")
    inquirer.runs("SELECT 7000 + count(*) AS n FROM events").has(EVENTS, "7012")
    inquirer.runs("SELECT balance FROM accounts").has(CRUD, "61720")


@pytest.mark.parametrize(
    "sql",
    ["ATTACH 'x' AS y", "PRAGMA writable_schema = 1", "SELECT load_extension('x')"],
)
def test_what_leads_out_is_refused(inquirer: Inquirer, sql: str) -> None:
    inquirer.runs(sql).is_told(EVENTS, "not authorized")


def test_an_endless_query_ends_and_a_million_rows_are_cut(inquirer: Inquirer) -> None:
    inquirer.runs(ENDLESS).is_told(EVENTS, "took too many steps")
    inquirer.runs(
        f"-- Events\n{ENDLESS.replace('count(*)', 'x').replace('FROM r)', 'FROM r LIMIT 1000000)')}"
    )
    inquirer.is_told(EVENTS, "there is more than is shown")
    expect(inquirer.result(EVENTS).get_by_role("row")).to_have_count(501)
    inquirer.runs("SELECT 4000 + 711 AS again").has(CRUD, "4711")


def test_memory_refused_and_a_query_of_a_megabyte_are_survived(inquirer: Inquirer) -> None:
    endless = "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r)"
    inquirer.runs(f"-- Events\n{endless} SELECT x, randomblob(200000) AS y FROM r ORDER BY y")
    inquirer.is_told(EVENTS, "wanted more memory")
    inquirer.runs("SELECT '" + "x" * 1_000_000 + "'").is_told(EVENTS, "longer than")
    inquirer.runs("SELECT 4000 + 712 AS again").has(EVENTS, "4712")


def test_a_query_is_stopped_while_the_bank_goes_on(inquirer: Inquirer) -> None:
    teller = inquirer.teller
    inquirer.runs(SLOW).is_told(EVENTS, "Asking")
    teller.slider.fill("2")
    teller.has_balance("$1,250.00")
    teller.slider.fill("12")
    inquirer.is_told(EVENTS, "Asking").stops().is_told(EVENTS, "Stopped, as you asked")
    inquirer.is_filled().runs("SELECT count(*) AS n FROM events").has(EVENTS, "12")


def test_another_query_takes_the_place_of_one_that_runs(inquirer: Inquirer) -> None:
    inquirer.runs(SLOW).is_told(EVENTS, "Asking")
    inquirer.runs("SELECT 4000 + 713 AS n").has(EVENTS, "4713")


def test_a_python_that_the_browser_has_ended_is_replaced(inquirer: Inquirer) -> None:
    expect(inquirer.teller.page.locator("body > iframe")).to_have_count(1)
    inquirer.teller.page.evaluate("document.querySelector('body > iframe').remove()")
    inquirer.runs("SELECT 1").is_told(EVENTS, "has ended")
    inquirer.is_filled().runs("SELECT count(*) AS n FROM events").has(EVENTS, "12")


def test_closed_while_it_runs_and_opened_again(inquirer: Inquirer) -> None:
    inquirer.runs(SLOW).is_told(EVENTS, "Asking")
    inquirer.teller.button("Close the database lab").click()
    expect(inquirer.lab).to_be_hidden()
    expect(inquirer.teller.page.locator("body > iframe")).to_have_count(0)
    inquirer.opens().runs("SELECT 4000 + 714 AS n").has(EVENTS, "4714")


def test_each_cell_of_free_honestly_is_backed_by_a_query(inquirer: Inquirer) -> None:
    table = inquirer.lab.get_by_role("table", name="Free, honestly", exact=True)
    expect(table.get_by_role("row")).to_have_count(7)
    tries = table.get_by_role("button")
    expect(tries).to_have_count(18)
    for nth in (3, 4, 17):
        tries.nth(nth).click()
        name = (CRUD, AUDITED, EVENTS)[nth % 3]
        inquirer.is_told(name, "append-only" if nth == 17 else "row")


def test_a_database_is_had_as_a_file_that_the_command_line_reads(
    inquirer: Inquirer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in (CRUD, EVENTS):
        with inquirer.teller.page.expect_download() as download:
            inquirer.lab.get_by_role("button", name=f"Download .sqlite: {name}", exact=True).click()
        download.value.save_as(tmp_path / f"{name}.sqlite")
    with sqlite3.connect(tmp_path / "CRUD.sqlite") as crud:
        assert crud.execute("SELECT count(*) FROM accounts").fetchone() == (2,)
    assert main(["verify", str(tmp_path / "Events.sqlite")]) == 0
    assert "12 events" in capsys.readouterr().out


def test_a_history_of_others_is_in_events_alone(
    inquirer: Inquirer, tmp_path: Path, axe: str
) -> None:
    events = [
        {
            "specversion": "1.0",
            "id": str(nth),
            "source": "shop",
            "type": "ItemAdded",
            "subject": "cart-7",
            "data": {"sku": f"tea-{nth}"},
        }
        for nth in range(10)
    ]
    (tmp_path / "carts.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in events))
    open_history(inquirer.teller, tmp_path / "carts.jsonl")
    expect(inquirer.database(CRUD)).to_be_hidden()
    inquirer.is_filled().runs("SELECT json_extract(data, '$.sku') AS sku FROM events")
    inquirer.has(EVENTS, "tea-9")
    assert_accessible(inquirer.teller, axe, "a study of others")
    inquirer.teller.button("Back to my ledger").click()
    expect(inquirer.database(CRUD)).to_be_visible()
    inquirer.is_filled().runs("SELECT owner FROM accounts").has(CRUD, "Ada Lovelace")


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (768, "light")])
def test_it_fits_any_width(inquirer: Inquirer, axe: str, width: int, scheme: str) -> None:
    page = inquirer.teller.page
    sized(page, width, 700)
    page.emulate_media(color_scheme=scheme)
    inquirer.runs("-- Events\nSELECT * FROM events").has(EVENTS, "groceries")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert_accessible(inquirer.teller, axe, f"{width} {scheme}")


def test_what_is_recorded_is_in_the_databases_at_once(inquirer: Inquirer) -> None:
    teller = inquirer.teller
    teller.deposit("5").has_rows(13)
    ran = inquirer.database(CRUD).get_by_label("Statements of the last command in CRUD")
    expect(ran).to_contain_text(re.compile("UPDATE accounts SET balance = [0-9]+"))
    sql = inquirer.lab.get_by_role("textbox", name="SQL", exact=True)
    sql.fill("SELECT count(*) AS n FROM events")
    sql.press("Control+Enter")
    inquirer.has(EVENTS, "13")


def test_from_disk_it_answers_stops_and_answers_again(browser: Browser, tmp_path: Path) -> None:
    kept = Path(shutil.copy(build.DIST / "esbank.html", tmp_path / "kept page.html"))
    with visit(browser, f"{kept.as_uri()}#sql") as teller:
        inquirer = Inquirer(teller).is_filled()
        teller.open_account().has_rows(1).deposit("100").has_rows(2)
        inquirer.runs("SELECT balance FROM accounts").has(CRUD, "10000")
        inquirer.runs(ENDLESS).is_told(EVENTS, "took too many steps")
        inquirer.runs(SLOW).is_told(EVENTS, "Asking").stops().is_told(
            EVENTS, "Stopped, as you asked"
        )
        inquirer.is_filled().runs("DELETE FROM events").is_told(EVENTS, "append-only")
        inquirer.runs("SELECT 7000 + count(*) AS n FROM events").has(EVENTS, "7002")
