"""``esbank replay``: accounts as they are, and as they were."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from tests.core.command_line.foreign import lines
from tests.core.histories import file_of, ledgers


def test_replay_prints_accounts_for_programs(run_json, file) -> None:
    assert run_json("replay", file) == {
        "position": 7,
        "accounts": [
            {
                "account_id": "DE-77",
                "owner": "Marie Curie",
                "currency": "EUR",
                "balance": 30050,
                "status": "frozen",
                "version": 7,
            }
        ],
    }


def test_replay_prints_a_table_for_people(run, file) -> None:
    assert run("replay", file).splitlines() == [
        "Account  Owner        Status  Balance  Version",
        "-------  -----------  ------  -------  -------",
        "DE-77    Marie Curie  frozen  €300.50        7",
        "Position 7 of 7.",
    ]


@pytest.mark.parametrize(
    ("options", "position", "balance"),
    [
        (["--to", "2"], 2, 120050),
        (["--to", "5"], 5, -19950),
        (["--as-of", "2026-03-02T09:08:30Z"], 4, 20050),
        (["--as-of", "2026-03-02T10:08:30+01:00"], 4, 20050),
        (["--as-of", "2026-03-01"], 2, 120050),
        (["--account", "DE-77", "--to", "1"], 1, 0),
    ],
)
def test_replay_goes_back_in_time(run_json, file, options, position, balance) -> None:
    found = run_json("replay", file, *options)
    assert found["position"] == position
    assert [account["balance"] for account in found["accounts"]] == [balance]
    assert found["accounts"][0]["version"] == position


def test_genesis_is_before_everything(run, run_json, file) -> None:
    assert run_json("replay", file, "--to", "0") == {"position": 0, "accounts": []}
    assert run("replay", file, "--as-of", "2020-01-01").startswith("Genesis")
    assert run_json("replay", "-", stdin=b"") == {"position": 0, "accounts": []}


def test_standard_input_is_a_file(run_json) -> None:
    assert run_json("replay", "-", stdin="".join(lines()).encode())["position"] == 7


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(ledgers())
def test_replay_is_what_the_ledger_says(run_json, ledger) -> None:
    found = run_json("replay", "-", stdin=file_of(ledger.recorded))
    assert {row["account_id"]: row["balance"] for row in found["accounts"]} == {
        stream_id: ledger.state_of(stream_id).balance for stream_id in ledger.places
    }
