"""``esbank what-if``: history told again."""

from __future__ import annotations


def test_what_if_decides_again(run_json, file) -> None:
    found = run_json("what-if", file, "--skip", "2")
    assert found["first_divergence"] == 2
    assert [step["outcome"] for step in found["steps"]] == [
        "left-out",
        "same",
        "rejected",
        "same",
        "same",
        "same",
    ]
    assert "less than €1,000.00" in found["steps"][2]["why"]
    assert [(row["balance"], row["would_be"]) for row in found["accounts"]] == [(30050, 10000)]


def test_what_if_changes_inserts_and_writes(run, run_json, file, tmp_path) -> None:
    target = tmp_path / "other.jsonl"
    run(
        *("what-if", file, "--change", "5", '{"amount": 1}', "--write", str(target)),
        *("--insert", "8", "DE-77", "AccountUnfrozen", "{}"),
    )
    found = run_json("replay", str(target))
    assert found["position"] == 8
    assert found["accounts"][0]["balance"] == 70049
    assert found["accounts"][0]["status"] == "open"
    assert run_json("replay", file)["position"] == 7


def test_what_if_prints_a_table_for_people(run, file) -> None:
    printed = run("what-if", file, "--skip", "2")
    assert "The balance is €0.00, which is less than €1,000.00." in printed
    assert "They part at position 2." in printed
