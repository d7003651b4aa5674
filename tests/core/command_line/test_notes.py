"""What an answer should not be believed without is said with it."""

from __future__ import annotations

import pytest

from esbank_core.kernel.written.marks import mark
from tests.core.command_line.foreign import cloud_event, text_of
from tests.core.histories import NOON

NEWER = "urn:esbank:MoneyDeposited:2"
OPENED = {"owner": "Ada", "currency": "EUR"}


def deposit(name: str, **attributes: object) -> dict[str, object]:
    return cloud_event(name, "MoneyDeposited", {"amount": 100}, **{"subject": "A", **attributes})


@pytest.fixture
def newer(tmp_path) -> str:
    path = tmp_path / "newer.jsonl"
    documents = [
        cloud_event("1", "AccountOpened", OPENED, subject="A"),
        deposit("2"),
        cloud_event("3", "AccountOpened", OPENED, subject="B"),
        deposit("4", dataschema=NEWER, time="2026-03-02T00:00:00Z"),
        deposit("5", time="2026-03-03T00:00:00Z"),
    ]
    path.write_text(text_of(documents))
    return str(path)


SAID = {
    "position": 4,
    "account_id": "A",
    "type": "MoneyDeposited",
    "schema_version": 2,
    "why": "newer-schema",
}


@pytest.mark.parametrize(
    "command",
    [
        ["replay"],
        ["replay", "--to", "4"],
        ["replay", "--as-of", "2026-03-02"],
        ["replay", "--account", "A"],
        ["diff", "1", "5"],
        ["diff", "4", "1"],
        ["find", "balance-below", "5.00"],
        ["find", "frozen", "--account", "A"],
        ["statement", "A"],
        ["statement", "A", "--since", "2026-03-03"],
        ["ask", "balances"],
        ["ask", "dormant"],
        ["what-if", "--skip", "2"],
        ["test", "--at", "5"],
    ],
    ids=" ".join,
)
def test_a_newer_schema_is_said_where_it_may_have_changed_what_is_shown(
    run, run_json, newer, tmp_path, command
) -> None:
    name, *rest = command
    assert run_json(name, newer, *rest)["not_counted"] == [SAID]
    written = ["--write", str(tmp_path / "test_it.py")] if name == "test" else []
    told = run(name, newer, *rest, *written)
    assert "event 4 of A, MoneyDeposited of schema 2, newer than this program" in told


@pytest.mark.parametrize(
    "command",
    [
        ["replay", "--to", "3"],
        ["replay", "--as-of", "2026-03-01"],
        ["replay", "--account", "B"],
        ["diff", "1", "3"],
        ["find", "frozen", "--account", "B"],
        ["statement", "B"],
        ["statement", "A", "--until", "2026-03-02"],
        ["test", "--at", "2"],
        ["test", "--at", "3"],
    ],
    ids=" ".join,
)
def test_and_is_not_said_where_it_may_not(run, run_json, newer, command) -> None:
    name, *rest = command
    assert "not_counted" not in run_json(name, newer, *rest)
    assert "Not counted" not in run(name, newer, *rest)


@pytest.mark.parametrize(
    ("changes", "why", "said"),
    [
        ({"dataschema": "https://till.example/d.json"}, "other-schema", "somebody else's schema"),
        ({"data": None}, "no-data", "without data that could be read"),
        ({"data": None, "data_base64": "AAEC"}, "no-data", "without data that could be read"),
    ],
)
def test_so_are_other_events_of_a_name_that_the_bank_knows(
    run, run_json, changes, why, said
) -> None:
    document = {name: value for name, value in {**deposit("1"), **changes}.items() if value}
    given = text_of([document, cloud_event("2", "com.example.Scored", 1)]).encode()
    (found,) = run_json("replay", "-", stdin=given)["not_counted"]
    assert (found["position"], found["why"], found["schema_version"]) == (1, why, None)
    assert said in run("replay", "-", stdin=given)


def test_many_are_summed_up_for_people_and_named_for_programs(run, run_json) -> None:
    given = text_of(deposit(str(nth), dataschema=NEWER) for nth in range(50)).encode()
    assert len(run_json("replay", "-", stdin=given)["not_counted"]) == 50
    told = run("replay", "-", stdin=given)
    assert told.count("Not counted: ") == 3
    assert "Not counted either: 47 events more." in told


def test_times_that_are_not_an_events_own_are_said(run, run_json, tmp_path) -> None:
    given = text_of([deposit("1"), deposit("2", time=None), deposit("3", time=None)]).encode()
    assert run_json("replay", "-", stdin=given)["untimed"] == 2
    assert "2 events came without a time, and stand at that of the event before." in run(
        "replay", "-", stdin=given
    )
    first = text_of([deposit("1", time=None), deposit("2")]).encode()
    assert "1 event came without a time, and stands at that of the event before, or at " in run(
        "replay", "-", stdin=first
    )
    converted = run("convert", "-", "-", stdin=given).encode()
    assert run_json("statement", "-", "A", stdin=converted)["untimed"] == 2


def test_a_type_that_is_misspelt_follows_nothing_and_is_refused(run, run_json, newer) -> None:
    told = run("ask", newer, "followed-by", "MoneyDeposited", "MoneyWithdrawm", "1d", status=2)
    assert "No event is of a type MoneyWithdrawm; they are AccountClosed, AccountFrozen" in told
    found = run_json("ask", newer, "followed-by", "MoneyDeposited", "MoneyWithdrawn", "1d")
    assert found["rows"] == []


def test_an_event_of_a_newer_schema_makes_no_test_and_takes_no_change(run, newer) -> None:
    for command in (["test", "--at", "4"], ["what-if", "--change", "4", "{}"]):
        name, *rest = command
        assert "or of no such schema" in run(name, newer, *rest, status=2)


@pytest.mark.parametrize(
    "command",
    [
        ["replay"],
        ["replay", "--account", "A"],
        ["find", "frozen", "--account", "A"],
        ["ask", "flows"],
    ],
    ids=" ".join,
)
def test_an_event_that_was_lost_may_have_been_anybodys(run, run_json, command) -> None:
    lost = mark("It is not JSON.", position=2, time=NOON)
    given = f"{text_of([deposit('1')])}{lost}\n{text_of([deposit('3')])}".encode()
    name, *rest = command
    (found,) = run_json(name, "-", *rest, stdin=given)["not_counted"]
    assert (found["position"], found["why"]) == (2, "lost")
    assert "event 2, which was lost before this file was written" in run(
        name, "-", *rest, stdin=given
    )
    theirs = text_of([cloud_event("x", "Unreadable", {"reason": "x"})]).encode()
    assert "not_counted" not in run_json("replay", "-", stdin=theirs)
