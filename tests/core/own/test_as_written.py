"""Data that was kept as it was written is looked into by whoever asks."""

from __future__ import annotations

import json

import pytest

from esbank_core.bank.account import CODEC, Ledger, empty_ledger
from esbank_core.kernel.identity import Position
from esbank_core.questions.moments import moments
from esbank_core.questions.sql.twins import statements
from esbank_core.questions.wording.conditions import parse_condition
from esbank_core.sources.dump import open_dump
from esbank_core.sources.reading import read_all


def ledger_with(data: str) -> Ledger:
    record = {"seq_id": 1, "id": "e", "stream_id": "s", "version": 1, "type": "t", "data": "D"}
    text = json.dumps(record).replace('"D"', data)
    ledger = empty_ledger().extend(read_all(open_dump([text.encode()]), CODEC).events)
    assert ledger.recorded[0].attributes["data_base64"]
    return ledger


@pytest.mark.parametrize(
    "words",
    [
        ["field-equals", "data.n.big", "9007199254740993"],
        ["field-contains", "data.n", "740993"],
        ["mentions", "9007199254740993"],
    ],
)
def test_conditions_look_into_it(words) -> None:
    ledger = ledger_with('{"n": {"big": 9007199254740993}}')
    found = moments(ledger, parse_condition(words, ledger, None))
    assert [change.recorded.position for change in found] == [1]


def test_a_database_has_it_as_it_was_written() -> None:
    for data in ('{"n": 9007199254740993}', '{"n": "\\ud800"}', '{"n": 1, "n": 2}'):
        (statement,) = statements(ledger_with(data).change_at(Position(1)))
        assert data in statement.parameters


def test_what_is_too_deep_is_null_in_a_database() -> None:
    (statement,) = statements(ledger_with("[" * 100 + "]" * 100).change_at(Position(1)))
    assert "null" in statement.parameters
