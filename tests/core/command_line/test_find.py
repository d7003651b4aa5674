"""``esbank find``: every moment at which a condition turns true."""

from __future__ import annotations

import pytest


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
        (["out-of-order"], []),
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
