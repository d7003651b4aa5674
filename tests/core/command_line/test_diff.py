"""``esbank diff``: what changed."""

from __future__ import annotations


def test_diff_says_what_changed(run_json, file) -> None:
    assert run_json("diff", file, "2", "6") == {
        "from": 2,
        "to": 6,
        "changes": [
            {"account_id": "DE-77", "field": field, "before": before, "after": after}
            for field, before, after in [
                ("status", "open", "frozen"),
                ("balance", 120050, -19950),
                ("reason", None, "overdrawn"),
            ]
        ],
    }
