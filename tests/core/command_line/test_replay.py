"""``esbank replay``: accounts as they are, and as they were."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from tests.core.command_line.foreign import cloud_event, lines, text_of
from tests.core.histories import file_of, ledgers

DAWN = "2026-01-01T00:00:00Z"


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


def moment(time: str) -> bytes:
    """Nothing before a deposit at this time, and ten euros after."""
    opened = cloud_event("1", "AccountOpened", {"owner": "Ada", "currency": "EUR"}, time=DAWN)
    return text_of(
        [opened, cloud_event("2", "MoneyDeposited", {"amount": 1000}, time=time)]
    ).encode()


@pytest.mark.parametrize(
    ("time", "as_of", "balance"),
    [
        ("2026-03-01T23:59:59.9999999Z", "2026-03-01", 1000),
        ("2026-03-02T00:00:00Z", "2026-03-01", 0),
        ("2026-03-02T00:30:00+01:00", "2026-03-01", 1000),
        ("2026-03-01T12:00:00.5000001Z", "2026-03-01T12:00:00.500Z", 0),
        ("2026-03-01T12:00:00.123456789Z", "2026-03-01T12:00:00.123456Z", 0),
        ("2026-03-01T12:00:00.123456789Z", "2026-03-01T12:00:00.123456788Z", 0),
        ("2026-03-01T12:00:00.123456789Z", "2026-03-01T12:00:00.12345678900Z", 1000),
        ("2026-03-01T12:00:00.123456700Z", "2026-03-01T12:00:00.1234567Z", 1000),
        ("2026-03-01T12:00:00.123456789Z", "2026-03-01T13:00:00.123456789+01:00", 1000),
        ("9999-12-31T23:59:59.999999999Z", "9999-12-31", 1000),
    ],
)
def test_as_of_counts_nothing_that_came_later_and_all_that_came_by_then(
    run_json, time, as_of, balance
) -> None:
    found = run_json("replay", "-", "--as-of", as_of, stdin=moment(time))
    assert found["accounts"][0]["balance"] == balance
    assert found["position"] == (2 if balance else 1)


@pytest.mark.parametrize(
    ("time", "sentence"),
    [
        ("2026-03-01T24:00:00Z", "the hours of a day are 00 to 23"),
        ("2016-12-31T23:59:60Z", "is a leap second"),
        ("2015-07-01T01:59:60+02:00", "is a leap second"),
        ("2026-03-01T12:00:60Z", "only the last minute of a month"),
        ("2026-12-31T23:59:60+01:00", "only the last minute of a month"),
        ("2026-02-30T00:00:00Z", "not in the calendar"),
    ],
)
def test_a_time_that_cannot_be_is_refused_for_what_it_is(run, time, sentence) -> None:
    assert sentence in run("replay", "-", stdin=moment(time), status=2)
    told = run("replay", "-", "--as-of", time, stdin=moment(DAWN), status=2)
    assert sentence in told
    assert time in told
