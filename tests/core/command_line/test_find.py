"""``esbank find``: every moment at which a condition turns true."""

from __future__ import annotations

import pytest

from tests.core.command_line.foreign import cloud_event, text_of


@pytest.mark.parametrize(
    ("condition", "positions"),
    [
        (["balance-below", "0"], [5]),
        (["balance-below=0.00"], [5]),
        (["balance-below", "-200"], []),
        (["balance-below", "200.51"], [1, 4]),
        (["balance-changed-by", "399.99"], [2, 4, 5, 7]),
        (["frozen"], [6]),
        (["frozen", "balance-below", "0"], [6]),
        (["closed-with-money"], []),
        (["gap-above", "23h"], [3, 6, 7]),
        (["gap-above", "24h"], [3]),
        (["gap-at-least", "24h"], [3, 6, 7]),
        (["out-of-order"], []),
        (["amount-at-least", "500"], [2, 4, 7]),
        (["event-type", "com.example.Scored"], [3]),
        (["event-type=MoneyWithdrawn", "balance-below=0"], [5]),
        (["status", "Frozen"], [6]),
        (["status", "frozen", "and", "balance-below", "0"], [6]),
        (["field-equals", "data.risk", "0.25"], [3]),
        (["field-equals=data.note=fee"], [5]),
        (["field-contains", "note", "FEE"], [5]),
        (["mentions", "grant"], [2]),
        (["twice-for-one-cause"], []),
        (["refused-today"], [5]),
        (["without-opening"], []),
        (["where", "after.balance < 0"], [5]),
        (["where", "event.data.amount and event.data.amount > 40000"], [2, 4, 7]),
        (["where=after.status == 'frozen' and after.balance > 0"], [7]),
    ],
)
def test_find_prints_every_moment(run_json, file, condition, positions) -> None:
    found = run_json("find", file, *condition)["moments"]
    assert [moment["position"] for moment in found] == positions
    for moment in found:
        assert moment["id"] == f"x{moment['position']}"
        assert moment["time"].endswith("Z")


def test_find_looks_at_one_account(run, file) -> None:
    assert "1 moment in 7 events." in run("find", file, "frozen", "--account", "DE-77")
    assert "ACC-9" in run("find", file, "frozen", "--account", "ACC-9", status=2)


def test_find_counts_the_accounts_that_begin_without_their_opening(run, run_json, tmp_path) -> None:
    path = tmp_path / "cut.jsonl"
    events = [("MoneyDeposited", {"amount": 900}), ("MoneyWithdrawn", {"amount": 901})]
    path.write_text(text_of(cloud_event(str(n), *event) for n, event in enumerate(events)))
    found = run_json("find", str(path), "refused-today")
    assert (found["moments"], found["without_opening"]) == ([], 1)
    assert "Without an opening: 1 account" in run("find", str(path), "refused-today")
    assert "without_opening" not in run_json("find", str(path), "frozen")


@pytest.fixture
def transfers(tmp_path) -> str:
    events = [
        ("AccountOpened", {"owner": "Ada", "currency": "EUR"}),
        ("MoneyDeposited", {"amount": 900}),
        ("MoneyDeposited", {"amount": 800}),
        ("com.example.Scored", {"risk": 7, "by-whom": "model 4"}),
        ("TransferSent", {"amount": 50, "transfer_id": "T-1", "to": "B"}),
        ("TransferReceived", {"amount": 10, "transfer_id": "T-2", "from": "B"}),
    ]
    path = tmp_path / "transfers.jsonl"
    path.write_text(text_of(cloud_event(str(n), *event) for n, event in enumerate(events)))
    return str(path)


@pytest.mark.parametrize(
    ("where", "positions"),
    [
        ("any(event.type == t for t in ('MoneyDeposited', 'TransferSent'))", [2, 3, 5]),
        ("[t for t in ('TransferSent', 'TransferReceived') if event.type == t]", [5, 6]),
        ("(lambda: before.balance < after.balance)()", [2, 3, 6]),
        ("sum(after.balance > limit for limit in (899, 1699))", [2]),  # it lasts
        ("event.data.to == 'B'", [5]),
        ("event.data['to'] == 'B'", [5]),
        ("event.data['from'] == 'B'", [6]),
        ("'from' in event.data", [6]),
        ("event.data.risk", [4]),
        ("event.data['by-whom'] == 'model 4'", [4]),
        ("  event.data.amount == 900", [2]),
    ],
)
def test_an_expression_sees_what_is_there(run_json, transfers, where, positions) -> None:
    found = run_json("find", transfers, "where", where)["moments"]
    assert [moment["position"] for moment in found] == positions


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ("event.data.amuont > 5", "“amuont”; what they carry is amount, by-whom, currency, from"),
        ("event.type == 'Fly' and event.data.amuont", "No event carries “amuont”"),
        ("event.data['too'] == 'B'", "No event carries “too”"),
        ("any(event.data.receiver == name for name in 'AB')", "No event carries “receiver”"),
        ("event.data.from == 'B'", 'Write event.data["from"]'),
        ("event.tpye == 'x'", "there is no “tpye”; there are type, data, id, account_id"),
        ("after.blance", "there is no “blance”; there are status, balance, currency and owner"),
        ("event.data.amount > 5", "failed on event 1: TypeError"),
        ("exit()", "failed on event 1: SystemExit"),
    ],
)
def test_a_misspelt_name_is_answered_by_those_that_there_are(
    run, transfers, where, sentence
) -> None:
    assert sentence in run("find", transfers, "where", where, status=2)
